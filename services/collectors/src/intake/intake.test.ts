import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs, qty } from '@breakwater/models/core';
import type { BreakReason } from '../book/sync.ts';
import { createIntake } from './intake.ts';
import { createRegistry } from '../registry.ts';
import { createSource } from '../source.ts';
import type { VenueEvent } from '../venue.ts';
import { bybitLinear } from '../venues/bybit/feed.ts';
import { hyperliquidPerp } from '../venues/hyperliquid/feed.ts';
import { okxFutures } from '../venues/okx/feed.ts';

const NOW = epochMs(1_786_310_400_000);
const listing = (symbol: string, base: string) => ({
  symbol, marketKind: 'linear' as const, base: currencyCode(base), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.1, lotSize: 1, contractSize: 1, trading: true, dated: false,
});

function setUp(onEvent?: (event: VenueEvent) => void) {
  const messages: Message[] = [];
  const breaks: [string, BreakReason][] = [];
  const registry = createRegistry(bybitLinear, [listing('OMUSDT', 'OM'), listing('BTCUSDT', 'BTC')], [{ id: assetId('OM'), aliases: [], identities: [], include: [], exclude: [] }], NOW);
  const intake = createIntake({ venue: bybitLinear, registry, source: createSource(bybitLinear.source, (_t, m) => messages.push(m)), onBreak: (symbol, reason) => breaks.push([symbol, reason]), maxFrameBytes: 10_000, ...(onEvent === undefined ? {} : { onEvent }) });
  const raw = (frame: string | Uint8Array, conn = 'a'): void => intake.frame(typeof frame === 'string' ? Buffer.from(frame) : frame, NOW, conn);
  const book = (u: number, type: 'snapshot' | 'delta', b: readonly (readonly [string, string])[], a: readonly (readonly [string, string])[], conn = 'a', symbol = 'OMUSDT'): void =>
    raw(JSON.stringify({ topic: `orderbook.200.${symbol}`, type, ts: NOW, data: { s: symbol, b, a, u } }), conn);
  const kinds = (): string[] => messages.map((m) => (m.kind === 'feed.health' ? `${m.kind} ${m.status} ${m.reason}` : m.kind === 'book' ? `book ${m.snapshot ? 'whole' : 'change'}` : m.kind));
  return { intake, messages, breaks, raw, book, kinds };
}

describe('intake', () => {
  it('publishes a snapshot, then changes, best first whatever the order received', () => {
    const s = setUp();
    s.book(1, 'snapshot', [['6.0', '1'], ['6.1', '2']], [['6.3', '1'], ['6.2', '2']]);
    s.book(2, 'delta', [['5.8', '1'], ['5.9', '0'], ['6.0', '3']], []);
    expect(s.kinds()).toEqual(['feed.health ok synchronised', 'book whole', 'book change']);
    expect(s.messages[1]).toMatchObject({ bids: [6.1, 2, 6, 1], asks: [6.2, 2, 6.3, 1], asset: 'OM', instrument: 'bybit:linear:OMUSDT' });
    expect(s.messages[2]).toMatchObject({ bids: [6, 3, 5.9, 0, 5.8, 1], asks: [] });
  });

  it('takes a crossed book out of use at once: nothing of it is published, one resync is asked for', () => {
    const s = setUp();
    s.book(10, 'snapshot', [['6.0', '1']], [['6.2', '1']]);
    s.book(11, 'delta', [['6.2', '1']], []);
    s.book(12, 'delta', [['6.1', '1']], []);
    expect(s.kinds()).toEqual(['feed.health ok synchronised', 'book whole', 'feed.health resyncing crossed-book']);
    expect(s.intake.books()[0]).toMatchObject({ inUse: false, levels: 0, bestBid: null, crossedEver: true });
    expect(s.breaks[0]).toEqual(['OMUSDT', 'crossed-book']);
    // A snapshot that is crossed itself is not a way back.
    s.book(20, 'snapshot', [['6.3', '1']], [['6.2', '1']]);
    expect(s.intake.inUse('OMUSDT')).toBe(false);
    s.book(30, 'snapshot', [['6.0', '1']], [['6.2', '1']]);
    expect(s.kinds().slice(3)).toEqual(['feed.health ok synchronised', 'book whole']);
    expect(s.intake.counters()).toMatchObject({ gaps: 1, resyncs: 1 });
  });

  it('tells an index to every market that follows it, and to nothing else', () => {
    const future = (symbol: string, quote: string, base = 'BTC') => ({ ...listing(symbol, base), quote: currencyCode(quote), dated: true });
    const list = [future('BTC-USD-261225', 'USD'), future('BTC-USD_UM_XPERP-310404', 'USD'), future('BTC-USDT-261225', 'USDT'), future('ETH-USD-261225', 'USD', 'ETH')];
    const include = list.slice(0, 3).map(({ symbol }) => `okx:futures:${symbol}`);
    const registryOf = (names: readonly string[]) => createRegistry(okxFutures, list, [{ id: assetId('BTC'), aliases: [], identities: [], include: names, exclude: [] }], NOW);
    const messages: Message[] = [];
    const heard: string[] = [];
    const intake = createIntake({
      venue: okxFutures, registry: registryOf(include), source: createSource(okxFutures.source, (_t, m) => messages.push(m)), onEvent: (event) => heard.push(`${event.kind} ${event.symbol}`),
    });
    const told = (instId: string): readonly unknown[] => {
      messages.length = 0;
      intake.frame(Buffer.from(JSON.stringify({ arg: { channel: 'index-tickers', instId }, data: [{ instId, idxPx: '64280', ts: String(NOW) }] })), NOW, 'a');
      return messages.map((m) => (m.kind === 'ticker' ? [m.instrument, m.index] : m.kind));
    };
    expect(told('BTC-USD')).toEqual([['okx:futures:BTC-USD-261225', 64_280], ['okx:futures:BTC-USD_UM_XPERP-310404', 64_280]]);
    // Each market is heard: a silent index is a silence of all that follow it.
    expect(heard).toEqual(['ticker BTC-USD-261225', 'ticker BTC-USD_UM_XPERP-310404']);
    expect(told('ETH-USD')).toEqual([]);
    expect(intake.counters()).toMatchObject({ frames: 2, framesNormalized: 1, ignored: { unwatched: 1 }, rejected: {} });
    // After a refresh of the list.
    intake.watch(registryOf(include.slice(1, 2)));
    expect(told('BTC-USD')).toEqual([['okx:futures:BTC-USD_UM_XPERP-310404', 64_280]]);
  });

  it('says each change of health once', () => {
    const s = setUp();
    s.book(10, 'snapshot', [['6.0', '1']], [['6.2', '1']]);
    for (let u = 20; u < 25; u++) s.book(u, 'delta', [['5.0', '1']], []);
    expect(s.kinds().filter((k) => k.startsWith('feed.health'))).toEqual(['feed.health ok synchronised', 'feed.health resyncing sequence-gap']);
    expect(s.breaks).toEqual([['OMUSDT', 'sequence-gap']]);
  });

  it('counts every frame once: carried, control, ignored or rejected', () => {
    const s = setUp();
    const trade = (symbol: string, T: number): string => JSON.stringify({ topic: `publicTrade.${symbol}`, ts: T, data: [{ T, s: symbol, S: 'Buy', v: '1', p: '6', i: 'x' }] });
    s.raw(trade('OMUSDT', NOW));
    s.raw(trade('BTCUSDT', NOW));
    s.raw(trade('XYZUSDT', NOW));
    s.raw(trade('OMUSDT', NOW + 61_000));
    s.raw('{"success":true,"ret_msg":"","op":"subscribe"}');
    s.raw('x'.repeat(10_001));
    s.raw(Uint8Array.from([0x22, 0xff, 0x22]));
    s.raw('');
    expect(s.intake.counters()).toMatchObject({
      frames: 8, framesNormalized: 1, control: { acknowledgement: 1 }, ignored: { unwatched: 1 },
      rejected: { 'unknown-symbol': 1, 'bad-time': 1, 'too-large': 1, 'not-json': 2 }, normalized: { trade: 1 },
    });
  });

  it('reads text beyond ASCII', () => {
    const s = setUp();
    s.raw(JSON.stringify({ topic: 'publicTrade.币安人生USDT', ts: NOW, data: [{ T: NOW, s: '币安人生USDT', S: 'Buy', v: '1', p: '6', i: 'x' }] }));
    expect(s.intake.counters().rejected).toEqual({ 'unknown-symbol': 1 });
  });

  it('clears books with their connection; old levels do not survive', () => {
    const s = setUp();
    s.book(10, 'snapshot', [['6.0', '1'], ['5.0', '9']], [['6.2', '1']]);
    s.intake.closed('a', NOW, 'socket-closed');
    expect(s.intake.inUse('OMUSDT')).toBe(false);
    s.book(50, 'snapshot', [['6.0', '1']], [['6.2', '1']], 'b');
    expect(s.intake.books()[0]).toMatchObject({ inUse: true, levels: 2 });
    // What the old connection still sends is not its book's any more.
    s.book(51, 'delta', [['1.0', '1']], [], 'a');
    expect(s.intake.books()[0]?.levels).toBe(2);
    expect(s.intake.counters().dropped).toEqual({ overlap: 1 });
  });

  it('builds the book of a successor aside and hands over without a gap', () => {
    const s = setUp();
    s.book(10, 'snapshot', [['6.0', '1']], [['6.2', '1']]);
    s.intake.prepare('b', 'a');
    expect(s.intake.ready('b')).toBe(false);
    s.book(900, 'snapshot', [['6.0', '2']], [['6.2', '1']], 'b');
    expect(s.intake.ready('b')).toBe(true);
    s.book(11, 'delta', [['5.9', '1']], [], 'a');
    expect(s.kinds()).toEqual(['feed.health ok synchronised', 'book whole', 'book change']);
    s.intake.handOver('b', NOW);
    s.intake.closed('a', NOW, 'socket-closed');
    s.book(901, 'delta', [['5.8', '1']], [], 'b');
    expect(s.kinds().slice(3)).toEqual(['book whole', 'book change']);
    expect(s.messages[3]).toMatchObject({ bids: [6, 2] });
  });

  it('publishes a book anew on request, only while it is in use', () => {
    const s = setUp();
    const id = 'bybit:linear:OMUSDT' as Parameters<typeof s.intake.republish>[0];
    expect(s.intake.republish(id, NOW)).toBe(false);
    s.book(10, 'snapshot', [['6.0', '1']], [['6.2', '1']]);
    expect(s.intake.republish(id, NOW)).toBe(true);
    expect(s.kinds()).toEqual(['feed.health ok synchronised', 'book whole', 'book whole']);
  });

  it('passes the layer of a deep snapshot on, and leaves it out where there is none', () => {
    const s = setUp();
    const deep = { kind: 'book', symbol: 'OMUSDT', eventTime: NOW, origin: 'deep', snapshot: true, bids: [6, 1], asks: [7, 1] } as const;
    s.intake.answer({ kind: 'events', events: [deep, { ...deep, layer: 2 }] }, NOW);
    expect(s.messages.map((m) => [m.kind, 'layer' in m ? m.layer : 'none'])).toEqual([['book.deep', 'none'], ['book.deep', 2]]);
  });

  it('tells liveness of what streams say and never of what requests answer', () => {
    const heard: string[] = [];
    const s = setUp((event) => heard.push(event.kind));
    s.intake.answer({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: NOW, openInterest: qty(1) }] }, NOW);
    expect([s.kinds(), heard]).toEqual([['ticker'], []]);
    s.raw(JSON.stringify({ topic: 'tickers.OMUSDT', type: 'delta', ts: NOW, data: { symbol: 'OMUSDT', markPrice: '6' } }));
    expect(heard).toEqual(['ticker']);
  });
});

describe('trades repeated by the venue', () => {
  const trade = (tid: number, coin = 'OM'): object => ({ coin, side: 'B', px: '6', sz: '1', time: NOW, tid });
  const coin = (name: string) => ({ ...listing(name, name), quote: currencyCode('USDC') });
  function hyperliquid() {
    const ids: string[] = [];
    const source = createSource(hyperliquidPerp.source, (_t, m) => {
      if (m.kind === 'trade') ids.push(`${m.asset} ${m.id ?? ''}`);
    });
    const registry = createRegistry(hyperliquidPerp, ['OM', 'ETH', 'BTC'].map(coin), ['OM', 'ETH'].map((id) => ({ id: assetId(id), aliases: [], identities: [], include: [], exclude: [] })), NOW);
    const open = () => createIntake({ venue: hyperliquidPerp, registry, source });
    const frame = (...trades: readonly object[]) => Buffer.from(JSON.stringify({ channel: 'trades', data: trades }));
    return { ids, open, frame };
  }

  it('are published once, and their frames are counted once', () => {
    const s = hyperliquid();
    const intake = s.open();
    intake.frame(s.frame(trade(1), trade(2)), NOW, 'a#0');
    // After a new subscription: all of it known, then some of it, then the same id in another market.
    intake.frame(s.frame(trade(1), trade(2)), NOW, 'a#1');
    intake.frame(s.frame(trade(2), trade(3)), NOW, 'a#1');
    intake.frame(s.frame(trade(3, 'ETH')), NOW, 'a#1');
    intake.frame(s.frame(trade(3)), NOW, 'a#1');
    // A repeat beside a market that is not watched, and beside one that is not known.
    intake.frame(s.frame(trade(3), trade(9, 'BTC')), NOW, 'a#1');
    intake.frame(s.frame(trade(3), trade(9, 'XYZ')), NOW, 'a#1');
    expect(s.ids).toEqual(['OM 1', 'OM 2', 'OM 3', 'ETH 3']);
    expect(intake.counters()).toMatchObject({
      frames: 7, framesNormalized: 3, ignored: { 'repeated-trade': 3 }, rejected: { 'unknown-symbol': 1 }, normalized: { trade: 4 }, dropped: { 'repeated-trade': 6 },
    });
  });

  it('are known to the next session of the same source', () => {
    const s = hyperliquid();
    s.open().frame(s.frame(trade(1)), NOW, 'a#0');
    const next = s.open();
    next.frame(s.frame(trade(1), trade(2)), NOW, 'a#0');
    expect(s.ids).toEqual(['OM 1', 'OM 2']);
    expect(next.counters()).toMatchObject({ framesNormalized: 1, dropped: { 'repeated-trade': 1 } });
  });

  it('are published once when two connections overlap, whichever has them first', () => {
    const s = hyperliquid();
    const intake = s.open();
    intake.frame(s.frame(trade(1)), NOW, 'a#0');
    intake.prepare('a#1', 'a#0');
    intake.frame(s.frame(trade(1), trade(2)), NOW, 'a#1');
    intake.frame(s.frame(trade(2)), NOW, 'a#0');
    intake.handOver('a#1', NOW);
    intake.frame(s.frame(trade(3)), NOW, 'a#1');
    expect(s.ids).toEqual(['OM 1', 'OM 2', 'OM 3']);
  });
});
