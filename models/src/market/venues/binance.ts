import { ratio, venueId } from '../../core/index.ts';
import { genericMarginTiers, type VenueRules } from '../venue-rules.ts';

/**
 * Binance USD-margined perpetuals. Maintenance at the mark price, no closing fee in it; one large order down to margin
 * compliance, limited at the bankruptcy price, the rest to the insurance fund. Tiers differ by market and are published
 * by the API; the table here is the generic one [A], as is the maximum leverage of 50.
 * The 5-minute average of the mark's second component is the historical USD-M figure and is to be confirmed [A].
 */
export const BINANCE: VenueRules = {
  venue: venueId('binance'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: genericMarginTiers(50),
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  partial: { kind: 'toCompliance' },
  index: { weights: {}, clip: ratio(0.03), staleSeconds: 300, monotone: true },
  mark: { kind: 'median3', averageSeconds: 300 },
  funding: { clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8 },
  adl: { trigger: 'fundEmpty', rank: 'profitTimesLeverage', price: 'bankruptcy' },
  asOf: '2025-12-01',
  source: 'binance.com/en/support/faq 360033525071, 360033525271, b3c689c1 (USD-M liquidation price), 66607f4c (index clip)',
};
