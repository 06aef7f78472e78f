import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { tiersOfGrowingRate, type MarginTier } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const support = 'support.deribit.com/hc/en-us/articles';
const margins = `${support}/25944826427293 (2022-01-11) and 25944738177565 (linear perpetual)`;

const evidence: EvidenceTable = {
  'contract': documented('2026-11-27', `${support}/25944756807069 (inverse perpetual)`),
  'mmBasis': documented('2026-11-27', `${support}/25944746962973: margin requirements are calculated on the mark price`),
  'closeFee': assumed('no fee in the requirement was found'),
  'tiers': documented('2022-01-11', `${margins}: BTC 1 % + 0.005 % per BTC, ETH 1 % + 0.0004 % per ETH; as chords, see tiersOfGrowingRate`),
  'liquidationOrder': documented('2019-12-03', 'deribit.com/docs/auto-liquidation: small parts at market prices until maintenance is covered'),
  'liquidationFee': documented('2022-01-11', `${margins}: BTC 0.75 %, ETH 0.9 %`),
  'partial': assumed('incremental until the requirement is covered; in steps that bring it to 90 % of equity, since the size of a step is not published any more'),
  'index.weights': documented('2026-11-27', `${support}/25944739377309: a weight per constituent, so they come with the sources`),
  'index.outliers': documented('2026-11-27', `${support}/25944739377309: values beyond +-0.5 % of the median are taken at that bound`),
  'index.stale': documented('2019-12-03', 'insights.deribit.com/exchange-updates/new-deribit-index: book data delayed by three minutes'),
  'mark.kind': assumed('index + exponential average of fair price - index, read in third-party pages only; its fair price is from impact prices, the mid is taken here'),
  'mark.window': assumed('30 seconds, from the same third-party pages'),
  'funding.formula': documented('2026-11-27', `${support}/31424939178397: max(0.025 %, P) + min(-0.025 %, P), P from the mark price`),
  'funding.interest': documented('2026-11-27', `${support}/31424939178397: none`),
  'funding.cap': assumed(`${support}/31424939178397: differs by instrument: none is set here`),
  'funding.period': documented('2026-11-27', `${support}/31424939178397: continuous, expressed for eight hours`),
  'fund': documented('2026-11-27', `${support}/25944777576477: covers negative equity; fed by liquidation fees, so what is left stays with the trader`),
  'adl.trigger': documented('2026-11-27', `${support}/25944777576477: no auto-deleveraging; losses beyond the fund are shared by the day's winners`),
  'adl.rank': assumed(`${support}/25944777576477: shared by the winners; in proportion to their profits is assumed`),
  'adl.price': assumed('nothing is closed: the field has no meaning here'),
};

/** Largest position of the tables, in coin; beyond it the last chord goes on. */
const LARGEST = 5_000;
/** Deribit BTC perpetual: maintenance (1 % + 0.005 % a BTC) of the position, in BTC. */
export const DERIBIT_BTC_TIERS: readonly MarginTier[] = tiersOfGrowingRate(0.01, 0.000_05, LARGEST);
/** Deribit ETH perpetual: (1 % + 0.0004 % an ETH), in ETH. */
export const DERIBIT_ETH_TIERS: readonly MarginTier[] = tiersOfGrowingRate(0.01, 0.000_004, 10 * LARGEST);

/** Deribit inverse perpetuals; the table is BTC's, bounds in coin. */
export const DERIBIT: VenueRules = {
  venue: venueId('deribit'),
  contract: 'inverse',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: DERIBIT_BTC_TIERS,
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'market',
  liquidationFee: ratio(0.0075),
  partial: { kind: 'toCompliance', targetRatio: ratio(0.9) },
  index: { method: 'weightedMean', weights: {}, clip: { within: ratio(0.005), around: 'all' }, staleSeconds: 180, equalOfTwo: false, monotone: true },
  mark: { kind: 'indexPlusBasisEma', windowSeconds: 30, sampleSeconds: 1 },
  funding: { formula: 'deadBand', clamp: ratio(0.000_25), interest: ratio(0), periodHours: 8, scaling: 'wholeRate', average: 'equal' },
  fund: { scope: 'currency', surplus: 'trader' },
  adl: { trigger: 'socialised', rank: 'proRata', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${support}: 25944826427293, 25944738177565, 25944739377309, 25944746962973, 31424939178397, 25944777576477`,
};

/** Deribit linear perpetuals (USDC): the rate grows with the size in coin, which does not move with the price, so the table counts sizes. */
export const DERIBIT_LINEAR: VenueRules = { ...DERIBIT, contract: 'linear', tierUnit: 'size' };
