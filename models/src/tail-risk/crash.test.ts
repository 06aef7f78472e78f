import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, epochMs, price, type EpochMs } from '../core/index.ts';
import { findCrashes, leadTime, type PricePoint } from './crash.ts';

const minute = (n: number): EpochMs => epochMs(1_700_000_000_000 + n * 60_000);
const at = (points: readonly (readonly [number, number])[]): PricePoint[] => points.map(([m, p]) => ({ t: minute(m), price: price(p) }));

describe('findCrashes', () => {
  it('a crash: 100 to 95, 90, 69, 60 in twenty minutes, back to 79 at most', () => {
    // Reference 100 (minute 0, an hour before minute 70 the last point is minute 10 at 100). 10 % at minute 62, 30 % at minute 70,
    // low 60 at minute 80; half back would be 80, it gets to 79.
    const series = at([[0, 100], [10, 100], [60, 95], [62, 90], [70, 69], [80, 60], [100, 79], [141, 75]]);
    expect(findCrashes(series)).toEqual([
      { kind: 'crash', onset: minute(62), reachedAt: minute(70), reference: 100, low: { t: minute(80), price: 60 }, fall: expect.closeTo(0.4, 12) },
    ]);
  });

  it('a wick: the same fall with 80 within the hour, whatever comes after', () => {
    const series = at([[0, 100], [60, 95], [62, 90], [70, 69], [80, 60], [100, 80], [139, 70], [141, 60]]);
    // After the wick: minute 141 at 60 is measured from minute 80 at 60.
    expect(findCrashes(series)).toMatchObject([{ kind: 'wick', onset: minute(62), low: { price: 60 } }]);
  });

  it('a recovery after more than an hour does not undo it', () => {
    const series = at([[0, 100], [60, 95], [62, 90], [70, 69], [80, 60], [141, 100]]);
    expect(findCrashes(series)).toMatchObject([{ kind: 'crash' }]);
  });

  it('is open while the hour after the low has not passed', () => {
    expect(findCrashes(at([[0, 100], [60, 70], [70, 72]]))).toMatchObject([{ kind: 'open', onset: minute(60), fall: expect.closeTo(0.3, 12) }]);
  });

  it('29 % is none, nor is 50 % over five hours, nor a fall without a price an hour before', () => {
    expect(findCrashes(at([[0, 100], [60, 71], [130, 71]]))).toEqual([]);
    expect(findCrashes(at([[0, 100], [60, 90], [120, 80], [180, 70], [240, 60], [300, 50]]))).toEqual([]);
    expect(findCrashes(at([[0, 100], [59, 10], [200, 10]]))).toEqual([]);
  });

  it('follows a fall to its low while lower points come within the hour', () => {
    // Lower at 100 and at 150; from 150 on an hour without a lower one, and 64 is less than half of 100 - 30 won back.
    const series = at([[0, 100], [60, 65], [100, 50], [150, 30], [180, 64], [215, 60]]);
    expect(findCrashes(series)).toMatchObject([{ kind: 'crash', onset: minute(60), reachedAt: minute(60), low: { t: minute(150), price: 30 } }]);
  });

  it('two crashes in a row are two', () => {
    const series = at([[0, 100], [60, 60], [125, 60], [130, 60], [150, 40], [215, 40]]);
    expect(findCrashes(series)).toMatchObject([
      { kind: 'crash', reference: 100, low: { price: 60 }, onset: minute(60) }, { kind: 'crash', reference: 60, low: { price: 40 }, onset: minute(150) },
    ]);
  });

  it('does not depend on the scale of prices, and every event fell 30 % with its onset between reference and low', () => {
    fc.assert(fc.property(fc.integer(), fc.constantFrom(0.01, 0.03, 0.08), fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (seed, sigma, scale) => {
      const rng = createRng(seed);
      let p = 100;
      const walk = Array.from({ length: 400 }, (_, i): readonly [number, number] => [i, (p *= Math.exp(sigma * rng.normal()))]);
      const events = findCrashes(at(walk));
      const scaled = findCrashes(at(walk.map(([m, q]) => [m, q * scale])));
      expect(scaled.map((e) => [e.kind, e.onset, e.low.t])).toEqual(events.map((e) => [e.kind, e.onset, e.low.t]));
      for (const e of events) {
        expect(e.fall).toBeGreaterThanOrEqual(0.3 - 1e-9);
        expect(e.onset).toBeLessThanOrEqual(e.reachedAt);
        expect(e.reachedAt).toBeLessThanOrEqual(e.low.t);
      }
    }), { numRuns: 60 });
  });
});

describe('leadTime', () => {
  const onset = minute(60);
  it('is onset minus the first warning that still stood at the onset', () => {
    expect(leadTime(onset, [{ raisedAt: minute(10), resolvedAt: minute(20) }, { raisedAt: minute(40), resolvedAt: null }, { raisedAt: minute(50), resolvedAt: minute(90) }])).toBe(20 * 60_000);
  });
  it('is negative for a late warning and null for none', () => {
    expect(leadTime(onset, [{ raisedAt: minute(61), resolvedAt: null }])).toBe(-60_000);
    expect(leadTime(onset, [{ raisedAt: minute(1), resolvedAt: minute(2) }])).toBeNull();
  });
});
