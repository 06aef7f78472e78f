import { describe, expect, it } from '@jest/globals';
import { createRng, normalCdf } from '../core/index.ts';
import { defaultJumps, depegLoss, impactLoss, jumpDiffusionBelow, jumpLoss, oracleFreezeLoss, otcLoss, outageLoss, unlockLoss, type GapLoss, type JumpLaw } from './gap-scenarios.ts';

const merton = { kind: 'merton', perYear: 12, mean: -0.25, spread: 0.2 } as const;
const market = { dailyVolumeUsd: 70e6, sigmaDaily: 0.06 };

describe('jumps', () => {
  it('Merton 1976: a day, sigma 0.8, 12 jumps a year of N(-0.25, 0.2): P(S < 0.7) = 0.0096169; without jumps not even a touch of 0.7 in the day is likelier than 1.9e-17', () => {
    expect(defaultJumps).toEqual(merton);
    expect(jumpDiffusionBelow({ share: 0.7, days: 1, sigma: 0.8, jumps: merton })).toBeCloseTo(0.0096169, 7);
    const diffusive = jumpDiffusionBelow({ share: 0.7, days: 1, sigma: 0.8, jumps: { ...merton, perYear: 0 } });
    const [b, drift, spread] = [Math.log(0.7), -0.32 / 365, 0.8 / Math.sqrt(365)];
    expect(diffusive / normalCdf((b - drift) / spread)).toBeCloseTo(1, 9);
    // First passage of a Brownian motion with drift.
    const touched = diffusive + Math.exp((2 * drift * b) / spread ** 2) * normalCdf((b + drift) / spread);
    expect(touched / 1e-17).toBeCloseTo(1.9, 1);
  });

  it('the digital is what a simulation of the jump diffusion gives', () => {
    const rng = createRng(1);
    const years = 30 / 365;
    const drift = (-0.8 * 0.8) / 2 - 12 * Math.expm1(-0.25 + 0.02);
    const runs = 40_000;
    let below = 0;
    for (let run = 0; run < runs; run++) {
      let x = drift * years + 0.8 * Math.sqrt(years) * rng.normal();
      for (let t = -Math.log(1 - rng.next()) / 12; t < years; t -= Math.log(1 - rng.next()) / 12) x += -0.25 + 0.2 * rng.normal();
      if (x < Math.log(0.7)) below++;
    }
    const p = jumpDiffusionBelow({ share: 0.7, days: 30, sigma: 0.8, jumps: merton });
    expect(Math.abs(below / runs - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / runs));
  });

  it('the fall of one jump: median and band among falls, by simulation and in closed form', () => {
    const rng = createRng(2);
    const falls = Array.from({ length: 40_000 }, () => -0.25 + 0.2 * rng.normal()).filter((x) => x < 0).map((x) => 1 - Math.exp(x)).sort((a, b) => a - b);
    const found = jumpLoss(merton, 1);
    for (const [value, p] of [[found.low, 0.05], [found.value, 0.5], [found.high, 0.95]] as const) expect(value).toBeCloseTo(falls[Math.floor(p * falls.length)] ?? NaN, 2);
    expect(found.probability).toBeCloseTo(1 - Math.exp((-12 * (falls.length / 40_000)) / 365), 3);
    // Kou 2002: exponential falls of mean 0.3 have median 0.3 log 2.
    const kou: JumpLaw = { kind: 'kou', perYear: 10, falls: 0.6, meanFall: 0.3 };
    expect(jumpLoss(kou, 365)).toEqual({ value: expect.closeTo(1 - 2 ** -0.3, 12), low: expect.closeTo(1 - 0.95 ** 0.3, 12), high: expect.closeTo(1 - 0.05 ** 0.3, 12), probability: expect.closeTo(1 - Math.exp(-6), 12) });
  });
});

describe('times in which nothing can be done', () => {
  it('an outage costs the shortfall of its time', () => {
    const found = outageLoss({ sigmaDaily: 0.06, minutes: 1_440 });
    expect(found.value).toBeCloseTo(1 - Math.exp(-2.3378 * 0.06), 12);
    expect(outageLoss({ sigmaDaily: 0.06, minutes: 360, multiple: 4.6756 }).value).toBeCloseTo(found.value, 12);
  });

  it('a frozen oracle leaves uncovered what is beyond the margin', () => {
    const { loss, uncovered } = oracleFreezeLoss({ sigmaDaily: 0.4, minutes: { value: 60, low: 0, high: 240 }, margin: 0.2 });
    expect(loss.value).toBeCloseTo(1 - Math.exp((-2.3378 * 0.4) / Math.sqrt(24)), 12);
    expect(uncovered).toEqual({ value: 0, low: 0, high: expect.closeTo(loss.high - 0.2, 12) });
    expect(loss.low).toBe(0);
  });
});

describe('collateral and sales', () => {
  it('a depeg brings positions as much closer as their margin loses', () => {
    // USDe at 0.65, half of the margin, five times leverage: like a fall of 3.5 %.
    expect(depegLoss({ fall: 0.35, collateralShare: 0.5, leverage: 5 }).value).toBeCloseTo(0.035, 12);
    expect(() => depegLoss({ fall: 0.3, collateralShare: 1, leverage: 0.5 })).toThrow('leverage');
  });

  it('the sale of OM: 227 million against 70 million a day has an impact of 7 to 18 % by the square-root law at a spread of 4 to 10 % a day, and it fell by 92 %', () => {
    const at = (sigmaDaily: number): number => -Math.log(1 - impactLoss(227e6, { dailyVolumeUsd: 70e6, sigmaDaily, prefactor: 1 }).value);
    expect(at(0.06)).toBeCloseTo(0.06 * Math.sqrt(227 / 70), 12);
    // In log-price 23 times as much.
    expect(-Math.log(0.08) / at(0.06)).toBeCloseTo(23, 0);
    expect([at(0.04), at(0.1)].map((x) => Math.round(100 * x))).toEqual([7, 18]);
  });

  it('coins bought at half price are sold until the price has halved, and no further', () => {
    const small = otcLoss(7e6, market);
    expect(small).toEqual(impactLoss(7e6, market));
    expect(otcLoss(7e12, market)).toMatchObject({ value: 0.5, low: 0.5, high: 0.5 });
    expect(otcLoss(7e12, market, 0.3).value).toBe(0.3);
    expect(() => otcLoss(1, market, 1)).toThrow('discount');
  });

  it('an unlock is sold in part, for so many days of a tenth of the turnover', () => {
    const { saleUsd, overhang, value } = unlockLoss({ unlockedUsd: 35e6, soldShare: 0.4 }, { ...market, prefactor: 1 });
    expect(saleUsd).toEqual({ value: 14e6, low: 14e6, high: 14e6 });
    expect(overhang.value).toBeCloseTo(2, 12);
    expect(value).toBeCloseTo(1 - Math.exp(-0.06 * Math.sqrt(0.2)), 12);
  });

  it('every loss is a share with its band around it, and grows with what makes it worse', () => {
    const all: readonly GapLoss[] = [jumpLoss(merton, 1), outageLoss({ sigmaDaily: { value: 0.1, low: 0.05, high: 3 } }), oracleFreezeLoss({ sigmaDaily: 0.2, margin: 0.05 }).loss, depegLoss({ fall: { value: 0.1, low: 0, high: 0.9 }, collateralShare: 0.5, leverage: 3 }), otcLoss(1e8, market), unlockLoss({ unlockedUsd: 1e8 }, market)];
    for (const { value, low, high } of all) {
      expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true);
      expect(high).toBeGreaterThan(low);
    }
    expect(outageLoss({ sigmaDaily: 0.2 }).value).toBeGreaterThan(outageLoss({ sigmaDaily: 0.1 }).value);
    expect(() => outageLoss({ sigmaDaily: { value: 0.1, low: 0.2, high: 0.3 } })).toThrow('low <= value');
  });
});
