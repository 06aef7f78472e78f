import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { startSession } from '../../testing/session-rig.ts';
import type { Venue } from '../../venue.ts';
import { krakenChecksum } from './checksum.ts';
import { createDigitSide } from './digit-side.ts';
import { krakenFutures, krakenSpot } from './feed.ts';


/** A venue of one market: a book of which it can lose a change on the way. */
interface World {
  readonly endpoint: Endpoint;
  readonly frames: string[];
  readonly peers: EndpointPeer[];
  readonly bids: () => number[];
  change(price: number, qty: number, lose?: boolean): void;
  trade(uid: number, liquidation: boolean): void;
  dollars?(): void;
}

/** Kraken spot: numbers with eight decimals and a checksum in every frame, as its pages say. */
function createSpot(now: () => number): World {
  const frames: string[] = [];
  const peers: EndpointPeer[] = [];
  const bids = new Map([[9.5, 100], [9.4, 50]]);
  let subscribed: EndpointPeer | undefined;
  const row = (levels: Iterable<readonly [number, number]>): string => `[${[...levels].map(([p, q]) => `{"price":${p.toFixed(4)},"qty":${q.toFixed(8)}}`).join(',')}]`;
  const checksum = (): number => {
    const [b, a] = [createDigitSide(1), createDigitSide(-1)];
    b.put([...bids].flatMap(([p, q]) => [p.toFixed(4), q.toFixed(8)]), {});
    a.put(['9.6000', '70.00000000'], {});
    return krakenChecksum(b, a);
  };
  const stamp = (): string => new Date(now()).toISOString();
  return {
    frames, peers,
    bids: () => [...bids].sort(([a], [b]) => b - a).flat(),
    endpoint: {
      request: ({ url }) => (url.startsWith('/0/public/AssetPairs')
        ? { status: 200, headers: {}, body: JSON.stringify({ error: [], result: { OMUSD: { wsname: 'OM/USD', pair_decimals: 4, lot_decimals: 8, tick_size: '0.0001', status: 'online' } } }) }
        : { status: 404, headers: {}, body: '' }),
      accept: (_path, peer) => {
        peers.push(peer);
        return {
          onFrame: (text) => {
            frames.push(text);
            const { method, params } = JSON.parse(text) as { method: string; params?: { channel: string; symbol: string[] } };
            if (method === 'ping') peer.send('{"method":"pong"}');
            for (const symbol of params?.symbol ?? []) peer.send(JSON.stringify({ method, result: { channel: params?.channel, symbol }, success: true }));
            if (params?.channel !== 'book') return;
            subscribed = method === 'subscribe' ? peer : undefined;
            subscribed?.send(`{"channel":"book","type":"snapshot","data":[{"symbol":"OM/USD","bids":${row(bids)},"asks":${row([[9.6, 70]])},"checksum":${checksum()},"timestamp":"${stamp()}"}]}`);
          },
          onClose: () => void (subscribed = undefined),
        };
      },
    },
    change: (price, qty, lose = false) => {
      if (qty === 0) bids.delete(price);
      else bids.set(price, qty);
      if (!lose) subscribed?.send(`{"channel":"book","type":"update","data":[{"symbol":"OM/USD","bids":${row([[price, qty]])},"asks":[],"checksum":${checksum()},"timestamp":"${stamp()}"}]}`);
    },
    trade: (uid) => subscribed?.send(JSON.stringify({ channel: 'trade', type: 'update', data: [{ symbol: 'OM/USD', side: 'sell', price: 9.5, qty: 1, ord_type: 'market', trade_id: uid, timestamp: stamp() }] })),
    dollars: () => subscribed?.send(JSON.stringify({ channel: 'ticker', type: 'update', data: [{ symbol: 'EUR/USD', bid: 1.125, ask: 1.126, last: 1.125, timestamp: stamp() }] })),
  };
}

/** Kraken derivatives: a counter, and the last trades sent again to each new subscription. */
function createFutures(now: () => number): World {
  const frames: string[] = [];
  const peers: EndpointPeer[] = [];
  const bids = new Map([[9.5, 100], [9.4, 50]]);
  const history: object[] = [];
  const state = { seq: 100, subscribed: undefined as EndpointPeer | undefined };
  const base = (): object => ({ product_id: 'PF_OMUSD', timestamp: now(), seq: state.seq });
  return {
    frames, peers,
    bids: () => [...bids].sort(([a], [b]) => b - a).flat(),
    endpoint: {
      request: ({ url }) => (url.startsWith('/derivatives/api/v3/instruments')
        ? { status: 200, headers: {}, body: JSON.stringify({ result: 'success', instruments: [{ symbol: 'PF_OMUSD', type: 'flexible_futures', tickSize: 0.0001, contractSize: 1, contractValueTradePrecision: 0, tradeable: true, base: 'OM', quote: 'USD' }] }) }
        : { status: 404, headers: {}, body: '' }),
      accept: (_path, peer) => {
        peers.push(peer);
        peer.send('{"event":"info","version":1}');
        return {
          onFrame: (text) => {
            frames.push(text);
            const { event, feed, product_ids } = JSON.parse(text) as { event: string; feed: string; product_ids?: string[] };
            peer.send(JSON.stringify({ event: `${event}d`, feed, ...(product_ids === undefined ? {} : { product_ids }) }));
            if (feed === 'trade') peer.send(JSON.stringify({ feed: 'trade_snapshot', product_id: 'PF_OMUSD', trades: [...history].reverse() }));
            if (feed !== 'book') return;
            state.subscribed = event === 'subscribe' ? peer : undefined;
            state.subscribed?.send(JSON.stringify({ ...base(), feed: 'book_snapshot', bids: [...bids].map(([price, qty]) => ({ price, qty })), asks: [{ price: 9.6, qty: 70 }] }));
          },
          onClose: () => void (state.subscribed = undefined),
        };
      },
    },
    change: (price, qty, lose = false) => {
      if (qty === 0) bids.delete(price);
      else bids.set(price, qty);
      state.seq++;
      if (!lose) state.subscribed?.send(JSON.stringify({ ...base(), feed: 'book', side: 'buy', price, qty }));
    },
    trade: (uid, liquidation) => {
      const trade = { feed: 'trade', product_id: 'PF_OMUSD', uid: `u${uid}`, side: 'sell', type: liquidation ? 'liquidation' : 'fill', seq: uid, time: now(), qty: 3, price: 9.5 };
      history.push(trade);
      state.subscribed?.send(JSON.stringify(trade));
    },
  };
}

const setUp = (venue: Venue, create: (now: () => number) => World) => startSession({
  venue, ws: { public: 'ws://venue.test/ws' }, weightPerMinute: 1_200, world: create,
  beat: {
    everyMs: 1_000,
    act: (world, n) => {
      world.change(9 + (n % 9) / 20, n % 3 === 0 ? 0 : n + 1);
      world.dollars?.();
    },
  },
});

describe.each<readonly [string, Venue, typeof createSpot, string]>([['spot', krakenSpot, createSpot, 'checksum-mismatch'], ['derivatives', krakenFutures, createFutures, 'sequence-gap']])('a live session with Kraken %s', (_name, venue, create, reason) => {
  it('subscribes and keeps the book', async () => {
    const s = setUp(venue, create);
    await s.live(40);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.collector.status()[0]?.counters?.rejected).toEqual({});
    await s.finish();
  });

  it('answers a lost change with one new subscription and publishes nothing of the broken book', async () => {
    const s = setUp(venue, create);
    await s.live(5);
    const before = s.of('book').length;
    s.venue.change(9.45, 777, true);
    await s.live(5);
    expect(s.health('book')).toEqual(['ok synchronised', `resyncing ${reason}`, 'ok synchronised']);
    expect(s.of('book')[before]).toMatchObject({ snapshot: true });
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.venue.frames.filter((f) => f.includes('"unsubscribe"'))).toHaveLength(1);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    await s.finish();
  });

  it('comes back after the socket ended, with no trade or liquidation twice', async () => {
    const s = setUp(venue, create);
    await s.live(3);
    for (let i = 0; i < 5; i++) s.venue.trade(i, i % 2 === 0);
    await s.live(3);
    s.venue.peers[0]?.close(1001, 'restart');
    await s.live(5);
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.health('book').at(-1)).toBe('ok synchronised');
    expect(s.messages.filter((m) => m.kind === 'trade')).toHaveLength(5);
    expect(s.messages.filter((m) => m.kind === 'liquidation')).toHaveLength(venue === krakenFutures ? 3 : 0);
    await s.finish();
  });
});

describe('rates of a live session with Kraken spot', () => {
  it('are the dollars of the euro', async () => {
    const s = setUp(krakenSpot, createSpot);
    await s.live(5);
    const rates = s.messages.filter((m) => m.kind === 'rate');
    expect(rates.length).toBeGreaterThanOrEqual(4);
    expect(rates[0]).toMatchObject({ currency: 'EUR', usd: 1.1255 });
    await s.finish();
  });
});
