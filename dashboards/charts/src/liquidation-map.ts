import type { Language } from '@breakwater/contracts';
import { formatPrice, formatPriceBand, formatShare, formatUsd, formatUsdBand, positionsSentence } from '@breakwater/contracts';
import type { LineSeriesOption } from 'echarts/charts';
import type { TooltipComponentOption } from 'echarts/components';
import { compactBelow, type ChartOption, type ChartOptions } from './chart.ts';
import { dateAndTime } from './dates.ts';
import { escapeHtml, labelText } from './escape.ts';
import { axisLook, emptyChart, frameOf, silentLine, tooltipLook, type Frame, type FrameContent } from './frame.ts';
import { hatched } from './hatch.ts';
import { mapFigures, type LiquidationMapInput, type MapDrawing, type MapStep } from './map-figures.ts';
import { axisValueOf } from './params.ts';
import { riskWordsOf, type RiskWords } from './risk-words.ts';
import { endsRound, fromZero, niceStep, type Scale } from './scale.ts';
import { textWidth } from './text-width.ts';
import { venueMark } from './theme.ts';

/** Venues of a colour of their own; the smaller ones are joined. */
const mostVenues = { wide: 8, compact: 5 } as const;
const unnamed = '#8a929c';
/** Room around the plot for two axes of dollars, px. */
const axes = { left: 58, right: 60, bottom: 40 } as const;
/** Share of the plot kept free at the top for the label of the mark. */
const headroom = 0.12;
/** How far beyond the highest step the axis reaches for the band: a wider one would flatten the steps. */
const bandReach = 2;

/** Venues as they are drawn: a colour, and which of the venues of a step it adds up. */
interface Layer {
  readonly name: string;
  readonly colour: string;
  /** Of two venues that share a colour the second is paler, and a square where the first is a circle. */
  readonly isSecond: boolean;
  readonly places: readonly number[];
}

interface Drawing {
  readonly figures: MapDrawing;
  readonly layers: readonly Layer[];
  readonly frame: Frame;
  readonly words: RiskWords;
  readonly bandName: string;
  readonly y: Scale;
  readonly cumulative: Scale;
}

/**
 * Where open positions are liquidated: dollars in each step of the price, stacked by venue, longs below the mark and shorts above it; hatched where they are prior only;
 * the band of each step's total as an upright; the sum from the mark on as a line on an axis of its own. What the positions rest on stands over it. Says why where there is nothing. O(venues · steps).
 */
export function liquidationMapChart(input: LiquidationMapInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = riskWordsOf(language);
  const moment = `${labelText(input.asset)} · ${dateAndTime(input.eventTime)}`;
  const figures = mapFigures(input, language);
  if (figures.kind === 'empty' || input.liquidationMap === null || input.liquidationMap === undefined) return emptyChart(words.mapTitle, moment, figures.kind === 'empty' ? figures.why : '', options);

  const layers = layersOf(figures, options.width < compactBelow ? mostVenues.compact : mostVenues.wide, words);
  const highest = Math.max(...figures.steps.map(({ total }) => total));
  const top = Math.max(...figures.steps.map(({ high }) => high));
  const hasPrior = figures.steps.some(({ prior }) => prior.some((usd) => usd > 0));
  const hasBand = figures.steps.some(({ low, high }) => high > low);
  const cut = top > bandReach * highest;
  const legend: FrameContent['legend'] = [
    ...layers.map(({ name, isSecond }) => ({ name, icon: isSecond ? 'square' : 'circle' } as const)),
    ...(hasBand ? [{ name: words.band, icon: 'upright', text: cut ? words.bandTo(formatUsd(top)) : words.band } as const] : []),
    { name: words.cumulative, icon: 'line' },
  ];
  const frame = frameOf({ title: words.mapTitle, subtitle: `${moment} · ${words.perStep(formatShare(figures.stepShare))}${hasPrior ? `; ${words.hatchedPrior}` : ''}`, note: positionsSentence(input.liquidationMap, language), legend, axes }, options);
  const count = Math.max(3, frame.plot.height / 45);
  const y = fromZero(Math.min(top, bandReach * highest) / (1 - headroom), count);
  const cumulative = fromZero(Math.max(...figures.steps.map((step) => step.cumulative)) / (1 - headroom), count);
  const drawing: Drawing = { figures, layers, frame, words, bandName: words.band, y, cumulative };
  const page = options.target === 'page';
  return {
    ...frame.base, ...axesOf(drawing, labelText(input.asset), page),
    tooltip: page ? tooltipOf(drawing) : { show: false },
    series: [...layers.flatMap((layer) => layerSeries(drawing, layer)), ...(hasBand ? [bandSeries(drawing)] : []), cumulativeSeries(drawing), markSeries(drawing), ...(page ? [cursorSeries(drawing)] : [])],
  };
}

/** The largest venues by name, and the others in one. */
function layersOf({ venues }: MapDrawing, most: number, words: RiskWords): readonly Layer[] {
  const size = (place: number): number => (venues[place]?.long ?? 0) + (venues[place]?.short ?? 0);
  const order = venues.map((_, place) => place).filter((place) => size(place) > 0).sort((a, b) => size(b) - size(a) || a - b);
  const own = order.slice(0, order.length <= most ? most : most - 1).sort((a, b) => a - b);
  const rest = order.filter((place) => !own.includes(place));
  return [
    ...own.map((place): Layer => {
      const { colour, symbol } = venueMark(venues[place]?.venue ?? '');
      return { name: venues[place]?.name ?? '', colour, isSecond: symbol === 'rect', places: [place] };
    }),
    ...(rest.length === 0 ? [] : [{ name: words.otherVenues(rest.length), colour: unnamed, isSecond: false, places: rest }]),
  ];
}

function axesOf({ figures, frame, words, y, cumulative }: Drawing, asset: string, page: boolean): Pick<ChartOption, 'xAxis' | 'yAxis'> {
  const look = axisLook(frame);
  const { price } = figures;
  const [min, max] = [left(figures.steps[0]), right(figures.steps.at(-1))];
  const widest = Math.max(...[min, max].map((at) => textWidth(formatPrice(at * price), frame.sizes.text)));
  const ticks = ticksOf(min * price, max * price, Math.min(8, frame.plot.width / (1.5 * widest + 12))).map((tick) => tick / price);
  const dollars = (name: string, scale: Scale, side: 'left' | 'right') => ({
    type: 'value' as const, ...scale, position: side, name, ...look.atLeft, axisPointer: { show: false },
    axisLabel: { ...look.label, showMaxLabel: endsRound(scale), formatter: formatUsd },
  });
  return {
    xAxis: {
      type: 'value', min, max, name: frame.compact ? words.priceAxisShort : words.priceAxis(asset), ...look.under,
      axisTick: { show: true, customValues: [...ticks], lineStyle: { color: frame.theme.muted } }, axisLabel: { ...look.label, customValues: [...ticks], formatter: (at: number) => formatPrice(at * price) },
      axisPointer: page ? { show: true, type: 'line', lineStyle: { color: frame.theme.muted, width: 1, type: 'solid' }, label: { show: false }, triggerTooltip: true } : { show: false },
    },
    yAxis: [dollars(words.inStep, y, 'left'), { ...dollars(words.cumulativeAxis, cumulative, 'right'), nameTextStyle: { ...look.label, align: 'right', padding: [0, 10 - axes.right, 0, 0] }, splitLine: { show: false } }],
  };
}

/** Ends of a step on the axis, in multiples of the mark: prices may be of any size. */
function left(step: MapStep | undefined): number {
  return step === undefined ? 0 : step.side === 'long' ? Math.max(0, 1 - step.far) : 1 + step.near;
}
function right(step: MapStep | undefined): number {
  return step === undefined ? 1 : step.side === 'long' ? 1 - step.near : 1 + step.far;
}

/** Round prices between two, about `count` of them. */
function ticksOf(min: number, max: number, count: number): readonly number[] {
  const step = niceStep(max - min, count);
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9 && ticks.length <= 2 * count; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** The corners of values of the steps: each holds from its lower price to its upper one. */
function cornersOf(steps: readonly MapStep[], value: (step: MapStep) => number): number[][] {
  const last = steps.at(-1);
  return [...steps.map((step) => [left(step), value(step)]), ...(last === undefined ? [] : [[right(last), value(last)]])];
}

/** What is known of a venue, and hatched on it what is prior only. */
function layerSeries({ figures: { steps } }: Drawing, { name, colour, isSecond, places }: Layer): readonly LineSeriesOption[] {
  const of = (values: readonly number[]): number => places.reduce((sum, place) => sum + (values[place] ?? 0), 0);
  const opacity = isSecond ? 0.5 : 1;
  const common = { ...silentLine, name, step: 'end', stack: 'map', stackStrategy: 'all', lineStyle: { width: 0 }, itemStyle: { color: colour, opacity }, z: 2 } as const;
  return [
    { ...common, data: cornersOf(steps, ({ all, prior }) => of(all) - of(prior)), areaStyle: { color: colour, opacity } },
    { ...common, data: cornersOf(steps, ({ prior }) => of(prior)), areaStyle: { color: hatched(colour), opacity } },
  ];
}

/** The band of the total of each step, as an upright in its middle. */
function bandSeries({ figures: { steps }, frame, bandName, y }: Drawing): LineSeriesOption {
  const data: (number | null)[][] = [];
  for (const step of steps) {
    const { low, high } = step;
    if (!(high > low)) continue;
    const middle = (left(step) + right(step)) / 2;
    data.push([middle, low], [middle, Math.min(high, y.max)], [middle, null]);
  }
  return { ...silentLine, name: bandName, data, connectNulls: false, lineStyle: { color: frame.theme.ink, width: 1 }, itemStyle: { color: frame.theme.ink }, z: 4 };
}

/** What is liquidated from the mark to each price, to either side. */
function cumulativeSeries({ figures: { steps }, frame, words }: Drawing): LineSeriesOption {
  const data = [...steps.filter(({ side }) => side === 'long').map((step) => [left(step), step.cumulative]), [1, 0], ...steps.filter(({ side }) => side === 'short').map((step) => [right(step), step.cumulative])];
  return { ...silentLine, name: words.cumulative, yAxisIndex: 1, data, lineStyle: { color: frame.theme.accent, width: 2 }, itemStyle: { color: frame.theme.accent }, z: 5 };
}

/** The present price as a line with its name. */
function markSeries({ figures: { price }, frame, words, y }: Drawing): LineSeriesOption {
  const text = { color: frame.theme.ink, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: frame.theme.background, textBorderWidth: 3 };
  return {
    ...silentLine, symbol: 'circle', symbolSize: 0.1, showSymbol: true, showAllSymbol: true, z: 3, lineStyle: { color: frame.theme.ink, width: 1.2 }, itemStyle: { color: frame.theme.ink },
    data: [{ value: [1, 0] }, { value: [1, y.max * (1 - headroom * 0.6)], label: { ...text, show: true, position: 'top', distance: 2, formatter: () => words.mark(formatPrice(price)) } }],
  };
}

/** Invisible points in every step, so that the cursor of a page follows the pointer. */
function cursorSeries({ figures: { steps } }: Drawing): LineSeriesOption {
  return { ...silentLine, data: steps.flatMap((step) => [0.25, 0.5, 0.75].map((share) => [left(step) + share * (right(step) - left(step)), 0])), lineStyle: { width: 0, opacity: 0 }, z: 0 };
}

function tooltipOf(drawing: Drawing): TooltipComponentOption {
  return {
    ...tooltipLook(drawing.frame), trigger: 'axis',
    formatter: (params: unknown) => {
      const at = axisValueOf(params);
      const step = at === undefined ? undefined : drawing.figures.steps.find((one) => at >= left(one) && at < right(one));
      return step === undefined ? '' : stepText(drawing, step).map((line) => escapeHtml(line)).join('<br>');
    },
  };
}

/** A step in words: its ends, its total with the band, each venue with its share, what is liquidated as far as there. */
function stepText({ figures: { venues }, words }: Drawing, { side, near, far, priceFrom, priceTo, all, prior, total, low, high, cumulative }: MapStep): readonly string[] {
  const head = words.stepRange(side, formatShare(near), formatShare(far), formatPriceBand(priceFrom, priceTo));
  if (!(total > 0)) return [head, words.nothingInStep];
  const own = venues.map(({ name }, i) => ({ name, usd: all[i] ?? 0, prior: prior[i] ?? 0 })).filter(({ usd }) => usd > 0).sort((a, b) => b.usd - a.usd);
  return [
    head, words.total(formatUsd(total), low < high ? formatUsdBand(total, low, high) : null),
    ...own.map(({ name, usd, prior: guessed }) => words.ofVenue(name, formatUsd(usd), formatShare(usd / total), guessed > 0 ? formatUsd(guessed) : null)),
    words.reaching(side, formatUsd(cumulative)),
  ];
}
