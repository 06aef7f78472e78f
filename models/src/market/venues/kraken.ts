import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { marginTiers, type MarginTier } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const support = 'support.kraken.com/articles';
const protection = `${support}/360022835671 (equity protection process)`;
const schedule = `${support}/360022632452 (multi-collateral margin schedule)`;
const inverseSchedule = `${support}/15579128794772 (inverse margin schedule)`;
const mtf = 'support.mtf.kraken.com/hc/en-us/articles/25499987607837 (linear contracts)';
const instruments = 'docs.kraken.com/api/docs/futures-api/trading/get-instruments';

const common = {
  'mmBasis': assumed(`two pages differ: ${inverseSchedule} charges the value at entry, while the example of ${protection} (1,000 at 8,000 with 0.01 BTC goes at 7,481) follows from the value at the mark only`),
  'closeFee': documented('2026-03-17', `${protection}, example: none in the requirement`),
  'liquidationOrder': documented('2026-03-17', `${protection}: immediate-or-cancel, limited at the price that leaves the account at zero; the rest is assigned, then unwound`),
  'index.weights': assumed('CF Benchmarks real-time indices: the order books of their venues are joined and the mid weighed over volume; a plain mean of the sources is taken'),
  'index.outliers': assumed('the methodology leaves out venues far from the others; its bound was not read, so none is'),
  'index.stale': assumed('what the methodology does with sources that stop was not read: none is dropped'),
  'mark.kind': documented('2026-11-27', `${mtf}: index + exponential average of the premium`),
  'mark.window': documented('2026-11-27', `${mtf}: 30 (EMA30); that a sample is a second is assumed`),
  'funding.formula': assumed(`${support}/4844359082772: an hour's premium is paid in the hours after it; the share is the market's fundingRateCoefficient (${instruments}), taken to be 8`),
  'funding.interest': assumed('no interest was found'),
  'funding.cap': assumed(`maxRelativeFundingRate of ${instruments} differs by market: none is set here`),
  'funding.period': documented('2026-11-27', `${support}/4844359082772: every hour`),
  'fund': assumed(`no fund was found; what an order leaves above the bankruptcy price stays with the trader (${protection}, 2026-03-17), one pool per contract is assumed`),
  'adl.trigger': assumed(`${protection}: unwinding begins when neither the book nor the assignment program took the position, which is taken as a fund that is empty`),
  'adl.rank': assumed('how counterparties are chosen for unwinding was not read: return x leverage as elsewhere'),
  'adl.price': assumed('the price of unwinding was not read: bankruptcy as elsewhere'),
} as const;

const linear: EvidenceTable = {
  ...common,
  'contract': documented('2026-11-27', `${support}/4844359082772: linear, margined in several currencies, lot in base units`),
  'tiers': assumed(`${schedule}, read 2026-11-27: class A, bounds in dollars; classes differ by market, so read them with the tier loader. That the whole position is charged its level's rate is assumed`),
  'liquidationFee': assumed(`${protection}: fees came with partial liquidations on 2026-03-26; their amount was not read`),
  'partial': assumed(`${protection} and docs.kraken.com/exchange/guides/futures/assignment-program: reduced into the book while equity is in the partial-liquidation band, since 2026-03-26; by how much was not read: to 90 % of equity as on Deribit`),
};
const inverse: EvidenceTable = {
  ...common,
  'contract': documented('2026-11-27', `${support}/360022835911: a contract is one US dollar, profit in coin`),
  'tiers': assumed(`${inverseSchedule}, read 2026-11-27: bitcoin's, bounds in contracts. That the whole position is charged its level's rate is assumed`),
  'liquidationFee': documented('2026-03-17', `${protection}: what is left stays with the trader`),
  'partial': documented('2026-03-17', `${protection}: coin-margined contracts are liquidated in full`),
};

/** Kraken's linear class A: bounds in US dollars of value. */
export const KRAKEN_CLASS_A_TIERS: readonly MarginTier[] = marginTiers(
  [[0, 0.01], [1e6, 0.02], [2e6, 0.025], [5e6, 0.05], [10e6, 0.1], [20e6, 0.15], [60e6, 0.25]], 'whole',
);
/** Kraken's inverse bitcoin perpetual: bounds in contracts of one US dollar. */
export const KRAKEN_INVERSE_BTC_TIERS: readonly MarginTier[] = marginTiers(
  [[0, 0.01], [0.5e6, 0.02], [1e6, 0.03], [3e6, 0.05], [6e6, 0.075], [12e6, 0.125], [20e6, 0.15], [50e6, 0.2]], 'whole',
);

/** Kraken linear perpetuals (`PF_`): orders limited at the bankruptcy price, what they leave stays with the trader. The table is class A's. */
export const KRAKEN: VenueRules = {
  venue: venueId('kraken'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: KRAKEN_CLASS_A_TIERS,
  tierUnit: 'notional',
  maxLeverage: 50,
  liquidationOrder: 'limitAtBankruptcy',
  liquidationFee: ratio(0),
  partial: { kind: 'toCompliance', targetRatio: ratio(0.9) },
  index: { method: 'weightedMean', weights: {}, equalOfTwo: false, monotone: true },
  mark: { kind: 'indexPlusBasisEma', windowSeconds: 30, sampleSeconds: 1 },
  funding: { formula: 'dampedPremium', clamp: ratio(0), interest: ratio(0), periodHours: 1, scaling: 'wholeRate', average: 'equal' },
  fund: { scope: 'contract', surplus: 'trader' },
  adl: { trigger: 'fundEmpty', rank: 'profitTimesLeverage', price: 'bankruptcy' },
  evidence: linear,
  asOf: latestAsOf(linear),
  source: `${protection}, ${schedule}, ${mtf}, ${support}/4844359082772`,
};

/** Kraken inverse perpetuals (`PI_`): liquidated in full; the table is bitcoin's and counts contracts. */
export const KRAKEN_INVERSE: VenueRules = {
  ...KRAKEN,
  contract: 'inverse',
  tiers: KRAKEN_INVERSE_BTC_TIERS,
  tierUnit: 'size',
  partial: { kind: 'none' },
  evidence: inverse,
  asOf: latestAsOf(inverse),
  source: `${protection}, ${inverseSchedule}, ${support}/360022835911`,
};
