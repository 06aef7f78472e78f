import type { AssetTimeline, Language, Severity } from '@breakwater/contracts';
import { formatDuration, formatPrice, formatUsd, formatUsdBand, formatUtcMinute, phrasesOf } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import { compactBelow, type ChartOption, type ChartOptions } from './chart.ts';
import { dateAndMinute, dateOf } from './dates.ts';
import { escapeHtml } from './escape.ts';
import { axisValueOf, dataIndexOf } from './params.ts';
import { axisLook, emptyChart, frameOf, tooltipLook, type Frame, type FrameContent, type LegendIcon } from './frame.ts';
import { assignLanes } from './layout.ts';
import { fromZero, endsRound, priceScale, type Scale } from './scale.ts';
import { textWidth } from './text-width.ts';
import { severityShapes } from './theme.ts';
import { timelineFigures, type Deposit, type Flag, type Moment, type TimelineFigures } from './timeline-figures.ts';
import { depositText, flagText, flagWord } from './timeline-words.ts';
import { wordsOf, type ChartWords } from './words.ts';

/** Everything the parts of the chart are built from. */
interface Drawing {
  readonly timeline: AssetTimeline;
  readonly figures: TimelineFigures;
  readonly frame: Frame;
  readonly options: ChartOptions;
  readonly language: Language;
  readonly words: ChartWords;
  readonly thresholdName: string;
  readonly flags: readonly PlacedFlag[];
  readonly price: Scale;
  readonly dollars: Scale;
}

/** A flag with its row, counted from the top; no word where no row has room for one. */
interface PlacedFlag extends Flag {
  readonly lane: number;
  readonly word: string;
  readonly side: 'left' | 'right';
}

type Series = LineSeriesOption | ScatterSeriesOption;

const severities: readonly Severity[] = ['watch', 'warning', 'critical'];
const legendShapes = { watch: 'diamond', warning: 'square', critical: 'triangle' } as const satisfies Readonly<Record<Severity, LegendIcon>>;
/** Rows of flags over the figures, and the height of one, px. */
const lanes = { count: 3, height: 16 } as const;
/** Height of the slider that zooms, px, with its distance. */
const slider = { height: 18, gap: 8 } as const;

/** How much of the height under the flags the price takes from above and the dollars from below, so that their lines rarely cross. */
const shares = { price: 0.5, dollars: 0.62 } as const;

/** The group in which charts of one asset share a cursor over time: set it as `chart.group` and call `connect(group)` of ECharts. */
export function timeCursorGroup(asset: string): string {
  return `time:${asset}`;
}

/** The question a timeline answers. */
export function timelineTitle(timeline: Pick<AssetTimeline, 'asset' | 'from' | 'to'>, language: Language = 'en'): string {
  return wordsOf(language).timelineTitle(timeline.asset, formatDuration(timeline.to - timeline.from));
}

/**
 * What happened to an asset over a window: its price, the ignition threshold with its band on an axis of dollars, warnings as flags with their word and
 * shape, and deposits as circles on the dollar axis, so that one that reaches the threshold is seen to. In a page: zoom (Ctrl and wheel, pinch, slider)
 * and pan. Says why where there is nothing. O(n log n).
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
  const legend: FrameContent['legend'] = [
    { name: words.price, icon: 'line' }, { name: thresholdName, icon: 'area' },
    ...(figures.deposits.length === 0 ? [] : [{ name: words.transfers, icon: 'circle' } as const]),
    ...severities.filter((severity) => figures.flags.some(({ warning }) => warning.severity === severity)).map((severity) => ({ name: phrases.severity[severity], icon: legendShapes[severity] })),
  ];
  const frame = frameOf({ title, subtitle, legend, axes: { left: 58, right: 58, bottom: 40 + (zoomed ? slider.height + slider.gap : 0) } }, options);
  const flags = placed(figures, frame, language);
  const rows = flags.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const headroom = Math.max(0.06, (rows * lanes.height + 8) / frame.plot.height);
  const count = Math.max(3, frame.plot.height / 50);
  const prices = known.map(({ price }) => price).filter((price) => price !== undefined);
  const price = priceScale(Math.min(...prices), Math.max(...prices), headroom, count, shares.price);
  const dollars = fromZero(mostDollars(figures) / shares.dollars / (1 - Math.min(0.6, headroom)), count);
  const drawing: Drawing = { timeline, figures, frame, options, language, words, thresholdName, flags, price, dollars };
  return {
    ...frame.base, ...axesOf(drawing),
    tooltip: options.target === 'page' ? { ...tooltipLook(frame), trigger: 'axis', formatter: (params: unknown) => momentHtml(drawing, params) } : { show: false },
    axisPointer: { link: [{ xAxisId: ['time'] }], lineStyle: { color: frame.theme.muted, width: 1, type: 'solid' }, label: { show: false } },
    ...(options.target === 'page' ? { dataZoom: zoomOf(drawing, zoomed) } : {}),
    series: [...thresholdSeries(drawing), priceSeries(drawing), ...depositSeries(drawing), ...flagSeries(drawing)],
  };
}

/** The dollar axis reaches the highest threshold and the largest deposit; of a band far above them only what is near. */
function mostDollars({ moments, deposits }: TimelineFigures): number {
  const centre = Math.max(0, ...moments.map(({ ignition }) => ignition ?? 0), ...deposits.map(({ usd }) => usd ?? 0));
  const band = Math.max(0, ...moments.map(({ high }) => high ?? 0));
  return centre > 0 ? Math.max(centre, Math.min(band, 2 * centre)) * 1.03 : band > 0 ? band : 1;
}

function axesOf({ timeline, figures, frame, words, price, dollars }: Drawing): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  const { ink, muted, accent } = frame.theme;
  const value = { type: 'value', axisLine: look.noLine, axisTick: look.noLine, axisPointer: { show: false }, nameLocation: 'end', nameGap: 8 } as const;
  return {
    xAxis: {
      id: 'time', type: 'time', min: figures.from, max: figures.to, axisLine: look.line, axisTick: { show: true, lineStyle: { color: muted } }, splitLine: { show: false },
      name: words.time, nameLocation: 'middle', nameGap: 24, nameTextStyle: look.label,
      splitNumber: Math.max(2, Math.floor(frame.plot.width / 90)), axisLabel: { ...look.label, hideOverlap: true, formatter: timeLabel },
    },
    yAxis: [
      { ...value, ...price, name: words.pricePer(timeline.asset), nameTextStyle: { ...look.label, color: ink, align: 'left', padding: [0, 0, 0, 10 - frame.plot.left] }, splitLine: look.guides, axisLabel: { ...look.label, color: ink, showMaxLabel: false, formatter: formatPrice } },
      { ...value, ...dollars, position: 'right', name: words.dollars, nameTextStyle: { ...look.label, color: accent, align: 'right', padding: [0, 10 - 58, 0, 0] }, splitLine: { show: false }, axisLabel: { ...look.label, color: accent, showMaxLabel: endsRound(dollars), formatter: formatUsd } },
      { type: 'value', show: false, min: 0, max: frame.plot.height, axisPointer: { show: false } },
    ],
  };
}

/** Hours and minutes; the month and day at midnight. The axis says once that they are UTC. */
function timeLabel(at: number): string {
  return at % 86_400_000 === 0 ? dateOf(at).slice(5) : formatUtcMinute(at).slice(0, 5);
}

function zoomOf({ frame, options }: Drawing, withSlider: boolean): object[] {
  // The wheel alone scrolls the page; so does a finger that moves up or down.
  const inside = { type: 'inside', xAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, preventDefaultMouseMove: false };
  if (!withSlider) return [inside];
  const { muted, faint, accent, bandOpacity } = frame.theme;
  const top = frame.plot.top + frame.plot.height + 40 + slider.gap / 2;
  return [inside, {
    type: 'slider', xAxisIndex: 0, filterMode: 'none', top, left: frame.plot.left, right: options.width - frame.plot.left - frame.plot.width, height: slider.height, brushSelect: false, showDataShadow: false,
    borderColor: faint, backgroundColor: 'transparent', fillerColor: faint, handleStyle: { color: accent, borderColor: accent, opacity: 1 }, moveHandleSize: 0, handleSize: '80%',
    dataBackground: { areaStyle: { opacity: bandOpacity } }, textStyle: { color: muted, fontFamily: frame.font, fontSize: frame.sizes.text }, labelFormatter: (at: number) => formatUtcMinute(at),
  }];
}

const plainLine = { type: 'line', showSymbol: false, symbol: 'none', emphasis: { disabled: true }, connectNulls: false } as const;

function points(moments: readonly Moment[], value: (moment: Moment) => number | undefined): (number | '-')[][] {
  return moments.map((moment) => [moment.time, value(moment) ?? '-']);
}

function priceSeries({ figures, frame, words }: Drawing): Series {
  return { ...plainLine, name: words.price, yAxisIndex: 0, z: 4, data: points(figures.moments, ({ price }) => price), lineStyle: { color: frame.theme.ink, width: 1.6 }, itemStyle: { color: frame.theme.ink } };
}

/** The band as an area between its ends, and the central value as a line; one entry of the legend for the three. */
function thresholdSeries({ figures, frame, thresholdName }: Drawing): readonly Series[] {
  const { accent, bandOpacity } = frame.theme;
  const common = { ...plainLine, name: thresholdName, yAxisIndex: 1, silent: true } as const;
  const band = { ...common, stack: 'threshold', stackStrategy: 'all', lineStyle: { width: 0 }, itemStyle: { color: accent, opacity: bandOpacity }, z: 1 } as const;
  return [
    { ...band, data: points(figures.moments, ({ low }) => low) },
    { ...band, data: points(figures.moments, ({ low, high }) => (low === undefined || high === undefined ? undefined : high - low)), areaStyle: { color: accent, opacity: bandOpacity } },
    { ...common, data: points(figures.moments, ({ ignition }) => ignition), lineStyle: { color: accent, width: 1.6 }, itemStyle: { color: accent }, z: 3 },
  ];
}

/** Deposits stand at their amount on the dollar axis; the area of a circle is its amount too. The largest one is labelled. */
function depositSeries({ figures, frame, options, language, words, dollars }: Drawing): readonly Series[] {
  if (figures.deposits.length === 0) return [];
  const { accent, background, ink } = frame.theme;
  const most = Math.max(0, ...figures.deposits.map(({ usd }) => usd ?? 0));
  const largest = figures.deposits.find(({ usd }) => usd !== undefined && usd > 0 && usd === most);
  const size = (usd: number | undefined): number => (usd === undefined || most === 0 ? 5 : Math.max(5, (frame.compact ? 18 : 26) * Math.sqrt(usd / most)));
  const at = (deposit: Deposit): number => (deposit.time - figures.from) / (figures.to - figures.from);
  return [{
    type: 'scatter', name: words.transfers, yAxisIndex: 1, z: 5, emphasis: { disabled: true }, itemStyle: { color: seeThrough(accent), opacity: 1, borderColor: accent, borderWidth: 1 },
    data: figures.deposits.map((deposit) => ({
      value: [deposit.time, deposit.usd ?? dollars.min], symbolSize: size(deposit.usd),
      ...(deposit === largest ? { label: { show: true, position: 'top', distance: 3, align: at(deposit) > 0.94 ? 'right' : at(deposit) < 0.06 ? 'left' : 'center', formatter: formatUsd(most), color: ink, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: background, textBorderWidth: 3 } } : {}),
    })),
    tooltip: options.target === 'page' ? { trigger: 'item', formatter: (params: unknown) => itemHtml(figures.deposits, params, ({ transfer }) => depositText(transfer, language)) } : { show: false },
  }];
}

/** A colour of a theme at half opacity, so that what lies behind is seen: opacity of the item would fade its label too. */
function seeThrough(colour: string): string {
  return `${colour}80`;
}

/** One series a severity, so that the legend explains its shape and toggles it. A flag that is not firing is hollow. */
function flagSeries({ frame, options, language, flags }: Drawing): readonly Series[] {
  const { theme, plot, sizes, font } = frame;
  const phrases = phrasesOf(language);
  const height = (lane: number): number => plot.height - 8 - lane * lanes.height;
  return severities.flatMap((severity): readonly Series[] => {
    const own = flags.filter(({ warning }) => warning.severity === severity);
    if (own.length === 0) return [];
    const colour = theme.severity[severity];
    const { symbol } = severityShapes[severity];
    const name = phrases.severity[severity];
    return [
      { ...plainLine, name, yAxisIndex: 2, z: 2, silent: true, data: own.flatMap(({ time, lane }) => [[time, 0], [time, height(lane)], [time, '-']]), lineStyle: { color: colour, width: 1, opacity: 0.6 }, itemStyle: { color: colour } },
      {
        type: 'scatter', name, yAxisIndex: 2, z: 6, symbol, symbolSize: 10, emphasis: { disabled: true }, itemStyle: { color: colour, opacity: 1 },
        data: own.map(({ time, lane, word, side, warning }) => ({
          value: [time, height(lane)],
          itemStyle: warning.state === 'firing' ? { color: colour } : { color: theme.background, borderColor: colour, borderWidth: 1.5 },
          label: { show: word !== '', position: side, distance: 3, formatter: () => word, color: colour, fontFamily: font, fontSize: sizes.text, textBorderColor: theme.background, textBorderWidth: 3 },
        })),
        tooltip: options.target === 'page' ? { trigger: 'item', formatter: (params: unknown) => itemHtml(own, params, ({ warning }) => flagText(warning, language)) } : { show: false },
      },
    ];
  });
}

/** Gives each flag a row and a side of its word, so that no word covers another, the worst first. Where no row has room the shape stands alone in the last one. */
function placed({ from, to, flags }: TimelineFigures, frame: Frame, language: Language): readonly PlacedFlag[] {
  const { plot, sizes } = frame;
  const drafts = flags.map((flag) => {
    const word = flagWord(flag.warning, language);
    const x = ((flag.time - from) / (to - from)) * plot.width;
    const reach = 8 + textWidth(word, sizes.text);
    const side = x + reach > plot.width ? ('left' as const) : ('right' as const);
    return { flag, word, side, span: side === 'right' ? { from: x - 6, to: x + reach + 6 } : { from: x - reach - 6, to: x + 6 } };
  });
  const worstFirst = [...drafts].sort((a, b) => severities.indexOf(b.flag.warning.severity) - severities.indexOf(a.flag.warning.severity));
  const found = assignLanes(worstFirst.map(({ span }) => span), lanes.count);
  const laneOf = new Map(worstFirst.map(({ flag }, i) => [flag, found[i] ?? null]));
  return drafts.map(({ flag, word, side }) => {
    const lane = laneOf.get(flag) ?? null;
    return { ...flag, side, lane: lane ?? lanes.count - 1, word: lane === null ? '' : word };
  });
}

/** The figures at the moment nearest to the cursor, as HTML. */
function momentHtml({ figures, words, thresholdName }: Drawing, params: unknown): string {
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

function itemHtml<T>(items: readonly T[], params: unknown, text: (item: T) => readonly string[]): string {
  const index = dataIndexOf(params);
  const item = index === undefined ? undefined : items[index];
  return item === undefined ? '' : text(item).map((line) => escapeHtml(line)).join('<br>');
}
