import { describe, expect, it } from '@jest/globals';
import { nativeFeeds } from '@breakwater/collectors';
import { runCollecting } from './test-run-collecting.ts';

const allVenues = nativeFeeds.map((feed) => feed.venue);

interface Document {
  readonly venues: readonly { readonly venue: string; readonly marginRules: readonly { readonly contract: string; readonly asOf: string }[]; readonly markets: readonly Market[] }[];
  readonly ccxt?: readonly string[];
}
interface Market {
  readonly market: string;
  readonly figures: Readonly<Record<string, { readonly by: string; readonly name: string; readonly source: string }>>;
  readonly liquidations: unknown;
  readonly bookRule: string;
  readonly checked: string;
}

describe('breakwater venues', () => {
  it('prints a row for each market type: how figures are read, which liquidations are told, by what a book is whole', async () => {
    const { code, out, err } = await runCollecting('venues');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { source } of allVenues) expect(out.match(new RegExp(`^${source} `, 'gm'))).toHaveLength(2);
    expect(out).toMatch(/^binance:usdm +stream +poll +stream +- +stream +stream +poll +stream +- +sampled, last of 1 s$/m);
    expect(out).toMatch(/^bybit:inverse +stream +poll +stream +stream +stream +stream +stream +stream +- +complete$/m);
    expect(out).toMatch(/^hyperliquid:perp +stream +poll +stream +- +stream +stream +stream +stream +poll +none$/m);
    expect(out).toMatch(/^hyperliquid:spot +stream +poll +stream +- +- +- +- +- +- +none$/m);
    expect(out).toMatch(/^binance:coinm +2026-11-27 +linear \d{4}-\d\d-\d\d, inverse \d{4}-\d\d-\d\d +sequence \(pu = u before\) over a polled snapshot$/m);
    expect(out).toContain('feed: ccxt');
    // Closed: kept for its recordings only.
    expect(out).not.toContain('coinbase:intx');
    // Figures stand in columns that a terminal has room for.
    for (const line of out.slice(0, out.indexOf('\n\n')).split('\n')) expect(line.length).toBeLessThan(120);
  });

  it('prints the channels and documents of one venue', async () => {
    const { code, out } = await runCollecting('venues', '--venue', 'okx');
    expect(code).toBe(0);
    expect(out).not.toContain('binance');
    expect(out).toMatch(/^okx:futures +channel or path +documented at$/m);
    expect(out).toMatch(/^liquidations +stream +liquidation-orders +https:\/\/www\.okx\.com\/docs-v5\/en\/#\S+$/m);
  });

  it('gives one document to machines', async () => {
    const { code, out, err } = await runCollecting('venues', '--json');
    expect({ code, err, lines: out.trimEnd().split('\n').length }).toEqual({ code: 0, err: '', lines: 1 });
    const { venues, ccxt } = JSON.parse(out) as Document;
    expect(ccxt).toBeUndefined();
    expect(venues.flatMap((v) => v.markets.map((m) => m.market))).toEqual([...new Set(allVenues.map((v) => v.venue))].flatMap((venue) => allVenues.filter((v) => v.venue === venue).map((v) => v.source)));
    expect(venues.find((v) => v.venue === 'binance')).toMatchObject({
      marginRules: [{ contract: 'linear' }, { contract: 'inverse' }],
      markets: expect.arrayContaining([expect.objectContaining({ market: 'binance:coinm', liquidations: { kind: 'sampled', windowMs: 1_000, which: 'last' } })]),
    });
    const one = await runCollecting('venues', '--venue', 'bybit', '--json');
    expect((JSON.parse(one.out) as Document).venues.map((v) => v.venue)).toEqual(['bybit']);
  });

  it('lists what the generic feed reads when asked', async () => {
    const { code, out } = await runCollecting('venues', '--all', '--json');
    expect(code).toBe(0);
    const { ccxt = [] } = JSON.parse(out) as Document;
    expect(ccxt).toEqual(expect.arrayContaining(['mexc', 'bitfinex']));
    // Venues with a feed of their own are not read by the generic one unless the config says so.
    expect(ccxt).not.toContain('binance');
    expect((await runCollecting('venues', '--all')).out).toMatch(new RegExp(`${ccxt.length} exchanges: .*mexc`));
  });
});
