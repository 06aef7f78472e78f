import type { Audience, Language } from '@breakwater/contracts';
import type { EChartsOption } from 'echarts';
import type { ThemeName } from './theme.ts';

/** A chart as data for Apache ECharts: for `setOption` in a page, for `renderSvg` and `renderPng` elsewhere. It holds formatter functions, so it is not JSON. */
export type ChartOption = EChartsOption;

/** How a chart is to be drawn. */
export interface ChartOptions {
  readonly theme: ThemeName;
  /** The size it will have, px; a chart leaves out and stacks what would not fit. Build it anew when the size changes. At least 320 x 200. */
  readonly width: number;
  readonly height: number;
  /** `page`: tooltips, zoom, the page's font. `picture`: none of these, DejaVu Sans. */
  readonly target: 'page' | 'picture';
  /** `committee` by default. */
  readonly audience?: Audience;
  /** English by default. */
  readonly language?: Language;
  /** `outside` leaves the title to the page (`responseCurveTitle`, `timelineTitle`); `inside` by default. */
  readonly heading?: 'inside' | 'outside';
}

/** The numbers of a chart as a table: every cell is text as it is to be shown, unescaped. */
export interface ChartTable {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly align: 'text' | 'number' }[];
  readonly rows: readonly (readonly string[])[];
}

/** Below this width, px, a chart is laid out for a phone. */
export const compactBelow = 480;
