/**
 * Every time series the daemon writes: what its name, unit and labels are and what it says. Whoever stores a point takes its name from here, and whoever draws one (Grafana, `docs/series.md`)
 * its unit and its words.
 */
import { severity, type WarningMessage } from './messages/warning.ts';

/**
 * What a series is measured in. `usd`: US dollars. `usd-per-unit`: US dollars for one unit of the asset. `multiple`: so many times. `share`: 0 to 1.
 * `signed-share`: a part of something, above or below nothing. `count`: so many of them. `units`: units of the asset, or of the currency that the description names. `seconds`: of time.
 * `severity`: 0 none, then the severities in rising order from 1 on (`severityRank`).
 */
export type SeriesUnit = 'usd' | 'usd-per-unit' | 'multiple' | 'share' | 'signed-share' | 'count' | 'units' | 'seconds' | 'severity';

/** How points of a series go together. `level`: how something stands at the time of the point. `window`: a total over a window that ends there, so that neighbouring points overlap and must not be added up. */
export type SeriesKind = 'level' | 'window';

/** When a series has points. `score`: with each score of its asset. `coarse`, `shape`: with the scores of whole multiples of `coarseSeriesEveryMs`, `shapeSeriesEveryMs`. `revision`: with each revision of a warning. */
export type SeriesPace = 'score' | 'coarse' | 'shape' | 'revision';

/** Sizes of a sale that a response curve has points of, US dollars: the ten preferred numbers of each decade (ISO 3:1973, series R10, rounded). */
export const responseSales: readonly number[] = [3, 4, 5, 6, 7, 8, 9].flatMap((power) => [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8].map((size) => Math.round(size * 10 ** power))).concat(1e10);
/** The least sale of a curve, as a share of its largest. [A] */
export const leastSaleShare = 0.01;
/** Width of the steps of a liquidation map, and how far it reaches to either side of the price, per cent. [A] */
export const mapStepPercent = 2.5;
export const mapReachPercent = 50;
/** Distances from the best order that depth is told within, per cent. [A] */
export const depthBandsPercent = [0.5, 1, 2, 5, 10] as const;
/** Who an owner of addresses is by its label, as far as a series tells them apart: the issuer, one whose trade is to deposit, or any other. */
export const ownerKinds = ['issuer', 'dealer', 'other'] as const;
/** Categories of labels of those whose trade is to deposit: of them no warning of one owner's deposits speaks by default. */
export const dealerCategories: readonly string[] = ['exchange', 'market-maker', 'custody', 'bridge', 'burn'];
export type OwnerKind = (typeof ownerKinds)[number];
/** How far ahead the overhang of unlocks is told as a series, days. [A] */
export const overhangDays = 30;

/** What each label of a series says, and which values it may have. */
export const seriesLabels = {
  asset: 'The asset.',
  venue: 'The venue.',
  instrument: 'One market of the venue.',
  sale: 'Size of a net sale in US dollars: ten sizes a decade, from $1,000 to $10 bn.',
  side: 'Of positions: `long` or `short`. Of orders: `bid` or `ask`.',
  move: `Lower end of a step of ${mapStepPercent} % between ${mapReachPercent} % below and ${mapReachPercent} % above the present price, in per cent.`,
  within: `Distance from the best order, in per cent: ${depthBandsPercent.join(', ')}.`,
  owner: 'Who the owner of the addresses is by its label: `issuer`, `dealer` (exchanges, market makers, custodians, bridges) or `other`.',
  chain: 'The chain.',
  warning: 'What the warning is about.',
  severity: 'Severity of the revision.',
  state: 'State of the revision.',
} as const;

/** One series, or as many as there are values of its labels. */
export interface SeriesDefinition {
  /** What people call it; unlike every other. */
  readonly title: string;
  readonly unit: SeriesUnit;
  readonly kind: SeriesKind;
  /** Names of its labels. */
  readonly labels: readonly (keyof typeof seriesLabels)[];
  readonly pace: SeriesPace;
  /** What it says, and when there is no point. */
  readonly description: string;
  /** Series of the two ends of its 5 to 95 % band. */
  readonly band?: { readonly low: string; readonly high: string };
}

const ofAsset = { labels: ['asset'], pace: 'score' } as const;
const ofRatio = { labels: ['asset'], pace: 'coarse' } as const;
const ofMarket = { labels: ['asset', 'venue', 'instrument'], pace: 'coarse' } as const;
const ofTail = { labels: ['asset'], pace: 'shape', unit: 'share', kind: 'level' } as const;
const ofHolders = { labels: ['asset'], pace: 'shape', kind: 'level' } as const;
const ofOwner = { labels: ['asset', 'owner'], pace: 'coarse', kind: 'window' } as const;
const ofChain = { labels: ['asset', 'chain'], pace: 'shape', kind: 'level' } as const;
const ofFloor = { labels: ['asset'], pace: 'coarse', unit: 'usd-per-unit', kind: 'level' } as const;
const ofMove = { labels: ['asset', 'side', 'move'], pace: 'shape', unit: 'usd', kind: 'level' } as const;
const ofSale = { labels: ['asset', 'sale'], pace: 'shape', unit: 'usd-per-unit', kind: 'level' } as const;

/** Series of an asset as a whole. */
const assetSeries = {
  price: { title: 'Price', ...ofAsset, unit: 'usd-per-unit', kind: 'level', description: 'Depth-weighted mean of the best bids of all markets. None while no market has a usable book.' },
  ignition_usd: {
    title: 'Ignition threshold', ...ofAsset, unit: 'usd', kind: 'level', band: { low: 'ignition_usd_low', high: 'ignition_usd_high' },
    description: 'Ignition threshold: the smallest sale after which forced sales feed themselves. None while no sale up to a crash does that.',
  },
  ignition_usd_low: { title: 'Ignition threshold, lower end', ...ofAsset, unit: 'usd', kind: 'level', description: 'Ignition threshold, lower end of its 5 to 95 % band.' },
  ignition_usd_high: { title: 'Ignition threshold, upper end', ...ofAsset, unit: 'usd', kind: 'level', description: 'Ignition threshold, upper end of its 5 to 95 % band.' },
  landing_price: { title: 'Landing price', ...ofAsset, unit: 'usd-per-unit', kind: 'level', description: 'Where the price comes to rest after a sale of the ignition threshold. None while there is no threshold.' },
  amplification: {
    title: 'Amplification', ...ofAsset, unit: 'multiple', kind: 'level', band: { low: 'amplification_low', high: 'amplification_high' },
    description: 'The fall after a sale of the ignition threshold, as a multiple of what the sale alone would do. None while there is no threshold.',
  },
  amplification_low: { title: 'Amplification, lower end', ...ofAsset, unit: 'multiple', kind: 'level', description: 'Amplification, lower end of its 5 to 95 % band.' },
  amplification_high: { title: 'Amplification, upper end', ...ofAsset, unit: 'multiple', kind: 'level', description: 'Amplification, upper end of its 5 to 95 % band.' },
  reproduction: {
    title: 'Reproduction number', ...ofAsset, unit: 'multiple', kind: 'level', band: { low: 'reproduction_low', high: 'reproduction_high' },
    description: 'Dollars forced for each forced dollar, over all markets: forced selling dies out below 1 and feeds itself from 1 on. None while no market has both a book and positions.',
  },
  reproduction_low: { title: 'Reproduction number, lower end', ...ofAsset, unit: 'multiple', kind: 'level', description: 'Reproduction number, lower end of its 5 to 95 % band.' },
  reproduction_high: { title: 'Reproduction number, upper end', ...ofAsset, unit: 'multiple', kind: 'level', description: 'Reproduction number, upper end of its 5 to 95 % band.' },
  depth_2pct_usd: { title: 'Bids within 2 %', ...ofAsset, unit: 'usd', kind: 'level', description: 'Bids within 2 % of the best, over all markets. None while no market has a usable book.' },
  extended_share: { title: 'Extended depth', ...ofAsset, unit: 'share', kind: 'level', description: 'Share of the fall to the landing price that rests on depth beyond what venues show.' },
  open_interest_usd: { title: 'Open interest', ...ofAsset, unit: 'usd', kind: 'level', description: 'Open interest over all derivative markets. None while no market says its own.' },
  forced_share: { title: 'Forced share', ...ofAsset, unit: 'share', kind: 'level', description: 'Open positions liquidated by a fall to the landing price, as a share of open interest. None while there is no threshold.' },
  liquidations_hour_usd: { title: 'Liquidations of the last hour', ...ofAsset, unit: 'usd', kind: 'window', description: 'Positions liquidated in the hour before; inferred where venues do not publish all. None for an asset without derivative markets.' },
  deposits_horizon_usd: { title: 'Deposits over the horizon', ...ofAsset, unit: 'usd', kind: 'window', description: 'Deposits to exchanges over the horizon of the settings. None while the asset has no price.' },
  deposits_reach: {
    title: 'Deposits over threshold', ...ofRatio, unit: 'multiple', kind: 'window',
    description: 'Deposits to exchanges over the horizon as a multiple of the ignition threshold: what `cascade.ignition` watches. None while the asset has no price or no threshold.',
  },
  deposits_day_usd: { title: 'Deposits of the last day', ...ofAsset, unit: 'usd', kind: 'window', description: 'Deposits to exchanges over 24 hours. None while the asset has no price.' },
  issuer_float_share: {
    title: 'Issuer deposits over float', ...ofRatio, unit: 'share', kind: 'window',
    description: 'Deposits of the issuer to exchanges over 24 hours, as a share of the float: what `deposits.issuer` watches. None where the config gives no float.',
  },
  ignition_of_day_ago: {
    title: 'Threshold against a day ago', ...ofRatio, unit: 'multiple', kind: 'level',
    description: 'Ignition threshold as a multiple of what it was a day ago: what `ignition.drop` watches. None while there is no threshold, or none was known a day ago.',
  },
  depth_of_day_high: {
    title: 'Bids against the day’s high', ...ofRatio, unit: 'multiple', kind: 'level',
    description: 'Bids within 2 % as a multiple of the highest of the day before: what `depth.drop` watches. None before the first score with every book.',
  },
  landing_fall: {
    title: 'Fall to the landing price', ...ofRatio, unit: 'share', kind: 'level',
    description: 'How far the landing price is below the price: from where a cascade is a crash, `cascade.ignition` is critical. None while there is no threshold.',
  },
  value_at_risk: {
    title: 'Value at risk', ...ofTail, band: { low: 'value_at_risk_low', high: 'value_at_risk_high' },
    description: 'Value at risk: the fall within an hour that is exceeded once in a hundred times, as a share of the price, judged by past prices alone. None in the first hour of an asset.',
  },
  value_at_risk_low: { title: 'Value at risk, lower end', ...ofTail, description: 'Value at risk, lower end of its 5 to 95 % band.' },
  value_at_risk_high: { title: 'Value at risk, upper end', ...ofTail, description: 'Value at risk, upper end of its 5 to 95 % band.' },
  expected_shortfall: {
    title: 'Expected shortfall', ...ofTail, band: { low: 'expected_shortfall_low', high: 'expected_shortfall_high' },
    description: 'Expected shortfall: the mean of the worst one in forty falls within an hour, as a share of the price, judged by past prices alone. None while the mean of the tail is not identified.',
  },
  expected_shortfall_low: { title: 'Expected shortfall, lower end', ...ofTail, description: 'Expected shortfall, lower end of its 5 to 95 % band.' },
  expected_shortfall_high: { title: 'Expected shortfall, upper end', ...ofTail, description: 'Expected shortfall, upper end of its 5 to 95 % band.' },
  cascade_shortfall: {
    title: 'Cascade shortfall', ...ofTail, band: { low: 'cascade_shortfall_low', high: 'cascade_shortfall_high' },
    description: 'Cascade expected shortfall: the same once the forced sales are added that such falls would set off. None while there is no response curve.',
  },
  cascade_shortfall_low: { title: 'Cascade shortfall, lower end', ...ofTail, description: 'Cascade expected shortfall, lower end of its 5 to 95 % band.' },
  cascade_shortfall_high: { title: 'Cascade shortfall, upper end', ...ofTail, description: 'Cascade expected shortfall, upper end of its 5 to 95 % band.' },
  tail_index: {
    title: 'Tail index', ...ofTail, unit: 'multiple', band: { low: 'tail_index_low', high: 'tail_index_high' },
    description: 'Tail index: how heavy the tail of losses is; from 1 on it has no mean. None while too few losses exceed a threshold.',
  },
  tail_index_low: { title: 'Tail index, lower end', ...ofTail, unit: 'multiple', description: 'Tail index, lower end of its 5 to 95 % band.' },
  tail_index_high: { title: 'Tail index, upper end', ...ofTail, unit: 'multiple', description: 'Tail index, upper end of its 5 to 95 % band.' },
  branching_ratio: {
    title: 'Branching ratio', ...ofTail, unit: 'multiple', band: { low: 'branching_ratio_low', high: 'branching_ratio_high' },
    description: 'Branching ratio: how many liquidations each published liquidation seems to set off, beside the reproduction number. None while too few are published.',
  },
  branching_ratio_low: { title: 'Branching ratio, lower end', ...ofTail, unit: 'multiple', description: 'Branching ratio, lower end of its 5 to 95 % band.' },
  branching_ratio_high: { title: 'Branching ratio, upper end', ...ofTail, unit: 'multiple', description: 'Branching ratio, upper end of its 5 to 95 % band.' },
  inputs_usable_share: { title: 'Usable inputs', ...ofRatio, unit: 'share', kind: 'level', description: 'Inputs of the score that were read or inferred, as a share of all it should have: the others are stale or missing.' },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** Series of who holds an asset and could sell it. */
const holderSeries = {
  holders: { title: 'Holders', ...ofHolders, unit: 'count', description: 'Addresses that hold the asset on the chains that are read. None while no chain was read for it.' },
  holders_gini: { title: 'Gini coefficient', ...ofHolders, unit: 'share', description: 'Gini coefficient of what owners hold: nothing for equal holders, near one where one owner holds it all. Exchanges, bridges, burnt and locked units are left out. None while nobody is known to hold any.' },
  holders_hhi: { title: 'Herfindahl index', ...ofHolders, unit: 'share', description: 'Herfindahl-Hirschman index: sum of the squared shares of owners, from one over their number to 1 for a single one. Exchanges, bridges, burnt and locked units are left out. None while nobody is known to hold any.' },
  holders_nakamoto: { title: 'Nakamoto coefficient', ...ofHolders, unit: 'count', description: 'Nakamoto coefficient: the fewest owners that together hold half. Exchanges, bridges, burnt and locked units are left out. None while nobody is known to hold any.' },
  supply_units: { title: 'Supply', ...ofHolders, unit: 'units', description: 'Units of the asset on the chains that are read. None while no chain was read for it.' },
  effective_float_units: { title: 'Effective float', ...ofHolders, unit: 'units', description: 'Effective float: supply without what is locked, what is the issuer’s, and a part of what has not moved for a year. None while no chain was read for it.' },
  unlock_overhang: {
    title: 'Unlock overhang', ...ofHolders, unit: 'multiple',
    description: `Unlock overhang: units that become free within ${overhangDays} days and are expected to be sold, as a multiple of a tenth of the volume of that time. None where the config has no schedule, or the volume is not known.`,
  },
  deposit_risk: {
    title: 'Risk of deposits', ...ofRatio, unit: 'share', kind: 'level',
    description: 'How likely a fall within a day is after what one owner deposited to exchanges over 24 hours, by the model of addresses: the highest of the owners that deposited most. None while none of them can be judged.',
  },
  deposit_risk_base_rate: { title: 'Usual risk', ...ofRatio, unit: 'share', kind: 'level', description: 'How likely a fall within a day is after a transfer of which nothing is known: what the risk of deposits is to be held against. None while there is none of those.' },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** Series of the floor under an asset with a redeemable reserve. */
const reserveSeries = {
  reserve_floor_usd: { title: 'Reserve floor', ...ofFloor, description: 'Reserve floor: what the vault pays for one token. None for an asset without a reserve that is watched, or while its currency has no rate.' },
  reserve_trusted_floor_usd: {
    title: 'Trusted floor', ...ofFloor,
    description: 'Trusted floor: the reserve floor less what custody of the vault’s currency may cost: a price below it is what `reserve.below` watches. None while there is no reserve floor.',
  },
  reserve_effective_floor_usd: { title: 'Effective floor', ...ofFloor, description: 'Effective floor: what somebody pays who fears the way from redemption to settlement. None while there is no reserve floor.' },
  reserve_worst_floor_usd: { title: 'Worst floor', ...ofFloor, description: 'Worst floor: what is left of the reserve floor if the owner mints all it may. None where nobody can mint.' },
  reserve_premium: { title: 'Premium over the floor', ...ofFloor, unit: 'signed-share', description: 'Price over the reserve floor, less one: below nothing, the market pays less than the vault. None while there is no reserve floor, or the asset has no price.' },
  reserve_floor_of_day_ago: { title: 'Floor against a day ago', ...ofFloor, unit: 'multiple', description: 'Reserve floor, in the vault’s currency, as a multiple of what it was a day ago: what `reserve.floor` watches. None for an asset without a reserve that is watched, or while its floor of a day ago is not known.' },
  reserve_vault: { title: 'Vault', ...ofFloor, unit: 'units', description: 'What the vault of the reserve holds, in its own currency. None for an asset without a reserve that is watched.' },
  reserve_supply: { title: 'Tokens on the reserve', ...ofFloor, unit: 'units', description: 'Tokens that the reserve stands behind. None for an asset without a reserve that is watched.' },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** Series of owners by who they are, and of chains. */
const partSeries = {
  owner_deposits_float_share: {
    title: 'Deposits of one owner over float', ...ofOwner, unit: 'share',
    description: 'The most that one owner deposited to exchanges over 24 hours, as a share of the effective float: what `deposits.cluster` watches of the others. None where no such owner is among the four that deposited most, or the float is not known.',
  },
  owner_deposits_of_threshold: {
    title: 'Deposits of one owner over threshold', ...ofOwner, unit: 'multiple',
    description: 'The most that one owner deposited to exchanges over 24 hours, as a multiple of the ignition threshold: what `deposits.cluster` watches of the others. None where no such owner is among the four that deposited most, or there is no threshold.',
  },
  settlement_p95_seconds: { title: 'Time to settlement', ...ofChain, unit: 'seconds', description: 'Time until capital that is sent now over the chain can be used at an exchange: 95 of a hundred times it is sooner. None while no chain of the asset was judged.' },
  rescue_probability: {
    title: 'Rescue in time', ...ofChain, unit: 'share',
    description: 'How likely help that is sent now over the chain arrives before the price is at the landing price, were the sale of the ignition threshold to begin now. None while there is no threshold.',
  },
  producers_third: { title: 'Producers with a third of votes', ...ofChain, unit: 'count', description: 'Fewest block producers that together have more than a third of the votes, on a chain that elects them. None where a chain elects nobody, or while it was not read.' },
  producers_half: { title: 'Producers with half of votes', ...ofChain, unit: 'count', description: 'Fewest block producers that together have more than half of the votes, on a chain that elects them. None where a chain elects nobody, or while it was not read.' },
  producers_hhi: { title: 'Votes on few producers', ...ofChain, unit: 'share', description: 'Herfindahl-Hirschman index of votes for block producers: sum of their squared shares, from one over their number to 1 for a single one. None where a chain elects nobody, or while it was not read.' },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** Series of one market. */
const marketSeries = {
  market_price: { title: 'Price by market', ...ofMarket, unit: 'usd-per-unit', kind: 'level', description: 'Best bid of one market, in US dollars.' },
  market_depth_2pct_usd: { title: 'Bids within 2 % by market', ...ofMarket, unit: 'usd', kind: 'level', description: 'Usable bids of one market within 2 % of its best.' },
  market_open_interest_usd: { title: 'Open interest by market', ...ofMarket, unit: 'usd', kind: 'level', description: 'Open interest of one derivative market.' },
  market_ignition_usd: { title: 'Ignition threshold by market', ...ofMarket, unit: 'usd', kind: 'level', description: 'Ignition threshold of one market taken alone. None while nothing ignites there.' },
  market_funding: { title: 'Funding rate', ...ofMarket, unit: 'signed-share', kind: 'level', description: 'Funding rate of one perpetual market for one funding period of its venue; above nothing, longs pay shorts. None while its book or its ticker is not current.' },
  market_basis: { title: 'Basis', ...ofMarket, unit: 'signed-share', kind: 'level', description: 'Best bid of one derivative market over its venue’s index of spot prices, less one. None while the book or the index is not current, or the venue has no index.' },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** Curves and maps of an asset, one label of which is their horizontal axis. */
const shapeSeries = {
  response_price: {
    title: 'Response curve', ...ofSale, band: { low: 'response_price_low', high: 'response_price_high' },
    description: 'Response curve: where the price ends after a net sale of this size, forced sales included. None for sales beyond what is known, or below a hundredth of it.',
  },
  response_price_low: { title: 'Response curve, lower end', ...ofSale, description: 'Response curve, lower end of its 5 to 95 % band.' },
  response_price_high: { title: 'Response curve, upper end', ...ofSale, description: 'Response curve, upper end of its 5 to 95 % band.' },
  response_price_unforced: { title: 'Without forced sales', ...ofSale, description: 'Where the price would end after a net sale of this size if no position were liquidated.' },
  liquidation_map_usd: {
    title: 'Liquidation map', ...ofMove, band: { low: 'liquidation_map_low_usd', high: 'liquidation_map_high_usd' },
    description: `Liquidation map: positions that are liquidated when the price gets into this step, at the price they are liquidated at; inferred but where accounts are public. Those beyond ${mapReachPercent} % are left out. None while no market has positions.`,
  },
  liquidation_map_low_usd: { title: 'Liquidation map, lower end', ...ofMove, description: 'Liquidation map, lower end of the 5 to 95 % band of each step.' },
  liquidation_map_high_usd: { title: 'Liquidation map, upper end', ...ofMove, description: 'Liquidation map, upper end of the 5 to 95 % band of each step.' },
  liquidation_map_prior_usd: { title: 'Liquidation map, prior only', ...ofMove, description: 'What of the liquidation map rests on a first guess alone: no price has been in this step since positions are followed.' },
  venue_depth_usd: {
    title: 'Depth by band', labels: ['asset', 'venue', 'side', 'within'], pace: 'shape', unit: 'usd', kind: 'level',
    description: 'Usable orders of all markets of a venue within this distance of the best of each; bands contain one another. None for a venue without a current book.',
  },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** Series that the alerting stage writes. */
const warningSeries = {
  warning_severity: {
    title: 'Warnings', labels: ['asset', 'warning', 'severity', 'state'], pace: 'revision', unit: 'severity', kind: 'level',
    description: 'A revision of a warning: its severity while the warning is open, nothing once it is resolved, retracted or expired.',
  },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** The catalogue, by name. A figure that is not there has no point. */
export const seriesCatalogue = { ...assetSeries, ...holderSeries, ...reserveSeries, ...partSeries, ...marketSeries, ...shapeSeries, ...warningSeries } as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** The name of a series. */
export type SeriesName = keyof typeof seriesCatalogue;
/** Names of series of an asset, of its owners and chains, of its markets, and of its curves and maps. */
export type AssetSeriesName = keyof typeof assetSeries | keyof typeof holderSeries | keyof typeof reserveSeries;
export type PartSeriesName = keyof typeof partSeries;
export type MarketSeriesName = keyof typeof marketSeries;
export type ShapeSeriesName = keyof typeof shapeSeries;

/** Markets, of which there are some fifteen times as many as assets, and figures that follow from others have a point at whole multiples of this, milliseconds of event time. [A] */
export const coarseSeriesEveryMs = 10_000;
/** Curves and maps have points at whole multiples of this, milliseconds of event time: one is some three hundred points, and snapshots are as far apart. [A] */
export const shapeSeriesEveryMs = 30_000;

/** The severity of a revision as a number: 0 for a warning that is over, 1 and more in rising order. */
export function severityRank({ state, severity: how }: Pick<WarningMessage, 'state' | 'severity'>): number {
  return state === 'firing' || state === 'acknowledged' ? severity.options.indexOf(how) + 1 : 0;
}
