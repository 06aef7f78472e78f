import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { ChartOption, ChartOptions } from './chart.ts';
import { axisLook, frameOf, silentLine, tooltipLook, type Frame, type FrameContent, type LegendIcon } from './frame.ts';
import { hatched } from './hatch.ts';
import { itemHtml } from './item-html.ts';
import { niceStep } from './scale.ts';
import { textWidth } from './text-width.ts';

/** One bar of a list: its name stands at the left of it, its value at its end. */
export interface RowBar {
  readonly name: string;
  /** >= 0. */
  readonly value: number;
  readonly text: string;
  /** Which of the groups it is drawn as. */
  readonly group: string;
  /** What is said of it at the pointer. */
  readonly lines: readonly string[];
}

/** How bars of a kind look. */
export interface RowGroup {
  readonly name: string;
  readonly look: 'accent' | 'plain' | 'hatched';
}

/** A list of bars. */
export interface RowBars {
  readonly title: string;
  readonly subtitle: string;
  readonly note: string;
  readonly rows: readonly RowBar[];
  /** Rows that stand at the bottom in any case. */
  readonly last?: readonly RowBar[];
  /** Rows that are only in the table. */
  readonly hidden?: number;
  /** Those that no row is of stay out of the legend. */
  readonly groups: readonly RowGroup[];
  readonly axis: string;
  readonly format: (value: number) => string;
  /** What is said in the place of rows that do not fit. */
  readonly more: (count: number) => string;
}

/** Grey of what is neither computed nor apart: 3 : 1 on both backgrounds (WCAG 2.2, 1.4.11). */
export const plainGrey = '#868e98';
const icons: Readonly<Record<RowGroup['look'], LegendIcon>> = { accent: 'circle', plain: 'square', hatched: 'area' };
/** Shares of the width that names and values may take. */
const mostName = 0.36;
const mostValue = 0.55;
/** Room to the right of the plot, px: labels of the axis may reach into it. */
const edge = 10;
/** Bars of what is hatched are cut at so many times the largest other one, with an arrow at their end: they would flatten it. */
const reach = 2;

/** A list of bars from the top down, as many as fit; the others are counted in the last row. O(rows). */
export function rowBarsChart(bars: RowBars, options: ChartOptions): ChartOption {
  const { groups, last = [], hidden = 0 } = bars;
  const rows = [...bars.rows, ...last];
  const used = groups.filter(({ name }) => rows.some(({ group }) => group === name));
  const fontSize = options.width < 480 ? 11 : 12;
  const names = rows.map(({ name }) => cut(name, options.width * mostName, fontSize));
  const left = Math.ceil(Math.max(...names.map((name) => textWidth(name, fontSize)), 20)) + 18;
  const legend: FrameContent['legend'] = used.map(({ name, look }) => ({ name, icon: icons[look] }));
  const frame = frameOf({ title: bars.title, subtitle: bars.subtitle, ...(bars.note === '' ? {} : { note: bars.note }), legend, axes: { left, right: edge + 4, bottom: 40, top: 4 } }, options);
  const step = Math.max(1, Math.floor(frame.plot.height / (Math.round(frame.sizes.text * 1.4) + 4)));
  const places = placesOf(bars.rows.length, last.length, hidden, step);
  const shown = [...rows.slice(0, places.first), ...rows.slice(bars.rows.length, bars.rows.length + places.last)];
  const lines = shown.length + (places.more > 0 ? 1 : 0);
  const others = shown.filter(({ group }) => used.find(({ name }) => name === group)?.look !== 'hatched');
  const largest = Math.max(...shown.map(({ value }) => value));
  const top = others.length === 0 ? largest : Math.min(largest, reach * Math.max(...others.map(({ value }) => value)));
  const widest = Math.max(...shown.map((row) => textWidth(saidOf(row, top), frame.sizes.text))) + 12;
  const max = (top > 0 ? top : 1) / (1 - Math.min(mostValue, widest / frame.plot.width));
  const drawing: Drawing = { bars, frame, shown, restAt: places.first, lines, max, top, rest: places.more > 0 ? bars.more(places.more) : '' };
  const nameAt = [...names.slice(0, places.first), ...(places.more > 0 ? [''] : []), ...names.slice(bars.rows.length, bars.rows.length + places.last)];
  return {
    ...frame.base, ...axesOf(drawing, nameAt), tooltip: options.target === 'page' ? { ...tooltipLook(frame), trigger: 'item' } : { show: false },
    series: [...used.map((group) => barSeries(drawing, group)), valueSeries(drawing), ...(options.target === 'page' ? [touchSeries(drawing)] : [])],
  };
}

interface Drawing {
  readonly bars: RowBars;
  readonly frame: Frame;
  readonly shown: readonly RowBar[];
  readonly lines: number;
  readonly max: number;
  /** Where bars are cut. */
  readonly top: number;
  /** What is said of rows that are not shown, and where. */
  readonly rest: string;
  readonly restAt: number;
}

/** The value of a row as it is written: behind an arrow where its bar is cut. */
function saidOf({ value, text }: RowBar, top: number): string {
  return value > top ? `→ ${text}` : text;
}

/** How many of the rows, and of those at the bottom, have a place, and how many are only counted: that takes a place, too. */
function placesOf(rows: number, last: number, hidden: number, places: number): { readonly first: number; readonly last: number; readonly more: number } {
  if (rows + last + (hidden > 0 ? 1 : 0) <= places) return { first: rows, last, more: hidden };
  const bottom = Math.min(last, Math.max(0, places - 2));
  const first = Math.min(rows, Math.max(rows > 0 ? 1 : 0, places - bottom - 1));
  const more = rows - first + (last - bottom) + hidden;
  return { first, last: bottom, more: first + bottom < places ? more : 0 };
}

/** The line of a shown row: behind what is left out one further down. */
function lineOf({ rest, restAt }: Drawing, row: number): number {
  return rest !== '' && row >= restAt ? row + 1 : row;
}

/** `text` with its end left out where it is wider than `width` px. */
function cut(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, fontSize) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

function axesOf({ bars, frame, lines, max }: Drawing, names: readonly string[]): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  const labels = ticksOf(bars, frame, max);
  const scale = { min: 0, max, interval: (labels[1] ?? max) - (labels[0] ?? 0) };
  return {
    xAxis: {
      type: 'value', ...scale, name: bars.axis, ...look.under, axisLine: look.noLine, axisTick: look.noLine, splitLine: look.guides,
      axisLabel: { ...look.label, customValues: [...labels], formatter: (value: number) => bars.format(value) },
    },
    yAxis: {
      type: 'value', min: -0.5, max: lines - 0.5, interval: 1, inverse: true, axisLine: look.line, axisTick: look.noLine, splitLine: { show: false },
      axisLabel: { ...look.label, color: frame.theme.ink, customValues: Array.from({ length: lines }, (_, i) => i), formatter: (row: number) => names[Math.round(row)] ?? '' },
    },
  };
}

/** Round values along the axis whose labels stand clear of each other and inside the picture. */
function ticksOf({ format }: RowBars, frame: Frame, max: number): readonly number[] {
  const wide = (value: number): number => textWidth(format(value), frame.sizes.text);
  for (const count of [6, 4, 3, 2, 1]) {
    const step = niceStep(max, count);
    // Too small for a step of its own: nothing that is measured.
    if (!(step > 0 && max / step < 100)) return [0];
    const ticks = Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
    const fits = ticks.filter((tick) => (tick / max) * frame.plot.width + wide(tick) / 2 <= frame.plot.width + edge);
    if (Math.max(...fits.map(wide)) + 14 <= (step / max) * frame.plot.width) return fits;
  }
  return [0];
}

const colourOf = ({ look }: RowGroup, { theme }: Frame): string => (look === 'accent' ? theme.accent : look === 'plain' ? plainGrey : theme.muted);

/** The bars of a group: thick lines, since lines are what every other chart is drawn with. */
function barSeries(drawing: Drawing, group: RowGroup): LineSeriesOption {
  const { frame, shown, lines, top } = drawing;
  const data = shown.flatMap(({ group: own, value }, row): (number | null)[][] => (own !== group.name || !(value > 0) ? [] : [[0, lineOf(drawing, row)], [Math.min(value, top), lineOf(drawing, row)], [null, lineOf(drawing, row)]]));
  const plain = colourOf(group, frame);
  const colour = group.look === 'hatched' ? hatched(plain) : plain;
  const width = Math.max(3, Math.min(18, Math.round((frame.plot.height / lines) * 0.62)));
  return { ...silentLine, name: group.name, data: data.map((point) => [...point]), connectNulls: false, lineStyle: { color: colour, width, cap: 'butt' }, itemStyle: { color: colour }, z: 3 };
}

/** Values at the ends of the bars, and what does not fit. */
function valueSeries(drawing: Drawing): ScatterSeriesOption {
  const { frame, shown, max, top, rest, restAt } = drawing;
  const text = { color: frame.theme.ink, fontFamily: frame.font, fontSize: frame.sizes.text };
  const label = (said: string, colour: string) => ({ ...text, color: colour, show: true, position: 'right' as const, distance: 5, formatter: () => said });
  const widest = (said: string): number => ((textWidth(said, frame.sizes.text) + 10) / frame.plot.width) * max;
  return {
    type: 'scatter', silent: true, emphasis: { disabled: true }, symbolSize: 0.1, itemStyle: { color: 'transparent', borderWidth: 0 }, z: 4,
    data: [
      ...shown.map((own, row) => {
        const said = saidOf(own, top);
        return { value: [Math.max(0, Math.min(own.value, top, max - widest(said))), lineOf(drawing, row)], label: label(said, frame.theme.ink) };
      }),
      ...(rest === '' ? [] : [{ value: [0, restAt], label: label(rest, frame.theme.muted) }]),
    ],
  };
}

/** Invisible rectangles over the rows, for the pointer. */
function touchSeries(drawing: Drawing): ScatterSeriesOption {
  const { frame, shown, lines, max } = drawing;
  return {
    type: 'scatter', symbol: 'rect', symbolSize: [frame.plot.width, Math.floor(frame.plot.height / lines)], itemStyle: { color: 'transparent', borderWidth: 0 }, emphasis: { disabled: true }, cursor: 'default', z: 5,
    data: shown.map((_, row) => [max / 2, lineOf(drawing, row)]),
    tooltip: { formatter: (params: unknown) => itemHtml(shown, params, ({ lines: said }) => said) },
  };
}
