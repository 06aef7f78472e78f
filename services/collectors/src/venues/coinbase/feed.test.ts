import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { coinbaseEndpoints } from './config.ts';
import { coinbaseIntx, coinbaseSpot } from './feed.ts';

const product = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'spot', base: currencyCode('OM'), quote: currencyCode('USD'), settle: currencyCode('USD'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const options = { endpoints: coinbaseEndpoints, rates: false, deepEveryMs: 15_000, pollEveryMs: 10_000 };

describe('Coinbase feed', () => {
  it('takes books from the numbered socket, trades and tickers from the public feed, and asks for nothing that wants a key', () => {
    const plan = coinbaseSpot.plan([product('OM-USD')], options);
    expect(plan.sockets.map((s) => [s.name, s.url])).toEqual([['book-0', 'wss://advanced-trade-ws.coinbase.com'], ['feed-0', 'wss://ws-feed.exchange.coinbase.com']]);
    expect(plan.sockets[0]?.subscribe).toEqual(['{"type":"subscribe","product_ids":["OM-USD"],"channel":"level2"}', '{"type":"subscribe","channel":"heartbeats"}']);
    expect(plan.sockets[1]?.subscribe.map((f) => JSON.parse(f) as unknown)).toEqual([{ type: 'subscribe', channels: ['matches', 'ticker', 'heartbeat'].map((name) => ({ name, product_ids: ['OM-USD'] })) }]);
    expect(plan.sockets.flatMap((s) => s.channels).map((c) => [c.symbol, c.channel, c.sparse])).toEqual([['OM-USD', 'book', false], ['OM-USD', 'trades', true], ['OM-USD', 'ticker', true]]);
    // Every level is in the stream.
    expect(plan.polls).toEqual([]);
    expect(plan.resync('OM-USD')).toEqual({ kind: 'resubscribe', socket: 'book-0', frames: ['unsubscribe', 'subscribe'].map((type) => `{"type":"${type}","product_ids":["OM-USD"],"channel":"level2"}`) });
  });

  it('carries the dollars of currencies even without a market, and asks for no product twice', () => {
    const plan = coinbaseSpot.plan([], { ...options, rates: true });
    expect(plan.sockets.map((s) => s.name)).toEqual(['feed-0']);
    expect(plan.sockets[0]?.subscribe).toEqual(['{"type":"subscribe","channels":[{"name":"ticker","product_ids":["USDT-USD","BTC-USD","ETH-USD"]}]}']);
    expect(plan.sockets[0]?.channels.map((c) => [c.symbol, c.channel])).toEqual([['USDT-USD', 'rates'], ['BTC-USD', 'rates'], ['ETH-USD', 'rates']]);
    expect(coinbaseSpot.plan([], options).sockets).toEqual([]);
    const both = coinbaseSpot.plan([product('BTC-USD')], { ...options, rates: true });
    expect(both.sockets[1]?.subscribe[0]).toContain('{"name":"ticker","product_ids":["BTC-USD","USDT-USD","ETH-USD"]}');
  });

  it('keeps few books on a socket and resubscribes on the right one', () => {
    const plan = coinbaseSpot.plan(Array.from({ length: 40 }, (_, i) => product(`C${i}-USD`)), options);
    expect(plan.sockets.map((s) => s.name)).toEqual([...Array.from({ length: 8 }, (_, i) => `book-${i}`), 'feed-0']);
    expect(plan.resync('C37-USD')).toMatchObject({ socket: 'book-7' });
    // Eight connections and eight messages a second are what an address has on the numbered socket.
    const books = plan.sockets.filter((s) => s.name.startsWith('book'));
    expect(books.reduce((n, s) => n + s.maxSendPerSecond, 0)).toBeLessThanOrEqual(8);
  });

  it('knows its addresses, and those of the exchange that is closed', () => {
    const owners = (url: string): readonly boolean[] => [coinbaseSpot.owns(url), coinbaseIntx.owns(url)];
    expect(owners('wss://advanced-trade-ws.coinbase.com')).toEqual([true, false]);
    expect(owners('wss://ws-feed.pro.coinbase.com')).toEqual([true, false]);
    expect(owners('https://api.coinbase.com/api/v3/brokerage/market/products')).toEqual([true, false]);
    expect(owners('wss://ws-md.international.coinbase.com')).toEqual([false, true]);
    expect(owners('https://api.international.coinbase.com/api/v1/instruments')).toEqual([false, true]);
    expect(owners('wss://ws-feed.exchange.notcoinbase.com')).toEqual([false, false]);
    expect(owners('no url')).toEqual([false, false]);
    expect(coinbaseIntx.plan([product('OM-PERP')], options)).toMatchObject({ sockets: [], polls: [] });
    expect(coinbaseIntx.instrumentRequests(coinbaseEndpoints)).toEqual([]);
  });
});
