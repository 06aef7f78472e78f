import type { TransferMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';

/** Most transfers kept for one asset; beyond it the oldest leave first. */
const limit = 20_000;
const dayMs = 86_400_000;

/** States that a transfer goes through while it stands, in their order. */
const standing: readonly TransferMessage['state'][] = ['included', 'safe', 'final'];

/** What one transfer is known by, across chains and reorganisations. */
export function transferKey(t: Pick<TransferMessage, 'chain' | 'tx' | 'logIndex'>): string {
  return `${t.chain}/${t.tx}/${t.logIndex}`;
}

/** Whether a transfer counts as a deposit: into a labelled exchange from anything that is not an exchange itself. */
export function isDeposit(t: TransferMessage): boolean {
  return t.toLabel?.startsWith('exchange:') === true && t.fromLabel?.startsWith('exchange:') !== true;
}

/** What a message did to what counts; neither where it did nothing. */
export interface DepositChange {
  readonly added?: TransferMessage;
  readonly removed?: TransferMessage;
}

/** Deposits of the last day, in event time. */
export interface Deposits {
  fold(message: TransferMessage): DepositChange;
  /** Those in (at - windowMs, at], oldest first. */
  within(at: EpochMs, windowMs: number): readonly TransferMessage[];
  /** Deposits reverted since the last call and not counted again since (mined anew in another block), and forgets them. */
  takeReverted(): readonly TransferMessage[];
  /** Those that `takeReverted` would be asked about, without forgetting them. */
  reverted(): readonly TransferMessage[];
  prune(at: EpochMs): void;
  save(): readonly TransferMessage[];
}

/** Restores deposits from what `save`, and `reverted`, gave. Folding a message twice changes nothing. */
export function createDeposits(saved: readonly TransferMessage[] = [], savedReverted: readonly TransferMessage[] = []): Deposits {
  const known = new Map<string, TransferMessage>(saved.map((t) => [transferKey(t), t]));
  let reverted: TransferMessage[] = [...savedReverted];
  const ordered = (): TransferMessage[] => [...known.values()].sort((a, b) => a.eventTime - b.eventTime || (transferKey(a) < transferKey(b) ? -1 : 1));
  return {
    fold: (message) => {
      // A transfer that waits to be mined may never be, and is mined under another key: it is no deposit and changes none.
      if (message.state === 'seen') return {};
      const key = transferKey(message);
      const held = known.get(key);
      if (message.state === 'reverted') {
        if (held === undefined) return {};
        known.delete(key);
        reverted.push(held);
        return { removed: held };
      }
      if (held !== undefined) {
        if (message.state === 'included' && message.blockHash !== held.blockHash) {
          // Mined anew, and what undid it before was not told. One that was told earlier is folded again after a restart: it was undone since.
          if (message.receivedAt >= held.receivedAt) known.set(key, { ...held, state: message.state, block: message.block, blockHash: message.blockHash, eventTime: message.eventTime, receivedAt: message.receivedAt });
        } else if (standing.indexOf(message.state) > standing.indexOf(held.state)) {
          // Safe or final: when it happened does not change, and what is settled stays so when its inclusion is told again.
          known.set(key, { ...held, state: message.state });
        }
      } else if (message.state !== 'safe' && message.state !== 'final' && isDeposit(message)) {
        // A later state of a transfer that is no longer held carries the time it was learned, not when it happened: it opens nothing.
        known.set(key, message);
        return { added: message };
      }
      return {};
    },
    within: (at, windowMs) => ordered().filter((t) => t.eventTime > at - windowMs && t.eventTime <= at),
    takeReverted: () => {
      const taken = reverted.filter((t) => !known.has(transferKey(t)));
      reverted = [];
      return taken;
    },
    reverted: () => reverted,
    prune: (at) => {
      for (const [key, t] of known) if (t.eventTime <= at - dayMs) known.delete(key);
      if (known.size > limit) for (const t of ordered().slice(0, known.size - limit)) known.delete(transferKey(t));
    },
    save: ordered,
  };
}
