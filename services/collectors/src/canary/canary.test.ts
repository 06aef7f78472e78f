import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage, Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from '../collector.ts';
import { collectorsConfig } from '../config.ts';
import { bybitLinear } from '../venues/bybit/feed.ts';

const HOUR = 3_600_000;
interface Listed { readonly base: string; readonly tick?: string; readonly lot?: string; readonly status?: string }

/** Bybit linear with a list that the test changes; every market that is subscribed has a book that moves. */
function createVenue(now: () => number) {
  const state = { list: [{ base: 'OM' }] as readonly Listed[], emptyDepth: false, refuse: false, opened: 0 };
  const sessions = new Set<{ readonly peer: EndpointPeer; readonly topics: Set<string> }>();
  let u = 100;
  const book = (topic: string, type: 'snapshot' | 'delta'): string => JSON.stringify({ topic, type, ts: Math.floor(now()), data: { s: topic.split('.').at(-1), b: [['6.10', String(100 + (u % 50))]], a: type === 'snapshot' ? [['6.20', '80']] : [], u } });
  const listing = ({ base, tick = '0.0001', lot = '1', status = 'Trading' }: Listed): unknown => ({
    symbol: `${base}USDT`, contractType: 'LinearPerpetual', status, baseCoin: base, quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: tick }, lotSizeFilter: { qtyStep: lot },
  });
  const endpoint: Endpoint = {
    request: ({ url }) => ({
      status: 200, headers: {}, body: JSON.stringify(url.startsWith('/v5/market/instruments-info')
        ? { retCode: 0, result: { category: 'linear', nextPageCursor: '', list: state.list.map(listing) } }
        : { retCode: 0, result: { s: 'OMUSDT', b: state.emptyDepth ? [] : [['6.10', '100']], a: [['6.20', '80']], ts: Math.floor(now()), u } }),
    }),
    accept: (_path, peer) => {
      if (state.refuse) {
        peer.close(1013, 'try again later');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      state.opened++;
      const session = { peer, topics: new Set<string>() };
      sessions.add(session);
      return {
        onFrame: (text) => {
          const { op, args = [] } = JSON.parse(text) as { op: string; args?: string[] };
          peer.send(JSON.stringify({ success: true, ret_msg: '', conn_id: 'x', req_id: '', op }));
          if (op !== 'subscribe') return;
          for (const topic of args.filter((a) => a.startsWith('orderbook'))) {
            session.topics.add(topic);
            peer.send(book(topic, 'snapshot'));
          }
        },
        onClose: () => void sessions.delete(session),
      };
    },
  };
  return {
    state, endpoint,
    step: (): void => {
      u++;
      for (const { peer, topics } of sessions) {
        for (const topic of topics) {
          peer.send(book(topic, 'delta'));
          peer.send(JSON.stringify({ topic: `tickers.${topic.split('.').at(-1) ?? ''}`, type: 'delta', ts: Math.floor(now()), data: { symbol: topic.split('.').at(-1), markPrice: '6.15' } }));
        }
      }
    },
  };
}

/** Whether a message is what was said before of the same: sources repeat each hour what is so. */
function createRepeats(): (message: Message) => boolean {
  const last = new Map<string, string>();
  return (message) => {
    if (message.kind !== 'feed.health' && message.kind !== 'instrument') return false;
    const key = `${message.kind} ${message.kind === 'feed.health' ? message.channel : ''} ${message.instrument ?? ''}`;
    const text = JSON.stringify({ ...message, seq: 0, eventTime: 0, receivedAt: 0 });
    // What is gone is defined anew, not again.
    if (message.kind === 'feed.health' && message.status === 'down') last.delete(`instrument  ${message.instrument ?? ''}`);
    const isRepeat = last.get(key) === text;
    last.set(key, text);
    return isRepeat;
  };
}

async function setUp(start: number, assets: unknown, list?: readonly Listed[]) {
  const clock = createSimulatedClock({ start: epochMs(start), activity: createActivity() });
  const venue = createVenue(() => clock.now());
  if (list !== undefined) venue.state.list = list;
  const messages: Message[] = [];
  const isRepeat = createRepeats();
  const stop = new AbortController();
  const collector = createCollector({
    feeds: [{ venue: bybitLinear, endpoints: { rest: 'http://venue.test', ws: { linear: 'ws://venue.test/v5/public/linear' } }, weightPerMinute: 3_600 }],
    config: collectorsConfig.parse({ venues: { bybit: {} }, assets, collect: { watermarkEveryMs: 60_000, deepEveryMs: 300_000, pollEveryMs: 300_000 } }),
    network: createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => venue.endpoint }), clock, rng: createRng(2),
    publish: (_topic, message) => (isRepeat(message) ? 0 : messages.push(message)), log: silentLog, signal: stop.signal,
  });
  const done = collector.run();
  /** Lets time pass with a change of every book each 18 seconds. */
  const live = async (ms: number): Promise<void> => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      venue.step();
      await clock.advanceTo(epochMs(Math.min(until, clock.now() + 18_000)));
    }
  };
  const said = (): string[] => messages.flatMap((m) => (m.kind === 'feed.health' && m.channel === 'instruments' ? [`${m.instrument?.split(':')[2] ?? 'list'} ${m.status} ${m.reason}`] : []));
  const details = (): string[] => messages.filter((m): m is FeedHealthMessage => m.kind === 'feed.health' && m.channel === 'instruments').map((m) => m.detail ?? '');
  const watched = (): readonly string[] => collector.status()[0]?.watched ?? [];
  const finish = async (): Promise<void> => {
    stop.abort();
    await clock.advanceTo(epochMs(clock.now() + 40_000));
    await done;
  };
  await live(60_000);
  return { clock, venue, messages, live, said, details, watched, finish };
}

const START = Date.UTC(2026, 10, 21);

describe('the canary', () => {
  it('says nothing of a venue that is as it was, for two days', async () => {
    const s = await setUp(START, { OM: {} });
    await s.live(49 * HOUR);
    expect(s.said()).toEqual([]);
    // One socket of the session, and one for each of two days.
    expect(s.venue.state.opened).toBe(1 + 2 + 2);
    await s.finish();
  }, 60_000);

  it('says that a tick or lot changed, gives the market out anew, and ends it with the next read', async () => {
    const s = await setUp(START, { OM: {} });
    s.venue.state.list = [{ base: 'OM', tick: '0.001', lot: '10' }];
    await s.live(HOUR);
    expect(s.said()).toEqual(['OMUSDT stale tick-changed']);
    expect(s.details()[0]).toBe('0.0001 is now 0.001');
    expect(s.messages.filter((m) => m.kind === 'instrument').map((m) => m.tickSize)).toEqual([0.0001, 0.001]);
    await s.live(HOUR);
    expect(s.said().at(-1)).toBe('OMUSDT ok resumed');
    await s.finish();
  });

  it('keeps a market that one answer leaves out, retires it with the second, and takes it back when it is listed again', async () => {
    const s = await setUp(START, { OM: {} }, [{ base: 'OM' }, { base: 'BTC' }, { base: 'ETH' }, { base: 'SOL' }, { base: 'XRP' }, { base: 'ADA' }]);
    const [full, without] = [s.venue.state.list, s.venue.state.list.slice(1)];
    s.venue.state.list = without;
    await s.live(HOUR);
    expect([s.said(), s.watched(), s.venue.state.opened]).toEqual([['OMUSDT stale instrument-missing'], ['bybit:linear:OMUSDT'], 1]);
    s.venue.state.list = full;
    await s.live(HOUR);
    expect(s.said().at(-1)).toBe('OMUSDT ok resumed');
    s.venue.state.list = without;
    await s.live(2 * HOUR);
    expect(s.said().slice(2)).toEqual(['OMUSDT stale instrument-missing', 'OMUSDT down delisted']);
    expect(s.watched()).toEqual([]);
    s.venue.state.list = full;
    await s.live(HOUR);
    expect([s.said().at(-1), s.watched()]).toEqual(['OMUSDT ok resumed', ['bybit:linear:OMUSDT']]);
    expect(s.messages.filter((m) => m.kind === 'instrument')).toHaveLength(2);
    await s.finish();
  });

  it('says that a market rests, and does not call it delisted', async () => {
    const s = await setUp(START, { OM: {} });
    s.venue.state.list = [{ base: 'OM', status: 'PreLaunch' }];
    await s.live(HOUR);
    expect(s.said()).toEqual(['OMUSDT stale instrument-halted', 'OMUSDT down instrument-halted']);
    await s.finish();
  });

  it('does not believe a list that lost a fifth of its markets before it has said so three times', async () => {
    const many = Array.from({ length: 20 }, (_, i): Listed => ({ base: `COIN${'ABCDEFGHIJKLMNOPQRST'[i] ?? ''}` }));
    const s = await setUp(START, { OM: {} }, [{ base: 'OM' }, ...many]);
    s.venue.state.list = many.slice(0, 10);
    await s.live(2 * HOUR);
    expect([s.said(), s.watched()]).toEqual([['list stale list-shrunk'], ['bybit:linear:OMUSDT']]);
    expect(s.details()[0]).toBe('10 markets, 21 before');
    // Believed: the list is well, the market is missing, and with the next read delisted.
    await s.live(2 * HOUR);
    expect(s.said().slice(1)).toEqual(['list ok resumed', 'OMUSDT stale instrument-missing', 'OMUSDT down delisted']);
    await s.finish();
  });

  it('tries addresses and answers once a day, and says what is wrong with them until they are right again', async () => {
    const s = await setUp(START, { OM: {} });
    await s.live(23 * HOUR + 1_800_000);
    s.venue.state.emptyDepth = true;
    s.venue.state.refuse = true;
    await s.live(HOUR);
    expect(s.said()).toEqual(['list stale field-missing']);
    expect(s.details()[0]).toContain('/v5/market/orderbook book.deep: nothing of book.deep in it');
    expect(s.details()[0]).toContain('ws://venue.test/v5/public/linear: closed with 1013');
    s.venue.state.emptyDepth = false;
    s.venue.state.refuse = false;
    // Reads of the list between do not end it.
    await s.live(22 * HOUR);
    expect(s.said()).toHaveLength(1);
    await s.live(2 * HOUR);
    expect(s.said()).toEqual(['list stale field-missing', 'list ok resumed']);
    await s.finish();
  }, 60_000);
});

describe('a name with dates', () => {
  // One OM became four MANTRA on 2026-03-03.
  const assets = { OM: { identities: [{ symbol: 'OM', until: '2026-03-03' }, { symbol: 'MANTRA', from: '2026-03-03', multiplier: 0.25 }] } };

  it('is applied at its moment without a restart: the old market is retired, the new one counts in quarters', async () => {
    const s = await setUp(Date.UTC(2026, 2, 2, 23, 40), assets, [{ base: 'OM' }, { base: 'MANTRA' }]);
    expect(s.watched()).toEqual(['bybit:linear:OMUSDT']);
    await s.live(18 * 60_000);
    expect(s.watched()).toEqual(['bybit:linear:OMUSDT']);
    await s.live(3 * 60_000);
    expect(s.watched()).toEqual(['bybit:linear:MANTRAUSDT']);
    expect(s.said()).toEqual(['OMUSDT down other-identity']);
    const definitions = s.messages.flatMap((m) => (m.kind === 'instrument' ? [{ instrument: m.instrument, asset: m.asset, multiplier: m.multiplier, at: m.receivedAt }] : []));
    expect(definitions.map(({ instrument, asset, multiplier }) => [instrument, asset, multiplier])).toEqual([['bybit:linear:OMUSDT', 'OM', 1], ['bybit:linear:MANTRAUSDT', 'OM', 0.25]]);
    // Within a second of midnight, not with the hourly read.
    expect((definitions[1]?.at ?? NaN) - Date.UTC(2026, 2, 3)).toBeLessThan(1_000);
    expect(s.messages.some((m) => m.kind === 'book' && m.instrument === 'bybit:linear:MANTRAUSDT')).toBe(true);
    await s.finish();
  });
});
