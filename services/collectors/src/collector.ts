import type { CurrencyCode, InstrumentId, Rng, SourceId, VenueId } from '@breakwater/models/core';
import { venueId } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import { backoffDelay, createTokenBucket } from '@breakwater/platform/supervise';
import type { Canary } from './canary/canary.ts';
import { createCanary } from './canary/canary.ts';
import { nextIdentityDate } from './canary/findings.ts';
import { readInstrumentList } from './canary/instrument-list.ts';
import { probeVenue } from './canary/probe.ts';
import type { CollectorsConfig } from './config.ts';
import { assetRules } from './config.ts';
import type { Feed } from './feeds.ts';
import type { FallbackWindow } from './frame-reader.ts';
import type { BookState, Intake, IntakeCounters, IntakeDeps } from './intake.ts';
import { chooseRatePairs, MOST_RATE_PAIRS, rateMarkets, wantedRates } from './rate-pairs.ts';
import type { Registry } from './registry.ts';
import { createRegistry } from './registry.ts';
import type { Requests, SharedLimits } from './session/requests.ts';
import { createRequests, createSharedLimits } from './session/requests.ts';
import type { Session, SessionStatus } from './session/session.ts';
import { createSession } from './session/session.ts';
import type { Witness } from './session/witness.ts';
import { createWitness } from './session/witness.ts';
import type { Source, SourceTail } from './source.ts';
import { createSource } from './source.ts';
import type { RatePair, Venue, VenueEndpoints, VenueInstrument } from './venue.ts';
import type { CcxtExchange, CcxtFeed, CcxtFeedStats } from './venues/ccxt/index.ts';
import { ccxtFeedConfig, createCcxtFeed } from './venues/ccxt/index.ts';

/** The COLLECT stage of exchanges: built-in feeds, and the generic one for every other venue of the config. */
export interface Collector {
  /** Runs until the signal aborts. */
  run(): Promise<void>;
  status(): readonly FeedStatusReport[];
  /** Counters of the generic feeds, by venue. */
  generic(): Readonly<Record<string, CcxtFeedStats>>;
  /** Replaces every socket without a gap, so that each book comes anew as a whole. */
  replaceSockets(): void;
  /** Publishes a book anew as a whole, for a subscriber that lost an update; false when it is not in use (its snapshot follows by itself). */
  republish(instrument: InstrumentId): boolean;
}

/** How one feed is doing. */
export interface FeedStatusReport {
  readonly source: string;
  /** Markets watched; undefined before the instrument list has been read. */
  readonly watched: readonly string[] | undefined;
  readonly conflicts: readonly string[];
  readonly session: SessionStatus | undefined;
  readonly counters: IntakeCounters | undefined;
  readonly books: readonly BookState[];
}

/** What a collector needs. */
export interface CollectorDeps {
  readonly feeds: readonly Feed[];
  readonly config: CollectorsConfig;
  readonly network: Network;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly publish: Publish;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Counts what the byte decoder of each source reads and what it leaves to the plain path. */
  readonly metrics?: Metrics;
  /** Makes the exchanges of the generic feed; the default imports ccxt when one is needed. */
  readonly exchangeFactory?: (exchange: string) => Promise<CcxtExchange>;
  /** Where each source was when another process published it last; from the beginning by default. */
  readonly tailOf?: (source: SourceId) => SourceTail;
  /** Listens in on a built-in feed, as a recorder does. */
  readonly tap?: (venue: Venue) => FeedTap;
}

/** Stands between a feed and its surroundings, and hands everything on unchanged. */
export interface FeedTap {
  readonly venue: Venue;
  readonly createIntake: (deps: IntakeDeps) => Intake;
  createSource(publish: Publish): Source;
  network(network: Network): Network;
}

/** Design assumption: the instrument list is asked for again after up to a second, then ever more rarely. */
const LIST_BACKOFF = { baseMs: 1_000, maxMs: 60_000 } as const;
/** Shares of a venue's request limit that we spend: on what books and figures wait for, and on deep snapshots, which never hold those up. */
const LIMIT_SHARE = 0.25;
const DEEP_SHARE = 0.25;
const CANARY_SHARE = 0.01;
/** The heaviest request for a rate, and how many rounds of them may come at once; beside the shares, and under 4 % of any venue's limit but OKX's, which has one of its own for it. */
const RATE_WEIGHT = 2;
const RATE_ROUNDS = 2;

/** Makes the collector of every enabled feed. */
export function createCollector(deps: CollectorDeps): Collector {
  // Every feed that lists spot markets reads the rates that any feed needs: sources are compared, and a venue that lists none is served by the others.
  const wanted = (): readonly CurrencyCode[] => wantedRates([...feeds, ...generic.values()].flatMap((f) => f.quotes()));
  const witness = createWitness();
  const limits = createSharedLimits();
  const read = deps.metrics?.counter('breakwater_frames_total', 'Frames of kinds that the byte decoder has shapes for, counted in thousands', ['source', 'kind']);
  const left = deps.metrics?.counter('breakwater_frames_fell_back_total', 'Those of them that the byte decoder left to the plain path', ['source', 'kind']);
  const countFallbacks = (source: SourceId, { kind, frames, fellBack }: FallbackWindow): void => {
    read?.inc({ source, kind }, frames);
    left?.inc({ source, kind }, fellBack);
  };
  const feeds: readonly FeedRunner[] = deps.feeds.filter((f) => isEnabled(f, deps.config)).map((f) => createFeedRunner(f, deps, wanted, witness, limits, countFallbacks));
  const generic = new Map<VenueId, CcxtFeed>();
  for (const [name, venue] of Object.entries(deps.config.venues)) {
    if (!venue.enabled || venue.feed !== 'ccxt') continue;
    const id = venueId(name);
    generic.set(id, createCcxtFeed({
      venueId: id, rules: assetRules(deps.config.assets), publish: deps.publish, clock: deps.clock, rng: deps.rng.fork(name), log: deps.log.with({ venue: name }), signal: deps.signal,
      config: venue.ccxt ?? ccxtFeedConfig.parse({}), ...(deps.exchangeFactory === undefined ? {} : { exchangeFactory: deps.exchangeFactory }),
    }));
  }
  return {
    run: async () => {
      await Promise.all([...feeds, ...generic.values()].map((f) => f.run()));
    },
    status: () => feeds.map((f) => f.status()),
    generic: () => Object.fromEntries([...generic].map(([id, feed]) => [id, feed.stats()])),
    replaceSockets: () => feeds.forEach((f) => f.replaceSockets()),
    republish: (instrument) => feeds.some((f) => f.republish(instrument)),
  };
}

/** Enabled venues of the config that no built-in feed serves and that do not ask for the generic one, and market types and roles of sockets that a venue does not have. */
export function unknownVenues(config: CollectorsConfig, feeds: readonly Feed[]): readonly string[] {
  return Object.entries(config.venues).flatMap(([name, venue]) => {
    if (!venue.enabled || venue.feed === 'ccxt') return [];
    const own = feeds.filter((f) => f.venue.venue === name);
    const types = own.map((f) => f.venue.marketType);
    if (types.length === 0) return [`venues.${name}: no built-in feed; set feed: ccxt`];
    const markets = (venue.markets ?? []).filter((m) => !types.includes(m)).map((m) => `venues.${name}.markets: must be of ${types.join(', ')}, got ${m}`);
    const endpoints = Object.entries(venue.endpoints ?? {}).flatMap(([type, { ws = {} }]) => {
      const feed = own.find((f) => f.venue.marketType === type);
      if (feed === undefined) return [`venues.${name}.endpoints: must be of ${types.join(', ')}, got ${type}`];
      const roles = Object.keys(feed.endpoints.ws);
      return Object.keys(ws).filter((role) => !roles.includes(role)).map((role) => `venues.${name}.endpoints.${type}.ws: must be of ${roles.join(', ')}, got ${role}`);
    });
    return [...markets, ...endpoints];
  });
}

/** Whether a built-in feed is collected under a config. */
export function isEnabled(feed: Feed, config: CollectorsConfig): boolean {
  const venue = config.venues[feed.venue.venue];
  if (venue?.enabled !== true || venue.feed !== 'native') return false;
  return venue.markets === undefined || venue.markets.includes(feed.venue.marketType);
}

interface FeedRunner {
  run(): Promise<void>;
  /** The quote currency of every market watched. */
  quotes(): readonly CurrencyCode[];
  status(): FeedStatusReport;
  replaceSockets(): void;
  republish(instrument: InstrumentId): boolean;
}

function createFeedRunner(feed: Feed, deps: CollectorDeps, wanted: () => readonly CurrencyCode[], witness: Witness, limits: SharedLimits, countFallbacks: (source: SourceId, window: FallbackWindow) => void): FeedRunner {
  const tap = deps.tap?.(feed.venue);
  const venue = tap?.venue ?? feed.venue;
  const network = tap?.network(deps.network) ?? deps.network;
  const { clock, signal, config } = deps;
  const log = deps.log.with({ source: venue.source });
  const rng = deps.rng.fork(venue.source);
  const source: Source = tap?.createSource(deps.publish) ?? createSource(venue.source, deps.publish, deps.tailOf?.(venue.source));
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
  let registry: Registry | undefined;
  /** The part of the venue's list that rates can be read from. */
  let markets: readonly VenueInstrument[] = [];
  let session: Session | undefined;
  const rules = assetRules(config.assets);
  // A budget of its own: what it asks for never holds up a book or a figure.
  const canaryRequests = requestsOf(CANARY_SHARE);
  const canary: Canary = createCanary({
    source, clock, log, everyMs: config.collect.canaryEveryMs,
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
  const register = (list: readonly VenueInstrument[], before?: Registry): Registry => {
    const next = createRegistry(venue, list, rules, clock.now());
    canary.moved(before, next, list);
    markets = venue.ratePoll === undefined ? [] : rateMarkets(list);
    for (const id of next.conflicts) log.warn('instrument-conflict', { instrument: id });
    for (const watched of next.watched.values()) source.instrument(watched, venue.venue, clock.now());
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

  /** A date of an asset's names is met to the moment, and not with the next read. */
  const untilRefresh = (): number => {
    const now = clock.now();
    return Math.min(config.collect.refreshEveryMs, (nextIdentityDate(rules, now) ?? Infinity) - now);
  };
  /** Runs a session until the watched markets change. */
  const runSession = async (held: Registry): Promise<Registry> => {
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    const running = createSession({ venue, endpoints, registry: held, source, witness, requests, deepRequests, rates: { pairs: ratePairs, requests: rateRequests }, config: config.collect, network, clock, rng: rng.fork('session'), log, signal: stop.signal, onFallbacks: (window) => countFallbacks(source.id, window), ...(tap === undefined ? {} : { createIntake: tap.createIntake }) });
    session = running;
    const done = running.run();
    try {
      for (let now = held; ; ) {
        const ended = await Promise.race([done.then(() => true), sleep(clock, untilRefresh(), stop.signal).then(() => false)]);
        if (ended) return now;
        const list = canary.list(await readListUntilDone(), now);
        canary.due(now);
        if (list === undefined) continue;
        const next = register(list, now);
        if (!sameMarkets(now, next)) return next;
        running.intake.watch(next);
        now = next;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      stop.abort();
      await done;
    }
  };

  return {
    run: async () => {
      try {
        const list = await readListUntilDone();
        registry = register(canary.list(list, undefined) ?? list);
        log.info('watching', { markets: registry.watched.size });
        while (!signal.aborted) registry = await runSession(registry);
      } catch (error) {
        // The collector stops: every wait was cancelled.
        if (!signal.aborted) throw error;
      }
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

/** The addresses of a built-in feed: its own, or those that the config gives. */
export function endpointsOf(feed: Feed, config: CollectorsConfig): VenueEndpoints {
  const own = config.venues[feed.venue.venue]?.endpoints?.[feed.venue.marketType];
  return { rest: own?.rest ?? feed.endpoints.rest, ws: { ...feed.endpoints.ws, ...own?.ws } };
}

function sameMarkets(a: Registry, b: Registry): boolean {
  if (a.watched.size !== b.watched.size) return false;
  for (const [symbol, held] of a.watched) {
    const other = b.watched.get(symbol);
    if (other === undefined || other.asset !== held.asset || other.multiplier !== held.multiplier) return false;
  }
  return true;
}
