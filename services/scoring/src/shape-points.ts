import { depthBandsPercent, leastSaleShare, mapReachPercent, mapStepPercent, responseSales, type ResponseCurve, type ResponseStep, type ScoreMessage, type ShapeSeriesName } from '@breakwater/contracts';
import { depthWithin, quoteValue, type CascadeMarket } from '@breakwater/models/cascade';
import { at } from '@breakwater/models/market';
import type { SeriesPoint } from '@breakwater/platform/store';
import { partsOf, type ModelledMarket, type Part } from './modelled-market.ts';

type Add = (series: ShapeSeriesName, labels: Readonly<Record<string, string>>, value: number) => void;

/** The points of the curves and maps of one score: those series of the catalogue that have an axis among their labels. O(levels + positions). */
export function shapePoints(score: ScoreMessage, modelled: readonly ModelledMarket[]): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [];
  const add: Add = (series, labels, value) => void points.push({ series, labels: { asset: score.asset, ...labels }, time: score.eventTime, value });
  const parts = partsOf(modelled);
  if (score.response !== null && score.response !== undefined) curvePoints(score.response, add);
  if (score.price !== null) mapPoints(parts, score.price.value, add);
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

/** Dollars liquidated in each step of the price, longs and shorts. Steps of the usual side are told also where nothing is: a map is a whole. */
function mapPoints(parts: readonly Part[], price: number, add: Add): void {
  const sides = [['long', -mapReachPercent, 0], ['short', 0, mapReachPercent]] as const;
  for (const [side, from, to] of sides) {
    const usdByMove = new Map<number, number>();
    for (let move = from; move < to; move += mapStepPercent) usdByMove.set(move, 0);
    for (const { usable: { value: market }, rate } of parts) {
      const { ticks, lots } = side === 'long' ? market.longTriggers : market.shortTriggers;
      for (let k = 0; k < ticks.length; k++) {
        const percent = ((at(ticks, k) * market.tickSize * rate.usd) / price - 1) * 100;
        const move = Math.floor(percent / mapStepPercent) * mapStepPercent;
        if (move < -mapReachPercent || move >= mapReachPercent) continue;
        usdByMove.set(move, (usdByMove.get(move) ?? 0) + quoteValue(market, at(lots, k), at(ticks, k)) * rate.usd);
      }
    }
    for (const [move, usd] of usdByMove) add('liquidation_map_usd', { side, move: String(move) }, usd);
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
