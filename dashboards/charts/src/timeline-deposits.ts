import { formatUsd } from '@breakwater/contracts';
import { groupDeposits, type DepositGroup } from './deposit-groups.ts';
import type { Frame } from './frame.ts';
import { itemHtml } from './item-html.ts';
import { textWidth } from './text-width.ts';
import { plainLine, timelineAxes, type DepositStrip, type PlacedGroup, type TimelineDrawing, type TimelineSeries } from './timeline-drawing.ts';
import type { TimelineFigures } from './timeline-figures.ts';
import { depositsText } from './timeline-words.ts';
import type { ChartWords } from './words.ts';

/** Smallest radius that is seen, px. */
const leastRadius = 2.5;
/** How near two groups come, in radii of the largest circle: circles then overlap by a fifth at the most. */
const nearest = 1.6;
/** Labels of the strip: only the largest few. */
const mostLabels = 3;
/** A needle that is not this high is left out, px: a row of dots would say nothing of the threshold. */
const leastNeedle = 5;

/** Lays the deposits out for a plot of `frame`; undefined where there are none. O(deposits). */
export function depositStrip({ from, to, deposits }: TimelineFigures, frame: Frame, words: ChartWords): DepositStrip | undefined {
  if (deposits.length === 0) return undefined;
  const radius = frame.compact ? 8 : 10;
  const { width } = frame.plot;
  const groups = groupDeposits(deposits, ((nearest * radius) / width) * (to - from));
  const most = Math.max(0, ...groups.map(({ usd }) => usd ?? 0));
  const x = ({ time }: DepositGroup): number => ((time - from) / (to - from)) * width;
  const labels = labelsOf(groups, x, frame, words);
  return {
    height: 2 * radius + Math.round(frame.sizes.text * 1.3) + 4, radius,
    groups: groups.map((group) => {
      const size = group.usd === undefined || most === 0 ? leastRadius : Math.max(leastRadius, radius * Math.sqrt(group.usd / most));
      return { ...group, radius: size, ...(labels.get(group) ?? { label: '', align: 'center' }) };
    }),
  };
}

/** Texts of the largest groups that do not touch one another, within the plot: count and sum where there is room, else the sum. */
function labelsOf(groups: readonly DepositGroup[], x: (group: DepositGroup) => number, frame: Frame, words: ChartWords): ReadonlyMap<DepositGroup, Pick<PlacedGroup, 'label' | 'align'>> {
  const taken: { readonly from: number; readonly to: number }[] = [];
  const labels = new Map<DepositGroup, Pick<PlacedGroup, 'label' | 'align'>>();
  const largest = groups.filter(({ usd }) => usd !== undefined && usd > 0).sort((a, b) => (b.usd ?? 0) - (a.usd ?? 0) || a.time - b.time).slice(0, mostLabels);
  for (const group of largest) {
    const sum = formatUsd(group.usd ?? 0);
    for (const label of group.deposits.length === 1 ? [sum] : [words.deposits(group.deposits.length, sum), sum]) {
      const width = textWidth(label, frame.sizes.text) + 6;
      const centre = x(group);
      const align = centre + width / 2 > frame.plot.width ? 'right' : centre < width / 2 ? 'left' : 'center';
      const left = align === 'right' ? centre - width : align === 'left' ? centre : centre - width / 2;
      const span = { from: left, to: left + width };
      if (taken.some((other) => span.from < other.to && other.from < span.to)) continue;
      taken.push(span);
      labels.set(group, { label, align });
      break;
    }
  }
  return labels;
}

/**
 * Deposits twice, under one name: as circles on their strip, whose area is their amount, and each as a needle from zero to its amount on the axis of dollars, so
 * that one that reaches the threshold is seen to.
 */
export function depositSeries({ figures, frame, options, language, words, strip, dollars }: TimelineDrawing): readonly TimelineSeries[] {
  if (strip === undefined) return [];
  const { accent, background, ink } = frame.theme;
  const least = (leastNeedle / frame.plot.height) * dollars.max;
  const needles = figures.deposits.flatMap(({ time, usd }) => (usd === undefined || usd < least ? [] : [[time, 0], [time, usd], [time, '-']]));
  return [
    {
      type: 'scatter', name: words.transfers, xAxisIndex: 1, yAxisIndex: timelineAxes.strip, z: 5, emphasis: { disabled: true }, clip: true,
      itemStyle: { color: `${accent}4d`, opacity: 1, borderColor: accent, borderWidth: 1 },
      data: strip.groups.map(({ time, radius, label, align }) => ({
        value: [time, strip.radius + 1], symbolSize: 2 * radius,
        // All labels stand on one line, however small the circle.
        label: { show: label !== '', position: 'top', distance: strip.radius - radius + 2, align, formatter: () => label, color: ink, fontFamily: frame.font, fontSize: frame.sizes.text, textBorderColor: background, textBorderWidth: 3 },
      })),
      tooltip: options.target === 'page' ? { trigger: 'item', formatter: (params: unknown) => itemHtml(strip.groups, params, ({ deposits, usd }) => depositsText(deposits, usd, language)) } : { show: false },
    },
    { ...plainLine, name: words.transfers, yAxisIndex: timelineAxes.dollars, z: 3, silent: true, data: needles, lineStyle: { color: accent, width: 1.5, opacity: 0.55 }, itemStyle: { color: accent } },
  ];
}
