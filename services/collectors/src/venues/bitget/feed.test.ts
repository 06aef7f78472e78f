import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { bitgetEndpoints } from './config.ts';
import { bitgetCoin, bitgetSpot, bitgetUsdc, bitgetUsdt } from './feed.ts';

const market = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const options = { endpoints: bitgetEndpoints, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
const argsOf = (frames: readonly string[]): { instType: string; topic: string; symbol?: string }[] => frames.flatMap((f) => (JSON.parse(f) as { args: { instType: string; topic: string; symbol?: string }[] }).args);

describe('Bitget feed', () => {
  it('asks for book, trades and ticker of a contract, and for all liquidations of its type once', () => {
    const plan = bitgetUsdt.plan([market('OMUSDT')], options);
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ name: 'public-0', url: 'wss://ws.bitget.com/v3/ws/public', ping: { text: 'ping', everyMs: 25_000 } });
    expect(argsOf(plan.sockets[0]?.subscribe ?? [])).toEqual([
      ...['books', 'publicTrade', 'ticker'].map((topic) => ({ instType: 'usdt-futures', topic, symbol: 'OMUSDT' })), { instType: 'usdt-futures', topic: 'liquidation' },
    ]);
    expect(plan.sockets[0]?.channels.map((c) => [c.channel, c.sparse])).toEqual([['book', false], ['trades', true], ['ticker', false], ['liquidations', true]]);
    expect(plan.polls.map((p) => [p.request.url, p.channel, p.weight])).toEqual(['scale2', 'scale3'].map((scale) => [
      `https://api.bitget.com/api/v2/mix/market/merge-depth?symbol=OMUSDT&productType=USDT-FUTURES&precision=${scale}&limit=max`, 'book.deep', 1,
    ]));
    const args = [{ instType: 'usdt-futures', topic: 'books', symbol: 'OMUSDT' }];
    expect(plan.resync('OMUSDT')).toEqual({ kind: 'resubscribe', socket: 'public-0', frames: [JSON.stringify({ op: 'unsubscribe', args }), JSON.stringify({ op: 'subscribe', args })] });
  });

  it('keeps below fifty channels a socket and 4,096 bytes a request, and resubscribes on the right socket', () => {
    const plan = bitgetCoin.plan(Array.from({ length: 40 }, (_, i) => market(`COIN${i}USD`)), options);
    expect(plan.sockets.map((s) => s.name)).toEqual(['public-0', 'public-1', 'public-2']);
    for (const socket of plan.sockets) {
      expect(argsOf(socket.subscribe).length).toBeLessThan(50);
      for (const frame of socket.subscribe) {
        expect(frame.length).toBeLessThan(4_096);
        // Larger requests were seen to close sockets of the third version.
        expect(argsOf([frame]).length).toBeLessThanOrEqual(20);
      }
    }
    expect(plan.sockets.flatMap((s) => argsOf(s.subscribe))).toHaveLength(121);
    expect(plan.resync('COIN31USD')).toMatchObject({ socket: 'public-2' });
    expect(bitgetSpot.plan([], options).sockets).toEqual([]);
  });

  it('asks the second version for deep books by its own name of a coin-margined contract', () => {
    const plan = bitgetCoin.plan([market('BTCUSD_CM')], options);
    expect(argsOf(plan.sockets[0]?.subscribe ?? [])[0]).toEqual({ instType: 'coin-futures', topic: 'books', symbol: 'BTCUSD_CM' });
    expect(plan.polls[0]?.request.url).toBe('https://api.bitget.com/api/v2/mix/market/merge-depth?symbol=BTCUSD&productType=COIN-FUTURES&precision=scale2&limit=max');
    expect(plan.polls[0]?.name).toBe('deep BTCUSD_CM scale2');
  });

  it('carries no liquidations of spot, and its quiet tickers are not accused', () => {
    const plan = bitgetSpot.plan([market('OMUSDT')], options);
    expect(argsOf(plan.sockets[0]?.subscribe ?? []).map((a) => a.topic)).toEqual(['books', 'publicTrade', 'ticker']);
    expect(plan.sockets[0]?.channels.map((c) => [c.channel, c.sparse])).toEqual([['book', false], ['trades', true], ['ticker', true]]);
    expect(plan.polls[0]?.request.url).toBe('https://api.bitget.com/api/v2/spot/market/merge-depth?symbol=OMUSDT&precision=scale2&limit=max');
    expect(bitgetSpot.facts.liquidations).toEqual({ kind: 'none' });
    expect(bitgetUsdt.facts).toMatchObject({ liquidations: { kind: 'sampled', windowMs: 1_000, which: 'largest' }, bookRule: 'sequence (pseq = previous seq)' });
    expect(bitgetSpot.instrumentRequests(bitgetEndpoints)).toEqual([{ method: 'GET', url: 'https://api.bitget.com/api/v3/market/instruments?category=SPOT' }]);
  });

  it('knows its addresses of every version', () => {
    const owners = (url: string): readonly boolean[] => [bitgetSpot, bitgetUsdt, bitgetUsdc, bitgetCoin].map((v) => v.owns(url));
    expect(owners('wss://ws.bitget.com/v3/ws/public')).toEqual([true, true, true, true]);
    expect(owners('wss://ws.bitget.com/v2/ws/public')).toEqual([true, true, true, true]);
    expect(owners('wss://ws.bitget.com/spot/v1/stream')).toEqual([true, false, false, false]);
    expect(owners('wss://ws.bitget.com/mix/v1/stream')).toEqual([false, true, true, true]);
    expect(owners('https://api.bitget.com/api/v3/market/instruments?category=USDC-FUTURES')).toEqual([false, false, true, false]);
    expect(owners('https://api.bitget.com/api/mix/v1/market/contracts?productType=dmcbl')).toEqual([false, false, false, true]);
    expect(owners('https://api.bitget.com/api/v2/spot/public/symbols')).toEqual([true, false, false, false]);
    expect(owners('wss://ws.notbitget.com/v3/ws/public')).toEqual([false, false, false, false]);
    expect(owners('no url')).toEqual([false, false, false, false]);
  });
});
