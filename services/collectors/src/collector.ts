import type { InstrumentId } from '@breakwater/models/core';
import { currencyCode, venueId } from '@breakwater/models/core';
import type { CollectorDeps, FeedStatusReport } from './collector-types.ts';
import type { CollectorsConfig, VenueConfig } from './config.ts';
import { assetRules } from './config.ts';
import type { FeedRunner, SharedByFeeds } from './feed-runner.ts';
import { createFeedRunner } from './feed-runner.ts';
import type { Feed } from './feeds.ts';
import { wantedRates } from './rate-pairs.ts';
import { createSharedLimits } from './session/requests.ts';
import { createWitness } from './session/witness.ts';
import type { CcxtFeed, CcxtFeedStats } from './venues/ccxt/index.ts';
import { ccxtFeedConfig, createCcxtFeed } from './venues/ccxt/index.ts';

export type * from './collector-types.ts';

/** The COLLECT stage of exchanges: built-in feeds, and the generic one for every other venue of the config. */
export interface Collector {
  /** Runs until the signal aborts. */
  run(): Promise<void>;
  status(): readonly FeedStatusReport[];
  /** Counters of the generic feeds, by venue. */
  generic(): Readonly<Record<string, CcxtFeedStats>>;
  /**
   * Collects what another config says from now on: its venues and assets; nothing else of it is looked at. What both configs have in common is not touched: no
   * socket is opened anew, no book is read again (but those of generic feeds whose markets change). Resolves when what is no longer asked for has ended and was said to have. Call one at a time, after `run`.
   */
  reconfigure(config: CollectorsConfig): Promise<void>;
  /** Replaces every socket without a gap, so that each book comes anew as a whole. */
  replaceSockets(): void;
  /** Publishes a book anew as a whole, for a subscriber that lost an update; false when it is not in use (its snapshot follows by itself). */
  republish(instrument: InstrumentId): boolean;
}

/** Makes the collector of every enabled feed. */
export function createCollector(deps: CollectorDeps): Collector {
  const { signal } = deps;
  let { config } = deps;
  const read = deps.metrics?.counter('breakwater_frames_total', 'Frames of kinds that the byte decoder has shapes for, counted in thousands', ['source', 'kind']);
  const left = deps.metrics?.counter('breakwater_frames_fell_back_total', 'Those of them that the byte decoder left to the plain path', ['source', 'kind']);
  const shared: SharedByFeeds = {
    // Every feed that lists spot markets reads the rates that any feed, and the floor of any reserve, needs: sources are compared, and a venue that lists none is served by the others.
    wanted: () => wantedRates([...feeds.values(), ...generic.values()].flatMap((f) => f.quotes()), Object.values(config.assets).flatMap(({ reserve }) => (reserve === undefined ? [] : [currencyCode(reserve.currency)]))),
    witness: createWitness(), limits: createSharedLimits(), sources: new Map(),
    countFallbacks: (source, { kind, frames, fellBack }) => {
      read?.inc({ source, kind }, frames);
      left?.inc({ source, kind }, fellBack);
    },
  };
  const newFeed = (feed: Feed): FeedRunner => createFeedRunner(feed, config, deps, shared);
  const newGeneric = (name: string, venue: VenueConfig): GenericFeed => {
    const end = new AbortController();
    const feed = createCcxtFeed({
      venueId: venueId(name), rules: assetRules(config.assets), publish: deps.publish, clock: deps.clock, rng: deps.rng.fork(name), log: deps.log.with({ venue: name }), signal: AbortSignal.any([signal, end.signal]),
      config: venue.ccxt ?? ccxtFeedConfig.parse({}), ...(deps.exchangeFactory === undefined ? {} : { exchangeFactory: deps.exchangeFactory }),
    });
    return { ...feed, end };
  };
  const feeds = new Map(deps.feeds.filter((f) => isEnabled(f, config)).map((f) => [f, newFeed(f)]));
  const generic = new Map(genericVenues(config).map(([name, venue]) => [name, newGeneric(name, venue)]));
  const running = new Map<{ run(): Promise<void> }, Promise<void>>();
  let onBug: (error: unknown) => void = () => undefined;
  const launch = (feed: { run(): Promise<void> }): void => void running.set(feed, feed.run().catch(onBug));

  const endGeneric = async (name: string, feed: GenericFeed, stays: (instrument: InstrumentId) => boolean, isGone: boolean): Promise<void> => {
    feed.end.abort();
    await running.get(feed);
    running.delete(feed);
    generic.delete(name);
    feed.retire(stays, isGone);
  };
  const followGeneric = async (before: CollectorsConfig): Promise<void> => {
    const wanted = new Map(genericVenues(config));
    const rules = assetRules(config.assets);
    for (const [name, feed] of generic) {
      const venue = wanted.get(name);
      const stays = feed.under(rules);
      if (venue !== undefined && sameVenue(before, config, name) && stays === 'same') continue;
      await endGeneric(name, feed, (id) => venue !== undefined && stays !== 'same' && stays.has(id), venue === undefined);
    }
    for (const [name, venue] of wanted) {
      if (generic.has(name)) continue;
      const feed = newGeneric(name, venue);
      generic.set(name, feed);
      launch(feed);
    }
  };
  return {
    run: async () => {
      const bug = new Promise<never>((_resolve, reject) => (onBug = reject));
      for (const feed of [...feeds.values(), ...generic.values()]) launch(feed);
      await Promise.race([untilAborted(signal), bug]);
      await Promise.all(running.values());
    },
    reconfigure: async (next) => {
      const before = config;
      config = next;
      for (const [feed, runner] of feeds) {
        if (isEnabled(feed, next) && sameVenue(before, next, feed.venue.venue)) {
          runner.follow(assetRules(next.assets));
          continue;
        }
        feeds.delete(feed);
        await runner.end();
        running.delete(runner);
      }
      for (const feed of deps.feeds) {
        if (feeds.has(feed) || !isEnabled(feed, next)) continue;
        const runner = newFeed(feed);
        feeds.set(feed, runner);
        launch(runner);
      }
      await followGeneric(before);
    },
    status: () => [...feeds.values()].map((f) => f.status()),
    generic: () => Object.fromEntries([...generic].map(([id, feed]) => [id, feed.stats()])),
    replaceSockets: () => feeds.forEach((f) => f.replaceSockets()),
    republish: (instrument) => [...feeds.values()].some((f) => f.republish(instrument)),
  };
}

/** A generic feed that can be ended alone. */
type GenericFeed = CcxtFeed & { readonly end: AbortController };

function genericVenues(config: CollectorsConfig): readonly (readonly [string, VenueConfig])[] {
  return Object.entries(config.venues).filter(([, venue]) => venue.enabled && venue.feed === 'ccxt');
}

/** Whether a venue is read alike under both configs; which of its market types are read is another question. */
function sameVenue(a: CollectorsConfig, b: CollectorsConfig, name: string): boolean {
  const settings = ({ venues }: CollectorsConfig): string => JSON.stringify({ ...venues[name], markets: undefined });
  return settings(a) === settings(b);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
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
