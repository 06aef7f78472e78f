import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from './collector.ts';
import { collectorsConfig, type CollectorsConfig } from './config.ts';
import type { CcxtExchange } from './venues/ccxt/index.ts';
import { bybitLinear, bybitSpot } from './venues/bybit/feed.ts';

const START = epochMs(1_800_000_000_000);
const symbols = ['OMUSDT', 'TIAUSDT', 'XYUSDT'];
const linear = JSON.stringify({ retCode: 0, result: { category: 'linear', nextPageCursor: '', list: symbols.map((symbol) => (
  { symbol, contractType: 'LinearPerpetual', status: 'Trading', baseCoin: symbol.slice(0, -4), quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: '0.0001' }, lotSizeFilter: { qtyStep: '1' } }
)) } });
const spot = JSON.stringify({ retCode: 0, result: { category: 'spot', nextPageCursor: '', list: symbols.map((symbol) => (
  { symbol, status: 'Trading', baseCoin: symbol.slice(0, -4), quoteCoin: 'USDT', priceFilter: { tickSize: '0.0001' }, lotSizeFilter: { basePrecision: '0.01' } }
)) } });

/** Bybit written for this test: three markets in either category, each book with its snapshot on subscription and a change a second. */
function createBybit(now: () => EpochMs) {
  const sessions: { readonly peer: EndpointPeer; readonly kind: string; readonly topics: Set<string>; open: boolean }[] = [];
  let u = 100;
  let lists = 0;
  const send = (peer: EndpointPeer, symbol: string, type: 'snapshot' | 'delta'): void =>
    peer.send(JSON.stringify({ topic: `orderbook.1000.${symbol}`, type, ts: now(), data: { s: symbol, b: [['6.10', String(100 + (u % 7))]], a: type === 'snapshot' ? [['6.20', '80']] : [], u, seq: u } }));
  const endpoint: Endpoint = {
    request: ({ url }) => {
      if (!url.startsWith('/v5/market/instruments-info')) return { status: 200, headers: {}, body: JSON.stringify({ retCode: 0, result: { s: new URL(url, 'http://x').searchParams.get('symbol'), b: [['6.10', '100']], a: [['6.20', '80']], ts: now(), u } }) };
      lists++;
      return { status: 200, headers: {}, body: url.includes('category=spot') ? spot : linear };
    },
    accept: (path, peer) => {
      const session = { peer, kind: path.includes('spot') ? 'spot' : 'linear', topics: new Set<string>(), open: true };
      sessions.push(session);
      return {
        onFrame: (text) => {
          const { op, args = [] } = JSON.parse(text) as { op: string; args?: string[] };
          peer.send(JSON.stringify({ success: true, ret_msg: '', conn_id: 'x', op }));
          if (op !== 'subscribe') return;
          for (const topic of args) {
            session.topics.add(topic);
            const symbol = /^orderbook\.1000\.(\w+)$/.exec(topic)?.[1];
            if (symbol !== undefined) send(peer, symbol, 'snapshot');
          }
        },
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint, sessions, lists: () => lists,
    beat: (): void => {
      u++;
      for (const { peer, topics, open } of sessions) if (open) for (const symbol of symbols) if (topics.has(`orderbook.1000.${symbol}`)) send(peer, symbol, 'delta');
    },
    /** What open sockets of a kind are subscribed to, one list a socket. */
    subscribed: (kind: string): string[][] => sessions.filter((s) => s.open && s.kind === kind).map(({ topics }) => symbols.filter((symbol) => topics.has(`orderbook.1000.${symbol}`))),
  };
}

function setUp(config: CollectorsConfig, exchangeFactory?: () => Promise<CcxtExchange>) {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const venue = createBybit(() => epochMs(Math.floor(clock.now())));
  const network = createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => venue.endpoint });
  const messages: Message[] = [];
  const stop = new AbortController();
  const feed = (of: typeof bybitLinear, kind: string) => ({ venue: of, endpoints: { rest: 'http://venue.test', ws: { [kind]: `ws://venue.test/${kind}` } }, weightPerMinute: 3_600 });
  const collector = createCollector({
    feeds: [feed(bybitLinear, 'linear'), feed(bybitSpot, 'spot')],
    config, ...(exchangeFactory === undefined ? {} : { exchangeFactory }), network, clock, rng: createRng(2), publish: (_topic, message) => messages.push(message), log: silentLog, signal: stop.signal,
  });
  const done = collector.run();
  const live = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      venue.beat();
      await clock.advanceTo(epochMs(clock.now() + 1_000));
    }
  };
  const reconfigure = async (next: CollectorsConfig): Promise<void> => {
    const changed = collector.reconfigure(next);
    // Sockets take their time to close.
    await clock.advanceTo(epochMs(clock.now() + 1_000));
    await changed;
  };
  return {
    clock, venue, messages, collector, live, reconfigure,
    books: (instrument: string) => messages.flatMap((m) => (m.kind === 'book' && m.instrument === instrument ? [m] : [])),
    health: (instrument: string) => messages.flatMap((m) => (m.kind === 'feed.health' && m.instrument === instrument ? [`${m.channel} ${m.status} ${m.reason}`] : [])),
    finish: async () => {
      stop.abort();
      await clock.advanceTo(epochMs(clock.now() + 100));
      await done;
    },
  };
}

const config = (assets: readonly string[], more: object = {}): CollectorsConfig => collectorsConfig.parse({ venues: { bybit: { markets: ['linear'], ...more } }, assets: Object.fromEntries(assets.map((asset) => [asset, {}])) });

describe('a collector that is given another config', () => {
  it('reads the markets of an asset that is added, and no book that it had is read again', async () => {
    const s = setUp(config(['OM']));
    await s.live(20);
    await s.reconfigure(config(['OM', 'TIA']));
    await s.live(20);
    expect(s.collector.status()[0]?.watched).toEqual(['bybit:linear:OMUSDT', 'bybit:linear:TIAUSDT']);
    expect(s.collector.status()[0]?.books.map((b) => b.inUse)).toEqual([true, true]);
    expect(s.venue.subscribed('linear')).toEqual([['OMUSDT', 'TIAUSDT']]);
    // The list was not asked for again: what was read is what the new rules are held against.
    expect(s.venue.lists()).toBe(1);
    expect(s.health('bybit:linear:OMUSDT')).toEqual(['book ok synchronised']);
    expect(s.books('bybit:linear:TIAUSDT').length).toBeGreaterThan(15);
    // Without a gap: a change each second, none twice, and the whole book once more when its socket was replaced.
    const om = s.books('bybit:linear:OMUSDT');
    expect(om.filter((b) => b.snapshot)).toHaveLength(2);
    const changes = om.filter((b) => !b.snapshot).map((b) => Math.floor(b.eventTime / 1_000));
    expect(new Set(changes).size).toBe(changes.length);
    expect(changes.length).toBeGreaterThanOrEqual(37);
    await s.finish();
  });

  it('leaves out the markets of an asset that is removed, says why, and reads them again when it is back', async () => {
    const s = setUp(config(['OM', 'TIA']));
    await s.live(20);
    await s.reconfigure(config(['OM']));
    const before = s.books('bybit:linear:TIAUSDT').length;
    await s.live(20);
    expect(s.books('bybit:linear:TIAUSDT')).toHaveLength(before);
    expect(s.health('bybit:linear:TIAUSDT').at(-1)).toBe('instruments down not-configured');
    expect(s.venue.subscribed('linear')).toEqual([['OMUSDT']]);
    expect(s.health('bybit:linear:OMUSDT')).toEqual(['book ok synchronised']);
    await s.reconfigure(config(['OM', 'TIA']));
    await s.live(20);
    expect(s.books('bybit:linear:TIAUSDT').length).toBeGreaterThan(before + 15);
    expect(s.collector.status()[0]?.books.map((b) => b.inUse)).toEqual([true, true]);
    expect(s.messages.filter((m) => m.kind === 'instrument' && m.instrument === 'bybit:linear:TIAUSDT')).toHaveLength(2);
    await s.finish();
  });

  it('adds and ends market types and whole venues, and opens nothing anew that was there', async () => {
    const s = setUp(config(['OM']));
    await s.live(10);
    await s.reconfigure(config(['OM'], { markets: ['linear', 'spot'] }));
    await s.live(10);
    expect([s.venue.subscribed('linear'), s.venue.subscribed('spot')]).toEqual([[['OMUSDT']], [['OMUSDT']]]);
    await s.reconfigure(config(['OM']));
    await s.live(10);
    expect([s.venue.subscribed('linear'), s.venue.subscribed('spot'), s.venue.sessions.filter((x) => x.kind === 'linear').length]).toEqual([[['OMUSDT']], [], 1]);
    expect(s.health('bybit:spot:OMUSDT').at(-1)).toBe('instruments down not-configured');
    expect(s.messages.flatMap((m) => (m.kind === 'feed.health' && m.source === 'bybit:spot' && m.channel === 'socket' ? [`${m.status} ${m.reason}`] : [])).at(-1)).toBe('down not-configured');
    // No watermark promises anything for a source that has ended, and the numbers of one that comes back go on.
    const ended = s.messages.findLastIndex((m) => m.source === 'bybit:spot');
    expect(s.messages[ended]).toMatchObject({ kind: 'feed.health', channel: 'socket', status: 'down' });
    await s.reconfigure(config(['OM'], { markets: ['linear', 'spot'] }));
    await s.live(10);
    expect(s.venue.subscribed('spot')).toEqual([['OMUSDT']]);
    const numbers = s.messages.filter((m) => m.source === 'bybit:spot').map((m) => m.seq);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
    await s.finish();
  });

  it('changes nothing when nothing changed', async () => {
    const s = setUp(config(['OM', 'XY']));
    await s.live(10);
    const before = s.messages.length;
    await s.reconfigure(config(['OM', 'XY']));
    expect(s.messages.slice(before).filter((m) => m.kind !== 'watermark')).toEqual([]);
    await s.live(10);
    expect(s.venue.sessions).toHaveLength(1);
    await s.finish();
  });

  it('reads a generic venue anew only when its markets change, and ends it with the config', async () => {
    let opened = 0;
    const listed = (base: string) => ({ id: `${base}USDT`, symbol: `${base}/USDT`, base, quote: 'USDT', active: true, spot: true, precision: { price: 0.0001, amount: 1 }, limits: {} });
    const exchangeFactory = async (): Promise<CcxtExchange> => {
      opened++;
      let close = (): void => undefined;
      const closed = new Promise<never>((_resolve, reject) => (close = () => reject(new Error('closed'))));
      closed.catch(() => undefined);
      return {
        has: { watchOrderBook: true }, precisionMode: 4, loadMarkets: async () => ({ 'OM/USDT': listed('OM'), 'TIA/USDT': listed('TIA') }),
        watchOrderBook: () => closed, watchTrades: () => closed, fetchFundingRate: () => closed, fetchOpenInterest: () => closed, close: async () => close(),
      };
    };
    const generic = (assets: readonly string[], venues: object = { somewhere: { feed: 'ccxt' } }): CollectorsConfig => collectorsConfig.parse({ venues, assets: Object.fromEntries(assets.map((asset) => [asset, {}])) });
    const s = setUp(generic(['OM', 'XY']), exchangeFactory);
    await s.clock.advanceTo(epochMs(START + 1_000));
    const said = (channel: string): readonly string[] => s.messages.flatMap((m) => (m.kind === 'feed.health' && m.channel === channel && m.reason === 'not-configured' ? [`${m.instrument ?? m.source} ${m.status}`] : []));
    const defined = (): readonly string[] => s.messages.flatMap((m) => (m.kind === 'instrument' ? [m.instrument as string] : []));
    // It has no market of XY: nothing changes for it.
    await s.reconfigure(generic(['OM']));
    expect([opened, said('instruments'), defined()]).toEqual([1, [], ['somewhere:spot:OMUSDT']]);
    await s.reconfigure(generic(['OM', 'TIA']));
    expect([opened, said('instruments'), defined().slice(1).sort()]).toEqual([2, [], ['somewhere:spot:OMUSDT', 'somewhere:spot:TIAUSDT']]);
    await s.reconfigure(generic(['TIA']));
    expect([opened, said('instruments')]).toEqual([3, ['somewhere:spot:OMUSDT down']]);
    await s.reconfigure(generic(['TIA'], { bybit: { markets: ['linear'] } }));
    expect([opened, said('instruments').slice(1), said('socket')]).toEqual([3, ['somewhere:spot:TIAUSDT down'], ['somewhere:spot down', 'somewhere:swap down']]);
    expect(s.collector.generic()).toEqual({});
    await s.finish();
  });
});
