/**
 * Every time series the daemon writes: what its name, unit and labels are and what it says. Whoever stores a point takes its name from here, and whoever draws one (Grafana, `docs/series.md`)
 * its unit and its words.
 */

/** What a series is measured in. `usd`: US dollars. `usd-per-unit`: US dollars for one unit of the asset. `multiple`: so many times. `share`: 0 to 1. */
export type SeriesUnit = 'usd' | 'usd-per-unit' | 'multiple' | 'share';

/** How points of a series go together. `level`: how something stands at the time of the point. `window`: a total over a window that ends there, so that neighbouring points overlap and must not be added up. */
export type SeriesKind = 'level' | 'window';

/** One series, or as many as there are values of its labels. */
export interface SeriesDefinition {
  readonly unit: SeriesUnit;
  readonly kind: SeriesKind;
  /** Names of its labels. */
  readonly labels: readonly ('asset' | 'venue' | 'instrument')[];
  /** What it says, and when there is no point. */
  readonly description: string;
  /** Series of the two ends of its 5 to 95 % band. */
  readonly band?: { readonly low: string; readonly high: string };
}

const ofAsset = { labels: ['asset'] } as const;
const ofMarket = { labels: ['asset', 'venue', 'instrument'] } as const;

/** The catalogue, by name. Points of an asset come with each of its scores, those of a market with the scores of whole multiples of ten seconds; a figure that is not there has no point. */
export const seriesCatalogue = {
  price: { ...ofAsset, unit: 'usd-per-unit', kind: 'level', description: 'Depth-weighted mean of the best bids of all markets. None while no market has a usable book.' },
  ignition_usd: {
    ...ofAsset, unit: 'usd', kind: 'level', band: { low: 'ignition_usd_low', high: 'ignition_usd_high' },
    description: 'Ignition threshold: the smallest sale after which forced sales feed themselves. None while no sale up to a crash does that.',
  },
  ignition_usd_low: { ...ofAsset, unit: 'usd', kind: 'level', description: 'Ignition threshold, lower end of its 5 to 95 % band.' },
  ignition_usd_high: { ...ofAsset, unit: 'usd', kind: 'level', description: 'Ignition threshold, upper end of its 5 to 95 % band.' },
  landing_price: { ...ofAsset, unit: 'usd-per-unit', kind: 'level', description: 'Where the price comes to rest after a sale of the ignition threshold. None while there is no threshold.' },
  amplification: {
    ...ofAsset, unit: 'multiple', kind: 'level', band: { low: 'amplification_low', high: 'amplification_high' },
    description: 'The fall after a sale of the ignition threshold, as a multiple of what the sale alone would do. None while there is no threshold.',
  },
  amplification_low: { ...ofAsset, unit: 'multiple', kind: 'level', description: 'Amplification, lower end of its 5 to 95 % band.' },
  amplification_high: { ...ofAsset, unit: 'multiple', kind: 'level', description: 'Amplification, upper end of its 5 to 95 % band.' },
  reproduction: {
    ...ofAsset, unit: 'multiple', kind: 'level', band: { low: 'reproduction_low', high: 'reproduction_high' },
    description: 'Dollars forced for each forced dollar, over all markets: forced selling dies out below 1 and feeds itself from 1 on. None while no market has both a book and positions.',
  },
  reproduction_low: { ...ofAsset, unit: 'multiple', kind: 'level', description: 'Reproduction number, lower end of its 5 to 95 % band.' },
  reproduction_high: { ...ofAsset, unit: 'multiple', kind: 'level', description: 'Reproduction number, upper end of its 5 to 95 % band.' },
  depth_2pct_usd: { ...ofAsset, unit: 'usd', kind: 'level', description: 'Bids within 2 % of the best, over all markets. None while no market has a usable book.' },
  extended_share: { ...ofAsset, unit: 'share', kind: 'level', description: 'Share of the fall to the landing price that rests on depth beyond what venues show.' },
  open_interest_usd: { ...ofAsset, unit: 'usd', kind: 'level', description: 'Open interest over all derivative markets. None while no market says its own.' },
  forced_share: { ...ofAsset, unit: 'share', kind: 'level', description: 'Open positions liquidated by a fall to the landing price, as a share of open interest. None while there is no threshold.' },
  liquidations_hour_usd: { ...ofAsset, unit: 'usd', kind: 'window', description: 'Positions liquidated in the hour before; inferred where venues do not publish all. None for an asset without derivative markets.' },
  deposits_horizon_usd: { ...ofAsset, unit: 'usd', kind: 'window', description: 'Deposits to exchanges over the horizon of the settings. None while the asset has no price.' },
  deposits_day_usd: { ...ofAsset, unit: 'usd', kind: 'window', description: 'Deposits to exchanges over 24 hours. None while the asset has no price.' },
  market_price: { ...ofMarket, unit: 'usd-per-unit', kind: 'level', description: 'Best bid of one market, in US dollars.' },
  market_depth_2pct_usd: { ...ofMarket, unit: 'usd', kind: 'level', description: 'Usable bids of one market within 2 % of its best.' },
  market_open_interest_usd: { ...ofMarket, unit: 'usd', kind: 'level', description: 'Open interest of one derivative market.' },
  market_ignition_usd: { ...ofMarket, unit: 'usd', kind: 'level', description: 'Ignition threshold of one market taken alone. None while nothing ignites there.' },
} as const satisfies Readonly<Record<string, SeriesDefinition>>;

/** The name of a series. */
export type SeriesName = keyof typeof seriesCatalogue;
/** Names of series of an asset, and of its markets. */
export type AssetSeriesName = Exclude<SeriesName, `market_${string}`>;
export type MarketSeriesName = Extract<SeriesName, `market_${string}`>;

/** Markets have a point at whole multiples of this, milliseconds of event time: there are some fifteen times as many of them as of assets. [A] */
export const marketSeriesEveryMs = 10_000;
