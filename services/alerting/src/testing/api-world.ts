import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WarningMessage } from '@breakwater/contracts';
import { assetId, epochMs, ok, sourceId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSecret } from '@breakwater/platform/config';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import type { ApiConfig } from '../api/config.ts';
import { apiConfig } from '../api/config.ts';
import { createLiveView } from '../api/live-view.ts';
import type { ApiDeps } from '../api/start.ts';
import { createSigner, signingKeyOf } from '../heartbeat/sign.ts';
import { sampleTime } from './sample.ts';
import { sampleHeartbeat } from './sample-heartbeat.ts';

/** Tokens of the tests: one that reads and one that writes. */
export const readerToken = 'reader-token-of-these-tests-0001';
/** The token that may reload the configuration. */
export const adminToken = 'admin-token-of-these-tests-00001';
/** The token that writes. */
export const committeeToken = 'committee-token-of-the-tests-001';
/** Settings under which others reach the server: with tokens, behind a proxy. */
export const publicConfig = {
  host: '0.0.0.0', behindProxy: true,
  tokens: [{ name: 'exchange', role: 'reader', token: createSecret(readerToken) }, { name: 'ada', role: 'committee', token: createSecret(committeeToken) }, { name: 'root', role: 'admin', token: createSecret(adminToken) }],
} as const;

/** Everything the API stands on, with an embedded store in a folder of its own, a bus, and two clocks that stand still. */
export async function apiWorld(settings: Readonly<Record<string, unknown>> = {}, change: Partial<ApiDeps> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-api-'));
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime) });
  const wall = createSimulatedClock({ start: epochMs(sampleTime) });
  const bus = createMemoryBus({ activity, queueLimit: 10_000 });
  const store = openEmbeddedStore({ path: join(folder, 'store.db') });
  const { journal, series } = store;
  const metrics = createMetrics();
  const om = assetId('OM');
  const view = createLiveView({
    bus, journal, clock, log: silentLog, assets: [om, assetId('TIA')], sources: [sourceId('binance:usdm'), sourceId('eip155:1')], chains: [sourceId('eip155:1')], tickEveryMs: 1_000,
  });
  await view.start();
  const config: ApiConfig = apiConfig.parse({ port: 0, ...settings });
  const acknowledged: (readonly [string, string, string | undefined])[] = [];
  const acknowledge: ApiDeps['acknowledge'] = async (id, by, note) => {
    acknowledged.push([id, by, note]);
    const last = (await journal.warning(id)).at(-1);
    if (last === undefined) return { ok: false, error: 'unknown-warning' };
    return last.state === 'firing' ? ok({ ...last, state: 'acknowledged', acknowledgedBy: by }) : { ok: false, error: 'not-open' };
  };
  let reloads = 0;
  const reload: ApiDeps['reload'] = async () => {
    reloads++;
    return { outcome: 'unchanged', changes: [], problems: [], restart: [] };
  };
  const deps: ApiDeps = {
    config, facts: { version: '0.1.0', instance: 'test', clockKind: 'simulated', startedAt: epochMs(sampleTime), horizonSeconds: 900 }, clock, wall, view, journal, series,
    acknowledge, reload, snapshotOf: async (asset) => view.snapshot(asset), signedHeartbeat: () => sampleHeartbeat(1).signed, signingKey: signingKeyOf(createSigner(new Uint8Array(32).fill(1))),
    metrics, log: silentLog, ...change,
  };
  /** Commits revisions as alerting does: stored, then published. */
  const commit = async (...warnings: readonly WarningMessage[]): Promise<void> => {
    await journal.commitWarnings({ warnings, recipients: [], checkpoints: {}, at: clock.now() });
    for (const warning of warnings) bus.publish('warnings', warning);
  };
  return {
    folder, deps, bus, clock, wall, view, journal, series, metrics, acknowledged, reloads: () => reloads, commit,
    dispose: async () => {
      await view.stop();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
