import type { Severity } from '@breakwater/contracts';

/** Which background a chart or a page is drawn for. */
export type ThemeName = 'light' | 'dark';

/** Colours as CSS hexadecimal. Two greys, one accent; severity colours mark severity and nothing else. */
export interface Theme {
  readonly name: ThemeName;
  readonly background: string;
  /** Text and what is measured directly (the price). */
  readonly ink: string;
  /** Secondary text: units, labels of axes. At least 4.5 : 1 on the background, like `ink`, `accent` and every severity (WCAG 2.2, 1.4.3). */
  readonly muted: string;
  /** Lines that only guide the eye. */
  readonly faint: string;
  /** What is computed: curves, thresholds. */
  readonly accent: string;
  /** Opacity at which `accent` fills a band. */
  readonly bandOpacity: number;
  readonly severity: Readonly<Record<Severity, string>>;
}

/** The colours of both backgrounds. */
export const themes: Readonly<Record<ThemeName, Theme>> = {
  light: {
    name: 'light', background: '#ffffff', ink: '#1a1e23', muted: '#5a636e', faint: '#e1e4e8', accent: '#1d5fa6', bandOpacity: 0.14,
    severity: { watch: '#8f6d00', warning: '#8f3a00', critical: '#b0002f' },
  },
  dark: {
    name: 'dark', background: '#15181c', ink: '#e7eaee', muted: '#9aa4af', faint: '#2c3239', accent: '#7ab2ee', bandOpacity: 0.2,
    severity: { watch: '#ffe066', warning: '#f39a4b', critical: '#ff7a85' },
  },
};

/** The colours of a theme as CSS custom properties, for a page that shows charts: `--background` and so on. */
export function cssProperties(theme: Theme): Readonly<Record<`--${string}`, string>> {
  return {
    '--background': theme.background, '--ink': theme.ink, '--muted': theme.muted, '--faint': theme.faint, '--accent': theme.accent,
    '--watch': theme.severity.watch, '--warning': theme.severity.warning, '--critical': theme.severity.critical,
  };
}

/** A severity without colour: `symbol` is the name of the shape in ECharts, `character` the same shape in text. */
export interface SeverityShape {
  readonly symbol: 'diamond' | 'rect' | 'triangle';
  readonly character: string;
}

/** The shape of each severity, so that colour is never alone. A circle is left to transfers. */
export const severityShapes: Readonly<Record<Severity, SeverityShape>> = {
  watch: { symbol: 'diamond', character: '◆' }, warning: { symbol: 'rect', character: '■' }, critical: { symbol: 'triangle', character: '▲' },
};

/** The mark of a venue: its colour, and a shape that tells apart venues that share one. */
export interface VenueMark {
  readonly colour: string;
  readonly symbol: 'circle' | 'rect';
}

/*
 * Okabe and Ito, "Color Universal Design" (jfly.uni-koeln.de/color, 2008), the set told apart with every common colour blindness.
 * Two are left out: black, which is text, and vermilion, which would be red against the bluish green and read as a severity.
 */
const orange = '#e69f00';
const skyBlue = '#56b4e9';
const bluishGreen = '#009e73';
const yellow = '#f0e442';
const blue = '#0072b2';
const reddishPurple = '#cc79a7';
const unknownVenue: VenueMark = { colour: '#8a929c', symbol: 'circle' };

const venueMarks: Readonly<Record<string, VenueMark>> = {
  binance: { colour: orange, symbol: 'circle' }, bybit: { colour: blue, symbol: 'circle' }, okx: { colour: skyBlue, symbol: 'circle' },
  hyperliquid: { colour: bluishGreen, symbol: 'circle' }, kraken: { colour: reddishPurple, symbol: 'circle' }, coinbase: { colour: yellow, symbol: 'circle' },
  gate: { colour: orange, symbol: 'rect' }, kucoin: { colour: blue, symbol: 'rect' }, deribit: { colour: skyBlue, symbol: 'rect' },
  mexc: { colour: bluishGreen, symbol: 'rect' }, bitget: { colour: reddishPurple, symbol: 'rect' }, htx: { colour: yellow, symbol: 'rect' }, huobi: { colour: yellow, symbol: 'rect' },
};

/** Venues with a mark of their own. */
export const markedVenues: readonly string[] = Object.keys(venueMarks);

/** The mark of a venue, the same in every chart and on both backgrounds; a venue without one of its own is grey. */
export function venueMark(venue: string): VenueMark {
  return Object.hasOwn(venueMarks, venue) ? (venueMarks[venue] ?? unknownVenue) : unknownVenue;
}

/** Font stacks. A picture is drawn with DejaVu Sans; Verdana has nearly its widths where an SVG is opened without it. No quotes: they would end up inside attributes. */
export const fonts = { page: 'system-ui, sans-serif', picture: 'DejaVu Sans, Verdana, sans-serif' } as const;
