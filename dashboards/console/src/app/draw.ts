import type { ChartOption, ChartOptions, ResponseCurveInput, ThemeName, VenueNetworkInput } from '@breakwater/charts';
import { responseCurveChart, responseCurveTables, timelineChart, timelineTables, venueNetworkChart, venueNetworkTables } from '@breakwater/charts';
import { registerParts } from '@breakwater/charts/parts';
import type { AssetTimeline } from '@breakwater/contracts';
import { init, use } from 'echarts/core';
import type { TableContent } from '../view/chart-frame.tsx';

/** What a chart is drawn from. */
export type ChartSubject =
  | { readonly kind: 'response'; readonly input: ResponseCurveInput }
  | { readonly kind: 'timeline'; readonly timeline: AssetTimeline }
  | { readonly kind: 'network'; readonly input: VenueNetworkInput };

/** A chart in the page. */
export interface DrawnChart {
  /** Draws it anew at its present size; what the reader zoomed and toggled stays. Nothing while it has no size. */
  draw(subject: ChartSubject, theme: ThemeName): void;
  dispose(): void;
}

/** Puts a chart into an element, as SVG: the page's rules allow no inline style, and ECharts sets styles of SVG through the object model. */
export function createChart(element: HTMLElement): DrawnChart {
  registerParts(use);
  const chart = init(element, null, { renderer: 'svg' });
  return {
    draw: (subject, theme) => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0 || height === 0) return;
      if (chart.getWidth() !== width || chart.getHeight() !== height) chart.resize({ width, height });
      const option = optionOf(subject, { theme, width, height, target: 'page', heading: 'outside' });
      // Series, titles and parts come and go with the figures; zoom and legend are the reader's.
      chart.setOption(option, { replaceMerge: ['series', 'title', 'grid', 'xAxis', 'yAxis'], lazyUpdate: true });
    },
    dispose: () => chart.dispose(),
  };
}

/** The numbers of a chart as tables; none where there is nothing to draw. */
export function tablesOf(subject: ChartSubject): readonly TableContent[] {
  switch (subject.kind) {
    case 'response':
      return responseCurveTables(subject.input);
    case 'timeline':
      return timelineTables(subject.timeline);
    case 'network':
      return venueNetworkTables(subject.input);
  }
}

function optionOf(subject: ChartSubject, options: ChartOptions): ChartOption {
  switch (subject.kind) {
    case 'response':
      return responseCurveChart(subject.input, options);
    case 'timeline':
      return timelineChart(subject.timeline, options);
    case 'network':
      return venueNetworkChart(subject.input, options);
  }
}
