import { describe, expect, it } from '@jest/globals';
import { responseCurve, scoreMessage, type ResponseCurve } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { responseCurveChart } from './response-curve.ts';
import { responseOfScore, responseOfWarning, type ResponseCurveInput } from './response-input.ts';
import { responseCurveTables } from './response-table.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleScore, sampleWarning } from './testing/sample.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const phone: ChartOptions = { ...page, width: 360, height: 300 };

/** Worked by hand: at most 2 m ends at 10, at most 4 m at 9, then over the cliff to 3 up to 9 m. */
const curve: ResponseCurve = responseCurve.parse({
  price: 10,
  central: [{ saleUsd: 2e6, price: 10 }, { saleUsd: 4e6, price: 9 }, { saleUsd: 9e6, price: 3 }, { saleUsd: 15e6, price: 2 }],
  pessimistic: [{ saleUsd: 3e6, price: 9 }, { saleUsd: 8e6, price: 1 }], optimistic: [{ saleUsd: 5e6, price: 9.5 }, { saleUsd: 15e6, price: 5 }],
  withoutForced: [{ saleUsd: 15e6, price: 8 }],
});
const score = scoreMessage.parse({ ...sampleScore, price: { value: 10, low: 10, high: 10, status: 'exact' }, ignitionUsd: { value: 4e6, low: 3e6, high: 5e6, status: 'inferred' }, landingPrice: { value: 3, low: 1, high: 5, status: 'inferred' }, response: curve });
const input = responseOfScore(score);
const at = (axisValue: number): unknown => [{ axisValue }];
const textsOf = (of: ResponseCurveInput, options: ChartOptions): string => readOption(responseCurveChart(of, options)).texts.join('\n');

describe('the response curve', () => {
  it('asks its question, names the unit of each axis and lets every mark be toggled', () => {
    const option = responseCurveChart(input, page);
    const { texts } = readOption(option);
    expect(texts).toEqual(expect.arrayContaining(['Where would the price end if this much were sold within 15 min?', 'net sale within 15 min ($)', 'price ($ for one OM)']));
    expect(option.legend).toMatchObject({ show: true, data: ['With forced sales', 'Without forced sales', 'Band, pessimistic to optimistic', 'Ignition threshold', 'Further tipping points', 'Largest deposit'].map((name) => ({ name })) });
    for (const name of ['With forced sales', 'Without forced sales', 'Band, pessimistic to optimistic', 'Ignition threshold', 'Further tipping points', 'Largest deposit']) expect(seriesNamed(option, name)).not.toEqual([]);
  });
  it('reaches from no sale to three times the threshold', () => {
    expect(responseCurveChart(input, page).xAxis).toMatchObject({ min: 0, max: 12e6 });
  });
  it('holds each price from the sale before up to its own', () => {
    const [central] = seriesNamed(responseCurveChart(input, page), 'With forced sales');
    // A step that turns at its start goes to the next price first, then along: after (4 m, 9) down to 3, then on to 9 m.
    expect(central).toMatchObject({ type: 'line', step: 'start' });
    expect(pointsOf(central)).toEqual([[0, 10], [2e6, 10], [4e6, 9], [9e6, 3], [12e6, 2]]);
  });
  it('draws the same book without forced sales dashed', () => {
    const [calm] = seriesNamed(responseCurveChart(input, page), 'Without forced sales');
    expect(calm).toMatchObject({ step: 'start', lineStyle: { type: 'dashed' } });
    expect(pointsOf(calm)).toEqual([[0, 10], [12e6, 8]]);
  });
  it('fills the band between both assumptions, down to the floor where the lower one is not known', () => {
    const band = seriesNamed(responseCurveChart(input, page), 'Band, pessimistic to optimistic');
    expect(band).toHaveLength(2);
    expect(band[0]).toMatchObject({ stack: 'band', step: 'start', lineStyle: { width: 0 } });
    expect(band[1]).toMatchObject({ stack: 'band', step: 'start', areaStyle: {} });
    // The pessimistic curve ends at 8 m: beyond, the price is anywhere below 5.
    expect(pointsOf(band[0])).toEqual([[0, 10], [0, 10], [3e6, 9], [5e6, 1], [8e6, 1], [12e6, 0]]);
    expect(pointsOf(band[1])).toEqual([[0, 0], [0, 0], [3e6, 0.5], [5e6, 8.5], [8e6, 4], [12e6, 5]]);
  });
  it('marks the cliff with both numbers and their bands', () => {
    const option = responseCurveChart(input, page);
    const [cliff] = seriesNamed(option, 'Ignition threshold');
    expect(pointsOf(cliff).slice(0, 2)).toEqual([[4e6, 9], [4e6, 3]]);
    const said = readOption(cliff).texts.join('\n');
    expect(said).toContain('{b|Ignition threshold $4 m (3 to 5)}\n{b|price ends at $3.00 (1.00 to 5.00, -70 %)}');
    expect(textsOf(responseOfScore(sampleScore), page)).toContain('Ignition threshold $4.1 m (3.2 to 5.6)');
    expect(textsOf(responseOfScore(sampleScore), page)).toContain('price ends at $0.92 (0.55 to 1.60, -84 %)');
  });
  it('marks each tipping point behind the cliff at its brink, and says at the cursor which was passed last', () => {
    // From $3 at 9 m to $2 in the next step, while the same book without forced sales stays at $8. The jump at 4 m is the cliff, the one at 2 m lies before it.
    const option = responseCurveChart(input, page);
    expect(pointsOf(seriesNamed(option, 'Further tipping points')[0])).toEqual([[9e6, 3]]);
    expect(tooltipOf(option, at(9.1e6))).toContain('<br>past the tipping point at $9 m: from $3.00 to $2.00');
    expect(tooltipOf(option, at(9e6))).not.toContain('tipping');
  });
  it('takes tipping points that are given instead, those behind the cliff and on the axis', () => {
    const tippingPoints = [{ saleUsd: 1e6, from: 10, to: 9 }, { saleUsd: 4e6, from: 9, to: 3 }, { saleUsd: 7e6, from: 3, to: 2.9 }, { saleUsd: 20e6, from: 2, to: 1 }];
    expect(pointsOf(seriesNamed(responseCurveChart({ ...input, tippingPoints }, page), 'Further tipping points')[0])).toEqual([[7e6, 3]]);
    expect(seriesNamed(responseCurveChart({ ...input, tippingPoints: [] }, page), 'Further tipping points')).toEqual([]);
    // Where nothing ignites there is no cliff to be behind.
    expect(seriesNamed(responseCurveChart({ ...input, tippingPoints, ignitionUsd: null, landingPrice: null }, page), 'Further tipping points')).toEqual([]);
  });
  it('leaves out a band that is none', () => {
    const exact = { ...input, response: { ...curve, pessimistic: curve.central, optimistic: curve.central } };
    expect(seriesNamed(responseCurveChart(exact, page), 'Band, pessimistic to optimistic')).toEqual([]);
    expect(JSON.stringify(responseCurveChart(exact, page).legend)).not.toContain('Band');
  });
  it('says it in plain words to the community', () => {
    const said = textsOf(input, { ...page, audience: 'community' });
    expect(said).toContain('Forced sales begin at $4 m (3 to 5)');
    expect(said).not.toContain('Ignition');
  });
  it('keeps the two numbers on a phone when their bands find no room', () => {
    const flat = textsOf({ ...responseOfScore(sampleScore), response: responseCurve.parse({ ...sampleScore.response, withoutForced: [{ saleUsd: 13e6, price: 2 }] }) }, { ...phone, height: 240 });
    expect(flat).toContain('{b|Ignition threshold $4.1 m}\n{b|price ends at $0.92}');
    expect(textsOf(responseOfScore(sampleScore), { ...phone, height: 420 })).toContain('{b|Ignition threshold $4.1 m}\n(3.2 to 5.6)\n{b|price ends at $0.92}\n(0.55 to 1.60, -84 %)');
  });
  it('draws the largest deposit as an upright line with its amount and place', () => {
    const option = responseCurveChart({ ...input, largest: { usd: sampleScore.deposits.largest?.usd ?? null, toLabel: 'exchange:okx' } }, page);
    const [line] = seriesNamed(option, 'Largest deposit');
    expect(pointsOf(line).map(([x]) => x)).toEqual([5.6e6, 5.6e6]);
    expect(readOption(line).texts).toContain('Largest deposit $5.6 m to OKX');
  });
  it('points over the edge at a deposit beyond it', () => {
    const beyond = scoreMessage.parse({ ...score, deposits: { ...score.deposits, largest: { ...score.deposits.largest, usd: 56e6 } } });
    const [line] = seriesNamed(responseCurveChart(responseOfScore(beyond), page), 'Largest deposit');
    expect(pointsOf(line).map(([x]) => x)).toEqual([12e6, 12e6]);
    expect(readOption(line).texts).toContain('Largest deposit $56 m to OKX →');
    expect(line).toMatchObject({ lineStyle: { width: 0 } });
  });
  it('leaves out a deposit that is not there, or whose value is not known', () => {
    for (const largest of [null, { usd: null, toLabel: 'exchange:okx' }]) expect(seriesNamed(responseCurveChart({ ...input, largest }, page), 'Largest deposit')).toEqual([]);
  });
  it('says at the cursor what a sale of that size does, also beyond the books', () => {
    const option = responseCurveChart(input, page);
    expect(tooltipOf(option, at(4e6))).toBe('Net sale of $4 m<br>price ends at $9.00 (1.00 to 9.50), -10 %<br>Without forced sales: $8.00');
    expect(tooltipOf(option, at(4.1e6))).toContain('ends at $3.00');
    expect(tooltipOf(option, at(16e6))).toContain('price ends below $2.00, where the books known end');
    for (const params of [undefined, null, [], [{}], [{ axisValue: NaN }], 'x']) expect(tooltipOf(option, params)).toBe('');
  });
  it('falls to its landing where the books known end in the cliff', () => {
    const ends = responseCurveChart({ ...input, response: { ...curve, central: curve.central.slice(0, 2) } }, page);
    const [central, ...others] = seriesNamed(ends, 'With forced sales');
    expect(pointsOf(central)).toEqual([[0, 10], [2e6, 10], [4e6, 9], [4e6, 3]]);
    expect(others).toEqual([]);
    expect(tooltipOf(ends, at(5e6))).toContain('price ends below $3.00, where the books known end');
  });
  it('starts at the cliff when positions are past their liquidation price already', () => {
    const past = scoreMessage.parse({ ...score, ignitionUsd: { value: 0, low: 0, high: 0, status: 'inferred' }, response: { ...curve, central: [{ saleUsd: 0, price: 3 }, { saleUsd: 9e6, price: 2 }] } });
    const zero = responseCurveChart(responseOfScore(past), page);
    expect(pointsOf(seriesNamed(zero, 'Ignition threshold')[0]).slice(0, 2)).toEqual([[0, 10], [0, 3]]);
    expect(pointsOf(seriesNamed(zero, 'With forced sales')[0]).slice(0, 2)).toEqual([[0, 10], [0, 3]]);
  });
  it('keeps within the picture what needs no pointer', () => {
    const option = responseCurveChart(input, { ...page, target: 'picture' });
    expect(option.tooltip).toEqual({ show: false });
    expect(option.legend).toMatchObject({ data: [{ name: 'With forced sales' }, { name: 'Without forced sales' }, { name: 'Band, pessimistic to optimistic' }, { name: 'Further tipping points' }] });
    expect(option.textStyle).toMatchObject({ fontFamily: 'DejaVu Sans, Verdana, sans-serif' });
  });
});

describe('a response curve that cannot be drawn', () => {
  const why = (of: ResponseCurveInput): string => {
    const option = responseCurveChart(of, page);
    expect(option.series).toEqual([]);
    expect(readOption(option).texts).toContain('Where would the price end if this much were sold within 15 min?');
    return readOption(option).texts.join('\n');
  };
  it('says that there is no price', () => {
    expect(why({ ...input, price: null })).toContain('No price of OM yet: no order book has been read.');
  });
  it('says that there is no curve yet', () => {
    for (const response of [null, undefined]) expect(why({ ...input, response })).toContain('No answer of the market of OM yet');
  });
  it('says that there are no bids', () => {
    expect(why({ ...input, response: { ...curve, central: [] } })).toContain('No bids of OM are known');
    expect(responseCurveTables({ ...input, response: { ...curve, central: [] } })).toEqual([]);
  });
  it('draws the curve and says so when nothing ignites', () => {
    const nothing = { ...input, ignitionUsd: null, landingPrice: null };
    const option = responseCurveChart(nothing, page);
    expect(textsOf(nothing, page)).toContain('No net sale that the books can take, seen or extended, starts a liquidation cascade now.');
    expect(textsOf(nothing, { ...page, audience: 'community' })).toContain('No sale that the order books can take would now set off forced sales.');
    expect(seriesNamed(option, 'Ignition threshold')).toEqual([]);
    // A quarter of the price is lost first at the step to 9 m; twice the deposit of 5.6 m is less than a quarter more than that.
    expect(option.xAxis).toMatchObject({ min: 0, max: 11.25e6 });
  });
  it('does not call it calm when inputs are missing', () => {
    expect(textsOf({ ...input, ignitionUsd: null, measured: false }, page)).toContain('The ignition threshold cannot be measured now.');
    expect(responseOfScore(scoreMessage.parse({ ...score, openInterestUsd: null })).measured).toBe(false);
    // A warning does not tell which of the two it is.
    expect(textsOf(responseOfWarning({ ...sampleWarning, ignitionUsd: null }), page)).not.toMatch(/cannot be measured|No net sale/);
  });
});

describe('the response curve of a warning', () => {
  it('carries severity and id, so that it can be passed on alone', () => {
    expect(textsOf(responseOfWarning(sampleWarning), page)).toContain('{sub|critical · OM at $5.62 · 2025-04-13 18:02:11 UTC · BW-OM-20250413-7f3a9c21}');
  });
  it('says its state once it no longer fires', () => {
    expect(textsOf(responseOfWarning({ ...sampleWarning, state: 'retracted' }), page)).toContain('{sub|retracted (was critical) · OM');
    expect(textsOf(responseOfWarning({ ...sampleWarning, state: 'acknowledged' }), page)).toContain('{sub|critical, acknowledged · OM');
  });
});

describe('text from outside', () => {
  it('cannot begin a style or a tag', () => {
    const toLabel = 'exchange:<img src=x onerror=alert(1)>{b|x}\u202e\u0000';
    const { texts } = readOption(responseCurveChart({ ...input, largest: { usd: score.deposits.largest?.usd ?? null, toLabel } }, page));
    // Drawn as text, where a tag is nothing but letters; names are cut after 40 of them.
    expect(texts).toContain('Largest deposit $5.6 m to <img src=x onerror=alert(1)>(b|x)  ');
  });
});

describe('the tables of a response curve', () => {
  it('have the marks and a row for each step up to the end of the axis', () => {
    const [marks, tipping, steps] = responseCurveTables(input);
    expect(marks?.rows).toEqual([['Price', '$10.00'], ['Ignition threshold', '$4 m (3 to 5)'], ['Landing price', '$3.00 (1.00 to 5.00)'], ['Largest deposit', '$5.6 m to OKX']]);
    expect(tipping?.caption).toBe('Further tipping points');
    expect(tipping?.columns.map(({ label }) => label)).toEqual(['Net sale of at most', 'Price before', 'Price after', 'Move']);
    expect(tipping?.rows).toEqual([['$9 m', '$3.00', '$2.00', '-33 %']]);
    expect(steps?.columns.map(({ label }) => label)).toEqual(['Net sale of at most', 'Price ends at', 'Move', 'Pessimistic', 'Optimistic', 'Without forced sales']);
    expect(steps?.rows).toEqual([
      ['$2 m', '$10.00', '0 %', '$9.00', '$9.50', '$8.00'],
      ['$4 m', '$9.00', '-10 %', '$1.00', '$9.50', '$8.00'],
      ['$9 m', '$3.00', '-70 %', 'not known', '$5.00', '$8.00'],
      ['$15 m', '$2.00', '-80 %', 'not known', '$5.00', '$8.00'],
    ]);
  });
});
