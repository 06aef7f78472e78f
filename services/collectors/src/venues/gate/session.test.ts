import { describe, expect, it } from '@jest/globals';
import type { BookMessage, FeedHealthMessage, Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createOrderBook } from '@breakwater/models/market';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from '../../collector.ts';
import { collectorsConfig } from '../../config.ts';
import { gateUsdt } from './feed.ts';

const START = epochMs(1_800_000_000_000);
const LIST = JSON.stringify([{ name: 'OM_USDT', type: 'direct', quanto_multiplier: '10', order_price_round: '0.0001', leverage_max: '20', in_delisting: false, status: 'trading' }]);

/** Gate's USDT socket with one market: full pushes to new subscriptions, ranges after. */
function createGate(now: () => number) {
  const sessions: { readonly peer: EndpointPeer; readonly asked: string[]; open: boolean; book: boolean }[] = [];
  const bids = new Map([[6.1, 100], [6, 50]]);
  const state = { id: 100 };
  const update = (channel: string, result: unknown): string => JSON.stringify({ time: Math.floor(now() / 1000), time_ms: Math.floor(now()), channel, event: 'update', result });
  const levels = (): string[][] => [...bids].sort(([a], [b]) => b - a).map(([p, q]) => [p.toFixed(4), String(q)]);
  const endpoint: Endpoint = {
    request: ({ url }) => {
      const row = { contract: 'OM_USDT', last: '6.15', mark_price: '6.14', index_price: '6.13', total_size: '4000', funding_rate: '0.0001', funding_rate_indicative: '0.0002' };
      return { status: 200, headers: {}, body: url.includes('/contracts') ? LIST : JSON.stringify([row]) };
    },
    accept: (_path, peer) => {
      const session = { peer, asked: [] as string[], open: true, book: false };
      sessions.push(session);
      return {
        onFrame: (text) => {
          const { channel, event, payload } = JSON.parse(text) as { channel: string; event?: string; payload?: string[] };
          session.asked.push(`${event ?? ''} ${channel}`);
          if (event === undefined) {
            peer.send(JSON.stringify({ time: 1, channel: channel.replace('ping', 'pong'), event: '', result: null }));
            return;
          }
          // A second subscription of the same book is refused, as the venue does.
          const repeated = channel === 'futures.obu' && event === 'subscribe' && session.book;
          peer.send(JSON.stringify({ time: 1, channel, event, payload, ...(repeated ? { error: { code: 2, message: `Alert sub ${payload?.[0] ?? ''}` } } : {}), result: { status: repeated ? 'fail' : 'success' } }));
          if (channel !== 'futures.obu') return;
          if (event === 'subscribe' && !session.book) peer.send(update('futures.obu', { t: Math.floor(now()), full: true, s: 'ob.OM_USDT.400', u: state.id, b: levels(), a: [['6.2000', '80']] }));
          session.book = event === 'subscribe';
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint, state, sessions,
    bids: (): number[] => [...bids].sort(([a], [b]) => b - a).flat(),
    /** One change of the book; `lost` ones are not sent. */
    change: (price: number, qty: number, lost = false): void => {
      const first = state.id + 1;
      state.id += 3;
      if (qty === 0) bids.delete(price);
      else bids.set(price, qty);
      if (lost) return;
      const frame = update('futures.obu', { t: Math.floor(now()), s: 'ob.OM_USDT.400', U: first, u: state.id, b: [[price.toFixed(4), String(qty)]] });
      for (const session of sessions) if (session.open && session.book) session.peer.send(frame);
    },
    send: (channel: string, result: unknown): void => {
      for (const session of sessions) if (session.open) session.peer.send(update(channel, result));
    },
  };
}

async function setUp() {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const venue = createGate(() => clock.now());
  const network = createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => venue.endpoint });
  const messages: Message[] = [];
  const stop = new AbortController();
  const collector = createCollector({
    feeds: [{ venue: gateUsdt, endpoints: { rest: 'http://venue.test', ws: { futures: 'ws://venue.test/usdt' } }, weightPerMinute: 1_000 }],
    config: collectorsConfig.parse({ venues: { gate: {} }, assets: { OM: {} } }),
    network, clock, rng: createRng(2), publish: (_topic, message) => messages.push(message), log: silentLog, signal: stop.signal,
  });
  const done = collector.run();
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  let step = 0;
  const live = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds * 5; i++, step++) {
      venue.change(5.5 + (step % 40) / 100, step % 3 === 0 ? 0 : 10 + step);
      await pass(200);
    }
  };
  const books = (): BookMessage[] => messages.filter((m) => m.kind === 'book');
  /** The book that a reader of the messages has. */
  const read = (): number[] => {
    const held = createOrderBook();
    for (const message of books()) {
      if (message.snapshot) held.replace(message.bids, message.asks);
      else held.apply(message.bids, message.asks);
    }
    return held.levels('bids');
  };
  const health = (channel: string): string[] => messages.filter((m): m is FeedHealthMessage => m.kind === 'feed.health' && m.channel === channel).map((m) => `${m.status} ${m.reason}`);
  const finish = async (): Promise<void> => {
    stop.abort();
    await pass(100);
    await done;
  };
  await pass(1_000);
  return { clock, venue, collector, messages, pass, live, books, read, health, finish };
}

describe('a live session of Gate', () => {
  it('begins with the full push, follows the ranges, and tells everything else of the market', async () => {
    const s = await setUp();
    await s.live(10);
    expect(s.messages.find((m) => m.kind === 'instrument')).toMatchObject({ instrument: 'gate:usdt:OM_USDT', asset: 'OM', contractSize: 10, marketKind: 'linear' });
    expect(s.books()[0]).toMatchObject({ snapshot: true });
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.health('book')).toEqual(['ok synchronised']);
    s.venue.send('futures.trades', [{ size: -7, id: 1, create_time_ms: Math.floor(s.clock.now()), price: '6.1', contract: 'OM_USDT' }]);
    s.venue.send('futures.public_liquidates', [{ price: '6.05', size: '-12.5', time: Math.floor(s.clock.now()), contract: 'OM_USDT' }]);
    await s.pass(100);
    expect(s.messages.find((m) => m.kind === 'trade')).toMatchObject({ price: 6.1, qty: 7, side: 'sell' });
    expect(s.messages.find((m) => m.kind === 'liquidation')).toMatchObject({ price: 6.05, qty: 12.5, side: 'sell', disclosure: 'complete' });
    // Polled: the stream has said nothing.
    expect(s.messages.find((m) => m.kind === 'ticker')).toMatchObject({ mark: 6.14, index: 6.13, openInterest: 4000, fundingRate: 0.0001 });
    await s.finish();
  });

  it('answers a lost range with one new subscription, publishes nothing of the broken book, and is right again', async () => {
    const s = await setUp();
    await s.live(5);
    const before = s.books().length;
    s.venue.change(5.99, 7, true);
    await s.live(5);
    expect(s.books()[before]).toMatchObject({ snapshot: true });
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing sequence-gap', 'ok synchronised']);
    expect(s.venue.sessions[0]?.asked.filter((a) => a.endsWith('futures.obu'))).toEqual(['subscribe futures.obu', 'unsubscribe futures.obu', 'subscribe futures.obu']);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 1, resyncs: 1, rejected: {} });
    await s.finish();
  });

  it('comes back with a full push when the socket ends', async () => {
    const s = await setUp();
    await s.live(5);
    s.venue.sessions[0]?.peer.close(1001, 'going away');
    await s.pass(20);
    expect(s.collector.status()[0]?.books.every((b) => !b.inUse)).toBe(true);
    await s.live(5);
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing socket-closed', 'ok synchronised']);
    await s.finish();
  });
});
