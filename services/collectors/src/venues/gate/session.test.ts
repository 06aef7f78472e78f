import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { startSession } from '../../testing/session-rig.ts';
import { gateUsdt } from './feed.ts';

const LIST = JSON.stringify([{ name: 'OM_USDT', type: 'direct', quanto_multiplier: '10', order_price_round: '0.0001', leverage_max: '20', in_delisting: false, status: 'trading' }]);

/** Gate's USDT socket with one market: full pushes to new subscriptions, ranges after. */
function createGate(now: () => number) {
  const sessions: { readonly peer: EndpointPeer; readonly asked: string[]; open: boolean; book: boolean }[] = [];
  const bids = new Map([[6.1, 100], [6, 50]]);
  const state = { id: 100 };
  const update = (channel: string, result: unknown): string => JSON.stringify({ time: Math.floor(now() / 1000), time_ms: now(), channel, event: 'update', result });
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
          if (event === 'subscribe' && !session.book) peer.send(update('futures.obu', { t: now(), full: true, s: 'ob.OM_USDT.400', u: state.id, b: levels(), a: [['6.2000', '80']] }));
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
      const frame = update('futures.obu', { t: now(), s: 'ob.OM_USDT.400', U: first, u: state.id, b: [[price.toFixed(4), String(qty)]] });
      for (const session of sessions) if (session.open && session.book) session.peer.send(frame);
    },
    send: (channel: string, result: unknown): void => {
      for (const session of sessions) if (session.open) session.peer.send(update(channel, result));
    },
  };
}

async function setUp() {
  const session = startSession({
    venue: gateUsdt, ws: { futures: 'ws://venue.test/usdt' }, weightPerMinute: 1_000, world: createGate,
    beat: { everyMs: 200, act: (venue, n) => venue.change(5.5 + (n % 40) / 100, n % 3 === 0 ? 0 : 10 + n) },
  });
  await session.pass(1_000);
  return session;
}

describe('a live session of Gate', () => {
  it('begins with the full push, follows the ranges, and tells everything else of the market', async () => {
    const s = await setUp();
    await s.live(10);
    expect(s.messages.find((m) => m.kind === 'instrument')).toMatchObject({ instrument: 'gate:usdt:OM_USDT', asset: 'OM', contractSize: 10, marketKind: 'linear' });
    expect(s.of('book')[0]).toMatchObject({ snapshot: true });
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
    const before = s.of('book').length;
    s.venue.change(5.99, 7, true);
    await s.live(5);
    expect(s.of('book')[before]).toMatchObject({ snapshot: true });
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
