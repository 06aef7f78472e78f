import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { createAlerting } from './alerting.ts';
import { alertingConfig } from './config.ts';
import { publishedCheckpoint } from './published-checkpoint.ts';
import { sampleScore, sampleTime } from './testing/sample.ts';

const config = alertingConfig.parse({});
/** Fires at once. */
const firing = (asset: string, at: number) => sampleScore({ asset, at, deposits: 12 });

/** The stage on a bus that takes revisions as `take` says. */
function setUp(disk: ReturnType<typeof createSimulatedDisk>, take: () => Promise<void>) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const memory = createMemoryBus({ activity, queueLimit: 1_000 });
  const { journal } = disk.open();
  const offered: string[] = [];
  const publishDurable: Bus['publishDurable'] = async (topic, messages) => {
    if (topic !== 'warnings') return memory.publishDurable(topic, messages);
    offered.push(...messages.map((message) => ('revision' in message ? `${message.asset} #${message.revision}` : '')));
    return take();
  };
  const stop = new AbortController();
  const alerting = createAlerting({ bus: { ...memory, publishDurable }, journal, clock, activity, log: silentLog, metrics: createMetrics(), config, recipients: [], signal: stop.signal, onError: () => undefined });
  return { alerting, journal, offered, stop, send: (asset: string, at: number) => memory.publishDurable('scores', [firing(asset, at)]) };
}

describe('revisions that alerting publishes', () => {
  it('count as published once the bus has them for good, and are published again by the next start when it had not', async () => {
    const disk = createSimulatedDisk({ rng: createRng(1) });
    const first = setUp(disk, () => new Promise(() => undefined));
    await first.alerting.restore();
    const sent = first.send('OM', 0);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(first.offered.length).toBeGreaterThan(0);
    expect((await first.journal.warnings(0, 10)).map(({ warning }) => `${warning.asset} #${warning.revision}`)).toEqual(first.offered);
    // Brokers that are away hold up no end.
    first.stop.abort();
    await first.alerting.stop();
    await sent;
    expect(Number((await first.journal.checkpoint(publishedCheckpoint)) ?? 0)).toBe(0);
    await first.journal.close();
    const second = setUp(disk, async () => undefined);
    await second.alerting.restore();
    expect(second.offered).toEqual(first.offered);
    await second.alerting.stop();
  });

  it('are left to the next start where the bus ends first, and hold nothing up where a reader of them fails', async () => {
    const ended = setUp(createSimulatedDisk({ rng: createRng(2) }), () => Promise.reject(new BreakwaterError('aborted', 'the bus is closed')));
    await ended.alerting.restore();
    await ended.send('OM', 0);
    await ended.send('TIA', 60);
    expect(ended.offered.slice(0, ended.offered.length / 2).every((one) => ended.offered.filter((other) => other === one).length === 2)).toBe(true);
    const failing = setUp(createSimulatedDisk({ rng: createRng(3) }), () => Promise.reject(new Error('broken reader')));
    await failing.alerting.restore();
    await failing.send('OM', 0);
    await failing.send('TIA', 60);
    expect(new Set(failing.offered).size).toBe(failing.offered.length);
    expect(failing.offered.length).toBeGreaterThan(1);
  });
});
