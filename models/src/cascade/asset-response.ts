import { defined } from '../core/index.ts';
import { at, noTriggers } from '../market/index.ts';
import { depthWithin, ladderOf, quoteValue, usableLots } from './cascade-market.ts';
import { networkResponse, wholeLots, type AssetShare, type NetworkResponse } from './network-response.ts';
import { createNetworkSolver, type NetworkSolver } from './network-solver.ts';
import type { NetworkSystem } from './network-system.ts';

/** Depth within this share of the best price says how a sale is split over markets, and what each market's price counts. */
const nearDepth = 0.02;
/** The first sale tried, as a share of that depth. */
const firstShare = 1 / 64;

/** One step of a response: a sale that alone fetches at most `quote`, and more than the step before, ends at `price`. */
export interface AssetStep {
  readonly quote: number;
  readonly price: number;
}

/** What a sale of an asset sets off over all its markets. Amounts in the system's common quote currency, prices for one unit. */
export interface AssetOutcome {
  readonly bestPrice: number;
  /** What the largest safe sale fetches alone; 0 when ignited at zero, null when nothing ignites. */
  readonly ignitionQuote: number | null;
  readonly landingPrice: number | null;
  readonly ignitedAtZero: boolean;
  /** Fall with liquidations over the fall without, just above the threshold, or at a sale as large as the near depth where nothing ignites; null when the latter is 0. */
  readonly amplification: number | null;
  /** What the largest sale that is looked at fetches alone. */
  readonly mostQuote: number;
  readonly steps: readonly AssetStep[];
}

/** The same, and what it rests on. */
export interface AssetResponse extends AssetOutcome {
  /** Lots liquidated at the landing over all lots of positions; null when nothing ignites or nobody has positions. */
  readonly firedShare: number | null;
  /** Sale by sale as in `steps`, without liquidations. */
  readonly stepsWithoutForced: readonly AssetStep[];
}

/** What is asked of an asset. */
export interface AssetQuestion {
  readonly ignitionGap: number;
  /** How far the steps reach, in thresholds. */
  readonly timesIgnition: number;
  /** Steps reach at least to a sale that fetches this alone, quote currency; default 0. */
  readonly reachQuote?: number;
  /** Sales that bring the price down this far by the books alone are the largest looked at: share of the best price, in (0, 1). */
  readonly fallOfInterest: number;
}

/**
 * Splits a sale over the markets of a system in proportion to their usable depth near the best price (share of units), and weighs their prices by it. Undefined
 * where no market has any. The markets must have one quote currency and one unit. O(levels near the price).
 */
export function shareByDepth(system: NetworkSystem): AssetShare | undefined {
  const units = system.markets.map((market) => depthWithin(market, system.side, nearDepth).lots * market.lotSize);
  const total = units.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return undefined;
  return { lotsPerUnit: units.map((x, m) => x / total / defined(system.markets[m], 'market').lotSize), priceWeights: units.map((x) => x / total) };
}

/**
 * The asset's own threshold, landing price, amplification and response curve, through every market and what joins them. Undefined where no market has depth near its
 * best price. Every level is walked about twice: with and without liquidations.
 */
export function assetResponse(system: NetworkSystem, question: AssetQuestion): AssetResponse | undefined {
  const asked = ask(system, question);
  if (asked === undefined) return undefined;
  const { share, calmSystem, forced, fetched, outcome } = asked;
  const positions = system.markets.reduce((sum, market) => sum + (system.side === 'sell' ? market.longTriggers : market.shortTriggers).lots.reduce((a, b) => a + b, 0), 0);
  return {
    ...outcome, firedShare: forced.landingFired === null || positions === 0 ? null : Math.min(1, forced.landingFired.reduce((a, b) => a + b, 0) / positions),
    stepsWithoutForced: calmSteps(calmSystem, share, forced.steps).map(({ units, price }) => ({ quote: fetched(units), price })),
  };
}

/** What `assetResponse` says without the curve of a market in which nobody is liquidated: for one of many draws. */
export function assetOutcome(system: NetworkSystem, question: AssetQuestion): AssetOutcome | undefined {
  return ask(system, question)?.outcome;
}

interface Asked {
  readonly share: AssetShare;
  readonly calmSystem: NetworkSystem;
  readonly forced: NetworkResponse;
  readonly fetched: (units: number) => number;
  readonly outcome: AssetOutcome;
}

function ask(system: NetworkSystem, question: AssetQuestion): Asked | undefined {
  const share = shareByDepth(system);
  if (share === undefined) return undefined;
  const { side, markets } = system;
  const unitsWithin = (fall: number): number => markets.reduce((sum, market) => sum + depthWithin(market, side, fall).lots * market.lotSize, 0);
  const near = unitsWithin(nearDepth);
  const fetched = createTill(system, share);
  const forced = networkResponse(system, share, {
    ignitionGap: question.ignitionGap, firstUnits: near * firstShare, timesIgnition: question.timesIgnition, maxUnits: Math.max(unitsWithin(question.fallOfInterest), near),
    leastUnits: unitsThatFetch(question.reachQuote ?? 0, fetched, near),
  });
  const calmSystem: NetworkSystem = { ...system, markets: markets.map((market) => ({ ...market, longTriggers: noTriggers(), shortTriggers: noTriggers() })) };
  const outcome: AssetOutcome = {
    bestPrice: forced.bestPrice, ignitedAtZero: forced.ignitedAtZero, landingPrice: forced.landingPrice,
    ignitionQuote: forced.ignitionUnits === null ? null : fetched(forced.ignitionUnits),
    amplification: amplificationAt(system, calmSystem, share, near, forced),
    mostQuote: markets.reduce((sum, market) => sum + depthWithin(market, side, question.fallOfInterest).quote, 0), steps: stepsOf(forced, fetched),
  };
  return { share, calmSystem, forced, fetched, outcome };
}

/** Units of a sale that fetches `quote` alone, to a thousandth; `near` is where the search begins, and it ends at a million times that. */
function unitsThatFetch(quote: number, fetched: (units: number) => number, near: number): number {
  if (quote <= 0) return 0;
  let [low, high] = [0, near];
  while (fetched(high) < quote && high < 1e6 * near) [low, high] = [high, 2 * high];
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2;
    if (fetched(middle) < quote) low = middle;
    else high = middle;
  }
  return high;
}

function stepsOf(response: NetworkResponse, fetched: (units: number) => number): readonly AssetStep[] {
  return response.steps.map(({ units, price }) => ({ quote: fetched(units), price }));
}

/** Outcomes without liquidations at the sales of some steps, so that the two curves compare sale by sale. */
function calmSteps(system: NetworkSystem, share: AssetShare, steps: NetworkResponse['steps']): readonly { readonly units: number; readonly price: number }[] {
  const solver = createNetworkSolver(system);
  return steps.map(({ units }) => {
    solver.raise(share.lotsPerUnit.map((lots) => wholeLots(lots * units)));
    return { units, price: priceOf(system, share, solver) };
  });
}

function priceOf({ markets, side }: NetworkSystem, share: AssetShare, solver: NetworkSolver): number {
  return markets.reduce((sum, market, m) => sum + (share.priceWeights[m] ?? 0) * at(ladderOf(market, side).ticks, solver.level(m)) * market.tickSize, 0);
}

function amplificationAt(system: NetworkSystem, calmSystem: NetworkSystem, share: AssetShare, near: number, { ignitionUnits, landingPrice, bestPrice }: NetworkResponse): number | null {
  // A shade above the threshold, so that it is passed.
  const units = ignitionUnits === null || ignitionUnits === 0 ? near : ignitionUnits * (1 + 1e-9);
  const fallOf = (of: NetworkSystem): number => {
    const solver = createNetworkSolver(of);
    solver.raise(share.lotsPerUnit.map((lots) => wholeLots(lots * units)));
    return Math.abs(bestPrice - priceOf(of, share, solver));
  };
  const calm = fallOf(calmSystem);
  const forced = ignitionUnits === null || ignitionUnits === 0 || landingPrice === null ? fallOf(system) : Math.abs(bestPrice - landingPrice);
  return calm === 0 ? null : forced / calm;
}

/** What a sale of so many units, split by `share`, fetches alone from the usable books; beyond their end at the price of their last level. O(log levels) a call, after one pass. */
function createTill(system: NetworkSystem, share: AssetShare): (units: number) => number {
  const tills = system.markets.map((market) => {
    const { ticks } = ladderOf(market, system.side);
    const usable = usableLots(market, system.side);
    const lots = new Float64Array(ticks.length);
    const quote = new Float64Array(ticks.length);
    for (let i = 0, [depth, value] = [0, 0]; i < ticks.length; i++) {
      lots[i] = depth += at(usable, i);
      quote[i] = value += quoteValue(market, at(usable, i), at(ticks, i));
    }
    return (wanted: number): number => {
      let [low, high] = [0, ticks.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (at(lots, middle) < wanted) low = middle + 1;
        else high = middle;
      }
      const level = Math.min(low, ticks.length - 1);
      return (level === 0 ? 0 : at(quote, level - 1)) + quoteValue(market, wanted - (level === 0 ? 0 : at(lots, level - 1)), at(ticks, level));
    };
  });
  return (units) => tills.reduce((sum, till, m) => sum + till(wholeLots((share.lotsPerUnit[m] ?? 0) * units)), 0);
}
