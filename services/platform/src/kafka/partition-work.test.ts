import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '../activity.ts';
import type { OpenedPartition } from '../bus/index.ts';
import { silentLog } from '../log.ts';
import { createSimulatedClock } from '../simulated/index.ts';
import { testTrade } from '../suites/messages.ts';
import type { IncomingBatch, KafkaClient } from './client.ts';
import { createPartitionWork } from './partition-work.ts';

/** The work of a member over a log of partition 0 that keeps `low` to `high`. */
function setUp() {
  const log = { low: 0, high: 20, committed: 10 };
  const never = async (): Promise<never> => Promise.reject(new Error('not asked here'));
  const client: KafkaClient = {
    ensureTopics: never, deleteTopics: never, join: never, transactions: never, send: never, abandon: () => undefined, close: async () => undefined,
    bounds: async () => new Map([[0, { low: log.low, high: log.high }]]), committed: async () => new Map([[0, log.committed]]),
  };
  const told: string[] = [];
  const opened: OpenedPartition[] = [];
  const errors: string[] = [];
  const work = createPartitionWork({
    client, clock: createSimulatedClock({ start: epochMs(1_790_000_000_000), activity: createActivity() }), rng: createRng(1), topicName: 'assets', groupName: 'score', holds: () => true,
    log: { ...silentLog, error: (event) => errors.push(event) }, read: ({ records }) => records.map(({ offset }) => testTrade(offset)), onFailed: (error) => { throw error; },
    terms: {
      group: 'score',
      open: async (partition) => {
        const name = opened.push(partition);
        told.push(`open ${name} from ${partition.kept.from}`);
        // Its state is of offset 10.
        return { from: 10, handler: async (batch, next) => void told.push(`${name}: ${batch.map(({ seq }) => seq).join()} then ${next}`), close: async (reason) => void told.push(`${name} ${reason}`) };
      },
    },
  });
  const seeks: number[] = [];
  const batch = (...offsets: readonly number[]): IncomingBatch => ({ partition: 0, records: offsets.map((offset) => ({ offset, key: null, value: null, timestamp: epochMs(0) })) });
  return { log, work, told, opened, errors, seeks, batch, deal: () => work.dealt([0], (_, offset) => seeks.push(offset)) };
}

describe('partitions of a member', () => {
  it('are opened anew when the log was cut off beyond what comes next, so that their reader knows', async () => {
    const { log, work, told, opened, errors, seeks, batch, deal } = setUp();
    deal();
    expect(await work.handle(batch(10, 11))).toBe(true);
    // Away for longer than the log is kept; dealt the same partition.
    Object.assign(log, { low: 500, high: 502, committed: 12 });
    deal();
    expect(await work.handle(batch(500, 501))).toBe(false);
    expect(await work.handle(batch(500, 501))).toBe(false);
    expect(await work.handle(batch(500, 501))).toBe(true);
    expect(told).toEqual(['open 1 from 0', '1: 10,11 then 12', '1 moved', 'open 2 from 500', '2: 500,501 then 502']);
    expect([opened[1]?.handled, opened[1]?.kept, errors]).toEqual([12, { from: 500, until: 502 }, ['log-cut']]);
    expect(seeks).toEqual([10, 12, 12, 500]);
    await work.stop();
    expect(told.at(-1)).toBe('2 stopped');
  });

  it('go on over offsets without a record, of which nothing is missing', async () => {
    const { work, told, errors, seeks, batch, deal } = setUp();
    deal();
    expect(await work.handle(batch(10))).toBe(true);
    // Once it may be that what was fetched is of before.
    expect(await work.handle(batch(14, 15))).toBe(false);
    expect(await work.handle(batch(14, 15))).toBe(true);
    expect([told, errors, seeks]).toEqual([['open 1 from 0', '1: 10 then 11', '1: 14,15 then 16'], [], [10, 11]]);
  });
});
