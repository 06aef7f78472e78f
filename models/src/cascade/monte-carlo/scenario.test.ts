import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { triggersFromRows, type Ladder, type Triggers } from '../../market/index.ts';
import { cascadeMarket, type CascadeMarket } from '../cascade-market.ts';
import { randomSystem } from '../random-system.ts';
import { solveNetwork } from '../solve-network.ts';
import { staticProfile } from '../static-profile.ts';
import { FACTORS, type FactorModel, type FactorName, type FactorValues } from './factors.ts';
import { createEvaluator } from './outcome.ts';
import { paretoQuantile } from './quantile.ts';
import { createScenarios, type ScenarioBase } from './scenario.ts';

const still: FactorValues = { saleUnits: 0, shift: 0, depthScale: 1, densityScale: 1, capacityScale: 1, hedgeLogOdds: 0, depeg: 0 };
const model: FactorModel = {
  shock: paretoQuantile(30, 0.3), market: paretoQuantile(0.02, 0), beta: { median: 1, sigma: 0.3 }, kappaSigma: 0.5, densitySigma: 0.4,
  latency: { medianSeconds: 300, sigma: 1, horizonSeconds: 900, prepositioned: 0.2 }, psiSigma: 1, depeg: { probability: 0.3, size: paretoQuantile(0.1, 0.2) },
};
const ladder = (rows: readonly (readonly [number, number])[]): Ladder => ({ ticks: Int32Array.from(rows, ([tick]) => tick), lots: Float64Array.from(rows, ([, lots]) => lots) });

function randomBase(seed: number, size: number): ScenarioBase {
  const rng = createRng(seed);
  const { system } = randomSystem(rng, 5, size);
  const markets = system.markets.length;
  return {
    system, usdPerQuote: system.markets.map(() => 1 + rng.next()), collateralShare: system.markets.map(() => rng.pick([0, 0.3, 1])),
    share: { lotsPerUnit: system.markets.map(() => 1 + rng.int(3)), priceWeights: system.markets.map(() => 1 / markets) },
  };
}

/** One market alone, with its own price as mark. */
function alone(market: CascadeMarket, collateralShare: number): ScenarioBase {
  return {
    system: { side: 'sell', markets: [market], edges: [], hedges: [], marks: [null] }, share: { lotsPerUnit: [1 / market.lotSize], priceWeights: [1] }, usdPerQuote: [2], collateralShare: [collateralShare],
  };
}

describe('scenarios', () => {
  it('with nothing changed are the base, to the lot, over random systems', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const base = randomBase(seed, 30);
      const saleUnits = createRng(seed).int(60);
      const { system, shockLots, priceScale } = createScenarios(base).at({ ...still, saleUnits });
      expect(priceScale).toBe(1);
      expect([seed, solveNetwork(system, shockLots).markets]).toEqual([seed, solveNetwork(base.system, base.share.lotsPerUnit.map((lots) => lots * saleUnits)).markets]);
    }
  });
  it("the market's move halves or doubles prices: as if every bid and ask had been quoted there, over random systems", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const base = randomBase(seed, 30);
      // Ticks of a book four times as fine, so that half of it is whole; triggers anywhere.
      const fine = (l: Ladder, times: number): Ladder => ({ ticks: l.ticks.map((t) => t * times), lots: l.lots });
      const near = (t: Triggers): Triggers => ({ ...t, ticks: t.ticks.map((x) => 4 * x + (x % 3)) });
      const moved = (factor: number): ScenarioBase['system'] => ({
        ...base.system,
        markets: base.system.markets.map((market) => ({
          ...market, tickSize: market.tickSize / 4, bids: fine(market.bids, factor), asks: fine(market.asks, factor), longTriggers: near(market.longTriggers), shortTriggers: near(market.shortTriggers),
        })),
      });
      const factor = base.system.side === 'sell' ? 2 : 8;
      const { system, shockLots } = createScenarios({ ...base, system: moved(4) }).at({ ...still, saleUnits: 3, shift: Math.LN2 });
      const want = solveNetwork(moved(factor), shockLots).markets.map(({ level, liquidatedLots, unfilledLots }) => ({ level, liquidatedLots, unfilledLots }));
      expect([seed, solveNetwork(system, shockLots).markets.map(({ level, liquidatedLots, unfilledLots }) => ({ level, liquidatedLots, unfilledLots }))]).toEqual([seed, want]);
    }
  });
  it('by hand: positions scaled by their running sum, collateral that lost a fifth, hedges and capacities', () => {
    const market = cascadeMarket({
      id: 'm', tickSize: 1, lotSize: 1, bids: ladder([[1_000, 10], [990, 7]]), asks: ladder([[1_001, 1]]), longTriggers: triggersFromRows([[980, 1, 950], [960, 1, 900], [940, 8, 910]], 'long'),
    });
    const base = alone(market, 0.5);
    const system = { ...base.system, edges: [{ from: 0, to: 0, capacityQty: 8, slopeQtyPerLog: 3, costLog: 0.1 }], hedges: [{ from: 0, to: 0, share: 0.5 }, { from: 0, to: 0, share: 1 }] };
    const got = createScenarios({ ...base, system }).at({ ...still, saleUnits: 12, depthScale: 0.55, densityScale: 1.4, capacityScale: 0.25, hedgeLogOdds: Math.log(3) });
    const [scaled] = got.system.markets;
    expect([...(scaled?.bids.lots ?? [])]).toEqual([5, 3]);
    // Running sums 1.4, 2.8, 14 become 1, 3, 14.
    expect([...(scaled?.longTriggers.lots ?? [])]).toEqual([1, 2, 11]);
    expect(got.shockLots).toEqual([12]);
    expect(got.system.edges[0]?.capacityQty).toBe(2);
    // Odds 1 : 1 become 3 : 1.
    expect(got.system.hedges.map(({ share }) => Number(share.toFixed(12)))).toEqual([0.75, 1]);
    const { longTriggers } = createScenarios(base).at({ ...still, depeg: 0.2 }).system.markets[0] ?? market;
    // Of running sums 1, 2, 10 half moves, down to whole lots: 0, 1, 5. So 0, 1, 4 move, by a fifth of the distance to bankruptcy at 1,000: 100 and 90, which is
    // 960 to 980 and 940 to 958; 1, 0, 4 stay.
    expect([...longTriggers.ticks]).toEqual([980, 980, 958, 940]);
    expect([...longTriggers.lots]).toEqual([1, 1, 4, 4]);
    expect([...longTriggers.bankruptcyTicks]).toEqual([950, 920, 928, 910]);
  });
});

describe('outcomes', () => {
  // 10 lots at 1000, 990, 980 and 500; longs of 5 at 985 (bankrupt at 970) and 20 at 979 (bankrupt at 600).
  const market = cascadeMarket({
    id: 'm', tickSize: 0.1, lotSize: 2, bids: ladder([[1_000, 10], [990, 10], [980, 10], [500, 40]]), asks: ladder([[1_001, 1]]),
    longTriggers: triggersFromRows([[985, 5, 970], [979, 20, 600]], 'long'),
  });
  const at = (saleUnits: number, shift = 0): FactorModel => ({
    ...model, shock: { kind: 'function', of: () => saleUnits }, market: { kind: 'function', of: () => Math.abs(shift) }, beta: { median: 1, sigma: 0 }, depeg: { probability: 0, size: model.shock },
  });
  const origin = FACTORS.map(() => 0);
  it('by hand: 22 lots fire 5 at 980; 26 fall on to 500, where 25 have fired and all are short', () => {
    const mild = createEvaluator(alone(market, 0), at(44), 0.02).outcome(origin);
    // 5 lots of 2 at 98.5, at 2 dollars a unit of quote.
    expect(mild).toMatchObject({ isIgnited: false, isExhausted: false, liquidatedUsd: [5 * 2 * 98.5 * 2], insolventUsd: [0] });
    expect(mild.move).toBeCloseTo(0.02, 12);
    const hard = createEvaluator(alone(market, 0), at(52), 0.02).outcome(origin);
    expect(hard).toMatchObject({ move: 0.5, isIgnited: true, isExhausted: false });
    expect(hard.liquidatedUsd[0]).toBeCloseTo((5 * 98.5 + 20 * 97.9) * 2 * 2, 9);
    expect(hard.insolventUsd[0]).toBeCloseTo((5 * 47 + 20 * 10) * 2 * 2, 9);
    expect(createEvaluator(alone(market, 0), at(200), 0.02).outcome(origin)).toMatchObject({ move: 0.5, isExhausted: true });
  });
  it('an inverse contract loses in the asset: face x (bankruptcy - price) / bankruptcy at the price', () => {
    const inverse = { ...market, kind: 'inverse', contractSize: 100 } as const;
    const hard = createEvaluator(alone(inverse, 0), at(52), 0.02).outcome(origin);
    expect(hard.liquidatedUsd[0]).toBeCloseTo(25 * 2 * 100 * 2, 9);
    expect(hard.insolventUsd[0]).toBeCloseTo(((5 * 470) / 970 + (20 * 100) / 600) * 2 * 100 * 2, 9);
  });
  it("a move of the market adds to the fall and is in every dollar figure", () => {
    const z = FACTORS.map((name) => (name === 'market' ? 1 : 0));
    const moved = createEvaluator(alone(market, 0), at(0, Math.log(100 / 98)), 0.02).outcome(z);
    // At 98 of 100 the long at 985 has fired, 5 of 10 bids at 1000 (now worth 98) take it.
    expect(moved.move).toBeCloseTo(0.02, 12);
    expect(moved.liquidatedUsd[0]).toBeCloseTo(5 * 98.5 * 2 * 2, 0);
    expect(createEvaluator(alone(market, 0), at(0, Math.log(100 / 98)), 0.02).move(z)).toBe(moved.move);
    // Up instead: the price rises and nothing fires.
    const up = createEvaluator(alone(market, 0), at(0, Math.log(100 / 98)), 0.02).outcome(z.map((x) => -x));
    expect(up.move).toBeCloseTo(1 - 100 / 98, 12);
    expect(up.liquidatedUsd).toEqual([0]);
  });
  it('ignites from the threshold of the static profile on', () => {
    const { ignitionLots } = staticProfile(market, 'sell', 0.02);
    expect(ignitionLots).toBe(25);
    for (const lots of [10, 24, 25]) expect(createEvaluator(alone(market, 0), at(2 * lots), 0.02).outcome(origin).isIgnited).toBe(false);
    for (const lots of [26, 30, 100]) expect(createEvaluator(alone(market, 0), at(2 * lots), 0.02).outcome(origin).isIgnited).toBe(true);
  });
  it('no factor that only takes away makes a fall smaller, over random systems', () => {
    const names: readonly FactorName[] = ['shock', 'market', 'kappa', 'density', 'psi', 'depeg'];
    for (let seed = 1; seed <= 150; seed++) {
      const base = randomBase(seed, 25);
      const { move } = createEvaluator(base, model, 0.02);
      const rng = createRng(seed);
      const z = FACTORS.map(() => 1.5 * rng.normal());
      for (const name of names) {
        const worse = z.map((x, j) => (FACTORS[j] === name ? x + rng.next() * 2 : x));
        expect([seed, name, move(worse) >= move(z) - 1e-12]).toEqual([seed, name, true]);
      }
    }
  });
});
