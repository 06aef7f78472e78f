import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const help = 'gate.com/help/futures';
const liquidation = `${help}/futures/27724 (liquidation and bankruptcy price)`;
const funding = 'Gate announcement of 2026-05-27 on the funding rate';

const evidence: EvidenceTable = {
  'contract': documented('2022-12-31', liquidation),
  'mmBasis': documented('2022-12-31', `${liquidation}: (entry -+ margin / multiplier / size) / (1 -+ (maintenance + taker)), which is (L1) with the fee`),
  'closeFee': documented('2023-07-02', `${liquidation}: taker fee in it, 0.075 % as the support says there`),
  'tiers': assumed('differ by market: read them with the tier loader; the table here is generic. Marginal since 2025-07-29 (BTC 1.2 m USDT: 4,900 in place of 6,000)'),
  'liquidationOrder': documented('2024-05-08', `${help}/perpetual/22159: order at the bankruptcy price, then fund, then ADL`),
  'liquidationFee': assumed('none was found'),
  'partial': documented('2025-12-01', `${help}/perpetual/22159: the risk limit is lowered by one tier at a time`, '2026-11'),
  'index.weights': documented('2025-09-22', `${help}/futures-logic/22069: weights set by Gate and shown on the index page, so they come with the sources`),
  'index.outliers': assumed(`${help}/futures-logic/22069 speaks of filtering abnormal prices without a rule: none is applied`),
  'index.stale': assumed('not published'),
  'mark.kind': documented('2026-11-27', `${help}/futures-logic/22067: median of price 1, price 2, last fill`),
  'mark.window': assumed('22067 names no window: five minutes every second as on Bybit. (The notice of 16 September 2025 on 30 points, seen on Gate Square, is Binance\'s)'),
  'funding.formula': documented('2026-05-27', `${funding}: [P + clamp(I - P, -0.05 %, 0.05 %)] / (8 / N), P time-weighted`),
  'funding.interest': documented('2026-05-27', `${funding}: 0.01 %`),
  'funding.cap': assumed(`${funding}: +-0.3 % for BTCUSDT; others have their own, none is set here`),
  'funding.period': documented('2026-05-27', 'eight hours unless the market says otherwise'),
  'fund': assumed('what an order leaves above the bankruptcy price goes to the fund (22159); one fund per contract is assumed'),
  'adl.trigger': documented('2025-11-20', `${help}/futures-logic/22082: the fund cannot cover the loss`),
  'adl.rank': assumed(`${help}/futures-logic/22082: by return and maintenance margin ratio; that they are multiplied is assumed (2022-11-21: unrealised PnL x leverage, before: profit)`),
  'adl.price': documented('2025-11-20', `${help}/futures-logic/22082: bankruptcy price of the liquidated position`),
};

/** Gate linear perpetuals: taker fee in the requirement, orders limited at the bankruptcy price, one tier at a time. Tiers and maximum leverage are generic [A]. */
export const GATE: VenueRules = {
  venue: venueId('gate'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0.00075),
  tiers: genericMarginTiers(50),
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  liquidationFee: ratio(0),
  partial: { kind: 'tiers', step: 1, fromTier: 2 },
  index: { method: 'weightedMean', weights: {}, equalOfTwo: false, monotone: true },
  mark: { kind: 'median3', windowSeconds: 300, sampleSeconds: 1 },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, scaling: 'wholeRate', average: 'timeWeighted' },
  fund: { scope: 'contract', surplus: 'fund' },
  adl: { trigger: 'fundEmpty', rank: 'profitTimesMarginRatio', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${help}: 22067 (mark), 22069 (index), 22082 (ADL), 22159 (liquidation process), 27724 (liquidation price); ${funding}`,
};
