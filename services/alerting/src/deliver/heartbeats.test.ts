import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { defaultAlertingConfig } from '../config.ts';
import type { Notifier } from '../notifiers/notifier.ts';
import { sampleTime } from '../testing/sample.ts';
import { sampleHeartbeat } from '../testing/sample-heartbeat.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import { createDelivery } from './delivery.ts';

/** A recipient whose answers the test gives: each heartbeat waits until `answer` is called. */
function recipient(name: string) {
  const got: number[] = [];
  const delivered: number[] = [];
  const aborted: number[] = [];
  let answers: ((error?: Error) => void)[] = [];
  const notifier: Notifier = {
    name,
    deliver: async (entry) => void delivered.push(entry.warning.revision),
    heartbeat: (beat, signal) =>
      new Promise((resolve, reject) => {
        got.push(beat.message.seq);
        signal.addEventListener('abort', () => aborted.push(beat.message.seq));
        answers.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
  const answer = (error?: Error): void => {
    const waiting = answers;
    answers = [];
    for (const each of waiting) each(error);
  };
  return { notifier, got, delivered, aborted, answer };
}
const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function world(notifiers: readonly Notifier[]) {
  const activity = createActivity();
  // No activity: this clock moves also while a recipient hangs, as the system's does.
  const clock = createSimulatedClock({ start: epochMs(sampleTime) });
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  const stop = new AbortController();
  const metrics = createMetrics();
  const delivery = createDelivery({ journal, notifiers, clock, rng: createRng(7), activity, log: silentLog, metrics, config: defaultAlertingConfig.delivery, signal: stop.signal });
  return { activity, clock, journal, stop, metrics, delivery, run: (seconds: number) => clock.advanceTo(epochMs(sampleTime + seconds * 1_000)) };
}

describe('heartbeats of a delivery', () => {
  it('go to every recipient that takes them, one at a time, the newest after the one in hand', async () => {
    const [a, b] = [recipient('a'), recipient('b')];
    const reader: Notifier = { name: 'people', deliver: async () => undefined };
    const w = world([a.notifier, reader, b.notifier]);
    for (const seq of [1, 2, 3]) w.delivery.heartbeat(sampleHeartbeat(seq));
    await turn();
    b.answer();
    await turn();
    expect([a.got, b.got]).toEqual([[1], [1, 3]]);
    expect(w.activity.pending()).toEqual(['heartbeat a', 'heartbeat b']);
    a.answer(new BreakwaterError('delivery-failed', 'no'));
    await turn();
    // A failure is not tried again; the one that waited is next.
    expect(a.got).toEqual([1, 3]);
    a.answer(new Error('not ours'));
    b.answer();
    await turn();
    expect(w.activity.pending()).toEqual([]);
    w.delivery.heartbeat(sampleHeartbeat(4));
    await turn();
    expect([a.got, b.got]).toEqual([[1, 3, 4], [1, 3, 4]]);
    const text = await w.metrics.text();
    for (const line of ['recipient="a",outcome="failed"} 2', 'recipient="a",outcome="replaced"} 1', 'recipient="b",outcome="delivered"} 2']) expect(text).toContain(`breakwater_heartbeats_total{${line}`);
    expect(text).not.toMatch(/heartbeats_total.*people/);
    w.stop.abort();
  });
  it('end after the delivery timeout, and a recipient that hangs holds no warning back', async () => {
    const a = recipient('a');
    const w = world([a.notifier]);
    const done = w.delivery.run();
    w.delivery.heartbeat(sampleHeartbeat(1));
    await turn();
    await w.journal.commitWarnings({ warnings: [sampleWarning()], recipients: ['a'], checkpoints: {}, at: w.clock.now() });
    w.delivery.wake();
    await w.run(1);
    expect([a.got, a.delivered, a.aborted]).toEqual([[1], [1], []]);
    w.delivery.heartbeat(sampleHeartbeat(2));
    await w.run(14.9);
    expect([a.got, a.aborted]).toEqual([[1], []]);
    await w.run(15);
    expect([a.got, a.aborted]).toEqual([[1, 2], [1]]);
    w.stop.abort();
    await done;
    expect(a.aborted).toEqual([1, 2]);
    expect(w.activity.pending()).toEqual([]);
    expect(await w.metrics.text()).toContain('breakwater_heartbeats_total{recipient="a",outcome="failed"} 1');
    // Nothing is sent once it was stopped.
    w.delivery.heartbeat(sampleHeartbeat(3));
    await turn();
    expect(a.got).toEqual([1, 2]);
  });
});
