import { at, type Ladder } from '@breakwater/models/market';

/** A level that no maker takes back: whole ticks and lots of its market. */
export interface FloorLevel {
  readonly tick: number;
  readonly lots: number;
}

/** The same bids with one more level, joined with the one that is there. O(levels). */
export function withLevel({ ticks, lots }: Ladder, { tick, lots: more }: FloorLevel): Ladder {
  let place = 0;
  while (place < ticks.length && at(ticks, place) > tick) place++;
  if (place < ticks.length && at(ticks, place) === tick) {
    const joined = lots.slice();
    joined[place] = at(lots, place) + more;
    return { ticks, lots: joined };
  }
  const [nextTicks, nextLots] = [new Int32Array(ticks.length + 1), new Float64Array(ticks.length + 1)];
  nextTicks.set(ticks.subarray(0, place));
  nextTicks.set(ticks.subarray(place), place + 1);
  nextLots.set(lots.subarray(0, place));
  nextLots.set(lots.subarray(place), place + 1);
  nextTicks[place] = tick;
  nextLots[place] = more;
  return { ticks: nextTicks, lots: nextLots };
}
