import type { AssetTimeline, Language, Severity } from '@breakwater/contracts';
import { formatPrice, formatUsd, formatUsdBand, formatUtcMinute, phrasesOf } from '@breakwater/contracts';
import type { YAXisComponentOption } from 'echarts';
import { compactBelow, type ChartOption, type ChartOptions } from './chart.ts';
import { dateAndMinute, dateOf } from './dates.ts';
import { escapeHtml } from './escape.ts';
import { axisLook, emptyChart, frameOf, tooltipLook, type Frame, type FrameContent, type LegendIcon } from './frame.ts';
import { axisValueOf } from './params.ts';
import { endsRound, fromZero, priceScale } from './scale.ts';
import { depositSeries, depositStrip } from './timeline-deposits.ts';
import { plainLine, timelineAxes, type TimelineDrawing, type TimelineSeries } from './timeline-drawing.ts';
import { timelineFigures, type Moment, type TimelineFigures } from './timeline-figures.ts';
import { flagSeries, flagsHeight, placedFlags, severities } from './timeline-flags.ts';
import { timelineTitle } from './titles.ts';
import { wordsOf } from './words.ts';

const legendShapes = { watch: 'diamond', warning: 'square', critical: 'triangle' } as const satisfies Readonly<Record<Severity, LegendIcon>>;
/** Height of the slider that zooms, px, with its distance. */
const slider = { height: 18, gap: 8 } as const;
/** Room around the plot for axes, px. */
const axes = { left: 58, right: 58, bottom: 40 } as const;

/** How much of the height under the flags the price takes from above and the dollars from below, so that their lines rarely cross. */
const shares = { price: 0.5, dollars: 0.62 } as const;
/** How far beyond the highest threshold the dollar axis may reach for a deposit, in thresholds: a larger one would flatten the fall of the threshold. */
const depositReach = 2.5;

/** The group in which charts of one asset share a cursor over time: set it as `chart.group` and call `connect(group)` of ECharts. */
export function timeCursorGroup(asset: string): string {
  return `time:${asset}`;
}

/**
 * What happened to an asset over a window: its price; the ignition threshold on an axis of dollars scaled to it, from which a wide band runs out; warnings as flags
 * with their word and shape; deposits as needles on the axis of dollars, so that one that reaches the threshold is seen to, and as circles on a strip under it. In a
 * page: zoom (Ctrl and wheel, pinch, slider) and pan. Says why where there is nothing. O(n log n).
 */
export function timelineChart(timeline: AssetTimeline, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = wordsOf(language);
  const title = timelineTitle(timeline, language);
  const subtitle = words.span(dateAndMinute(timeline.from), dateAndMinute(timeline.to));
  const figures = timelineFigures(timeline);
  const known = figures.moments.filter(({ price, ignition }) => price !== undefined || ignition !== undefined);
  if (known.length + figures.flags.length + figures.deposits.length === 0) return emptyChart(title, subtitle, words.noTimeline(timeline.asset), options);

  const thresholdName = words.threshold(options.audience ?? 'committee');
  const zoomed = options.target === 'page' && options.width >= compactBelow;
  const phrases = phrasesOf(language);
  const [reach, top] = [mostDollars(figures), highest(figures)];
  const legend: FrameContent['legend'] = [
    { name: words.price, icon: 'line' }, { name: thresholdName, icon: 'area', text: top > reach ? words.bandBeyond(thresholdName, formatUsd(top)) : thresholdName },
    ...(figures.deposits.length === 0 ? [] : [{ name: words.transfers, icon: 'circle' } as const]),
    ...severities.filter((severity) => figures.flags.some(({ warning }) => warning.severity === severity)).map((severity) => ({ name: phrases.severity[severity], icon: legendShapes[severity] })),
  ];
  const whole = frameOf({ title, subtitle, legend, axes: { ...axes, bottom: axes.bottom + (zoomed ? slider.height + slider.gap : 0) } }, options);
  const strip = depositStrip(figures, whole, words);
  const frame: Frame = { ...whole, plot: { ...whole.plot, height: whole.plot.height - (strip?.height ?? 0) } };
  const flags = placedFlags(figures, frame, language);
  const headroom = Math.min(0.6, Math.max(0.06, flagsHeight(flags) / frame.plot.height));
  const count = Math.max(3, frame.plot.height / 50);
  const prices = known.map(({ price }) => price).filter((price) => price !== undefined);
  const price = priceScale(Math.min(...prices), Math.max(...prices), headroom, count, shares.price);
  const dollars = fromZero(reach / (1 - headroom), count);
  const drawing: TimelineDrawing = { timeline, figures, frame, options, language, words, thresholdName, flags, strip, price, dollars };
  return {
    ...frame.base, ...axesOf(drawing),
    tooltip: options.target === 'page' ? { ...tooltipLook(frame), trigger: 'axis', formatter: (params: unknown) => momentHtml(drawing, params) } : { show: false },
    axisPointer: { link: [{ xAxisId: ['time', 'time-deposits'] }], lineStyle: { color: frame.theme.muted, width: 1, type: 'solid' }, label: { show: false } },
    ...(options.target === 'page' ? { dataZoom: zoomOf(drawing, zoomed) } : {}),
    series: [...thresholdSeries(drawing), priceSeries(drawing), ...depositSeries(drawing), ...flagSeries(drawing)],
  };
}

/** How far the axis of dollars reaches under the flags: the highest threshold with room above it, and the largest deposit unless that is far larger. The band may run out. */
function mostDollars({ moments, deposits }: TimelineFigures): number {
  const threshold = Math.max(0, ...moments.map(({ ignition }) => ignition ?? 0));
  const deposit = Math.max(0, ...deposits.map(({ usd }) => usd ?? 0)) * 1.03;
  if (threshold > 0) return Math.max(threshold / shares.dollars, Math.min(deposit, depositReach * threshold));
  return deposit > 0 ? deposit / shares.dollars : Math.max(0, ...moments.map(({ high }) => high ?? 0)) || 1;
}

/** The highest that the band comes, US dollars. */
function highest({ moments }: TimelineFigures): number {
  return Math.max(0, ...moments.map(({ high }) => high ?? 0));
}

function axesOf({ timeline, figures, frame, words, strip, price, dollars }: TimelineDrawing): Pick<ChartOption, 'grid' | 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  const { ink, muted, accent, faint } = frame.theme;
  const { left, top, width, height } = frame.plot;
  const value = { type: 'value', ...look.atLeft, axisPointer: { show: false } } as const;
  const time = { type: 'time', min: figures.from, max: figures.to, splitLine: { show: false }, splitNumber: Math.max(2, Math.floor(width / 90)) } as const;
  const labelled = {
    ...time, ...look.under, axisTick: { show: true, lineStyle: { color: muted } }, name: words.time,
    axisLabel: { ...look.label, hideOverlap: true, formatter: timeLabel },
  } as const;
  const main = { left, top, width, height, outerBoundsMode: 'none' } as const;
  const lines: readonly YAXisComponentOption[] = [
    { ...value, ...price, name: words.pricePer(timeline.asset), nameTextStyle: { ...look.atLeft.nameTextStyle, color: ink }, axisLabel: { ...look.label, color: ink, showMaxLabel: false, formatter: formatPrice } },
    { ...value, ...dollars, position: 'right', name: words.dollars, nameTextStyle: { ...look.label, color: accent, align: 'right', padding: [0, 10 - axes.right, 0, 0] }, splitLine: { show: false }, axisLabel: { ...look.label, color: accent, showMaxLabel: endsRound(dollars), formatter: formatUsd } },
    { type: 'value', show: false, min: 0, max: height, axisPointer: { show: false } },
  ];
  if (strip === undefined) return { grid: main, xAxis: { id: 'time', ...labelled }, yAxis: [...lines] };
  // The strip names itself in the margin, at the height of its circles.
  const strips: YAXisComponentOption = { type: 'value', gridIndex: 1, min: 0, max: strip.height, axisLine: look.noLine, axisTick: look.noLine, splitLine: look.noLine, axisPointer: { show: false }, axisLabel: { ...look.label, margin: 6, customValues: [strip.radius], formatter: () => words.depositsShort } };
  return {
    grid: [main, { ...main, top: top + height, height: strip.height }],
    xAxis: [{ id: 'time', ...time, axisLine: { show: true, onZero: false, lineStyle: { color: faint, width: 1 } }, axisTick: look.noLine, axisLabel: { show: false } }, { id: 'time-deposits', gridIndex: 1, ...labelled }],
    yAxis: [...lines, strips],
  };
}

/** Hours and minutes; the month and day at midnight. The axis says once that they are UTC. */
function timeLabel(at: number): string {
  return at % 86_400_000 === 0 ? dateOf(at).slice(5) : formatUtcMinute(at).slice(0, 5);
}

function zoomOf({ frame, options, strip }: TimelineDrawing, withSlider: boolean): object[] {
  const xAxisIndex = strip === undefined ? [0] : [0, 1];
  // The wheel alone scrolls the page; so does a finger that moves up or down.
  const inside = { type: 'inside', xAxisIndex, filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, preventDefaultMouseMove: false };
  if (!withSlider) return [inside];
  const { muted, faint, accent, bandOpacity } = frame.theme;
  const top = frame.plot.top + frame.plot.height + (strip?.height ?? 0) + axes.bottom + slider.gap / 2;
  return [inside, {
    type: 'slider', xAxisIndex, filterMode: 'none', top, left: frame.plot.left, right: options.width - frame.plot.left - frame.plot.width, height: slider.height, brushSelect: false, showDataShadow: false,
    borderColor: faint, backgroundColor: 'transparent', fillerColor: faint, handleStyle: { color: accent, borderColor: accent, opacity: 1 }, moveHandleSize: 0, handleSize: '80%',
    dataBackground: { areaStyle: { opacity: bandOpacity } }, textStyle: { color: muted, fontFamily: frame.font, fontSize: frame.sizes.text }, labelFormatter: (at: number) => formatUtcMinute(at),
  }];
}

function points(moments: readonly Moment[], value: (moment: Moment) => number | undefined): (number | '-')[][] {
  return moments.map((moment) => [moment.time, value(moment) ?? '-']);
}

function priceSeries({ figures, frame, words }: TimelineDrawing): TimelineSeries {
  return { ...plainLine, name: words.price, yAxisIndex: timelineAxes.price, z: 4, data: points(figures.moments, ({ price }) => price), lineStyle: { color: frame.theme.ink, width: 1.6 }, itemStyle: { color: frame.theme.ink } };
}

/** The band as an area between its ends, and the central value as a line; one entry of the legend for the three. */
function thresholdSeries({ figures, frame, thresholdName }: TimelineDrawing): readonly TimelineSeries[] {
  const { accent, bandOpacity } = frame.theme;
  const common = { ...plainLine, name: thresholdName, yAxisIndex: timelineAxes.dollars, silent: true } as const;
  const band = { ...common, stack: 'threshold', stackStrategy: 'all', lineStyle: { width: 0 }, itemStyle: { color: accent, opacity: bandOpacity }, z: 1 } as const;
  return [
    { ...band, data: points(figures.moments, ({ low }) => low) },
    { ...band, data: points(figures.moments, ({ low, high }) => (low === undefined || high === undefined ? undefined : high - low)), areaStyle: { color: accent, opacity: bandOpacity } },
    { ...common, data: points(figures.moments, ({ ignition }) => ignition), lineStyle: { color: accent, width: 1.6 }, itemStyle: { color: accent }, z: 3 },
  ];
}

/** The figures at the moment nearest to the cursor, as HTML. */
function momentHtml({ figures, words, thresholdName }: TimelineDrawing, params: unknown): string {
  const at = axisValueOf(params);
  const moment = at === undefined ? undefined : nearest(figures.moments, at);
  if (moment === undefined) return '';
  const { price, ignition, low, high } = moment;
  const band = ignition === undefined || low === undefined || high === undefined || low === high ? '' : ` (${formatUsdBand(ignition, low, high)})`;
  const lines = [
    dateAndMinute(moment.time), `${words.price} ${price === undefined ? words.notKnown : formatPrice(price)}`,
    `${thresholdName} ${ignition === undefined ? words.notKnown : formatUsd(ignition)}${band}`,
  ];
  return lines.map((line) => escapeHtml(line)).join('<br>');
}

function nearest(moments: readonly Moment[], at: number): Moment | undefined {
  let best: Moment | undefined;
  for (const moment of moments) if (best === undefined || Math.abs(moment.time - at) <= Math.abs(best.time - at)) best = moment;
  return best;
}
