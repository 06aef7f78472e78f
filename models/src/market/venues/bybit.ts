import { ratio, venueId } from '../../core/index.ts';
import { genericMarginTiers, type VenueRules } from '../venue-rules.ts';

/**
 * Bybit inverse perpetuals: maintenance on the entry value (its published example, 7,890.08 at 50x, comes out only so).
 * A position is cut tier by tier with fill-or-kill orders, the lowest tier whole at the bankruptcy price.
 * Tiers are the generic ones with bounds in coin at an assumed 1 coin = 1 unit of the table [A]; replace them by the market's own.
 */
export const BYBIT_INVERSE: VenueRules = {
  venue: venueId('bybit'),
  contract: 'inverse',
  mmBasis: 'entry',
  closeFee: ratio(0),
  tiers: genericMarginTiers(50),
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  partial: { kind: 'tiers', step: 1, fromTier: 2 },
  index: { weights: {}, monotone: true },
  mark: { kind: 'median3', averageSeconds: 300, sampleSeconds: 1 },
  funding: { clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8 },
  adl: { trigger: 'fundDrawdown8h', threshold: ratio(0.3), rank: 'profitTimesLeverage', price: 'bankruptcy' },
  asOf: '2025-12-01',
  source: 'bybit.com help centre: Mark Price, Index Price Calculation, Auto-Deleveraging (2025-11-05), Insurance Fund; December 2025 announcement on pools',
};

/** Bybit linear perpetuals: the same switches as the inverse ones; that maintenance is at entry here too is assumed [A]. */
export const BYBIT: VenueRules = { ...BYBIT_INVERSE, contract: 'linear' };
