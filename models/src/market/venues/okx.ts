import { ratio, venueId } from '../../core/index.ts';
import { genericMarginTiers, type VenueRules } from '../venue-rules.ts';

/**
 * OKX linear swaps. A position in tier 3 or above is cut by two tiers at a time, below that it is closed whole.
 * Index: preset weights (not found), sources clipped to 2 % of their median. Tiers and maximum leverage are generic [A];
 * maintenance at the mark and orders at any price are assumed [A]; the average of the mark's basis is to be confirmed.
 */
export const OKX: VenueRules = {
  venue: venueId('okx'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: genericMarginTiers(50),
  maxLeverage: 50,
  liquidationOrder: 'market',
  partial: { kind: 'tiers', step: 2, fromTier: 3 },
  index: { weights: {}, clip: ratio(0.02), monotone: true },
  mark: { kind: 'indexPlusBasisAverage' },
  funding: { clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8 },
  adl: { trigger: 'fundDrawdown8h', threshold: ratio(0.3), rank: 'profitTimesLeverage', price: 'mark' },
  asOf: '2025-12-01',
  source: 'okx.com help: i-spot-index-prices, iv-introduction-to-auto-deleveraging-adl (2025)',
};
