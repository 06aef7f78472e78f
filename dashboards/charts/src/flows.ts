import type { Language } from '@breakwater/contracts';
import { formatDuration, formatFactor, formatUnits, formatUsd } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import { addressWordsOf, type AddressWords } from './address-words.ts';
import type { ChartOption, ChartOptions, ChartTable } from './chart.ts';
import { dateAndTime, dateOf } from './dates.ts';
import { labelText } from './escape.ts';
import { flowsFigures, type FlowDay, type FlowsDrawing, type FlowsInput } from './flow-figures.ts';
import { axisLook, emptyChart, frameOf, silentLine, tooltipLook, type Frame, type FrameContent } from './frame.ts';
import { itemHtml } from './item-html.ts';
import { plainGrey } from './row-bars.ts';
import { endsRound, fromZero, type Scale } from './scale.ts';

const axes = { left: 62, right: 18, bottom: 40 } as const;
/** The threshold is drawn where it is at most so many times the largest day: a higher one would flatten the days, and is told in words. */
const reach = 3;

interface Drawing {
  readonly figures: FlowsDrawing;
  readonly frame: Frame;
  readonly words: AddressWords;
  readonly y: Scale;
  readonly format: (value: number) => string;
}

/**
 * What went to labelled exchange addresses by day, the issuer's and others' stacked, against the ignition threshold with its band: where a day stands above the line, as much was sent in as would now set
 * forced sales off. Says why where there is nothing. O(days).
 */
export function flowsChart(input: FlowsInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = addressWordsOf(language);
  const figures = flowsFigures(input, language);
  const asset = labelText(input.asset);
  if (figures.kind === 'empty') return emptyChart(words.flowsTitle, `${asset} · ${dateAndTime(input.eventTime)}`, figures.why, options);
  const { days, unit, threshold } = figures;
  const format = unit === 'dollars' ? formatUsd : formatUnits;
  const highest = Math.max(...days.map(({ issuer, others }) => issuer + others));
  const isNear = threshold !== undefined && threshold.value <= reach * highest;
  const name = words.threshold;
  const horizon = formatDuration(input.horizonSeconds * 1_000);
  const legend: FrameContent['legend'] = [
    { name: words.fromIssuer, icon: 'circle' }, { name: words.fromOthers, icon: 'square' },
    ...(threshold === undefined ? [] : [{ name, icon: 'line', text: isNear ? `${name} ${format(threshold.value)}` : words.thresholdAbove(name, format(threshold.value)) } as const]), ...(isNear && threshold.high > threshold.low ? [{ name: words.band, icon: 'area' } as const] : []),
  ];
  const over = threshold === undefined ? 0 : days.filter(({ issuer, others }) => issuer + others > threshold.value).length;
  const note = unit === 'tokens' ? words.noPrice : threshold === undefined ? words.noThreshold : over === 0 ? words.underThreshold(horizon) : words.overThreshold(over, horizon, formatFactor(highest / threshold.value));
  const frame = frameOf({ title: words.flowsTitle, subtitle: `${asset} · ${unit === 'dollars' ? `${words.atPrice}, ` : ''}${words.byDay(`${dateOf(days[0]?.day ?? 0)} – ${dateOf(days.at(-1)?.day ?? 0)}`)}`, note, legend, axes }, options);
  const y = fromZero(Math.max(highest, isNear ? Math.min(threshold.high, reach * highest) : 0) * 1.08, Math.max(2, frame.plot.height / 45));
  const drawing: Drawing = { figures, frame, words, y, format };
  const page = options.target === 'page';
  return {
    ...frame.base, ...axesOf(drawing, unit === 'dollars' ? words.flowDollars : words.flowUnits(asset)), tooltip: page ? { ...tooltipLook(frame), trigger: 'item' } : { show: false },
    series: [
      stackOf(drawing, words.fromIssuer, frame.theme.accent, ({ issuer }) => issuer), stackOf(drawing, words.fromOthers, plainGrey, ({ others }) => others), ...thresholdSeries(drawing, isNear), ...(page ? [touchSeries(drawing)] : []),
    ],
  };
}

function axesOf({ figures: { days }, frame, words, y, format }: Drawing, name: string): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  const every = Math.max(1, Math.ceil(days.length / Math.max(1, frame.plot.width / 52)));
  const labelled = days.map((_, i) => i).filter((i) => (days.length - 1 - i) % every === 0);
  return {
    xAxis: {
      type: 'value', min: 0, max: days.length, name: words.days, ...look.under, axisTick: { show: true, customValues: labelled.map((i) => i + 0.5), lineStyle: { color: frame.theme.muted } },
      axisLabel: { ...look.label, customValues: labelled.map((i) => i + 0.5), formatter: (at: number) => dateOf(days[Math.floor(at)]?.day ?? NaN).slice(-5) },
    },
    yAxis: {
      type: 'value', ...y, name, ...look.atLeft, axisLabel: { ...look.label, showMaxLabel: endsRound(y), formatter: format },
    },
  };
}

/** Steps by day from the bottom up: each holds from the beginning of a day to its end. A hair of background tells days apart. */
function stackOf({ figures: { days }, frame }: Drawing, name: string, color: string, value: (day: FlowDay) => number): LineSeriesOption {
  const last = days.at(-1);
  const data = [...days.map((day, i) => [i, value(day)]), ...(last === undefined ? [] : [[days.length, value(last)]])];
  return { ...silentLine, name, step: 'end', stack: 'flows', stackStrategy: 'all', data, lineStyle: { width: 1, color: frame.theme.background }, itemStyle: { color }, areaStyle: { color, opacity: 1 }, z: 2 };
}

/** The ignition threshold as a line over the days with its band behind them; an empty line for the legend where it is above the plot. */
function thresholdSeries({ figures: { days, threshold }, frame, words, y }: Drawing, isNear: boolean): readonly LineSeriesOption[] {
  if (threshold === undefined) return [];
  const { ink } = frame.theme;
  const level = (value: number): number[][] => (isNear ? [[0, Math.min(value, y.max)], [days.length, Math.min(value, y.max)]] : []);
  const line: LineSeriesOption = { ...silentLine, name: words.threshold, data: level(threshold.value), lineStyle: { color: ink, width: 2 }, itemStyle: { color: ink }, z: 5 };
  if (!isNear || threshold.high <= threshold.low) return [line];
  const band = { ...silentLine, name: words.band, stack: 'band', stackStrategy: 'all', lineStyle: { width: 0 }, itemStyle: { color: ink, opacity: 0.18 }, z: 1 } as const;
  const [low, high] = [Math.min(threshold.low, y.max), Math.min(threshold.high, y.max)];
  return [line, { ...band, data: level(low) }, { ...band, data: level(high - low), areaStyle: { color: ink, opacity: 0.14 } }];
}

/** Invisible columns over the days, for the pointer. */
function touchSeries({ figures: { days, threshold }, frame, words, y, format }: Drawing): ScatterSeriesOption {
  return {
    type: 'scatter', symbol: 'rect', symbolSize: [Math.ceil(frame.plot.width / days.length), frame.plot.height], itemStyle: { color: 'transparent', borderWidth: 0 }, emphasis: { disabled: true }, cursor: 'default', z: 6, data: days.map((_, i) => [i + 0.5, y.max / 2]),
    tooltip: {
      formatter: (params: unknown) => itemHtml(days, params, ({ day, issuer, others, soFar }) => [
        soFar ? words.soFar(dateOf(day)) : dateOf(day), format(issuer + others), `${words.fromIssuer}: ${format(issuer)}`, `${words.fromOthers}: ${format(others)}`,
        ...(threshold === undefined ? [] : [words.ofThreshold(formatFactor((issuer + others) / threshold.value))]),
      ]),
    },
  };
}

/** The numbers of what went to exchanges, a row a day, the newest first; none where nothing is known. */
export function flowsTables(input: FlowsInput, language: Language = 'en'): readonly ChartTable[] {
  const words = addressWordsOf(language);
  const figures = flowsFigures(input, language);
  if (figures.kind === 'empty') return [];
  const { days, unit, threshold } = figures;
  const format = unit === 'dollars' ? formatUsd : formatUnits;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  return [{
    caption: words.flowsTitle, columns: [{ label: words.date, align: 'text' }, number(words.all), number(words.fromIssuer), number(words.fromOthers), number(words.inThresholds)],
    rows: [...days].reverse().map(({ day, issuer, others, soFar }) => [
      soFar ? words.soFar(dateOf(day)) : dateOf(day), format(issuer + others), format(issuer), format(others), threshold === undefined ? '–' : formatFactor((issuer + others) / threshold.value),
    ]),
  }];
}
