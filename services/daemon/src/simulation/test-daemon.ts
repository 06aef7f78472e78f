import { createSigner } from '@breakwater/alerting';
import type { EpochMs, Rng } from '@breakwater/models/core';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import type { Bus } from '@breakwater/platform/bus';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import type { Tracer } from '@breakwater/platform/trace';
import { createSimulatedClock, createSimulatedNetwork, type Endpoint, type SimulatedClock, type SimulatedDisk, type SimulatedNetwork } from '@breakwater/platform/simulated';
import type { Journal, WarningCommit } from '@breakwater/platform/store';
import type { Adapters, Pipeline } from '../adapters.ts';
import type { Config } from '../config.ts';
import { createPipeline } from '../pipeline.ts';
import { allStages, type Stage } from '../stages.ts';
import { createPatientActivity } from './test-activity.ts';
import { createObserver, type Observer } from './test-observer.ts';
import type { Recipients } from './test-recipients.ts';

/** One life of the daemon, from its start to its death. */
export interface Daemon {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly observer: Observer;
  readonly journal: Journal;
  readonly pipeline: Pipeline;
  /** Book updates left out because a stage was behind. */
  conflated(): number;
  alive(): boolean;
  /** Why it ended by itself; undefined when it was killed or lives. */
  failure(): unknown;
  /** It dies at the `points`-th crash point from now, or from the next commit that carries a warning (its own points are the first three). */
  armCrash(points: number, from: 'now' | 'warnings'): void;
  /** Whether a crash that was armed has not come. */
  armed(): boolean;
  kill(): void;
}

/** What a life is made of. */
export interface DaemonDeps {
  readonly config: Config;
  readonly disk: SimulatedDisk;
  /** Disks of the collect and the score stage: then each stage is a pipeline of its own, and the three have nothing in common but the bus and the clock. */
  readonly split?: { readonly collect: SimulatedDisk; readonly score: SimulatedDisk } | undefined;
  readonly recipients: Recipients;
  readonly resolve: (url: string) => Endpoint | undefined;
  readonly startAt: EpochMs;
  readonly rng: Rng;
  readonly log: Log;
  readonly tracer?: Tracer | undefined;
}

const never = new Promise<never>(() => undefined);
/** Small, so that book updates give way while a stage waits for the disk. */
const queueLimit = 40;

/** Starts a daemon on a disk. Nothing of it does anything any more after `kill`. */
export function startDaemon(deps: DaemonDeps): Daemon {
  const { disk, rng } = deps;
  let alive = true;
  let failure: unknown;
  let pointsLeft = 0;
  let pointsFromWarnings = 0;
  const kill = (): void => {
    if (!alive) return;
    alive = false;
    disk.crash();
    deps.recipients.crash();
  };
  const point = (): void => {
    if (pointsLeft > 0 && --pointsLeft === 0) kill();
  };
  const onWarnings = (): void => {
    if (pointsFromWarnings === 0) return;
    pointsLeft = pointsFromWarnings;
    pointsFromWarnings = 0;
  };
  const onFatal = (error: unknown): void => {
    if (!alive) return;
    failure = error;
    kill();
  };

  const activity = createPatientActivity();
  const clock = createSimulatedClock({ start: deps.startAt, activity });
  const network = createSimulatedNetwork({ clock, rng: rng.fork('network'), latencyMs: [5, 60], resolve: deps.resolve });
  const store = disk.open();
  let heal: Parameters<Adapters['onConflated']>[0] = () => undefined;
  let conflated = 0;
  const bus = createMemoryBus({
    activity, queueLimit,
    onConflated: (message) => {
      conflated++;
      if (alive) heal(message);
    },
  });
  const observer = createObserver();
  const adaptersOn = (own: ReturnType<SimulatedDisk['open']>): Adapters => ({
    clock: { now: () => clock.now(), after: (ms, fn) => clock.after(ms, () => (alive ? fn() : undefined)) },
    rng: rng.fork('daemon'), network: mortalNetwork(network, () => alive), bus: mortalBus(bus, observer, point, () => alive), journal: mortalJournal(own.journal, point, onWarnings, () => alive),
    series: own.series, activity, log: deps.log, metrics: createMetrics(), tracer: deps.tracer, labels: new Map(), signer: createSigner(new Uint8Array(32)), serve: async () => async () => undefined, onConflated: (fn) => void (heal = fn),
  });
  const pipelineOf = (own: ReturnType<SimulatedDisk['open']>, stages: readonly Stage[]): Pipeline => createPipeline(adaptersOn(own), deps.config, () => ({ notifiers: deps.recipients.notifiers(point), run: async () => undefined, follow: () => ({ notifiers: deps.recipients.notifiers(point), retire: async () => undefined }), close: async () => undefined }), onFatal, stages);
  const pipeline = deps.split === undefined ? pipelineOf(store, allStages) : inOrder([pipelineOf(deps.split.collect.open(), ['collect']), pipelineOf(deps.split.score.open(), ['score']), pipelineOf(store, ['alert'])]);
  // Not awaited: what a start waits for may need the clock.
  pipeline.start().catch(onFatal);
  return {
    clock, network, observer, journal: store.journal, pipeline, conflated: () => conflated, alive: () => alive, failure: () => failure, kill, armed: () => alive && pointsLeft > 0,
    armCrash: (points, from) => {
      if (from === 'now') pointsLeft = points;
      else pointsFromWarnings = points;
    },
  };
}

/** Pipelines of one stage each, in the order of the flow, as one. */
function inOrder(pipelines: readonly Pipeline[]): Pipeline {
  return {
    start: async () => {
      for (const pipeline of [...pipelines].reverse()) await pipeline.start();
    },
    ready: async () => {
      for (const pipeline of pipelines) await pipeline.ready();
    },
    stop: async () => {
      for (const pipeline of pipelines) await pipeline.stop();
    },
    follow: async (config) => {
      for (const pipeline of [...pipelines].reverse()) await pipeline.follow(config);
    },
    status: () => {
      const all = pipelines.map((pipeline) => pipeline.status());
      const sum = (of: (status: ReturnType<Pipeline['status']>) => number): number => all.reduce((total, status) => total + of(status), 0);
      return { scores: sum((s) => s.scores), lateMessages: sum((s) => s.lateMessages), forcedTicks: sum((s) => s.forcedTicks), markets: sum((s) => s.markets) };
    },
  };
}

/** Nothing reaches a dead process. */
function mortalNetwork(network: Network, alive: () => boolean): Network {
  return {
    openSocket: (url, handlers, options) => network.openSocket(url, {
      onOpen: () => {
        if (alive()) handlers.onOpen();
      },
      onFrame: (bytes) => {
        if (alive()) handlers.onFrame(bytes);
      },
      onClose: (code, reason) => {
        if (alive()) handlers.onClose(code, reason);
      },
    }, options),
    request: async (request) => {
      try {
        return await network.request(request);
      } finally {
        if (!alive()) await never;
      }
    },
  };
}

function mortalBus(bus: Bus, observer: Observer, point: () => void, alive: () => boolean): Bus {
  return {
    ...bus,
    publish: (topic, message) => {
      if (!alive()) return;
      observer.hear(message);
      bus.publish(topic, message);
    },
    publishDurable: async (topic, messages) => {
      point();
      if (!alive()) await never;
      for (const message of messages) observer.hear(message);
      await bus.publishDurable(topic, messages);
      point();
      if (!alive()) await never;
    },
  };
}

/** A process can die before a write, while it is under way (the disk decides how much of it was done) and after it was acknowledged. */
function mortalJournal(journal: Journal, point: () => void, onWarnings: () => void, alive: () => boolean): Journal {
  const mortal = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>, writing: boolean) => async (...args: A): Promise<R> => {
    if (writing) point();
    if (!alive()) return never;
    const answer = call(...args);
    // Claimed now: a crash during the call rejects it.
    answer.catch(() => undefined);
    if (writing) point();
    try {
      return await answer;
    } finally {
      if (writing) point();
      if (!alive()) await never;
    }
  };
  const commitWarnings = mortal((commit: WarningCommit) => journal.commitWarnings(commit), true);
  return {
    saveCheckpoints: mortal((values) => journal.saveCheckpoints(values), true), recordAttempt: mortal((entry, outcome) => journal.recordAttempt(entry, outcome), true),
    commitWarnings: (commit) => {
      if (commit.warnings.length > 0) onWarnings();
      return commitWarnings(commit);
    },
    checkpoint: mortal((name) => journal.checkpoint(name), false), openWarnings: mortal((asset) => journal.openWarnings(asset), false),
    warnings: mortal((after, limit) => journal.warnings(after, limit), false), warning: mortal((id) => journal.warning(id), false),
    pending: mortal((recipient, now, limit, order) => journal.pending(recipient, now, limit, order), false), nextDue: mortal((recipient, order) => journal.nextDue(recipient, order), false),
    latestWarnings: mortal((query) => journal.latestWarnings(query), false), close: () => journal.close(),
  };
}

/** Whether a daemon ended for a reason for which it is right to end: its supervisor starts it again. */
export function lawfulEnd(failure: unknown): boolean {
  return failure instanceof BreakwaterError && failure.code === 'store-failed';
}
