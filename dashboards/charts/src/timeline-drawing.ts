import type { AssetTimeline, Language } from '@breakwater/contracts';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { ChartOptions } from './chart.ts';
import type { DepositGroup } from './deposit-groups.ts';
import type { Frame } from './frame.ts';
import type { Scale } from './scale.ts';
import type { Flag, TimelineFigures } from './timeline-figures.ts';
import type { ChartWords } from './words.ts';

/** A flag with its row, counted from the top; no word where no row has room for one. */
export interface PlacedFlag extends Flag {
  readonly lane: number;
  readonly word: string;
  readonly side: 'left' | 'right';
}

/** A group with what it looks like. */
export interface PlacedGroup extends DepositGroup {
  /** Radius, px. */
  readonly radius: number;
  /** Text over it, empty for most. */
  readonly label: string;
  readonly align: 'left' | 'center' | 'right';
}

/** The deposits of a timeline as a strip of their own between the lines and the time axis: a row of labels over a row of circles. */
export interface DepositStrip {
  /** px, labels and circles. */
  readonly height: number;
  /** Radius of the largest circle, px. */
  readonly radius: number;
  readonly groups: readonly PlacedGroup[];
}

/** Everything the parts of a timeline are built from. The plot of `frame` is that of the lines; the strip of deposits lies under it. */
export interface TimelineDrawing {
  readonly timeline: AssetTimeline;
  readonly figures: TimelineFigures;
  readonly frame: Frame;
  readonly options: ChartOptions;
  readonly language: Language;
  readonly words: ChartWords;
  readonly thresholdName: string;
  readonly flags: readonly PlacedFlag[];
  readonly strip: DepositStrip | undefined;
  readonly price: Scale;
  readonly dollars: Scale;
}

/** A series of a timeline. */
export type TimelineSeries = LineSeriesOption | ScatterSeriesOption;

/** Vertical axes by their place in the option. `flags` and `strip` count pixels from the bottom of their part. */
export const timelineAxes = { price: 0, dollars: 1, flags: 2, strip: 3 } as const;

/** A line without marks that ends where a figure is missing. */
export const plainLine = { type: 'line', showSymbol: false, symbol: 'none', emphasis: { disabled: true }, connectNulls: false } as const;
