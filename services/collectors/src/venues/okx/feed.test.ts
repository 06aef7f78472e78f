import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { okxEndpoints } from './config.ts';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';

const market = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const options = { endpoints: okxEndpoints, rates: false, deepEveryMs: 15_000, pollEveryMs: 10_000 };
const asked = (frames: readonly string[]): readonly string[] =>
  frames.flatMap((f) => (JSON.parse(f) as { args: { channel: string; instId?: string; instType?: string }[] }).args.map((a) => `${a.channel} ${a.instId ?? a.instType ?? ''}`));

describe('OKX feed', () => {
  it('asks for every channel of a swap, its index, and all liquidations once', () => {
    const plan = okxSwap.plan([market('OM-USDT-SWAP')], options);
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ url: 'wss://ws.okx.com:8443/ws/v5/public', ping: { text: 'ping', everyMs: 20_000 } });
    expect(asked(plan.sockets[0]?.subscribe ?? [])).toEqual([
      'books OM-USDT-SWAP', 'trades OM-USDT-SWAP', 'tickers OM-USDT-SWAP', 'mark-price OM-USDT-SWAP', 'open-interest OM-USDT-SWAP', 'funding-rate OM-USDT-SWAP',
      'index-tickers OM-USDT', 'liquidation-orders SWAP',
    ]);
    // Each stream vouches for itself: index tickers do not hide a mark price that is silent.
    expect(plan.sockets[0]?.channels.filter((c) => !c.sparse).map((c) => [c.channel, c.figure, c.expectedEveryMs])).toEqual([
      ['book', undefined, 60_000], ['ticker', 'mark', 10_000], ['ticker', 'index', 60_000], ['openInterest', undefined, 600_000], ['funding', undefined, 90_000],
    ]);
    expect(plan.polls.map((p) => [p.request.url, p.channel])).toEqual([['https://www.okx.com/api/v5/market/books-full?instId=OM-USDT-SWAP&sz=5000', 'book.deep']]);
    expect(plan.resync('OM-USDT-SWAP')).toMatchObject({ kind: 'request', poll: { request: { url: 'https://www.okx.com/api/v5/market/books?instId=OM-USDT-SWAP&sz=400' } } });
  });

  it('carries the rates of stablecoins even without a market', () => {
    const plan = okxSpot.plan([], { ...options, rates: true });
    expect(asked(plan.sockets[0]?.subscribe ?? [])).toEqual(['index-tickers USDT-USD', 'index-tickers USDC-USD', 'index-tickers BTC-USD', 'index-tickers ETH-USD']);
    expect(plan.sockets[0]?.channels.map((c) => [c.symbol, c.channel])).toEqual([['USDT-USD', 'rates'], ['USDC-USD', 'rates'], ['BTC-USD', 'rates'], ['ETH-USD', 'rates']]);
    expect(okxSpot.plan([], options).sockets).toEqual([]);
  });

  it('spreads many symbols over sockets and asks for each channel once', () => {
    const plan = okxSwap.plan(Array.from({ length: 130 }, (_, i) => ({ ...market(`C${i}-USDT-SWAP`), base: currencyCode(`C${i}`) })), options);
    expect(plan.sockets.map((s) => s.name)).toEqual(['public-0', 'public-1', 'public-2']);
    const all = plan.sockets.flatMap((s) => asked(s.subscribe));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(130 * 7 + 1);
    // Well under the 64 kB that a request may have.
    for (const socket of plan.sockets) for (const frame of socket.subscribe) expect(frame.length).toBeLessThan(16_384);
  });

  it('knows its addresses: sockets are shared, REST addresses name a type or an instrument', () => {
    const owners = (url: string): readonly string[] => [okxSpot, okxSwap, okxFutures].filter((v) => v.owns(url)).map((v) => v.marketType);
    expect(owners('wss://ws.okx.com:8443/ws/v5/public')).toEqual(['spot', 'swap', 'futures']);
    expect(owners('https://www.okx.com/api/v5/public/instruments?instType=SPOT')).toEqual(['spot']);
    expect(owners('https://www.okx.com/api/v5/public/instruments?instType=SWAP')).toEqual(['swap']);
    expect(owners('https://www.okx.com/api/v5/public/instruments?instType=FUTURES')).toEqual(['futures']);
    expect(owners('https://www.okx.com/api/v5/public/instruments?instType=OPTION&uly=BTC-USD')).toEqual([]);
    expect(owners('https://www.okx.com/api/v5/market/books?instId=BTC-USDT')).toEqual(['spot']);
    expect(owners('https://www.okx.com/api/v5/market/books?instId=BTC-USDT-SWAP')).toEqual(['swap']);
    expect(owners('https://www.okx.com/api/v5/market/books?instId=BTC-USD-261225')).toEqual(['futures']);
    expect(owners('wss://ws.notokx.com/')).toEqual([]);
    // Its name until 2022, in recordings.
    expect(owners('wss://ws.okex.com:8443/ws/v5/public')).toEqual(['spot', 'swap', 'futures']);
    expect(owners('https://www.okex.com/api/v5/public/instruments?instType=SWAP')).toEqual(['swap']);
  });

  it('asks for one index for all futures on it, for no funding of what expires, and for no rates', () => {
    const future = (symbol: string, dated: boolean): VenueInstrument => ({ ...market(symbol), dated });
    const plan = okxFutures.plan([future('OM-USDT-261225', true), future('OM-USDT_UM_XPERP-310404', false)], { ...options, rates: true });
    const perMarket = (symbol: string) => ['books', 'trades', 'tickers', 'mark-price', 'open-interest'].map((channel) => `${channel} ${symbol}`);
    expect(asked(plan.sockets[0]?.subscribe ?? [])).toEqual([
      ...perMarket('OM-USDT-261225'), ...perMarket('OM-USDT_UM_XPERP-310404'), 'funding-rate OM-USDT_UM_XPERP-310404', 'index-tickers OM-USDT', 'liquidation-orders FUTURES',
    ]);
    // Each market is heard by itself: its own index stands for it.
    expect(plan.sockets[0]?.channels.filter((c) => c.figure === 'index').map((c) => c.symbol)).toEqual(['OM-USDT-261225', 'OM-USDT_UM_XPERP-310404']);
    expect(okxFutures.plan([], { ...options, rates: true }).sockets).toEqual([]);
  });

  it('asks for an index once that is a rate too', () => {
    const btc = { ...market('BTC-USD-SWAP'), base: currencyCode('BTC'), quote: currencyCode('USD') };
    expect(asked(okxSwap.plan([btc], { ...options, rates: true }).sockets[0]?.subscribe ?? []).filter((a) => a.startsWith('index'))).toEqual(['index-tickers BTC-USD', 'index-tickers USDT-USD', 'index-tickers USDC-USD', 'index-tickers ETH-USD']);
  });
});
