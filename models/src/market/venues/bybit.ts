import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const isolated = 'bybit.com/help-center/article/Liquidation-Price-Calculation-under-Isolated-Mode-Unified-Trading-Account';
const funding = 'bybit.com/help-center/article/Introduction-to-Funding-Rate';

const evidence: EvidenceTable = {
  'contract': documented('2026-05-27', isolated),
  'mmBasis': documented('2026-05-27', `${isolated}: position value = quantity / mark; long = size (MMR + 1) / (size/entry + size/entry/leverage + extra + deduction), which is (I1). Pages until 2024 charge the entry value, (I2)`),
  'closeFee': documented('2026-05-27', `${isolated}: the estimated fee to close is in initial and maintenance margin alike, so it drops out of the price of a margin without it`),
  'tiers': assumed('differ by market: read them with the tier loader; the table here is generic'),
  'liquidationOrder': documented('2024-01-24', 'bybit.com/help-center id=000001098: settled at the bankruptcy price, better fills go to the fund'),
  'liquidationFee': assumed('no fee beyond the taker fee was found'),
  'partial': documented('2024-01-24', 'bybit.com/help-center id=000001098: fill-or-kill down to the lower tier that satisfies the margin, the lowest tier whole'),
  'index.weights': documented('2025-09-18', 'bybit.com/help-center/article/Index-Price-Calculation: six largest pairs by volume of 24 h (other copies say 4 h), so weights come with the sources'),
  'index.outliers': assumed('that page was read without its paragraph on abnormal prices; an older one (360039261094) weighs by inverse square of the spread: BYBIT_INDEX_BEFORE'),
  'index.stale': assumed('one minute without a change is the older page\'s rule (360039261094)'),
  'mark.kind': documented('2024-10-16', 'bybit.com/help-center/article/Mark-Price-Calculation-Perpetual-Contract'),
  'mark.window': documented('2024-10-16', 'the same page: five minutes, every second'),
  'funding.formula': documented('2026-11-27', funding),
  'funding.interest': documented('2026-11-27', `${funding}: for N hours, 0.03 % a day`),
  'funding.cap': assumed('caps differ by market: none is set here'),
  'funding.period': documented('2026-11-27', 'eight hours unless the market says otherwise'),
  'fund': documented('2025-12-19', 'announcement of December 2025: pools shared by groups of contracts, new listings in one of $8 m at least for 30 days'),
  'adl.trigger': documented('2025-12-19', 'pool 30 % below its 8-hour high under the new pools (the text of 2025-11-05 had 100 %)', '2026-11'),
  'adl.rank': documented('2025-11-05', 'bybit.com/help-center Auto-Deleveraging: highest profit and effective leverage', '2026-11'),
  'adl.price': documented('2025-11-05', 'the same page: bankruptcy price of the liquidated order', '2026-11'),
};

/** Bybit's index of older pages: each source weighed by one over the square of its distance from the volume-weighted mean (help.bybit.com 360039261094). */
export const BYBIT_INDEX_BEFORE: VenueRules['index'] = { method: 'inverseSquareSpread', weights: {}, staleSeconds: 60, equalOfTwo: false, monotone: false };

/**
 * Bybit inverse perpetuals, unified account: maintenance on the value at the mark. Margin is meant without the closing fee that Bybit reserves. Tiers are
 * the generic ones with bounds in coin at an assumed 1 coin = 1 unit of the table [A]; replace them by the market's own.
 */
export const BYBIT_INVERSE: VenueRules = {
  venue: venueId('bybit'),
  contract: 'inverse',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: genericMarginTiers(50),
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  liquidationFee: ratio(0),
  partial: { kind: 'satisfyingTier' },
  index: { method: 'weightedMean', weights: {}, staleSeconds: 60, equalOfTwo: false, monotone: true },
  mark: { kind: 'median3', windowSeconds: 300, sampleSeconds: 1 },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, scaling: 'interestOnly', average: 'timeWeighted' },
  fund: { scope: 'group', surplus: 'fund' },
  adl: { trigger: 'fundPeakDrawdown8h', threshold: ratio(0.3), rank: 'profitTimesLeverage', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: 'bybit.com help centre: liquidation price under isolated mode (2026-05-27), mark price, index price, funding rate, auto-deleveraging; announcement of December 2025 on pools',
};

const linearEvidence: EvidenceTable = {
  ...evidence,
  'mmBasis': assumed('the page of 2026-05-27 was read down to its inverse formulas: maintenance at the mark is taken to hold for linear contracts too'),
};

/** Bybit linear perpetuals: the same switches as the inverse ones. */
export const BYBIT: VenueRules = { ...BYBIT_INVERSE, contract: 'linear', evidence: linearEvidence };
