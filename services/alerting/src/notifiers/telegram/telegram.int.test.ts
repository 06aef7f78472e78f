import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import { assetId, createRng, defined, epochMs, warningId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createSecret } from '@breakwater/platform/config';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import type { SimulatedChat, TelegramServer } from '@breakwater/simulator';
import { startTelegramServer } from '@breakwater/simulator';
import { defaultAlertingConfig } from '../../config.ts';
import { createDelivery } from '../../deliver/delivery.ts';
import { sampleTime } from '../../testing/sample.ts';
import { sampleHeartbeat } from '../../testing/sample-heartbeat.ts';
import { sampleWarning } from '../../testing/sample-warning.ts';
import { createGrammyApi } from './grammy-api.ts';
import { createTelegram } from './telegram.ts';
import { greyPng } from './testing/png.ts';

const token = '42:AAE-not_a_real_secret';
const assets = ['OM', 'TIA', 'INJ'].map(assetId);
const known: readonly SimulatedChat[] = [{ id: 7, kind: 'private' }, { id: 8, kind: 'private' }, { id: -1001, kind: 'supergroup', administrators: [11] }, { id: -1002, kind: 'channel', username: 'breakwater' }];
const chats = [7, 8, -1001, '@breakwater'];
const idOf = (text: string): string => {
  const [, id = '', revision = '1'] = /(BW-[A-Z0-9.]+-\d{8}-[0-9a-f]{8})(?:#(\d+))?/.exec(text) ?? [];
  return `${id}#${revision}`;
};
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A disk, a clock and a Bot API server that outlive the daemons `start` makes on them. */
async function world(seed: number) {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-telegram-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const server = await startTelegramServer({ clock, rng: createRng(seed), token, chats: known });
  cleanups.push(() => server.close());
  const warnings: WarningMessage[] = [];
  const start = () => {
    const store = openEmbeddedStore({ path: join(folder, 'store.db') });
    const stop = new AbortController();
    const metrics = createMetrics();
    const telegram = createTelegram({
      config: { chats, pictures: true, commands: true, muteHours: 24 }, api: createGrammyApi({ token: createSecret(token), apiRoot: server.root }), journal: store.journal,
      clock, rng: createRng(seed), log: silentLog, metrics, assets, picture: (warning) => (warning.severity === 'critical' ? greyPng(90, 42) : undefined),
      sources: { status: () => sampleHeartbeat(0).message, warning: (id) => store.journal.warning(id) },
    });
    const { notifiers } = telegram;
    const delivery = createDelivery({ journal: store.journal, notifiers, clock, rng: createRng(seed), activity, log: silentLog, metrics, config: defaultAlertingConfig.delivery, signal: stop.signal });
    const running = [delivery.run(), telegram.run(stop.signal)];
    const recipients = notifiers.map((n) => n.name);
    return {
      metrics,
      commit: async (batch: readonly WarningMessage[]) => {
        warnings.push(...batch);
        await store.journal.commitWarnings({ warnings: batch, recipients, checkpoints: {}, at: clock.now() });
        delivery.wake();
      },
      isDone: async () => (await Promise.all(recipients.map((name) => store.journal.nextDue(name)))).every((due) => due === undefined),
      end: async () => {
        stop.abort();
        await Promise.all(running);
        await store.close();
      },
    };
  };
  const pass = (seconds: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + seconds * 1_000));
  return { clock, server, warnings, start, pass };
}

/** Revisions of some warnings about every asset, `count` of them. */
function batch(from: number, count: number, at: number): readonly WarningMessage[] {
  return Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const asset = defined(assets[i % assets.length], 'an asset');
    const revision = 1 + (Math.floor(i / assets.length) % 4);
    const hash = Math.floor(i / (assets.length * 4)).toString(16).padStart(8, '0');
    const severity = (['watch', 'critical', 'warning'] as const)[revision % 3] ?? 'watch';
    return sampleWarning({ id: warningId(`BW-${asset}-20250413-${hash}`), asset, revision, severity, state: revision === 4 ? 'resolved' : 'firing', eventTime: epochMs(at), receivedAt: epochMs(at) });
  });
}
const isRepeat = (text: string, i: number, all: readonly string[]): boolean => all.indexOf(text) < i;
const chatIds = (server: TelegramServer): readonly (readonly string[])[] => known.map((chat) => server.messages(chat.id).map((m) => idOf(m.text)));

describe('telegram, through the outbox and a real server', () => {
  it('loses nothing, keeps the order of each chat and every limit, whatever a third of the calls meet and however often it is restarted', async () => {
    for (const seed of [1, 2]) {
      const w = await world(seed);
      w.server.setFaults({ rateLimited: { probability: 0.1, retryAfterSeconds: [1, 9] }, serverError: 0.08, reset: 0.06, lostAnswer: 0.06, slow: { probability: 0.03, ms: 20 } });
      let daemon = w.start();
      for (let i = 0; i < 6; i++) {
        await daemon.commit(batch(i * 9, 9, w.clock.now()));
        await w.pass(20);
        if (i % 2 === 0) continue;
        await daemon.end();
        daemon = w.start();
      }
      for (let i = 0; i < 400 && !(await daemon.isDone()); i++) await w.pass(30);
      expect(await daemon.isDone()).toBe(true);
      await daemon.end();

      const committed = w.warnings.map((warning) => `${warning.id}#${String(warning.revision)}`);
      expect(committed).toHaveLength(54);
      for (const arrived of chatIds(w.server)) {
        expect(arrived.filter((id, i) => !isRepeat(id, i, arrived))).toEqual(committed);
        // What arrived twice is the same revision, at once after itself: its answer was lost.
        for (const [i, id] of arrived.entries()) if (isRepeat(id, i, arrived)) expect(arrived[i - 1]).toBe(id);
      }
      expect(w.server.violations()).toEqual({ all: 0, chat: 0, group: 0 });
      const { rateLimited, serverError, reset, lostAnswer } = w.server.faults();
      for (const count of [rateLimited, serverError, reset, lostAnswer]) expect(count).toBeGreaterThan(3);
      expect(w.server.messages().length - 4 * 54).toBeLessThanOrEqual(lostAnswer);
      for (const message of w.server.messages()) {
        expect(message.text.length).toBeLessThan(900);
        expect(message.bold).toHaveLength(1);
      }
      expect(w.server.messages().some((m) => m.pictureBytes > 0) && w.server.messages().some((m) => m.pictureBytes === 0)).toBe(true);
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    }
  });
  it('answers later revisions to the first message about a warning', async () => {
    const w = await world(3);
    const daemon = w.start();
    await daemon.commit(batch(0, 12, w.clock.now()));
    await w.pass(120);
    for (const chat of known) {
      const messages = w.server.messages(chat.id);
      const first = new Map<string, number>();
      for (const message of messages) {
        const [id = ''] = idOf(message.text).split('#');
        expect(message.replyTo).toBe(first.get(id) ?? null);
        if (!first.has(id)) first.set(id, message.messageId);
      }
      expect(messages).toHaveLength(12);
    }
    await daemon.end();
  });
  it('mutes for administrators, answers members, and nobody elsewhere', async () => {
    const w = await world(4);
    const daemon = w.start();
    /** Lets real sockets and simulated time pass until the chat has `count` messages of the bot. */
    const until = async (chat: number, count: number): Promise<readonly string[]> => {
      for (let i = 0; i < 400 && w.server.messages(chat).length < count; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        await w.pass(0.5);
      }
      return w.server.messages(chat).map((m) => m.text);
    };
    w.server.say(-1001, { text: '/mute OM 2', from: 12 });
    expect((await until(-1001, 1)).at(-1)).toBe('Only administrators of this chat can do that.');
    w.server.say(-1001, { text: '/mute@breakwater_bot OM 2', from: 11 });
    expect((await until(-1001, 2)).at(-1)).toMatch(/^OM is muted in this chat until \d\d:\d\d:\d\d UTC \(2 h\)/);
    const watch = batch(0, 1, w.clock.now()).map((warning) => ({ ...warning, severity: 'watch' as const }));
    const critical = watch.map((warning) => ({ ...warning, revision: 2, severity: 'critical' as const }));
    const over = watch.map((warning) => ({ ...warning, revision: 3, state: 'resolved' as const, severity: 'critical' as const }));
    await daemon.commit([...watch, ...critical, ...over]);
    await w.pass(120);
    const ids = (chat: number): readonly string[] => w.server.messages(chat).map((m) => idOf(m.text)).filter((id) => id.startsWith('BW'));
    const id = defined(watch[0], 'a warning').id;
    expect(ids(-1001)).toEqual([`${id}#2`, `${id}#3`]);
    expect(ids(7)).toEqual([`${id}#1`, `${id}#2`, `${id}#3`]);
    expect(await daemon.metrics.text()).toMatch(/breakwater_telegram_muted_total\{chat="-1001"\} 1/);

    const before = w.server.messages(-1001).length;
    w.server.say(-1001, { text: '/why', from: 12, replyTo: w.server.messages(-1001).at(-1)?.messageId ?? 0 });
    expect((await until(-1001, before + 1)).at(-1)).toMatch(/^⚪ RESOLVED \(was CRITICAL\) · OM\n.*So far:\n.*#3 · /s);
    w.server.say(-1002, { text: '/status' });
    expect((await until(-1002, 4)).at(-1)).toMatch(/^Status · .*\nLast sign of life: /s);
    w.server.say(7, { text: `/why ${id.toUpperCase()}`, from: 7 });
    expect((await until(7, 4)).at(-1)).toContain('So far:');
    expect(w.server.menu().map((entry) => entry.command)).toEqual(['status', 'why', 'mute', 'unmute', 'help']);
    expect(w.server.violations()).toEqual({ all: 0, chat: 0, group: 0 });
    await daemon.end();
  });
});
