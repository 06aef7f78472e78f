import { assert } from '../core/index.ts';
import { exceedanceCurve, tailOfLosses, type Banded, type LossSample, type SampleTail } from './weighted-losses.ts';

/** One step of a response curve: a net sale of at most `saleUsd`, and more than that of the step before, ends at `price`. Sales rise and prices do not rise along a curve. */
export interface SaleStep {
  /** US dollars, >= 0. */
  readonly saleUsd: number;
  /** > 0, in the unit of the curve's own price. */
  readonly price: number;
}

/** How a price answers a sale: with what it forces, and as if nobody were liquidated. */
export interface SaleCurves {
  /** The price now, > 0, where both curves start. */
  readonly price: number;
  readonly withoutForced: readonly SaleStep[];
  readonly withForced: readonly SaleStep[];
}

/** A loss as a share of the price, and whether more is known than that it is at least that. */
export interface KnownLoss {
  readonly loss: number;
  /** Beyond the largest sale of a curve: the loss is a lower bound. */
  readonly beyond: boolean;
}

/** What a fall, or a sale, becomes once it forces others to sell. Losses are shares of the price now. */
export interface LossResponse {
  /** The sale that alone would cause a loss, US dollars; 0 for none, the largest known one beyond the curve. O(log steps). */
  saleOf(loss: number): number;
  /** What a sale costs if nobody is liquidated. O(log steps). */
  withoutForced(saleUsd: number): KnownLoss;
  /** What a sale costs with what it forces. O(log steps). */
  withForced(saleUsd: number): KnownLoss;
  /** A loss from outside with what it forces: never less than itself, and never falling as it grows. A gain is left as it is. O(log steps). */
  forced(loss: number): KnownLoss;
}

/**
 * Joins the two curves of a response: a loss from outside is put down to the sale that would cause it without forced sales (straight lines between the steps' ends, where the curve is exact), and what
 * liquidations add to that sale is added to it. Within a step that is what they add at the step's end, so the steps' own width adds nothing, and the jump at a threshold stays a jump; a loss is kept between
 * the ends of the forced curve's steps around it. Design assumption: a fall of whatever cause meets the books and positions as the sale that makes the same fall does. Crashes on a price that is not
 * above 0 or on a curve that is not in order. O(steps).
 */
export function createLossResponse({ price, withoutForced, withForced }: SaleCurves): LossResponse {
  assert(price > 0 && price < Infinity, `a price above 0, got ${price}`);
  const calm = lossesAlong(price, withoutForced);
  const forced = lossesAlong(price, withForced);
  const added = forced.sales.map((sale, i) => Math.max(0, (forced.losses[i] ?? NaN) - between(calm.sales, calm.losses, sale)));
  const last = { sale: forced.sales.at(-1) ?? 0, loss: forced.losses.at(-1) ?? 0 };
  const mostCalm = { sale: calm.sales.at(-1) ?? 0, loss: calm.losses.at(-1) ?? 0 };
  const saleOf = (loss: number): number => between(calm.losses, calm.sales, loss);
  const forcedFrom = (loss: number, sale: number): number => {
    const step = firstAtLeast(forced.sales, sale);
    const before = step === 0 ? 0 : (forced.losses[step - 1] ?? NaN);
    return Math.max(loss, before, Math.min(forced.losses[step] ?? NaN, loss + (added[step] ?? NaN)));
  };
  return {
    saleOf: (loss) => (loss <= 0 ? 0 : saleOf(loss)),
    withoutForced: (saleUsd) => ({ loss: saleUsd <= 0 ? 0 : between(calm.sales, calm.losses, saleUsd), beyond: saleUsd > mostCalm.sale }),
    withForced: (saleUsd) => (saleUsd <= 0 ? { loss: 0, beyond: false } : saleUsd > last.sale ? { loss: Math.max(last.loss, between(calm.sales, calm.losses, saleUsd)), beyond: true } : { loss: forcedFrom(between(calm.sales, calm.losses, saleUsd), saleUsd), beyond: false }),
    forced: (loss) => {
      if (loss <= 0) return { loss, beyond: false };
      const sale = saleOf(loss);
      if (loss > mostCalm.loss || sale > last.sale) return { loss: Math.max(loss, last.loss), beyond: true };
      return { loss: forcedFrom(loss, sale), beyond: false };
    },
  };
}

interface LossCurve {
  readonly sales: readonly number[];
  readonly losses: readonly number[];
}

/** A curve as losses, from no sale and no loss on. */
function lossesAlong(price: number, steps: readonly SaleStep[]): LossCurve {
  const sales = [0];
  const losses = [0];
  for (const step of steps) {
    const loss = 1 - step.price / price;
    assert(step.price > 0 && step.saleUsd >= (sales.at(-1) ?? 0) && loss >= (losses.at(-1) ?? 0) - 1e-9, 'along a response curve sales rise and prices do not');
    sales.push(step.saleUsd);
    losses.push(Math.max(loss, losses.at(-1) ?? 0));
  }
  return { sales, losses };
}

/** First index whose value is at least `x`; the last one when none is. Values do not fall. */
function firstAtLeast(values: readonly number[], x: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? NaN) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** y at x on straight lines through points whose x do not fall; the ends' own beyond them, and the first of several at one x. */
function between(xs: readonly number[], ys: readonly number[], x: number): number {
  const i = firstAtLeast(xs, x);
  const [x1, y1] = [xs[i] ?? NaN, ys[i] ?? NaN];
  if (i === 0 || x >= x1) return y1;
  const [x0, y0] = [xs[i - 1] ?? NaN, ys[i - 1] ?? NaN];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** What is asked. */
export interface CascadeQuestion extends LossSample, SaleCurves {
  /** The other ends of the forced curve's band; the band of the answer comes from them alone. */
  readonly optimistic?: readonly SaleStep[];
  readonly pessimistic?: readonly SaleStep[];
  /** Of value at risk and expected shortfall, in (0, 1); 0.975 is usual. */
  readonly level: number;
  /** Points of each curve at the most (default 48). */
  readonly points?: number;
}

/** The tail of losses without and with what they force. */
export interface CascadeShortfall {
  /** Without forced sales, as the losses came in. */
  readonly alone: SampleTail;
  readonly valueAtRisk: Banded;
  /** E[L | L >= VaR(L)] of the loss with forced sales, the cascade expected shortfall. */
  readonly expectedShortfall: Banded;
  /** Probability of losses of which only a lower bound is known, 0 to 1: with any in the tail its figures are lower bounds, too. */
  readonly beyond: number;
  /** Losses and the probability of more: without and with forced sales, losses rising. */
  readonly curve: readonly (readonly [loss: number, probability: number])[];
  readonly forcedCurve: readonly (readonly [loss: number, probability: number])[];
}

/**
 * Runs a distribution of losses at a horizon through the response of the market: every loss becomes itself and what it forces (`createLossResponse`), and the tail is taken of the result.
 * Losses are shares of the price now, below 1. O(n log n).
 */
export function cascadeShortfall(question: CascadeQuestion): CascadeShortfall {
  const { losses, level, points = 48 } = question;
  const throughCurve = (withForced: readonly SaleStep[]): { readonly sample: LossSample; readonly beyond: readonly boolean[] } => {
    const response = createLossResponse({ ...question, withForced });
    const outcomes = Array.from({ length: losses.length }, (_, i) => response.forced(losses[i] ?? NaN));
    return { sample: { ...question, losses: outcomes.map(({ loss }) => loss) }, beyond: outcomes.map(({ beyond }) => beyond) };
  };
  const central = throughCurve(question.withForced);
  const value = tailOfLosses(central.sample, level);
  const ends = [question.optimistic, question.pessimistic].filter((steps) => steps !== undefined).map((steps) => tailOfLosses(throughCurve(steps).sample, level));
  const banded = (of: (tail: SampleTail) => number): Banded => {
    const all = [value, ...ends].map(of);
    return { value: of(value), low: Math.min(...all), high: Math.max(...all) };
  };
  const weightOf = (i: number): number => question.weights?.[i] ?? 1;
  const total = central.beyond.reduce((sum, _, i) => sum + weightOf(i), 0);
  return {
    alone: tailOfLosses(question, level), valueAtRisk: banded((tail) => tail.valueAtRisk), expectedShortfall: banded((tail) => tail.expectedShortfall),
    beyond: central.beyond.reduce((sum, beyond, i) => sum + (beyond ? weightOf(i) : 0), 0) / total,
    curve: exceedanceCurve(question, points), forcedCurve: exceedanceCurve(central.sample, points),
  };
}
