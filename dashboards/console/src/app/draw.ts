import type { ChartOption, ChartOptions, FlowsInput, HoldersInput, LiquidationMapInput, ReserveInput, ResponseCurveInput, TailInput, ThemeName, UnlocksInput, VenueNetworkInput } from '@breakwater/charts';
import { liquidationMapChart, liquidationMapTables, responseCurveChart, responseCurveTables } from '@breakwater/charts';
import { registerParts } from '@breakwater/charts/parts';
import type { AssetTimeline } from '@breakwater/contracts';
import { init, use } from 'echarts/core';
import type { TableContent } from '../view/chart-frame.tsx';

/** What a chart of the first screen is drawn from. */
export type FirstSubject = { readonly kind: 'response'; readonly input: ResponseCurveInput } | { readonly kind: 'map'; readonly input: LiquidationMapInput };
/** What a chart further down is drawn from: `draw-more.ts` draws it. */
export type MoreSubject =
  | { readonly kind: 'timeline'; readonly timeline: AssetTimeline }
  | { readonly kind: 'network'; readonly input: VenueNetworkInput }
  | { readonly kind: 'tail'; readonly input: TailInput };
/** What a chart of owners and reserves is drawn from: `draw-addresses.ts` draws it. */
export type AddressSubject =
  | { readonly kind: 'holders'; readonly input: HoldersInput }
  | { readonly kind: 'flows'; readonly input: FlowsInput }
  | { readonly kind: 'unlocks'; readonly input: UnlocksInput }
  | { readonly kind: 'reserve'; readonly input: ReserveInput };
/** What a chart is drawn from. */
export type ChartSubject = FirstSubject | MoreSubject | AddressSubject;

/** How some charts are drawn, and their numbers as tables; none where there is nothing to draw. */
export interface Painter<S> {
  readonly optionOf: (subject: S, options: ChartOptions) => ChartOption;
  readonly tablesOf: (subject: S) => readonly TableContent[];
}

/** A chart in the page. */
export interface DrawnChart<S> {
  /** Draws it anew at its present size; what the reader zoomed and toggled stays. Nothing while it has no size. */
  draw(subject: S, theme: ThemeName): void;
  dispose(): void;
}

/** Puts a chart into an element, as SVG: the page's rules allow no inline style, and ECharts sets styles of SVG through the object model. */
export function createChart<S>(element: HTMLElement, painter: Painter<S>): DrawnChart<S> {
  registerParts(use);
  const chart = init(element, null, { renderer: 'svg' });
  return {
    draw: (subject, theme) => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0 || height === 0) return;
      if (chart.getWidth() !== width || chart.getHeight() !== height) chart.resize({ width, height });
      const option = painter.optionOf(subject, { theme, width, height, target: 'page', heading: 'outside' });
      // Series, titles and parts come and go with the figures; zoom and legend are the reader's.
      chart.setOption(option, { replaceMerge: ['series', 'title', 'grid', 'xAxis', 'yAxis'], lazyUpdate: true });
    },
    dispose: () => chart.dispose(),
  };
}

/** Charts of the first screen. */
export const firstPainter: Painter<FirstSubject> = {
  optionOf: (subject, options) => (subject.kind === 'response' ? responseCurveChart(subject.input, options) : liquidationMapChart(subject.input, options)),
  tablesOf: (subject) => (subject.kind === 'response' ? responseCurveTables(subject.input) : liquidationMapTables(subject.input)),
};
