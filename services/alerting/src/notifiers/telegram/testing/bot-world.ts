import type { WarningMessage } from '@breakwater/contracts';
import type { WarningId } from '@breakwater/models/core';
import { assetId, createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import type { SimulatedDisk } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import type { Journal } from '@breakwater/platform/store';
import { sampleTime } from '../../../testing/sample.ts';
import { sampleHeartbeat } from '../../../testing/sample-heartbeat.ts';
import type { Picture } from '../pictures.ts';
import { createTelegram } from '../telegram.ts';
import { createFakeApi } from './fake-api.ts';

/** What a test of the bot wants to choose. */
export interface BotTerms {
  readonly chats?: readonly (string | number)[];
  readonly picture?: Picture;
  readonly commands?: boolean;
  readonly disk?: SimulatedDisk;
  readonly warnings?: readonly WarningMessage[];
  readonly firstUpdate?: number;
  /** The store takes everything but what is remembered of chats. */
  readonly forgetful?: boolean;
}

/** A bot on a simulated clock and disk, and a Bot API without a server. */
export function botWorld(terms: BotTerms = {}) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const disk = terms.disk ?? createSimulatedDisk({ rng: createRng(1) });
  const store = disk.open();
  const api = createFakeApi(() => clock.now(), terms.firstUpdate);
  const metrics = createMetrics();
  const lines: string[] = [];
  const write = (event: string, fields?: unknown): void => void lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: write, info: write, warn: write, error: write, with: () => log };
  const journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'> = {
    checkpoint: (name) => store.journal.checkpoint(name),
    saveCheckpoints: (values) =>
      terms.forgetful === true && Object.keys(values).some((name) => name.startsWith('telegram:chat:')) ? Promise.reject(new BreakwaterError('store-failed', 'no space')) : store.journal.saveCheckpoints(values),
  };
  const telegram = createTelegram({
    config: { chats: [...(terms.chats ?? [7])], pictures: true, commands: terms.commands ?? true, muteHours: 24 },
    api, journal, clock, rng: createRng(2), log, metrics, assets: [assetId('OM'), assetId('TIA')],
    sources: {
      status: () => sampleHeartbeat(0).message,
      warning: async (id: WarningId) => (terms.warnings ?? []).filter((w) => w.id === id),
    },
    ...(terms.picture === undefined ? {} : { picture: terms.picture }),
  });
  const stop = new AbortController();
  const counted = async (pattern: RegExp): Promise<number> => Number(pattern.exec(await metrics.text())?.[1] ?? 0);
  return { activity, clock, disk, store, api, metrics, counted, log, lines, telegram, stop, run: (seconds: number) => clock.advanceTo(epochMs(sampleTime + seconds * 1_000)) };
}
