import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { arrivalsOf, makeRangeWorld, play, rangeFaults, rangeSteps, sorted } from '../../testing/range-world.ts';
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
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(rangeSteps, rangeFaults, fc.array(fc.nat(8), { minLength: 30, maxLength: 30 }), (list, plan, ages) => {
        const world = makeRangeWorld(list);
        const sync = createGateSync();
        let book = new Map<number, number>();
        for (const arrival of arrivalsOf(world, plan.map((fault) => (fault === 'part' ? 'pass' : fault)), ages)) {
          const parsed = throughTheWire(channel, arrival);
          const event = parsed.kind === 'events' ? parsed.events[0] : undefined;
          if (event?.kind !== 'book') throw new Error(`not a book: ${JSON.stringify(parsed)}`);
          const step = sync.next(event);
          if (step.kind === 'break') breaks++;
          if (step.kind === 'break' || step.kind === 'hold') expect(sync.synced()).toBe(false);
          if (step.kind !== 'apply') continue;
          expect(sync.synced()).toBe(true);
          for (const e of step.events) {
            book = play(book, e);
            applied++;
            expect(sorted(book)).toEqual(sorted(world.bookAt(e.last ?? 0)));
          }
        }
      }),
      { numRuns: 500, seed: 20261127 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(breaks).toBeGreaterThan(100);
  });
});
