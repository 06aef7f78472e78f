import type { ResponseCurve, ResponseStep } from '@breakwater/contracts';
import { price, usd } from '@breakwater/models/core';
import { responseCurves, type CascadeMarket, type ResponsePoint, type StaticProfile } from '@breakwater/models/cascade';

/** The asset as one market in US dollars, with the answer to every sale. */
interface Answered {
  readonly market: CascadeMarket;
  readonly profile: StaticProfile;
}

/** How far a curve reaches: so many times the threshold. */
const reach = 3;
/** Points of each curve: as many as a picture of some 900 pixels can tell apart, and small enough to be sent every second. */
const maxPoints = 80;

/** The response curve of an asset from its merged markets under each assumption; null without a bid. `ignitionUsd` sets how far it reaches. O(levels). */
export function responseOf(answered: { readonly central: Answered; readonly pessimistic: Answered; readonly optimistic: Answered }, ignitionUsd: number | null): ResponseCurve | null {
  const { market } = answered.central;
  const best = market.bids.ticks[0];
  if (best === undefined) return null;
  const range = { maxQuote: ignitionUsd === null || ignitionUsd <= 0 ? Infinity : reach * ignitionUsd, maxPoints };
  const curves = (from: Answered): ReturnType<typeof responseCurves> => responseCurves(from.market, 'sell', from.profile, range);
  const central = curves(answered.central);
  return {
    price: price(best * market.tickSize), central: stepsOf(central.withForced), withoutForced: stepsOf(central.withoutForced),
    pessimistic: stepsOf(curves(answered.pessimistic).withForced), optimistic: stepsOf(curves(answered.optimistic).withForced),
  };
}

function stepsOf(points: readonly ResponsePoint[]): readonly ResponseStep[] {
  return points.filter((point) => point.price > 0).map((point) => ({ saleUsd: usd(point.quote), price: price(point.price) }));
}
