import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { marginTiers } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const policy = 'coinbase.com/international-exchange/legal/leverage-and-margin-policy';
const help = 'help.coinbase.com/en/international-exchange';
/** The last day of trading: the exchange's markets went to Deribit on 2026-10-01 (docs.deribit.com/articles/intx-api-migration). */
const LAST_DAY = '2026-09-30';
const guess = (why: string): ReturnType<typeof assumed> => assumed(why, LAST_DAY);

const evidence: EvidenceTable = {
  'contract': documented(LAST_DAY, `${help}: perpetuals priced, margined and settled in USDC; sizes in base units`),
  'mmBasis': documented(LAST_DAY, `${policy}: requirements are applied against position size, quantity x execution price`),
  'closeFee': guess(`${policy}: no fee is named in the requirement`),
  'tiers': guess(`${help}/margin-requirements: 10x up to 90,000 dollars over all instruments, default initial margins of 20 to 40 % by instrument beyond (the least is taken); ${policy}: maintenance is 2/3 of initial margin, which grows with size against daily volume`),
  'liquidationOrder': guess(`${help}/liquidations: automatic partial liquidation; that it is by orders in the market is not said there`),
  'liquidationFee': guess('none was found'),
  'partial': documented(LAST_DAY, `${help}/liquidations: to the point where the margin level equals the initial margin; below max(1/3 of initial margin, maintenance - 12 %) members of the liquidity support program take the position, which is not modelled`),
  'index.weights': guess('no page on it was found'),
  'index.outliers': guess('no page on it was found'),
  'index.stale': guess('no page on it was found'),
  'mark.kind': guess(`${help}/terms-definitions: "a moving average of the index and smoother": read as index + averaged basis`),
  'mark.window': guess('not found; that of a neighbouring rule (Deribit) is taken'),
  'funding.formula': guess(`${help}/funding: from the difference of mark and index price; how is not said there`),
  'funding.interest': guess('none is named'),
  'funding.cap': guess('not found: none is set here'),
  'funding.period': documented(LAST_DAY, 'docs.cdp.coinbase.com/international-exchange: funding every hour; recorded frames of 2024 settle on the hour'),
  'fund': guess(`${help}/liquidations: an insurance fund after the liquidity support program; read as one for the exchange`),
  'adl.trigger': documented(LAST_DAY, `${help}/liquidations: residual risk after liquidity support program and insurance fund`),
  'adl.rank': guess('not found; the usual rule is taken'),
  'adl.price': guess('not found; the usual rule is taken'),
};

/**
 * Perpetuals of Coinbase International Exchange, for recordings of a venue that closed on 2026-10-01. Maintenance on entry value, two thirds of initial
 * margin; cut back to initial margin. Tiers, index, mark and funding are assumptions [A].
 */
export const COINBASE: VenueRules = {
  venue: venueId('coinbase'),
  contract: 'linear',
  mmBasis: 'entry',
  closeFee: ratio(0),
  tiers: marginTiers([[0, 0.1 * (2 / 3)], [90_000, 0.2 * (2 / 3)]]),
  tierUnit: 'notional',
  maxLeverage: 10,
  liquidationOrder: 'market',
  liquidationFee: ratio(0),
  partial: { kind: 'toCompliance', targetRatio: ratio(2 / 3) },
  index: { method: 'weightedMean', weights: {}, equalOfTwo: false, monotone: true },
  mark: { kind: 'indexPlusBasisEma', windowSeconds: 30, sampleSeconds: 1 },
  funding: { formula: 'dampedPremium', clamp: ratio(0), interest: ratio(0), periodHours: 1, scaling: 'wholeRate', average: 'equal' },
  fund: { scope: 'currency', surplus: 'fund' },
  adl: { trigger: 'fundEmpty', rank: 'profitTimesLeverage', price: 'bankruptcy' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${policy}; ${help}: margin-requirements, liquidations, funding`,
};
