import type { Language, Severity } from '@breakwater/contracts';
import { phrasesOf } from '@breakwater/contracts';
import type { Frame } from './frame.ts';
import { itemHtml } from './item-html.ts';
import { assignLanes } from './layout.ts';
import { textWidth } from './text-width.ts';
import { severityShapes } from './theme.ts';
import { plainLine, timelineAxes, type PlacedFlag, type TimelineDrawing, type TimelineSeries } from './timeline-drawing.ts';
import type { TimelineFigures } from './timeline-figures.ts';
import { flagText, flagWord } from './timeline-words.ts';

/** Severities in rising order. */
export const severities: readonly Severity[] = ['watch', 'warning', 'critical'];
/** Rows of flags over the figures, and the height of one, px. */
const lanes = { count: 3, height: 16 } as const;

/** How much of the plot the flags take from above, px. */
export function flagsHeight(flags: readonly PlacedFlag[]): number {
  return flags.reduce((most, { lane }) => Math.max(most, lane + 1), 0) * lanes.height + 8;
}

/** One series a severity, so that the legend explains its shape and toggles it. A flag that is not firing is hollow. */
export function flagSeries({ frame, options, language, flags }: TimelineDrawing): readonly TimelineSeries[] {
  const { theme, plot, sizes, font } = frame;
  const phrases = phrasesOf(language);
  const height = (lane: number): number => plot.height - 8 - lane * lanes.height;
  return severities.flatMap((severity): readonly TimelineSeries[] => {
    const own = flags.filter(({ warning }) => warning.severity === severity);
    if (own.length === 0) return [];
    const colour = theme.severity[severity];
    const { symbol } = severityShapes[severity];
    const name = phrases.severity[severity];
    return [
      { ...plainLine, name, yAxisIndex: timelineAxes.flags, z: 2, silent: true, data: own.flatMap(({ time, lane }) => [[time, 0], [time, height(lane)], [time, '-']]), lineStyle: { color: colour, width: 1, opacity: 0.6 }, itemStyle: { color: colour } },
      {
        type: 'scatter', name, yAxisIndex: timelineAxes.flags, z: 6, symbol, symbolSize: 10, emphasis: { disabled: true }, itemStyle: { color: colour, opacity: 1 },
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

/** Gives each flag a row and a side of its word, so that no word covers another, the worst first. Where no row has room for a word the shape stands alone, in the last row where there is no room for that either. */
export function placedFlags({ from, to, flags }: TimelineFigures, frame: Frame, language: Language): readonly PlacedFlag[] {
  const { plot, sizes } = frame;
  const drafts = flags.map((flag) => {
    const word = flagWord(flag.warning, language);
    const x = ((flag.time - from) / (to - from)) * plot.width;
    const reach = 8 + textWidth(word, sizes.text);
    const side = x + reach > plot.width ? ('left' as const) : ('right' as const);
    return { flag, word, side, span: side === 'right' ? { from: x - 6, to: x + reach + 6 } : { from: x - reach - 6, to: x + 6 }, shape: { from: x - 6, to: x + 6 } };
  });
  const worstFirst = [...drafts].sort((a, b) => severities.indexOf(b.flag.warning.severity) - severities.indexOf(a.flag.warning.severity));
  const found = assignLanes(worstFirst.map(({ span }) => span), lanes.count);
  const worded = new Map(worstFirst.map(({ flag, span }, i) => [flag, { span, lane: found[i] ?? null }]));
  // A shape without a word still covers no other where it can.
  const held = [...worded.values()].flatMap(({ span, lane }) => (lane === null ? [] : [{ span, lane }]));
  const bare = worstFirst.filter(({ flag }) => worded.get(flag)?.lane === null);
  const left = assignLanes(bare.map(({ shape }) => shape), lanes.count, held);
  const laneOf = new Map(bare.map(({ flag }, i) => [flag, left[i] ?? lanes.count - 1]));
  return drafts.map(({ flag, word, side }) => {
    const lane = worded.get(flag)?.lane ?? null;
    return { ...flag, side, lane: lane ?? laneOf.get(flag) ?? lanes.count - 1, word: lane === null ? '' : word };
  });
}
