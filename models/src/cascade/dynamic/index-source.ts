import { assert } from '../../core/index.ts';
import { at, type IndexRule } from '../../market/index.ts';
import type { DynamicIndex } from './dynamic-system.ts';

/** Index and mark are counted in 1,024ths of a tick, so that sums over a window are whole numbers and exact in any order. */
export const SUB_TICKS = 1_024;

/** Prices of all markets as they stand, in quote currency and in ticks: shared by everything that reads prices of other markets. */
export interface PriceBoard {
  readonly prices: Float64Array;
  readonly ticks: Float64Array;
}

/** A board without prices. */
export function createBoard(markets: number): PriceBoard {
  return { prices: new Float64Array(markets), ticks: new Float64Array(markets) };
}

/** Puts the price of a market on the board. */
export function setPrice(board: PriceBoard, m: number, tickSize: number, tick: number): void {
  board.ticks[m] = tick;
  board.prices[m] = tick * tickSize;
}

/** The logarithm of a market's price. */
export function logPrice(board: PriceBoard, m: number): number {
  return Math.log(at(board.prices, m));
}

/** An index rule with every field, so that all of them are one shape: 0 stands for a distance that is not in the rule. */
interface IndexPlan {
  readonly method: IndexRule['method'];
  readonly equalOfTwo: boolean;
  readonly clipWithin: number;
  readonly clipsAroundOthers: boolean;
  readonly excludeBeyond: number;
  readonly readmitWithin: number;
  readonly severalToMedian: boolean;
}

function planOf({ method, equalOfTwo, clip, exclude }: IndexRule): IndexPlan {
  return {
    method, equalOfTwo, clipWithin: clip?.within ?? 0, clipsAroundOthers: clip?.around === 'others', excludeBeyond: exclude?.beyond ?? 0, readmitWithin: exclude?.readmitWithin ?? 0,
    severalToMedian: exclude?.severalToMedian ?? false,
  };
}

/** Room to join prices in: `count` prices and their weights, and the same prices in ascending order. */
interface Joint {
  count: number;
  readonly prices: Float64Array;
  readonly weights: Float64Array;
  readonly sorted: Float64Array;
  readonly sortedWeights: Float64Array;
}

/**
 * The index of market `m` in whole sub-ticks of it, whenever called; to be called once a second, since exclusion remembers. The operations are those of `indexPrice` of the
 * market package in their order, without allocation. O(sources^2), of which there are few.
 */
export function createIndex(index: DynamicIndex | null, m: number, tickSize: number, board: PriceBoard): () => number {
  if (index === null) return () => at(board.ticks, m) * SUB_TICKS;
  const known = index.markets.map((market, i) => ({ market, weight: index.weights[i] ?? 0 })).filter(({ weight }) => weight > 0);
  assert(known.length > 0, 'an index has a source with a weight');
  const sources = Int32Array.from(known, ({ market }) => market);
  const weights = Float64Array.from(known, ({ weight }) => weight);
  const plan = planOf(index.rule);
  if (plan.equalOfTwo && known.length === 2 && plan.excludeBeyond === 0) weights.fill(1);
  // With fewer than three sources there is nothing to clip to.
  if (plan.method === 'weightedMean' && plan.excludeBeyond === 0 && (plan.clipWithin === 0 || known.length < 3)) {
    let total = 0;
    for (const weight of weights) total += weight;
    return () => Math.round((weightedSum(board.prices, sources, weights) / total / tickSize) * SUB_TICKS);
  }
  const excluded = new Uint8Array(known.length);
  const joint = createJoint(known.length);
  return () => {
    for (let i = 0; i < sources.length; i++) joint.prices[i] = at(board.prices, at(sources, i));
    for (let i = 0; i < weights.length; i++) joint.weights[i] = at(weights, i);
    joint.count = sources.length;
    return Math.round((joined(plan, joint, excluded) / tickSize) * SUB_TICKS);
  };
}

/** The weighted median of sources' prices over `unit`, whenever called: `weightedMedian` of the market package, without allocation. */
export function createWeightedMedian(sources: Int32Array, weights: Float64Array, { prices }: PriceBoard, unit: number): () => number {
  const joint = createJoint(sources.length);
  return () => {
    for (let i = 0; i < sources.length; i++) joint.prices[i] = at(prices, at(sources, i)) / unit;
    for (let i = 0; i < weights.length; i++) joint.weights[i] = at(weights, i);
    joint.count = sources.length;
    return weightedMedianOf(joint);
  };
}

function createJoint(n: number): Joint {
  return { count: 0, prices: new Float64Array(n), weights: new Float64Array(n), sorted: new Float64Array(n), sortedWeights: new Float64Array(n) };
}

function joined(plan: IndexPlan, joint: Joint, excluded: Uint8Array): number {
  if (plan.excludeBeyond > 0) {
    const middle = excludeDeviants(plan, joint, excluded);
    if (!Number.isNaN(middle)) return middle;
  }
  if (plan.equalOfTwo && joint.count === 2) {
    joint.weights[0] = 1;
    joint.weights[1] = 1;
  }
  if (plan.clipWithin > 0 && joint.count >= 3) clip(joint, plan.clipWithin, plan.clipsAroundOthers);
  switch (plan.method) {
    case 'weightedMean': return meanOf(joint);
    case 'weightedMedian': return weightedMedianOf(joint);
    case 'inverseSquareSpread': return inverseSquareOf(joint);
  }
}

/** Takes deviants out; the median of all when none is left, or when several are out and the rule says so, else NaN. */
function excludeDeviants(plan: IndexPlan, joint: Joint, excluded: Uint8Array): number {
  const { prices, weights, count } = joint;
  sort(joint);
  const middle = middleOf(joint.sorted, count, count);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const price = at(prices, i);
    // On the bound itself is within it, whatever the rounding of the bound.
    const isOut = Math.abs(price - middle) > middle * (excluded[i] === 1 ? plan.readmitWithin : plan.excludeBeyond) * (1 + 1e-12);
    excluded[i] = isOut ? 1 : 0;
    if (isOut) continue;
    prices[kept] = price;
    weights[kept++] = at(weights, i);
  }
  joint.count = kept;
  return kept === 0 || (plan.severalToMedian && count - kept > 1) ? middle : NaN;
}

function clip(joint: Joint, within: number, aroundOthers: boolean): void {
  const { prices, sorted, count } = joint;
  sort(joint);
  const all = middleOf(sorted, count, count);
  for (let i = 0; i < count; i++) {
    const price = at(prices, i);
    let centre = all;
    if (aroundOthers) {
      let rank = 0;
      while (at(sorted, rank) < price) rank++;
      centre = middleOf(sorted, count - 1, rank);
    }
    prices[i] = Math.min(Math.max(price, centre * (1 - within)), centre * (1 + within));
  }
}

/** The median of `count` sorted numbers, number `without` being left out of them. */
function middleOf(sorted: Float64Array, count: number, without: number): number {
  const half = count >> 1;
  const upper = at(sorted, half < without ? half : half + 1);
  return count % 2 === 1 ? upper : (at(sorted, half - 1 < without ? half - 1 : half) + upper) / 2;
}

function weightedSum(prices: Float64Array, sources: Int32Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < sources.length; i++) sum += at(prices, at(sources, i)) * at(weights, i);
  return sum;
}

function meanOf({ prices, weights, count }: Joint): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < count; i++) {
    sum += at(prices, i) * at(weights, i);
    total += at(weights, i);
  }
  return sum / total;
}

function inverseSquareOf(joint: Joint): number {
  const { prices, weights, count } = joint;
  const centre = meanOf(joint);
  for (let i = 0; i < count; i++) if (at(prices, i) === centre) return centre;
  for (let i = 0; i < count; i++) weights[i] = 1 / (at(prices, i) - centre) ** 2;
  return meanOf(joint);
}

function weightedMedianOf(joint: Joint): number {
  const { sorted, sortedWeights, count } = joint;
  sort(joint);
  let total = 0;
  for (let i = 0; i < count; i++) total += at(sortedWeights, i);
  const half = total / 2;
  let below = 0;
  for (let i = 0; i < count; i++) {
    below += at(sortedWeights, i);
    // Weights are small whole numbers or shares: a share's rounding must not decide which side a source is on.
    if (Math.abs(below - half) <= 1e-12 * half) return (at(sorted, i) + at(sorted, Math.min(i + 1, count - 1))) / 2;
    if (below > half) return at(sorted, i);
  }
  return NaN;
}

/** Sorts prices with their weights; equal ones stay in order. */
function sort({ prices, weights, sorted, sortedWeights, count }: Joint): void {
  for (let n = 0; n < count; n++) {
    const price = at(prices, n);
    let i = n;
    for (; i > 0 && at(sorted, i - 1) > price; i--) {
      sorted[i] = at(sorted, i - 1);
      sortedWeights[i] = at(sortedWeights, i - 1);
    }
    sorted[i] = price;
    sortedWeights[i] = at(weights, n);
  }
}
