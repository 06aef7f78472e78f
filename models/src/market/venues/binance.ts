import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers, marginTiers, type MarginTier } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const liquidationPage = 'binance.com/support/faq/360033525271 (liquidation protocols)';
const change = 'announcement of 2025-09-16, in force 2025-09-18 08:01 UTC, USD-M and COIN-M';

const evidence: EvidenceTable = {
  'contract': documented('2024-05-29', liquidationPage),
  'mmBasis': documented('2025-12-01', 'binance.com/support/faq/b3c689c1f50a44cabb3a84e663b81d93: LP = (WB - TMM + UPNL + cum - side q EP) / (q (MMR - side))', '2026-11'),
  'closeFee': documented('2025-12-01', 'the same formula has no fee', '2026-11'),
  'tiers': assumed('differ by market: read them with the tier loader; the table here is generic'),
  'liquidationOrder': documented('2024-05-29', `${liquidationPage}: what an immediate-or-cancel order leaves is taken over by the fund at the bankruptcy price`),
  'liquidationFee': assumed('the insurance clearance fee differs by market (exchangeInfo liquidationFee); 1.25 % is a common one'),
  'partial': assumed(`${liquidationPage}: one large order down to compliance, small positions whole; how far below 100 % it brings the margin ratio is not said, 80 % is the level the page recommends`),
  'index.weights': documented('2026-11-27', 'binance.com/support/faq/360033525071: relative spot volumes, shown on the index page, so they come with the sources'),
  'index.outliers': assumed('clip at 3 % (BTC, ETH 1 %) is the text of the P2P index page 66607f4c63e748568f503fcbd8f08965; an older futures page (547ba481, 2020) has BINANCE_INDEX_BEFORE'),
  'index.stale': assumed('five minutes is the text of the same P2P index page'),
  'mark.kind': documented('2025-09-18', `${change}: median of price 1, price 2, contract price`),
  'mark.window': documented('2025-09-18', `${change}: 30 points in 30 seconds, one a second (before: one minute; 2.5 minutes of 30 points from 2024-04-03)`),
  'funding.formula': documented('2025-09-18', `${change}: [P + clamp(I - P, 0.05 %, -0.05 %)] / (8 / N); that later samples of P weigh more was not read again`),
  'funding.interest': documented('2025-09-18', '0.03 % a day, 0.01 % for eight hours', '2026-11'),
  'funding.cap': assumed('caps differ by market: none is set here'),
  'funding.period': documented('2025-09-18', 'eight hours unless the market says otherwise'),
  'fund': assumed('whatever is left of a liquidated margin goes to the fund (360033525271); which contracts share one is not said there'),
  'adl.trigger': documented('2021-08-19', 'binance.com/support/faq/360033525471: when the insurance fund cannot take the position'),
  'adl.rank': documented('2021-08-19', '360033525471, older text: unrealised PnL / collateral x margin ratio'),
  'adl.price': documented('2021-08-19', '360033525471: bankruptcy price of the liquidated order'),
};

/** Binance's index until the clipping text: a source more than 5 % off weighs nothing, several make it the median, 10 s without a change is stale (faq 547ba481, 2020-10-29). */
export const BINANCE_INDEX_BEFORE: VenueRules['index'] = {
  method: 'weightedMean', weights: {}, exclude: { beyond: ratio(0.05), readmitWithin: ratio(0.05), severalToMedian: true }, staleSeconds: 10, equalOfTwo: false, monotone: false,
};

/**
 * Binance USD-margined perpetuals. Maintenance at the mark price, no closing fee in it; one large order down to margin compliance, limited at the
 * bankruptcy price, the rest to the insurance fund. Tiers differ by market and are published by the API; the table here is the generic one [A], as is the
 * maximum leverage of 50.
 */
export const BINANCE: VenueRules = {
  venue: venueId('binance'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: genericMarginTiers(50),
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  liquidationFee: ratio(0.0125),
  partial: { kind: 'toCompliance', targetRatio: ratio(0.8) },
  index: { method: 'weightedMean', weights: {}, clip: { within: ratio(0.03), around: 'all' }, staleSeconds: 300, equalOfTwo: false, monotone: true },
  mark: { kind: 'median3', windowSeconds: 30, sampleSeconds: 1 },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, scaling: 'wholeRate', average: 'timeWeighted' },
  fund: { scope: 'group', surplus: 'fund' },
  adl: { trigger: 'fundEmpty', rank: 'equityReturnTimesMarginRatio', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: 'binance.com/support/faq 360033525071 (mark, index), 360033525271 (liquidation), 360033525471 (ADL), b3c689c1 (USD-M liquidation price), announcement of 2025-09-16',
};

/** Binance COIN-M BTCUSD perpetual, bounds in BTC, up to 1,000 BTC (faq be2c7d9d, bounds, and ceccfcfb, rates and the maintenance amounts 1.81 and 11.81 BTC). */
export const BINANCE_COIN_BTC_TIERS: readonly MarginTier[] = marginTiers([
  [0, 0.004], [10, 0.005], [20, 0.01], [30, 0.025], [50, 0.05], [100, 0.1], [200, 0.125], [400, 0.15],
]);

const coinEvidence: EvidenceTable = {
  ...evidence,
  'contract': documented('2021-07-27', 'binance.com/support/faq/be2c7d9d95b04a7e8044ed02dd7dfe5c'),
  'mmBasis': documented('2025-12-01', 'binance.com/support/faq/ceccfcfb (COIN-M liquidation price)', '2026-11'),
  'tiers': documented('2021-07-27', 'BTCUSD by be2c7d9d and ceccfcfb; other markets through the tier loader'),
  'mark.kind': documented('2025-09-18', 'binance.com/support/faq/fff6ec1b3f5845d19f1fb924644a0877: median of price 1, price 2, contract price'),
};

/** Binance coin-margined perpetuals: like the USD-margined ones with margin, tiers and bounds in coin; the table is BTCUSD's. */
export const BINANCE_COIN: VenueRules = {
  ...BINANCE,
  contract: 'inverse',
  tiers: BINANCE_COIN_BTC_TIERS,
  maxLeverage: 125,
  evidence: coinEvidence,
  asOf: latestAsOf(coinEvidence),
  source: 'binance.com/support/faq be2c7d9d (leverage and margin), ceccfcfb (liquidation price), fff6ec1b (mark price), announcement of 2025-09-16',
};
