import { readFileSync } from 'node:fs';
import type { FeedHealthMessage, WarningMessage } from '@breakwater/contracts';
import { randomUUID } from 'node:crypto';
import { createSigner, signingKeyOf } from '@breakwater/alerting';
import { startApi } from '@breakwater/alerting/api';
import { warningPicture } from '@breakwater/charts/render';
import { parseLabels } from '@breakwater/collectors/chains';
import { consoleFolder } from '@breakwater/console';
import { createRng } from '@breakwater/models/core';
import { createActivity, type Activity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
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
import type { Adapters } from './adapters.ts';
import { openSeries } from './compose-series.ts';
import type { Config } from './config.ts';
import { connectLockstep } from './drill/lockstep.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { recipientsOf } from './recipients.ts';
import { loadSigningSeed } from './signing-key.ts';
import { version } from './version.ts';

/** How a daemon process is put together. */
export interface ComposeOptions {
  /** Takes the time from a drill at this address instead of the machine's clock. */
  readonly lockstep?: string | undefined;
  /** Where the terminal notifier writes. */
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** One JSON document a warning instead of lines for people. */
  readonly json: boolean;
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
}

/** Messages waiting for a stage before the oldest book updates are conflated. */
const queueLimit = 200_000;

async function clockOf(options: ComposeOptions, network: Network, activity: Activity, lifecycle: Lifecycle): Promise<Clock> {
  if (options.lockstep === undefined) return createSystemClock();
  const lockstep = connectLockstep(options.lockstep, network, activity, options.onEnd);
  lifecycle.onClose('lockstep', () => lockstep.close());
  const begun = await Promise.race([lockstep.started.then(() => true), options.stopped.then(() => false)]);
  if (!begun) {
    await lifecycle.close({ timeoutMs: 1_000, clock: createSystemClock() });
    throw new BreakwaterError('aborted', 'the daemon was stopped before its drill began');
  }
  return lockstep.clock;
}

function readLabelFiles(config: Config): Adapters['labels'] {
  const files = new Set(Object.values(config.chains).flatMap((chain) => (chain.family === 'evm' ? chain.labelFiles : [])));
  return new Map([...files].map((file) => {
    const parsed = parseLabels(readFileSync(file, 'utf8'));
    if (parsed.ok) return [file, parsed.value] as const;
    const [first] = parsed.error;
    throw new BreakwaterError('bad-answer', `label file ${file} not read: ${parsed.error.length} bad lines, first line ${first?.line ?? 0}: ${first?.rule ?? ''}, got ${first?.got ?? ''}`);
  }));
}

/** Chooses the real adapters and wires the pipeline on them. Fails with a `BreakwaterError` when the store cannot be opened. */
export async function compose(config: Config, options: ComposeOptions): Promise<Daemon> {
  const log = createLog(config.log.level);
  const lifecycle = createLifecycle({ log });
  const activity = createActivity();
  const network = createNodeNetwork({ activity, userAgent: `breakwater/${version}` });
  const clock = await clockOf(options, network, activity, lifecycle);
  const store = openEmbeddedStore({ path: config.store.path, log, retentionMs: config.store.keepSeriesDays * 86_400_000 });
  lifecycle.onClose('store', () => store.close());
  const metrics = createMetrics({ process: true });
  const { series, status: seriesStatus } = await openSeries(config.store.series.influx, { embedded: store.series, storePath: config.store.path, lifecycle, metrics, log: log.with({ stage: 'series' }) });
  let heal: Parameters<Adapters['onConflated']>[0] = () => undefined;
  const bus = createMemoryBus({
    activity, queueLimit,
    onConflated: (message) => {
      log.warn('book update left out: a stage is slower than its input', { instrument: message.instrument });
      heal(message);
    },
  });
  lifecycle.onClose('bus', () => bus.close());
  const { onHealth } = options;
  if (onHealth !== undefined) bus.subscribe('global', { group: 'health', handler: (batch) => batch.forEach((message) => message.kind === 'feed.health' && onHealth(message)) });
  // Only backoff and jitter draw from it in production: figures do not depend on it.
  const rng = createRng(clock.now() % 4_294_967_296);
  const signer = createSigner(loadSigningSeed(`${config.store.path}.key`));
  const startedAt = clock.now();
  const serve: Adapters['serve'] = async ({ view, acknowledge, latestHeartbeat }) => {
    const { api } = config.alerting;
    if (!api.enabled) return async () => undefined;
    const running = await startApi({
      config: api, clock, wall: createSystemClock(), view, journal: store.journal, series, acknowledge, snapshotOf: async (asset) => view.snapshot(asset),
      signedHeartbeat: () => latestHeartbeat()?.signed ?? null, signingKey: signingKeyOf(signer), metrics, log: log.with({ stage: 'api' }), consoleFolder,
      facts: { version, instance: randomUUID(), clockKind: options.lockstep === undefined ? 'system' : 'simulated', startedAt, horizonSeconds: config.scoring.horizonSeconds, series: seriesStatus },
    });
    options.onServed?.(running.address);
    return () => running.close();
  };
  const adapters: Adapters = {
    clock, rng, network, bus, journal: store.journal, series, activity, log, metrics, labels: readLabelFiles(config), signer, serve, onConflated: (fn) => void (heal = fn),
  };
  const outgoing = createNodeOutgoing({ activity, userAgent: `breakwater/${version}` });
  const deps = { config, clock, rng, journal: store.journal, outgoing, lifecycle, log, metrics, write: options.write, colour: options.colour, json: options.json, picture: (warning: WarningMessage) => warningPicture(warning) };
  const pipeline = createPipeline(adapters, config, (view) => recipientsOf(deps, view), options.onFatal);
  lifecycle.onClose('stages', () => pipeline.stop());
  return { pipeline, log, lifecycle, clock, metrics };
}
