import { createRequire } from 'node:module';
import type { Audience, Language, WarningMessage } from '@breakwater/contracts';
import { Resvg } from '@resvg/resvg-js';
import { init, setPlatformAPI, use } from 'echarts/core';
import type { ChartOption } from './chart.ts';
import { registerParts } from './parts.ts';
import { responseCurveChart } from './response-curve.ts';
import { responseOfWarning } from './response-input.ts';
import { textWidth } from './text-width.ts';
import { themes, type ThemeName } from './theme.ts';
import { registerZoom } from './zoom-parts.ts';

/** The size of a picture and what it stands on. */
export interface RenderOptions {
  /** Size the chart was built for, px, whole numbers from 1 to 4,096. */
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  /** Begins every id inside an SVG: give each its own where several stand in one page. Letters, digits and `-`; `chart` by default. */
  readonly idPrefix?: string;
}

const resolve = createRequire(import.meta.url).resolve;
/** The fonts of pictures. Nothing else of the machine is read, so that a picture is the same everywhere. */
const fontFiles = { regular: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf') } as const;

let prepared = false;
/** Registers parts and measures text as DejaVu Sans; without a canvas ECharts would guess the widths of another font. Once a process. */
function prepare(): void {
  if (prepared) return;
  prepared = true;
  registerParts(use);
  registerZoom(use);
  setPlatformAPI({ measureText: (text, font) => ({ width: measure(text, font ?? '') }) });
}

/** `font` is a CSS font: `bold 15px DejaVu Sans`. */
function measure(text: string, font: string): number {
  return textWidth(text, Number(/([\d.]+)px/.exec(font)?.[1] ?? 12), /\b(bold|[6-9]00)\b/.test(font));
}

/**
 * Draws a chart as an SVG document, without a browser. The same option gives the same text. Synchronous, 5 to 25 ms. Throws a `RangeError` on a
 * size or prefix out of range.
 */
export function renderSvg(option: ChartOption, options: RenderOptions): string {
  const { width, height, theme, idPrefix = 'chart' } = options;
  for (const size of [width, height]) if (!Number.isInteger(size) || size < 1 || size > 4_096) throw new RangeError(`a picture is 1 to 4,096 px wide and high, not ${String(size)}`);
  if (!/^[A-Za-z][\w-]*$/.test(idPrefix)) throw new RangeError('an id prefix has letters, digits and dashes');
  prepare();
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ backgroundColor: themes[theme].background, ...option, animation: false });
    return withStableIds(asPicture(chart.renderToSVGString()), idPrefix);
  } finally {
    // A chart that is not disposed keeps a timer, and the process does not end.
    chart.dispose();
  }
}

/** Without what only serves a page that listens to pointers: rules for hovering, their classes, and marks for hydration. Texts have no bare quote, so none is touched. */
function asPicture(svg: string): string {
  return svg.replace(/<style ?>[^]*?<\/style>/g, '').replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '');
}

/** ECharts numbers ids and classes through the whole process (`zr12-c3`); they are counted anew in each document instead. */
function withStableIds(svg: string, prefix: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-[\w-]+/g, (id) => {
    const name = names.get(id) ?? `${prefix}-${String(names.size)}`;
    names.set(id, name);
    return name;
  });
}

/** A picture of a chart. */
export interface PictureOptions extends Omit<RenderOptions, 'idPrefix'> {
  /** Pixels of the picture for one px of the chart, 0.5 to 4; 1 by default. */
  readonly scale?: number;
}

/** Draws a chart as a PNG, with DejaVu Sans and without a browser. The same option gives the same bytes. Synchronous, 15 to 60 ms. Throws as `renderSvg`. */
export function renderPng(option: ChartOption, options: PictureOptions): Uint8Array {
  const svg = renderSvg(option, options);
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: Math.min(4, Math.max(0.5, options.scale ?? 1)) }, background: themes[options.theme].background,
    font: { loadSystemFonts: false, fontFiles: [fontFiles.regular, fontFiles.bold], defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
  });
  return image.render().asPng();
}

/** The picture that goes with a warning, px. It is laid out for 600 x 280 and drawn larger, so that its text can be read on a phone. */
const picture = { width: 600, height: 280, scale: 1.5 } as const;

/** The response curve at one revision of a warning as a PNG of 900 x 420 px on light ground; undefined when the warning carries no curve. Cost as `renderPng`. */
export function warningPicture(warning: WarningMessage, options: { readonly audience?: Audience; readonly language?: Language } = {}): Uint8Array | undefined {
  if (warning.response === null || warning.response === undefined) return undefined;
  const option = responseCurveChart(responseOfWarning(warning, options.language), { ...options, audience: options.audience ?? 'community', theme: 'light', target: 'picture', width: picture.width, height: picture.height });
  return renderPng(option, { theme: 'light', ...picture });
}
