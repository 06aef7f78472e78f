import type { TooltipComponentOption } from 'echarts/components';
import type { ChartOption, ChartOptions } from './chart.ts';
import { compactBelow } from './chart.ts';
import { rowsOf, wrap } from './layout.ts';
import { textWidth } from './text-width.ts';
import { fonts, themes, type Theme } from './theme.ts';

/** Sizes of text, px. */
export interface TextSizes {
  readonly title: number;
  readonly text: number;
}

/** Where the parts of a chart are, px. */
export interface Frame {
  readonly theme: Theme;
  readonly compact: boolean;
  readonly sizes: TextSizes;
  readonly font: string;
  /** The plot. */
  readonly plot: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** Title, subtitle, legend, background, text style and grid, ready to spread into an option. */
  readonly base: ChartOption;
}

/** What stands around a plot. */
export interface FrameContent {
  readonly title: string;
  /** Secondary line: what and when. */
  readonly subtitle: string;
  /** Further lines in ink: what the chart would otherwise leave unsaid. */
  readonly note?: string;
  /** Names of series in the order of the legend, with another `text` where the name alone does not say enough. */
  readonly legend: readonly { readonly name: string; readonly icon: LegendIcon; readonly text?: string }[];
  /** Room for the labels of the axes at the left and right, and under the plot, px; over it, by default, for the name of a vertical one. */
  readonly axes: { readonly left: number; readonly right: number; readonly bottom: number; readonly top?: number };
}

const edge = 10;
const lineHeight = 1.4;

/** Shapes of the legend as SVG paths, as the lines they stand for look. The lines are as wide as their place: ECharts breaks rows by what is drawn. */
export const legendIcons = {
  line: 'path://M0,0h20v2.6h-20z', dashed: 'path://M0,0h5v2h-5z M7.5,0h5v2h-5z M15,0h5v2h-5z', upright: 'path://M0,9h20v1.2h-20z M9.2,0h1.6v10h-1.6z', area: 'rect', circle: 'circle',
  diamond: 'path://M5,0l5,5l-5,5l-5,-5z', square: 'path://M0,0h10v10h-10z', triangle: 'path://M5,0l5,10h-10z',
} as const;
/** The name of a shape of the legend. */
export type LegendIcon = keyof typeof legendIcons;
/** Shapes that fill the width of their place; the others are as wide as high. */
const wideIcons: ReadonlySet<LegendIcon> = new Set(['line', 'dashed', 'upright', 'area']);
const iconHeight = 9;

/** Lays a chart out for its size: title over subtitle over plot over legend, each wrapped to the width. */
export function frameOf(content: FrameContent, options: ChartOptions): Frame {
  const theme = themes[options.theme];
  const compact = options.width < compactBelow;
  const sizes: TextSizes = compact ? { title: 13, text: 11 } : { title: 15, text: 12 };
  const font = fonts[options.target];
  const inner = options.width - 2 * edge;
  const titleLines = options.heading === 'outside' ? [] : wrap(content.title, inner, sizes.title, true);
  const subLines = wrap(content.subtitle, inner, sizes.text);
  const noteLines = content.note === undefined ? [] : wrap(content.note, inner, sizes.text);
  const line = Math.round(sizes.text * lineHeight);
  const titleLine = Math.round(sizes.title * lineHeight);
  const titleHeight = titleLines.length * titleLine;
  const top = edge + titleHeight + (subLines.length + noteLines.length) * line + 8;

  const [icon, gap] = compact ? [14, 10] : [18, 14];
  // ECharts puts 5 px between shape and name. A shape that is as wide as high stands in the middle of its place, and what is free before it does not count.
  const widths = content.legend.map(({ name, text, icon: shape }) => icon - (wideIcons.has(shape) ? 0 : (icon - iconHeight) / 2) + 5 + textWidth(text ?? name, sizes.text) + gap);
  const legendRows = content.legend.length === 0 ? 0 : rowsOf(widths, inner + gap - 1);
  const legendHeight = legendRows * (line + 4);
  const plotTop = top + (content.axes.top ?? line + 4);
  const bottom = legendHeight + content.axes.bottom + 4;
  const plot = { left: content.axes.left, top: plotTop, width: Math.max(40, options.width - content.axes.left - content.axes.right), height: Math.max(40, options.height - plotTop - bottom) };
  return {
    theme, compact, sizes, font, plot,
    base: {
      animation: false, useUTC: true, backgroundColor: theme.background, color: [theme.accent],
      textStyle: { fontFamily: font, fontSize: sizes.text, color: theme.ink },
      title: {
        left: edge, top: edge, padding: 0, itemGap: titleLines.length === 0 ? 0 : 2,
        text: titleLines.join('\n'), textStyle: { fontFamily: font, fontSize: sizes.title, fontWeight: 'bold', lineHeight: titleLine, color: theme.ink },
        subtext: [...subLines.map((text) => `{sub|${text}}`), ...noteLines.map((text) => `{note|${text}}`)].join('\n'),
        subtextStyle: {
          fontFamily: font, fontSize: sizes.text, lineHeight: line, color: theme.muted,
          rich: { sub: { color: theme.muted, fontSize: sizes.text, lineHeight: line }, note: { color: theme.ink, fontSize: sizes.text, lineHeight: line } },
        },
      },
      legend: {
        show: legendRows > 0, left: edge - 5, width: inner, bottom: 4, padding: [0, 5], itemGap: gap, itemWidth: icon, itemHeight: iconHeight,
        textStyle: { fontFamily: font, fontSize: sizes.text, color: theme.ink }, inactiveColor: theme.muted, inactiveBorderColor: theme.muted,
        data: content.legend.map(({ name, icon: shape }) => ({ name, icon: legendIcons[shape] })),
        formatter: (name: string) => content.legend.find((entry) => entry.name === name)?.text ?? name,
      },
      grid: { left: plot.left, top: plot.top, width: plot.width, height: plot.height, outerBoundsMode: 'none' },
    },
  };
}

/** A chart that has nothing to show says why, in the middle, with its title in place. */
export function emptyChart(title: string, subtitle: string, why: string, options: ChartOptions): ChartOption {
  const { base, theme, sizes, font } = frameOf({ title, subtitle, legend: [], axes: { left: 0, right: 0, bottom: 0 } }, options);
  const lines = wrap(why, options.width - 8 * edge, sizes.text + 1);
  const headed = Array.isArray(base.title) ? base.title : [base.title ?? {}];
  return {
    ...base,
    grid: { show: false },
    title: [
      ...headed,
      {
        text: lines.join('\n'), left: 'center', top: 'middle',
        textStyle: { fontFamily: font, fontSize: sizes.text + 1, fontWeight: 'normal', lineHeight: Math.round((sizes.text + 1) * lineHeight), color: theme.muted },
      },
    ],
    series: [],
  };
}

/** The look of a tooltip: the page's colours, no shadow. */
export function tooltipLook({ theme, sizes, font }: Frame): TooltipComponentOption {
  return {
    confine: true, transitionDuration: 0, backgroundColor: theme.background, borderColor: theme.muted, borderWidth: 1, padding: [6, 8],
    textStyle: { fontFamily: font, fontSize: sizes.text, color: theme.ink }, extraCssText: 'box-shadow:none;white-space:normal;max-width:320px',
  };
}

/** A line that only shows: without points, deaf to the pointer. */
export const silentLine = { type: 'line', showSymbol: false, symbol: 'none', silent: true, emphasis: { disabled: true } } as const;

/** Text of an axis. */
interface AxisText {
  readonly fontFamily: string;
  readonly fontSize: number;
  readonly color: string;
}

/** The looks of axes. */
export interface AxisLook {
  readonly line: object;
  readonly noLine: object;
  readonly label: AxisText;
  readonly guides: object;
  /** An axis under the plot: its name below, in the middle, and a base line. */
  readonly under: { readonly nameLocation: 'middle'; readonly nameGap: number; readonly nameTextStyle: AxisText; readonly axisLine: object; readonly splitLine: object };
  /** An axis at the left of the plot: its name on top, from the left edge of the chart on, and guides instead of a line. */
  readonly atLeft: {
    readonly nameLocation: 'end'; readonly nameGap: number; readonly nameTextStyle: AxisText & { readonly align: 'left'; readonly padding: number[] };
    readonly axisLine: object; readonly axisTick: object; readonly splitLine: object;
  };
}

/** The look of the axes of a chart: no line but the base line, faint guides, labels in grey. */
export function axisLook({ theme, sizes, font, plot }: Frame): AxisLook {
  const line = { show: true, onZero: false, lineStyle: { color: theme.muted, width: 1 } };
  const noLine = { show: false };
  const label = { fontFamily: font, fontSize: sizes.text, color: theme.muted };
  const guides = { show: true, showMaxLine: false, lineStyle: { color: theme.faint, width: 1 } };
  return {
    line, noLine, label, guides,
    under: { nameLocation: 'middle', nameGap: 24, nameTextStyle: label, axisLine: line, splitLine: noLine },
    atLeft: { nameLocation: 'end', nameGap: 8, nameTextStyle: { ...label, align: 'left', padding: [0, 0, 0, edge - plot.left] }, axisLine: noLine, axisTick: noLine, splitLine: guides },
  };
}
