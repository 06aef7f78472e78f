import { createRng, type Rng } from '../../core/index.ts';
import { noTriggers, triggersFromRows, type Ladder, type Triggers } from '../../market/index.ts';
import { cascadeMarket, depthWithin, type CascadeMarket } from '../cascade-market.ts';
import type { ArbitrageEdge, MarkSources, NetworkSystem } from '../network-system.ts';
import { aggregateDepth } from './aggregate-depth.ts';
import { defaultFactors, FACTORS, type FactorModel } from './factors.ts';
import { createEvaluator, DIMENSION } from './outcome.ts';
import { drawFrom, scenarioDraws, type Proposal } from './proposal.ts';
import type { ScenarioBase } from './scenario.ts';

/** A base with a model of factors, ready to be run. */
export interface BenchCase {
  readonly base: ScenarioBase;
  readonly model: FactorModel;
  readonly ignitionGap: number;
}

/** Best price, in ticks of 0.0005: an asset of about 25 dollars. */
const best = 50_000;
const [tickSize, lotSize] = [0.0005, 0.1];
/** Dollars of depth within 2 % and of open interest, the orders of magnitude of a mid-size token on four perpetual and two spot markets [A]. */
const sizes = [
  { id: 'perp-a', kind: 'linear', depthUsd: 3e6, openInterestUsd: 36e6 }, { id: 'perp-b', kind: 'linear', depthUsd: 2e6, openInterestUsd: 24e6 },
  { id: 'perp-c', kind: 'linear', depthUsd: 1.5e6, openInterestUsd: 14e6 }, { id: 'perp-d', kind: 'linear', depthUsd: 1e6, openInterestUsd: 10e6 },
  { id: 'spot-a', kind: 'spot', depthUsd: 2e6, openInterestUsd: 0 }, { id: 'spot-b', kind: 'spot', depthUsd: 1e6, openInterestUsd: 0 },
] as const;
/** The lowest bid, as a share of the best. */
const until = 0.6;

/**
 * A made-up asset on six markets for measuring: about 5,500 bids each (every tick within 1 %, one a basis point beyond), 900 triggers a perpetual, arbitrage between
 * all pairs, marks from own price and spot, hedges in spot. The same seed gives the same case.
 */
export function benchCase(seed: number): BenchCase {
  const rng = createRng(seed);
  const markets = sizes.map((size): CascadeMarket => {
    const stream = rng.fork(size.id);
    return cascadeMarket({
      id: size.id, kind: size.kind, tickSize, lotSize, bids: aggregateDepth(randomBids(stream, size.depthUsd)), asks: { ticks: Int32Array.of(best + 1), lots: Float64Array.of(1) },
      longTriggers: size.openInterestUsd === 0 ? noTriggers() : randomLongs(stream, size.openInterestUsd), withdrawal: { kappaMin: 0.05, beta: 0.1, sigmaDaily: 0.08 },
    });
  });
  const pairs = markets.flatMap((_, from) => markets.map((__, to) => ({ from, to }))).filter(({ from, to }) => from !== to);
  const edges = pairs.map(({ from, to }): ArbitrageEdge => ({ from, to, capacityQty: 20_000, slopeQtyPerLog: 2e6, costLog: 0.001 }));
  const spots = [4, 5];
  const marks = markets.map((_, m): MarkSources | null => (spots.includes(m) ? null : { rule: 'median', markets: [m, ...spots], weights: [1, 1, 1] }));
  const hedges = [0, 1, 2, 3].map((from) => ({ from, to: 4 + (from % 2), share: 0.3 }));
  const system: NetworkSystem = { side: 'sell', markets, edges, hedges, marks };
  const depth = markets.map((market) => depthWithin(market, 'sell', 0.02).lots);
  const weights = depth.map((lots) => lots / depth.reduce((a, b) => a + b, 0));
  return {
    base: {
      system, share: { lotsPerUnit: weights.map((weight) => weight / lotSize), priceWeights: weights }, usdPerQuote: markets.map(() => 1),
      collateralShare: markets.map(({ kind }) => (kind === 'spot' ? 0 : 0.2)),
    },
    model: defaultFactors(150_000, 900), ignitionGap: 0.02,
  };
}

/** How many scenarios a second: those that are only screened for their fall, and those worked out whole. */
export interface ScenarioRate {
  readonly screened: number;
  readonly whole: number;
}

/** Measures `scenarios` (> 0) scenarios of a case, drawn from `proposal`, each both ways in turn; `now` reads milliseconds. */
export function scenariosPerSecond({ base, model, ignitionGap }: BenchCase, proposal: Proposal, scenarios: number, now: () => number): ScenarioRate {
  const { move, outcome } = createEvaluator(base, model, ignitionGap);
  const draws = scenarioDraws(1, FACTORS);
  const z = new Float64Array(DIMENSION);
  let [screening, working] = [0, 0];
  for (let i = 0; i < scenarios; i++) {
    drawFrom(proposal, draws, i, z);
    const began = now();
    move(z);
    const between = now();
    outcome(z);
    screening += between - began;
    working += now() - between;
  }
  return { screened: (scenarios * 1_000) / screening, whole: (scenarios * 1_000) / working };
}

/** A bid on most ticks, the same quantity expected on each, so that `depthUsd` lies within 2 %. */
function randomBids(rng: Rng, depthUsd: number): Ladder {
  const mean = depthUsd / (0.02 * best) / (best * tickSize) / lotSize;
  const ticks: number[] = [];
  for (let tick = best; tick > until * best; tick--) if (tick === best || rng.chance(0.9)) ticks.push(tick);
  return { ticks: Int32Array.from(ticks), lots: Float64Array.from(ticks, () => 1 + Math.floor(-mean * Math.log(1 - rng.next()))) };
}

/** Long positions in buckets of 10 basis points from 1 % below the best price on, denser near 5 and 10 %, where common leverages are liquidated [A]. */
function randomLongs(rng: Rng, openInterestUsd: number): Triggers {
  const units = openInterestUsd / (best * tickSize) / lotSize;
  const density = (x: number): number => 0.3 + 2 * Math.exp(-(((x - 0.05) / 0.02) ** 2)) + 3 * Math.exp(-(((x - 0.1) / 0.03) ** 2));
  const buckets = Array.from({ length: 900 }, (_, k) => 0.01 + 0.001 * k);
  const total = buckets.reduce((sum, x) => sum + density(x), 0);
  const rows = buckets.map((x): readonly [number, number, number] => {
    const tick = Math.round(best * Math.exp(-x));
    return [tick, Math.round((units * density(x) * 2 * rng.next()) / total), Math.round(tick * 0.99)];
  });
  return triggersFromRows(rows, 'long');
}
