import type { FeedHealthMessage, WarningMessage } from '@breakwater/contracts';
import { randomUUID } from 'node:crypto';
import { createSigner, latestSigned, signingKeyOf } from '@breakwater/alerting';
import { startApi } from '@breakwater/alerting/api';
import { warningPicture } from '@breakwater/charts/render';
import { consoleFolder } from '@breakwater/console';
import { createRng, ok } from '@breakwater/models/core';
import { createActivity, type Activity } from '@breakwater/platform/activity';
import type { Clock } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createLifecycle, type Lifecycle } from '@breakwater/platform/lifecycle';
import { createLog, type Log } from '@breakwater/platform/log';
import { createMetrics, type Metrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { createNodeOutgoing } from '@breakwater/platform/network/outgoing-node';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import type { Adapters, Pipeline } from './adapters.ts';
import { openBus, openInstances, openShard, openStates } from './compose-kafka.ts';
import { openSeries } from './compose-series.ts';
import { openTracer } from './compose-tracer.ts';
import type { Config } from './config.ts';
import { readLabelFiles } from './labels/label-files.ts';
import { labelPathOf } from './labels/label-registry.ts';
import { noLabels, readLabelStore, type StoredLabels } from './labels/label-store.ts';
import { connectLockstep } from './drill/lockstep.ts';
import { createPipeline } from './pipeline.ts';
import { serveProbes } from './probes.ts';
import { recipientsOf } from './recipients.ts';
import { createReloader, type Reloader, type ReloaderDeps } from './reload/reloader.ts';
import { loadSigningSeed } from './signing-key.ts';
import { stagesOf, storePathOf, type StageChoice } from './stages.ts';
import { version } from './version.ts';

/** How a daemon process is put together. */
export interface ComposeOptions {
  /** What the process runs; everything by default. */
  readonly stage?: StageChoice;
  /** Which shard of the venues it collects, from 0, in turn with others that stand by; it is the only one that collects where this is absent. */
  readonly shard?: number | undefined;
  /** Where it serves its API or its probes, instead of where the config says. */
  readonly port?: number | undefined;
  /** Where others reach the API of this process; by default the name of this machine. */
  readonly address?: string | undefined;
  /** Takes the time from a drill at this address instead of the machine's clock. */
  readonly lockstep?: string | undefined;
  /** Where the terminal notifier writes. */
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** One JSON document a warning instead of lines for people. */
  readonly json: boolean;
  /** Reads the config anew, for a reload; every problem at once. Without it, what runs is not reloaded. */
  readonly reread?: ReloaderDeps['read'];
  /** Told where the console is, once it can be opened. */
  readonly onServed?: (address: string) => void;
  /** Told of every change in the health of a feed. */
  readonly onHealth?: (message: FeedHealthMessage) => void;
  /** Resolves when the process is asked to end: gives up waiting for a drill that has not begun. */
  readonly stopped: Promise<unknown>;
  /** The drill ended or asked to stop. */
  readonly onEnd: () => void;
  readonly onFatal: (error: unknown) => void;
}

/** A daemon ready to start. */
export interface Daemon {
  readonly pipeline: Pipeline;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Reads the config file anew and goes on with it; a failure halfway was given to `onFatal`. */
  readonly reload: Reloader['reload'];
}

/** Where a process that has no API serves its probes when the config does not say; the others have them on the API. */
const probePorts: Readonly<Partial<Record<StageChoice, number>>> = { collect: 8_711, score: 8_712 };

async function clockOf(options: ComposeOptions, network: Network, activity: Activity, lifecycle: Lifecycle, idle: () => Promise<void>): Promise<Clock> {
  if (options.lockstep === undefined) return createSystemClock();
  const lockstep = connectLockstep(options.lockstep, { network, activity, idle, onEnd: options.onEnd });
  lifecycle.onClose('lockstep', () => lockstep.close());
  const begun = await Promise.race([lockstep.started.then(() => true), options.stopped.then(() => false)]);
  if (!begun) {
    await lifecycle.close({ timeoutMs: 1_000, clock: createSystemClock() });
    throw new BreakwaterError('aborted', 'the daemon was stopped before its drill began');
  }
  return lockstep.clock;
}

/** The labels that were imported. */
function storedOf(config: Config, log: Log): StoredLabels {
  const path = labelPathOf(config);
  const stored = readLabelStore(path);
  if (stored.tornBytes > 0) log.warn('the last import of labels was cut off', { path, bytes: stored.tornBytes, todo: 'import it again' });
  return stored;
}

/** Chooses the real adapters and wires the pipeline on them. Fails with a `BreakwaterError` when the store cannot be opened. */
export async function compose(config: Config, options: ComposeOptions): Promise<Daemon> {
  const { stage = 'all' } = options;
  const stages = stagesOf(stage);
  const log = stage === 'all' ? createLog(config.log.level) : createLog(config.log.level).with({ process: stage });
  const lifecycle = createLifecycle({ log });
  const activity = createActivity();
  const network = createNodeNetwork({ activity, userAgent: `breakwater/${version}` });
  let busIdle = async (): Promise<void> => undefined;
  const clock = await clockOf(options, network, activity, lifecycle, () => busIdle());
  const storePath = storePathOf(config.store.path, stage);
  const store = openEmbeddedStore({ path: storePath, log, retentionMs: config.store.keepSeriesDays * 86_400_000 });
  lifecycle.onClose('store', () => store.close());
  const metrics = createMetrics({ process: true });
  const { series, status: seriesStatus } = await openSeries(config.store.series.influx, { embedded: store.series, stage, storePath, lifecycle, metrics, log: log.with({ stage: 'series' }) });
  // Only backoff and jitter draw from it in production: figures do not depend on it.
  const rng = createRng(clock.now() % 4_294_967_296);
  const tracer = await openTracer(config.telemetry.otlp, { lifecycle, metrics, log: log.with({ stage: 'trace' }), instance: randomUUID() });
  let heal: Parameters<Adapters['onConflated']>[0] = () => undefined;
  const { bus, isConnected } = openBus({ config, stage, activity, rng: rng.fork('bus'), lifecycle, metrics, log, onConflated: (message) => heal(message) });
  const { onHealth } = options;
  if (onHealth !== undefined && stages.includes('alert')) bus.subscribe('global', { group: 'health', alone: 'new', handler: (batch) => batch.forEach((message) => message.kind === 'feed.health' && onHealth(message)) });
  const signer = stages.includes('alert') ? createSigner(loadSigningSeed(`${config.store.path}.key`)) : undefined;
  const instances = stages.includes('alert') ? openInstances({ config, port: options.port, address: options.address, rng, lifecycle, log: log.with({ stage: 'alert' }) }) : undefined;
  const shard = stages.includes('collect') && options.shard !== undefined ? openShard({ config, index: options.shard, rng, lifecycle, log: log.with({ stage: 'collect' }) }) : undefined;
  const states = stages.includes('score') ? openStates({ config, rng, lifecycle, log: log.with({ stage: 'score' }) }) : undefined;
  const startedAt = clock.now();
  const reload: Reloader['reload'] = async () => {
    try {
      return await reloader.reload();
    } catch (error) {
      options.onFatal(error);
      throw error;
    }
  };
  const serve: Adapters['serve'] = async (faces) => {
    const { api } = config.alerting;
    const isBare = faces === undefined || signer === undefined;
    const port = (isBare ? options.port : undefined) ?? config.probes.port ?? (isBare ? probePorts[stage] : undefined);
    const stopProbes = port === undefined ? async () => undefined : await serveProbes({ host: config.probes.host, port, isReady: () => !isBare || isConnected(), metrics, log: log.with({ stage: 'probes' }) });
    if (isBare || !api.enabled) return stopProbes;
    const { view, acknowledge, latestHeartbeat, activeAt } = faces;
    const running = await startApi({
      config: { ...api, port: options.port ?? api.port }, clock, wall: createSystemClock(), view, journal: instances?.journal.copy ?? store.journal, series, acknowledge, activeAt, reload, snapshotOf: async (asset) => view.snapshot(asset),
      signedHeartbeat: () => latestSigned(signer, latestHeartbeat()?.signed ?? null, view.heartbeat()), signingKey: signingKeyOf(signer), metrics, log: log.with({ stage: 'api' }), tracer, consoleFolder,
      facts: { version, instance: randomUUID(), clockKind: options.lockstep === undefined ? 'system' : 'simulated', startedAt, horizonSeconds: config.scoring.horizonSeconds, series: seriesStatus },
    });
    options.onServed?.(running.address);
    return async () => {
      await Promise.all([running.close(), stopProbes()]);
    };
  };
  const labels = new Map(readLabelFiles(config));
  // Only who collects asks whose an address is.
  const readStored = (of: Config): StoredLabels => (stages.includes('collect') ? storedOf(of, log) : noLabels);
  const storedLabels = { current: readStored(config) };
  const adapters: Adapters = {
    clock, rng, network, bus, journal: store.journal, instances, shard, states, series, activity, log, metrics, tracer, labels, storedLabels, signer, serve, onConflated: (fn) => void (heal = fn),
  };
  const outgoing = createNodeOutgoing({ activity, userAgent: `breakwater/${version}` });
  const deps = { clock, rng, outgoing, log, write: options.write, colour: options.colour, json: options.json, picture: (warning: WarningMessage) => warningPicture(warning) };
  const pipeline = createPipeline(adapters, config, (view, on) => recipientsOf({ ...deps, ...on }, view), options.onFatal, stages);
  busIdle = async () => {
    await pipeline.ready();
    await bus.idle();
  };
  lifecycle.onClose('stages', () => pipeline.stop());
  const reloader = createReloader({
    config, read: options.reread ?? ((): ReturnType<ReloaderDeps['read']> => ok(config)), log: log.with({ stage: 'reload' }),
    labels: new Map(labels), readLabels: readLabelFiles, stored: storedLabels.current, readStored,
    prepare: (next, read, stored) => ({
      apply: async () => {
        for (const [file, entries] of read) labels.set(file, entries);
        storedLabels.current = stored;
        await pipeline.follow(next);
      },
    }),
  });
  return { pipeline, log, lifecycle, clock, metrics, reload };
}
