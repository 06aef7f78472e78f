import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { kucoinFuturesEndpoints, kucoinSpotEndpoints } from './config.ts';
import { kucoinFutures, kucoinSpot } from './feed.ts';

const market = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const spotOptions = { endpoints: kucoinSpotEndpoints, rates: false, deepEveryMs: 15_000, pollEveryMs: 10_000 };
const futuresOptions = { ...spotOptions, endpoints: kucoinFuturesEndpoints };
const topics = (frames: readonly string[]): readonly string[] => frames.map((f) => (JSON.parse(f) as { topic: string }).topic);

describe('KuCoin feed', () => {
  it('asks spot for its topics by lists, for the book by REST, and for its upper part again and again', () => {
    const plan = kucoinSpot.plan([market('OM-USDT'), market('BTC-USDT')], spotOptions);
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ url: '', handshake: { request: { method: 'POST', url: 'https://api.kucoin.com/api/v1/bullet-public' } }, ping: { text: '{"id":"ping","type":"ping"}' } });
    expect(topics(plan.sockets[0]?.subscribe ?? [])).toEqual(['/market/level2:OM-USDT,BTC-USDT', '/market/match:OM-USDT,BTC-USDT', '/market/ticker:OM-USDT,BTC-USDT']);
    const url = 'https://api.kucoin.com/api/v1/market/orderbook/level2_100?symbol=OM-USDT';
    expect(plan.polls[0]).toMatchObject({ request: { url }, channel: 'book.deep', weight: 4 });
    expect(plan.resync('OM-USDT')).toMatchObject({ kind: 'request', poll: { request: { url }, channel: 'book' } });
    const body = '{"code":"200000","data":{"time":1799999999990,"sequence":"17","bids":[["1","3"]],"asks":[]}}';
    // The same answer, once to begin with and once to complete.
    expect(plan.polls[0]?.parse(body, epochMs(0))).toMatchObject({ events: [{ origin: 'seed', snapshot: false }] });
    const resync = plan.resync('OM-USDT');
    expect(resync.kind === 'request' ? resync.poll.parse(body, epochMs(0)) : undefined).toMatchObject({ events: [{ origin: 'seed', snapshot: true }] });
  });

  it('asks futures for the whole book once, and for the figures of all contracts together', () => {
    const plan = kucoinFutures.plan([market('OMUSDTM'), market('XBTUSDM')], futuresOptions);
    expect(topics(plan.sockets[0]?.subscribe ?? [])).toEqual(['/contractMarket/level2:OMUSDTM,XBTUSDM', '/contractMarket/execution:OMUSDTM,XBTUSDM', '/contract/instrument:OMUSDTM,XBTUSDM']);
    expect(plan.polls.map((p) => [p.request.url, p.channel])).toEqual([['https://api-futures.kucoin.com/api/v1/contracts/active', 'openInterest']]);
    expect(plan.resync('OMUSDTM')).toMatchObject({ kind: 'request', poll: { request: { url: 'https://api-futures.kucoin.com/api/v1/level2/snapshot?symbol=OMUSDTM' } } });
    expect(kucoinFutures.plan([], futuresOptions)).toMatchObject({ sockets: [], polls: [] });
  });

  it('spreads many symbols over sockets, far under the limits of each', () => {
    const plan = kucoinSpot.plan(Array.from({ length: 120 }, (_, i) => market(`C${i}-USDT`)), spotOptions);
    expect(plan.sockets.map((s) => s.name)).toEqual(['public-0', 'public-1', 'public-2']);
    for (const socket of plan.sockets) for (const topic of topics(socket.subscribe)) expect(topic.split(',').length).toBeLessThanOrEqual(100);
  });

  it('reads where to connect, and how often to ping', () => {
    const open = kucoinSpot.plan([market('OM-USDT')], spotOptions).sockets[0]?.handshake?.open;
    const server = { endpoint: 'wss://ws-api-spot.kucoin.com/', encrypt: true, protocol: 'websocket', pingInterval: 18_000, pingTimeout: 10_000 };
    const answer = (data: object): string => JSON.stringify({ code: '200000', data });
    expect(open?.(answer({ token: '2neAiuYv=.28m', instanceServers: [server] }))).toEqual({ ok: true, value: { url: 'wss://ws-api-spot.kucoin.com/?token=2neAiuYv%3D.28m', pingEveryMs: 18_000 } });
    expect(open?.(answer({ token: 't', instanceServers: [{ ...server, endpoint: 'wss://push-private.kucoin.com/endpoint', pingInterval: 5 }] }))).toEqual({ ok: true, value: { url: 'wss://push-private.kucoin.com/endpoint?token=t' } });
    for (const wrong of ['x', '{"code":"429000"}', answer({}), answer({ token: 't', instanceServers: [] }), answer({ token: '', instanceServers: [server] }), answer({ token: 't', instanceServers: [{ ...server, endpoint: 'https://x' }] })]) {
      expect(open?.(wrong)).toEqual({ ok: false, error: 'no server or no token' });
    }
  });

  it('knows its addresses; which market type an older socket served, only its token told', () => {
    const both = (url: string): readonly boolean[] => [kucoinSpot.owns(url), kucoinFutures.owns(url)];
    expect(both('https://api.kucoin.com/api/v1/symbols')).toEqual([true, false]);
    expect(both('wss://ws-api-spot.kucoin.com/?token=x')).toEqual([true, false]);
    expect(both('https://api-futures.kucoin.com/api/v1/contracts/active')).toEqual([false, true]);
    expect(both('wss://ws-api-futures.kucoin.com/?token=x')).toEqual([false, true]);
    expect(both('wss://push-private.kucoin.com/endpoint?token=x')).toEqual([true, true]);
    expect(both('wss://push.notkucoin.com/')).toEqual([false, false]);
    expect(both('no url')).toEqual([false, false]);
  });
});
