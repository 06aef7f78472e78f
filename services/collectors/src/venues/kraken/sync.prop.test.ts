import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createOrderBook } from '@breakwater/models/market';
import fc from 'fast-check';
import type { Levels } from '../../testing/damaged-stream.ts';
import { arrive, damagePlan } from '../../testing/damaged-stream.ts';
import type { BookEvent } from '../../venue.ts';
import { krakenChecksum } from './checksum.ts';
import { createDigitSide } from './digit-side.ts';
import { createKrakenSync } from './sync.ts';

interface State {
  readonly bids: Levels;
  readonly asks: Levels;
}
const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(14), fc.nat(4)), { minLength: 1, maxLength: 40 });
const faults = damagePlan(['snapshot', 'damage'], 40);

const print = (levels: Levels, bare: boolean): string[] => [...levels].flatMap(([p, q]) => [bare ? String(p) : p.toFixed(2), bare ? String(q) : q.toFixed(8)]);
const numbers = (levels: Levels): number[] => [...levels].flat();
/** The best `depth` levels. */
const cut = (levels: Levels, depth: number, direction: 1 | -1): Levels => new Map([...levels].sort(([a], [b]) => (b - a) * direction).slice(0, depth));
const checksumOf = (state: State): number => {
  const [bids, asks] = [createDigitSide(1), createDigitSide(-1)];
  bids.put(print(state.bids, false), {});
  asks.put(print(state.asks, false), {});
  return krakenChecksum(bids, asks);
};

/**
 * The venue: a book of up to fifteen levels a side of which the stream shows the best `depth`, levels that come into view with each change, none that fall out.
 * Bids lie below 100 and asks above.
 */
function makeWorld(list: readonly (readonly [bid: boolean, place: number, qty: number])[], depth: number, version: 1 | 2, bare: boolean) {
  let whole: State = { bids: new Map(Array.from({ length: depth }, (_, i) => [99 - i, 1])), asks: new Map(Array.from({ length: depth }, (_, i) => [101 + i, 1])) };
  const seen = (state: State): State => ({ bids: cut(state.bids, depth, 1), asks: cut(state.asks, depth, -1) });
  const states: State[] = [seen(whole)];
  const frames: BookEvent[] = [];
  const event = (n: number, snapshot: boolean, bids: Levels, asks: Levels, checksum: number): BookEvent => ({
    kind: 'book', origin: 'live', snapshot, symbol: 'X/Y', eventTime: epochMs(1e12 + n), bids: numbers(bids), asks: numbers(asks), printedBids: print(bids, bare), printedAsks: print(asks, bare),
    ...(version === 1 ? { depth } : {}), ...(version === 1 && snapshot ? {} : { checksum }),
  });
  list.forEach(([bid, place, qty], i) => {
    const before = states.at(-1) ?? seen(whole);
    const side = new Map(bid ? whole.bids : whole.asks);
    const price = bid ? 99 - place : 101 + place;
    if (qty === 0) side.delete(price);
    else side.set(price, qty / 4);
    whole = bid ? { ...whole, bids: side } : { ...whole, asks: side };
    const after = seen(whole);
    // What is told: the change where it is in view, and what came into view because of it.
    const told = (was: Levels, is: Levels): Levels => new Map([
      ...[...was.keys()].filter((p) => !is.has(p) && !(bid ? whole.bids : whole.asks).has(p)).map((p) => [p, 0] as const), ...[...is].filter(([p, q]) => was.get(p) !== q),
    ]);
    states.push(after);
    frames.push(event(i + 1, false, told(before.bids, after.bids), told(before.asks, after.asks), checksumOf(after)));
  });
  const snapshot = (at: number): BookEvent => {
    const state = states[at] ?? seen(whole);
    return event(at, true, state.bids, state.asks, checksumOf(state));
  };
  return { frames, snapshot, states };
}

describe.each([[1, false, 10], [1, false, 25], [2, false, 10], [2, true, 10]] as const)('Kraken rule, version %d, bare numbers %s, depth %d, under losses, repeats, swaps and damage', (version, bare, depth) => {
  it('applies only books that the venue had, cut to the depth, or is not synchronised', () => {
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(steps, faults, (list, plan) => {
        const world = makeWorld(list, depth, version, bare);
        const sent = world.frames.map((frame, i): BookEvent => (plan[i] === 'damage' ? { ...frame, bids: [98, 7], printedBids: ['98.00', '7.00000000'] } : frame));
        const arrivals = arrive(sent, plan, (fault, _frame, i) => (fault === 'snapshot' ? { after: world.snapshot(i + 1) } : {}), [world.snapshot(0)]);
        // What the checksum covers, ten levels a side, of every state the venue had.
        const had = new Set(world.states.map((s) => JSON.stringify([best(s.bids, 1), best(s.asks, -1)])));
        const sync = createKrakenSync();
        const book = createOrderBook();
        for (const arrival of arrivals) {
          const step = sync.next(arrival);
          if (step.kind === 'break') breaks++;
          if (step.kind === 'break' || step.kind === 'hold') expect(sync.synced()).toBe(false);
          if (step.kind !== 'apply') continue;
          expect(sync.synced()).toBe(true);
          for (const e of step.events) {
            if (e.snapshot) book.replace(e.bids, e.asks);
            else book.apply(e.bids, e.asks);
            applied++;
          }
          expect(had).toContain(JSON.stringify([book.levels('bids', 10), book.levels('asks', 10)]));
          // The second version does not say its depth, and a snapshot with sides of different lengths does not show it.
          if (version === 2) continue;
          expect(book.size('bids')).toBeLessThanOrEqual(depth);
          expect(book.size('asks')).toBeLessThanOrEqual(depth);
        }
      }),
      { numRuns: 250, seed: 20261127 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(breaks).toBeGreaterThan(50);
  });

  it('follows an undisturbed stream to the end without a break, every level right', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const world = makeWorld(list, depth, version, bare);
        const sync = createKrakenSync();
        const book = createOrderBook();
        [world.snapshot(0), ...world.frames].forEach((frame, i) => {
          const step = sync.next(frame);
          expect(step.kind).toBe('apply');
          for (const e of step.kind === 'apply' ? step.events : []) {
            if (e.snapshot) book.replace(e.bids, e.asks);
            else book.apply(e.bids, e.asks);
          }
          const state = world.states[i];
          expect(book.levels('bids')).toEqual(state === undefined ? [] : best(state.bids, 1, depth));
          expect(book.levels('asks')).toEqual(state === undefined ? [] : best(state.asks, -1, depth));
        });
      }),
      { numRuns: 100, seed: 20261127 },
    );
  });
});

function best(levels: Levels, direction: 1 | -1, depth: number = 10): number[] {
  return [...cut(levels, depth, direction)].flat();
}

describe('Kraken rule', () => {
  const event = (more: Partial<BookEvent>): BookEvent => ({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X/Y', eventTime: epochMs(1e12), bids: [], asks: [], printedBids: [], printedAsks: [], ...more });

  it('never dates a change before the snapshot that it changes, which may bear the time of its receipt', () => {
    const sync = createKrakenSync();
    const times = [event({ snapshot: true, eventTime: epochMs(1e12 + 50) }), event({ eventTime: epochMs(1e12 + 20) }), event({ eventTime: epochMs(1e12 + 60) })].map((e) => {
      const step = sync.next(e);
      return step.kind === 'apply' ? step.events[0]?.eventTime : undefined;
    });
    expect(times).toEqual([1e12 + 50, 1e12 + 50, 1e12 + 60]);
  });

  it('asks for one snapshot, and takes none whose checksum is another\'s', () => {
    const sync = createKrakenSync();
    expect(sync.next(event({ checksum: 1 }))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(event({ checksum: 1 }))).toEqual({ kind: 'hold' });
    expect(sync.next(event({ origin: 'seed', snapshot: true }))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(event({ snapshot: true, bids: [1, 2], printedBids: ['1.0', '2.0'], checksum: 5 }))).toEqual({ kind: 'break', reason: 'checksum-mismatch' });
    expect(sync.next(event({ snapshot: true, bids: [1, 2], printedBids: ['1.0', '2.0'] })).kind).toBe('apply');
    sync.reset();
    expect(sync.synced()).toBe(false);
  });
});
