import { at } from '../../market/index.ts';
import type { HedgeLink } from '../network-system.ts';
import { HEDGERS } from './ledger.ts';
import { place, type Venue } from './venue.ts';

const lotSlack = 1e-9;

/** Hedge orders sent so far, of each link: after longs and after shorts. */
export interface Hedging {
  readonly links: readonly HedgeLink[];
  readonly afterLongs: Float64Array;
  readonly afterShorts: Float64Array;
  /** Orders fired (or closed against winners) when the hedges were last sent. */
  seen: number;
}

/** Links of which nothing was sent yet. */
export function createHedging(links: readonly HedgeLink[]): Hedging {
  return { links, afterLongs: new Float64Array(links.length), afterShorts: new Float64Array(links.length), seen: 0 };
}

/**
 * Sends what hedges of liquidated (or deleveraged) lots still owe: floor(share x lots + 1e-9) in all, sales after longs were liquidated, purchases after shorts. O(1) when
 * `count`, the number of orders of that kind so far, has not grown.
 */
export function hedge(hedging: Hedging, venues: readonly Venue[], kind: 'firedLots' | 'adlLots', count: number): void {
  if (count === hedging.seen) return;
  hedging.seen = count;
  const { links, afterLongs, afterShorts } = hedging;
  for (const [i, link] of links.entries()) {
    const [from, to] = [venues[link.from], venues[link.to]];
    if (from === undefined || to === undefined) continue;
    const sold = Math.floor(link.share * from.long[kind] + lotSlack);
    const bought = Math.floor(link.share * from.short[kind] + lotSlack);
    place(to, HEDGERS, -1, sold - at(afterLongs, i));
    place(to, HEDGERS, 1, bought - at(afterShorts, i));
    afterLongs[i] = sold;
    afterShorts[i] = bought;
  }
}
