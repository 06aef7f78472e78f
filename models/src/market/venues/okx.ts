import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const tiered = 'okx.com/help/v-tiered-maintenance-margin-ratio-rules';
const adl = 'okx.com/help/iv-introduction-to-auto-deleveraging-adl';
const index = 'okx.com/help/i-spot-index-prices';
const funding = 'okx.com/help/okx-to-change-the-funding-rate-formula-for-perpetual-futures (three batches, 2025-04-10 to 2025-04-24)';

const evidence: EvidenceTable = {
  'contract': documented('2025-05-16', tiered),
  'mmBasis': documented('2025-05-16', `${tiered}: (margin + PnL) / (face x contracts x mark x (tier's rate + fee rate))`),
  'closeFee': assumed(`${tiered}: the liquidation fee, at the account's taker rate, stands beside the requirement; 0.05 % for the lowest fee tier was not read again`),
  'tiers': assumed('bounds are in contracts and the whole position is charged its tier\'s rate (/api/v5/public/position-tiers): read them with the tier loader; the table here is generic'),
  'liquidationOrder': assumed('cuts go "slightly better than market"; whether the last order is held at the bankruptcy price is not said'),
  'liquidationFee': assumed(`${tiered}: the account's own taker fee, as above`),
  'partial': documented('2025-05-16', `${tiered}: tier 3 and above by two tiers at a time, below that whole`),
  'index.weights': documented('2025-02-13', `${index}: preset weights, shown on the index page; two sources weigh the same, one is the index`),
  'index.outliers': documented('2025-02-13', `${index}: more than 2 % from the median of the rest is taken at 98 % or 102 % of it`),
  'index.stale': assumed(`${index}: left out after a time that differs by index and is not published`),
  'mark.kind': documented('2026-11-27', 'okx.com/learn/mark-price-and-index-price-of-margined-contracts: index + moving average of the basis'),
  'mark.window': assumed('the window is not published; five minutes of one-minute values are what OKX says of its own decentralised swap (help, 2023-07-14)'),
  'funding.formula': documented('2025-04-24', funding),
  'funding.interest': documented('2025-04-24', `${funding}: 0.03 % / (24 / period)`),
  'funding.cap': assumed('caps and floors differ by market: none is set here'),
  'funding.period': documented('2025-04-24', 'eight hours unless the market says otherwise'),
  'fund': documented('2025-03-06', `${adl}: one fund per underlying and currency, fed by what liquidations leave`),
  'adl.trigger': assumed(`${adl}: below the 8-hour average "minus 30 % or $50K, whichever is higher", e.g. 280k of an average of 400k; read here as a fall of both at least`),
  'adl.rank': documented('2025-03-06', `${adl}: PnL ratio / margin ratio for winners (its margin ratio is equity / maintenance)`),
  'adl.price': documented('2025-03-06', `${adl}: mark price; bankruptcy price when the fund is almost gone`, '2026-11'),
};

/** OKX linear swaps. A position in tier 3 or above is cut by two tiers at a time, below that it is closed whole. Tiers and maximum leverage are generic [A]. */
export const OKX: VenueRules = {
  venue: venueId('okx'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0.0005),
  tiers: genericMarginTiers(50),
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'market',
  liquidationFee: ratio(0.0005),
  partial: { kind: 'tiers', step: 2, fromTier: 3 },
  index: { method: 'weightedMean', weights: {}, clip: { within: ratio(0.02), around: 'others' }, equalOfTwo: true, monotone: true },
  mark: { kind: 'indexPlusBasisAverage', windowSeconds: 300, sampleSeconds: 60 },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, scaling: 'interestOnly', average: 'timeWeighted' },
  fund: { scope: 'contract', surplus: 'fund' },
  adl: { trigger: 'fundMeanDrawdown8h', threshold: ratio(0.3), minDropUsd: 50_000, rank: 'profitTimesMarginRatio', price: 'markUnlessDepleted' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${tiered}, ${index}, ${adl}`,
};
