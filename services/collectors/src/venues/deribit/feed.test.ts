import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { VenueInstrument } from '../../venue.ts';
import { deribitEndpoints } from './config.ts';
import { deribitInverse, deribitLinear, deribitOption } from './feed.ts';

const market = (symbol: string, dated: boolean = false): VenueInstrument => ({
  symbol, marketKind: 'inverse', base: currencyCode('BTC'), quote: currencyCode('USD'), settle: currencyCode('BTC'), tickSize: 0.5, lotSize: 10, contractSize: 1, trading: true, dated,
});
const options = { endpoints: deribitEndpoints, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
const sent = (frames: readonly string[]): readonly unknown[] => frames.map((f) => JSON.parse(f) as unknown);

describe('Deribit feed', () => {
  it('asks for heartbeats, then for book, trades and ticker at the interval that needs no login', () => {
    const plan = deribitInverse.plan([market('BTC-PERPETUAL')], options);
    expect(plan.sockets).toHaveLength(1);
    expect(plan.sockets[0]).toMatchObject({ name: 'public-0', url: 'wss://www.deribit.com/ws/api/v2' });
    expect(sent(plan.sockets[0]?.subscribe ?? [])).toEqual([
      { jsonrpc: '2.0', id: 3, method: 'public/set_heartbeat', params: { interval: 30 } },
      { jsonrpc: '2.0', id: 1, method: 'public/subscribe', params: { channels: ['book.BTC-PERPETUAL.100ms', 'trades.BTC-PERPETUAL.100ms', 'ticker.BTC-PERPETUAL.100ms'] } },
    ]);
    expect(plan.sockets[0]?.channels.filter((c) => !c.sparse).map((c) => c.channel)).toEqual(['book', 'ticker', 'openInterest', 'funding']);
    expect(plan.polls).toEqual([]);
    const resync = plan.resync('BTC-PERPETUAL');
    expect(resync).toMatchObject({ kind: 'resubscribe', socket: 'public-0' });
    expect(sent(resync.kind === 'resubscribe' ? resync.frames : [])).toMatchObject([
      { method: 'public/unsubscribe', params: { channels: ['book.BTC-PERPETUAL.100ms'] } }, { method: 'public/subscribe', params: { channels: ['book.BTC-PERPETUAL.100ms'] } },
    ]);
  });

  it('asks for no funding of a dated future, and of options for the books alone', () => {
    expect(deribitInverse.plan([market('BTC-25SEP26', true)], options).sockets[0]?.channels.map((c) => c.channel)).not.toContain('funding');
    const plan = deribitOption.plan([market('BTC-25SEP26-40000-P', true)], options);
    expect(sent(plan.sockets[0]?.subscribe ?? [])[1]).toMatchObject({ params: { channels: ['book.BTC-25SEP26-40000-P.100ms'] } });
    expect(plan.sockets[0]?.channels).toEqual([{ symbol: 'BTC-25SEP26-40000-P', channel: 'book', sparse: true, expectedEveryMs: 3_600_000 }]);
    expect(deribitOption.plan([], options).sockets).toEqual([]);
  });

  it('spreads many symbols over sockets and resubscribes on the right one', () => {
    const plan = deribitLinear.plan(Array.from({ length: 120 }, (_, i) => market(`C${i}_USDC-PERPETUAL`)), options);
    expect(plan.sockets.map((s) => s.name)).toEqual(['public-0', 'public-1', 'public-2']);
    expect(plan.resync('C110_USDC-PERPETUAL')).toMatchObject({ socket: 'public-2' });
    for (const socket of plan.sockets) for (const frame of socket.subscribe) expect(frame.length).toBeLessThan(16_384);
  });

  it('knows its addresses and lists', () => {
    for (const url of ['wss://www.deribit.com/ws/api/v2', 'https://www.deribit.com/api/v2/public/get_instruments?currency=BTC&expired=false']) expect(deribitInverse.owns(url)).toBe(true);
    for (const url of ['wss://www.notderibit.com/', 'no url']) expect(deribitInverse.owns(url)).toBe(false);
    expect([deribitLinear, deribitInverse, deribitOption].flatMap((v) => v.instrumentRequests(deribitEndpoints).map((r) => r.url))).toEqual(
      ['future', 'future', 'option'].map((kind) => `https://www.deribit.com/api/v2/public/get_instruments?currency=any&kind=${kind}&expired=false`),
    );
    expect(deribitInverse.facts.liquidations).toEqual({ kind: 'complete' });
    expect(deribitOption.facts.figures.mark).toBeUndefined();
  });
});
