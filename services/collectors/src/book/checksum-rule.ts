import type { BookSync } from './sync.ts';
import type { PrintedSide } from './printed-side.ts';
import { createPrintedSide } from './printed-side.ts';

/** What differs between venues whose books are proven by a checksum of the levels as printed. */
export interface ChecksumRule {
  /** The checksum of a book as the venue computes it. */
  readonly of: (bids: PrintedSide, asks: PrintedSide) => number;
  /** A checksum of a snapshot that stands for none: such a snapshot is taken, and proven by the first update after it. */
  readonly noneOfSnapshot?: number;
}

/**
 * The order-book rule of streams whose every frame carries a checksum of the book after it: a snapshot replaces everything, an update is applied when the
 * checksum that follows from it is the one sent. Levels beyond those that the checksum covers are not proven by it. Polled snapshots carry none and
 * are dropped. O(levels) a change.
 */
export function createChecksumRule(rule: ChecksumRule): BookSync {
  const bids = createPrintedSide(-1);
  const asks = createPrintedSide(1);
  let good = false;
  let asked = false;
  let reached = -Infinity;
  return {
    next(event) {
      // What is from before what was applied leads no book back, not even after a break.
      if (event.origin === 'seed' || event.eventTime < reached) return { kind: 'drop', reason: 'old' };
      if (event.snapshot) {
        bids.clear();
        asks.clear();
      } else if (!good) {
        if (asked) return { kind: 'hold' };
        asked = true;
        return { kind: 'break', reason: 'no-snapshot' };
      }
      bids.put(event.printed?.bids ?? event.printedBids ?? [], event.bids);
      asks.put(event.printed?.asks ?? event.printedAsks ?? [], event.asks);
      const unproven = event.snapshot && rule.noneOfSnapshot !== undefined && event.checksum === rule.noneOfSnapshot;
      good = unproven || rule.of(bids, asks) === event.checksum;
      asked = true;
      if (good) reached = event.eventTime;
      return good ? { kind: 'apply', events: [event] } : { kind: 'break', reason: 'checksum-mismatch' };
    },
    reset() {
      bids.clear();
      asks.clear();
      good = false;
      asked = false;
      reached = -Infinity;
    },
    synced: () => good,
  };
}
