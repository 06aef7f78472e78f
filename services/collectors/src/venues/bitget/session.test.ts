import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { startSession } from '../../testing/session-rig.ts';
import { bitgetUsdt } from './feed.ts';

const LIST = JSON.stringify({ code: '00000', data: [{ symbol: 'OMUSDT', category: 'USDT-FUTURES', baseCoin: 'OM', quoteCoin: 'USDT', priceMultiplier: '0.01', quantityMultiplier: '1', type: 'perpetual', status: 'online', maxLeverage: '50' }] });

/** Bitget's public socket with one contract, whose book the test drives. */
function createVenue(now: () => number) {
  const sessions: { readonly peer: EndpointPeer; readonly frames: string[]; open: boolean; books: boolean }[] = [];
  const state = { seq: 1_000, restarts: 0 };
  const send = (peer: EndpointPeer, topic: string, action: string, row: unknown): void => peer.send(JSON.stringify({ data: [row], arg: { instType: 'usdt-futures', symbol: topic === 'liquidation' ? undefined : 'OMUSDT', topic }, action, ts: now() }));
  const endpoint: Endpoint = {
    request: ({ url }) => ({
      status: 200, headers: {},
      body: url.startsWith('/api/v3/market/instruments') ? LIST : JSON.stringify({ code: '00000', data: { asks: [['8', '900']], bids: [['5', '800']], ts: String(now()), scale: '1' } }),
    }),
    accept: (_path, peer) => {
      const session = { peer, frames: [] as string[], open: true, books: false };
      sessions.push(session);
      return {
        onFrame: (text) => {
          session.frames.push(text);
          if (text === 'ping') {
            peer.send('pong');
            return;
          }
          const { op, args } = JSON.parse(text) as { op: string; args: { topic: string }[] };
          for (const arg of args) {
            peer.send(JSON.stringify({ event: op, arg }));
            if (arg.topic !== 'books') continue;
            session.books = op === 'subscribe';
            if (session.books) send(peer, 'books', 'snapshot', { a: [['6.20', '80']], b: [['6.10', '100'], ['6.00', '50']], checksum: 0, seq: state.seq, pseq: 0, ts: String(now()) });
          }
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  const live = (): EndpointPeer[] => sessions.filter((s) => s.open && s.books).map((s) => s.peer);
  return {
    endpoint, sessions,
    /** One change of the book; `lose` leaves it out on the way. */
    change: (lose = false): void => {
      const pseq = state.seq;
      state.seq += 7;
      if (!lose) for (const peer of live()) send(peer, 'books', 'update', { a: [], b: [['5.90', String(10 + (state.seq % 5))]], checksum: 1, seq: state.seq, pseq, ts: String(now()) });
    },
    tick: (): void => {
      for (const peer of live()) send(peer, 'ticker', 'snapshot', { lastPrice: '6.15', markPrice: '6.16', indexPrice: '6.14', fundingRate: '0.0001', openInterest: '900', nextFundingTime: String(now() + 3_600_000) });
    },
    liquidate: (): void => {
      for (const peer of live()) send(peer, 'liquidation', 'update', { symbol: 'OMUSDT', side: 'buy', price: '6', amount: '60', ts: String(now()) });
    },
  };
}

const setUp = () => startSession({
  venue: bitgetUsdt, ws: { public: 'ws://venue.test/v3/ws/public' }, weightPerMinute: 1_200, world: createVenue,
  beat: {
    everyMs: 1_000,
    act: (venue) => {
      venue.change();
      venue.tick();
    },
  },
});

describe('a live session with Bitget', () => {
  it('synchronises the book, carries every figure and keeps the socket alive', async () => {
    const s = setUp();
    await s.live(30);
    s.venue.liquidate();
    await s.pass(20);
    expect(s.of('instrument')[0]).toMatchObject({ instrument: 'bitget:usdt:OMUSDT', asset: 'OM', marketKind: 'linear', tickSize: 0.01, maxLeverage: 50 });
    expect(s.of('book')[0]).toMatchObject({ snapshot: true, bids: [6.1, 100, 6, 50], asks: [6.2, 80] });
    expect(s.of('book').slice(1).every((b) => !b.snapshot)).toBe(true);
    expect(s.of('book').length).toBeGreaterThan(25);
    expect(s.of('ticker')[0]).toMatchObject({ last: 6.15, mark: 6.16, index: 6.14, fundingRate: 0.0001, openInterest: 900 });
    expect(s.of('liquidation')).toMatchObject([{ side: 'sell', price: 6, qty: 10, disclosure: 'sampled' }]);
    expect([...new Set(s.of('book.deep').map((m) => m.layer))].sort()).toEqual([0, 1]);
    expect(s.venue.sessions[0]?.frames.filter((f) => f === 'ping')).toHaveLength(1);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.collector.status()[0]?.counters?.rejected).toEqual({});
    await s.finish();
  });

  it('answers a lost change with one new subscription, and publishes nothing of the broken book', async () => {
    const s = setUp();
    await s.live(5);
    const before = s.of('book').length;
    s.venue.change(true);
    s.venue.change();
    s.venue.change();
    await s.pass(200);
    await s.live(3);
    expect(s.of('book')[before]).toMatchObject({ snapshot: true, bids: [6.1, 100, 6, 50] });
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing sequence-gap', 'ok synchronised']);
    const asked = s.venue.sessions[0]?.frames.filter((f) => f.includes('"books"')).map((f) => (JSON.parse(f) as { op: string }).op);
    expect(asked).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    await s.finish();
  });

  it('clears the book when the socket ends and comes back with a whole one', async () => {
    const s = setUp();
    await s.live(5);
    s.venue.sessions[0]?.peer.close(1001, 'release');
    await s.pass(20);
    expect(s.collector.status()[0]?.books.every((b) => !b.inUse)).toBe(true);
    const before = s.of('book').length;
    await s.live(5);
    expect(s.of('book')[before]?.snapshot).toBe(true);
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing socket-closed', 'ok synchronised']);
    await s.finish();
  });
});
