import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { startSession } from '../../testing/session-rig.ts';
import { coinbaseSpot } from './feed.ts';

const PRODUCTS = ['OM-USD', 'OM-EUR'];
const LIST = JSON.stringify({ products: PRODUCTS.map((id) => ({ product_id: id, base_currency_id: 'OM', quote_currency_id: id.slice(3), price_increment: '0.01', base_increment: '1', status: 'online', product_type: 'SPOT', alias: '' })) });

/** Both of Coinbase's public sockets, whose streams the test drives. */
function createVenue(now: () => number) {
  const iso = (): string => new Date(now()).toISOString();
  const sessions: { readonly peer: EndpointPeer; readonly path: string; readonly frames: string[]; open: boolean; number: number }[] = [];
  let trade = 0;
  const numbered = (session: (typeof sessions)[number], channel: string, events: readonly unknown[], lose = false): void => {
    const text = JSON.stringify({ channel, timestamp: iso(), sequence_num: session.number++, events });
    if (!lose) session.peer.send(text);
  };
  const level = (side: string, price: string, qty: string): unknown => ({ side, event_time: iso(), price_level: price, new_quantity: qty });
  const endpoint: Endpoint = {
    request: ({ url }) => ({ status: 200, headers: {}, body: url.startsWith('/api/v3/brokerage/market/products') ? LIST : '{}' }),
    accept: (path, peer) => {
      const session = { peer, path, frames: [] as string[], open: true, number: 0 };
      sessions.push(session);
      return {
        onFrame: (text) => {
          session.frames.push(text);
          const { type, channel, product_ids: products = [], channels = [] } = JSON.parse(text) as { type: string; channel?: string; product_ids?: string[]; channels?: unknown[] };
          if (path === '/feed') {
            peer.send(JSON.stringify({ type: 'subscriptions', channels }));
            return;
          }
          numbered(session, 'subscriptions', [{ subscriptions: { [channel ?? '']: products } }]);
          if (type === 'subscribe' && channel === 'level2') {
            for (const product of products) numbered(session, 'l2_data', [{ type: 'snapshot', product_id: product, updates: [level('bid', '6.1', '100'), level('offer', '6.2', '80')] }]);
          }
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  const open = (path: string) => sessions.filter((s) => s.open && s.path === path);
  return {
    endpoint, sessions, open,
    change: (lose = false): void => {
      for (const session of open('/book')) numbered(session, 'l2_data', [{ type: 'update', product_id: 'OM-USD', updates: [level('bid', '5.9', String(10 + (session.number % 5)))] }], lose);
    },
    beat: (): void => {
      for (const session of open('/book')) numbered(session, 'heartbeats', [{ current_time: iso(), heartbeat_counter: 1 }]);
    },
    deal: (): void => {
      const send = (frame: unknown): void => open('/feed').forEach((s) => s.peer.send(JSON.stringify(frame)));
      send({ type: 'match', trade_id: ++trade, side: 'sell', size: '5', price: '6.2', product_id: 'OM-USD', sequence: trade, time: iso() });
      send({ type: 'ticker', sequence: trade, product_id: 'USDT-USD', price: '0.9991', best_bid: '0.999', best_ask: '0.9994', time: iso() });
    },
  };
}

const setUp = () => startSession({
  venue: coinbaseSpot, ws: { book: 'ws://venue.test/book', feed: 'ws://venue.test/feed' }, weightPerMinute: 600, world: createVenue,
  beat: {
    everyMs: 1_000,
    act: (venue) => {
      venue.change();
      venue.deal();
      venue.beat();
    },
  },
});

describe('a live session with Coinbase', () => {
  it('takes books from one socket, trades and dollars from the other', async () => {
    const s = setUp();
    await s.live(20);
    expect(s.of('instrument').map((m) => m.instrument).sort()).toEqual(['coinbase:spot:OM-EUR', 'coinbase:spot:OM-USD']);
    const books = s.of('book').filter((b) => b.instrument === 'coinbase:spot:OM-USD');
    expect(books[0]).toMatchObject({ snapshot: true, bids: [6.1, 100], asks: [6.2, 80] });
    expect(books.slice(1).every((b) => !b.snapshot)).toBe(true);
    expect(books.length).toBeGreaterThan(15);
    expect(s.of('trade')[0]).toMatchObject({ instrument: 'coinbase:spot:OM-USD', side: 'buy', price: 6.2, qty: 5 });
    expect(s.of('rate')[0]).toMatchObject({ currency: 'USDT', usd: 0.9992 });
    for (const product of PRODUCTS) expect(s.health('book', `coinbase:spot:${product}`)).toEqual(['ok synchronised']);
    expect(s.collector.status()[0]?.counters?.rejected).toEqual({});
    await s.finish();
  });

  it('breaks every book of the socket at the next frame after a loss, and mends each by one new subscription', async () => {
    const s = setUp();
    await s.live(5);
    s.venue.change(true);
    await s.pass(100);
    // Nothing has told of the loss yet; the heartbeat does, whatever was lost.
    expect(s.collector.status()[0]?.counters?.gaps).toBe(0);
    s.venue.beat();
    await s.pass(20);
    expect(s.collector.status()[0]?.counters?.gaps).toBe(2);
    await s.live(8);
    for (const product of PRODUCTS) expect(s.health('book', `coinbase:spot:${product}`)).toEqual(['ok synchronised', 'resyncing sequence-gap', 'ok synchronised']);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 2, resyncs: 2 });
    const asked = s.venue.sessions.find((x) => x.path === '/book')?.frames.filter((f) => f.includes('level2')).map((f) => (JSON.parse(f) as { type: string; product_ids: string[] }));
    expect(asked?.map((f) => f.type)).toEqual(['subscribe', 'unsubscribe', 'subscribe', 'unsubscribe', 'subscribe']);
    expect(asked?.slice(1).map((f) => f.product_ids.length)).toEqual([1, 1, 1, 1]);
    await s.finish();
  });

  it('clears its books when their socket ends and comes back with whole ones, trades going on meanwhile', async () => {
    const s = setUp();
    await s.live(5);
    s.venue.open('/book')[0]?.peer.close(1001, 'restart');
    await s.pass(20);
    expect(s.collector.status()[0]?.books.every((b) => !b.inUse)).toBe(true);
    const trades = s.of('trade').length;
    s.venue.deal();
    await s.pass(20);
    expect(s.of('trade')).toHaveLength(trades + 1);
    await s.live(8);
    expect(s.health('book', 'coinbase:spot:OM-USD')).toEqual(['ok synchronised', 'resyncing socket-closed', 'ok synchronised']);
    // The numbers of a new connection begin anew.
    expect(s.collector.status()[0]?.counters?.gaps).toBe(0);
    await s.finish();
  });
});
