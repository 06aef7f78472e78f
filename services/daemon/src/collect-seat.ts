import { createCollector, nativeFeeds, type Collector } from '@breakwater/collectors';
import { assignVenues, runShard, type ShardTerm } from '@breakwater/collectors/shard';
import type { SourceId } from '@breakwater/models/core';
import { registeredOnce } from '@breakwater/platform/metrics';
import type { Journal } from '@breakwater/platform/store';
import { createAccountStore } from './account-store.ts';
import type { Adapters, CollectShard } from './adapters.ts';
import { createChainFeeds, type ChainFeeds } from './chain-feeds.ts';
import type { Config } from './config.ts';
import { expectedSources } from './settings.ts';
import { isFenced, staleLease } from './stale-lease.ts';

/** What the collect stage of this process is made of. */
export interface CollectSeatDeps {
  readonly adapters: Adapters;
  readonly config: Config;
  readonly log: (stage: string) => Adapters['log'];
  readonly signal: AbortSignal;
  /** Work that ends with the signal; what it rejects with before that is fatal. */
  readonly run: (work: Promise<void>) => void;
}

/** The place of this process among those that collect: the only one, or one that reads a shard of the venues in turn with others that stand by. */
export interface CollectSeat extends Pick<Collector, 'status' | 'generic' | 'republish'> {
  start(): void;
  /** Resolves when it collects. */
  ready(): Promise<void>;
  /** Whether the turn of now lasts, for what is published under it; undefined where there are no turns. */
  until(): (() => boolean) | undefined;
  /** Goes on under another config, now and in every later turn. */
  follow(next: Config): Promise<void>;
}

/** The feeds of one turn. */
interface Running {
  readonly collector: Collector;
  readonly chains: ChainFeeds;
  readonly until: (() => boolean) | undefined;
}

/** The part of a config that a shard reads: its venues, and with the first one all chains. */
export function shardOf(config: Config, { index, count }: Pick<CollectShard, 'index' | 'count'>): Config {
  const table = assignVenues(Object.keys(config.venues), count);
  return { ...config, venues: Object.fromEntries(Object.entries(config.venues).filter(([id]) => table.get(id) === index)), chains: index === 0 ? config.chains : {} };
}

/** Makes the seat: alone where the adapters name no shard. Throws a `BreakwaterError` on tokens that cannot be watched. */
export function createCollectSeat(deps: CollectSeatDeps): CollectSeat {
  const { adapters, signal, run } = deps;
  const { bus, network, clock, rng, tracer, shard } = adapters;
  const log = deps.log('collect');
  const metrics = registeredOnce(adapters.metrics);
  const own = (config: Config): Config => (shard === undefined ? config : shardOf(config, shard));
  let config = own(deps.config);
  let active: Running | undefined;
  let onReady = (): void => undefined;
  let readied = new Promise<void>((resolve) => (onReady = resolve));

  const make = (on: Pick<Adapters, 'bus' | 'journal'>, until: AbortSignal, term?: ShardTerm): Running => ({
    collector: createCollector({
      feeds: nativeFeeds, config, network, clock, rng: rng.fork('venues'), publish: (topic, message) => on.bus.publish(topic, message), log, metrics, tracer, signal: until, accountStore: createAccountStore(on.journal), ...(term === undefined ? {} : { tailOf: term.tailOf }),
    }),
    chains: createChainFeeds({ adapters: { ...adapters, ...on }, config, log, signal: until }), until: term?.held,
  });
  const shared = {
    status: () => active?.collector.status() ?? [], generic: () => active?.collector.generic() ?? {}, republish: (...of: Parameters<Collector['republish']>) => active?.collector.republish(...of) ?? false,
    ready: () => readied,
    until: () => (active === undefined ? noTurn : active.until),
    follow: async (next: Config) => {
      config = own(next);
      await active?.chains.follow(config);
      await active?.collector.reconfigure(config);
    },
  };
  if (shard === undefined) {
    const only = make(adapters, signal);
    active = only;
    return {
      ...shared,
      start: () => {
        run(only.chains.run());
        run(only.collector.run());
        onReady();
      },
    };
  }
  const sources = new Set<SourceId>(expectedSources(config));
  /** One turn, until its lease ends: how far chains were read is in the journal of the shard, which only its holder can write. */
  const turn = async (term: ShardTerm): Promise<void> => {
    const journal = await shard.journal.take({ term: term.term, address: '', held: term.held, signal: term.signal }).catch((error: unknown) => {
      throw staleLease(`collect-${shard.index}`, term, shard.journal.writer()) ?? error;
    });
    try {
      const held = make({ journal: workOf(adapters.activity, journal), bus: { ...bus, publish: term.publish, publishDurable: term.publishDurable } }, term.signal, term);
      active = held;
      onReady();
      await Promise.all([held.chains.run(), held.collector.run()]);
    } finally {
      // Its producer would keep the process from ending.
      await journal.close();
      active = undefined;
      readied = new Promise<void>((resolve) => (onReady = resolve));
    }
  };
  return {
    ...shared,
    follow: async (next) => {
      await shared.follow(next);
      for (const source of expectedSources(config)) sources.add(source);
    },
    start: () => run(runShard({
      shard: `collect-${shard.index}`, holder: shard.holder, sources, bus, leases: shard.leases, clock, leaseClock: shard.clock, log, signal, listenMs: shard.listenMs,
      createCollector: (term) => ({ run: () => turn(term).catch((error: unknown) => endOf(error, term)) }),
    })),
  };
}

/** The journal, with what is asked of it in flight in the eyes of a clock that waits: what follows from a commit on Kafka follows later. */
function workOf(activity: Adapters['activity'], journal: Journal): Journal {
  const tracked = async <T>(ask: () => Promise<T>): Promise<T> => {
    const end = activity.begin('journal of collecting');
    return ask().finally(end);
  };
  return { ...journal, checkpoint: (name) => tracked(() => journal.checkpoint(name)), saveCheckpoints: (values) => tracked(() => journal.saveCheckpoints(values)) };
}

function noTurn(): boolean {
  return false;
}

/** What fails because a turn is over is no failure. */
function endOf(error: unknown, { held }: ShardTerm): void {
  if (held() && !isFenced(error)) throw error;
}
