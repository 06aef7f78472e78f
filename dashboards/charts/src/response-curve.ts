import type { Audience, Language } from '@breakwater/contracts';
import { formatDuration, formatMove, formatPrice, formatPriceBand, formatUsd, formatUsdBand, ownerName } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { TooltipComponentOption } from 'echarts/components';
import { compactBelow, type ChartOption, type ChartOptions } from './chart.ts';
import { escapeHtml } from './escape.ts';
import { axisLook, emptyChart, frameOf, tooltipLook, type Frame, type FrameContent } from './frame.ts';
import { axisValueOf } from './params.ts';
import { freePrice } from './place-label.ts';
import { responseCurveTitle, responseFigures, responseSubtitle, type ResponseCurveInput, type ResponseDrawing } from './response-input.ts';
import { endsRound, fromZero, priceScale, type Scale } from './scale.ts';
import { bandOf, cornersOf, priceAfter, type Point, type Step } from './steps.ts';
import { textWidth } from './text-width.ts';
import { wordsOf, type ChartWords } from './words.ts';

/** Everything the parts of the chart are built from. */
interface Drawing {
  readonly input: ResponseCurveInput;
  readonly figures: ResponseDrawing;
  readonly frame: Frame;
  readonly audience: Audience;
  readonly words: ChartWords;
  readonly thresholdName: string;
  readonly bandName: string;
  readonly x: Scale;
  readonly y: Scale;
}

/** Share of the plot kept free at the top for the label of the deposit. */
const headroom = 0.16;
/** Room beside the plot, px, and how much of it a label may use. */
const axes = { left: 58, right: 22, bottom: 40 } as const;
const spare = axes.right - 4;
/** Points at which the cursor of a page can stand: one for every few pixels. */
const cursorStops = 160;

/**
 * Where the price would end after a net sale of each size: a step curve with its band, the cliff at the ignition threshold with both numbers, the same
 * without forced sales, further tipping points, and the largest visible deposit. Sales from 0 to three times the threshold. Says why where there is no curve. O(steps log steps).
 */
export function responseCurveChart(input: ResponseCurveInput, options: ChartOptions): ChartOption {
  const audience: Audience = options.audience ?? 'committee';
  const language: Language = options.language ?? 'en';
  const words = wordsOf(language);
  const title = responseCurveTitle(input, language);
  const subtitle = responseSubtitle(input, language);
  const figures = responseFigures(input, audience, language);
  if (figures.kind === 'empty') return emptyChart(title, subtitle, figures.why, options);

  const thresholdName = words.threshold(audience);
  const bandName = options.width < compactBelow ? words.bandShort : words.band;
  const tipping: FrameContent['legend'] = figures.tipping.length === 0 ? [] : [{ name: words.tippingPoints, icon: 'circle' }];
  // A picture cannot be toggled, and its marks carry their names, except for the tipping points.
  const marks: FrameContent['legend'] = options.target === 'picture' ? tipping : [
    ...(figures.threshold === undefined ? [] : [{ name: thresholdName, icon: 'circle' } as const]), ...tipping,
    ...(figures.deposit === undefined ? [] : [{ name: words.largestDeposit, icon: 'upright' } as const]),
  ];
  const legend: FrameContent['legend'] = [{ name: words.withForced, icon: 'line' }, { name: words.withoutForced, icon: 'dashed' }, ...(hasBand(figures) ? [{ name: bandName, icon: 'area' } as const] : []), ...marks];
  const frame = frameOf({ title, subtitle, ...(figures.note === undefined ? {} : { note: figures.note }), legend, axes }, options);
  const x = fromZero(figures.maxUsd, frame.compact ? 4 : 7);
  const lowest = Math.min(...[figures.central, figures.pessimistic, figures.withoutForced].map((steps) => priceAfter(steps, figures.bestPrice, x.max) ?? steps.at(-1)?.price ?? figures.bestPrice), figures.landing ?? figures.bestPrice);
  const y = priceScale(lowest, figures.bestPrice, headroom, Math.max(4, frame.plot.height / 42));
  const drawing: Drawing = { input, figures, frame, audience, words, thresholdName, bandName, x, y };
  const { tooltip, axisPointer } = options.target === 'page' ? cursor(drawing) : { tooltip: { show: false }, axisPointer: { show: false } };
  return {
    ...frame.base, tooltip, ...axesOf(drawing, axisPointer),
    series: [
      ...bandSeries(drawing), curve(words.withoutForced, cornersOf(figures.withoutForced, figures.bestPrice, x.max), { color: frame.theme.muted, width: 1.5, type: 'dashed' }),
      ...depositSeries(drawing), curve(words.withForced, [...cornersOf(figures.central, figures.bestPrice, x.max), ...lastFall(figures)], { color: frame.theme.accent, width: 2.5, type: 'solid' }), ...endSeries(drawing),
      ...tippingSeries(drawing), ...cliffSeries(drawing), ...(options.target === 'page' ? [cursorSeries(drawing)] : []),
    ],
  };
}

/** The fall of a cliff beyond which the books known end: its foot is no step of the curve. */
function lastFall({ central, threshold, landing }: ResponseDrawing): readonly Point[] {
  const end = central.at(-1)?.saleUsd ?? 0;
  return threshold === undefined || landing === undefined || end > threshold ? [] : [[end, landing]];
}

function axesOf({ input, frame, words, x, y }: Drawing, axisPointer: object): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  return {
    xAxis: {
      type: 'value', ...x, name: words.netSale(formatDuration(input.horizonSeconds * 1_000)), ...look.under, axisTick: { show: true, lineStyle: { color: frame.theme.muted } },
      axisLabel: { ...look.label, showMaxLabel: endsRound(x), formatter: formatUsd }, axisPointer,
    },
    yAxis: {
      type: 'value', ...y, name: words.pricePer(input.asset), ...look.atLeft, axisLabel: { ...look.label, showMaxLabel: false, formatter: formatPrice }, axisPointer: { show: false },
    },
  };
}

interface LineLook {
  readonly color: string;
  readonly width: number;
  readonly type: 'solid' | 'dashed';
}

type Series = LineSeriesOption | ScatterSeriesOption;

function curve(name: string, data: readonly Point[], lineStyle: LineLook): Series {
  return { type: 'line', name, step: 'start', data: mutable(data), showSymbol: false, symbol: 'none', silent: true, emphasis: { disabled: true }, lineStyle, itemStyle: { color: lineStyle.color }, z: 3 };
}

/** Whether the assumptions differ at all: what is exact has no band. */
function hasBand({ central, pessimistic, optimistic }: ResponseDrawing): boolean {
  const same = (steps: readonly Step[]): boolean => steps.length === central.length && steps.every(({ saleUsd, price }, i) => saleUsd === central[i]?.saleUsd && price === central[i].price);
  return !same(pessimistic) || !same(optimistic);
}

function bandSeries({ figures, frame, bandName, x, y }: Drawing): readonly Series[] {
  if (!hasBand(figures)) return [];
  const band = bandOf(figures.pessimistic, figures.optimistic, figures.bestPrice, x.max, y.min);
  const { accent, bandOpacity } = frame.theme;
  const common = { type: 'line', name: bandName, step: 'start', stack: 'band', stackStrategy: 'all', showSymbol: false, symbol: 'none', silent: true, emphasis: { disabled: true }, lineStyle: { width: 0 }, z: 1 } as const;
  return [
    { ...common, data: mutable(band.low), itemStyle: { color: accent, opacity: bandOpacity } },
    { ...common, data: mutable(band.height), itemStyle: { color: accent, opacity: bandOpacity }, areaStyle: { color: accent, opacity: bandOpacity } },
  ];
}

/** Today's largest visible deposit as a vertical line with its amount; an arrow at the edge where it lies beyond. */
function depositSeries({ figures, frame, words, x, y }: Drawing): readonly Series[] {
  const { deposit } = figures;
  if (deposit === undefined) return [];
  const beyond = deposit.usd > x.max;
  const at = Math.min(deposit.usd, x.max);
  const to = deposit.to === '' || frame.compact ? '' : ` ${words.to(ownerName(deposit.to))}`;
  const amount = `${formatUsd(deposit.usd)}${beyond ? ' →' : ''}`;
  const x0 = (at / x.max) * frame.plot.width;
  // The label stands on the side where there is room for it; where there is none the amount alone does.
  const sided = [`${words.largestDeposit} ${formatUsd(deposit.usd)}${to}${beyond ? ' →' : ''}`, amount].map((text) => {
    const width = textWidth(text, frame.sizes.text) + 5;
    return { text, side: x0 + width <= frame.plot.width + spare ? ('right' as const) : x0 - width >= 0 ? ('left' as const) : undefined };
  });
  const { text = amount, side = 'left' } = sided.find((one) => one.side !== undefined) ?? {};
  const label = { show: true, position: side, distance: 5, formatter: () => text, color: frame.theme.ink, fontFamily: frame.font, fontSize: frame.sizes.text } as const;
  const top = y.max - (y.max - y.min) * headroom * 0.35;
  return [{
    type: 'line', name: words.largestDeposit, silent: true, symbol: 'circle', symbolSize: 0.1, showSymbol: true, showAllSymbol: true, emphasis: { disabled: true }, z: 2,
    data: [{ value: [at, y.min] }, { value: [at, top], label }], lineStyle: { color: frame.theme.ink, width: beyond ? 0 : 1.2, type: 'solid' }, itemStyle: { color: frame.theme.ink },
  }];
}

/** Where the books known end before the axis does: a stop, and what it means where there is room. */
function endSeries({ figures, frame, words, x }: Drawing): readonly Series[] {
  const last = figures.central.at(-1);
  if (last === undefined || last.saleUsd >= x.max || lastFall(figures).length > 0) return [];
  const fits = (1 - last.saleUsd / x.max) * frame.plot.width > textWidth(words.knownTo, frame.sizes.text) + 8;
  return [{
    type: 'scatter', name: words.withForced, silent: true, emphasis: { disabled: true }, z: 3, symbol: 'rect', symbolSize: [2.5, 12], itemStyle: { color: frame.theme.accent, opacity: 1 }, data: [[last.saleUsd, last.price]],
    label: { show: fits, position: 'right', distance: 5, formatter: () => words.knownTo, color: frame.theme.muted, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: frame.theme.background, textBorderWidth: 3 },
  }];
}

/** The cliff: a mark at its brink and at its foot, and both numbers beside it where no curve runs. */
function cliffSeries(drawing: Drawing): readonly Series[] {
  const { figures, frame, thresholdName } = drawing;
  const { threshold, landing, brink } = figures;
  if (threshold === undefined) return [];
  const { lines, bold, price } = cliffLabel(drawing, threshold);
  const { ink, background } = frame.theme;
  // A rim in the colour of the ground keeps the text apart from the band and the line of the deposit.
  const text = { color: ink, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: background, textBorderWidth: 4 };
  const label = {
    ...text, show: true, position: 'right', distance: 8, align: 'left', lineHeight: labelLine(frame),
    formatter: () => lines.map((line) => (bold.has(line) ? `{b|${line}}` : line)).join('\n'), rich: { b: { ...text, fontWeight: 'bold' } },
  } as const;
  const marks = [[threshold, brink], ...(landing === undefined ? [] : [[threshold, landing]])];
  return [{
    type: 'scatter', name: thresholdName, silent: true, emphasis: { disabled: true }, z: 5, symbol: 'circle', symbolSize: 8,
    itemStyle: { color: background, borderColor: ink, borderWidth: 2, opacity: 1 },
    data: [...marks.map((value) => ({ value })), { value: [threshold, price], symbolSize: 0.1, itemStyle: { color: 'transparent', borderWidth: 0 }, label }],
  }];
}

/** Where a little more sold falls far again: a small open mark at each brink. */
function tippingSeries({ figures, frame, words }: Drawing): readonly Series[] {
  if (figures.tipping.length === 0) return [];
  const { background, accent } = frame.theme;
  return [{
    type: 'scatter', name: words.tippingPoints, silent: true, emphasis: { disabled: true }, z: 4, symbol: 'circle', symbolSize: 6,
    itemStyle: { color: background, borderColor: accent, borderWidth: 1.5, opacity: 1 }, data: figures.tipping.map(({ saleUsd, from }) => [saleUsd, from]),
  }];
}

interface CliffLabel {
  readonly lines: readonly string[];
  readonly bold: ReadonlySet<string>;
  /** The price at whose height it stands. */
  readonly price: number;
}

function labelLine({ sizes }: Frame): number {
  return Math.round(sizes.text * 1.45);
}

/** What is written beside the cliff and where: with the bands where there is room for them, else the two numbers, in the last resort without words. */
function cliffLabel({ input, figures, frame, audience, words, x, y }: Drawing, threshold: number): CliffLabel {
  const { landing, brink, bestPrice } = figures;
  const { ignitionUsd, landingPrice } = input;
  const sale = words.thresholdAt(audience, formatUsd(threshold));
  const saleBand = ignitionUsd === null || ignitionUsd.low === ignitionUsd.high ? [] : [`(${formatUsdBand(threshold, ignitionUsd.low, ignitionUsd.high)})`];
  const end = landing === undefined ? [] : [words.priceEndsAt(formatPrice(landing))];
  const band = landingPrice === null || landingPrice.low === landingPrice.high ? [] : [formatPriceBand(landingPrice.low, landingPrice.high)];
  const around = landing === undefined ? [] : [`(${[...band, formatMove(landing / bestPrice - 1)].join(', ')})`];
  // On a phone bands get lines of their own.
  const full = frame.compact ? [sale, ...saleBand, ...end, ...around] : [[sale, ...saleBand].join(' '), [...end, ...around].join(' ')].filter((line) => line !== '');
  const short = [sale, ...end];
  const numbers = [formatUsd(threshold), ...(landing === undefined ? [] : [formatPrice(landing)])];
  const obstacles = [figures.central, figures.withoutForced].map((steps) => ({ steps, bestPrice }));
  const perPx = (y.max - y.min) / frame.plot.height;
  const from = (threshold / x.max) * frame.plot.width;
  const place = (lines: readonly string[]): CliffLabel & { readonly fits: boolean } => {
    const half = ((lines.length * labelLine(frame)) / 2 + 4) * perPx;
    const to = from + 8 + Math.max(...lines.map((line) => textWidth(line, frame.sizes.text, true)));
    const { price, room } = freePrice(obstacles, threshold, Math.min(x.max, (to / frame.plot.width) * x.max), y.min + half, y.max - (y.max - y.min) * headroom - half, (brink + (landing ?? brink)) / 2);
    const bold = new Set(frame.compact && lines === full ? short : lines);
    return { lines, bold, price, fits: room >= half && to <= frame.plot.width + spare };
  };
  const [wide, narrow] = [place(full), place(short)];
  if (wide.fits) return wide;
  // A curve behind two short lines is better than no words.
  return narrow.fits || from + 8 + textWidth(sale, frame.sizes.text, true) <= frame.plot.width + spare ? narrow : place(numbers);
}

/** Invisible points along the axis, so that the cursor of a page follows the pointer and not only the steps. */
function cursorSeries({ figures, x, y }: Drawing): Series {
  const data: number[][] = [];
  for (let i = 0; i <= cursorStops; i++) data.push([(x.max * i) / cursorStops, priceAfter(figures.central, figures.bestPrice, (x.max * i) / cursorStops) ?? y.min]);
  return { type: 'line', data, showSymbol: false, symbol: 'none', silent: true, emphasis: { disabled: true }, lineStyle: { width: 0, opacity: 0 }, z: 0 };
}

function cursor(drawing: Drawing): { readonly tooltip: TooltipComponentOption; readonly axisPointer: object } {
  const { frame } = drawing;
  const line = { color: frame.theme.muted, width: 1, type: 'solid' };
  return {
    tooltip: { ...tooltipLook(frame), trigger: 'axis', formatter: (params: unknown) => tooltipText(drawing, params) },
    axisPointer: { show: true, type: 'line', lineStyle: line, label: { show: false }, triggerTooltip: true },
  };
}

/** What the chart says at one sale, as HTML. `params` is what ECharts passes to the formatter of an axis. */
function tooltipText(drawing: Drawing, params: unknown): string {
  const sale = axisValueOf(params);
  return sale === undefined ? '' : responseAt(drawing, sale).map((line) => escapeHtml(line)).join('<br>');
}

function responseAt({ figures, words }: Drawing, sale: number): readonly string[] {
  const { bestPrice } = figures;
  const central = priceAfter(figures.central, bestPrice, sale);
  const low = priceAfter(figures.pessimistic, bestPrice, sale);
  const high = priceAfter(figures.optimistic, bestPrice, sale);
  const calm = priceAfter(figures.withoutForced, bestPrice, sale);
  const band = low === undefined || high === undefined ? '' : ` (${formatPriceBand(low, high)})`;
  const passed = figures.tipping.filter(({ saleUsd }) => saleUsd < sale).at(-1);
  return [
    words.sale(formatUsd(sale)),
    central === undefined ? words.priceEndsBelow(formatPrice(lastFall(figures)[0]?.[1] ?? figures.central.at(-1)?.price ?? bestPrice)) : `${words.priceEndsAt(formatPrice(central))}${band}, ${formatMove(central / bestPrice - 1)}`,
    ...(calm === undefined ? [] : [`${words.withoutForced}: ${formatPrice(calm)}`]),
    ...(passed === undefined ? [] : [words.pastTipping(formatUsd(passed.saleUsd), formatPrice(passed.from), formatPrice(passed.to))]),
  ];
}

function mutable(points: readonly Point[]): number[][] {
  return points.map(([a, b]) => [a, b]);
}
