import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { hyperliquidEndpoints } from './config.ts';
import { hyperliquidPerp, hyperliquidSpot } from './feed.ts';

const coin = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'linear', base: currencyCode(symbol), quote: currencyCode('USDC'), settle: currencyCode('USDC'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const options = { endpoints: hyperliquidEndpoints, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };

describe('Hyperliquid feed', () => {
  it('subscribes each channel of each coin by a frame of its own and polls coarser books', () => {
    const plan = hyperliquidPerp.plan([coin('OM')], options);
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ name: 'public-0', url: 'wss://api.hyperliquid.xyz/ws', ping: { text: '{"method":"ping"}', everyMs: 30_000 } });
    expect(plan.sockets[0]?.subscribe.map((f) => JSON.parse(f) as unknown)).toEqual(['l2Book', 'trades', 'activeAssetCtx'].map((type) => ({ method: 'subscribe', subscription: { type, coin: 'OM' } })));
    expect(plan.polls.map((p) => [p.request.url, JSON.parse(p.request.body ?? '') as unknown, p.weight])).toEqual(
      [4, 3, 2].map((nSigFigs) => ['https://api.hyperliquid.xyz/info', { type: 'l2Book', coin: 'OM', nSigFigs }, 2]),
    );
    // The finest view is layer 0; each coarser one is used only below it.
    const layers = plan.polls.map((p) => p.parse('{"coin":"OM","time":1799999999500,"levels":[[],[]]}', epochMs(1_800_000_000_000)));
    expect(layers).toEqual([0, 1, 2].map((layer) => ({ kind: 'events', events: [expect.objectContaining({ kind: 'book', origin: 'deep', snapshot: true, layer })] })));
    expect(plan.resync('OM')).toEqual({
      kind: 'resubscribe', socket: 'public-0',
      frames: ['{"method":"unsubscribe","subscription":{"type":"l2Book","coin":"OM"}}', '{"method":"subscribe","subscription":{"type":"l2Book","coin":"OM"}}'],
    });
  });

  it('asks for books and trades of spot pairs, and for nothing that only perpetuals have', () => {
    const plan = hyperliquidSpot.plan([coin('@107')], options);
    expect(plan.sockets[0]?.subscribe.map((f) => JSON.parse(f) as unknown)).toEqual(['l2Book', 'trades'].map((type) => ({ method: 'subscribe', subscription: { type, coin: '@107' } })));
    expect(plan.sockets[0]?.channels.map((c) => c.channel)).toEqual(['book', 'trades']);
    expect(plan.polls.map((p) => p.name)).toEqual(['deep @107 4', 'deep @107 3', 'deep @107 2']);
    expect(hyperliquidSpot.instrumentRequests(hyperliquidEndpoints)).toMatchObject([{ body: '{"type":"spotMeta"}' }]);
    expect(hyperliquidSpot.parseFrame('{"channel":"l2Book","data":{"coin":"@107","time":1799999999500,"levels":[[{"px":"30.1","sz":"2","n":1}],[]]}}', epochMs(1_800_000_000_000)))
      .toMatchObject({ events: [{ kind: 'book', symbol: '@107', bids: [30.1, 2] }] });
  });

  it('spreads many coins over sockets and resubscribes on the right one', () => {
    const plan = hyperliquidPerp.plan(Array.from({ length: 120 }, (_, i) => coin(`C${i}`)), options);
    expect(plan.sockets.map((s) => s.subscribe.length)).toEqual([150, 150, 60]);
    expect(plan.resync('C110')).toMatchObject({ socket: 'public-2' });
  });

  it('knows its addresses', () => {
    expect(hyperliquidPerp.owns('wss://api.hyperliquid.xyz/ws')).toBe(true);
    expect(hyperliquidPerp.owns('https://api.hyperliquid.xyz/info')).toBe(true);
    expect(hyperliquidPerp.owns('wss://api.nothyperliquid.xyz/ws')).toBe(false);
    expect(hyperliquidPerp.owns('no url')).toBe(false);
    expect(hyperliquidPerp.instrumentRequests(hyperliquidEndpoints)).toEqual([
      { method: 'POST', url: 'https://api.hyperliquid.xyz/info', headers: { 'content-type': 'application/json' }, body: '{"type":"metaAndAssetCtxs"}' },
    ]);
  });
});
