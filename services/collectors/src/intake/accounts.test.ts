import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs, instrumentId, price, sourceId } from '@breakwater/models/core';
import { createAccountIntake } from './accounts.ts';
import type { WatchedInstrument } from '../registry.ts';
import { createSource } from '../source.ts';
import type { AccountPosition } from '../venue.ts';

const T = epochMs(1_800_000_000_000);
const ACCOUNT = `0x${'a'.repeat(40)}`;

function setup(watched: Set<string>) {
  const messages: Message[] = [];
  const source = createSource(sourceId('hyperliquid:perp'), (_topic, message) => messages.push(message));
  const market = (symbol: string): WatchedInstrument => ({
    id: instrumentId('hyperliquid', 'perp', symbol), asset: assetId(symbol), multiplier: 1,
    listing: { symbol, marketKind: 'linear', base: currencyCode(symbol), quote: currencyCode('USDC'), settle: currencyCode('USDC'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false },
  });
  const intake = createAccountIntake(source, (symbol) => (watched.has(symbol) ? market(symbol) : undefined));
  const position = (symbol: string, qty: number): AccountPosition => ({ symbol, qty, entryPrice: price(5), marginUsed: 10, leverage: 'cross', liquidationPrice: price(4), ownLiquidationPrice: 4, value: 50 });
  const take = (account: string, ...positions: readonly AccountPosition[]): unknown[] => {
    messages.length = 0;
    const published = intake.take({ kind: 'account', symbol: account, eventTime: T, positions }, epochMs(T + 100));
    expect(published).toBe(messages.length);
    return messages.map((message) => (message.kind === 'account.position' ? [message.asset, message.account, message.qty] : message.kind));
  };
  return { messages, position, take };
}

describe('what accounts hold', () => {
  it('is published of watched markets, and its end when it is listed no more', () => {
    const { messages, position, take } = setup(new Set(['OM', 'ETH']));
    expect(take(ACCOUNT, position('OM', 5), position('BTC', 1), position('ETH', -2))).toEqual([['OM', ACCOUNT, 5], ['ETH', ACCOUNT, -2]]);
    expect(messages[0]).toEqual({
      kind: 'account.position', source: 'hyperliquid:perp', seq: 0, eventTime: T, receivedAt: T + 100, asset: 'OM', instrument: 'hyperliquid:perp:OM', account: ACCOUNT, qty: 5, entryPrice: 5, marginUsed: 10, leverage: 'cross', liquidationPrice: 4,
    });
    expect(take(ACCOUNT, position('ETH', -3))).toEqual([['ETH', ACCOUNT, -3], ['OM', ACCOUNT, 0]]);
    expect(messages[1]).toMatchObject({ qty: 0, entryPrice: null, marginUsed: null, leverage: null, liquidationPrice: null, seq: 3 });
    // Said once; and of others nothing.
    expect(take(ACCOUNT, position('ETH', -3))).toEqual([['ETH', ACCOUNT, -3]]);
    expect(take(`0x${'b'.repeat(40)}`)).toEqual([]);
  });

  it('says nothing of markets that are not watched any more, and remembers a bounded number of accounts', () => {
    const watched = new Set(['OM']);
    const { position, take } = setup(watched);
    take(ACCOUNT, position('OM', 5));
    watched.delete('OM');
    expect(take(ACCOUNT)).toEqual([]);
    watched.add('OM');
    for (let i = 0; i <= 20_000; i++) take(`account ${i}`, position('OM', 1));
    expect(take('account 0')).toEqual([]);
    expect(take('account 20000')).toEqual([['OM', 'account 20000', 0]]);
  });
});
