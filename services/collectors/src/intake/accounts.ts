import type { AccountPositionMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { WatchedInstrument } from '../registry.ts';
import type { Source } from '../source.ts';
import type { AccountEvent } from '../venue.ts';

/** Turns what accounts have into messages: answers list what is open, and what was closed is what they list no more. */
export interface AccountIntake {
  /** Publishes the positions of an account in watched markets, and the end of those it had when it was read last; how many messages that were. */
  take(event: AccountEvent, receivedAt: EpochMs): number;
}

/** Most accounts remembered, as many as are followed; beyond it the one read longest ago is forgotten, and readers forget its positions by their age. */
const MOST = 20_000;
/** What is said of a market in which an account has no position any more. */
const NOTHING = { qty: 0, entryPrice: null, marginUsed: null, leverage: null, liquidationPrice: null } as const satisfies Partial<AccountPositionMessage>;

/** Makes the intake of the accounts of one market type, which remembers nobody. */
export function createAccountIntake(source: Source, watchedOf: (symbol: string) => WatchedInstrument | undefined): AccountIntake {
  /** In which watched markets accounts had positions when they were read last. */
  const held = new Map<string, readonly string[]>();
  const publish = (event: AccountEvent, symbol: string, figures: Pick<AccountPositionMessage, keyof typeof NOTHING>, receivedAt: EpochMs): number => {
    const watched = watchedOf(symbol);
    if (watched === undefined) return 0;
    source.publish('assets', {
      kind: 'account.position', source: source.id, seq: source.nextSeq(), eventTime: event.eventTime, receivedAt, asset: watched.asset, instrument: watched.id, account: event.symbol, ...figures,
    });
    return 1;
  };
  return {
    take: (event, receivedAt) => {
      const { symbol: account } = event;
      const open = event.positions.filter(({ symbol }) => watchedOf(symbol) !== undefined);
      const symbols = open.map(({ symbol }) => symbol);
      const closed = (held.get(account) ?? []).filter((symbol) => !symbols.includes(symbol));
      held.delete(account);
      if (symbols.length > 0) held.set(account, symbols);
      if (held.size > MOST) held.delete(held.keys().next().value ?? account);
      let published = 0;
      for (const { symbol, qty, entryPrice, marginUsed, leverage, liquidationPrice } of open) published += publish(event, symbol, { qty, entryPrice, marginUsed, leverage, liquidationPrice }, receivedAt);
      for (const symbol of closed) published += publish(event, symbol, NOTHING, receivedAt);
      return published;
    },
  };
}
