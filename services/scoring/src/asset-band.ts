import { assetOutcome, reproductionOf, type AssetOutcome, type AssetQuestion, type AssetStep } from '@breakwater/models/cascade';
import { assumptionDraws, type AssumptionDraw } from './assumptions.ts';
import type { DrawModel } from './draw-model.ts';

/** The two ends of a figure: 5 and 95 % over the draws. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** One draw's answer. */
export interface DrawnOutcome {
  readonly outcome: AssetOutcome;
  readonly reproduction: number;
}

/** The draws of an asset: once with the books that are current, and once more with those that are not where there are such. */
export type DrawnFamilies = readonly (readonly DrawnOutcome[])[];

const tails = { low: 0.05, high: 0.95 } as const;

/** Answers of every draw: by default the twelve of a score. About half a millisecond a draw for six markets. */
export function answerDraws(model: DrawModel, question: AssetQuestion, draws: readonly AssumptionDraw[] = assumptionDraws): readonly DrawnOutcome[] {
  return draws.flatMap((draw) => {
    const system = model.systemOf(draw);
    const outcome = assetOutcome(system, question);
    return outcome === undefined ? [] : [{ outcome, reproduction: reproductionOf(system).number }];
  });
}

/**
 * The quantile of equally likely values, each taken for the middle of its share (Hazen): straight lines between, the extremes beyond; NaN of none. `values` need no
 * order. O(n log n).
 */
export function quantileOf(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.min(sorted.length - 1, Math.max(0, p * sorted.length - 0.5));
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below === above ? below : below + (place - Math.floor(place)) * (above - below);
}

const certain: Band = { low: 1, high: 1 };

/** The band of a figure around its centre, which is always inside; figures that a draw has not got are left out. `scale`: by what the ends are multiplied on top. */
export function bandOf(families: DrawnFamilies, centre: number, pick: (drawn: DrawnOutcome) => number | null, scale: Band = certain): Band {
  const ends = families.flatMap((family) => {
    const values = family.map(pick).filter((x) => x !== null);
    return values.length === 0 ? [] : [quantileOf(values, tails.low) * scale.low, quantileOf(values, tails.high) * scale.high];
  });
  return { low: Math.min(centre * scale.low, ...ends), high: Math.max(centre * scale.high, ...ends) };
}

/** What a draw's threshold counts as: where it does not ignite, or later, the sale that would be a crash without any forced one. */
export function thresholdOf({ outcome }: DrawnOutcome, centre: number): number {
  const ceiling = Math.max(centre, outcome.mostQuote);
  return Math.min(outcome.ignitionQuote ?? ceiling, ceiling);
}

/** Sales at which the ends of a curve are looked up, besides the thresholds of the draws: as many as a picture of some 900 pixels can tell apart. */
const curvePoints = 84;

/**
 * The ends of a response curve: at each sale the 5 and the 95 % point of the prices it ends at, around the centre's own curve. `scale`: what a dollar of the draws is worth at the ends. O(points x draws).
 */
export function curveBand(families: DrawnFamilies, central: readonly AssetStep[], scale: Band = certain): { readonly pessimistic: readonly AssetStep[]; readonly optimistic: readonly AssetStep[] } {
  const reach = central.at(-1)?.quote ?? 0;
  const thresholds = families.flatMap((family) => family.flatMap(({ outcome }) => (outcome.ignitionQuote === null ? [] : [outcome.ignitionQuote])));
  const even = Array.from({ length: curvePoints }, (_, i) => (reach * (i + 1)) / curvePoints);
  const end = (pick: (...values: number[]) => number, p: number, worth: number): readonly AssetStep[] => {
    const sales = [...new Set([0, ...even, ...thresholds.map((quote) => quote * worth).filter((quote) => quote <= reach)])].sort((a, b) => a - b);
    const inDraws = sales.map((sale) => sale / worth);
    const centre = pricesAt(central, sales);
    const prices = families.map((family) => family.map(({ outcome }) => pricesAt(outcome.steps, inDraws)).filter((of) => of.length > 0)).filter((family) => family.length > 0);
    return joined(sales.map((quote, k) => ({ quote, price: pick(centre[k] ?? 0, ...prices.map((family) => worth * quantileOf(family.map((of) => of[k] ?? 0), p))) })));
  };
  return { pessimistic: end(Math.min, tails.low, scale.low), optimistic: end(Math.max, tails.high, scale.high) };
}

/** Where sales, in rising order, end on a step curve; at its last price beyond it, which is too high then. Empty for a curve without steps. O(steps + sales). */
function pricesAt(steps: readonly AssetStep[], sales: readonly number[]): readonly number[] {
  if (steps.length === 0) return [];
  let k = 0;
  return sales.map((sale) => {
    while (k + 1 < steps.length && (steps[k]?.quote ?? 0) < sale * (1 - 1e-9)) k++;
    return steps[k]?.price ?? 0;
  });
}

/** Steps in a row that end at one price are one step. */
function joined(steps: readonly AssetStep[]): readonly AssetStep[] {
  return steps.filter(({ price }, i) => price !== steps[i + 1]?.price);
}
