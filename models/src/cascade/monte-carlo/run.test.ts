import { describe, expect, it } from '@jest/globals';
import { normalQuantile } from '../../core/index.ts';
import { triggersFromRows } from '../../market/index.ts';
import { cascadeMarket } from '../cascade-market.ts';
import { defaultFactors } from './factors.ts';
import { paretoQuantile, sizeAt } from './quantile.ts';
import { mergeSamples, planMonteCarlo, runScenarios, type MonteCarloPlan } from './run.ts';
import type { ScenarioBase } from './scenario.ts';
import { summarise, type MonteCarloSummary } from './summary.ts';

/** 10 bids a tick below 10,000, and from 9,500 to 9,400 longs of 30 lots a tick: a sale of 5,000 lots ignites. A second market without positions follows by arbitrage. */
function base(): ScenarioBase {
  const ticks = Int32Array.from({ length: 1_500 }, (_, i) => 10_000 - i);
  const bids = { ticks, lots: new Float64Array(1_500).fill(10) };
  const asks = { ticks: Int32Array.of(10_001), lots: Float64Array.of(1) };
  const longTriggers = triggersFromRows(Array.from({ length: 100 }, (_, i) => [9_499 - i, 30, 9_400 - i] as const), 'long');
  const known = { tickSize: 0.01, lotSize: 1, bids, asks };
  return {
    system: {
      side: 'sell', markets: [cascadeMarket({ id: 'perp', ...known, longTriggers }), cascadeMarket({ id: 'spot', ...known, kind: 'spot' })],
      edges: [{ from: 1, to: 0, capacityQty: 500, slopeQtyPerLog: 1e5, costLog: 0.001 }, { from: 0, to: 1, capacityQty: 500, slopeQtyPerLog: 1e5, costLog: 0.001 }],
      hedges: [{ from: 0, to: 1, share: 0.2 }], marks: [null, null],
    },
    share: { lotsPerUnit: [0.7, 0.3], priceWeights: [0.7, 0.3] }, usdPerQuote: [1, 1], collateralShare: [0.2, 0],
  };
}

const terms: Omit<MonteCarloPlan, 'proposal'> = { base: base(), model: defaultFactors(3_000, 900), ignitionGap: 0.01, seed: 5 };
const summaryOf = (plan: MonteCarloPlan, count: number): MonteCarloSummary => summarise(plan.base.system, plan.proposal, runScenarios(plan, 0, count), { levels: [0.05, 0.1] });

describe('running scenarios', () => {
  it('gives the same bits however they are split and in whatever order and grouping they are merged', () => {
    const { plan } = planMonteCarlo(terms, 0.1);
    const whole = runScenarios(plan, 0, 120);
    const [a, b, c, d] = [runScenarios(plan, 0, 1), runScenarios(plan, 1, 50), runScenarios(plan, 51, 69), runScenarios(plan, 120, 0)] as const;
    const merged = [mergeSamples([a, b, c]), mergeSamples([c, a, b]), mergeSamples([mergeSamples([a, b]), c]), mergeSamples([a, mergeSamples([c, b])]), mergeSamples([d, whole])];
    for (const other of merged) {
      expect(other).toEqual(whole);
      expect(summarise(plan.base.system, plan.proposal, other)).toEqual(summarise(plan.base.system, plan.proposal, whole));
    }
    expect(() => mergeSamples([a, c])).toThrow('do not follow');
    expect(() => mergeSamples([a, b, b])).toThrow('do not follow');
    expect(structuredClone(plan)).toEqual(plan);
  });
  it('a sale alone, exponential: ignition has the probability of a sale at the threshold, and falls are its quantiles', () => {
    const none = { ...terms.model, market: paretoQuantile(1e-9, 0), kappaSigma: 0, densitySigma: 0, psiSigma: 0, depeg: { probability: 0, size: terms.model.shock }, latency: { ...terms.model.latency, sigma: 0 } };
    const shock = paretoQuantile(1_500, 0);
    const one = base();
    const alone: ScenarioBase = { ...one, system: { ...one.system, edges: [], hedges: [] }, share: { lotsPerUnit: [1, 0], priceWeights: [1, 0] } };
    const { plan, found } = planMonteCarlo({ ...terms, base: alone, model: { ...none, shock } }, 0.06);
    // Bids hold 10 a tick down to 9,500 and 5,010 lots with the one there; positions fire from 9,499 on.
    const ignition = Math.exp(-5_010 / 1_500);
    const zIgnition = -normalQuantile(ignition);
    expect(found?.method).toBe('design-point');
    expect(Math.abs((found?.points[0]?.beta ?? NaN) - zIgnition)).toBeLessThan(0.02);
    const got = summaryOf(plan, 2_000);
    expect(Math.abs(got.ignition.value - ignition)).toBeLessThan(3 * got.ignition.se);
    expect(Math.abs((got.move.atLeast[0]?.value ?? NaN) - ignition)).toBeLessThan(3 * (got.move.atLeast[0]?.se ?? NaN));
    // Below the threshold a sale of X lots falls about X / 10 of 10,000 ticks.
    const median = got.move.quantiles[0];
    expect(median?.low).toBeLessThan((sizeAt(shock, 0.5) + 20) / 100_000);
    expect(median?.high).toBeGreaterThan((sizeAt(shock, 0.5) - 20) / 100_000);
    expect(got.exhausted.value).toBeLessThan(got.ignition.value);
  });
  it('weighted scenarios say what crude ones say, with a smaller error in the tail', () => {
    const [crude, weighted] = [planMonteCarlo(terms, null).plan, planMonteCarlo(terms, 0.1).plan];
    expect(crude.proposal.components.length).toBe(1);
    const [a, b] = [summaryOf(crude, 3_000), summaryOf(weighted, 1_500)];
    expect(a.ess).toBeCloseTo(3_000, 6);
    expect(a.meanWeight).toMatchObject({ value: 1, se: 0 });
    const figures: readonly ((s: MonteCarloSummary) => { readonly value: number; readonly se: number })[] = [
      (s) => s.ignition, (s) => s.exhausted, (s) => s.move.mean, (s) => s.liquidatedUsd.mean, (s) => s.insolventUsd.mean, (s) => s.move.atLeast[1] ?? s.ignition,
      (s) => s.liquidatedUsd.markets[0]?.mean ?? s.ignition, (s) => s.liquidationsAtRiskUsd,
    ];
    for (const [k, figure] of figures.entries()) {
      const [x, y] = [figure(a), figure(b)];
      expect([k, Math.abs(x.value - y.value) <= 3.5 * Math.hypot(x.se, y.se)]).toEqual([k, true]);
    }
    expect(Math.abs(b.meanWeight.value - 1)).toBeLessThan(3 * b.meanWeight.se);
    // Half as many scenarios, and a smaller error.
    expect(b.move.atLeast[1]?.se).toBeLessThan(a.move.atLeast[1]?.se ?? 0);
    expect(b.liquidatedUsd.markets.map(({ id }) => id)).toEqual(['perp', 'spot']);
    expect(b.liquidatedUsd.markets[1]?.mean.value).toBe(0);
  });
  it('a run with another assumption shares its numbers: with fewer positions no scenario falls further', () => {
    const { plan } = planMonteCarlo(terms, 0.1);
    const [perp, spot] = plan.base.system.markets;
    if (perp === undefined || spot === undefined) throw new Error('two markets');
    const fewer = { ...perp, longTriggers: { ...perp.longTriggers, lots: perp.longTriggers.lots.map((lots) => lots / 2) } };
    const other = { ...plan, base: { ...plan.base, system: { ...plan.base.system, markets: [fewer, spot] } } };
    const [all, half] = [runScenarios(plan, 0, 300), runScenarios(other, 0, 300)];
    let differ = 0;
    for (const [i, move] of half.moves.entries()) {
      expect(move).toBeLessThanOrEqual(all.moves[i] ?? NaN);
      if (move < (all.moves[i] ?? NaN)) differ++;
    }
    expect(differ).toBeGreaterThan(30);
  });
});
