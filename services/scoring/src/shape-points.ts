import { depthBandsPercent, leastSaleShare, mapReachPercent, mapStepPercent, responseSales, type LiquidationMap, type ResponseCurve, type ResponseStep, type ScoreMessage, type ShapeSeriesName, type VenueLiquidations } from '@breakwater/contracts';
import { depthWithin, type CascadeMarket } from '@breakwater/models/cascade';
import type { SeriesPoint } from '@breakwater/platform/store';
import { partsOf, type ModelledMarket, type Part } from './modelled-market.ts';

type Add = (series: ShapeSeriesName, labels: Readonly<Record<string, string>>, value: number) => void;

/** The points of the curves and maps of one score: those series of the catalogue that have an axis among their labels. O(levels + positions). */
export function shapePoints(score: ScoreMessage, modelled: readonly ModelledMarket[]): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [];
  const add: Add = (series, labels, value) => void points.push({ series, labels: { asset: score.asset, ...labels }, time: score.eventTime, value });
  const parts = partsOf(modelled);
  if (score.response !== null && score.response !== undefined) curvePoints(score.response, add);
  if (score.liquidationMap !== null && score.liquidationMap !== undefined) mapPoints(score.liquidationMap, add);
  depthPoints(parts, add);
  return points;
}

/** The sizes a curve is told at: from a hundredth of the largest sale it answers to that one. */
function curvePoints(curve: ResponseCurve, add: Add): void {
  const reach = curve.central.at(-1)?.saleUsd ?? 0;
  const sales = responseSales.filter((sale) => sale >= reach * leastSaleShare && sale <= reach);
  for (const sale of sales) {
    const put = (series: ShapeSeriesName, price: number | undefined): void => (price === undefined ? undefined : add(series, { sale: String(sale) }, price));
    const central = priceAfter(curve.central, sale);
    const [low, high] = [priceAfter(curve.pessimistic, sale), priceAfter(curve.optimistic, sale)];
    put('response_price', central);
    put('response_price_unforced', priceAfter(curve.withoutForced, sale));
    if (central === undefined) continue;
    // Curves are thinned each for itself, towards the worse price: between two steps of one the centre may seem to be outside.
    put('response_price_low', low === undefined ? undefined : Math.min(low, central));
    put('response_price_high', high === undefined ? undefined : Math.max(high, central));
  }
}

/** Where a sale ends; undefined beyond what is known. */
function priceAfter(steps: readonly ResponseStep[], saleUsd: number): number | undefined {
  return steps.find((step) => step.saleUsd >= saleUsd)?.price;
}

/** Dollars liquidated in each step of the price over all venues, with the band and the part that is prior only. Steps are told also where nothing is: a map is a whole. */
function mapPoints(map: LiquidationMap, add: Add): void {
  const count = mapReachPercent / mapStepPercent;
  for (const side of ['long', 'short'] as const) {
    for (let i = 0; i < count; i++) {
      const over = (values: (venue: VenueLiquidations) => readonly number[]): number => map.venues.reduce((sum, venue) => sum + (values(venue)[i] ?? 0), 0);
      const total = over((venue) => venue[side]);
      // A step is named by its lower end.
      const labels = { side, move: String((side === 'long' ? -(i + 1) : i) * map.stepPercent) };
      add('liquidation_map_usd', labels, total);
      add('liquidation_map_prior_usd', labels, over((venue) => (side === 'long' ? venue.longPrior : venue.shortPrior)));
      add('liquidation_map_low_usd', labels, Math.min(total, map[side].low[i] ?? total));
      add('liquidation_map_high_usd', labels, Math.max(total, map[side].high[i] ?? total));
    }
  }
}

/** What the current books of each venue would pay or ask within each distance. */
function depthPoints(parts: readonly Part[], add: Add): void {
  const byVenue = new Map<string, Part[]>();
  for (const part of parts) {
    const venue = part.state.definition?.venue;
    if (venue !== undefined && part.model.bookStatus === 'exact') byVenue.set(venue, [...(byVenue.get(venue) ?? []), part]);
  }
  for (const [venue, own] of byVenue) {
    for (const within of depthBandsPercent) {
      const usd = (side: 'sell' | 'buy'): number => own.reduce((sum, { usable, rate }) => sum + depthUsd(usable.value, side, within, rate.usd), 0);
      add('venue_depth_usd', { venue, side: 'bid', within: String(within) }, usd('sell'));
      add('venue_depth_usd', { venue, side: 'ask', within: String(within) }, usd('buy'));
    }
  }
}

function depthUsd(market: CascadeMarket, side: 'sell' | 'buy', within: number, usdPerQuote: number): number {
  return depthWithin(market, side, within / 100).quote * usdPerQuote;
}
