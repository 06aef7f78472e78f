import { describe, expect, it } from '@jest/globals';
import type { CrossRateMessage, FeedHealthMessage, Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { LogFields } from '@breakwater/platform/log';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from '../collector.ts';
import { collectorsConfig } from '../config.ts';
import { MOST_RATE_PAIRS } from '../rate-pairs.ts';
import { binanceSpot, binanceUsdm } from '../venues/binance/feed.ts';
import type { CcxtExchange } from '../venues/ccxt/index.ts';
import { okxSpot } from '../venues/okx/feed.ts';

const START = epochMs(1_786_310_400_000);

/** Lists of markets and one quote for all of them; whatever else is asked is answered with nothing that is understood. */
function createVenues(markets: readonly (readonly [base: string, quote: string])[]) {
  const state = { markets: [...markets], bid: '39.6', ask: '40.4', refused: false, asked: [] as string[] };
  const reply = (body: unknown, status = 200): { status: number; headers: Record<string, string>; body: string } => ({ status, headers: {}, body: JSON.stringify(body) });
  const filters = [{ filterType: 'PRICE_FILTER', tickSize: '0.0001' }, { filterType: 'LOT_SIZE', stepSize: '1' }];
  const endpoint = (now: () => number): Endpoint => ({
    request: ({ url }) => {
      const { pathname, searchParams } = new URL(url, 'http://x');
      if (pathname === '/api/v3/exchangeInfo') return reply({ symbols: state.markets.map(([b, q]) => ({ symbol: `${b}${q}`, status: 'TRADING', baseAsset: b, quoteAsset: q, filters })) });
      if (pathname === '/fapi/v1/exchangeInfo') return reply({ symbols: [{ symbol: 'OMTRX', status: 'TRADING', contractType: 'PERPETUAL', baseAsset: 'OM', quoteAsset: 'TRX', marginAsset: 'TRX', filters }] });
      if (pathname === '/api/v5/public/instruments') return reply({ code: '0', data: state.markets.map(([b, q]) => ({ instType: 'SPOT', instId: `${b}-${q}`, baseCcy: b, quoteCcy: q, tickSz: '0.01', lotSz: '1', state: 'live' })) });
      const symbol = searchParams.get('symbol') ?? searchParams.get('instId') ?? '';
      if (pathname === '/api/v3/ticker/bookTicker' || pathname === '/api/v5/market/ticker') {
        state.asked.push(`${Math.round((now() - START) / 1_000)} ${symbol}`);
        if (state.refused) return reply({ code: -1_121, msg: 'Invalid symbol.' }, 400);
        if (pathname.startsWith('/api/v3')) return reply({ symbol, bidPrice: state.bid, bidQty: '1', askPrice: state.ask, askQty: '1' });
        return reply({ code: '0', data: [{ instId: symbol, bidPx: state.bid, askPx: state.ask, ts: String(Math.floor(now())) }] });
      }
      return reply({}, 404);
    },
    accept: () => ({ onFrame: () => undefined, onClose: () => undefined }),
  });
  return { state, endpoint };
}

interface Options {
  readonly feeds?: readonly ('binance:spot' | 'binance:usdm' | 'okx:spot')[];
  /** A venue of the generic feed with a market in this currency. */
  readonly genericQuote?: string;
  /** What the reserve behind the asset is held in. */
  readonly reserveIn?: string;
}

async function setUp(markets: readonly (readonly [string, string])[], options: Options = {}) {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const venues = createVenues(markets);
  const endpoint = venues.endpoint(() => clock.now());
  const messages: Message[] = [];
  const warned: string[] = [];
  const log = { ...silentLog, warn: (event: string, fields?: LogFields) => void warned.push(`${event} ${String(fields?.['currencies'] ?? '')}`), with: () => log };
  const stop = new AbortController();
  const all = { 'binance:spot': { venue: binanceSpot, role: 'spot' }, 'binance:usdm': { venue: binanceUsdm, role: 'public' }, 'okx:spot': { venue: okxSpot, role: 'public' } } as const;
  const never = (): Promise<never> => new Promise(() => undefined);
  const exchange = (quote: string): CcxtExchange => ({
    has: {}, precisionMode: 4, watchOrderBook: never, watchTrades: never, fetchFundingRate: never, fetchOpenInterest: never, close: () => Promise.resolve(),
    loadMarkets: () => Promise.resolve({ x: { id: `OM${quote}`, symbol: `OM/${quote}`, base: 'OM', quote, active: true, spot: true, precision: { price: 0.0001, amount: 1 }, limits: {} } }),
  });
  const { genericQuote, reserveIn } = options;
  const address = (digit: string): string => `0x${digit.repeat(40)}`;
  const collector = createCollector({
    feeds: (options.feeds ?? ['binance:spot']).map((name) => ({ venue: all[name].venue, endpoints: { rest: 'http://v', ws: { [all[name].role]: 'ws://v', market: 'ws://v' } }, weightPerMinute: 6_000 })),
    config: collectorsConfig.parse({ venues: { binance: {}, okx: {}, ...(genericQuote === undefined ? {} : { kraken: { feed: 'ccxt' } }) }, assets: { OM: reserveIn === undefined ? {} : { reserve: { chain: 'eip155:56', token: address('1'), vault: address('2'), backing: { address: address('3'), decimals: 18 }, currency: reserveIn } } }, collect: { refreshEveryMs: 60_000 } }),
    network: createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => endpoint }),
    clock, rng: createRng(2), publish: (_topic, message) => messages.push(message), log, signal: stop.signal,
    ...(genericQuote === undefined ? {} : { exchangeFactory: () => Promise.resolve(exchange(genericQuote)) }),
  });
  const done = collector.run();
  return {
    ...venues, warned, collector,
    pass: (seconds: number) => clock.advanceTo(epochMs(clock.now() + seconds * 1_000)),
    crossed: (): readonly CrossRateMessage[] => messages.filter((m) => m.kind === 'rate.cross'),
    health: (): string[] => messages.filter((m): m is FeedHealthMessage => m.kind === 'feed.health' && m.channel === 'rates').map(({ source, status, reason, detail }) => `${source} ${status} ${reason} ${detail ?? ''}`.trim()),
    finish: async () => {
      stop.abort();
      await clock.advanceTo(epochMs(clock.now() + 100));
      await done;
    },
  };
}

describe('polls of rates', () => {
  it('read a market for each quote currency watched that has no dollars of its own, and no other', async () => {
    const s = await setUp([['OM', 'TRY'], ['OM', 'USDT'], ['USDT', 'TRY'], ['EUR', 'USDT']]);
    await s.pass(25);
    // At the first second after the list came, then at every tenth.
    expect(s.state.asked).toEqual(['1 USDTTRY', '10 USDTTRY', '20 USDTTRY']);
    expect(s.crossed()).toHaveLength(3);
    expect(s.crossed()[0]).toMatchObject({ source: 'binance:spot', currency: 'TRY', against: 'USDT', price: 0.025, low: 1 / 40.4, high: 1 / 39.6 });
    expect(s.collector.status()[0]?.counters?.normalized).toEqual({ 'rate.cross': 3 });
    expect(s.health()).toEqual([]);
    await s.finish();
    const asked = s.state.asked.length;
    await s.pass(60);
    expect(s.state.asked).toHaveLength(asked);
  });

  it('ask nothing while every market is quoted in what has dollars of its own, or no market tells', async () => {
    const s = await setUp([['OM', 'USDT'], ['OM', 'USDC'], ['OM', 'VAI'], ['USDT', 'TRY'], ['USDC', 'USDT']]);
    await s.pass(30);
    expect(s.state.asked).toEqual([]);
    await s.finish();
  });

  it('read what the reserve of an asset is held in, although no market is quoted in it', async () => {
    const s = await setUp([['OM', 'USDT'], ['BTC', 'USDT'], ['EUR', 'USDT']], { reserveIn: 'BTC' });
    await s.pass(9);
    expect([s.state.asked, s.crossed().map(({ currency, against }) => `${currency} ${against}`)]).toEqual([['1 BTCUSDT'], ['BTC USDT']]);
    await s.finish();
  });

  it('serve markets of every other feed: a perpetual in TRX, and a market of a venue without a feed of its own in euros', async () => {
    const s = await setUp([['TRX', 'USDT'], ['EUR', 'USDT'], ['USDT', 'TRY']], { feeds: ['binance:spot', 'binance:usdm'], genericQuote: 'EUR' });
    s.state.bid = '1.125';
    s.state.ask = '1.15625';
    await s.pass(9);
    expect(new Set(s.crossed().map((m) => `${m.source} ${m.currency} ${m.price}`))).toEqual(new Set(['binance:spot TRX 1.140625', 'binance:spot EUR 1.140625']));
    await s.finish();
  });

  it('leave out what a venue streams in dollars already, at that venue only', async () => {
    const s = await setUp([['OM', 'BTC'], ['OM', 'TRY'], ['BTC', 'USDT'], ['USDT', 'TRY']], { feeds: ['binance:spot', 'okx:spot'] });
    await s.pass(9);
    expect(new Set(s.state.asked.map((a) => a.split(' ')[1]))).toEqual(new Set(['BTCUSDT', 'USDTTRY', 'USDT-TRY']));
    expect(new Set(s.crossed().map((m) => `${m.source} ${m.currency}`))).toEqual(new Set(['binance:spot BTC', 'binance:spot TRY', 'okx:spot TRY']));
    await s.finish();
  });

  it('follow the list: a currency that comes is asked for at the next second, one that goes no more', async () => {
    const s = await setUp([['OM', 'USDT'], ['USDT', 'TRY'], ['EUR', 'USDT']]);
    await s.pass(55);
    expect(s.state.asked).toEqual([]);
    // The list is read again after a minute.
    s.state.markets.push(['OM', 'TRY']);
    await s.pass(14);
    expect(s.state.asked).toEqual(['61 USDTTRY']);
    s.state.markets = s.state.markets.filter(([base, quote]) => base !== 'OM' || quote !== 'TRY');
    // Two reads must agree that a market is gone.
    await s.pass(150);
    const asked = s.state.asked.length;
    await s.pass(60);
    expect(s.state.asked).toHaveLength(asked);
    await s.finish();
  });

  it('say after three failures in a row that the rates are stale, and when they are back', async () => {
    const s = await setUp([['OM', 'TRY'], ['USDT', 'TRY']]);
    await s.pass(5);
    s.state.refused = true;
    await s.pass(20);
    expect(s.health()).toEqual([]);
    await s.pass(10);
    expect(s.health()).toEqual(['binance:spot stale poll-failed rate USDTTRY']);
    s.state.refused = false;
    await s.pass(10);
    expect(s.health()).toEqual(['binance:spot stale poll-failed rate USDTTRY', 'binance:spot ok resumed']);
    // Quotes that are no rate count as failures: nothing of them is published.
    const published = s.crossed().length;
    s.state.bid = '41';
    await s.pass(30);
    expect(s.crossed()).toHaveLength(published);
    expect(s.health().at(-1)).toBe('binance:spot stale poll-failed rate USDTTRY');
    await s.finish();
  });

  it('are bounded, those of fewest markets left out and named once', async () => {
    const codes = Array.from({ length: MOST_RATE_PAIRS + 2 }, (_, i) => `C${String(i + 10)}`);
    const s = await setUp([...codes.flatMap((c): [string, string][] => [['OM', c], [c, 'USDT']])]);
    await s.pass(25);
    expect(new Set(s.state.asked.map((a) => a.split(' ')[1])).size).toBe(MOST_RATE_PAIRS);
    expect(s.warned.filter((w) => w.startsWith('rates-not-read'))).toEqual([`rates-not-read ${codes.slice(-2).join(' ')}`]);
    await s.finish();
  });
});
