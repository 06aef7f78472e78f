import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '@breakwater/daemon/compose';
import { parseConfig, type Config } from '@breakwater/daemon/config';
import { createSystemClock } from '@breakwater/platform/clock/system';
import type { MetricDescription, Metrics } from '@breakwater/platform/metrics';

/** A whole daemon whose venues, chain and bot are all away, on this machine. */
export interface IdleDaemon {
  /** Where its API is: `http://127.0.0.1:<port>/`. */
  readonly address: string;
  readonly metrics: Metrics;
  stop(): Promise<void>;
}

/** An address that nobody listens at: every connection is refused at once. */
const nowhere = { rest: 'http://127.0.0.1:1', ws: { public: 'ws://127.0.0.1:1' } };

/** A config of one of every part that has metrics, with everything in `folder`. Series go to `influx`; the stages meet on Kafka, where it is `shared`. */
function idleConfig(folder: string, influx: string, shared: boolean): Config {
  const config = parseConfig(JSON.stringify({
    assets: { OM: { tokens: [{ chain: 'eip155:1', address: '0x3593d125a4f7849a1b059e64f4517a86dd60c95d', decimals: 18 }] } }, venues: { okx: { markets: ['spot', 'swap'], endpoints: { spot: nowhere, swap: nowhere } } }, chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'] } },
    alerting: { api: { port: 0 }, notifiers: { terminal: {}, telegram: { token: '1:x', apiRoot: 'http://127.0.0.1:1', chats: [-1] } } }, ...(shared ? { bus: { kafka: { brokers: ['127.0.0.1:1'] } } } : {}),
    store: { path: join(folder, 'store.db'), series: { influx: { url: influx, spool: { path: join(folder, 'spool') } } } }, log: { level: 'silent' },
    telemetry: { otlp: { url: 'http://127.0.0.1:1/v1/traces', allowHosts: ['127.0.0.1'] } },
  }), () => '');
  if (!config.ok) throw new Error(`the daemon was not started: ${JSON.stringify(config.error)}`);
  return config.value;
}

const silent = { write: () => undefined, colour: false, json: true, stopped: new Promise(() => undefined), onEnd: () => undefined } as const;

/** What a daemon registers whose stages meet on Kafka, in alphabetical order. None is started: its brokers are nowhere. */
export async function sharedMetrics(): Promise<readonly MetricDescription[]> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-shared-'));
  const { metrics, lifecycle } = await compose(idleConfig(folder, 'http://127.0.0.1:1', true), { ...silent, onFatal: () => undefined });
  const described = metrics.described();
  await lifecycle.close({ timeoutMs: 5_000, clock: createSystemClock() });
  rmSync(folder, { recursive: true, force: true });
  return described;
}

/** Starts one of every part that has metrics, in a temporary folder: what a daemon says of itself while nothing works. Series go to `influx`, by default nowhere. */
export async function startIdleDaemon(options: { readonly influx?: string } = {}): Promise<IdleDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-idle-'));
  const config = idleConfig(folder, options.influx ?? 'http://127.0.0.1:1', false);
  let onServed: (address: string) => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const address = new Promise<string>((resolve, reject) => {
    onServed = resolve;
    failed = reject;
  });
  const daemon = await compose(config, { ...silent, onServed, onFatal: failed });
  const stop = async (): Promise<void> => {
    await daemon.lifecycle.close({ timeoutMs: 5_000, clock: createSystemClock() });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const started = daemon.pipeline.start();
    started.catch(failed);
    const served = await address;
    await started;
    // What alerting counts is there once its turn has begun.
    await daemon.pipeline.ready();
    return { address: served, metrics: daemon.metrics, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
