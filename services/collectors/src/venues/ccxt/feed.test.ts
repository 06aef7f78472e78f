import { describe, expect, it } from '@jest/globals';
import type { BookMessage, FeedHealthMessage, Message } from '@breakwater/contracts';
import { assetId, createRng, epochMs, venueId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import ccxt from 'ccxt';
import type { CcxtFeedConfig } from './config.ts';
import { ccxtFeedConfig } from './config.ts';
import type { CcxtExchange } from './feed.ts';
import { createCcxtExchange, createCcxtFeed } from './feed.ts';

const START = 1_700_000_000_000;
const SWAP = 'OM/USDT:USDT';
const market = (symbol: string, more: object) => ({ id: symbol.replace(/\W/g, ''), symbol, base: symbol.split('/')[0], quote: 'USDT', active: true, precision: { price: 0.0001, amount: 1 }, limits: {}, ...more });

/** An exchange as ccxt has them: one live book a symbol, watches that resolve at the next update, close that rejects them. */
function createFakeExchange(overrides: Partial<CcxtExchange> = {}) {
  const pending = new Map<string, { resolve: (value: unknown) => void; reject: (error: unknown) => void }[]>();
  const books = new Map<string, { bids: number[][]; asks: number[][]; timestamp: number | undefined }>();
  const calls = { close: 0, unwatch: 0 };
  const wait = (key: string): Promise<unknown> => new Promise((resolve, reject) => pending.set(key, [...(pending.get(key) ?? []), { resolve, reject }]));
  const settle = (key: string, act: (waiter: { resolve: (value: unknown) => void; reject: (error: unknown) => void }) => void): void => {
    const waiters = pending.get(key) ?? [];
    pending.delete(key);
    waiters.forEach(act);
  };
  const exchange: CcxtExchange = {
    has: { watchOrderBook: true, watchTrades: true, fetchFundingRate: true, fetchOpenInterest: true },
    precisionMode: 4,
    loadMarkets: async () => ({ [SWAP]: market(SWAP, { swap: true, linear: true, settle: 'USDT', contractSize: 10 }), 'OM/USDT': market('OM/USDT', { spot: true }), 'BTC/USDT': market('BTC/USDT', { spot: true }) }),
    watchOrderBook: (symbol) => wait(`book ${symbol}`),
    watchTrades: (symbol) => wait(`trades ${symbol}`),
    fetchFundingRate: async () => ({ markPrice: 2, fundingRate: 0.0001 }),
    fetchOpenInterest: async () => ({ openInterestAmount: 7, openInterestValue: 2000 }),
    close: async () => {
      calls.close++;
      for (const key of [...pending.keys()]) settle(key, ({ reject }) => reject(new ccxt.ExchangeClosedByUser('closed')));
    },
    ...overrides,
  };
  return {
    exchange, calls,
    book: (symbol: string, bids: number[][], asks: number[][], timestamp?: number) => {
      const live = books.get(symbol) ?? { bids, asks, timestamp };
      Object.assign(live, { bids, asks, timestamp });
      books.set(symbol, live);
      settle(`book ${symbol}`, ({ resolve }) => resolve(live));
    },
    trades: (symbol: string, trades: readonly object[]) => settle(`trades ${symbol}`, ({ resolve }) => resolve(trades)),
    fail: (key: string, error: Error) => settle(key, ({ reject }) => reject(error)),
  };
}

function createRig(fake: ReturnType<typeof createFakeExchange>, config: Partial<CcxtFeedConfig> = {}, exchangeFactory?: (id: string) => Promise<CcxtExchange>) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(START), activity });
  const published: Message[] = [];
  const abort = new AbortController();
  const feed = createCcxtFeed({
    venueId: venueId('gate'), exchangeFactory: exchangeFactory ?? (async () => fake.exchange), clock, rng: createRng(3), log: silentLog, signal: abort.signal,
    rules: [{ id: assetId('OM'), aliases: [], identities: [], include: [], exclude: [] }],
    publish: (_topic, message) => {
      published.push(message);
    },
    config: { ...ccxtFeedConfig.parse({}), ...config },
  });
  const ended = feed.run();
  return {
    feed, published,
    advance: (ms: number) => clock.advanceTo(epochMs(clock.now() + ms)),
    books: (instrument: string) => published.filter((m): m is BookMessage => m.kind === 'book' && m.instrument === instrument),
    health: (channel: string) => published.filter((m): m is FeedHealthMessage => m.kind === 'feed.health' && m.channel === channel).map(({ status, reason }) => `${status} ${reason}`),
    stop: async () => {
      abort.abort();
      await ended;
    },
  };
}

const ID = 'gate:swap:OMUSDTUSDT';

describe('a ccxt feed', () => {
  it('publishes instruments of watched assets before their data, then books, trades, funding and open interest', async () => {
    const fake = createFakeExchange();
    const rig = createRig(fake);
    await rig.advance(10);
    fake.book(SWAP, [[1.9, 5]], [[2.1, 6]], START + 5);
    fake.trades(SWAP, [{ id: 't1', price: 2, amount: 3, side: 'buy', timestamp: START + 6 }, { id: 't2', price: 2, amount: 1, timestamp: START + 6 }]);
    await rig.advance(60_000);
    const kinds = rig.published.filter((m) => m.kind !== 'watermark' && m.kind !== 'feed.health');
    expect(kinds.slice(0, 2).map((m) => [m.kind, m.source])).toEqual([['instrument', 'gate:spot'], ['instrument', 'gate:swap']]);
    expect(kinds.find((m) => m.kind === 'instrument' && m.marketKind === 'linear')).toMatchObject({ instrument: ID, asset: 'OM', contractSize: 10, tickSize: 0.0001, multiplier: 1 });
    expect(rig.books(ID)).toMatchObject([{ snapshot: true, bids: [1.9, 5], asks: [2.1, 6], eventTime: START + 5 }]);
    expect(kinds.filter((m) => m.kind === 'trade')).toMatchObject([{ id: 't1', price: 2, qty: 3, side: 'buy', instrument: ID }]);
    expect(rig.feed.stats()).toMatchObject({ trades: 1, rejectedTrades: 1 });
    const tickers = kinds.filter((m) => m.kind === 'ticker');
    expect(tickers[0]).toMatchObject({ mark: 2, fundingRate: 0.0001 });
    // $2,000 at mark 2 in contracts of 10.
    expect(tickers.some((m) => m.openInterest === 100)).toBe(true);
    for (const source of ['gate:swap', 'gate:spot']) {
      const seqs = rig.published.filter((m) => m.source === source).map((m) => m.seq);
      expect(seqs).toEqual(seqs.map((_, index) => index));
    }
    await rig.stop();
    expect(fake.calls.close).toBeGreaterThan(0);
  });

  it('conflates books to the rate asked for and always publishes the last state', async () => {
    const fake = createFakeExchange();
    const rig = createRig(fake, { booksPerSecond: 4 });
    await rig.advance(10);
    for (let i = 1; i <= 20; i++) {
      fake.book(SWAP, [[1, i]], [[2, 1]]);
      await rig.advance(20);
    }
    await rig.advance(1_000);
    const sizes = rig.books(ID).map((m) => m.bids[1]);
    expect(sizes.length).toBeLessThanOrEqual(3);
    expect(sizes.at(-1)).toBe(20);
    expect(rig.feed.stats().conflated).toBeGreaterThan(10);
    await rig.stop();
  });

  it('never publishes a crossed book; it watches anew once', async () => {
    const fake = createFakeExchange();
    const rig = createRig(fake);
    await rig.advance(10);
    for (let i = 0; i < 5; i++) {
      fake.book(SWAP, [[3, 1]], [[2, 1]]);
      await rig.advance(3_000);
    }
    expect(rig.books(ID)).toEqual([]);
    expect(fake.calls.close).toBe(1);
    expect(rig.health('book')).toContain('resyncing crossed-book');
    expect(rig.health('book').at(-1)).toBe('stale crossed-book');
    fake.book(SWAP, [[1, 1]], [[2, 1]]);
    await rig.advance(1_000);
    expect(rig.books(ID).length).toBe(1);
    expect(rig.health('book').at(-1)).toBe('ok following');
    expect(rig.feed.stats().droppedBooks).toBe(5);
    await rig.stop();
  });

  it('reconnects a silent book', async () => {
    const fake = createFakeExchange();
    const rig = createRig(fake, { silentAfterMs: 5_000, markets: ['swap'] });
    await rig.advance(10);
    fake.book(SWAP, [[1, 1]], [[2, 1]]);
    await rig.advance(6_000);
    expect(rig.health('book')).toEqual(['ok following', 'silent silent-channel']);
    expect(fake.calls.close).toBe(1);
    await rig.advance(2_000);
    fake.book(SWAP, [[1, 2]], [[2, 1]]);
    await rig.advance(1_000);
    expect(rig.health('book').at(-1)).toBe('ok following');
    await rig.stop();
  });

  it('tries again after what may pass, and leaves what cannot', async () => {
    const fake = createFakeExchange();
    const rig = createRig(fake, { markets: ['swap'] });
    await rig.advance(10);
    fake.fail(`book ${SWAP}`, new ccxt.NetworkError('reset'));
    fake.fail(`trades ${SWAP}`, new ccxt.AuthenticationError('key please'));
    await rig.advance(5_000);
    fake.book(SWAP, [[1, 2]], [[2, 1]]);
    fake.trades(SWAP, [{ id: 't1', price: 2, amount: 3, side: 'buy', timestamp: START }]);
    await rig.advance(120_000);
    expect(rig.health('book').slice(0, 2)).toEqual(['stale network', 'ok following']);
    expect(rig.health('trades')).toEqual(['down authentication']);
    expect(rig.feed.stats().trades).toBe(0);
    await rig.stop();
  });

  it('publishes a trade once, also when it comes again after a reconnect', async () => {
    const fake = createFakeExchange();
    const rig = createRig(fake, { markets: ['swap'] });
    const trade = (id: string) => ({ id, price: 2, amount: 3, side: 'buy', timestamp: START });
    await rig.advance(10);
    fake.trades(SWAP, [trade('a'), trade('b')]);
    await rig.advance(10);
    await fake.exchange.close();
    await rig.advance(3_000);
    fake.trades(SWAP, [trade('a'), trade('b'), trade('c')]);
    await rig.advance(10);
    expect(rig.published.filter((m) => m.kind === 'trade').map((m) => m.id)).toEqual(['a', 'b', 'c']);
    expect(rig.feed.stats().repeatedTrades).toBe(2);
    await rig.stop();
  });

  it('says what the exchange cannot do, and an exchange that does not exist', async () => {
    const fake = createFakeExchange({ has: { watchOrderBook: true } });
    const rig = createRig(fake);
    await rig.advance(10);
    expect(rig.health('trades')).toEqual(['down not-supported', 'down not-supported']);
    expect(rig.health('openInterest')).toEqual(['down not-supported']);
    await rig.stop();
    const none = createRig(fake, { exchange: 'nosuchvenue' }, createCcxtExchange);
    for (let i = 0; i < 50 && none.health('instruments').length === 0; i++) await none.advance(1);
    expect(none.health('instruments')).toEqual(['down not-supported', 'down not-supported']);
    await none.stop();
  });
});

describe('ccxt itself', () => {
  it('loads, has what the feed uses, and closes without a network', async () => {
    const kraken = await createCcxtExchange('kraken');
    expect(kraken.has['watchOrderBook']).toBe(true);
    expect(kraken.has['watchTrades']).toBe(true);
    expect(kraken.precisionMode).toBe(4);
    expect((kraken as unknown as { readonly newUpdates: boolean }).newUpdates).toBe(true);
    for (const method of ['loadMarkets', 'watchOrderBook', 'watchTrades', 'fetchFundingRate', 'fetchOpenInterest', 'close'] as const) expect(typeof kraken[method]).toBe('function');
    await kraken.close();
  });
});
