import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { networkFigures, networkOfScore } from './network-figures.ts';
import { venueNetworkTables } from './network-table.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleScore } from './testing/sample.ts';
import { venueNetworkTitle } from './titles.ts';
import { venueNetworkChart } from './venue-network.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const input = networkOfScore(sampleScore);
const score = (network: unknown): ScoreMessage => scoreMessage.parse({ ...sampleScore, network });
const textsOf = (of: ScoreMessage, options: ChartOptions = page): string => readOption(venueNetworkChart(networkOfScore(of), options), ['']).texts.join('\n');
/** Series of a venue by what they are: its lines, then heads, circle, numbers and name. */
const parts = (name: string, of = venueNetworkChart(input, page)) => {
  const own = seriesNamed(of, name);
  const [heads, circle, numbers] = own.filter((series) => series['type'] === 'scatter');
  return { lines: own.filter((series) => series['type'] === 'line'), heads, circle, numbers };
};
const widthOf = (line: Readonly<Record<string, unknown>> | undefined): number => (line?.['lineStyle'] as { readonly width: number }).width;

describe('the figures of a network', () => {
  it('join the markets of a venue: triggers and shares add up, a dollar is sold in the market from which most is forced', () => {
    const figures = networkFigures(input, 'en');
    if (figures.kind === 'empty') throw new Error(figures.why);
    expect(figures.venues.map(({ name, triggerUsd, share, reproduction }) => [name, triggerUsd, share, reproduction])).toEqual([
      ['Binance', 7.8e6, 0.7, 0.62], ['Bybit', 3.9e6, 0.1, 0.3], ['Hyperliquid', 1.7e6, 0, 0], ['OKX', 3.4e6, 0.2, 0.4],
    ]);
    // Binance's perpetual forces 0.55 at Binance, its spot market 0.2; OKX's swap forces 0.4 at OKX, its spot market nothing there.
    expect(figures.links).toEqual([
      { from: 0, to: 0, reproduction: 0.55 }, { from: 3, to: 3, reproduction: 0.4 }, { from: 0, to: 3, reproduction: 0.34 }, { from: 1, to: 1, reproduction: 0.3 },
      { from: 3, to: 0, reproduction: 0.15 }, { from: 3, to: 1, reproduction: 0.1 }, { from: 0, to: 1, reproduction: 0.08 },
    ]);
  });
  it('add up what one market forces in several of a venue', () => {
    const markets = ['okx:spot:A', 'gate:perp:A', 'gate:perp:B'].map((instrument) => ({ instrument, venue: instrument.split(':')[0], share: 0, reproduction: 0, triggerUsd: 0 }));
    const figures = networkFigures(networkOfScore(score({ reproduction: { value: 0, low: 0, high: 0, status: 'inferred' }, markets, links: [{ from: 0, to: 1, reproduction: 0.2 }, { from: 0, to: 2, reproduction: 0.3 }, { from: 9, to: 0, reproduction: 5 }] })), 'en');
    expect(figures).toMatchObject({ kind: 'network', links: [{ from: 1, to: 0, reproduction: 0.5 }] });
  });
});

describe('the network of venues', () => {
  it('asks its question and says the reproduction number, who ignites whom most, and what 1 means', () => {
    const said = textsOf(sampleScore);
    expect(said).toContain('Which venue ignites which?');
    expect(venueNetworkTitle()).toBe('Which venue ignites which?');
    expect(said).toContain('Each forced dollar forces $0.8 (0.35 to 1.7) more across 4 venues: Binance ignites OKX most. Below $1 forced sales die out; from $1 on they feed');
    expect(said).toContain('circle: $ a fall of 10 % liquidates; arrow: $ forced per $ sold');
  });
  it('gives each venue its mark, an entry of the legend, and an area of what would be liquidated', () => {
    const option = venueNetworkChart(input, page);
    expect(option.legend).toMatchObject({ data: ['Binance', 'Bybit', 'Hyperliquid', 'OKX'].map((name) => ({ name, icon: 'circle' })) });
    const [binance, okx] = [parts('Binance').circle, parts('OKX').circle];
    expect(binance).toMatchObject({ symbol: 'circle', itemStyle: { color: '#e69f00' } });
    const size = (series: typeof binance): number => (series?.['data'] as readonly { readonly symbolSize: number }[])[0]?.symbolSize ?? NaN;
    expect((size(okx) / size(binance)) ** 2).toBeCloseTo(3.4 / 7.8, 9);
  });
  it('draws a line for each link from where is sold, as wide as what it forces, a loop where that is the venue itself', () => {
    const { lines, heads, numbers } = parts('Binance');
    // To itself 0.55, to OKX 0.34, to Bybit 0.08: a reproduction of 1 is 8 px wide.
    expect(lines.map(widthOf)).toEqual([0.55 * 8, 0.34 * 8, 1]);
    expect(pointsOf(heads)).toHaveLength(3);
    expect(readOption(numbers, ['']).texts.filter((text) => /^0\./.test(text))).toEqual(['0.55', '0.34', '0.08']);
    const [self, toOkx] = lines.map(pointsOf);
    const ends = (points: typeof self): readonly number[] => [points?.[0], points?.at(-1)].flatMap((point) => [Number(point?.[0]), Number(point?.[1])]);
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = ends(self);
    expect(Math.hypot(x1 - x0, y1 - y0)).toBeLessThan(30);
    const [, fromY = 0, , toY = 0] = ends(toOkx);
    // Four venues stand in the corners, clockwise by name: OKX is under Binance.
    expect(toY - fromY).toBeGreaterThan(100);
    expect(parts('Hyperliquid').lines).toEqual([]);
  });
  it('keeps a strong link as wide as any, and the others in proportion', () => {
    const { lines } = parts('Binance', venueNetworkChart(networkOfScore(score({ ...sampleScore.network, links: [{ from: 0, to: 2, reproduction: 4 }, { from: 0, to: 5, reproduction: 2 }] })), page));
    expect(lines.map(widthOf)).toEqual([8, 4]);
  });
  it('points each head along its line', () => {
    const { heads, lines } = parts('OKX', venueNetworkChart(networkOfScore(score({ ...sampleScore.network, links: [{ from: 4, to: 1, reproduction: 0.5 }] })), page));
    const [{ symbolRotate }] = heads?.['data'] as readonly [{ readonly symbolRotate: number }];
    // From the lower left to the upper left: a triangle that is not turned points up.
    expect(Math.abs(symbolRotate)).toBeLessThan(45);
    expect(Number(pointsOf(lines[0]).at(-1)?.[1])).toBeLessThan(Number(pointsOf(lines[0])[0]?.[1]));
  });
  it('says at the pointer what a link, a number and a venue mean', () => {
    const { heads, circle, numbers } = parts('Binance');
    for (const series of [heads, numbers]) expect(tooltipOf(series, { dataIndex: 1 })).toBe('Each dollar sold at Binance forces up to $0.34 at OKX');
    expect(tooltipOf(heads, { dataIndex: 0 })).toBe('Each dollar sold at Binance forces up to $0.55 there');
    expect(tooltipOf(circle, { dataIndex: 0 })).toBe('Binance<br>a fall of 10 % would liquidate $7.8 m here<br>each dollar sold here forces up to $0.62 anywhere<br>70 % of what feeds itself lives here');
    expect(tooltipOf(seriesNamed(venueNetworkChart(input, page), 'Hyperliquid')[1], { dataIndex: 0 })).toBe('Hyperliquid<br>a fall of 10 % would liquidate $1.7 m here');
    expect(tooltipOf(parts('Binance', venueNetworkChart(input, { ...page, target: 'picture' })).heads, { dataIndex: 0 })).toBe('');
  });
  it('is the same picture for the same numbers, in whatever order they come', () => {
    const { markets = [], links = [], reproduction } = sampleScore.network ?? {};
    const order = [3, 5, 1, 0, 4, 2];
    const turned = score({ reproduction, markets: order.map((i) => markets[i]), links: [...links].reverse().map(({ from, to, reproduction: forced }) => ({ from: order.indexOf(from), to: order.indexOf(to), reproduction: forced })) });
    expect(JSON.stringify(venueNetworkChart(networkOfScore(turned), page))).toBe(JSON.stringify(venueNetworkChart(input, page)));
  });
  it('says which venue ignites itself where none ignites another', () => {
    expect(textsOf(score({ ...sampleScore.network, links: [{ from: 1, to: 1, reproduction: 0.4 }, { from: 2, to: 2, reproduction: 0.2 }] }))).toContain('across 4 venues: Binance ignites itself most.');
    const [, alone] = sampleScore.network?.markets ?? [];
    expect(textsOf(score({ ...sampleScore.network, markets: [alone], links: [{ from: 0, to: 0, reproduction: 0.8 }] }))).toContain('Each forced dollar forces $0.8 (0.35 to 1.7) more: Binance ignites itself. Below');
  });
  it('draws the venues and says so where nothing is bred', () => {
    const still = score({ ...sampleScore.network, reproduction: { value: 0, low: 0, high: 0, status: 'inferred' }, links: [] });
    expect(textsOf(still)).toContain('A small forced sale forces no other: no position closes near the present prices.');
    expect(seriesNamed(venueNetworkChart(networkOfScore(still), page), 'Binance')).not.toEqual([]);
  });
  it('draws the venues that matter most where there are very many, and says how many are left', () => {
    const markets = Array.from({ length: 11 }, (_, i) => ({ instrument: `v${String(i)}:perp:OM`, venue: `v${String(i)}`, share: 0, reproduction: 0, triggerUsd: 1e6 * (i + 1) }));
    const many = score({ ...sampleScore.network, markets, links: [{ from: 0, to: 1, reproduction: 0.3 }] });
    expect(textsOf(many)).toContain('across 11 venues: V0 ignites V1 most.');
    expect(textsOf(many)).toContain('3 more venues are in the table.');
    const drawn = (venueNetworkChart(networkOfScore(many), page).legend as { readonly data: readonly { readonly name: string }[] }).data.map(({ name }) => name);
    expect(drawn).toEqual(['V0', 'V1', 'V10', 'V5', 'V6', 'V7', 'V8', 'V9']);
    expect(textsOf(many, { ...page, width: 360 })).toContain('5 more venues');
  });
  it('says why it is empty', () => {
    const why = (network: unknown): string => {
      const of = { ...sampleScore, network: network as ScoreMessage['network'] };
      expect(venueNetworkChart(networkOfScore(of), page).series).toEqual([]);
      expect(venueNetworkTables(networkOfScore(of))).toEqual([]);
      return textsOf(of);
    };
    expect(why(undefined)).toContain('Which venue of OM ignites which is not measured yet: it comes with the next score.');
    expect(why(null)).toContain('No market of OM has both an order book and positions, so no forced sale can be traced.');
  });
});

describe('the tables of a network', () => {
  it('have the reproduction number, each venue and each link', () => {
    const [number, venues, links] = venueNetworkTables(input);
    expect(number?.rows).toEqual([['Reproduction number', '0.8', '1.7', '0.35']]);
    expect(venues?.rows).toEqual([['Binance', '$7.8 m', '0.62', '70 %'], ['Bybit', '$3.9 m', '0.3', '10 %'], ['Hyperliquid', '$1.7 m', '0', '0 %'], ['OKX', '$3.4 m', '0.4', '20 %']]);
    expect(links?.columns.map(({ label }) => label)).toEqual(['Sold at', 'Forced at', '$ forced for each $ sold']);
    expect(links?.rows.slice(0, 3)).toEqual([['Binance', 'Binance', '0.55'], ['OKX', 'OKX', '0.4'], ['Binance', 'OKX', '0.34']]);
  });
});
