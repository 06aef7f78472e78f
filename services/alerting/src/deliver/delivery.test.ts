import { describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import { createRng, epochMs, warningId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { defaultAlertingConfig } from '../config.ts';
import type { Notifier } from '../notifiers/notifier.ts';
import { deliveryId } from '../notifiers/notifier.ts';
import { sampleTime } from '../testing/sample.ts';
import { sampleHeartbeat } from '../testing/sample-heartbeat.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import { backoffMs } from './backoff.ts';
import { createDelivery } from './delivery.ts';

const other = warningId('BW-TIA-20250413-00000000');

/** A world with one delivery; `answer` decides what becomes of each try, `shape` adds to each notifier. */
function world(answer: (id: string, tried: number, recipient: string) => Promise<void>, recipients: readonly string[] = ['a'], shape: Partial<Notifier> = {}, disk = createSimulatedDisk({ rng: createRng(1) }), held = (): boolean => true) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const store = disk.open();
  const { journal } = store;
  const tries: string[] = [];
  const stop = new AbortController();
  const metrics = createMetrics();
  const notifiers = recipients.map((name): Notifier => ({
    name,
    deliver: async (entry) => {
      tries.push(`${(clock.now() - sampleTime) / 1_000} ${name} ${deliveryId(entry).slice(3, 6)}${deliveryId(entry).slice(-2)}`);
      await answer(deliveryId(entry), entry.attempts, name);
    },
    ...shape,
  }));
  const delivery = createDelivery({ journal, notifiers, clock, rng: createRng(7), activity, log: silentLog, metrics, config: defaultAlertingConfig.delivery, signal: stop.signal, held });
  const commit = async (...warnings: readonly WarningMessage[]): Promise<void> => {
    await journal.commitWarnings({ warnings, recipients, checkpoints: {}, at: clock.now() });
    delivery.wake();
  };
  return { clock, activity, disk, store, journal, tries, stop, metrics, delivery, commit, run: (seconds: number) => clock.advanceTo(epochMs(sampleTime + seconds * 1_000)) };
}
const fail = async (): Promise<void> => Promise.reject(new BreakwaterError('delivery-failed', 'no'));

describe('createDelivery', () => {
  it('delivers in order as soon as something is committed, and ends when told', async () => {
    const w = world(async () => undefined);
    const done = w.delivery.run();
    await w.run(10);
    await w.commit(sampleWarning(), sampleWarning({ revision: 2 }));
    await w.run(20);
    expect(w.tries).toEqual(['10 a OM-#1', '10 a OM-#2']);
    w.stop.abort();
    await done;
  });
  it('tries again after 1, 3, 10 and 30 s, holds back later revisions of that warning and nothing else', async () => {
    const w = world((id, tried) => (id.startsWith('BW-OM') && id.endsWith('#1') && tried < 4 ? fail() : Promise.resolve()));
    const done = w.delivery.run();
    await w.commit(sampleWarning(), sampleWarning({ revision: 2 }), sampleWarning({ id: other }));
    await w.run(100);
    const at = w.tries.map((t) => Number(t.split(' ')[0]));
    expect(w.tries.map((t) => t.split(' a ')[1])).toEqual(['OM-#1', 'TIA#1', 'OM-#1', 'OM-#1', 'OM-#1', 'OM-#1', 'OM-#2']);
    const gaps = [at[2], at[3], at[4], at[5]].map((t, i) => (t ?? 0) - ([at[0], at[2], at[3], at[4]][i] ?? 0));
    for (const [i, least] of [1, 3, 10, 30].entries()) {
      expect(gaps[i]).toBeGreaterThanOrEqual(least);
      expect(gaps[i]).toBeLessThanOrEqual(least * 1.2);
    }
    w.stop.abort();
    await done;
  });
  it('keeps recipients apart', async () => {
    const w = world((_id, _tried, recipient) => (recipient === 'a' ? fail() : Promise.resolve()), ['a', 'b']);
    const done = w.delivery.run();
    await w.commit(sampleWarning());
    await w.run(0.5);
    expect(w.tries).toEqual(['0 a OM-#1', '0 b OM-#1']);
    expect(await w.journal.nextDue('b')).toBeUndefined();
    w.stop.abort();
    await done;
  });
  it('gives up an entry that was tried and is a day old, counts it, and goes on to the next revision', async () => {
    const w = world((id) => (id.endsWith('#1') ? fail() : Promise.resolve()));
    const done = w.delivery.run();
    await w.commit(sampleWarning(), sampleWarning({ revision: 2 }));
    await w.run(86_400 * 1.1);
    expect(w.tries.at(-1)).toMatch(/OM-#2$/);
    expect(w.tries.filter((t) => t.endsWith('#1')).length).toBeLessThan(70);
    expect(await w.journal.nextDue('a')).toBeUndefined();
    expect(await w.metrics.text()).toMatch(/breakwater_delivery_attempts_total\{recipient="a",outcome="abandoned"\} 1/);
    w.stop.abort();
    await done;
  });
  it('tries an old entry once, gives up at once on what no retry can mend, and waits as long as it was asked to', async () => {
    const w = world((id, tried) => Promise.reject(id.startsWith('BW-OM') ? new BreakwaterError('http-too-large', 'no') : new BreakwaterError('rate-limited', 'slow', { retryAfterMs: tried === 0 ? 60_000 : 0 })));
    const done = w.delivery.run();
    await w.commit(sampleWarning({ receivedAt: epochMs(0) }), sampleWarning({ id: other }));
    await w.run(61);
    expect(w.tries).toEqual(['0 a OM-#1', '0 a TIA#1', '60 a TIA#1']);
    w.stop.abort();
    await done;
  });
  it('leaves an entry as it was when it is stopped in the middle of a try', async () => {
    const w = world(() => new Promise(() => undefined));
    const done = w.delivery.run();
    await w.commit(sampleWarning());
    await new Promise((resolve) => setImmediate(resolve));
    w.stop.abort();
    await done;
    expect(w.tries).toEqual(['0 a OM-#1']);
    expect((await w.journal.pending('a', w.clock.now(), 10)).map((e) => e.attempts)).toEqual([0]);
  });

  it('holds everything later back behind an entry that failed when the recipient reads top to bottom', async () => {
    const w = world((id, tried) => (id.startsWith('BW-OM') && id.endsWith('#1') && tried < 3 ? fail() : Promise.resolve()), ['a'], { order: 'all' });
    const done = w.delivery.run();
    await w.commit(sampleWarning(), sampleWarning({ id: other }));
    await w.run(3);
    await w.commit(sampleWarning({ id: other, revision: 2 }));
    await w.run(100);
    expect(w.tries.map((t) => t.split(' a ')[1])).toEqual(['OM-#1', 'OM-#1', 'OM-#1', 'OM-#1', 'TIA#1', 'TIA#2']);
    w.stop.abort();
    await done;
  });
  it('still holds it back after a restart, until the entry is delivered', async () => {
    const first = world(fail, ['a'], { order: 'all' });
    const ended = first.delivery.run();
    await first.commit(sampleWarning(), sampleWarning({ id: other }));
    await first.run(1);
    first.stop.abort();
    await ended;
    await first.store.close();
    const second = world(async () => undefined, ['a'], { order: 'all' }, first.disk);
    const done = second.delivery.run();
    await second.run(0.9);
    expect(second.tries).toEqual([]);
    await second.run(10);
    expect(second.tries.map((t) => t.split(' a ')[1])).toEqual(['OM-#1', 'TIA#1']);
    second.stop.abort();
    await done;
  });
  it('gives up what no retry can mend and goes on, also in order', async () => {
    const w = world((id) => (id.startsWith('BW-OM') ? Promise.reject(new BreakwaterError('http-too-large', 'no')) : Promise.resolve()), ['a'], { order: 'all' });
    const done = w.delivery.run();
    await w.commit(sampleWarning(), sampleWarning({ id: other }));
    await w.run(1);
    expect(w.tries).toEqual(['0 a OM-#1', '0 a TIA#1']);
    w.stop.abort();
    await done;
  });
  it('waits for the recipient\'s limit with nothing in flight, counts no try for it, and is not woken from it by news', async () => {
    let last = -Infinity;
    const asked: number[] = [];
    const w = world(
      () => {
        last = w.clock.now();
        return Promise.resolve();
      },
      ['a'],
      { notBefore: (now) => { asked.push((now - sampleTime) / 1_000); return epochMs(Math.max(now, last + 3_000)); } },
    );
    const done = w.delivery.run();
    await w.commit(sampleWarning(), sampleWarning({ revision: 2 }), sampleWarning({ id: other }));
    // `advanceTo` ends only when nothing is in flight: a wait marked as activity would never end here.
    await w.run(1);
    expect([w.tries, w.activity.pending()]).toEqual([['0 a OM-#1'], []]);
    await w.commit(sampleWarning({ id: other, revision: 2 }));
    expect(await w.journal.pending('a', w.clock.now(), 10)).toMatchObject([{ attempts: 0 }, { attempts: 0 }, { attempts: 0 }]);
    await w.run(20);
    expect(w.tries).toEqual(['0 a OM-#1', '3 a OM-#2', '6 a TIA#1', '9 a TIA#2']);
    expect(asked).toEqual([0, 0, 3, 3, 6, 6, 9]);
    expect(await w.metrics.text()).toMatch(/delivery_attempts_total\{recipient="a",outcome="delivered"\} 4\n/);
    w.stop.abort();
    await done;
  });
  it('sends nothing, warnings or signs of life, once another instance may', async () => {
    let held = true;
    const beats: number[] = [];
    const w = world(async () => {
      // It is lost while the first one is on its way.
      held = false;
    }, ['a'], { heartbeat: async ({ message }) => void beats.push(message.seq) }, undefined, () => held);
    const done = w.delivery.run();
    w.delivery.heartbeat(sampleHeartbeat(1));
    await w.commit(sampleWarning(), sampleWarning({ revision: 2 }));
    await expect(done).rejects.toMatchObject({ code: 'fenced' });
    w.delivery.heartbeat(sampleHeartbeat(2));
    await w.run(10);
    expect([w.tries, beats]).toEqual([['0 a OM-#1'], [1]]);
    // What was not sent waits for whoever may.
    expect((await w.journal.pending('a', w.clock.now(), 10)).map((entry) => entry.warning.revision)).toEqual([2]);
    w.stop.abort();
  });
  it('ends at once when it is stopped while it waits for a limit', async () => {
    const w = world(async () => undefined, ['a'], { notBefore: (now) => epochMs(now + 3_600_000) });
    const done = w.delivery.run();
    await w.commit(sampleWarning());
    await w.run(1);
    w.stop.abort();
    await done;
    expect(w.tries).toEqual([]);
    expect(w.clock.nextTimer()).toBeUndefined();
  });
});

describe('backoffMs', () => {
  it('grows early to late and stays within a fifth of its schedule', () => {
    const rng = createRng(3);
    const waits = [1, 3, 10, 30, 60, 120, 300, 600, 1_800, 1_800];
    for (const [i, s] of waits.entries()) {
      const ms = backoffMs(i + 1, rng);
      expect(ms).toBeGreaterThanOrEqual(s * 1_000);
      expect(ms).toBeLessThanOrEqual(s * 1_200);
    }
    expect(backoffMs(1, rng, 45_000)).toBe(45_000);
  });
});
