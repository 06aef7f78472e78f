import { describe, expect, it } from '@jest/globals';
import { createRng, type Rng } from '../core/index.ts';
import { noTriggers, triggersFromRows } from '../market/index.ts';
import { cascadeMarket, depthWithin, type CascadeMarket } from './cascade-market.ts';
import { solveStatic } from './solve-static.ts';
import { staticProfile } from './static-profile.ts';
import { kappa } from './withdrawal.ts';

const noAsks = { ticks: new Int32Array(0), lots: new Float64Array(0) };

/** Bids of `depth` lots on every tick below an empty best bid at `best`. */
function uniform(best: number, levels: number, depth: number, longs: readonly (readonly [number, number, number])[]): CascadeMarket {
  return cascadeMarket({
    id: 'uniform', tickSize: 1, lotSize: 1, asks: noAsks, longTriggers: triggersFromRows(longs, 'long'),
    bids: { ticks: Int32Array.from({ length: levels + 1 }, (_, i) => best - i), lots: Float64Array.from({ length: levels + 1 }, (_, i) => (i === 0 ? 0 : depth)) },
  });
}

describe('solveStatic', () => {
  it('uniform densities q = 6, d = 10: a sale of 3,000 falls 750 ticks instead of 300, amplification 1/(1 - 0.6) = 2.5', () => {
    const market = uniform(100_000, 2000, 10, Array.from({ length: 2000 }, (_, i) => [99_999 - i, 6, 0] as const));
    expect(solveStatic(market, 'sell', 3000)).toEqual({
      level: 750, tick: 99_250, dropTicks: 750, liquidatedLots: 4500, fundLots: 0, unfilledLots: 0, exhausted: false, soldLots: 7500, amplification: 2.5,
    });
    expect(staticProfile(market, 'sell', 0.02)).toMatchObject({ ignitionLots: null, ignitedAtZero: false, gainNow: 0.6 });
  });

  it('by hand: five levels, one trigger that empties the book', () => {
    // D = 5, 8, 10, 20, 24 at 100, 99, 98, 90, 80; long of 9 at 99, so Q = 0, 9, 9, 9, 9 and H = 5, -1, 1, 11, 15.
    const market = { ...cascadeMarket({
      id: 'm', tickSize: 0.5, lotSize: 2, asks: noAsks, longTriggers: triggersFromRows([[99, 9, 95]], 'long'),
      bids: { ticks: Int32Array.of(100, 99, 98, 90, 80), lots: Float64Array.of(5, 3, 2, 10, 4) },
    }) };
    const profile = staticProfile(market, 'sell', 0.02);
    expect(profile).toMatchObject({
      ignitedAtZero: false, ignitionLots: 5, landingTick: 90, landingFired: 9,
      // 5 lots of 2 at 100 x 0.5.
      ignitionQuote: 500,
      // Down to 99: 9 lots fired over 8 lots of bids.
      gainNow: 9 / 8,
    });
    expect([...profile.steps.lots]).toEqual([5, 11, 15]);
    expect([...profile.steps.ticks]).toEqual([100, 90, 80]);
    // 6 sold: D >= 6 + 9 first at 90. Without liquidations 6 ends at 99: (100 - 90) / (100 - 99).
    expect(solveStatic(market, 'sell', 6)).toMatchObject({ tick: 90, liquidatedLots: 9, amplification: 10, soldLots: 15 });
    // 16 + 9 = 25 against 24.
    expect(solveStatic(market, 'sell', 16)).toMatchObject({ tick: 80, exhausted: true, unfilledLots: 1, soldLots: 24 });
    // Limit at 95: at 99 the sale's last lot and 2 of 9 are filled, at 98 2 more, at 90 the other 5 are past their limit.
    expect(solveStatic({ ...market, liquidationOrder: 'limitAtBankruptcy' }, 'sell', 6)).toMatchObject({ tick: 90, liquidatedLots: 9, fundLots: 5, soldLots: 10, unfilledLots: 0 });
    expect(depthWithin(market, 'sell', 0.02)).toEqual({ lots: 10, quote: 2 * 0.5 * (500 + 297 + 196) });
  });

  it('an inverse market is worth its face, and an empty side has no outcome', () => {
    const market = cascadeMarket({ id: 'i', kind: 'inverse', contractSize: 100, tickSize: 0.5, lotSize: 1, asks: noAsks,
      bids: { ticks: Int32Array.of(100, 50), lots: Float64Array.of(5, 5) }, longTriggers: triggersFromRows([[60, 1, 55]], 'long') });
    // One lot past 5 contracts lands at 50, half the price, and fires the trigger at 60 on the way.
    expect(staticProfile(market, 'sell', 0.02)).toMatchObject({ ignitionLots: 5, ignitionQuote: 500, landingTick: 50 });
    expect(solveStatic(market, 'buy', 1)).toBeNull();
    expect(staticProfile(market, 'buy', 0.02)).toMatchObject({ ignitedAtZero: true, ignitionLots: 0, landingTick: null, gainNow: null });
  });

  it('a gap without liquidations is not ignition', () => {
    const market = cascadeMarket({ id: 'm', tickSize: 1, lotSize: 1, asks: noAsks, bids: { ticks: Int32Array.of(100, 60, 50), lots: Float64Array.of(5, 5, 0) } });
    expect(staticProfile(market, 'sell', 0.02)).toMatchObject({ ignitedAtZero: false, ignitionLots: null, landingTick: null });
  });

  it('ignites without a landing where the trigger lies past visible depth', () => {
    const market = cascadeMarket({ id: 'm', tickSize: 1, lotSize: 1, asks: noAsks, longTriggers: triggersFromRows([[95, 50, 90]], 'long'),
      bids: { ticks: Int32Array.of(100, 95, 90), lots: Float64Array.of(5, 5, 5) } });
    expect(staticProfile(market, 'sell', 0.02)).toMatchObject({ ignitionLots: 5, landingTick: null, landingFired: 50 });
  });
});

describe('kappa', () => {
  it('is 1/2 where the move is one reaction-time volatility and beta = 1, and never below its floor', () => {
    const sigmaDaily = 0.05;
    const oneSigma = Math.exp(-sigmaDaily * Math.sqrt(5 / 1440));
    expect(kappa({ kappaMin: 0.02, beta: 1, sigmaDaily }, 100, 100 * oneSigma)).toBeCloseTo(0.5, 12);
    expect(kappa({ kappaMin: 0.02, beta: 1, sigmaDaily }, 100, 100 / oneSigma)).toBeCloseTo(0.5, 12);
    expect(kappa({ kappaMin: 0.02, beta: 1, sigmaDaily }, 100, 1)).toBe(0.02);
    expect(kappa({ kappaMin: 0, beta: 0, sigmaDaily }, 100, 1)).toBe(1);
  });

  it('halves the usable lots of a level at that distance, floored', () => {
    // |ln(1000/997)| = 0.0030045; sigma sqrt(tau) = 0.0030045 for this sigma: kappa = 1/2 of 7 lots is 3.
    const sigmaDaily = Math.log(1000 / 997) / Math.sqrt(5 / 1440);
    const market = cascadeMarket({ id: 'm', tickSize: 1, lotSize: 1, asks: noAsks, longTriggers: noTriggers(), withdrawal: { kappaMin: 0, beta: 1, sigmaDaily },
      bids: { ticks: Int32Array.of(1000, 997), lots: Float64Array.of(10, 7) } });
    expect(solveStatic(market, 'sell', 20)).toMatchObject({ unfilledLots: 7 });
  });
});

describe('Poisson positions of equal size against linear depth: generalised Poisson number of liquidations', () => {
  // One lot of depth a tick, Poisson(rate) positions of `size` lots a tick, shock X: after n liquidations the price is
  // X + size n ticks down, so n is the first passage with theta = rate X and mu = rate size (Consul; Borel-Tanner).
  const simulate = (runs: number, levels: number, rate: number, size: number, shock: number, rng: Rng): { counts: number[]; runaways: number } => {
    const base = uniform(1_000_000, levels, 1, []);
    const counts: number[] = [];
    let runaways = 0;
    for (let run = 0; run < runs; run++) {
      const ticks = new Int32Array(4 * levels);
      let n = 0;
      // A Poisson process along the ticks, by its exponential gaps.
      for (let x = -Math.log(1 - rng.next()) / rate; x < levels && n < ticks.length; x -= Math.log(1 - rng.next()) / rate) ticks[n++] = 999_999 - Math.floor(x);
      const longTriggers = { ticks: ticks.subarray(0, n), lots: new Float64Array(n).fill(size), bankruptcyTicks: new Int32Array(n) };
      const outcome = solveStatic({ ...base, longTriggers }, 'sell', shock);
      if (outcome === null || outcome.exhausted) runaways++;
      else counts.push(outcome.liquidatedLots / size);
    }
    return { counts, runaways };
  };

  it('theta = 2, mu = 0.5: mean 4, variance 16, P(0..4) = .1353 .1642 .1494 .1233 .0977', () => {
    const runs = 6000;
    const { counts, runaways } = simulate(runs, 120, 0.5, 1, 4, createRng(20_250_413));
    expect(runaways).toBe(0);
    const mean = counts.reduce((a, b) => a + b, 0) / runs;
    const variance = counts.reduce((a, b) => a + (b - mean) ** 2, 0) / runs;
    expect(Math.abs(mean - 4)).toBeLessThan(3 * Math.sqrt(16 / runs));
    // Fourth central moment of this law: 3 var^2 + kappa4, kappa4 = theta (1 + 8 mu + 6 mu^2) / (1 - mu)^7 = 1664.
    expect(Math.abs(variance - 16)).toBeLessThan(3 * Math.sqrt((3 * 256 + 1664 - 256) / runs));
    [0.1353, 0.1642, 0.1494, 0.1233, 0.0977].forEach((p, n) => {
      const share = counts.filter((c) => c === n).length / runs;
      expect(Math.abs(share - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / runs));
    });
  });

  it('supercritical mu = 1.5, theta = 1: runs away with probability 0.44167', () => {
    const runs = 3000;
    const { runaways } = simulate(runs, 210, 0.5, 3, 2, createRng(7));
    expect(Math.abs(runaways / runs - 0.44167)).toBeLessThan(3 * Math.sqrt((0.44167 * 0.55833) / runs));
  });
});
