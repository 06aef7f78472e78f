import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { rotating, startSession } from '../../testing/session-rig.ts';
import { deribitInverse } from './feed.ts';

const SYMBOL = 'BTC-PERPETUAL';
const LIST = JSON.stringify({ jsonrpc: '2.0', result: [{ instrument_name: SYMBOL, kind: 'future', instrument_type: 'reversed', base_currency: 'BTC', quote_currency: 'USD', settlement_currency: 'BTC', tick_size: 0.5, min_trade_amount: 10, is_active: true, max_leverage: 50 }] });

interface Session {
  readonly peer: EndpointPeer;
  readonly frames: { readonly id: number; readonly method: string }[];
  open: boolean;
  subscribed: boolean;
  /** When a sign of life was last asked for and not given yet. */
  askedAt: number | undefined;
}

/** Deribit with one perpetual, as its pages describe it: whoever does not answer a `test_request` within five seconds is cut off. */
function createDeribit(now: () => number) {
  const sessions: Session[] = [];
  const bids = new Map([[50_000, 100], [49_999.5, 50]]);
  const state = { id: 1_000, cut: 0 };
  const notify = (channel: string, data: object): string => JSON.stringify({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } });
  const whole = (): string => notify(`book.${SYMBOL}.100ms`, {
    type: 'snapshot', timestamp: now(), instrument_name: SYMBOL, change_id: state.id, bids: [...bids].map(([p, q]) => ['new', p, q]), asks: [['new', 50_001, 70]],
  });
  const endpoint: Endpoint = {
    request: ({ url }) => (url.startsWith('/api/v2/public/get_instruments') ? { status: 200, headers: {}, body: LIST } : { status: 404, headers: {}, body: '' }),
    accept: (_path, peer) => {
      const session: Session = { peer, frames: [], open: true, subscribed: false, askedAt: undefined };
      sessions.push(session);
      return {
        onFrame: (text) => {
          const frame = JSON.parse(text) as { id: number; method: string; params: { channels?: string[] } };
          session.frames.push(frame);
          if (frame.method === 'public/test') session.askedAt = undefined;
          const result = frame.method === 'public/test' ? { version: '1.2.26' } : frame.method === 'public/set_heartbeat' ? 'ok' : frame.params.channels;
          peer.send(JSON.stringify({ jsonrpc: '2.0', id: frame.id, result }));
          const book = frame.params.channels?.some((c) => c.startsWith('book.')) === true;
          if (book) session.subscribed = frame.method === 'public/subscribe';
          if (book && session.subscribed) peer.send(whole());
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint, sessions, state,
    bids: () => [...bids].sort(([a], [b]) => b - a).flat(),
    change: (price: number, amount: number, lose: boolean = false): void => {
      const previous = state.id;
      state.id += 7;
      if (amount === 0) bids.delete(price);
      else bids.set(price, amount);
      const text = notify(`book.${SYMBOL}.100ms`, { type: 'change', timestamp: now(), instrument_name: SYMBOL, prev_change_id: previous, change_id: state.id, bids: [[amount === 0 ? 'delete' : 'change', price, amount]], asks: [] });
      if (!lose) for (const s of sessions) if (s.open && s.subscribed) s.peer.send(text);
    },
    ticker: (): void => {
      for (const s of sessions) if (s.open && s.subscribed) s.peer.send(notify(`ticker.${SYMBOL}.100ms`, { instrument_name: SYMBOL, timestamp: now(), last_price: 50_000, mark_price: 50_000.5, index_price: 50_001, open_interest: 1_000, current_funding: 0 }));
    },
    askForLife: (): void => {
      for (const s of sessions) {
        if (!s.open || s.frames.length === 0) continue;
        s.askedAt = now();
        s.peer.send('{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}');
      }
    },
    cutTheDead: (): void => {
      for (const s of sessions) {
        if (!s.open || s.askedAt === undefined || now() - s.askedAt < 5_000) continue;
        state.cut++;
        s.peer.close(1000, 'no test');
      }
    },
  };
}

const setUp = (feed: typeof deribitInverse = deribitInverse) => startSession({
  venue: feed, ws: { public: 'ws://venue.test/ws/api/v2' }, asset: 'BTC', weightPerMinute: 1_200, world: createDeribit,
  // A change of the book and a ticker every second, a request for a sign of life every ten.
  beat: {
    everyMs: 1_000,
    act: (venue, n) => {
      venue.change(49_990 + (n % 7), n % 3 === 0 ? 0 : 10 * (n + 1));
      venue.ticker();
      if (n % 10 === 9) venue.askForLife();
      venue.cutTheDead();
    },
  },
});

describe('a live session with Deribit', () => {
  it('synchronises the book, carries the figures and answers every request for a sign of life', async () => {
    const s = setUp();
    await s.live(60);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.messages.find((m) => m.kind === 'ticker')).toMatchObject({ mark: 50_000.5, index: 50_001, openInterest: 1_000, fundingRate: 0 });
    expect(s.venue.sessions).toHaveLength(1);
    expect(s.venue.sessions[0]?.frames.map((f) => f.method).slice(0, 2)).toEqual(['public/set_heartbeat', 'public/subscribe']);
    expect(s.venue.sessions[0]?.frames.filter((f) => f.method === 'public/test')).toHaveLength(6);
    expect(s.venue.state.cut).toBe(0);
    await s.finish();
  });

  it('answers a lost change with one new subscription and publishes nothing of the broken book', async () => {
    const s = setUp();
    await s.live(5);
    const before = s.of('book').length;
    s.venue.change(49_995, 777, true);
    await s.live(5);
    expect(s.health('book')).toEqual(['ok synchronised', 'resyncing sequence-gap', 'ok synchronised']);
    expect(s.of('book')[before]).toMatchObject({ snapshot: true });
    expect(s.read()).toEqual(s.venue.bids());
    expect(s.venue.sessions[0]?.frames.filter((f) => f.method === 'public/unsubscribe')).toHaveLength(1);
    expect(s.collector.status()[0]?.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    await s.finish();
  });

  it('answers on the successor too while sockets are replaced, so neither is cut off', async () => {
    const s = setUp(rotating(deribitInverse, 15_000));
    await s.live(90);
    expect(s.venue.sessions.length).toBeGreaterThanOrEqual(5);
    expect(s.venue.state.cut).toBe(0);
    expect(s.venue.sessions.filter((x) => x.open)).toHaveLength(1);
    expect(s.health('book')).toEqual(['ok synchronised']);
    expect(s.read()).toEqual(s.venue.bids());
    await s.finish();
  });
});
