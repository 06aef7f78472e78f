import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { rotating, startSession } from '../testing/session-rig.ts';
import { binanceUsdm } from '../venues/binance/feed.ts';

const ROTATE_AFTER_MS = 60_000;
const LIST = JSON.stringify({ symbols: [{ symbol: 'OMUSDT', status: 'TRADING', contractType: 'PERPETUAL', baseAsset: 'OM', quoteAsset: 'USDT', marginAsset: 'USDT', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.0001' }, { filterType: 'LOT_SIZE', stepSize: '1' }] }] });

/** Binance USD-M with one market: differences on the socket, the whole book by request. */
function createBinance(now: () => number) {
  const sessions: { readonly peer: EndpointPeer; open: boolean }[] = [];
  const bids = new Map([[6.1, 100], [6, 50]]);
  const state = { id: 100, depthFails: false, depthAsked: 0, depthFailed: 0 };
  const levels = (): string[][] => [...bids].sort(([a], [b]) => b - a).map(([p, q]) => [p.toFixed(4), String(q)]);
  const endpoint: Endpoint = {
    request: ({ url }) => {
      const reply = (body: unknown): { status: number; headers: Record<string, string>; body: string } => ({ status: 200, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });
      if (url.startsWith('/fapi/v1/exchangeInfo')) return reply(LIST);
      if (url.startsWith('/fapi/v1/openInterest')) return reply({ symbol: 'OMUSDT', openInterest: '5000000', time: now() });
      state.depthAsked++;
      if (state.depthFails) {
        state.depthFailed++;
        return { status: 500, headers: {}, body: '' };
      }
      return reply({ lastUpdateId: state.id, E: now(), bids: levels(), asks: [['6.2000', '80']] });
    },
    accept: (path, peer) => {
      const session = { peer, open: true };
      if (path.includes('/public')) sessions.push(session);
      return {
        onFrame: (text) => peer.send(JSON.stringify({ result: null, id: (JSON.parse(text) as { id: number }).id })),
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint, state, sessions,
    bids: (): number[] => [...bids].sort(([a], [b]) => b - a).flat(),
    change: (price: number, qty: number): void => {
      const previous = state.id;
      state.id += 3;
      if (qty === 0) bids.delete(price);
      else bids.set(price, qty);
      const frame = JSON.stringify({ stream: 'omusdt@depth@100ms', data: { e: 'depthUpdate', E: now(), T: now(), s: 'OMUSDT', U: previous + 1, u: state.id, pu: previous, b: [[price.toFixed(4), String(qty)]], a: [] } });
      for (const session of sessions) if (session.open) session.peer.send(frame);
    },
  };
}

function setUp() {
  const session = startSession({
    venue: rotating(binanceUsdm, ROTATE_AFTER_MS, 'public'), ws: { public: 'ws://venue.test/public', market: 'ws://venue.test/market' }, weightPerMinute: 2_400, world: createBinance,
    // A change of the book five times a second: levels come, grow and go.
    beat: { everyMs: 200, act: (venue, n) => venue.change(5.5 + (n % 40) / 100, n % 3 === 0 ? 0 : 10 + n) },
  });
  return { ...session, open: (): number => session.venue.sessions.filter((s) => s.open).length };
}

describe('the rotation of a socket whose books need a polled snapshot', () => {
  it('brings the books over without a break: they are seeded aside, then published whole', async () => {
    const s = setUp();
    await s.live(50);
    expect(s.venue.sessions).toHaveLength(1);
    // Through the opening of the successor, message by message: the book in use is never out of use.
    for (let i = 0; i < 15; i++) {
      await s.live(1);
      expect(s.collector.status()[0]?.books[0]?.inUse).toBe(true);
    }
    await s.pass(1_000);
    expect([s.venue.sessions.length, s.open()]).toEqual([2, 1]);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.of('book').filter((b) => b.snapshot)).toHaveLength(2);
    expect(s.read()).toEqual(s.venue.bids());
    // And so on, rotation after rotation.
    await s.live(130);
    await s.pass(1_000);
    expect(s.venue.sessions.length).toBeGreaterThanOrEqual(4);
    expect(s.of('book').filter((b) => b.snapshot)).toHaveLength(s.venue.sessions.length);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.read()).toEqual(s.venue.bids());
    await s.finish();
  });

  it('resynchronises the books after the hand-over when their seed failed', async () => {
    const s = setUp();
    await s.live(50);
    s.venue.state.depthFails = true;
    await s.live(60);
    expect(s.venue.state.depthFailed).toBeGreaterThan(1);
    // Handed over without its book: that is said.
    expect([s.venue.sessions.length, s.open()]).toEqual([2, 1]);
    expect(s.collector.status()[0]?.books[0]?.inUse).toBe(false);
    expect(s.health('book').at(-1)).toMatch(/^(?:resyncing|stale) /);
    s.venue.state.depthFails = false;
    await s.live(65);
    await s.pass(1_000);
    expect(s.health('book').at(-1)).toBe('ok synchronised');
    expect(s.collector.status()[0]?.books[0]?.inUse).toBe(true);
    expect(s.read()).toEqual(s.venue.bids());
    await s.finish();
  });

  it('brings a book over that does not change: its snapshot is asked for, not its next change waited for', async () => {
    const s = setUp();
    await s.live(10);
    await s.pass(150_000);
    expect(s.venue.sessions.length).toBeGreaterThanOrEqual(2);
    expect(s.collector.status()[0]?.books[0]?.inUse).toBe(true);
    expect(s.health('book').at(-1)).toBe('ok synchronised');
    expect(s.read()).toEqual(s.venue.bids());
    await s.live(10);
    await s.pass(1_000);
    expect(s.read()).toEqual(s.venue.bids());
    await s.finish();
  });

  it('leaves no socket over when the one to be replaced ends first', async () => {
    const s = setUp();
    await s.live(10);
    // The successor waits for its seed, and meanwhile the old socket is cut off.
    s.venue.state.depthFails = true;
    s.collector.replaceSockets();
    await s.live(2);
    expect(s.open()).toBe(2);
    s.venue.sessions[0]?.peer.close(1001, 'going away');
    s.venue.state.depthFails = false;
    await s.live(30);
    await s.pass(1_000);
    expect(s.open()).toBe(1);
    expect(s.collector.status()[0]?.books[0]?.inUse).toBe(true);
    expect(s.read()).toEqual(s.venue.bids());
    await s.finish();
  });
});
