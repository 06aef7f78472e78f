import { describe, expect, it } from '@jest/globals';
import type { HeartbeatMessage } from '@breakwater/contracts';
import { assetId, createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { createLiveView } from '../api/live-view.ts';
import type { Heartbeat } from '../notifiers/notifier.ts';
import { sampleScore, sampleTime } from '../testing/sample.ts';
import { createHeartbeatMaker, heartbeatCheckpoint } from './run.ts';
import { createSigner, signingKeyOf, verifyHeartbeat } from './sign.ts';

const signer = createSigner(new Uint8Array(32).fill(1));

/** One life of the maker on `disk`, from `startAt` seconds after the sample time on. */
async function life(disk = createSimulatedDisk({ rng: createRng(1) }), startAt = 0) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime + startAt * 1_000), activity });
  const bus = createMemoryBus({ activity, queueLimit: 100 });
  const store = disk.open();
  const metrics = createMetrics();
  const view = createLiveView({ bus, journal: store.journal, clock, log: silentLog, assets: [assetId('OM')], sources: [], chains: [], tickEveryMs: 1_000 });
  await view.start();
  const given: Heartbeat[] = [];
  const published: HeartbeatMessage[] = [];
  bus.subscribe('heartbeats', { group: 'test', handler: (batch) => void published.push(...batch) });
  const maker = createHeartbeatMaker({ bus, journal: store.journal, clock, activity, log: silentLog, metrics, config: { everySeconds: 60 }, view, modelVersion: 'm/1', signer, onHeartbeat: (beat) => given.push(beat) });
  await maker.start();
  const seconds = (list: readonly HeartbeatMessage[]): readonly string[] => list.map((m) => `#${m.seq} ${(m.eventTime - sampleTime) / 1_000}`);
  return { disk, bus, clock, store, metrics, maker, given, published, seconds, run: (to: number) => clock.advanceTo(epochMs(sampleTime + to * 1_000)) };
}

describe('createHeartbeatMaker', () => {
  it('makes one at every multiple of the interval, signed, on the bus and handed on', async () => {
    const w = await life(undefined, 10);
    await w.bus.publishDurable('scores', [sampleScore({ at: 9 })]);
    await w.run(185);
    expect(w.seconds(w.published)).toEqual(['#0 60', '#1 120', '#2 180']);
    expect(w.given.map(({ message }) => message)).toEqual(w.published);
    expect(w.given.every(({ signed, message }) => verifyHeartbeat(signed, signingKeyOf(signer)) && signed.payload === JSON.stringify(message))).toBe(true);
    expect(w.published[2]).toMatchObject({ intervalSeconds: 60, previousAt: sampleTime + 120_000, gaps: [], modelVersion: 'm/1', feeds: { ok: 0, total: 0 }, assets: [{ asset: 'OM', lastScoreAt: sampleTime + 9_000 }] });
    expect(w.maker.latest()).toEqual(w.given[2]);
    await w.maker.stop();
    await w.run(600);
    expect(w.published).toHaveLength(3);
    expect(w.clock.nextTimer()).toBeUndefined();
  });
  it('makes one when the clock jumps over several', async () => {
    const w = await life();
    w.clock.setNow(epochMs(sampleTime + 3_605_000));
    await w.run(3_660);
    expect(w.seconds(w.published)).toEqual(['#0 3600', '#1 3660']);
  });
  it('counts on after a restart and names the time nobody watched', async () => {
    const first = await life();
    await first.run(120);
    await first.maker.stop();
    await first.store.close();
    const second = await life(first.disk, 1_000);
    await second.run(1_080);
    expect(second.seconds(second.published)).toEqual(['#2 1020', '#3 1080']);
    expect(second.published[0]).toMatchObject({ previousAt: sampleTime + 120_000, gaps: [{ from: sampleTime + 120_000, to: sampleTime + 1_020_000 }] });
    expect(second.published[1]?.gaps).toHaveLength(1);
  });
  it('makes none while the store fails, and goes on afterwards without a number lost', async () => {
    const w = await life();
    await w.run(60);
    w.disk.setFaults({ failBefore: 1 });
    await w.run(240);
    expect(w.seconds(w.published)).toEqual(['#0 60']);
    w.disk.setFaults({ failBefore: 0 });
    await w.run(300);
    expect(w.seconds(w.published)).toEqual(['#0 60', '#1 300']);
    expect(w.published[1]?.gaps).toEqual([{ from: sampleTime + 60_000, to: sampleTime + 300_000 }]);
    expect(await w.metrics.text()).toContain('breakwater_heartbeats_made_total{outcome="failed"} 3');
  });
  it('makes no second one of the same moment, and starts anew on a checkpoint that cannot be read', async () => {
    const first = await life();
    await first.run(60);
    await first.maker.stop();
    await first.store.close();
    const second = await life(first.disk, 59.5);
    await second.run(60);
    expect(second.published).toEqual([]);
    await second.run(120);
    expect(second.seconds(second.published)).toEqual(['#1 120']);
    await second.maker.stop();
    await second.store.journal.saveCheckpoints({ [heartbeatCheckpoint]: 'nonsense' });
    await second.store.close();
    const third = await life(first.disk, 170);
    await third.run(180);
    expect(third.seconds(third.published)).toEqual(['#0 180']);
  });
});
