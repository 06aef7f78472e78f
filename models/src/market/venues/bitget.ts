import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const support = 'bitget.com/support/articles';
const price = `${support}/12560603808759 (estimated liquidation price)`;
const adl = `${support}/12560603800805 (auto-deleveraging)`;
const funding = `${support}/12560603838070, in force 2025-09-22`;

const evidence: EvidenceTable = {
  'contract': documented('2025-09-18', price),
  'mmBasis': documented('2025-09-18', `${price}: [margin + offset - size x entry x side] / [size x (MMR + taker - side)], which is (L1) with the fee`),
  'closeFee': assumed(`${price}: the taker fee is in it; the base rate of 0.06 % was not read again`),
  'tiers': assumed('differ by market: read them with the tier loader; the table here is generic. Marginal: the formula has an offset per tier'),
  'liquidationOrder': documented('2025-02-07', `${support}/360058821652: a flash order in the market`),
  'liquidationFee': assumed('none was found'),
  'partial': documented('2025-02-07', `${support}/360058821652 and futures/introduction/liquidation-summarize: two tiers at a time from tier two up, the first tier whole`),
  'index.weights': documented('2025-03-13', `${support}/12560603824105: 24-hour volumes of at most six venues, renewed every four hours, so they come with the sources`),
  'index.outliers': documented('2025-03-13', `${support}/12560603824105: left out beyond 5 % from the median, back within 2 %`),
  'index.stale': assumed('that page was read without its paragraph on sources that stop: none is dropped here'),
  'mark.kind': documented('2026-11-27', `${support}/12560603824106: median of last, index x funding, index + basis`),
  'mark.window': documented('2026-11-27', `${support}/12560603824106: five minutes, every five seconds`),
  'funding.formula': documented('2025-09-22', `${funding}: [P + clamp(I - P, -0.05 %, 0.05 %)] / (8 / N); how P is averaged is not said there, equally is taken`),
  'funding.interest': documented('2025-09-22', `${funding}: 0.01 %`),
  'funding.cap': assumed(`${funding}: caps differ by market (TONUSDT 0.66 %): none is set here`),
  'funding.period': documented('2025-09-22', 'eight hours unless the market says otherwise'),
  'fund': assumed(`${support}/360059239211: what is left above the bankruptcy price goes to the fund "of the corresponding coin", read as one per contract`),
  'adl.trigger': documented('2025-09-27', `${adl}: fund of the coin used up (another copy adds a fall of 30 % from its peak)`),
  'adl.rank': documented('2025-09-27', `${adl}: ROI x account maintenance margin rate for winners, divided by it for losers`),
  'adl.price': documented('2025-09-27', `${adl}: bankruptcy price`),
};

/** Bitget linear perpetuals: taker fee in the requirement, market orders, two tiers at a time from the second up. Its index leaves deviants out, so it is not monotone. Tiers and maximum leverage are generic [A]. */
export const BITGET: VenueRules = {
  venue: venueId('bitget'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0.0006),
  tiers: genericMarginTiers(50),
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'market',
  liquidationFee: ratio(0),
  partial: { kind: 'tiers', step: 2, fromTier: 2 },
  index: { method: 'weightedMean', weights: {}, exclude: { beyond: ratio(0.05), readmitWithin: ratio(0.02), severalToMedian: false }, equalOfTwo: false, monotone: false },
  mark: { kind: 'median3', windowSeconds: 300, sampleSeconds: 5 },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, scaling: 'wholeRate', average: 'equal' },
  fund: { scope: 'contract', surplus: 'fund' },
  adl: { trigger: 'fundEmpty', rank: 'profitTimesMarginRatio', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${support}: 12560603808759, 360058821652, 12560603824105, 12560603824106, 12560603838070, 12560603800805`,
};
