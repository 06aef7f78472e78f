import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HeartbeatMessage, SignedHeartbeat, WarningMessage } from '@breakwater/contracts';
import { createRng, epochMs, warningId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSecret } from '@breakwater/platform/config';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createNodeOutgoing } from '@breakwater/platform/network/outgoing-node';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import type { WebhookFaults, WebhookReceiver, WebhookRequest } from '@breakwater/simulator';
import { startWebhookReceiver } from '@breakwater/simulator';
import { defaultAlertingConfig } from '../../config.ts';
import { createDelivery } from '../../deliver/delivery.ts';
import { createHeartbeatMaker } from '../../heartbeat/run.ts';
import { createSigner, signingKeyOf, verifyHeartbeat } from '../../heartbeat/sign.ts';
import { describeNotifier } from '../../testing/notifier-suite.ts';
import { sampleTime } from '../../testing/sample.ts';
import { sampleWarning } from '../../testing/sample-warning.ts';
import { verifyWebhook } from '../../testing/verify-webhook.ts';
import { createWebhookNotifier } from './webhook.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const configOf = (receiver: WebhookReceiver) => ({ url: receiver.url, secret: createSecret(secret), allowHosts: ['127.0.0.1'], heartbeat: true });
const idOf = (request: WebhookRequest): string => request.headers['webhook-id'] ?? '';

describeNotifier('webhook', ['refuses', 'hangs', 'beats'], async ({ clock, activity }) => {
  const receiver = await startWebhookReceiver({ rng: createRng(1) });
  return {
    notifier: createWebhookNotifier({ name: 'desk', config: configOf(receiver), clock, outgoing: createNodeOutgoing({ userAgent: 'breakwater-test', activity }) }),
    received: () => receiver.taken().map(({ body }) => body),
    idOf: (body) => (JSON.parse(body) as { readonly id: string }).id,
    failNext: (tries) => receiver.failNext('error', tries),
    hangNext: () => receiver.hangNext(),
    secrets: [secret, secret.slice(6), '/hooks/breakwater'],
    dispose: () => receiver.close(),
  };
});

describe('a webhook receiver behind the outbox on a disk', () => {
  let folder: string;
  let receiver: WebhookReceiver;
  let time = sampleTime;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'breakwater-webhook-'));
    time = sampleTime;
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await receiver.close();
    await rm(folder, { recursive: true });
  });

  /** One run of a daemon's last stage on what the runs before left on the disk; its clock goes on where theirs stood. */
  async function run() {
    const activity = createActivity();
    const clock = createSimulatedClock({ start: epochMs(time), activity });
    const store = openEmbeddedStore({ path: join(folder, 'breakwater.db') });
    const { journal } = store;
    const stopping = new AbortController();
    const [metrics, rng] = [createMetrics(), createRng(time % 1_000_003)];
    const notifier = createWebhookNotifier({ name: 'desk', config: configOf(receiver), clock, outgoing: createNodeOutgoing({ userAgent: 'breakwater-test', activity }) });
    const delivery = createDelivery({ journal, notifiers: [notifier], clock, rng, activity, log: silentLog, metrics, config: defaultAlertingConfig.delivery, signal: stopping.signal });
    const bus = createMemoryBus({ activity, queueLimit: 100 });
    const signer = createSigner(Buffer.alloc(32, 9));
    const beats = createHeartbeatMaker({
      bus, journal, clock, activity, log: silentLog, metrics, config: { everySeconds: 60 }, modelVersion: 'test-1', signer, onHeartbeat: (beat) => delivery.heartbeat(beat),
      view: { pulses: () => [], counts: () => ({ feeds: { ok: 4, total: 4 }, chains: { ok: 1, total: 1 } }) },
    });
    const done = delivery.run();
    const stop = async (): Promise<void> => {
      if (stopping.signal.aborted) return;
      await beats.stop();
      stopping.abort();
      await done;
      await bus.close();
      await store.close();
    };
    stops.push(stop);
    return {
      journal, beats, stop, key: signingKeyOf(signer),
      advance: async (seconds: number): Promise<void> => {
        time += seconds * 1_000;
        await clock.advanceTo(epochMs(time));
      },
      commit: async (warnings: readonly WarningMessage[]): Promise<void> => {
        await journal.commitWarnings({ warnings, recipients: ['webhook:desk'], checkpoints: {}, at: clock.now() });
        delivery.wake();
      },
    };
  }
  const start = async (seed: number, faults: Partial<WebhookFaults> = {}): Promise<void> => {
    receiver = await startWebhookReceiver({ rng: createRng(seed), faults });
  };
  const revisions = (from: number, count: number, revision: number): readonly WarningMessage[] =>
    Array.from({ length: count }, (_, i) => sampleWarning({ id: warningId(`BW-OM-20250413-${(from + i).toString(16).padStart(8, '0')}`), revision, receivedAt: epochMs(time) }));

  /** Every request, also of tries that failed, is signed by the secret, dated by the daemon's clock and says under its id what its body says. */
  const expectSigned = (): void => {
    let latest = sampleTime / 1_000;
    for (const request of receiver.requests) {
      const seconds = Number(request.headers['webhook-timestamp']);
      expect(seconds).toBeGreaterThanOrEqual(latest);
      expect(seconds).toBeLessThanOrEqual(time / 1_000);
      latest = seconds;
      expect(verifyWebhook(secret, request, seconds * 1_000)).toMatchObject({ specversion: '1.0', id: idOf(request) });
      expect(() => verifyWebhook(secret, { ...request, body: `${request.body} ` }, seconds * 1_000)).toThrow('No matching signature found');
      expect(() => verifyWebhook(secret, request, (seconds + 301) * 1_000)).toThrow('Message timestamp too old');
    }
  };
  /** Ids in the order in which the receiver first had them; an id that came again came with the same body. */
  const firsts = (): readonly string[] => {
    const bodies = new Map<string, string>();
    for (const request of receiver.taken()) {
      expect(bodies.get(idOf(request)) ?? request.body).toBe(request.body);
      bodies.set(idOf(request), request.body);
    }
    return [...bodies.keys()];
  };
  const expectOrdered = (ids: readonly string[], warnings: readonly WarningMessage[]): void => {
    expect([...ids].sort()).toEqual(warnings.map(({ id, revision }) => `${id}#${String(revision)}`).sort());
    for (const { id } of warnings) {
      const of = ids.filter((each) => each.startsWith(id)).map((each) => Number(each.split('#')[1]));
      expect(of).toEqual([...of].sort((a, b) => a - b));
    }
  };

  it.each([1, 2, 3])('gets everything, in order, from a feed that it fails a third of the time (seed %p)', async (seed) => {
    await start(seed, { errors: 0.12, resets: 0.08, lostAnswers: 0.07, rateLimited: 0.06, slow: 0.05, slowMs: 5 });
    const w = await run();
    const all: WarningMessage[] = [];
    for (const revision of [1, 2, 3]) {
      const committed = revisions(0, 20, revision);
      all.push(...committed);
      await w.commit(committed);
      await w.advance(20);
    }
    await w.advance(7_200);
    expect(await w.journal.nextDue('webhook:desk')).toBeUndefined();
    expectOrdered(firsts(), all);
    const failed = receiver.requests.filter(({ fate }) => fate !== 'taken' && fate !== 'slow').length;
    expect(failed / receiver.requests.length).toBeGreaterThan(0.2);
    expect(failed / receiver.requests.length).toBeLessThan(0.45);
    // Answers that were lost made events come twice.
    expect(receiver.taken().length).toBeGreaterThan(all.length);
    expectSigned();
  });

  it('catches up in order after it was down, across a restart of the daemon', async () => {
    await start(4);
    const first = await run();
    const all: WarningMessage[] = [...revisions(0, 3, 1)];
    await first.commit(all);
    await first.advance(5);
    expect(firsts().length).toBe(3);
    receiver.setDown(true);
    for (const revision of [2, 3, 4]) {
      const committed = [...revisions(0, 3, revision), ...revisions(10 * revision, 2, 1)];
      all.push(...committed);
      await first.commit(committed);
      await first.advance(120);
    }
    expect(firsts().length).toBe(3);
    await first.stop();
    time += 60_000;
    const second = await run();
    await second.advance(30);
    receiver.setDown(false);
    // The long tail of the waits.
    await second.advance(1_000);
    expectOrdered(firsts(), all);
    expect(receiver.taken().length).toBe(all.length);
    expectSigned();
  });

  it('is asked again only after as long as it wished', async () => {
    await start(5, { rateLimited: 1, retryAfterSeconds: 45 });
    const w = await run();
    await w.commit(revisions(0, 1, 1));
    await w.advance(44);
    expect(receiver.requests.length).toBe(1);
    receiver.setFaults({ rateLimited: 0 });
    await w.advance(1);
    expect(receiver.requests.map(({ fate, headers }) => [fate, Number(headers['webhook-timestamp']) - sampleTime / 1_000])).toEqual([['rate-limited', 0], ['taken', 45]]);
  });

  it('hears of life each minute, beside the warnings, and sees from what it hears when nobody lived', async () => {
    await start(6);
    const first = await run();
    await first.beats.start();
    await first.advance(150);
    // Heartbeats that find it down are not sent again; it sees by their numbers that they were made.
    receiver.setDown(true);
    await first.advance(60);
    receiver.setDown(false);
    await first.commit(revisions(0, 1, 1));
    await first.advance(60);
    await first.stop();
    time += 600_000;
    const second = await run();
    await second.beats.start();
    await second.advance(120);
    const heard = receiver.taken().filter((request) => idOf(request).startsWith('heartbeat@')).map((request) => {
      const { data } = JSON.parse(request.body) as { readonly data: { readonly heartbeat: HeartbeatMessage; readonly signed: SignedHeartbeat } };
      expect(verifyHeartbeat(data.signed, second.key)).toBe(true);
      expect(JSON.parse(data.signed.payload)).toEqual(data.heartbeat);
      return data.heartbeat;
    });
    const minute = (ms: number | null): number | null => (ms === null ? null : (ms - sampleTime) / 60_000);
    expect(heard.map(({ seq, eventTime, previousAt }) => [seq, minute(eventTime), minute(previousAt)])).toEqual([[0, 1, null], [1, 2, 1], [3, 4, 3], [4, 15, 4], [5, 16, 15]]);
    expect(heard.map(({ gaps }) => gaps.map(({ from, to }) => [minute(from), minute(to)]))).toEqual([[], [], [], [[4, 15]], [[4, 15]]]);
    expect(firsts().filter((id) => id.startsWith('BW-'))).toEqual([`${revisions(0, 1, 1)[0]?.id ?? ''}#1`]);
    expectSigned();
  });
});
