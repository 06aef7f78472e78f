import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, signingKeyOf } from '@breakwater/alerting';
import { createLiveView, startApi } from '@breakwater/alerting/api';
import { apiConfig } from '@breakwater/alerting/config';
import { consoleFolder } from '@breakwater/console';
import { measureConsole } from '@breakwater/console/bench';
import { createRng, err, sourceId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { messageOf } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import { version } from '../version.ts';
import { benchAssets, benchScore, benchWarnings, priceText } from './bench-console-data.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';

/** Assets and warnings of a large committee's console. */
const [assetCount, warningCount] = [60, 10_000];
const page = 500;

/** `breakwater bench console`: what the console costs its reader, with 60 assets and 10,000 warnings, in a real browser against the real API. */
export async function benchConsoleCommand(context: CommandContext, options: { readonly chromium: string; readonly json: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const [clock, rng, metrics, activity] = [createSystemClock(), createRng(1), createMetrics(), createActivity()];
  const store = openEmbeddedStore({ path: join(folder, 'bench.db'), log: silentLog, retentionMs: 86_400_000 });
  const bus = createMemoryBus({ activity, queueLimit: 100_000 });
  const assets = benchAssets(assetCount);
  const sources = [sourceId('binance:usdm'), sourceId('eip155:1')];
  const view = createLiveView({ bus, journal: store.journal, clock, log: silentLog, assets, sources, chains: [sourceId('eip155:1')], tickEveryMs: 1_000 });
  const warnings = benchWarnings(warningCount, assets, clock.now(), rng);
  for (let i = 0; i < warnings.length; i += page) await store.journal.commitWarnings({ warnings: warnings.slice(i, i + page), recipients: [], checkpoints: {}, at: clock.now() });
  await view.start();
  let seq = 0;
  const publish = (index: number): ReturnType<typeof benchScore> => {
    const score = benchScore(assets[index] ?? view.summaries()[0]?.asset ?? assets[0] ?? ('A00' as never), clock.now(), seq++, rng);
    bus.publish('scores', score);
    return score;
  };
  for (const i of assets.keys()) publish(i);
  await bus.idle();
  const signer = createSigner(new Uint8Array(32));
  const api = await startApi({
    config: apiConfig.parse({ port: 0, requestsPerMinute: 100_000 }), clock, wall: clock, view, journal: store.journal, series: store.series, acknowledge: async () => err('not-open'), reload: async () => ({ outcome: 'unchanged', changes: [], problems: [], restart: [] }), snapshotOf: async () => undefined,
    signedHeartbeat: () => null, signingKey: signingKeyOf(signer), metrics, log: silentLog, consoleFolder, facts: { version, instance: 'bench', clockKind: 'system', startedAt: clock.now(), horizonSeconds: 900 },
  });
  try {
    const figures = await measureConsole({
      url: api.address, executablePath: options.chromium, assets: assetCount, warnings: warningCount,
      change: (n) => {
        const at = clock.now();
        const score = publish(n % assetCount);
        return { asset: score.asset, text: priceText(score), at };
      },
      round: () => {
        for (const i of assets.keys()) publish(i);
      },
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    if (options.json) printJson(context, { bench: 'console', assets: assetCount, warnings: warningCount, ...figures });
    else context.stdout.write(`First load ${(figures.bytesGzipped / 1_024).toFixed(0)} kB gzipped; from event to paint ${figures.eventToPaintMs} ms (slowest of ${figures.events}: ${figures.eventToPaintMsMax} ms); longest frame ${figures.longestFrameMs} ms of ${figures.frames}, with ${assetCount} assets and ${warningCount} warnings.\n`);
  } catch (error) {
    throw new CommandError(`the console was not measured: ${messageOf(error)}`);
  } finally {
    await api.close();
    await view.stop();
    await bus.close();
    await store.close();
    rmSync(folder, { recursive: true });
  }
}
