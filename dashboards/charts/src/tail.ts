import type { Language } from '@breakwater/contracts';
import { formatDuration, formatShare } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { TooltipComponentOption } from 'echarts/components';
import { boxAround, isInside, touches, type Box } from './boxes.ts';
import type { ChartOption, ChartOptions } from './chart.ts';
import { dateAndTime } from './dates.ts';
import { escapeHtml, labelText } from './escape.ts';
import { axisLook, emptyChart, frameOf, tooltipLook, type Frame, type FrameContent } from './frame.ts';
import { lossTick, oddsText } from './odds.ts';
import { axisValueOf } from './params.ts';
import { riskWordsOf, type RiskWords } from './risk-words.ts';
import { probabilityAt, tailFigures, type LossPoint, type TailDrawing, type TailInput, type TailMark } from './tail-figures.ts';
import { tailTitle } from './titles.ts';
import { textWidth } from './text-width.ts';

type Series = LineSeriesOption | ScatterSeriesOption;

/** Room around the plot, px. */
const axes = { left: 90, right: 18, bottom: 40 } as const;
/** Labels of the axes: falls, and probabilities as one in so many. */
const lossLabels = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1] as const;
const cursorStops = 120;

/** Logarithmic axes in powers of ten: ECharts labels a plain axis wherever it is told to, a logarithmic one only at powers. */
interface LogScale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

interface Drawing {
  readonly figures: TailDrawing;
  readonly frame: Frame;
  readonly words: RiskWords;
  readonly x: LogScale;
  readonly y: LogScale;
}

/**
 * How probable a larger fall than each is, on logarithmic axes: from past prices, and with the forced sales that such falls would set off; value at risk, expected shortfall and cascade expected
 * shortfall as named marks with their bands; the largest falls seen. Says why where there is nothing. O(points).
 */
export function tailChart(input: TailInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = riskWordsOf(language);
  const title = tailTitle(input, language);
  const moment = `${labelText(input.asset)} · ${dateAndTime(input.eventTime)}`;
  const figures = tailFigures(input, language);
  if (figures.kind === 'empty') return emptyChart(title, moment, figures.why, options);

  const { tail, forced, observed } = figures;
  const horizon = formatDuration(tail.horizonSeconds * 1_000);
  const legend: FrameContent['legend'] = [
    { name: words.withoutForced, icon: 'dashed' }, ...(forced === undefined ? [] : [{ name: words.withForced, icon: 'line' } as const]), ...(observed.length === 0 ? [] : [{ name: words.observed, icon: 'circle' } as const]),
    ...figures.marks.map(({ kind }) => ({ name: nameOf(kind, words), icon: shapes[kind].icon })),
  ];
  const note = [...(tail.tailIndex?.meanIdentified === false ? [words.noMean] : []), ...(tail.cascadeExpectedShortfall === null ? [words.noForced] : [])].join(' ');
  const bars = String(tail.observations).replace(/\B(?=(\d{3})+$)/g, ',');
  const frame = frameOf({ title, subtitle: `${moment} · ${words.basis(bars, formatDuration(tail.barSeconds * 1_000))}`, ...(note === '' ? {} : { note }), legend, axes }, options);
  const drawing: Drawing = { figures, frame, words, x: lossScale(figures, frame), y: probabilityScale(figures, frame) };
  const page = options.target === 'page';
  return {
    ...frame.base, ...axesOf(drawing, horizon, page), tooltip: page ? tooltipOf(drawing) : { show: false },
    series: [
      lineOf(words.withoutForced, figures.curve, { color: frame.theme.muted, width: 1.5, type: 'dashed' }), ...(forced === undefined ? [] : [lineOf(words.withForced, forced, { color: frame.theme.accent, width: 2.5, type: 'solid' })]),
      ...observedSeries(drawing), ...markSeries(drawing), ...(page ? [cursorSeries(drawing)] : []),
    ],
  };
}

const shapes = {
  'value-at-risk': { symbol: 'rect', icon: 'square' }, shortfall: { symbol: 'diamond', icon: 'diamond' }, cascade: { symbol: 'triangle', icon: 'triangle' },
} as const satisfies Readonly<Record<TailMark['kind'], object>>;

function nameOf(kind: TailMark['kind'], words: RiskWords): string {
  return { 'value-at-risk': words.valueAtRisk, shortfall: words.shortfall, cascade: words.cascade }[kind];
}

/** Falls from the least that is drawn to the largest, at least a factor of ten. */
function lossScale({ curve, forced = [], observed, marks }: TailDrawing, frame: Frame): LogScale {
  const all = [...curve, ...forced, ...observed].map(({ loss }) => loss).concat(marks.flatMap(({ low, high }) => [low, high]));
  const max = Math.min(0, Math.log10(Math.max(...all)) + 0.02);
  const min = Math.min(Math.log10(Math.min(...all)), max - 1);
  const inside = lossLabels.filter((label) => Math.log10(label) >= min - 1e-9 && Math.log10(label) <= max + 1e-9);
  const fits = inside.length * 48 <= frame.plot.width ? inside : inside.filter((label) => /^[15]/.test(label.toExponential(0)));
  const sparse = fits.length * 48 <= frame.plot.width ? fits : fits.filter((label) => label.toExponential(0).startsWith('1'));
  return { min, max, ticks: clearOf(sparse, (label) => ((Math.log10(label) - min) / (max - min)) * frame.plot.width, frame).map((label) => Math.log10(label)) };
}

/** Labels that stand clear of one another, the largest kept first; one at the edge of the plot ends there and takes its room to the left. */
function clearOf(labels: readonly number[], x: (label: number) => number, { plot, sizes }: Frame): readonly number[] {
  const spanOf = (label: number): { readonly left: number; readonly right: number } => {
    const width = textWidth(lossTick(label), sizes.text);
    const right = Math.min(x(label) + width / 2, Math.max(plot.width, x(label)));
    return { left: right - width, right };
  };
  return labels.reduceRight<readonly number[]>((kept, label) => (kept[0] === undefined || spanOf(label).right + 6 <= spanOf(kept[0]).left ? [label, ...kept] : kept), []);
}

/** Probabilities from the least that is drawn to the highest, at powers of ten. */
function probabilityScale({ curve, forced = [], observed, marks }: TailDrawing, frame: Frame): LogScale {
  const all = [...curve, ...forced, ...observed, ...marks].map(({ probability }) => Math.log10(probability));
  const max = Math.min(0, Math.max(...all) + 0.1);
  const min = Math.min(Math.min(...all), max - 1) - 0.1;
  const every = Math.max(1, Math.ceil((max - min) / (frame.plot.height / 24)));
  const ticks: number[] = [];
  for (let power = Math.floor(max); power >= min; power -= every) ticks.push(power);
  return { min, max, ticks };
}

function axesOf({ frame, words, x, y }: Drawing, horizon: string, page: boolean): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  return {
    xAxis: {
      type: 'value', min: x.min, max: x.max, name: words.lossAxis(horizon), ...look.under,
      axisTick: { show: true, customValues: [...x.ticks], lineStyle: { color: frame.theme.muted } }, axisLabel: { ...look.label, customValues: [...x.ticks], ...((x.ticks.at(-1) ?? -Infinity) > x.max - 0.02 * (x.max - x.min) ? { alignMaxLabel: 'right' as const } : {}), formatter: (power: number) => lossTick(10 ** Math.min(0, power)) },
      axisPointer: page ? { show: true, type: 'line', lineStyle: { color: frame.theme.muted, width: 1, type: 'solid' }, label: { show: false }, triggerTooltip: true } : { show: false },
    },
    yAxis: {
      type: 'value', min: y.min, max: y.max, name: words.probabilityAxis, ...look.atLeft,
      // A fall of all has the logarithm zero, where the axis would else stand.
      axisLine: { ...look.noLine, onZero: false }, axisTick: { show: false, customValues: [...y.ticks] }, axisPointer: { show: false },
      axisLabel: { ...look.label, customValues: [...y.ticks], formatter: (power: number) => oddsText(10 ** Math.max(-9, Math.min(0, power)), words) },
    },
  };
}

const logged = ({ loss, probability }: LossPoint): number[] => [Math.log10(loss), Math.log10(probability)];
const quiet = { silent: true, emphasis: { disabled: true } } as const;

function lineOf(name: string, points: readonly LossPoint[], lineStyle: { readonly color: string; readonly width: number; readonly type: 'solid' | 'dashed' }): Series {
  return { type: 'line', name, ...quiet, showSymbol: false, symbol: 'none', data: points.map(logged), lineStyle, itemStyle: { color: lineStyle.color }, z: 3 };
}

function observedSeries({ figures: { observed }, frame, words }: Drawing): readonly Series[] {
  if (observed.length === 0) return [];
  return [{ type: 'scatter', name: words.observed, ...quiet, symbol: 'circle', symbolSize: 6, itemStyle: { color: frame.theme.background, borderColor: frame.theme.ink, borderWidth: 1.2, opacity: 1 }, data: observed.map(logged), z: 4 }];
}

/** Each figure as a shape on its curve, its band as a line through it, its name and value beside it where nothing else is written. */
function markSeries(drawing: Drawing): readonly Series[] {
  const { figures, frame, words } = drawing;
  const { ink, background } = frame.theme;
  const text = { color: ink, fontFamily: frame.font, fontSize: frame.sizes.text, fontWeight: 'bold', backgroundColor: background } as const;
  const labels = placedLabels(drawing);
  return figures.marks.flatMap((mark, i): readonly Series[] => {
    const name = nameOf(mark.kind, words);
    const at = Math.log10(mark.probability);
    const label = labels[i];
    return [
      { type: 'line', name, ...quiet, showSymbol: false, symbol: 'none', data: [[Math.log10(mark.low), at], [Math.log10(mark.high), at]], lineStyle: { color: ink, width: 1.5 }, itemStyle: { color: ink }, z: 5 },
      { type: 'scatter', name, ...quiet, symbol: shapes[mark.kind].symbol, symbolSize: 11, itemStyle: { color: background, borderColor: ink, borderWidth: 2, opacity: 1 }, data: [[Math.log10(mark.loss), at]], z: 6 },
      ...(label === undefined ? [] : [{
        type: 'scatter', name, ...quiet, symbolSize: 0.1, itemStyle: { color: 'transparent', borderWidth: 0, opacity: 1 }, z: 7,
        data: [{ value: [label.x, label.y], label: { ...text, show: true, position: 'inside', formatter: () => label.text } }],
      } satisfies Series]),
    ];
  });
}

interface PlacedLabel {
  readonly text: string;
  /** Its middle, in powers of ten. */
  readonly x: number;
  readonly y: number;
}

/** Where the names of the marks stand: beside them, else above or below, clear of each other and of every mark, inside the plot. */
function placedLabels({ figures: { marks, curve, forced = [] }, frame, words, x, y }: Drawing): readonly (PlacedLabel | undefined)[] {
  const { width, height } = frame.plot;
  const px = (power: number): number => ((power - x.min) / (x.max - x.min)) * width;
  const py = (power: number): number => ((y.max - power) / (y.max - y.min)) * height;
  const within: Box = { left: 0, top: 0, right: width + axes.right - 4, bottom: height };
  const at = marks.map(({ loss, probability }) => [px(Math.log10(loss)), py(Math.log10(probability))] as const);
  const taken: Box[] = at.map(([cx, cy]) => boxAround(cx, cy, 16, 14));
  const along: readonly Box[] = [...curve, ...forced].map(({ loss, probability }) => boxAround(px(Math.log10(loss)), py(Math.log10(probability)), 6, 6));
  const line = Math.round(frame.sizes.text * 1.4);
  return marks.map(({ kind, loss }, i) => {
    const [cx = 0, cy = 0] = at[i] ?? [];
    const text = `${nameOf(kind, words)} ${formatShare(loss)}`;
    const wide = textWidth(text, frame.sizes.text, true) + 4;
    const rows = [0, -1, 1, -2, 2, -3, 3, -4, 4];
    const places = rows.flatMap((row) => [cx + 10 + wide / 2, cx - 10 - wide / 2, cx].filter((middle) => row !== 0 || middle !== cx).map((middle) => boxAround(middle, cy + row * line, wide, line)));
    const free = places.filter((box) => isInside(box, within) && !touches(box, taken));
    const box = free.find((one) => !touches(one, along)) ?? free[0];
    if (box === undefined) return undefined;
    taken.push(box);
    return { text, x: x.min + ((box.left + box.right) / 2 / width) * (x.max - x.min), y: y.max - ((box.top + box.bottom) / 2 / height) * (y.max - y.min) };
  });
}

/** Invisible points along the axis, so that the cursor of a page follows the pointer. */
function cursorSeries({ x, y }: Drawing): Series {
  const data = Array.from({ length: cursorStops + 1 }, (_, i) => [x.min + ((x.max - x.min) * i) / cursorStops, y.min]);
  return { type: 'line', ...quiet, data, showSymbol: false, symbol: 'none', lineStyle: { width: 0, opacity: 0 }, z: 0 };
}

function tooltipOf({ figures: { curve, forced }, frame, words }: Drawing): TooltipComponentOption {
  const said = (name: string, probability: number | undefined): string => `${name}: ${probability === undefined ? words.never : oddsText(probability, words)}`;
  return {
    ...tooltipLook(frame), trigger: 'axis',
    formatter: (params: unknown) => {
      const power = axisValueOf(params);
      if (power === undefined || power > 0) return '';
      const loss = 10 ** power;
      return [words.lossOver(lossTick(loss)), said(words.withoutForced, probabilityAt(curve, loss)), ...(forced === undefined ? [] : [said(words.withForced, probabilityAt(forced, loss))])].map((line) => escapeHtml(line)).join('<br>');
    },
  };
}
