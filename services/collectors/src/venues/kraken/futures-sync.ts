import type { BookSync } from '../../book/sync.ts';

/**
 * Kraken's rule for books of derivatives: a snapshot replaces everything, and each change's `seq` is the one before plus 1. The page calls it "the
 * subscription message sequence number" and does not say that it counts without a gap; recorders that demand it (cryptofeed, since 2020) run on it.
 * Source: https://docs.kraken.com/api/docs/futures-api/websocket/book, read 2026-11-27. A snapshot with a lower number is taken only when it is later.
 */
export function createKrakenFuturesSync(): BookSync {
  let applied: { readonly seq: number; readonly time: number } | undefined;
  let asked = false;
  return {
    next(event) {
      const seq = event.last;
      if (seq === undefined) return { kind: 'drop', reason: 'old' };
      const old = applied !== undefined && seq < applied.seq && event.eventTime <= applied.time;
      if (applied?.seq === seq) return { kind: 'drop', reason: 'duplicate' };
      if (old) return { kind: 'drop', reason: 'old' };
      if (!event.snapshot && applied === undefined) {
        if (asked) return { kind: 'hold' };
        asked = true;
        return { kind: 'break', reason: 'no-snapshot' };
      }
      if (!event.snapshot && seq !== (applied?.seq ?? NaN) + 1) {
        applied = undefined;
        asked = true;
        return { kind: 'break', reason: 'sequence-gap' };
      }
      applied = { seq, time: event.eventTime };
      asked = false;
      return { kind: 'apply', events: [event] };
    },
    reset() {
      applied = undefined;
      asked = false;
    },
    synced: () => applied !== undefined,
  };
}
