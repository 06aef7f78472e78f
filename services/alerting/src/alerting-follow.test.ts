import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage } from '@breakwater/contracts';
import { warningSentences } from '@breakwater/contracts';
import { assetId, createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { createAlerting } from './alerting.ts';
import { alertingConfig } from './config.ts';
import { createDelivery } from './deliver/delivery.ts';
import type { Notifier } from './notifiers/notifier.ts';
import { deliveryId } from './notifiers/notifier.ts';
import { sampleScore, sampleTime } from './testing/sample.ts';

const config = alertingConfig.parse({});

/** The stage with recipients that take what they are given, or are told to refuse or to hang. */
async function world(names: readonly string[]) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const bus = createMemoryBus({ activity, queueLimit: 1_000 });
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  const stop = new AbortController();
  const taken: string[] = [];
  const hanging = new Set<string>();
  const held: (() => void)[] = [];
  const notifier = (name: string): Notifier => ({
    name,
    deliver: async (entry, signal) => {
      if (hanging.has(name)) {
        await new Promise<void>((resolve, reject) => {
          held.push(resolve);
          signal.addEventListener('abort', () => reject(new Error('ended')), { once: true });
        });
      }
      taken.push(`${name} ${deliveryId(entry).replace(/-\d{8}-\w{8}/, '')}`);
    },
  });
  const notifiers = new Map(names.map((name) => [name, notifier(name)]));
  const metrics = createMetrics();
  const delivery = createDelivery({ journal, notifiers: [...notifiers.values()], clock, rng: createRng(2), activity, log: silentLog, metrics, config: config.delivery, signal: stop.signal });
  const alerting = createAlerting({ bus, journal, clock, activity, log: silentLog, metrics, config, recipients: names, signal: stop.signal, onCommitted: () => delivery.wake() });
  const running = delivery.run();
  await alerting.restore();
  // A hanging delivery is activity, which bus.idle would wait for.
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    journal, taken, hanging, notifiers, notifier, delivery, alerting, metrics, settle,
    release: () => {
      hanging.clear();
      for (const resolve of held.splice(0)) resolve();
    },
    send: async (...scores: readonly ScoreMessage[]) => {
      await bus.publishDurable('scores', scores);
      await settle();
    },
    finish: async () => {
      stop.abort();
      await alerting.stop();
      await running;
    },
  };
}
const fires = (asset: string, at = 0): ScoreMessage => sampleScore({ asset, deposits: 12, at });

describe('alerting that goes on under other settings', () => {
  it('ends the warnings of an asset that is not watched any more, says why, and takes no more scores of it', async () => {
    const w = await world(['a']);
    await w.send(fires('OM'), fires('TIA'));
    await w.alerting.follow({ config, recipients: ['a'], watched: (asset) => asset === 'OM' });
    await w.send(fires('OM', 60), fires('TIA', 60), sampleScore({ asset: 'TIA', deposits: 50, at: 700 }));
    const [om, tia] = [await w.journal.openWarnings(assetId('OM')), await w.journal.latestWarnings({ asset: assetId('TIA'), limit: 10 })];
    expect(om.map(({ revision, state }) => `${revision} ${state}`)).toEqual(['1 firing']);
    expect(tia.map(({ warning: { revision, state, reasons, eventTime } }) => [revision, state, reasons[0], eventTime])).toEqual([[2, 'expired', { code: 'not-watched' }, sampleTime]]);
    const [ended] = tia;
    expect(ended === undefined ? '' : warningSentences(ended.warning, { language: 'en', audience: 'community' }).headline).toBe('Ended without an answer: the asset is no longer watched. This is not an all-clear.');
    expect(w.taken).toEqual(['a BW-OM#1', 'a BW-TIA#1', 'a BW-TIA#2']);
    // Watched again, it fires anew under another id, and what was taken in before is not taken in again.
    await w.alerting.follow({ config, recipients: ['a'], watched: () => true });
    await w.send(fires('TIA'), fires('TIA', 1_000));
    expect(w.taken.slice(3)).toEqual(['a BW-TIA#1']);
    expect(await w.journal.openWarnings(assetId('TIA'))).toHaveLength(1);
    await w.finish();
  });

  it('warns by other thresholds from the next score on', async () => {
    const w = await world(['a']);
    const strict = alertingConfig.parse({ rules: { cascadeIgnition: { reach: 10, clear: 9 } } });
    await w.alerting.follow({ config: strict, recipients: ['a'], watched: () => true });
    await w.send(fires('OM'));
    expect(w.taken).toEqual([]);
    await w.alerting.follow({ config, recipients: ['a'], watched: () => true });
    await w.send(fires('OM', 60));
    expect(w.taken).toEqual(['a BW-OM#1']);
    await w.finish();
  });
});

describe('delivery to other recipients', () => {
  it('gives a new one what is committed from then on, gives up what waits for one that is gone, and leaves the others alone', async () => {
    const w = await world(['a', 'b']);
    w.hanging.add('b');
    await w.send(fires('OM'));
    // First nothing more goes into its outbox, then it is emptied.
    await w.alerting.follow({ config, recipients: ['a', 'c'], watched: () => true });
    const kept = w.notifiers.get('a');
    await w.delivery.follow([...(kept === undefined ? [] : [kept]), w.notifier('c')]);
    expect(await w.journal.nextDue('b')).toBeUndefined();
    expect(await w.metrics.text()).toMatch(/breakwater_delivery_attempts_total\{recipient="b",outcome="abandoned"\} 1/);
    await w.send(fires('TIA'));
    expect(w.taken).toEqual(['a BW-OM#1', 'a BW-TIA#1', 'c BW-TIA#1']);
    expect(await w.journal.nextDue('b')).toBeUndefined();
    await w.finish();
  });

  it('goes on with what waits when a recipient has other settings, and sends nothing twice that was on its way', async () => {
    const w = await world(['a']);
    w.hanging.add('a');
    await w.send(fires('OM'), fires('TIA'));
    expect(w.taken).toEqual([]);
    const followed = w.delivery.follow([w.notifier('a')]);
    await w.settle();
    w.release();
    await followed;
    await w.settle();
    expect(w.taken).toEqual(['a BW-OM#1', 'a BW-TIA#1']);
    await w.finish();
  });
});
