import { priceAfter, type Step } from './steps.ts';

/** A sale after which a little more ends much lower because of forced sales: at most `saleUsd` ends at `from`, one dollar more at `to`. */
export interface TippingPoint {
  readonly saleUsd: number;
  readonly from: number;
  readonly to: number;
}

/** Steps on each side with which a jump is compared, how many there must be, and how many times their fall it takes to be one [A]. */
const around = { steps: 3, least: 4, times: 2 } as const;
/** Tipping points that are shown: the deepest. More would be a slope. */
const most = 20;

/**
 * The tipping points of a curve with forced sales: every fall of at least `gap` (share of the larger price, in (0, 1)) from one step to the next that the same
 * sales do not cause without forced ones. A thinned curve shows a slope as steps too, so a fall counts only where it is more than twice what is usual around it.
 * In rising order of sale, at most 20. O(steps log steps).
 */
export function tippingPointsOf(central: readonly Step[], withoutForced: readonly Step[], bestPrice: number, gap: number): readonly TippingPoint[] {
  const falls = central.slice(1).map((step, i) => fall(central[i]?.price ?? step.price, step.price));
  const found = central.slice(1).flatMap(({ saleUsd, price }, i): TippingPoint[] => {
    const before = central[i];
    const jump = falls[i] ?? 0;
    if (before === undefined || jump < gap - 1e-12 || jump <= around.times * usual(falls, i)) return [];
    // Where the books end, they fall as far as anything does.
    const [calmFrom, calmTo] = [priceAfter(withoutForced, bestPrice, before.saleUsd), priceAfter(withoutForced, bestPrice, saleUsd)];
    const calm = calmFrom === undefined || calmTo === undefined ? 0 : fall(calmFrom, calmTo);
    return jump - calm < gap - 1e-12 ? [] : [{ saleUsd: before.saleUsd, from: before.price, to: price }];
  });
  return deepest(found);
}

/** The deepest of `points`, in rising order of sale. */
export function deepest(points: readonly TippingPoint[]): readonly TippingPoint[] {
  return [...points].sort((a, b) => fall(b.from, b.to) - fall(a.from, a.to) || a.saleUsd - b.saleUsd).slice(0, most).sort((a, b) => a.saleUsd - b.saleUsd);
}

function fall(from: number, to: number): number {
  const larger = Math.max(from, to);
  return larger > 0 ? Math.abs(from - to) / larger : 0;
}

/** The median fall of the steps around step `i`, as many near an end as elsewhere; 0 where there are too few to tell a slope. */
function usual(falls: readonly number[], i: number): number {
  const from = Math.max(0, Math.min(i - around.steps, falls.length - 1 - 2 * around.steps));
  const others = falls.slice(from, from + 2 * around.steps + 1).filter((_, k) => from + k !== i).sort((a, b) => a - b);
  return others.length < around.least ? 0 : (others[Math.floor((others.length - 1) / 2)] ?? 0);
}
