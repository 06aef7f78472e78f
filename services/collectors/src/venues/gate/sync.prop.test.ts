import { describe, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { bookOf, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import { arrivalsOf, makeRangeWorld, rangeAges, rangeFaults, rangeSteps } from '../../testing/range-world.ts';
import type { BookEvent, ParsedFrame } from '../../venue.ts';
import { parseGateDepth } from './books.ts';
import { gateSpot, gateUsdt } from './feed.ts';
import { createGateSync } from './sync.ts';

const pairs = (flat: readonly number[]): string[][] => Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), String(flat[2 * i + 1])]);
/** An event of a book as Gate prints it, and read again. */
function throughTheWire(channel: 'spot.obu' | 'futures.order_book_update', event: BookEvent): ParsedFrame {
  if (event.origin === 'seed') return parseGateDepth(JSON.stringify({ id: event.last, current: event.eventTime, update: event.eventTime, bids: pairs(event.bids), asks: [] }), 'X_USDT', 'seed');
  const spot = channel === 'spot.obu';
  const b = spot ? pairs(event.bids) : pairs(event.bids).map(([p, s]) => ({ p, s: Number(s) }));
  const result = { t: event.eventTime, s: spot ? 'ob.X_USDT.400' : 'X_USDT', u: event.last, ...(event.snapshot ? { full: true } : { U: event.first }), b, a: [] };
  return (spot ? gateSpot : gateUsdt).parseFrame(JSON.stringify({ time: 1, time_ms: event.eventTime, channel, event: 'update', result }), epochMs(0));
}

describe.each(['spot.obu', 'futures.order_book_update'] as const)('Gate books of %s, from frames that are lost, repeated, swapped, and snapshots of any age', (channel) => {
  it('are what the venue has, or are not in use', () => {
    expectTruthUnderDamage(fc.tuple(rangeSteps, rangeFaults, rangeAges), ([list, plan, ages]) => {
      const world = makeRangeWorld(list);
      const arrivals = arrivalsOf(world, plan.map((fault) => (fault === 'part' ? 'pass' : fault)), ages);
      return { sync: createGateSync(), arrivals: arrivals.map((arrival) => bookOf(throughTheWire(channel, arrival))), truth: (e) => world.bookAt(e.last ?? 0) };
    }, { runs: 500, seed: 20261127 });
  });
});
