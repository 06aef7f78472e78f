import type { InstrumentMessage } from '@breakwater/contracts';
import { BINANCE, forMaxLeverage, rulesOf, type VenueRules } from '@breakwater/models/market';

/** Leverage where a venue's list does not give a maximum [A]. */
const assumedMaxLeverage = 20;
/** Width of a liquidation bucket in log-price, 25 basis points [A]. */
const bucketWidth = 0.0025;

/** Margin rules of a market; a venue whose own are not in the data is taken to margin like Binance [A]. */
export function marginRulesOf({ venue, maxLeverage, marketKind }: Pick<InstrumentMessage, 'venue' | 'maxLeverage' | 'marketKind'>): VenueRules {
  return { ...forMaxLeverage(rulesOf(venue) ?? BINANCE, maxLeverage ?? assumedMaxLeverage), contract: marketKind === 'inverse' ? 'inverse' : 'linear' };
}

/** Ticks in a bucket of liquidation prices at a price; at least one. */
export function bucketTicksOf(price: number, tickSize: number): number {
  return Math.max(1, Math.round((price * bucketWidth) / tickSize));
}
