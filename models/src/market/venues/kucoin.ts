import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const support = 'kucoin.com/support';
const fund = `${support}/26686139092889 (insurance fund)`;
const adl = `${support}/26686471898009 (auto-deleveraging)`;
const levels = 'kucoin.com/blog/what-is-risk-limit-level-on-kucoin-futures-en';
const funding = 'kucoin.com/announcement on the funding rate calculation of 2025-11-27 (first contracts)';

const evidence: EvidenceTable = {
  'contract': documented('2025-12-31', fund),
  'mmBasis': documented('2025-12-31', `${fund}, example: 40,000 x [1 - (2.5 % - 0.4 %)] = 39,160, maintenance on the entry value; for isolated margin`),
  'closeFee': documented('2025-12-31', `${fund}: the example has none`),
  'tiers': assumed('differ by market and a position is charged its level\'s rate whole (support/4415900765977): read them with the tier loader; the table here is generic'),
  'liquidationOrder': documented('2025-12-31', `${fund}: closed at the bankruptcy price, what is not filled goes to the fund`),
  'liquidationFee': assumed('none was found'),
  'partial': documented('2022-12-01', `${levels}: down by one level at a time with a fill-or-kill order, level 1 whole; 2,500,000 at level 4 is cut by 500,000`),
  'index.weights': documented('2025-12-02', `${support}/26684730297625: set by KuCoin and shown on the index page, so they come with the sources`),
  'index.outliers': assumed('the page of 2025-12-02 was read without its rule for three and more sources: the older one leaves out what is more than 5 % off'),
  'index.stale': assumed('not published'),
  'mark.kind': documented('2026-11-27', `${support}/26684973273625: median of price 1, price 2, last (an older copy: index + average basis)`),
  'mark.window': assumed('26684973273625 names no window: five minutes every second as on Bybit'),
  'funding.formula': documented('2025-11-27', `${funding}: P + clamp(I - P, 0.05 %, -0.05 %), P weighed by recency`),
  'funding.interest': documented('2025-11-27', `${funding}: 0.03 % a day for USDT margin`),
  'funding.cap': assumed('0.75 x (initial - maintenance rate), so it differs by market: none is set here'),
  'funding.period': documented('2025-11-27', 'eight hours unless the market says otherwise'),
  'fund': documented('2025-12-31', `${fund}: shown by currency, allocated by contract; what is left goes to it`),
  'adl.trigger': documented('2025-12-31', `${adl}: the pair's fund is insufficient`),
  'adl.rank': documented('2025-12-31', `${adl}: return x effective leverage for winners, return / leverage for losers`),
  'adl.price': documented('2025-12-31', `${adl}: bankruptcy price of the liquidated position`),
};

/** KuCoin linear perpetuals, isolated margin: maintenance on the entry value, orders limited at the bankruptcy price, one level at a time. Tiers and maximum leverage are generic [A]. */
export const KUCOIN: VenueRules = {
  venue: venueId('kucoin'),
  contract: 'linear',
  mmBasis: 'entry',
  closeFee: ratio(0),
  tiers: genericMarginTiers(50),
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  liquidationFee: ratio(0),
  partial: { kind: 'tiers', step: 1, fromTier: 2 },
  index: { method: 'weightedMean', weights: {}, exclude: { beyond: ratio(0.05), readmitWithin: ratio(0.05), severalToMedian: false }, equalOfTwo: false, monotone: false },
  mark: { kind: 'median3', windowSeconds: 300, sampleSeconds: 1 },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, scaling: 'interestOnly', average: 'timeWeighted' },
  fund: { scope: 'contract', surplus: 'fund' },
  adl: { trigger: 'fundEmpty', rank: 'profitTimesLeverage', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${fund}, ${adl}, ${support}/26684730297625 (index), ${support}/26684973273625 (mark), ${levels}`,
};
