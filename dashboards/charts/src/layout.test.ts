import { describe, expect, it } from '@jest/globals';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { assignLanes, rowsOf, wrap } from './layout.ts';
import { freePrice } from './place-label.ts';
import { endsRound, fromZero, niceStep, priceScale } from './scale.ts';
import { bandOf, cornersOf, drawableSteps, priceAfter } from './steps.ts';
import { textWidth } from './text-width.ts';
import { sampleResponse } from './testing/sample.ts';

const resolve = createRequire(import.meta.url).resolve;

describe('widths of text', () => {
  it.each([['DejaVuSans', false], ['DejaVuSans-Bold', true]] as const)('are those of %s', (file, bold) => {
    // The advance of a character, from how much wider 40 of them are than 20.
    const draw = (text: string): number => {
      const escaped = text.replace(/[&<>]/g, (c) => `&#${String(c.charCodeAt(0))};`);
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="200"><text x="10" y="100" xml:space="preserve" style="font-kerning:none" font-size="100" font-weight="${bold ? 'bold' : 'normal'}" font-family="DejaVu Sans">${escaped}|</text></svg>`;
      return new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`)] } }).getBBox()?.width ?? 0;
    };
    for (let code = 32; code < 127; code += 3) {
      const character = String.fromCharCode(code);
      const advance = (draw(`|${character.repeat(40)}`) - draw(`|${character.repeat(20)}`)) / 20;
      expect(Math.abs(advance - textWidth(character, 100, bold))).toBeLessThan(0.2);
    }
  });
  it('know no character that is not there', () => {
    expect(textWidth('', 12)).toBe(0);
    expect(textWidth('国', 10)).toBeCloseTo(6.5, 9);
  });
});

describe('layout', () => {
  it('wraps at spaces and never loses a word', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 12 }), fc.integer({ min: 20, max: 400 }), (words, width) => {
      const lines = wrap(words.join(' '), width, 12);
      expect(lines.join(' ')).toBe(words.join(' '));
      for (const line of lines) if (line.includes(' ')) expect(textWidth(line, 12)).toBeLessThanOrEqual(width);
    }));
  });
  it('counts rows', () => {
    expect(rowsOf([50, 50], 100)).toBe(1);
    expect(rowsOf([50, 51], 100)).toBe(2);
    expect(rowsOf([150], 100)).toBe(1);
  });
  it('puts what touches into different lanes', () => {
    expect(assignLanes([{ from: 0, to: 10 }, { from: 5, to: 15 }, { from: 10, to: 20 }, { from: 8, to: 12 }], 2)).toEqual([0, 1, 0, null]);
    expect(assignLanes([{ from: 0, to: 10 }, { from: 20, to: 30 }], 2, [{ lane: 0, span: { from: 5, to: 12 } }])).toEqual([1, 0]);
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 1, max: 30 })).map(([from, length]) => ({ from, to: from + length })), { maxLength: 12 }), (spans) => {
      const lanes = assignLanes(spans, 3);
      spans.forEach((a, i) => spans.forEach((b, j) => {
        if (i < j && lanes[i] !== null && lanes[i] === lanes[j]) expect(a.to <= b.from || b.to <= a.from).toBe(true);
      }));
    }));
  });
});

describe('scales', () => {
  it('step by 1, 2 or 5', () => {
    expect([niceStep(12.3e6, 7), niceStep(6.5, 7), niceStep(0.03, 4), niceStep(100, 10)]).toEqual([2e6, 1, 0.01, 10]);
    expect([niceStep(0, 5), niceStep(NaN, 5), niceStep(Infinity, 5)]).toEqual([1, 1, 1]);
    fc.assert(fc.property(fc.double({ min: 1e-150, max: 1e150, noNaN: true }), fc.integer({ min: 1, max: 12 }), (range, count) => {
      const steps = range / niceStep(range, count);
      expect(steps).toBeGreaterThan(count / 2.51);
      expect(steps).toBeLessThanOrEqual(count * 1.001);
    }));
  });
  it('begin at zero for a deep fall, near the prices for a shallow one, and leave room on top', () => {
    expect(priceScale(0.9, 5.6, 0.2, 5)).toEqual({ min: 0, max: 7, interval: 2 });
    const shallow = priceScale(5.4, 5.6, 0, 5);
    // At least a tenth of the price is shown: from 5.04, rounded down to a multiple of 0.2.
    expect(shallow.min).toBeCloseTo(5, 9);
    expect(shallow.max).toBeCloseTo(5.6, 9);
    expect(priceScale(5.4, 5.6, 0, 5, 0.5).min).toBeLessThan(4.6);
    expect(priceScale(Infinity, -Infinity, 0.1, 5)).toMatchObject({ min: 0 });
  });
  it('know whether they end on a label', () => {
    expect([endsRound(fromZero(12e6, 6)), endsRound(fromZero(12.3e6, 6))]).toEqual([true, false]);
    expect(fromZero(0, 5)).toEqual({ min: 0, max: 1, interval: 0.2 });
  });
});

describe('steps', () => {
  const steps = drawableSteps(sampleResponse.central);
  it('answer with the first step that reaches the sale', () => {
    const two = [{ saleUsd: 10, price: 5 }, { saleUsd: 20, price: 4 }];
    expect([0, 1e-9, 10, 10.1, 20, 20.1].map((sale) => priceAfter(two, 6, sale))).toEqual([6, 5, 5, 4, 4, undefined]);
    expect(priceAfter([{ saleUsd: 0, price: 3 }, ...two], 6, 0)).toBe(3);
    expect(priceAfter([], 6, 0)).toBe(6);
    expect(priceAfter([], 6, 1)).toBeUndefined();
  });
  it('are drawn as they answer: each corner on the curve, and the curve between corners at the next one', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 13e6, noNaN: true }), (sale) => {
      const corners = cornersOf(steps, 5.62, 13e6);
      expect(corners.find(([x]) => x >= sale)?.[1]).toBe(priceAfter(steps, 5.62, sale));
    }));
  });
  it('end at the end of the axis', () => {
    expect(cornersOf([{ saleUsd: 10, price: 5 }, { saleUsd: 30, price: 4 }, { saleUsd: 40, price: 3 }], 6, 20)).toEqual([[0, 6], [10, 5], [20, 4]]);
  });
  it('make a band that holds both edges at every sale', () => {
    const [lower, upper] = [drawableSteps(sampleResponse.pessimistic), drawableSteps(sampleResponse.optimistic)];
    const band = bandOf(lower, upper, 5.62, 12.3e6, 0);
    fc.assert(fc.property(fc.double({ min: 1, max: 12.3e6, noNaN: true }), (sale) => {
      const i = band.low.findIndex(([x]) => x >= sale);
      expect(band.low[i]?.[1]).toBe(priceAfter(lower, 5.62, sale));
      expect((band.low[i]?.[1] ?? 0) + (band.height[i]?.[1] ?? 0)).toBeCloseTo(priceAfter(upper, 5.62, sale) ?? NaN, 9);
    }));
  });
  it('keep their labels apart', () => {
    const low = { steps: [{ saleUsd: 100, price: 1 }], bestPrice: 10 };
    const high = { steps: [{ saleUsd: 100, price: 9 }], bestPrice: 10 };
    // Midway between 1 and 9; with the lower one alone as high as it goes.
    expect(freePrice([low, high], 10, 50, 0, 10, 5).price).toBeCloseTo(5, 1);
    expect(freePrice([low], 10, 50, 0, 10, 5).price).toBe(10);
  });
});
