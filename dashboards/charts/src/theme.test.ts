import { describe, expect, it } from '@jest/globals';
import { severity } from '@breakwater/contracts';
import { contrast, difference, visions } from './testing/colour.ts';
import { cssProperties, fonts, severityShapes, themes, venueMark } from './theme.ts';

const venues = ['binance', 'bybit', 'okx', 'hyperliquid', 'kraken', 'coinbase', 'gate', 'kucoin', 'deribit', 'mexc', 'bitget', 'htx'];

describe('a theme', () => {
  it.each(Object.values(themes))('$name: text can be read on its background', (theme) => {
    for (const colour of [theme.ink, theme.muted, theme.accent, ...Object.values(theme.severity)]) expect(contrast(colour, theme.background)).toBeGreaterThanOrEqual(4.5);
    // Guides are seen and stay behind.
    expect(contrast(theme.faint, theme.background)).toBeLessThan(2);
  });
  it.each(Object.values(themes))('$name: severities are told apart with every vision, and from the accent', (theme) => {
    const colours = [...Object.values(theme.severity), theme.accent];
    for (const vision of ['normal', 'protanopia', 'deuteranopia', 'tritanopia'] as const) {
      colours.forEach((a, i) => colours.slice(i + 1).forEach((b) => expect({ a, b, vision, apart: difference(a, b, vision) > 10 }).toEqual({ a, b, vision, apart: true })));
    }
  });
  it('gives every severity a shape of its own', () => {
    expect(new Set(severity.options.map((one) => severityShapes[one].symbol)).size).toBe(3);
    expect(new Set(severity.options.map((one) => severityShapes[one].character)).size).toBe(3);
  });
  it('is one set of custom properties for both backgrounds', () => {
    const [light, dark] = [cssProperties(themes.light), cssProperties(themes.dark)];
    expect(Object.keys(light)).toEqual(Object.keys(dark));
    expect(light).toMatchObject({ '--background': '#ffffff', '--critical': '#b0002f' });
    expect(new Set(Object.values(light)).size).toBe(Object.keys(light).length);
  });
  it('names fonts without quotes, which would end an attribute', () => {
    expect(Object.values(fonts).join()).not.toMatch(/["']/);
  });
});

describe('venues', () => {
  it('have a mark of their own each', () => {
    expect(new Set(venues.map((venue) => JSON.stringify(venueMark(venue)))).size).toBe(venues.length);
    expect(venueMark('huobi')).toEqual(venueMark('htx'));
  });
  it('share one grey mark when they are not known, whatever they are called', () => {
    for (const name of ['nowhere', 'constructor', '__proto__']) expect(venueMark(name)).toEqual({ colour: '#8a929c', symbol: 'circle' });
  });
  it('have colours that every vision tells apart', () => {
    const colours = [...new Set(venues.map((venue) => venueMark(venue).colour))];
    expect(colours).toHaveLength(6);
    for (const vision of Object.keys(visions) as (keyof typeof visions)[]) {
      colours.forEach((a, i) => colours.slice(i + 1).forEach((b) => expect({ a, b, vision, apart: difference(a, b, vision) > 10 }).toEqual({ a, b, vision, apart: true })));
    }
    // The measure finds what is not told apart: two greens and reds of one lightness.
    expect(difference('#b2652c', '#7f7f2a', 'deuteranopia')).toBeLessThan(10);
  });
});
