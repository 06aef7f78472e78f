import { createRng, defined, type Stream } from '../core/index.ts';
import { at, bankruptcyFromLiquidation, tierAmount, tierIndex, type MarginRules, type PositionSide, type Triggers } from '../market/index.ts';
import { apportion, bankruptcyTick, bucketTick, maxTick } from './bucketing.ts';
import type { InferredTriggers, StepProfile, TriggerTerms } from './inference-types.ts';
import { lumpAround } from './lumps.ts';
import type { TriggerMass } from './trigger-mass.ts';

/** What triggers of one side are made from: the columns of every flow, and the weights that are believed. */
export interface SidePosterior {
  readonly side: PositionSide;
  readonly logStep: number;
  readonly openInterest: number;
  /** By flow. */
  readonly masses: readonly TriggerMass[];
  readonly flowWeights: readonly number[];
  readonly weights: readonly Float64Array[];
  readonly draws: readonly { readonly flow: number; readonly weights: Float64Array }[];
  /** Classes that say nothing but the prior. */
  readonly priorOnly: readonly boolean[];
  /** Quantity of a typical position, weighed by quantity. */
  readonly lump: number;
  /** By what share squared a region differs from what the model says of it, measured where liquidations were seen. */
  readonly misfit: number;
  readonly seed: number;
}

/** The columns of a flow added up by row: one more row for what is never liquidated or beyond the last one, and each class's total. */
interface RowMass extends Pick<TriggerMass, 'entrySpread' | 'relativeWidth'> {
  readonly byClass: readonly Float64Array[];
  readonly totals: Float64Array;
}

/** Rows that trigger buckets are added up in, what the mark has crossed left out. `regions`: which stretch of log-prices a row is in. */
interface Rows {
  readonly count: number;
  readonly regions: Int32Array;
  /** Log-distance of each row from the present price. */
  readonly distances: Float64Array;
  readonly masses: readonly RowMass[];
}

const crossedByMark = -1;
const beyond = -2;

/** Triggers with bands. O((classes x buckets + draws x classes x rows) x flows). */
export function inferredTriggers(posterior: SidePosterior, terms: TriggerTerms): InferredTriggers {
  const { rows, ticks, prices } = tickRows(posterior, terms);
  const n = rows.count;
  const { value, priorOnly } = expected(posterior, rows);
  const total = lotsOf(posterior, terms);
  const sum = value.reduce((a, b) => a + b, 0);
  const counts = apportion(total, Array.from(value));
  const scale = sum > 0 ? total / sum : 0;
  const drawn = drawRows(posterior, rows);
  const low = new Float64Array(n);
  const high = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const sorted = Float64Array.from(drawn, (row) => at(row, i) * scale).sort();
    const lots = counts[i] ?? 0;
    low[i] = Math.min(lots, quantileOfDraws(sorted, 0.05));
    high[i] = Math.max(lots, quantileOfDraws(sorted, 0.95));
  }
  return {
    ticks, lots: Float64Array.from(counts.slice(0, n)), bankruptcyTicks: bankruptcies(posterior.side, prices, ticks, terms), low, high, unreachableLots: counts[n] ?? 0,
    excludedShare: posterior.openInterest > 0 ? Math.max(0, 1 - sum / posterior.openInterest) : 0, priorOnlyLots: priorOnly.map((x, i) => Math.min(counts[i] ?? 0, x * scale)),
  };
}

/** Joint draws of one side: number i of the stream picks a posterior draw, the same one for both sides, and the lumps in it. */
export function drawTriggers(posterior: SidePosterior, n: number, terms: TriggerTerms, stream: Stream): readonly Triggers[] {
  const { rows, ticks, prices } = tickRows(posterior, terms);
  const total = lotsOf(posterior, terms);
  const bankruptcyTicks = bankruptcies(posterior.side, prices, ticks, terms);
  return Array.from({ length: n }, (_, i): Triggers => {
    const { flow, weights } = defined(posterior.draws[Math.floor(stream.uniform(i) * posterior.draws.length)], 'draw');
    const rng = createRng(Math.floor(stream.uniform(i, 1) * 2 ** 32)).fork(posterior.side);
    const normals = Float64Array.from({ length: normalCount }, () => rng.normal());
    return { ticks, lots: Float64Array.from(apportion(total, Array.from(realised(posterior, rows, defined(rows.masses[flow], 'flow'), weights, normals, 0))).slice(0, -1)), bankruptcyTicks };
  });
}

/** Quantity of one side between consecutive `edges`: log-distances from `logMark` (sign of the side), ascending from 0. */
export function stepProfile(posterior: SidePosterior, logMark: number, edges: readonly number[]): StepProfile {
  const logs = Float64Array.from(edges.slice(1), (edge, i) => logMark - (edge + (edges[i] ?? 0)) / 2);
  const rows = addUp(posterior, logMark, logs, (log) => {
    const distance = logMark - log;
    if (distance < 0) return crossedByMark;
    const next = edges.findIndex((edge) => edge > distance);
    return next > 0 ? next - 1 : beyond;
  });
  const { value, priorOnly } = expected(posterior, rows);
  return { value: value.subarray(0, rows.count), priorOnly, draws: drawRows(posterior, rows) };
}

function lotsOf(posterior: SidePosterior, { openInterestLots, lotSize }: TriggerTerms): number {
  return Math.round(openInterestLots ?? posterior.openInterest / lotSize);
}

/** Adds the columns up by what `rowOf` says of a trigger's log-price; `logs` are the rows' own (all with the side's sign). */
function addUp({ masses, logStep }: SidePosterior, mark: number, logs: Float64Array, rowOf: (log: number) => number): Rows {
  const count = logs.length;
  return {
    count, regions: Int32Array.from(logs, regionOf), distances: logs.map((log) => Math.max(0, mark - log)),
    masses: masses.map(({ base, byClass, never, entrySpread, relativeWidth }): RowMass => {
      const rows = Int32Array.from(byClass[0] ?? [], (_, m) => rowOf((base + m) * logStep));
      const totals = new Float64Array(byClass.length + 1);
      const added = byClass.map((column, k) => {
        const out = new Float64Array(count + 1);
        for (let m = 0; m < column.length; m++) {
          const x = at(column, m);
          if (x === 0) continue;
          totals[k] = at(totals, k) + x;
          const row = at(rows, m);
          if (row === crossedByMark) continue;
          const to = row === beyond ? count : row;
          out[to] = at(out, to) + x;
        }
        return out;
      });
      const unlevered = new Float64Array(count + 1);
      unlevered[count] = never;
      totals[byClass.length] = never;
      return { byClass: [...added, unlevered], totals, entrySpread, relativeWidth };
    }),
  };
}

/** Quantity by row under class weights; with what the mark has crossed it is the open interest. `only`: of these classes. */
function mix({ byClass, totals }: RowMass, weights: Float64Array, openInterest: number, only?: readonly boolean[]): Float64Array {
  let total = 0;
  for (let k = 0; k < totals.length; k++) total += at(weights, k) * at(totals, k);
  const out = new Float64Array(byClass[0]?.length ?? 0);
  if (total === 0) return out;
  for (const [k, column] of byClass.entries()) {
    if (only !== undefined && only[k] !== true) continue;
    const factor = (at(weights, k) * openInterest) / total;
    for (let i = 0; i < out.length; i++) out[i] = at(out, i) + factor * at(column, i);
  }
  return out;
}

/** The mean over flows: all of it (the row beyond last), and the part that is only the prior's. */
function expected(posterior: SidePosterior, rows: Rows): { readonly value: Float64Array; readonly priorOnly: Float64Array } {
  const value = new Float64Array(rows.count + 1);
  const priorOnly = new Float64Array(rows.count);
  for (const [f, mass] of rows.masses.entries()) {
    const share = posterior.flowWeights[f] ?? 0;
    const weights = defined(posterior.weights[f], 'weights');
    const all = mix(mass, weights, posterior.openInterest);
    const part = mix(mass, weights, posterior.openInterest, posterior.priorOnly);
    for (let i = 0; i <= rows.count; i++) value[i] = at(value, i) + share * at(all, i);
    for (let i = 0; i < rows.count; i++) priorOnly[i] = at(priorOnly, i) + share * at(part, i);
  }
  return { value, priorOnly };
}

/** Every posterior draw by row, as it may really be; the same normal numbers each time, so that a band moves when the market does. */
function drawRows(posterior: SidePosterior, rows: Rows): Float64Array[] {
  const rng = createRng(posterior.seed).fork(posterior.side);
  const normals = Float64Array.from({ length: normalCount }, () => rng.normal());
  return posterior.draws.map(({ flow, weights }, i) => realised(posterior, rows, defined(rows.masses[flow], 'flow'), weights, normals, i * 997).subarray(0, rows.count));
}

const normalCount = 4096;
/** Width of a region in log-price: within it the model is wrong by one factor [A]. */
const regionWidth = 0.025;

function regionOf(log: number): number {
  return Math.floor(log / regionWidth + 1e-9);
}

/** What may really be there where `row` is expected: each region differs from the model by its own factor, and positions come in lumps. */
function realised(posterior: SidePosterior, { count, regions, distances }: Rows, mass: RowMass, weights: Float64Array, normals: Float64Array, offset: number): Float64Array {
  const normal = (i: number): number => at(normals, ((i % normalCount) + normalCount) % normalCount);
  const row = mix(mass, weights, posterior.openInterest);
  const untouched = mix(mass, weights, posterior.openInterest, posterior.priorOnly);
  return row.map((x, i) => {
    if (i >= count || x === 0) return x;
    const misfit = Math.log1p(posterior.misfit + ((unseenMisfit(mass, at(distances, i)) - posterior.misfit) * at(untouched, i)) / x);
    return lumpAround(x * Math.exp(Math.sqrt(misfit) * normal(offset + 2048 + 31 * at(regions, i)) - misfit / 2), posterior.lump, normal(offset + i), normal(offset + i + 1543));
  });
}

/** Misfit where no price has been, and the share of positions at a round leverage without added margin [A]. */
const [smoothMisfit, atRoundLeverage] = [0.15, 0.6];

/**
 * The misfit squared of classes no price crossed, `distance` away. Leverages are round numbers: those at one of them are spread over prices only as their entries are (standard deviation s), and which place within
 * the class's width w that is is not known, so their density there has a relative variance of w / (2 sqrt(pi) s) - 1.
 */
function unseenMisfit({ entrySpread, relativeWidth }: RowMass, distance: number): number {
  const spread = Math.hypot(entrySpread, regionWidth / Math.sqrt(12));
  return smoothMisfit + atRoundLeverage ** 2 * Math.max(0, (relativeWidth * distance) / (2 * Math.sqrt(Math.PI) * spread) - 1);
}

/** Rows of whole ticks, first to fire first, with the price of the first trigger in each. */
function tickRows(posterior: SidePosterior, { side, markPrice, tickSize, bucketTicks }: TriggerTerms): { readonly rows: Rows; readonly ticks: Int32Array; readonly prices: Float64Array } {
  const sign = side === 'long' ? 1 : -1;
  const mark = sign * Math.log(markPrice);
  const tickOf = (log: number): number => bucketTick(Math.exp(sign * log) / tickSize, side, bucketTicks);
  const isOnGrid = (tick: number): boolean => tick >= 1 && tick <= maxTick;
  const prices = new Map<number, number>();
  for (const { base, byClass } of posterior.masses) {
    for (let m = 0; m < (byClass[0]?.length ?? 0); m++) {
      const log = (base + m) * posterior.logStep;
      if (log >= mark || !byClass.some((column) => at(column, m) > 0)) continue;
      const tick = tickOf(log);
      if (isOnGrid(tick) && !prices.has(tick)) prices.set(tick, Math.exp(sign * log));
    }
  }
  const ticks = Int32Array.from([...prices.keys()].sort((a, b) => sign * (b - a)));
  const places = new Map(Array.from(ticks, (tick, i) => [tick, i]));
  const rows = addUp(posterior, mark, Float64Array.from(ticks, (tick) => sign * Math.log(tick * tickSize)), (log) => (log >= mark ? crossedByMark : (places.get(tickOf(log)) ?? beyond)));
  return { rows, ticks, prices: Float64Array.from(ticks, (tick) => defined(prices.get(tick), 'price')) };
}

/** Bankruptcy ticks from the liquidation prices alone, at the tier of a typical position. */
function bankruptcies(side: PositionSide, prices: Float64Array, ticks: Int32Array, { tickSize, rules, typicalNotional = 10_000 }: TriggerTerms): Int32Array {
  return Int32Array.from(prices, (price, i) => bankruptcyTick((bankruptcyAt(rules, side, price, typicalNotional) ?? (side === 'long' ? tickSize : maxTick * tickSize)) / tickSize, side, at(ticks, i)));
}

function bankruptcyAt(rules: MarginRules, side: PositionSide, price: number, notional: number): number | undefined {
  const size = rules.contract === 'linear' ? notional / price : notional * price;
  return bankruptcyFromLiquidation(rules, side, size, { price, tier: tierIndex(rules.tiers, tierAmount(rules, size, price)) });
}

/** The p point of what the sorted draws are a sample of: rank p (n + 1), so that one more draw lies below it with probability p. */
export function quantileOfDraws(sorted: Float64Array, p: number): number {
  const place = Math.max(0, Math.min(sorted.length - 1, p * (sorted.length + 1) - 1));
  const below = Math.floor(place);
  const a = at(sorted, below);
  return a + (place - below) * (at(sorted, Math.min(sorted.length - 1, below + 1)) - a);
}
