import type { BookMessage, FeedChannel, FeedStatus } from '@breakwater/contracts';
import type { InstrumentId } from '@breakwater/models/core';
import { epochMs, sourceId } from '@breakwater/models/core';
import { everyAligned, sleep } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import { backoffDelay } from '@breakwater/platform/supervise';
import type { AssetRule, WatchedInstrument } from '../../registry.ts';
import { createRegistry } from '../../registry.ts';
import type { Source } from '../../source.ts';
import { createSource } from '../../source.ts';
import type { BookProblem, CcxtMarket, TickerFields } from './map.ts';
import { toBook, toFailure, toFunding, toMarket, toOpenInterest, toTrade } from './map.ts';
import { createPatience, Silence } from './patience.ts';
import type { CcxtExchange, CcxtFeed, CcxtFeedDeps } from './types.ts';

export type * from './types.ts';

/** Trade ids remembered per market, to tell repeats after a reconnect. */
const REMEMBERED_TRADES = 2_000;

/** Makes an exchange of ccxt.pro. ccxt is large (hundreds of exchanges), so it is loaded only here. */
export async function createCcxtExchange(exchange: string): Promise<CcxtExchange> {
  const { default: ccxt } = await import('ccxt');
  const made = (ccxt.pro as unknown as Readonly<Record<string, (new (options: object) => unknown) | undefined>>)[exchange];
  if (made === undefined) throw new ccxt.NotSupported(`ccxt has no exchange ${exchange} with sockets`);
  return new made({ newUpdates: true, enableRateLimit: true }) as CcxtExchange;
}

/** The exchanges that the generic feed can read: those of ccxt with sockets. Loads ccxt. */
export async function ccxtExchanges(): Promise<readonly string[]> {
  return ((await import('ccxt')).default.pro as unknown as { readonly exchanges: readonly string[] }).exchanges;
}

interface Watched extends CcxtMarket {
  readonly watched: WatchedInstrument;
  readonly source: Source;
}

/** Reads books, trades, funding and open interest of any venue that ccxt knows. Sources are `<venue>:spot` and `<venue>:swap`. */
export function createCcxtFeed(deps: CcxtFeedDeps): CcxtFeed {
  const { venueId, clock, config, signal, log, rng } = deps;
  const counts = { books: 0, conflated: 0, droppedBooks: 0, trades: 0, repeatedTrades: 0, rejectedTrades: 0, errors: 0, reconnects: 0 };
  const backoff = { baseMs: config.backoffMs, maxMs: config.maxBackoffMs };
  const sources = new Map(config.markets.map((type) => [type, createSource(sourceId(`${venueId}:${type}`), deps.publish)]));

  const say = (source: Source, market: Watched | undefined, channel: FeedChannel, status: FeedStatus, reason: string, detail?: string): void => {
    const about = market === undefined ? {} : { asset: market.watched.asset, instrument: market.watched.id };
    source.health({ channel, status, reason, eventTime: clock.now(), receivedAt: clock.now(), ...about, ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }) });
  };
  const stamp = (market: Watched, eventTime: number) => ({
    source: market.source.id, seq: market.source.nextSeq(), eventTime: epochMs(eventTime), receivedAt: clock.now(), asset: market.watched.asset, instrument: market.watched.id,
  });

  // Read through a function: the signal changes while an answer is awaited.
  const stopped = (): boolean => signal.aborted;

  /** Repeats `once` until abort, with growing waits after errors that may pass; others end the channel as `down`. Ends early when it is `done`. */
  const repeat = async (onFailure: (status: FeedStatus, reason: string, detail: string) => void, once: () => Promise<'done' | undefined>): Promise<void> => {
    for (let failed = 0; !stopped(); ) {
      try {
        if ((await once()) === 'done') return;
        failed = 0;
      } catch (error) {
        if (stopped()) return;
        counts.errors++;
        const { reason, retry } = error instanceof Silence ? { reason: 'silent-channel', retry: true } : toFailure(error);
        onFailure(error instanceof Silence ? 'silent' : retry ? 'stale' : 'down', reason, messageOf(error));
        log.warn('ccxt.failed', { reason, error: messageOf(error), retry });
        if (!retry) return;
        await pause(backoffDelay(failed++, rng, backoff));
      }
    }
  };
  const patience = createPatience<CcxtExchange>({
    clock, signal, silentAfterMs: config.silentAfterMs,
    onSilence: async (exchange) => {
      counts.reconnects++;
      await exchange.close();
    },
  });
  const pause = (ms: number): Promise<void> => sleep(clock, ms, signal).catch(() => undefined);

  const watchBook = (exchange: CcxtExchange, market: Watched): Promise<void> => {
    const gapMs = 1000 / config.booksPerSecond;
    let publishedAt = -Infinity;
    let cancel: (() => void) | undefined;
    // One re-watch for a bad book; then it is only reported until a good one comes.
    let rewatched = false;
    let problem: BookProblem | undefined;
    signal.addEventListener('abort', () => cancel?.(), { once: true });
    const publishNow = (live: unknown): void => {
      cancel = undefined;
      const book = toBook(live, config.maxLevels);
      problem = book.ok ? undefined : book.error;
      if (!book.ok) {
        counts.droppedBooks++;
        say(market.source, market, 'book', rewatched ? 'stale' : 'resyncing', book.error);
        return;
      }
      rewatched = false;
      publishedAt = clock.now();
      const { bids, asks, eventTime } = book.value;
      const message: BookMessage = { kind: 'book', ...stamp(market, eventTime ?? clock.now()), snapshot: true, bids, asks };
      deps.publish('assets', message);
      counts.books++;
      say(market.source, market, 'book', 'ok', 'following');
    };
    const failed = (status: FeedStatus, reason: string, detail: string): void => {
      cancel?.();
      cancel = undefined;
      say(market.source, market, 'book', status, reason, detail);
    };
    return repeat(failed, async () => {
      const live = await patience.heard(exchange.watchOrderBook(market.unified, config.bookLimit), exchange);
      if (cancel !== undefined) counts.conflated++;
      else if (clock.now() - publishedAt >= gapMs) publishNow(live);
      // The live book goes on changing: what is published at its turn is its state then.
      else cancel = clock.after(gapMs - (clock.now() - publishedAt), () => publishNow(live));
      if (problem !== undefined && !rewatched) {
        rewatched = true;
        await forget(exchange, market.unified);
      }
      return undefined;
    });
  };

  const forget = async (exchange: CcxtExchange, symbol: string): Promise<void> => {
    counts.reconnects++;
    if (exchange.has['unWatchOrderBook'] === true && exchange.unWatchOrderBook !== undefined) await exchange.unWatchOrderBook(symbol);
    else await exchange.close();
  };

  const watchTrades = (exchange: CcxtExchange, market: Watched): Promise<void> => {
    const seen = new Set<string>();
    return repeat((status, reason, detail) => say(market.source, market, 'trades', status, reason, detail), async () => {
      const updates = await patience.unlessStopped(exchange.watchTrades(market.unified));
      for (const raw of Array.isArray(updates) ? [...(updates as readonly unknown[])] : []) {
        const trade = toTrade(raw, market.watched.listing.symbol);
        if (!trade.ok) {
          counts.rejectedTrades++;
          continue;
        }
        const { id, price, qty, side, eventTime } = trade.value;
        if (id !== undefined && seen.has(id)) {
          counts.repeatedTrades++;
          continue;
        }
        if (id !== undefined) remember(seen, id);
        deps.publish('assets', { kind: 'trade', ...stamp(market, eventTime), price, qty, side, ...(id === undefined ? {} : { id }) });
        counts.trades++;
      }
      say(market.source, market, 'trades', 'ok', 'following');
      return undefined;
    });
  };

  const poll = (market: Watched, channel: 'funding' | 'openInterest', ask: (price: number | undefined) => Promise<TickerFields>): Promise<void> =>
    repeat((status, reason, detail) => say(market.source, market, channel, status, reason, detail), async () => {
      const fields = await patience.unlessStopped(ask(marks.get(market.watched.id)));
      if (fields.mark !== undefined) marks.set(market.watched.id, fields.mark);
      if (Object.keys(fields).length === 0) say(market.source, market, channel, 'stale', 'missing-field');
      else {
        deps.publish('assets', { kind: 'ticker', ...stamp(market, clock.now()), ...fields });
        say(market.source, market, channel, 'ok', 'following');
      }
      await pause(config.pollEveryMs);
      return undefined;
    });
  // Marks by instrument, to convert open interest that is printed as a value.
  const marks = new Map<InstrumentId, number>();

  let listed: readonly CcxtMarket[] = [];
  const loadMarkets = async (exchange: CcxtExchange): Promise<readonly Watched[]> => {
    const list = await exchange.loadMarkets();
    listed = Object.values(typeof list === 'object' && list !== null ? list : {}).flatMap((raw: unknown) => {
      const market = toMarket(raw, exchange.precisionMode);
      return market.ok ? [market.value] : [];
    });
    const found = watchedUnder(deps.rules, true);
    for (const { watched, source } of found) source.instrument(watched, venueId, clock.now());
    return found;
  };
  const watchedUnder = (rules: readonly AssetRule[], says: boolean): readonly Watched[] =>
    [...sources].flatMap(([type, source]) => {
      const ofType = listed.filter((market) => market.type === type);
      const registry = createRegistry({ venue: venueId, marketType: type, source: source.id }, ofType.map((market) => market.listing), rules, clock.now());
      if (says) for (const id of registry.conflicts) log.warn('ccxt.conflict', { venue: venueId, instrument: id });
      return ofType.flatMap((market) => {
        const watched = registry.watched.get(market.listing.symbol);
        return watched === undefined ? [] : [{ ...market, watched, source }];
      });
    });

  const watch = (exchange: CcxtExchange, market: Watched): readonly Promise<void>[] => {
    const has = (method: string): boolean => exchange.has[method] === true;
    const lack = (channel: FeedChannel): readonly Promise<void>[] => {
      say(market.source, market, channel, 'down', 'not-supported');
      return [];
    };
    const derivative = market.type === 'swap';
    const { listing } = market.watched;
    return [
      ...(has('watchOrderBook') ? [watchBook(exchange, market)] : lack('book')),
      ...(has('watchTrades') ? [watchTrades(exchange, market)] : lack('trades')),
      ...(!derivative ? [] : has('fetchFundingRate') ? [poll(market, 'funding', async () => toFunding(await exchange.fetchFundingRate(market.unified)))] : lack('funding')),
      ...(!derivative ? [] : has('fetchOpenInterest') ? [poll(market, 'openInterest', async (price) => {
        const openInterest = toOpenInterest(await exchange.fetchOpenInterest(market.unified), listing, config.openInterestUnit, price);
        return openInterest === undefined ? {} : { openInterest };
      })] : lack('openInterest')),
    ];
  };

  let markets: readonly Watched[] | undefined;
  const run = async (): Promise<void> => {
    let exchange: CcxtExchange | undefined;
    const failed = (status: FeedStatus, reason: string, detail: string): void => {
      for (const source of sources.values()) say(source, undefined, 'instruments', status, reason, detail);
    };
    await repeat(failed, async () => {
      exchange ??= await (deps.exchangeFactory ?? createCcxtExchange)(config.exchange ?? venueId);
      markets = await patience.unlessStopped(loadMarkets(exchange));
      for (const source of sources.values()) say(source, undefined, 'instruments', 'ok', 'following');
      return 'done';
    });
    const stopMarks = everyAligned(clock, config.watermarkEveryMs, (at) => {
      for (const source of sources.values()) source.watermark(epochMs(Math.max(0, at - config.watermarkDelayMs)), clock.now());
    });
    const ended = new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
    const open = exchange;
    const channels = open === undefined || markets === undefined ? [] : markets.flatMap((market) => watch(open, market));
    await ended;
    stopMarks();
    await open?.close().catch((error: unknown) => log.warn('ccxt.close-failed', { venue: venueId, error: messageOf(error) }));
    await Promise.all(channels);
  };

  return {
    run, quotes: () => (markets ?? []).map(({ watched }) => watched.listing.quote), stats: () => ({ ...counts }),
    under: (rules) => {
      const key = ({ watched: { id, asset, multiplier } }: Watched): string => `${id} ${asset} ${multiplier}`;
      const held = new Set((markets ?? []).map(key));
      const next = watchedUnder(rules, false);
      // Before its list was read there is nothing to compare.
      if (markets !== undefined && next.length === held.size && next.every((market) => held.has(key(market)))) return 'same';
      return new Set(next.filter((market) => held.has(key(market))).map(({ watched }) => watched.id));
    },
    retire: (stays, isGone) => {
      for (const market of markets ?? []) if (!stays(market.watched.id)) say(market.source, market, 'instruments', 'down', 'not-configured');
      if (isGone) for (const source of sources.values()) say(source, undefined, 'socket', 'down', 'not-configured');
    },
  };
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  if (seen.size <= REMEMBERED_TRADES) return;
  const oldest = seen.values().next();
  if (oldest.done !== true) seen.delete(oldest.value);
}
