import type { ResponseCurve, ResponseStep } from '@breakwater/contracts';
import { price, usd } from '@breakwater/models/core';
import type { AssetResponse, AssetStep } from '@breakwater/models/cascade';

/** How far a curve reaches: so many times the threshold. */
export const responseReach = 3;
/** Steps of each curve: as many as a picture of some 900 pixels can tell apart, and small enough to be sent every second. */
const maxSteps = 110;

/** The response curve of an asset from its answer under central assumptions and the ends of its band; null without a price. O(steps). */
export function responseOf(central: AssetResponse, band: { readonly pessimistic: readonly AssetStep[]; readonly optimistic: readonly AssetStep[] }): ResponseCurve | null {
  if (!(central.bestPrice > 0)) return null;
  return {
    price: price(central.bestPrice), central: stepsOf(central.steps, central.ignitionQuote), withoutForced: stepsOf(central.stepsWithoutForced, null),
    pessimistic: stepsOf(band.pessimistic, null), optimistic: stepsOf(band.optimistic, null),
  };
}

/** At most `maxSteps`, joined towards the worse price; the jump at `ignition` stays whole. */
function stepsOf(steps: readonly AssetStep[], ignition: number | null): readonly ResponseStep[] {
  const drawable = steps.filter((step) => step.price > 0);
  const stride = Math.ceil(drawable.length / maxSteps);
  const cliff = ignition === null ? -1 : drawable.findIndex((step) => step.quote >= ignition * (1 - 1e-12));
  return drawable
    .filter((_, i) => stride === 1 || i === drawable.length - 1 || i === cliff || i === cliff + 1 || i % stride === stride - 1)
    .map((step) => ({ saleUsd: usd(step.quote), price: price(step.price) }));
}
