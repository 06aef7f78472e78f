import type { AssetSeriesName, MarketScore, MarketSeriesName, ScoreMessage } from '@breakwater/contracts';
import { marketSeriesEveryMs } from '@breakwater/contracts';
import type { SeriesPoint } from '@breakwater/platform/store';

type Figure = number | null | undefined;

/** Where each series of an asset is read from its score. */
const ofAsset: Readonly<Record<AssetSeriesName, (score: ScoreMessage) => Figure>> = {
  price: (score) => score.price?.value,
  ignition_usd: (score) => score.ignitionUsd?.value,
  ignition_usd_low: (score) => score.ignitionUsd?.low,
  ignition_usd_high: (score) => score.ignitionUsd?.high,
  landing_price: (score) => score.landingPrice?.value,
  amplification: (score) => score.amplification?.value,
  amplification_low: (score) => score.amplification?.low,
  amplification_high: (score) => score.amplification?.high,
  reproduction: (score) => score.network?.reproduction.value,
  reproduction_low: (score) => score.network?.reproduction.low,
  reproduction_high: (score) => score.network?.reproduction.high,
  depth_2pct_usd: (score) => score.depth2pctUsd,
  extended_share: (score) => score.extendedShare,
  open_interest_usd: (score) => score.openInterestUsd,
  forced_share: (score) => score.forcedShare,
  liquidations_hour_usd: (score) => score.liquidations?.total.value,
  deposits_horizon_usd: (score) => score.deposits.horizon.usd,
  deposits_day_usd: (score) => score.deposits.day.usd,
};

/** Where each series of a market is read from its part of a score. */
const ofMarket: Readonly<Record<MarketSeriesName, (market: MarketScore) => Figure>> = {
  market_price: (market) => market.price,
  market_depth_2pct_usd: (market) => market.depth2pctUsd,
  market_open_interest_usd: (market) => market.openInterestUsd,
  market_ignition_usd: (market) => market.ignitionUsd?.value,
};

/** The points of a score, for every series of the catalogue that it has a finite figure of. */
export function seriesPoints(score: ScoreMessage): readonly SeriesPoint[] {
  const time = score.eventTime;
  const points: SeriesPoint[] = [];
  const add = (series: string, labels: SeriesPoint['labels'], value: Figure): void => {
    if (value !== null && value !== undefined && Number.isFinite(value)) points.push({ series, labels, time, value });
  };
  const labels = { asset: score.asset };
  for (const [series, read] of Object.entries(ofAsset)) add(series, labels, read(score));
  if (time % marketSeriesEveryMs !== 0) return points;
  for (const market of score.markets) {
    const own = { asset: score.asset, venue: market.venue, instrument: market.instrument };
    for (const [series, read] of Object.entries(ofMarket)) add(series, own, read(market));
  }
  return points;
}
