import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { createAlerting } from './alerting.ts';
import { defaultAlertingConfig } from './config.ts';
import { sampleScore, sampleTime } from './testing/sample.ts';

describe('createAlerting with a store that is away', () => {
  it('holds the publisher back until the store is there again, then stores once', async () => {
    const activity = createActivity();
    // Not tied to the activity: the batch that is held is in flight the whole time.
    const clock = createSimulatedClock({ start: epochMs(sampleTime) });
    const bus = createMemoryBus({ activity, queueLimit: 100 });
    const disk = createSimulatedDisk({ rng: createRng(1), faults: { failBefore: 1 } });
    const { journal } = disk.open();
    const stop = new AbortController();
    const metrics = createMetrics();
    const alerting = createAlerting({ bus, journal, clock, activity, log: silentLog, metrics, config: defaultAlertingConfig, recipients: ['a'], signal: stop.signal });
    await alerting.restore();
    let resolved = false;
    const sent = bus.publishDurable('scores', [sampleScore({ deposits: 12 })]).then(() => (resolved = true));
    await clock.advanceTo(epochMs(sampleTime + 30_000));
    expect(resolved).toBe(false);
    expect(await journal.warnings(0, 10)).toEqual([]);
    disk.setFaults({ failBefore: 0 });
    await clock.advanceTo(epochMs(sampleTime + 45_000));
    await sent;
    expect((await journal.warnings(0, 10)).map((r) => r.warning.revision)).toEqual([1]);
    expect(await metrics.text()).toMatch(/breakwater_alerting_store_failures_total\{code="store-failed"\} \d\d/);
    await alerting.stop();
  });

  it('ends a warning of an asset that falls silent, by the clock, also after a restart', async () => {
    const activity = createActivity();
    const disk = createSimulatedDisk({ rng: createRng(1) });
    for (const life of [0, 1]) {
      const clock = createSimulatedClock({ start: epochMs(sampleTime + life * 3_600_000), activity });
      const bus = createMemoryBus({ activity, queueLimit: 100 });
      const store = disk.open();
      const alerting = createAlerting({ bus, journal: store.journal, clock, activity, log: silentLog, metrics: createMetrics(), config: defaultAlertingConfig, recipients: ['a'], signal: new AbortController().signal });
      await alerting.restore();
      if (life === 0) await bus.publishDurable('scores', [sampleScore({ deposits: 12 })]);
      else await clock.advanceTo(epochMs(sampleTime + 86_400_000 + 61_000));
      await alerting.stop();
      await store.close();
    }
    const revisions = (await disk.open().journal.warnings(0, 10)).map((r) => r.warning);
    expect(revisions.map((w) => `${w.revision} ${w.state} ${(w.eventTime - sampleTime) / 1_000}`)).toEqual(['1 firing 0', '2 expired 86400']);
  });
});
