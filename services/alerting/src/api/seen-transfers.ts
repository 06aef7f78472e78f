import type { DepositReading, ScoreMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';

/** Transfers kept for one asset. */
export const maxTransfers = 500;

/** The large transfers of one asset that its scores named, each once: its latest state, and the dollars it was worth when it was first named. */
export interface SeenTransfers {
  /** Takes in what a score names, and forgets what it says was reverted. */
  take(score: ScoreMessage): void;
  /** Those with an event time in [from, to], oldest first. O(n log n). */
  within(from: EpochMs, to: EpochMs): readonly DepositReading[];
}

/** Makes an empty list of at most `limit`; the oldest by event time makes room. */
export function createSeenTransfers(limit: number = maxTransfers): SeenTransfers {
  const seen = new Map<string, DepositReading>();
  const keyOf = (t: DepositReading): string => `${t.chain}/${t.tx}/${String(t.logIndex)}`;
  const makeRoom = (): void => {
    if (seen.size <= limit) return;
    const oldest = [...seen].sort(([, a], [, b]) => a.eventTime - b.eventTime).slice(0, seen.size - limit);
    for (const [key] of oldest) seen.delete(key);
  };
  return {
    take: (score) => {
      for (const { tx, logIndex } of score.reverted ?? []) for (const [key, t] of seen) if (t.tx === tx && t.logIndex === logIndex) seen.delete(key);
      // After the reverted: one that is mined again is named again.
      const { largest, recent = [] } = score.deposits;
      for (const t of largest === null ? recent : [...recent, largest]) {
        const key = keyOf(t);
        // A later score values it at the price of then; what it was worth is what was said of it first.
        seen.set(key, { ...t, usd: seen.get(key)?.usd ?? t.usd });
      }
      makeRoom();
    },
    within: (from, to) => [...seen.values()].filter((t) => t.eventTime >= from && t.eventTime <= to).sort((a, b) => a.eventTime - b.eventTime || (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}
