import type { Language } from '@breakwater/contracts';
import { formatFactor, formatUsd } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import { compactBelow, type ChartOption, type ChartOptions } from './chart.ts';
import { dateAndTime } from './dates.ts';
import { labelText } from './escape.ts';
import { emptyChart, frameOf, tooltipLook, type Frame } from './frame.ts';
import { itemHtml } from './item-html.ts';
import { networkFigures, type NetworkDrawing, type VenueNetworkInput } from './network-figures.ts';
import { layoutNetwork, type NetworkLayout, type PlacedLink, type PlacedNode } from './network-layout.ts';
import { linkText, networkNote, venueText } from './network-words.ts';
import { venueMark } from './theme.ts';
import { wordsOf } from './words.ts';

type Series = LineSeriesOption | ScatterSeriesOption;

/** Venues drawn, and on a phone: the others are in the table. */
const mostVenues = { wide: 8, compact: 6 } as const;

/**
 * Which venue ignites which: venues on a fixed ring as circles whose area is what a fall of 10 % would liquidate there, arrows from where is sold to where sales are
 * forced, as wide as the dollars forced for each dollar sold, and loops where a venue forces sales at itself. The reproduction number stands over it. Says why
 * where there is nothing. O(markets^2).
 */
export function venueNetworkChart(input: VenueNetworkInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = wordsOf(language);
  const moment = `${labelText(input.asset)} · ${dateAndTime(input.eventTime)}`;
  const figures = networkFigures(input, language);
  if (figures.kind === 'empty') return emptyChart(words.networkTitle, moment, figures.why, options);

  const shown = largestOf(figures, options.width < compactBelow ? mostVenues.compact : mostVenues.wide);
  const frame = frameOf({
    title: words.networkTitle, subtitle: `${moment} · ${words.networkMarks}`, note: networkNote(figures, figures.venues.length - shown.venues.length, language),
    legend: shown.venues.map(({ name, venue }) => ({ name, icon: venueMark(venue).symbol === 'rect' ? 'square' : 'circle' })), axes: { left: 10, right: 10, bottom: 4, top: 0 },
  }, options);
  const { width, height } = frame.plot;
  const layout = layoutNetwork(shown, { width, height, compact: frame.compact, fontSize: frame.sizes.text, amount: formatUsd, factor: formatFactor });
  const axis = { type: 'value', show: false, min: 0, axisPointer: { show: false } } as const;
  return {
    ...frame.base, xAxis: { ...axis, max: width }, yAxis: { ...axis, max: height, inverse: true },
    tooltip: options.target === 'page' ? { ...tooltipLook(frame), trigger: 'item' } : { show: false },
    series: shown.venues.flatMap((_, place) => venueSeries(place, shown, layout, frame, options, language)),
  };
}

/** The venues that matter most: where most is forced, else where most would be liquidated. */
function largestOf({ reproduction, venues, links }: NetworkDrawing, most: number): NetworkDrawing {
  const strength = venues.map((_, place) => Math.max(0, ...links.filter(({ from, to }) => from === place || to === place).map((link) => link.reproduction)));
  const order = venues.map((_, place) => place).sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0) || (venues[b]?.triggerUsd ?? 0) - (venues[a]?.triggerUsd ?? 0) || a - b);
  const kept = order.slice(0, most).sort((a, b) => a - b);
  const placeOf = new Map(kept.map((place, i) => [place, i]));
  return {
    reproduction, venues: venues.filter((_, place) => placeOf.has(place)),
    links: links.flatMap((link) => {
      const [from, to] = [placeOf.get(link.from), placeOf.get(link.to)];
      return from === undefined || to === undefined ? [] : [{ ...link, from, to }];
    }),
  };
}

/** A venue with everything that starts at it, under its name: a line for each link, their heads and numbers, and its circle. */
function venueSeries(place: number, { venues }: NetworkDrawing, { nodes, links }: NetworkLayout, frame: Frame, options: ChartOptions, language: Language): readonly Series[] {
  const node = nodes[place];
  if (node === undefined) return [];
  const { name, venue } = node.node;
  const { colour, symbol } = venueMark(venue);
  const { ink, background } = frame.theme;
  const text = { color: ink, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: background, textBorderWidth: 3 } as const;
  const own = links.filter(({ link }) => link.from === place);
  const tooltip = <T>(items: readonly T[], say: (item: T) => readonly string[]): object => (options.target === 'page' ? { formatter: (params: unknown) => itemHtml(items, params, say) } : { show: false });
  const ofLink = ({ link }: PlacedLink): readonly string[] => linkText(link, venues, language);
  const labelled = own.filter(({ label }) => label !== undefined);
  const common = { name, emphasis: { disabled: true } } as const;
  return [
    ...own.map(({ line, width }): Series => ({ ...common, type: 'line', z: 2, silent: true, showSymbol: false, symbol: 'none', data: line.map(([x, y]) => [x, y]), lineStyle: { color: colour, width, opacity: 0.85, cap: 'butt' }, itemStyle: { color: colour } })),
    {
      ...common, type: 'scatter', z: 3, symbol: 'triangle', itemStyle: { color: colour, opacity: 1 }, tooltip: tooltip(own, ofLink),
      data: own.map(({ head }) => ({ value: [head.x, head.y], symbolSize: [head.size, head.size], symbolRotate: head.angle - 90 })),
    },
    {
      ...common, type: 'scatter', z: 4, symbol, itemStyle: { color: colour, opacity: 1, borderColor: ink, borderWidth: 1 }, tooltip: tooltip([node], ({ node: of }) => venueText(of, language)),
      data: [{ value: [node.x, node.y], symbolSize: 2 * node.radius }],
    },
    // Numbers and names stand on points of their own, over everything, and catch the pointer.
    {
      ...common, type: 'scatter', z: 5, symbol: 'rect', symbolSize: [18, 14], itemStyle: { color: 'transparent', opacity: 1, borderWidth: 0 }, tooltip: tooltip(labelled, ofLink),
      data: labelled.map(({ label }) => ({ value: [label?.x ?? 0, label?.y ?? 0], label: { ...text, show: true, position: 'inside', formatter: () => label?.text ?? '' } })),
    },
    ...nameSeries(node, text),
  ];
}

/** Name and amount of a venue beside its circle. */
function nameSeries({ node: { name }, label }: PlacedNode, text: object): readonly Series[] {
  if (label === undefined) return [];
  const said = `{b|${name}}${label.amount === '' ? '' : `{a|${label.amount}}`}`;
  return [{
    type: 'scatter', name, z: 5, silent: true, emphasis: { disabled: true }, symbolSize: 0.1, itemStyle: { color: 'transparent', opacity: 1, borderWidth: 0 },
    data: [{ value: [label.x, label.y], label: { ...text, show: true, position: 'inside', formatter: () => said, rich: { b: { ...text, fontWeight: 'bold' }, a: { ...text, padding: [0, 0, 0, 4] } } } }],
  }];
}
