import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { om2025, randomScenario } from './index.ts';

const at = (hour: number, minute: number, second: number = 0): ReturnType<typeof epochMs> => epochMs(Date.UTC(2025, 3, 13, hour, minute, second));

describe('om-2025', () => {
  const scenario = om2025(11);

  it('meets the published prices', () => {
    const price = (hour: number, minute: number, second?: number): number => scenario.conditions(at(hour, minute, second)).price;
    expect(price(16, 30)).toBeCloseTo(6.13, 9);
    expect(price(18, 20)).toBeCloseTo(5.25, 9);
    expect(price(18, 25)).toBeCloseTo(5.249, 9);
    expect(price(18, 29, 30)).toBeCloseTo(2.2925, 9);
    expect(price(19, 50)).toBeCloseTo(0.37, 9);
    // The low of the 18:25 bar is 2.2925.
    const bar = Array.from({ length: 30 }, (_, i) => scenario.conditions(epochMs(at(18, 25) + i * 10_000)).price);
    expect(Math.min(...bar)).toBeCloseTo(2.2925, 9);
  });

  it('falls 10 % below the price of an hour before for the first time in the 18:25 bar', () => {
    const first = scenario.steps().find((t) => t - 3_600_000 >= scenario.start && scenario.conditions(t).price <= 0.9 * scenario.conditions(epochMs(t - 3_600_000)).price);
    expect(new Date(first ?? 0).toISOString()).toMatch(/^2025-04-13T18:25:/);
  });

  it('steps through 36 hours in order, finest around the fall', () => {
    const steps = scenario.steps();
    expect(steps.length).toBeGreaterThanOrEqual(1_500);
    expect(steps.length).toBeLessThanOrEqual(1_900);
    expect(steps[0]).toBe(scenario.start);
    expect(steps.at(-1)).toBe(scenario.end);
    expect(steps.every((t, i) => i === 0 || t > (steps[i - 1] ?? t))).toBe(true);
  });

  it('deposits 43.6 m OM from labelled wallets, 2 % of the float in 24 hours by T-31h', () => {
    const { transfers, config } = scenario;
    const label = new Map(config.labels.map(({ address, label: name }) => [address, name]));
    expect(transfers.reduce((sum, { units }) => sum + units, 0)).toBe(43_600_000);
    expect(new Set(transfers.map(({ from }) => from)).size).toBe(17);
    for (const { from, to, units } of transfers) {
      expect(label.get(from)).toBe('issuer:mantra');
      expect(label.get(to)).toMatch(/^exchange:/);
      expect(Number.isInteger(units)).toBe(true);
    }
    const share = (t: number): number => transfers.filter((each) => each.at <= t && each.at > t - 86_400_000).reduce((sum, { units }) => sum + units, 0) / config.floatUnits;
    expect(share(scenario.start)).toBeLessThan(0.02);
    expect(share(at(18, 25) - 31 * 3_600_000)).toBeGreaterThanOrEqual(0.02);
  });

  it('begins with the float spread over holders, none of whom sends more than it has', () => {
    const held = new Map(scenario.holders.map(({ address, units }) => [address, units]));
    expect(held.size).toBe(scenario.holders.length);
    expect([...held.values()].every((units) => Number.isInteger(units) && units > 0)).toBe(true);
    expect([...held.values()].reduce((sum, units) => sum + units, 0)).toBe(scenario.config.floatUnits);
    for (const { from, units } of scenario.transfers) held.set(from, (held.get(from) ?? 0) - units);
    expect(Math.min(...held.values())).toBeGreaterThanOrEqual(0);
  });

  it('has one large deposit 23 minutes before the fall and no two in fifteen minutes before it', () => {
    const { transfers } = scenario;
    const last = transfers.at(-1);
    expect(last?.at).toBe(at(18, 2));
    const usd = (last?.units ?? 0) * scenario.conditions(at(18, 2)).price;
    expect(usd).toBeGreaterThan(5e6);
    expect(usd).toBeLessThan(6e6);
    for (const [i, each] of transfers.entries()) {
      const before = transfers[i - 1];
      if (before !== undefined) expect(each.at - before.at).toBeGreaterThan(15 * 60_000);
    }
  });

  it('is the same for the same seed', () => {
    expect(JSON.stringify(om2025(5).transfers)).toBe(JSON.stringify(om2025(5).transfers));
    expect(om2025(5).conditions(at(17, 3)).price).toBe(om2025(5).conditions(at(17, 3)).price);
    expect(om2025(5).conditions(at(17, 3)).price).not.toBe(om2025(6).conditions(at(17, 3)).price);
  });
});

describe('random scenarios', () => {
  it('are short, in order, lawful, and crash about half of the time', () => {
    let crashes = 0;
    for (let seed = 0; seed < 200; seed++) {
      const scenario = randomScenario(seed);
      const steps = scenario.steps();
      expect(steps.length).toBeLessThan(400);
      expect(steps.at(-1)).toBe(scenario.end);
      const prices = steps.map((t) => scenario.conditions(t).price);
      expect(prices.every((p) => p > 0.05 && p < 10)).toBe(true);
      expect(scenario.transfers.every((each, i) => i === 0 || each.at >= (scenario.transfers[i - 1]?.at ?? 0))).toBe(true);
      const held = new Map(scenario.holders.map(({ address, units }) => [address, units]));
      for (const { from, units } of scenario.transfers) held.set(from, (held.get(from) ?? 0) - units);
      expect(Math.min(...held.values())).toBeGreaterThanOrEqual(0);
      if (Math.min(...prices) < 0.7 * (prices[0] ?? 0)) crashes += 1;
    }
    expect(crashes).toBeGreaterThan(70);
    expect(crashes).toBeLessThan(130);
  });
});
