import type { Language } from '@breakwater/contracts';
import { formatDuration, formatFactor, formatUnits, formatUsd } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import { addressWordsOf, type AddressWords } from './address-words.ts';
import type { ChartOption, ChartOptions, ChartTable } from './chart.ts';
import { dateAndTime, dateOf } from './dates.ts';
import { labelText, plainText } from './escape.ts';
import { axisLook, emptyChart, frameOf, silentLine, tooltipLook, type Frame } from './frame.ts';
import { itemHtml } from './item-html.ts';
import { drawable, endsRound, fromZero, niceStep, type Scale } from './scale.ts';
import { textWidth } from './text-width.ts';
import { unlocksFigures, type UnlockMark, type UnlocksDrawing, type UnlocksInput } from './unlock-figures.ts';

const dayMs = 86_400_000;
const axes = { left: 62, right: 26, bottom: 40 } as const;
/** A calendar spans at least this long, so that one date near is seen to be near. */
const leastSpan = 30 * dayMs;

/** Dates that stand so near one another that one bar is drawn of them. */
interface Bar {
  readonly at: number;
  readonly value: number;
  /** Of an average day's volume; undefined where it is not known of every one. */
  readonly volumes: number | undefined;
  readonly marks: readonly UnlockMark[];
}

interface Drawing {
  readonly figures: UnlocksDrawing;
  readonly bars: readonly Bar[];
  readonly frame: Frame;
  readonly words: AddressWords;
  readonly asset: string;
  readonly from: number;
  readonly to: number;
  readonly y: Scale;
  readonly width: number;
  readonly format: (value: number) => string;
}

/**
 * When locked units become free: a bar for each date, over it how many average days' volume that is, from now on; what is expected to be sold of it in words. Dates too near to tell apart are one bar. Says
 * why where there is nothing. O(n log n).
 */
export function unlocksChart(input: UnlocksInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = addressWordsOf(language);
  const figures = unlocksFigures(input, language);
  const asset = labelText(input.asset);
  const moment = `${asset} · ${dateAndTime(input.eventTime)}`;
  if (figures.kind === 'empty') return emptyChart(words.unlocksTitle, moment, figures.why, options);
  const { marks, unit, overhang } = figures;
  const hasVolume = marks.some(({ of }) => of.ofVolume !== null);
  const format = unit === 'dollars' ? formatUsd : formatUnits;
  const note = hasVolume ? overhangText(overhang, words) : words.overhangUnknown;
  const frame = frameOf({ title: words.unlocksTitle, subtitle: `${moment}${hasVolume ? ` · ${words.timesVolume}` : ''}`, ...(note === '' ? {} : { note }), legend: [{ name: words.becomesFree, icon: 'circle' }], axes }, options);
  const from = Math.min(input.eventTime, marks[0]?.at ?? input.eventTime);
  const to = Math.max(from + leastSpan, marks.at(-1)?.at ?? 0);
  const pad = (to - from) * 0.03;
  const width = Math.max(4, Math.min(22, Math.round(frame.plot.width / 28)));
  const bars = barsOf(marks, ((width + 2) / frame.plot.width) * (to - from + 2 * pad));
  const line = Math.round(frame.sizes.text * 1.4);
  const room = Math.min(0.5, (line + 6) / frame.plot.height);
  const y = fromZero(Math.max(...bars.map(({ value }) => value)) / (1 - room), Math.max(2, frame.plot.height / 45));
  const drawing: Drawing = { figures, bars, frame, words, asset, from: from - pad, to: to + pad, y, width, format };
  const page = options.target === 'page';
  return {
    ...frame.base, ...axesOf(drawing, unit === 'dollars' ? words.freeDollars : words.freeUnits(asset)), tooltip: page ? { ...tooltipLook(frame), trigger: 'item' } : { show: false },
    series: [barSeries(drawing), labelSeries(drawing), nowSeries(drawing, input.eventTime), ...(page ? [touchSeries(drawing)] : [])],
  };
}

/** Dates joined where bars would touch; dollars or tokens are added up. */
function barsOf(marks: readonly UnlockMark[], apart: number): readonly Bar[] {
  const groups: UnlockMark[][] = [];
  for (const mark of marks) {
    const open = groups.at(-1);
    if (open !== undefined && mark.at - (open[0]?.at ?? 0) < apart) open.push(mark);
    else groups.push([mark]);
  }
  return groups.map((own): Bar => ({
    at: own.reduce((sum, { at }) => sum + at / own.length, 0), value: own.reduce((sum, { value }) => sum + value, 0), marks: own,
    volumes: own.every(({ of }) => of.ofVolume !== null) ? drawable(own.reduce((sum, { of }) => sum + (of.ofVolume ?? 0), 0)) : undefined,
  }));
}

function overhangText(overhang: UnlocksDrawing['overhang'], words: AddressWords): string {
  const parts = overhang.flatMap(({ days, overhang: times }) => (times === null || drawable(times) === undefined ? [] : [words.overhangOf(formatDuration(days * dayMs), formatFactor(times))]));
  return parts.length === 0 ? '' : words.overhang(parts);
}

function axesOf({ frame, from, to, y, format, words }: Drawing, name: string): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  const half = textWidth('2025-04-13', frame.sizes.text) / 2;
  const px = (at: number): number => ((at - from) / (to - from)) * frame.plot.width;
  const ticks = calendarTicks(from, to, Math.max(1, Math.floor(frame.plot.width / (2 * half + 14)))).filter((at) => px(at) + half <= frame.plot.width + axes.right - 4 && px(at) - half >= 4 - axes.left);
  return {
    xAxis: {
      type: 'value', min: from, max: to, name: words.date, ...look.under, axisTick: { show: true, customValues: ticks, lineStyle: { color: frame.theme.muted } },
      axisLabel: { ...look.label, customValues: ticks, formatter: (at: number) => dateOf(at) },
    },
    yAxis: {
      type: 'value', ...y, name, ...look.atLeft, axisLabel: { ...look.label, showMaxLabel: endsRound(y), formatter: format },
    },
  };
}

/** Mondays of a short calendar, first days of months of a longer one, of years of a very long one: at most `most` of them. */
function calendarTicks(from: number, to: number, most: number): readonly number[] {
  const weeks = (to - from) / (7 * dayMs);
  const ticks: number[] = [];
  if (weeks <= most) {
    // The first of January 1970 was a Thursday.
    for (let at = Math.ceil((from - 4 * dayMs) / (7 * dayMs)) * 7 * dayMs + 4 * dayMs; at <= to; at += 7 * dayMs) ticks.push(at);
    return ticks;
  }
  const months = (to - from) / (30.4 * dayMs);
  const step = [1, 2, 3, 6].find((every) => months / every <= most) ?? 12 * niceStep(months / 12, most);
  const [year, month] = [new Date(from).getUTCFullYear(), new Date(from).getUTCMonth()];
  const first = Math.ceil((year * 12 + month) / step) * step;
  for (let i = 0; i <= most + 1; i++) {
    const of = first + Math.round(i * step);
    const at = Date.UTC(Math.floor(of / 12), of % 12, 1);
    if (at >= from && at <= to) ticks.push(at);
  }
  return ticks;
}

function barSeries({ bars, frame, words, width }: Drawing): LineSeriesOption {
  const { accent } = frame.theme;
  return { ...silentLine, name: words.becomesFree, data: bars.flatMap(({ at, value }): (number | null)[][] => [[at, 0], [at, value], [at, null]]), connectNulls: false, lineStyle: { color: accent, width, cap: 'butt' }, itemStyle: { color: accent }, z: 3 };
}

/** How much a bar is, and how many days' volume where that is known, over it where no other label stands; the largest ones first. */
function labelSeries({ bars, frame, words, from, to, format }: Drawing): ScatterSeriesOption {
  const { ink, background } = frame.theme;
  const px = (at: number): number => ((at - from) / (to - from)) * frame.plot.width;
  const taken: { readonly left: number; readonly right: number }[] = [];
  const labelled = [...bars].sort((a, b) => b.value - a.value).flatMap((bar) => {
    const [amount, volumes] = [format(bar.value), ...(bar.volumes === undefined ? [] : [words.volumes(formatFactor(bar.volumes))])];
    for (const text of volumes === undefined ? [amount] : [`${amount}, ${volumes}`, volumes]) {
      const half = textWidth(text, frame.sizes.text) / 2 + 3;
      const span = { left: px(bar.at) - half, right: px(bar.at) + half };
      if (span.left < -axes.left + 4 || span.right > frame.plot.width + axes.right - 4 || taken.some((other) => span.left < other.right && other.left < span.right)) continue;
      taken.push(span);
      return [{ value: [bar.at, bar.value], label: { show: true, position: 'top' as const, distance: 3, color: ink, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: background, textBorderWidth: 3, formatter: () => text } }];
    }
    return [];
  });
  return { type: 'scatter', silent: true, emphasis: { disabled: true }, symbolSize: 0.1, itemStyle: { color: 'transparent', borderWidth: 0 }, z: 5, data: labelled };
}

/** The present moment as an upright. */
function nowSeries({ frame, y }: Drawing, now: number): LineSeriesOption {
  return { ...silentLine, data: [[now, 0], [now, y.max]], lineStyle: { color: frame.theme.muted, width: 1, type: 'dashed' }, itemStyle: { color: frame.theme.muted }, z: 1 };
}

/** Invisible columns over the bars, for the pointer. */
function touchSeries({ bars, frame, words, asset, y, width }: Drawing): ScatterSeriesOption {
  return {
    type: 'scatter', symbol: 'rect', symbolSize: [width + 4, frame.plot.height], itemStyle: { color: 'transparent', borderWidth: 0 }, emphasis: { disabled: true }, cursor: 'default', z: 6, data: bars.map(({ at }) => [at, y.max / 2]),
    tooltip: { formatter: (params: unknown) => itemHtml(bars, params, ({ marks }) => marks.slice(0, 4).flatMap((mark) => markText(mark, asset, words)).concat(marks.length > 4 ? [words.moreOwners(marks.length - 4)] : [])) },
  };
}

function markText({ at, of: { units, usd, ofVolume, what } }: UnlockMark, asset: string, words: AddressWords): readonly string[] {
  return [dateOf(at), `${formatUnits(units)} ${asset}${usd === null ? '' : `, ${formatUsd(usd)}`}${ofVolume === null ? '' : `, ${words.volumes(formatFactor(ofVolume))}`}`, ...(what === '' ? [] : [what])];
}

/** The numbers of a calendar of unlocks: every date, and what is expected to be sold by when. None where nothing is known. */
export function unlocksTables(input: UnlocksInput, language: Language = 'en'): readonly ChartTable[] {
  const words = addressWordsOf(language);
  const figures = unlocksFigures(input, language);
  if (figures.kind === 'empty') return [];
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  const tables: readonly ChartTable[] = [
    {
      caption: words.unlocksTitle, columns: [text(words.date), number(words.units), number(words.value), number(words.timesVolume), text(words.what)],
      rows: figures.marks.map(({ at, of }) => [dateOf(at), formatUnits(of.units), of.usd === null ? words.notKnown : formatUsd(of.usd), of.ofVolume === null ? words.notKnown : formatFactor(of.ofVolume), plainText(of.what).trim() === '' ? '–' : plainText(of.what)]),
    },
    {
      caption: words.overhangTable, columns: [text(words.within), number(words.units), number(words.overhangName)],
      rows: figures.overhang.map(({ days, units, overhang }) => [formatDuration(days * dayMs), formatUnits(units), overhang === null ? words.notKnown : formatFactor(overhang)]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
