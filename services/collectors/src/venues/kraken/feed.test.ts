import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { krakenFuturesEndpoints, krakenSpotEndpoints } from './config.ts';
import { krakenFutures, krakenSpot } from './feed.ts';

const market = (symbol: string, dated: boolean = false): VenueInstrument => ({
  symbol, marketKind: 'spot', base: currencyCode('OM'), quote: currencyCode('USD'), settle: currencyCode('USD'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated,
});
const options = { endpoints: krakenSpotEndpoints, rates: false, deepEveryMs: 15_000, pollEveryMs: 10_000 };
const sent = (frames: readonly string[]): readonly unknown[] => frames.map((f) => JSON.parse(f) as unknown);
const DOLLARS = ['USDT/USD', 'USDC/USD', 'EUR/USD', 'GBP/USD'];

describe('Kraken spot feed', () => {
  it('asks for the deepest book, trades without their history, and tickers', () => {
    const plan = krakenSpot.plan([market('OM/USD')], options);
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ url: 'wss://ws.kraken.com/v2', ping: { text: '{"method":"ping"}', everyMs: 30_000 } });
    expect(sent(plan.sockets[0]?.subscribe ?? [])).toEqual([
      { method: 'subscribe', params: { channel: 'book', symbol: ['OM/USD'], depth: 1000, snapshot: true } },
      { method: 'subscribe', params: { channel: 'trade', symbol: ['OM/USD'], snapshot: false } },
      { method: 'subscribe', params: { channel: 'ticker', symbol: ['OM/USD'], event_trigger: 'trades', snapshot: true } },
    ]);
    expect(plan.polls).toEqual([]);
    const resync = plan.resync('OM/USD');
    expect(resync).toMatchObject({ kind: 'resubscribe', socket: 'public-0' });
    expect(sent(resync.kind === 'resubscribe' ? resync.frames : [])).toEqual([
      { method: 'unsubscribe', params: { channel: 'book', symbol: ['OM/USD'], depth: 1000 } }, { method: 'subscribe', params: { channel: 'book', symbol: ['OM/USD'], depth: 1000, snapshot: true } },
    ]);
  });

  it('carries the dollar rates even without a market, and asks for one ticker of each market', () => {
    const plan = krakenSpot.plan([], { ...options, rates: true });
    expect(sent(plan.sockets[0]?.subscribe ?? [])).toEqual([{ method: 'subscribe', params: { channel: 'ticker', symbol: DOLLARS, event_trigger: 'bbo', snapshot: true } }]);
    expect(plan.sockets[0]?.channels.map((c) => [c.symbol, c.channel])).toEqual(DOLLARS.map((s) => [s, 'rates']));
    expect(krakenSpot.plan([], options).sockets).toEqual([]);
    const both = krakenSpot.plan([market('USDT/USD'), market('OM/USD')], { ...options, rates: true });
    const tickers = sent(both.sockets[0]?.subscribe ?? []).flatMap((f) => {
      const { params } = f as { params: { channel: string; symbol: string[] } };
      return params.channel === 'ticker' ? params.symbol : [];
    });
    expect([...tickers].sort()).toEqual([...DOLLARS, 'OM/USD'].sort());
  });

  it('spreads many symbols over sockets and resubscribes on the right one', () => {
    const plan = krakenSpot.plan(Array.from({ length: 120 }, (_, i) => market(`C${i}/USD`)), { ...options, rates: true });
    expect(plan.sockets.map((s) => [s.name, s.channels.length])).toEqual([['public-0', 154], ['public-1', 150], ['public-2', 60]]);
    expect(plan.resync('C110/USD')).toMatchObject({ socket: 'public-2' });
  });

  it('knows its addresses and what it discloses', () => {
    const owners = (url: string): readonly boolean[] => [krakenSpot.owns(url), krakenFutures.owns(url)];
    for (const url of ['wss://ws.kraken.com', 'wss://ws.kraken.com/v2', 'https://api.kraken.com/0/public/AssetPairs']) expect(owners(url)).toEqual([true, false]);
    for (const url of ['wss://futures.kraken.com/ws/v1', 'https://futures.kraken.com/derivatives/api/v3/instruments', 'wss://www.cryptofacilities.com/ws/v1']) expect(owners(url)).toEqual([false, true]);
    for (const url of ['wss://ws.notkraken.com', 'no url']) expect(owners(url)).toEqual([false, false]);
    expect(krakenSpot.instrumentRequests(krakenSpotEndpoints).map((r) => r.url)).toEqual(['https://api.kraken.com/0/public/AssetPairs']);
    expect(krakenSpot.facts.liquidations).toEqual({ kind: 'none' });
  });
});

describe('Kraken derivatives feed', () => {
  it('asks for book, trades and ticker of its contracts, and sends ping frames', () => {
    const plan = krakenFutures.plan([market('PF_OMUSD'), market('FI_XBTUSD_261225', true)], { ...options, endpoints: krakenFuturesEndpoints });
    expect(plan.sockets[0]).toMatchObject({ url: 'wss://futures.kraken.com/ws/v1', pingFrameEveryMs: 30_000 });
    expect(sent(plan.sockets[0]?.subscribe ?? [])).toEqual([
      ...['book', 'trade', 'ticker'].map((feed) => ({ event: 'subscribe', feed, product_ids: ['PF_OMUSD', 'FI_XBTUSD_261225'] })), { event: 'subscribe', feed: 'heartbeat' },
    ]);
    expect(plan.sockets[0]?.channels.filter((c) => c.channel === 'funding').map((c) => c.symbol)).toEqual(['PF_OMUSD']);
    expect(plan.polls).toEqual([]);
    expect(plan.resync('PF_OMUSD')).toEqual({
      kind: 'resubscribe', socket: 'public-0', frames: ['{"event":"unsubscribe","feed":"book","product_ids":["PF_OMUSD"]}', '{"event":"subscribe","feed":"book","product_ids":["PF_OMUSD"]}'],
    });
    expect(krakenFutures.plan([], options).sockets).toEqual([]);
    expect(krakenFutures.instrumentRequests(krakenFuturesEndpoints).map((r) => r.url)).toEqual(['https://futures.kraken.com/derivatives/api/v3/instruments']);
    expect(krakenFutures.facts.liquidations).toEqual({ kind: 'complete' });
  });
});
