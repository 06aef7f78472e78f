import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { rotating, startSession } from '../../testing/session-rig.ts';
import { kucoinSpot } from './feed.ts';

const LIST = JSON.stringify({ code: '200000', data: [{ symbol: 'OM-USDT', name: 'OM-USDT', baseCurrency: 'OM', quoteCurrency: 'USDT', priceIncrement: '0.01', baseIncrement: '0.1', enableTrading: true }] });
/** Levels a side that the public answer ends at; the venue's is 100. */
const PUBLIC_DEPTH = 10;

/** KuCoin spot with one market of 30 bids: a token for each socket, changes on it, the best levels by request. */
function createKucoin(now: () => number) {
  const sessions: { readonly peer: EndpointPeer; readonly path: string; readonly frames: string[]; open: boolean; level2: boolean }[] = [];
  const bids = new Map(Array.from({ length: 30 }, (_, i) => [Number((6 - i / 100).toFixed(2)), 10 + i] as const));
  const state = { sequence: 1_000, tokens: 0, bookRequests: 0, refusing: false };
  const levels = (): string[][] => [...bids].sort(([a], [b]) => b - a).map(([p, q]) => [String(p), String(q)]);
  const endpoint: Endpoint = {
    request: ({ method, url }) => {
      const reply = (body: unknown) => ({ status: 200, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });
      if (url.startsWith('/api/v2/symbols')) return reply(LIST);
      if (url.startsWith('/api/v1/bullet-public') && method === 'POST') {
        const data = { token: `t${++state.tokens}`, instanceServers: [{ endpoint: 'ws://venue.test/', protocol: 'websocket', encrypt: false, pingInterval: 18_000, pingTimeout: 10_000 }] };
        return reply({ code: '200000', data });
      }
      state.bookRequests++;
      return reply({ code: '200000', data: { time: now(), sequence: String(state.sequence), bids: levels().slice(0, PUBLIC_DEPTH), asks: [['6.2', '80']] } });
    },
    accept: (path, peer) => {
      const session = { peer, path, frames: [] as string[], open: true, level2: false };
      if (state.refusing) {
        peer.close(1013, 'try again later');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      sessions.push(session);
      peer.send('{"id":"c","type":"welcome"}');
      return {
        onFrame: (text) => {
          session.frames.push(text);
          const { id, type, topic } = JSON.parse(text) as { id: string; type: string; topic?: string };
          if (topic?.startsWith('/market/level2:') === true) session.level2 = true;
          peer.send(JSON.stringify({ id, type: type === 'ping' ? 'pong' : 'ack' }));
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint, state, sessions,
    bids: (): number[] => [...bids].sort(([a], [b]) => b - a).flat(),
    change: (price: number, qty: number, lost = false): void => {
      const sequence = ++state.sequence;
      if (qty === 0) bids.delete(price);
      else bids.set(price, qty);
      if (lost) return;
      const data = { changes: { asks: [], bids: [[String(price), String(qty), String(sequence)]] }, sequenceStart: sequence, sequenceEnd: sequence, symbol: 'OM-USDT', time: now() };
      const frame = JSON.stringify({ topic: '/market/level2:OM-USDT', type: 'message', subject: 'trade.l2update', data });
      for (const session of sessions) if (session.open && session.level2) session.peer.send(frame);
    },
  };
}

async function setUp(venue: typeof kucoinSpot = kucoinSpot) {
  const session = startSession({
    venue, ws: {}, weightPerMinute: 2_800, world: createKucoin,
    // The best bids come and go, five times a second; the lower ones rest.
    beat: { everyMs: 200, act: (world, n) => world.change(Number((6 + (n % 9) / 100).toFixed(2)), n % 4 === 0 ? 0 : 10 + n) },
  });
  await session.pass(1_000);
  return session;
}

describe('a live session of KuCoin', () => {
  it('connects with a token, subscribes, joins the book it asks for, and pings as the venue wants', async () => {
    const s = await setUp();
    await s.live(30);
    expect(s.venue.sessions.map((x) => x.path)).toEqual(['/?token=t1']);
    const frames = s.venue.sessions[0]?.frames ?? [];
    expect(frames.slice(0, 3).map((f) => (JSON.parse(f) as { topic: string }).topic)).toEqual(['/market/level2:OM-USDT', '/market/match:OM-USDT', '/market/ticker:OM-USDT']);
    expect(frames.filter((f) => f.includes('ping'))).toHaveLength(1);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.collector.status()[0]?.counters).toMatchObject({ rejected: {}, control: { welcome: 1, acknowledgement: 3, pong: 1 } });
    // All the best levels are right, and nothing that is held is wrong.
    const truth = s.venue.bids();
    expect(s.read().slice(0, 2 * PUBLIC_DEPTH)).toEqual(truth.slice(0, 2 * PUBLIC_DEPTH));
    await s.finish();
  });

  it('has the levels that a falling price lays bare, which the first answer did not show', async () => {
    const s = await setUp();
    await s.live(5);
    // The upper 20 prices are taken away, in a minute: below are bids that no frame has ever told of.
    for (const price of s.venue.bids().filter((_, i) => i % 2 === 0).slice(0, 25)) {
      s.venue.change(price, 0);
      await s.pass(2_400);
    }
    await s.pass(16_000);
    const truth = s.venue.bids();
    expect(truth.length / 2).toBeGreaterThan(5);
    expect(s.read().slice(0, 10)).toEqual(truth.slice(0, 10));
    expect(s.health('book')).toEqual(['ok synchronised']);
    await s.finish();
  });

  it('answers a lost change with one request for the book, publishes nothing of the broken one, and is right again', async () => {
    const s = await setUp();
    await s.live(5);
    const before = s.of('book').length;
    s.venue.change(5.99, 7, true);
    await s.live(2);
    expect(s.of('book')[before]).toMatchObject({ snapshot: true });
    expect(s.read().slice(0, 2 * PUBLIC_DEPTH)).toEqual(s.venue.bids().slice(0, 2 * PUBLIC_DEPTH));
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing sequence-gap', 'ok synchronised']);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    await s.finish();
  });

  it('takes a new token when the socket ends, and does not use a polled part without a stream', async () => {
    const s = await setUp();
    await s.live(5);
    s.venue.state.refusing = true;
    s.venue.sessions[0]?.peer.close(1001, 'going away');
    await s.pass(20);
    const asked = s.venue.state.bookRequests;
    await s.pass(40_000);
    // Its best levels are asked for all the while, and no book is made of them.
    expect(s.venue.state.bookRequests).toBeGreaterThanOrEqual(asked + 2);
    expect(s.collector.status()[0]?.books.every((b) => !b.inUse)).toBe(true);
    s.venue.state.refusing = false;
    await s.pass(31_000);
    await s.live(5);
    expect(s.venue.sessions).toHaveLength(2);
    expect(s.venue.sessions[1]?.path).toBe(`/?token=t${s.venue.state.tokens}`);
    expect(s.venue.state.tokens).toBeGreaterThan(2);
    expect(s.read().slice(0, 2 * PUBLIC_DEPTH)).toEqual(s.venue.bids().slice(0, 2 * PUBLIC_DEPTH));
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing socket-closed', 'ok synchronised']);
    await s.finish();
  });

  it('replaces a socket before its token ends, by one with a token of its own, without a break of the book', async () => {
    const s = await setUp(rotating(kucoinSpot, 60_000));
    await s.live(140);
    expect(s.venue.sessions.length).toBeGreaterThanOrEqual(3);
    expect(s.venue.sessions.filter((x) => x.open)).toHaveLength(1);
    expect(new Set(s.venue.sessions.map((x) => x.path)).size).toBe(s.venue.sessions.length);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.health('socket')).toEqual(['ok socket-open']);
    await s.pass(1_000);
    expect(s.read().slice(0, 2 * PUBLIC_DEPTH)).toEqual(s.venue.bids().slice(0, 2 * PUBLIC_DEPTH));
    await s.finish();
  });
});
