import { describe, expect, it } from '@jest/globals';
import type { EpochMs } from '@breakwater/models/core';
import { assetId } from '@breakwater/models/core';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { rotating, startSession } from '../testing/session-rig.ts';
import { bybitLinear } from '../venues/bybit/feed.ts';

const TOPIC = 'orderbook.1000.OMUSDT';
const LIST = JSON.stringify({ retCode: 0, result: { category: 'linear', nextPageCursor: '', list: [
  { symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: '0.0001' }, lotSizeFilter: { qtyStep: '1' } },
] } });

/** A venue written for this test: one market, whose stream the test drives. */
function createVenue(now: () => EpochMs) {
  const sessions: { readonly peer: EndpointPeer; readonly frames: string[]; open: boolean; books: boolean }[] = [];
  const state = { u: 100, listFailures: 0, silent: false, requests: 0, lists: 0, listed: true };
  const snapshot = (at: number): string => JSON.stringify({ topic: TOPIC, type: 'snapshot', ts: at, data: { s: 'OMUSDT', b: [['6.10', '100'], ['6.00', '50']], a: [['6.20', '80']], u: state.u } });
  const endpoint: Endpoint = {
    request: ({ url }) => {
      state.requests++;
      if (url.startsWith('/v5/market/instruments-info')) {
        state.lists++;
        if (state.listFailures-- > 0) return { status: 500, headers: {}, body: '' };
        return { status: 200, headers: {}, body: state.listed ? LIST : LIST.replaceAll('OM', 'XY') };
      }
      return { status: 200, headers: {}, body: JSON.stringify({ retCode: 0, result: { s: 'OMUSDT', b: [['6.10', '100'], ['5.00', '900']], a: [['6.20', '80']], ts: now(), u: state.u } }) };
    },
    accept: (_path, peer) => {
      const session = { peer, frames: [] as string[], open: true, books: false };
      sessions.push(session);
      return {
        onFrame: (text) => {
          session.frames.push(text);
          const { op, args = [] } = JSON.parse(text) as { op: string; args?: string[] };
          if (op === 'ping') peer.send(JSON.stringify({ success: true, ret_msg: 'pong', conn_id: 'x', op: 'ping' }));
          else peer.send(JSON.stringify({ success: true, ret_msg: '', conn_id: 'x', req_id: '', op }));
          if (op === 'subscribe' && args.includes(TOPIC) && !state.silent) {
            session.books = true;
            peer.send(snapshot(now()));
          }
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint, sessions, state,
    delta: (bids: readonly (readonly [string, string])[], skip = 0): void => {
      state.u += 1 + skip;
      for (const s of sessions) if (s.open && s.books && !state.silent) s.peer.send(JSON.stringify({ topic: TOPIC, type: 'delta', ts: now(), data: { s: 'OMUSDT', b: bids, a: [], u: state.u } }));
    },
    mark: (): void => {
      for (const s of sessions) if (s.open && !state.silent) s.peer.send(JSON.stringify({ topic: 'tickers.OMUSDT', type: 'delta', ts: now(), data: { symbol: 'OMUSDT', markPrice: '6.15' } }));
    },
  };
}

function setUp(options: { readonly listFailures?: number; readonly rotateAfterMs?: number; readonly listed?: boolean } = {}) {
  const session = startSession({
    venue: options.rotateAfterMs === undefined ? bybitLinear : rotating(bybitLinear, options.rotateAfterMs), ws: { linear: 'ws://venue.test/v5/public/linear' }, world: createVenue,
    // A mark price and a change of the book every second.
    beat: {
      everyMs: 1_000,
      act: (venue) => {
        venue.mark();
        venue.delta([['5.90', String(10 + (venue.state.u % 7))]]);
      },
    },
  });
  session.venue.state.listFailures = options.listFailures ?? 0;
  session.venue.state.listed = options.listed ?? true;
  return session;
}

describe('a live session', () => {
  it('announces the market before its data, then publishes a snapshot, changes, deep books and watermarks', async () => {
    const s = setUp();
    await s.live(30);
    const first = s.messages.find((m) => 'instrument' in m && m.instrument !== undefined);
    expect(first).toMatchObject({ kind: 'instrument', instrument: 'bybit:linear:OMUSDT', asset: assetId('OM'), tickSize: 0.0001, maxLeverage: 50, multiplier: 1 });
    expect(s.of('book')[0]).toMatchObject({ snapshot: true, bids: [6.1, 100, 6, 50], asks: [6.2, 80] });
    expect(s.of('book').slice(1).every((b) => !b.snapshot)).toBe(true);
    expect(s.messages.filter((m) => m.kind === 'book.deep').length).toBeGreaterThanOrEqual(2);
    expect(s.health('book')).toEqual(['ok synchronised']);
    const marks = s.messages.filter((m) => m.kind === 'watermark');
    expect(marks.length).toBeGreaterThanOrEqual(28);
    expect(marks.every((m) => m.eventTime === m.receivedAt - 100)).toBe(true);
    // One sequence for everything of the source.
    expect(s.messages.map((m) => m.seq)).toEqual(s.messages.map((_, i) => i));
    // A ping every 20 s.
    expect(s.venue.sessions[0]?.frames.filter((f) => f.includes('ping'))).toHaveLength(1);
    await s.finish();
  });

  it('asks for the instrument list again after failures and says that it is stale', async () => {
    const s = setUp({ listFailures: 3 });
    await s.live(30);
    expect(s.health('instruments')[0]).toBe('stale list-failed');
    expect(s.health('instruments').at(-1)).toBe('ok resumed');
    expect(s.of('book').length).toBeGreaterThan(0);
    await s.finish();
  });

  it('answers a gap with exactly one resync and publishes nothing of the broken book', async () => {
    const s = setUp();
    await s.live(5);
    const before = s.of('book').length;
    s.venue.delta([['6.15', '1']], 3);
    s.venue.delta([['6.16', '1']]);
    s.venue.delta([['6.17', '1']]);
    await s.pass(200);
    await s.live(5);
    const after = s.of('book').slice(before);
    expect(after[0]).toMatchObject({ snapshot: true, bids: [6.1, 100, 6, 50] });
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing sequence-gap', 'ok synchronised']);
    const sent = s.venue.sessions[0]?.frames.filter((f) => f.includes(TOPIC)) ?? [];
    expect(sent).toHaveLength(3);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    await s.finish();
  });

  it('clears books when the socket ends, says so, and comes back with a snapshot', async () => {
    const s = setUp();
    await s.live(5);
    s.venue.sessions[0]?.peer.close(1001, 'going away');
    await s.pass(20);
    expect(s.collector.status()[0]?.books.every((b) => !b.inUse)).toBe(true);
    expect(s.health('socket')).toEqual(['ok socket-open', 'down socket-closed']);
    const marks = s.messages.filter((m) => m.kind === 'watermark').length;
    const before = s.of('book').length;
    await s.live(5);
    expect(s.of('book')[before]?.snapshot).toBe(true);
    expect(s.health('socket').at(-1)).toBe('ok socket-open');
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing socket-closed', 'ok synchronised']);
    expect(s.messages.filter((m) => m.kind === 'watermark').length).toBeGreaterThan(marks);
    await s.finish();
  });

  it('makes an acknowledged but silent subscription an incident, subscribes once more, then opens the socket anew', async () => {
    const s = setUp();
    s.venue.state.silent = true;
    await s.pass(70_000);
    expect(s.health('ticker')).toEqual(['silent acknowledged-but-silent']);
    expect(s.venue.sessions).toHaveLength(1);
    expect(s.venue.sessions[0]?.frames.filter((f) => f.includes('tickers.OMUSDT'))).toHaveLength(2);
    await s.pass(40_000);
    expect(s.venue.sessions.length).toBeGreaterThanOrEqual(2);
    s.venue.state.silent = false;
    await s.pass(60_000);
    s.venue.sessions.at(-1)?.peer.close(1001, 'restart');
    await s.pass(40_000);
    await s.live(5);
    expect(s.health('ticker').at(-1)).toBe('ok resumed');
    expect(s.collector.status()[0]?.books[0]?.inUse).toBe(true);
    await s.finish();
  });

  it('rests while none of its markets is watched, promising that nothing is missed, and looks again with the list', async () => {
    const s = setUp({ listed: false });
    await s.pass(3_500_000);
    expect(s.venue.sessions).toHaveLength(0);
    // One request for the list, and no other, in almost an hour.
    expect([s.venue.state.lists, s.venue.state.requests]).toEqual([1, 1]);
    expect(s.collector.status()[0]).toMatchObject({ watched: [], session: { sockets: [] } });
    const marks = s.messages.filter((m) => m.kind === 'watermark');
    expect(marks.length).toBeGreaterThanOrEqual(3_499);
    expect(marks.length).toBeLessThanOrEqual(3_501);
    expect(marks.every((m) => m.eventTime === m.receivedAt - 100)).toBe(true);
    expect(s.messages.filter((m) => m.kind !== 'watermark')).toEqual([]);
    // The market is listed: it is watched after the next read of the list.
    s.venue.state.listed = true;
    await s.pass(110_000);
    await s.live(5);
    expect(s.venue.state.lists).toBe(2);
    expect(s.collector.status()[0]?.watched).toEqual(['bybit:linear:OMUSDT']);
    expect(s.of('book')[0]).toMatchObject({ snapshot: true });
    await s.finish();
  });

  it('replaces an old socket without a gap: the new one has its book before the old one is dropped', async () => {
    const s = setUp({ rotateAfterMs: 20_000 });
    await s.live(40);
    expect(s.venue.sessions.length).toBeGreaterThanOrEqual(2);
    expect(s.venue.sessions.filter((x) => x.open)).toHaveLength(1);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.health('socket')).toEqual(['ok socket-open']);
    // The takeover publishes the new socket's book as a whole.
    expect(s.of('book').filter((b) => b.snapshot).length).toBe(s.venue.sessions.length);
    const times = s.of('book').map((b) => b.eventTime);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await s.finish();
  });
});
