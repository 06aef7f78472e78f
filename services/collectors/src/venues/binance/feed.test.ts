import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { Venue, VenueInstrument } from '../../venue.ts';
import { binanceCoinmEndpoints, binanceSpotEndpoints, binanceUsdmEndpoints } from './config.ts';
import { binanceCoinm, binanceSpot, binanceUsdm } from './feed.ts';

const market = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const many = (n: number): VenueInstrument[] => Array.from({ length: n }, (_, i) => market(`C${i}USDT`));
const timing = { rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
/** Every stream asked for, by socket. */
function streams(venue: Venue, instruments: readonly VenueInstrument[]): readonly (readonly string[])[] {
  const endpoints = venue === binanceSpot ? binanceSpotEndpoints : venue === binanceUsdm ? binanceUsdmEndpoints : binanceCoinmEndpoints;
  return venue.plan(instruments, { endpoints, ...timing }).sockets.map((s) =>
    s.subscribe.flatMap((f) => {
      const frame = JSON.parse(f) as { method: string; params: string[] };
      expect(frame.method).toBe('SUBSCRIBE');
      return frame.params;
    }),
  );
}

describe('Binance feed', () => {
  it('asks spot for the 100 ms book and aggregate trades', () => {
    const plan = binanceSpot.plan([market('OMUSDT')], { endpoints: binanceSpotEndpoints, ...timing });
    expect(plan.sockets.map((s) => s.url)).toEqual(['wss://stream.binance.com:9443/stream']);
    expect(streams(binanceSpot, [market('OMUSDT')])).toEqual([['omusdt@depth@100ms', 'omusdt@aggTrade']]);
    expect(plan.polls.map((p) => [p.request.url, p.channel, p.everyMs, p.weight])).toEqual([['https://api.binance.com/api/v3/depth?symbol=OMUSDT&limit=5000', 'book.deep', 15_000, 250]]);
    expect(plan.resync('OMUSDT')).toMatchObject({ kind: 'request', poll: { channel: 'book', request: { url: 'https://api.binance.com/api/v3/depth?symbol=OMUSDT&limit=5000' } } });
  });

  it('routes USD-M streams: depth by /public, all else by /market', () => {
    const plan = binanceUsdm.plan([market('OMUSDT')], { endpoints: binanceUsdmEndpoints, ...timing });
    expect(plan.sockets.map((s) => [s.name, s.url])).toEqual([
      ['public-0', 'wss://fstream.binance.com/public/stream'], ['market-0', 'wss://fstream.binance.com/market/stream'],
    ]);
    expect(streams(binanceUsdm, [market('OMUSDT')])).toEqual([['omusdt@depth@100ms'], ['omusdt@aggTrade', 'omusdt@markPrice@1s', 'omusdt@forceOrder']]);
    expect(plan.sockets[1]?.channels).toContainEqual({ symbol: 'OMUSDT', channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 });
    expect(plan.polls.map((p) => [p.request.url, p.channel, p.everyMs])).toEqual([
      ['https://fapi.binance.com/fapi/v1/depth?symbol=OMUSDT&limit=1000', 'book.deep', 15_000],
      ['https://fapi.binance.com/fapi/v1/openInterest?symbol=OMUSDT', 'openInterest', 10_000],
    ]);
  });

  it('asks COIN-M for the same on one address, which is not routed, and for open interest in contracts', () => {
    const plan = binanceCoinm.plan([market('BTCUSD_PERP')], { endpoints: binanceCoinmEndpoints, ...timing });
    expect(plan.sockets.map((s) => [s.name, s.url])).toEqual([['coinm-0', 'wss://dstream.binance.com/stream']]);
    expect(streams(binanceCoinm, [market('BTCUSD_PERP')])).toEqual([['btcusd_perp@depth@100ms', 'btcusd_perp@aggTrade', 'btcusd_perp@markPrice@1s', 'btcusd_perp@forceOrder']]);
    expect(plan.sockets[0]?.channels.map((c) => c.channel)).toEqual(['book', 'trades', 'ticker', 'liquidations']);
    expect(plan.polls.map((p) => [p.request.url, p.channel, p.weight])).toEqual([
      ['https://dapi.binance.com/dapi/v1/depth?symbol=BTCUSD_PERP&limit=1000', 'book.deep', 20],
      ['https://dapi.binance.com/dapi/v1/openInterest?symbol=BTCUSD_PERP', 'openInterest', 1],
    ]);
    expect(binanceCoinm.instrumentRequests(binanceCoinmEndpoints)).toEqual([{ method: 'GET', url: 'https://dapi.binance.com/dapi/v1/exchangeInfo' }]);
  });

  it('keeps within the streams of a socket and asks for each stream once', () => {
    for (const [venue, limit, perSymbol] of [[binanceSpot, 1_024, 2], [binanceUsdm, 200, 4], [binanceCoinm, 200, 4]] as const) {
      const all = streams(venue, many(700));
      for (const socket of all) expect(socket.length).toBeLessThanOrEqual(limit);
      expect(new Set(all.flat()).size).toBe(700 * perSymbol);
      expect(all.flat()).toHaveLength(700 * perSymbol);
    }
    const names = binanceUsdm.plan(many(700), { endpoints: binanceUsdmEndpoints, ...timing }).sockets.map((s) => s.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('knows its addresses, the unrouted ones of recordings too', () => {
    for (const url of ['wss://stream.binance.com:9443/stream?streams=x', 'https://api.binance.com/api/v3/exchangeInfo', 'wss://data-stream.binance.vision/ws']) {
      expect([binanceSpot.owns(url), binanceUsdm.owns(url)]).toEqual([true, false]);
    }
    for (const url of ['wss://fstream.binance.com/stream?streams=x', 'wss://fstream.binance.com/market/stream', 'https://fapi.binance.com/fapi/v1/depth?symbol=X']) {
      expect([binanceSpot.owns(url), binanceUsdm.owns(url)]).toEqual([false, true]);
    }
    for (const url of ['wss://dstream.binance.com/stream?streams=x', 'https://dapi.binance.com/dapi/v1/depth?symbol=X']) {
      expect([binanceSpot, binanceUsdm, binanceCoinm].map((v) => v.owns(url))).toEqual([false, false, true]);
    }
    expect(binanceSpot.owns('wss://stream.binance.com.example.org/')).toBe(false);
    expect(binanceSpot.owns('')).toBe(false);
  });
});
