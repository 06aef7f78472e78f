import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, type Rng } from '../core/index.ts';
import { createGroundMemory, type SavedGround } from './ground-memory.ts';
import { liquidationTotalByGround, unseenOrders, type GroundSample } from './liquidation-ground.ts';
import { liquidationTotal } from './liquidation-sample.ts';

const seconds = 3_600;

/** An hour of a market whose long positions lie `perLog` to a unit of log-price, all liquidated where a walk with jumps first goes, the last of each second published. */
function hour(rng: Rng, perLog: number): { readonly truth: number; readonly memory: ReturnType<typeof createGroundMemory>; readonly windows: number; readonly shown: readonly number[] } {
  const memory = createGroundMemory(1_000);
  const shown: number[] = [];
  let truth = 0;
  let price = 0;
  let lowest = 0;
  // Where the next position below is; they lie at independent places.
  let next = Math.log(1 - rng.next()) / perLog;
  for (let second = 0; second < seconds; second++) {
    price += 0.0004 * rng.normal() - (rng.chance(0.002) ? 0.02 * rng.next() : 0);
    memory.mark(second * 1_000, Math.exp(price));
    let last: number | undefined;
    for (lowest = Math.min(lowest, price); next > lowest; next += Math.log(1 - rng.next()) / perLog) {
      last = 100 * Math.exp(0.8 * rng.normal());
      truth += last;
    }
    if (last === undefined) continue;
    shown.push(last);
    memory.order(second * 1_000 + 500, 'long', last);
  }
  return { truth, memory, windows: seconds, shown };
}

describe('a total from the ground the mark covers', () => {
  it('holds the truth as often as its band says, where windows alone hold next to none', () => {
    const rng = createRng(5).fork('ground');
    let held = 0;
    let byWindows = 0;
    let ratio = 0;
    const runs = 60;
    for (let i = 0; i < runs; i++) {
      const { truth, memory, shown } = hour(rng, 500 * 10 ** rng.next());
      const { low, high, total } = liquidationTotalByGround(memory.samples(seconds * 1_000 - 1));
      if (low <= truth + 1e-6 && truth <= (high ?? Infinity) + 1e-6) held++;
      ratio += Math.log(Math.max(1, total) / Math.max(1, truth)) / runs;
      const pooled = liquidationTotal([{ windows: seconds, count: shown.length, volume: shown.reduce((a, b) => a + b, 0), squares: shown.reduce((a, b) => a + b * b, 0) }], 'last');
      if (pooled.low <= truth && truth <= (pooled.high ?? Infinity)) byWindows++;
    }
    expect(held / runs).toBeGreaterThanOrEqual(0.84);
    expect(held / runs).toBeLessThanOrEqual(0.98);
    expect(Math.abs(ratio)).toBeLessThan(0.2);
    expect(byWindows / runs).toBeLessThan(0.3);
  });

  it('is what was published where every window with an order went a step too small for two', () => {
    // 1,000 windows of 1e-5 each with 10 orders: a density of about 1,000 a unit, so a hundredth of an order in each.
    const { mean } = unseenOrders([{ windows: 1_000, ground: 0.01, published: 10 }]);
    expect(mean).toBeLessThan(0.5);
    // Five windows of a hundredth each at that density hold ten, nine of which are not seen.
    const more = unseenOrders([{ windows: 1_000, ground: 0.01, published: 10 }, { windows: 5, ground: 0.05, published: 5 }]);
    expect(more.mean).toBeGreaterThan(15);
    expect(more.mean).toBeLessThan(120);
  });

  it('is a lower bound without upper end where windows are too full to tell, and holds the truth from below', () => {
    const rng = createRng(12);
    for (const perLog of [100_000, 500_000]) {
      const { truth, memory } = hour(rng, perLog);
      const { kind, low, total, high } = liquidationTotalByGround(memory.samples(seconds * 1_000 - 1));
      if (kind === 'lower-bound') expect([high, low]).toEqual([null, total]);
      expect(low).toBeLessThanOrEqual(truth);
      expect(high ?? Infinity).toBeGreaterThanOrEqual(truth);
    }
    // Every second of a minute had one: as many as you like.
    const full = liquidationTotalByGround([{ bins: [{ windows: 60, ground: 0, published: 60 }], count: 60, volume: 60, squares: 60 }, { bins: [], count: 0, volume: 0, squares: 0 }]);
    expect(full).toMatchObject({ kind: 'lower-bound', high: null, observed: 60 });
    expect(full.low).toBeGreaterThan(100);
  });

  const bins = fc.array(fc.record({ windows: fc.integer({ min: 0, max: 500 }), ground: fc.double({ min: 0, max: 0.2, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 8 });
  it('is in order and never below what was published, whatever the windows', () => {
    fc.assert(fc.property(bins, bins, (longs, shorts) => {
      const samples = [longs, shorts].map((list): GroundSample => {
        const own = list.map(({ windows, ground, share }) => ({ windows, ground: windows === 0 ? 0 : ground, published: Math.floor(windows * share) }));
        const count = own.reduce((sum, b) => sum + b.published, 0);
        return { bins: own, count, volume: 7 * count, squares: 60 * count };
      });
      const { observed, low, total, high } = liquidationTotalByGround(samples);
      expect(observed).toBeLessThanOrEqual(low + 1e-9);
      expect(low).toBeLessThanOrEqual(total + 1e-9);
      expect(total).toBeLessThanOrEqual((high ?? Infinity) + 1e-9);
      expect(high === null || Number.isFinite(high)).toBe(true);
    }), { numRuns: 40 });
  });
});

describe('the memory of ground', () => {
  it('counts windows by the new ground in them, orders by side, and forgets after an hour', () => {
    const memory = createGroundMemory(1_000);
    for (const [second, price] of [100, 99, 99.5, 98, 101].entries()) memory.mark(second * 1_000, price);
    memory.order(1_200, 'long', 5);
    memory.order(4_300, 'short', 2);
    const [longs, shorts] = memory.samples(4_900);
    // New lows by ln(100/99) and ln(99/98); the fourth second is no new low of anything but 98. One new high.
    expect(longs.bins.reduce((sum, b) => sum + b.ground, 0)).toBeCloseTo(Math.log(100 / 98), 12);
    expect(shorts.bins.reduce((sum, b) => sum + b.ground, 0)).toBeCloseTo(Math.log(101 / 100), 12);
    expect([longs.count, longs.volume, longs.squares, shorts.count]).toEqual([1, 5, 25, 1]);
    expect(longs.bins.reduce((sum, b) => sum + b.published, 0)).toBe(1);
    memory.mark(3_700_000, 97);
    const [later] = memory.samples(3_700_000);
    expect([later.count, later.volume]).toEqual([0, 0]);
    // The low of more than an hour ago is forgotten, too: 97 is the first price there is.
    expect(later.bins.reduce((sum, b) => sum + b.ground, 0)).toBe(0);
    expect(later.bins.reduce((sum, b) => sum + b.windows, 0)).toBeLessThanOrEqual(3_700);
  });

  it('goes on from what it saved', () => {
    const rng = createRng(9);
    const whole = createGroundMemory(1_000);
    let resumed = createGroundMemory(1_000);
    let price = 1;
    for (let second = 0; second < 500; second++) {
      price *= Math.exp(0.001 * rng.normal());
      const isOrder = rng.chance(0.1);
      for (const memory of [whole, resumed]) {
        memory.mark(second * 1_000, price);
        if (isOrder) memory.order(second * 1_000 + 1, 'short', second);
      }
      if (second === 250) resumed = createGroundMemory(1_000, JSON.parse(JSON.stringify(resumed.save())) as SavedGround);
    }
    expect(resumed.samples(500_000)).toEqual(whole.samples(500_000));
    expect(JSON.stringify(whole.save()).length).toBeLessThan(20_000);
  });
});
