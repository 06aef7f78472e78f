import { setMaxListeners } from 'node:events';
import type { CurrencyCode, InstrumentId, SourceId } from '@breakwater/models/core';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import { backoffDelay, createTokenBucket } from '@breakwater/platform/supervise';
import type { Canary } from './canary/canary.ts';
import { createCanary } from './canary/canary.ts';
import { nextIdentityDate } from './canary/findings.ts';
import { readInstrumentList } from './canary/instrument-list.ts';
import { probeVenue } from './canary/probe.ts';
import type { CollectorDeps, FeedStatusReport } from './collector-types.ts';
import type { CollectorsConfig } from './config.ts';
import { assetRules } from './config.ts';
import type { Feed } from './feeds.ts';
import { endpointsOf } from './feeds.ts';
import type { FallbackWindow } from './intake/frame-reader.ts';
import { chooseRatePairs, MOST_RATE_PAIRS, rateMarkets } from './rate-pairs.ts';
import type { AssetRule, Registry } from './registry.ts';
import { createRegistry } from './registry.ts';
import type { Requests, SharedLimits } from './session/requests.ts';
import { createRequests } from './session/requests.ts';
import type { Session, SessionDeps } from './session/session.ts';
import { createSession } from './session/session.ts';
import type { Witness } from './session/witness.ts';
import type { Source } from './source.ts';
import { createSource } from './source.ts';
import type { RatePair, VenueInstrument } from './venue.ts';

/** Design assumption: the instrument list is asked for again after up to a second, then ever more rarely. */
const LIST_BACKOFF = { baseMs: 1_000, maxMs: 60_000 } as const;
/** Shares of a venue's request limit that we spend: on what books and figures wait for, and on deep snapshots, which never hold those up. */
const LIMIT_SHARE = 0.25;
const DEEP_SHARE = 0.25;
const CANARY_SHARE = 0.01;
/** On accounts, where a venue shows their positions; with all budgets of both of Hyperliquid's feeds that is 1,092 of its 1,200 a minute at most. */
const ACCOUNT_SHARE = 0.6;
/** How many seconds' worth of requests about accounts may come at once. */
const ACCOUNT_BURST_S = 2;
/** The heaviest request for a rate, and how many rounds of them may come at once; beside the shares, and under 4 % of any venue's limit but OKX's, which has one of its own for it. */
const RATE_WEIGHT = 2;
const RATE_ROUNDS = 2;

/** One built-in feed, from its instrument list to its sessions. */
export interface FeedRunner {
  /** Runs until the collector stops or `end` is called. */
  run(): Promise<void>;
  /** Watches what these rules say from now on; markets that stay are not touched. */
  follow(rules: readonly AssetRule[]): void;
  /** Ends this feed alone, and says of its markets and of the source that they are not collected any more. Call after `run`. */
  end(): Promise<void>;
  /** The quote currency of every market watched. */
  quotes(): readonly CurrencyCode[];
  status(): FeedStatusReport;
  replaceSockets(): void;
  republish(instrument: InstrumentId): boolean;
}

/** What the feeds of a collector share. */
export interface SharedByFeeds {
  /** Every currency whose rate some feed needs. */
  readonly wanted: () => readonly CurrencyCode[];
  readonly witness: Witness;
  readonly limits: SharedLimits;
  readonly countFallbacks: (source: SourceId, window: FallbackWindow) => void;
  /** Sources that were made before: one that comes back goes on counting. */
  readonly sources: Map<SourceId, Source>;
}

/** A market that is not watched any more because the config does not ask for it: the reason of its `feed.health`. */
export const NOT_CONFIGURED = 'not-configured';

/** Makes a feed that does nothing before `run`. */
export function createFeedRunner(feed: Feed, config: CollectorsConfig, deps: CollectorDeps, shared: SharedByFeeds): FeedRunner {
  const { wanted, witness, limits, countFallbacks } = shared;
  const tap = deps.tap?.(feed.venue);
  const venue = tap?.venue ?? feed.venue;
  const network = tap?.network(deps.network) ?? deps.network;
  const { clock } = deps;
  const ending = new AbortController();
  const signal = AbortSignal.any([deps.signal, ending.signal]);
  setMaxListeners(0, signal);
  const log = deps.log.with({ source: venue.source });
  const rng = deps.rng.fork(venue.source);
  const source: Source = shared.sources.get(venue.source) ?? tap?.createSource(deps.publish) ?? createSource(venue.source, deps.publish, { tail: deps.tailOf?.(venue.source) });
  shared.sources.set(venue.source, source);
  const endpoints = endpointsOf(feed, config);
  const budgeted = (perSecond: number, burst: number): Requests => {
    const bucket = createTokenBucket({ clock, perSecond, burst });
    return createRequests({ network, clock, signal, maxWeight: burst, bucket, onLimited: limits.join(endpoints.rest, bucket) });
  };
  const requestsOf = (share: number): Requests => {
    const perSecond = (feed.weightPerMinute * share) / 60;
    // Ten seconds' worth at once, and never less than the heaviest request.
    return budgeted(perSecond, Math.max(perSecond * 10, 300));
  };
  const requests = requestsOf(LIMIT_SHARE);
  const deepRequests = requestsOf(DEEP_SHARE);
  const round = RATE_WEIGHT * MOST_RATE_PAIRS;
  const rateRequests = budgeted(round / (config.collect.pollEveryMs / 1_000), RATE_ROUNDS * round);
  const { accounts: readsAccounts = true, knownAccounts = [] } = config.venues[venue.venue] ?? {};
  const accountWeight = feed.weightPerMinute * ACCOUNT_SHARE;
  const accountRequests = venue.accountPolls === undefined || !readsAccounts ? undefined : budgeted(accountWeight / 60, Math.max(10, (accountWeight / 60) * ACCOUNT_BURST_S));
  let heldAccounts: readonly string[] = [];
  const remember = (accounts: readonly string[]): void => {
    heldAccounts = accounts;
    deps.accountStore?.save(venue.source, accounts).catch((error: unknown) => log.warn('accounts-not-saved', { error: messageOf(error) }));
  };
  const recallAccounts = async (): Promise<void> => {
    if (accountRequests === undefined) return;
    // Who trades is learnt anew.
    heldAccounts = await (deps.accountStore?.load(venue.source).catch((error: unknown) => {
      log.warn('accounts-not-recalled', { error: messageOf(error) });
      return [];
    }) ?? []);
  };
  const accountsOf = (): Pick<SessionDeps, 'accounts'> =>
    accountRequests === undefined ? {} : { accounts: { start: [...knownAccounts, ...heldAccounts], weightPerMinute: accountWeight, requests: accountRequests, remember } };
  let registry: Registry | undefined;
  /** The part of the venue's list that rates can be read from. */
  let markets: readonly VenueInstrument[] = [];
  let session: Session | undefined;
  let rules = assetRules(config.assets);
  /** The list that was believed last. */
  let list: readonly VenueInstrument[] = [];
  let onRules = (): void => undefined;
  // A budget of its own: what it asks for never holds up a book or a figure.
  const canaryRequests = requestsOf(CANARY_SHARE);
  const canary: Canary = createCanary({
    source, clock, log, everyMs: config.collect.canaryEveryMs, isConfigured: (asset) => rules.some(({ id }) => id === asset),
    probe: (instrument) => probeVenue({ venue, instrument, options: { endpoints, rates: false, ...config.collect }, requests: canaryRequests, network, clock, signal }),
  });

  const listHealth = (status: 'ok' | 'stale', detail?: string): void => {
    const at = clock.now();
    if (status === 'ok' && (source.status('instruments') === undefined || canary.holds())) return;
    source.health({ channel: 'instruments', status, reason: status === 'ok' ? 'resumed' : 'list-failed', eventTime: at, receivedAt: at, ...(detail === undefined ? {} : { detail }) });
  };
  const readListUntilDone = async (): Promise<readonly VenueInstrument[]> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const list = await readInstrumentList(venue, endpoints, requests);
        listHealth('ok');
        return list;
      } catch (error) {
        if (signal.aborted || !(error instanceof BreakwaterError)) throw error;
        log.warn('instrument-list-failed', { attempt, error: messageOf(error) });
        listHealth('stale', messageOf(error).slice(0, 200));
        await sleep(clock, Math.max(backoffDelay(attempt, rng, LIST_BACKOFF), error.retryAfterMs ?? 0), signal);
      }
    }
  };
  const register = (read: readonly VenueInstrument[], before?: Registry): Registry => {
    list = read;
    const next = createRegistry(venue, list, rules, clock.now());
    canary.moved(before, next, list);
    markets = venue.ratePoll === undefined ? [] : rateMarkets(list);
    for (const id of next.conflicts) log.warn('instrument-conflict', { instrument: id });
    for (const watched of next.watched.values()) source.instrument(watched, venue.venue, clock.now());
    registry = next;
    return next;
  };

  let leftOut = '';
  const ratePairs = (): readonly RatePair[] => {
    const { pairs, left } = chooseRatePairs(markets, wanted().filter((currency) => venue.dollarRates?.includes(currency) !== true));
    const said = left.join(' ');
    if (said !== leftOut && said !== '') log.warn('rates-not-read', { currencies: said });
    leftOut = said;
    return pairs;
  };

  let refreshAt = 0;
  /** A date of an asset's names is met to the moment, and not with the next read. */
  const untilRefresh = (): number => {
    const now = clock.now();
    return Math.max(0, Math.min(refreshAt, nextIdentityDate(rules, now) ?? Infinity) - now);
  };
  /** Waits for the session to end, for the list to be read anew, or for other rules. */
  const nextTurn = async (done: Promise<void>, stopped: AbortSignal): Promise<'ended' | 'refresh' | 'rules'> => {
    const waiting = new AbortController();
    const changed = new Promise<'rules'>((resolve) => (onRules = () => resolve('rules')));
    try {
      const due = sleep(clock, untilRefresh(), AbortSignal.any([stopped, waiting.signal])).then((): 'refresh' => 'refresh');
      return await Promise.race([done.then((): 'ended' => 'ended'), due, changed]);
    } finally {
      waiting.abort();
      onRules = () => undefined;
    }
  };
  /** Runs a session until the markets it watches are other ones under the same names. */
  const runSession = async (held: Registry): Promise<Registry> => {
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    const running = createSession({ venue, endpoints, registry: held, source, witness, requests, deepRequests, rates: { pairs: ratePairs, requests: rateRequests }, ...accountsOf(), config: config.collect, network, clock, rng: rng.fork('session'), log, tracer: deps.tracer, signal: stop.signal, onFallbacks: (window) => countFallbacks(source.id, window), ...(tap === undefined ? {} : { createIntake: tap.createIntake }) });
    session = running;
    const done = running.run();
    refreshAt = clock.now() + config.collect.refreshEveryMs;
    let followed = rules;
    try {
      for (let now = held; ; ) {
        const turn = rules === followed ? await nextTurn(done, stop.signal) : 'rules';
        if (turn === 'ended') return now;
        let read: readonly VenueInstrument[] | undefined = list;
        if (turn === 'refresh') {
          read = canary.list(await readListUntilDone(), now);
          canary.due(now);
          refreshAt = clock.now() + config.collect.refreshEveryMs;
        }
        followed = rules;
        if (read === undefined) continue;
        const next = register(read, now);
        if (sameMarkets(now, next)) running.intake.watch(next);
        else if (sameWhereBoth(now, next)) running.watch(next);
        else return next;
        now = next;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      stop.abort();
      await done;
    }
  };

  let ran: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await recallAccounts();
      const first = await readListUntilDone();
      let held = register(canary.list(first, undefined) ?? first);
      log.info('watching', { markets: held.watched.size });
      while (!signal.aborted) held = await runSession(held);
    } catch (error) {
      // The collector stops: every wait was cancelled.
      if (!signal.aborted) throw error;
    }
  };
  return {
    run: () => (ran = run()),
    follow: (next) => {
      rules = next;
      onRules();
    },
    end: async () => {
      ending.abort();
      await ran;
      const at = clock.now();
      const gone = { reason: NOT_CONFIGURED, eventTime: at, receivedAt: at } as const;
      for (const { id, asset } of registry?.watched.values() ?? []) source.health({ ...gone, channel: 'instruments', status: 'down', asset, instrument: id });
      if (source.status('instruments') === 'stale') source.health({ ...gone, channel: 'instruments', status: 'ok' });
      source.health({ ...gone, channel: 'socket', status: 'down' });
    },
    quotes: () => [...(registry?.watched.values() ?? [])].map((w) => w.listing.quote),
    status: () => ({
      source: venue.source, watched: registry === undefined ? undefined : [...registry.watched.values()].map((w) => w.id), conflicts: registry?.conflicts ?? [],
      session: session?.status(), counters: session?.intake.counters(), books: session?.intake.books() ?? [],
    }),
    replaceSockets: () => session?.replaceSockets(),
    republish: (instrument) => session?.intake.republish(instrument, clock.now()) ?? false,
  };
}

function sameMarkets(a: Registry, b: Registry): boolean {
  if (a.watched.size !== b.watched.size) return false;
  for (const [symbol, held] of a.watched) {
    const other = b.watched.get(symbol);
    if (other === undefined || other.asset !== held.asset || other.multiplier !== held.multiplier) return false;
  }
  return true;
}

/** Whether every market of both is the same asset's, in the same units. */
function sameWhereBoth(a: Registry, b: Registry): boolean {
  return [...a.watched].every(([symbol, held]) => {
    const other = b.watched.get(symbol);
    return other === undefined || (other.asset === held.asset && other.multiplier === held.multiplier);
  });
}
