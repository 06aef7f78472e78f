import type { AssetSeriesName, MarketScore, MarketSeriesName, ScoreMessage } from '@breakwater/contracts';
import { coarseSeriesEveryMs, overhangDays, seriesCatalogue, shapeSeriesEveryMs } from '@breakwater/contracts';
import type { SeriesPoint } from '@breakwater/platform/store';
import type { ModelledMarket } from './modelled-market.ts';
import { partPoints } from './part-points.ts';
import { shapePoints } from './shape-points.ts';

type Figure = number | null | undefined;

/** One figure as a multiple of another; nothing where the other is not above zero. */
function over(value: Figure, of: Figure): Figure {
  return value === null || value === undefined || of === null || of === undefined || !(of > 0) ? undefined : value / of;
}

/** Inputs that were read or inferred, as a share of all. */
function usableShare({ inputs }: ScoreMessage): Figure {
  return over(inputs.filter(({ status }) => status === 'exact' || status === 'inferred').length, inputs.length);
}

/** The highest risk of what one owner deposited, or the rate that it is to be held against. */
function depositRisk({ deposits }: ScoreMessage, what: 'probability' | 'baseRate'): Figure {
  const all = (deposits.clusters ?? []).flatMap(({ risk }) => (risk === null ? [] : [risk]));
  return all.reduce((highest, risk) => (highest === undefined || risk.probability > highest.probability ? risk : highest), all[0])?.[what];
}

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
  deposits_reach: (score) => over(score.deposits.horizon.usd, score.ignitionUsd?.value),
  deposits_day_usd: (score) => score.deposits.day.usd,
  issuer_float_share: (score) => score.issuerFloatShare,
  ignition_of_day_ago: (score) => over(score.ignitionUsd?.value, score.earlier.ignitionUsdDayAgo),
  depth_of_day_high: (score) => over(score.depth2pctUsd, score.earlier.depth2pctUsdDayHigh),
  landing_fall: (score) => (score.price === null || score.landingPrice === null ? undefined : 1 - score.landingPrice.value / score.price.value),
  value_at_risk: (score) => score.tail?.valueAtRisk.value,
  value_at_risk_low: (score) => score.tail?.valueAtRisk.low,
  value_at_risk_high: (score) => score.tail?.valueAtRisk.high,
  expected_shortfall: (score) => score.tail?.expectedShortfall?.value,
  expected_shortfall_low: (score) => score.tail?.expectedShortfall?.low,
  expected_shortfall_high: (score) => score.tail?.expectedShortfall?.high,
  cascade_shortfall: (score) => score.tail?.cascadeExpectedShortfall?.value,
  cascade_shortfall_low: (score) => score.tail?.cascadeExpectedShortfall?.low,
  cascade_shortfall_high: (score) => score.tail?.cascadeExpectedShortfall?.high,
  tail_index: (score) => score.tail?.tailIndex?.value,
  tail_index_low: (score) => score.tail?.tailIndex?.low,
  tail_index_high: (score) => score.tail?.tailIndex?.high,
  branching_ratio: (score) => score.hawkes?.branching.value,
  branching_ratio_low: (score) => score.hawkes?.branching.low,
  branching_ratio_high: (score) => score.hawkes?.branching.high,
  inputs_usable_share: usableShare,
  holders: (score) => score.addresses?.holders,
  holders_gini: (score) => score.addresses?.concentration?.gini,
  holders_hhi: (score) => score.addresses?.concentration?.hhi,
  holders_nakamoto: (score) => score.addresses?.concentration?.nakamoto,
  supply_units: (score) => score.addresses?.supplyUnits,
  effective_float_units: (score) => score.addresses?.effectiveFloatUnits,
  unlock_overhang: (score) => score.addresses?.overhang.find(({ days }) => days === overhangDays)?.overhang,
  deposit_risk: (score) => depositRisk(score, 'probability'),
  deposit_risk_base_rate: (score) => depositRisk(score, 'baseRate'),
  reserve_floor_usd: (score) => score.reserve?.floorUsd,
  reserve_trusted_floor_usd: (score) => score.reserve?.trustedFloorUsd,
  reserve_effective_floor_usd: (score) => score.reserve?.effectiveFloorUsd,
  reserve_worst_floor_usd: (score) => score.reserve?.worstFloorUsd,
  reserve_premium: (score) => score.reserve?.premium,
  reserve_floor_of_day_ago: (score) => over(score.reserve?.floor, score.reserve?.floorDayAgo),
  reserve_vault: (score) => score.reserve?.vault,
  reserve_supply: (score) => score.reserve?.supply,
};

const assetSeriesNames = Object.keys(ofAsset) as AssetSeriesName[];

/** Where each series of a market is read from its part of a score, or from what it was computed from. */
const ofMarket: Readonly<Record<MarketSeriesName, (market: MarketScore, modelled: ModelledMarket | undefined, at: number, staleAfterMs: number) => Figure>> = {
  market_price: (market) => market.price,
  market_depth_2pct_usd: (market) => market.depth2pctUsd,
  market_open_interest_usd: (market) => market.openInterestUsd,
  market_ignition_usd: (market) => market.ignitionUsd?.value,
  // Venues that send changes alone repeat no rate that stays: it is as old as its last change and no worse for that.
  market_funding: (_market, modelled) => (modelled?.model.bookStatus === 'exact' && isWell(modelled) ? modelled.state.funding?.value : undefined),
  market_basis: (_market, modelled, at, staleAfterMs) => {
    if (modelled?.model.bookStatus !== 'exact') return undefined;
    const { definition, index } = modelled.state;
    if (definition === undefined || definition.marketKind === 'spot' || index === undefined || at - index.at > staleAfterMs) return undefined;
    // The index is of as many units as the venue's own price.
    const ratio = over(modelled.model.best, index.value / definition.multiplier);
    return ratio === null || ratio === undefined ? undefined : ratio - 1;
  },
};

function isWell({ state: { figureHealth } }: ModelledMarket): boolean {
  return (['ticker', 'funding'] as const).every((channel) => (figureHealth.get(channel) ?? 'ok') === 'ok');
}

/**
 * The points of a score, for every series of the catalogue that scoring writes and it has a finite figure of; `modelled` are the markets it was computed from.
 * O(figures), and at whole multiples of `shapeSeriesEveryMs` O(levels + positions).
 */
export function seriesPoints(score: ScoreMessage, modelled: readonly ModelledMarket[], staleAfterMs: number): readonly SeriesPoint[] {
  const time = score.eventTime;
  const points: SeriesPoint[] = [];
  const add = (series: string, labels: SeriesPoint['labels'], value: Figure): void => {
    if (value !== null && value !== undefined && Number.isFinite(value)) points.push({ series, labels, time, value });
  };
  const labels = { asset: score.asset };
  const isCoarse = time % coarseSeriesEveryMs === 0;
  for (const series of assetSeriesNames) if (isCoarse || seriesCatalogue[series].pace === 'score') add(series, labels, ofAsset[series](score));
  if (time % shapeSeriesEveryMs === 0) points.push(...shapePoints(score, modelled));
  points.push(...partPoints(score));
  if (!isCoarse) return points;
  for (const market of score.markets) {
    const own = { asset: score.asset, venue: market.venue, instrument: market.instrument };
    const from = modelled.find(({ state }) => state.definition?.instrument === market.instrument);
    for (const [series, read] of Object.entries(ofMarket)) add(series, own, read(market, from, time, staleAfterMs));
  }
  return points;
}
