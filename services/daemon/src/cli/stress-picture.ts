import { responseCurveChart, type ResponseCurveInput, type TippingPoint } from '@breakwater/charts';
import { renderSvg } from '@breakwater/charts/render';
import { defaults, type ResponseStep } from '@breakwater/contracts';
import { defined, epochMs, price, usd } from '@breakwater/models/core';
import { isGap, responseCurves, staticProfile, type CascadeMarket, type ResponseCurves, type ResponsePoint, type StressAnswer, type StressCase } from '@breakwater/models/cascade';

/** Size of the chart of one market, px. */
const chart = { width: 900, height: 420 } as const;
/** Markets drawn, those with a threshold first: more would be a wall of pictures. */
const drawn = 12;
const maxPoints = 400;
/** How far a curve reaches, in thresholds. */
const reach = 3;

/** The response curve of each market of a snapshot, one below the other, as one SVG. Amounts are in the quote currency of each market. */
export function stressPicture({ system, asOf, asset, ignitionGap }: StressCase, answer: StressAnswer): string {
  const at = Date.parse(asOf);
  const order = answer.markets.map((market, m) => ({ market, m })).sort((a, b) => Number(b.market.ignitionQty !== null) - Number(a.market.ignitionQty !== null) || a.m - b.m).slice(0, drawn);
  const charts = order.map(({ market: { id, ignitionQuote, landingPrice }, m }, row) => {
    const market = defined(system.markets[m], 'market');
    const curves = curvesOf(market, answer.side, ignitionGap, ignitionQuote);
    const best = defined((answer.side === 'sell' ? market.bids : market.asks).ticks[0], 'best price') * market.tickSize;
    const exact = <T>(value: T | null): { value: T; low: T; high: T; status: 'exact' } | null => (value === null ? null : { value, low: value, high: value, status: 'exact' });
    const steps = (points: readonly ResponsePoint[]): readonly ResponseStep[] => points.map((point) => ({ saleUsd: usd(point.quote), price: price(point.price) }));
    const central = steps(curves.withForced);
    const input: ResponseCurveInput = {
      asset: `${asset} · ${id}` as ResponseCurveInput['asset'], eventTime: epochMs(at), horizonSeconds: defaults.horizonSeconds, price: exact(price(best)), ignitionUsd: exact(ignitionQuote === null ? null : usd(ignitionQuote)),
      landingPrice: exact(landingPrice === null ? null : price(landingPrice)), largest: null, measured: true, behind: 'amounts in the quote currency',
      tippingPoints: curves.tippingPoints,
      response: { price: price(best), central, pessimistic: central, optimistic: central, withoutForced: steps(curves.withoutForced) },
    };
    const svg = renderSvg(responseCurveChart(input, { ...chart, theme: 'light', target: 'picture' }), { ...chart, theme: 'light', idPrefix: `m${row}` });
    return svg.replace('<svg ', `<svg x="0" y="${row * chart.height}" `);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${chart.width}" height="${chart.height * charts.length}" viewBox="0 0 ${chart.width} ${chart.height * charts.length}">${charts.join('')}</svg>\n`;
}

/** The curves of a market alone, and every jump of the ignition gap in which positions are liquidated, from its whole profile. */
function curvesOf(market: CascadeMarket, side: StressAnswer['side'], ignitionGap: number, ignitionQuote: number | null): ResponseCurves & { readonly tippingPoints: readonly TippingPoint[] } {
  const alone: CascadeMarket = { ...market, liquidationOrder: 'market' };
  const profile = staticProfile(alone, side, ignitionGap);
  const maxQuote = ignitionQuote === null || ignitionQuote === 0 ? Infinity : reach * ignitionQuote;
  const whole = responseCurves(alone, side, profile, { maxQuote, maxPoints: Infinity }).withForced;
  const tippingPoints = whole.slice(1).flatMap((point, k) => {
    const before = defined(whole[k], 'step');
    const fires = defined(profile.steps.fired[k + 1], 'fired') > defined(profile.steps.fired[k], 'fired');
    return fires && isGap(before.price, point.price, ignitionGap) ? [{ saleUsd: before.quote, from: before.price, to: point.price }] : [];
  });
  return { ...responseCurves(alone, side, profile, { maxQuote, maxPoints }), tippingPoints };
}
