import type { PrintedBytes } from '../../book/printed-side.ts';
import type { BookSync, SyncStep } from '../../book/sync.ts';
import type { BookEvent } from '../../venue.ts';
import { createKrakenChecksum, decimalsFor } from './checksum.ts';
import type { Decimals } from './digit-side.ts';
import { createDigitSide, textsOf } from './digit-side.ts';

/** Depths that can be subscribed. Source: https://docs.kraken.com/api/docs/websocket-v2/book, read 2026-11-27. */
const DEPTHS: readonly number[] = [10, 25, 100, 500, 1000];
const DEEPEST = 1_000;

/**
 * Kraken's rule for spot books. A snapshot replaces everything; each update carries a checksum of the best ten levels a side after it, and in the second
 * version of the protocol the snapshot does too. After each update the book is cut to the depth subscribed, since levels that fall out of it are not
 * removed by the venue: their removal is added to what is applied. There are no sequence numbers, so a lost change below the tenth level shows when it comes
 * among the ten. Sources: https://docs.kraken.com/exchange/guides/websockets/book-checksum-v2 and -v1, read 2026-11-27.
 */
export function createKrakenSync(): BookSync {
  const bids = createDigitSide(1);
  const asks = createDigitSide(-1);
  const checksum = createKrakenChecksum(bids, asks);
  let decimals: Decimals = {};
  let depth = DEEPEST;
  let good = false;
  let asked = false;
  /** Readers fold by event time, and a snapshot may bear the time of its receipt: what changes it is not to come before it. */
  let latest: BookEvent['eventTime'] | undefined;
  const inOrder = (event: BookEvent): BookEvent => {
    if (latest === undefined || event.eventTime >= latest) {
      latest = event.eventTime;
      return event;
    }
    return { ...event, eventTime: latest };
  };

  const broken = (reason: 'checksum-mismatch' | 'no-snapshot'): SyncStep => {
    bids.clear();
    asks.clear();
    good = false;
    asked = true;
    return { kind: 'break', reason };
  };

  const onSnapshot = (event: BookEvent): SyncStep => {
    const printedBids = event.printed?.bids ?? event.printedBids ?? [];
    const printedAsks = event.printed?.asks ?? event.printedAsks ?? [];
    // The first version sends none with its snapshots, whose numbers are texts: the first update proves them.
    const found = event.checksum === undefined ? {} : decimalsFor(asTexts(printedBids, event.bids.length), asTexts(printedAsks, event.asks.length), event.checksum);
    if (found === undefined) return broken('checksum-mismatch');
    decimals = found;
    bids.fill(printedBids, decimals, event.bids);
    asks.fill(printedAsks, decimals, event.asks);
    depth = event.depth ?? depthOf(bids.size(), asks.size());
    good = true;
    asked = false;
    return { kind: 'apply', events: [inOrder(event)] };
  };

  const onUpdate = (event: BookEvent): SyncStep => {
    if (!good) return asked ? { kind: 'hold' } : broken('no-snapshot');
    bids.put(event.printed?.bids ?? event.printedBids ?? [], decimals, event.bids);
    asks.put(event.printed?.asks ?? event.printedAsks ?? [], decimals, event.asks);
    const lostBids = bids.trim(depth);
    const lostAsks = asks.trim(depth);
    if (event.checksum !== undefined && checksum() !== event.checksum) return broken('checksum-mismatch');
    const applied = inOrder(event);
    if (lostBids.length === 0 && lostAsks.length === 0) return { kind: 'apply', events: [applied] };
    return { kind: 'apply', events: [{ ...applied, bids: withRemoved(event.bids, lostBids), asks: withRemoved(event.asks, lostAsks) }] };
  };

  return {
    next(event) {
      // Nothing is polled for a book.
      if (event.origin !== 'live') return { kind: 'drop', reason: 'old' };
      return event.snapshot ? onSnapshot(event) : onUpdate(event);
    },
    reset() {
      bids.clear();
      asks.clear();
      good = false;
      asked = false;
      latest = undefined;
    },
    synced: () => good,
  };
}

function asTexts(levels: readonly string[] | PrintedBytes, count: number): readonly string[] {
  return 'marks' in levels ? textsOf(levels, count) : levels;
}

/** A frame of the second version does not say its depth: where both sides are exactly as long as a depth it is that, else the deepest, which we subscribe. */
function depthOf(bids: number, asks: number): number {
  return bids === asks && DEPTHS.includes(bids) ? bids : DEEPEST;
}

function withRemoved(levels: readonly number[], prices: readonly number[]): readonly number[] {
  return prices.length === 0 ? levels : [...levels, ...prices.flatMap((price) => [price, 0])];
}
