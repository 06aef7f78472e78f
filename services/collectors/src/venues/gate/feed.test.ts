import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { gateSpotEndpoints, gateUsdtEndpoints } from './config.ts';
import { gateBtc, gateSpot, gateUsdt } from './feed.ts';

const market = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const options = { rates: false, deepEveryMs: 15_000, pollEveryMs: 10_000 };
const asked = (frames: readonly string[]): readonly string[] => frames.map((f) => {
  const { channel, event, payload } = JSON.parse(f) as { channel: string; event: string; payload: string[] };
  return `${event} ${channel} ${payload.join()}`;
});

describe('Gate feed', () => {
  it('asks for each stream by a frame of its own, on futures with sizes in full', () => {
    const plan = gateUsdt.plan([market('OM_USDT')], { ...options, endpoints: gateUsdtEndpoints });
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ url: 'wss://fx-ws.gateio.ws/v4/ws/usdt', headers: { 'X-Gate-Size-Decimal': '1' } });
    expect(asked(plan.sockets[0]?.subscribe ?? [])).toEqual([
      'subscribe futures.obu ob.OM_USDT.400', 'subscribe futures.trades OM_USDT', 'subscribe futures.tickers OM_USDT', 'subscribe futures.public_liquidates OM_USDT',
    ]);
    expect(JSON.parse(plan.sockets[0]?.ping?.text ?? '')).toMatchObject({ channel: 'futures.ping' });
    expect(plan.polls.map((p) => [p.request, p.channel])).toEqual([
      [{ method: 'GET', url: 'https://api.gateio.ws/api/v4/futures/usdt/tickers?contract=OM_USDT', headers: { 'X-Gate-Size-Decimal': '1' } }, 'ticker'],
    ]);
    const resync = plan.resync('OM_USDT');
    expect(resync).toMatchObject({ kind: 'resubscribe', socket: 'public-0' });
    expect(resync.kind === 'resubscribe' ? asked(resync.frames) : []).toEqual(['unsubscribe futures.obu ob.OM_USDT.400', 'subscribe futures.obu ob.OM_USDT.400']);
  });

  it('asks spot for no liquidations, and for a deeper book by REST', () => {
    const plan = gateSpot.plan([market('OM_USDT')], { ...options, endpoints: gateSpotEndpoints });
    expect(plan.sockets[0]?.url).toBe('wss://api.gateio.ws/ws/v4/');
    expect(plan.sockets[0]?.headers).toBeUndefined();
    expect(asked(plan.sockets[0]?.subscribe ?? [])).toEqual(['subscribe spot.obu ob.OM_USDT.400', 'subscribe spot.trades OM_USDT', 'subscribe spot.tickers OM_USDT']);
    expect(plan.polls.map((p) => [p.request.url, p.channel])).toEqual([['https://api.gateio.ws/api/v4/spot/order_book?currency_pair=OM_USDT&limit=1000&with_id=true', 'book.deep']]);
    expect(gateSpot.instrumentRequests(gateSpotEndpoints)).toEqual([{ method: 'GET', url: 'https://api.gateio.ws/api/v4/spot/currency_pairs' }]);
  });

  it('spreads many symbols over sockets and resubscribes on the right one', () => {
    const plan = gateUsdt.plan(Array.from({ length: 120 }, (_, i) => market(`C${i}_USDT`)), { ...options, endpoints: gateUsdtEndpoints });
    expect(plan.sockets.map((s) => s.subscribe.length)).toEqual([200, 200, 80]);
    expect(plan.resync('C110_USDT')).toMatchObject({ socket: 'public-2' });
    // The figures of so many come in one answer.
    expect(plan.polls.map((p) => p.request.url)).toEqual(['https://api.gateio.ws/api/v4/futures/usdt/tickers']);
  });

  it('knows its addresses: a socket and a path for each settlement currency', () => {
    const all = (url: string): readonly boolean[] => [gateSpot.owns(url), gateUsdt.owns(url), gateBtc.owns(url)];
    expect(all('wss://api.gateio.ws/ws/v4/')).toEqual([true, false, false]);
    expect(all('wss://ws.gate.io/v3/')).toEqual([true, false, false]);
    expect(all('wss://fx-ws.gateio.ws/v4/ws/usdt')).toEqual([false, true, false]);
    expect(all('wss://fx-ws.gateio.ws/v4/ws/btc')).toEqual([false, false, true]);
    expect(all('wss://fx-ws.gateio.ws/v4/ws')).toEqual([false, false, true]);
    expect(all('https://api.gateio.ws/api/v4/spot/order_book?currency_pair=OM_USDT')).toEqual([true, false, false]);
    expect(all('https://api.gateio.ws/api/v4/futures/usdt/contracts')).toEqual([false, true, false]);
    expect(all('https://fx-api.gateio.ws/api/v4/futures/btc/contracts')).toEqual([false, false, true]);
    expect(all('https://api.gateio.ws/api/v4/delivery/usdt/contracts')).toEqual([false, false, false]);
    expect(all('wss://fx-ws.notgateio.ws/v4/ws/usdt')).toEqual([false, false, false]);
    expect(all('no url')).toEqual([false, false, false]);
  });
});
