import { defined, epochMs } from '@breakwater/models/core';
import type { BookEvent } from '../events.ts';

/** The snapshot with `changes` (one at least, each with its last id) applied to it in order, so that no state in between is seen. O(levels). */
export function mergeInto(snapshot: BookEvent, changes: readonly BookEvent[]): BookEvent {
  const tail = defined(changes.at(-1), 'a change');
  return {
    ...snapshot,
    eventTime: epochMs(Math.max(snapshot.eventTime, tail.eventTime)),
    last: defined(tail.last, 'last id'),
    bids: mergeSide(snapshot.bids, changes.map((c) => c.bids)),
    asks: mergeSide(snapshot.asks, changes.map((c) => c.asks)),
  };
}

function mergeSide(base: readonly number[], changes: readonly (readonly number[])[]): number[] {
  const levels = new Map<number, number>();
  for (const side of [base, ...changes]) {
    for (let i = 0; i + 1 < side.length; i += 2) {
      const price = side[i] ?? 0;
      const quantity = side[i + 1] ?? 0;
      if (quantity === 0) levels.delete(price);
      else levels.set(price, quantity);
    }
  }
  const out: number[] = [];
  for (const [price, quantity] of levels) out.push(price, quantity);
  return out;
}
