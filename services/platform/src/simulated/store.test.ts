import { describe, expect, it } from '@jest/globals';
import { createRng, defined, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { Journal } from '../store/index.ts';
import { describeJournal } from '../suites/journal-suite.ts';
import { testTime, testWarning } from '../suites/messages.ts';
import { describeSeries } from '../suites/series-suite.ts';
import { createMemoryStore } from './memory-store.ts';
import { createSimulatedDisk } from './store.ts';

describeJournal('simulated', () => {
  const disk = createSimulatedDisk({ rng: createRng(1) });
  return { open: () => disk.open().journal, dispose: () => undefined };
});
describeSeries('simulated', () => {
  const store = createSimulatedDisk({ rng: createRng(1) }).open();
  return { series: store.series, dispose: () => store.close() };
});

const commit = (journal: Journal, number: number, revision = 1): Promise<void> =>
  journal.commitWarnings({ warnings: [testWarning(number, revision)], recipients: ['web'], checkpoints: { last: String(number) }, at: testTime });

describe('simulated disk', () => {
  it('is open once, and works again after closing', async () => {
    const disk = createSimulatedDisk({ rng: createRng(1) });
    const store = disk.open();
    expect(() => disk.open()).toThrow('open already');
    await commit(store.journal, 1);
    await store.close();
    expect((await disk.open().journal.warnings(0, 9)).length).toBe(1);
  });

  it('fails before writing, or after, as it is told', async () => {
    const disk = createSimulatedDisk({ rng: createRng(1), faults: { failBefore: 1 } });
    const { journal } = disk.open();
    await expect(commit(journal, 1)).rejects.toMatchObject({ code: 'store-failed', message: expect.stringContaining('write failed') });
    expect(await journal.warnings(0, 9)).toEqual([]);
    disk.setFaults({ failBefore: 0, loseAck: 1 });
    await expect(commit(journal, 2)).rejects.toMatchObject({ code: 'store-failed', message: expect.stringContaining('acknowledgement') });
    expect((await journal.warnings(0, 9)).length).toBe(1);
    disk.setFaults({ loseAck: 0 });
    await commit(journal, 3);
    expect(disk.stats()).toEqual({ failedBefore: 1, lostAcks: 1, crashes: 0 });
  });

  it('rejects pending calls at a crash, keeps a first part of them, and everything acknowledged', async () => {
    const outcomes = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const disk = createSimulatedDisk({ rng: createRng(seed) });
      const { journal } = disk.open();
      await commit(journal, 1);
      const pending = [2, 3, 4].map((number) => commit(journal, number));
      disk.crash();
      for (const outcome of await Promise.allSettled(pending)) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store-failed' } });
      await expect(journal.checkpoint('last')).rejects.toMatchObject({ code: 'store-failed' });
      const rows = await disk.open().journal.warnings(0, 9);
      expect(rows.map((each) => each.warning.id)).toEqual([1, 2, 3, 4].slice(0, rows.length).map((number) => testWarning(number).id));
      outcomes.add(rows.length);
    }
    expect([...outcomes].sort()).toEqual([1, 2, 3, 4]);
  });

  it('gives the same faults for the same seed', async () => {
    const run = async (seed: number): Promise<readonly string[]> => {
      const { journal } = createSimulatedDisk({ rng: createRng(seed), faults: { failBefore: 0.3, loseAck: 0.3 } }).open();
      const log: string[] = [];
      for (let i = 1; i <= 30; i++) await commit(journal, i).then(() => log.push('done'), (error: unknown) => log.push(String(error)));
      return log;
    };
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
  });

  it('property: a caller that repeats until it is acknowledged, over faults and crashes, ends with what the plain rules give', async () => {
    const step = fc.oneof(fc.record({ id: fc.integer({ min: 1, max: 4 }), revision: fc.integer({ min: 1, max: 3 }) }), fc.constant('deliver' as const), fc.constant('crash' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer(), async (steps, seed) => {
        const disk = createSimulatedDisk({ rng: createRng(seed), faults: { failBefore: 0.3, loseAck: 0.3 } });
        const rules = createMemoryStore().journal;
        let { journal } = disk.open();
        const insist = async (write: () => Promise<void>): Promise<void> => {
          for (let tries = 0; tries < 200; tries++) {
            try {
              await write();
              return;
            } catch (error) {
              expect(error).toMatchObject({ code: 'store-failed' });
            }
          }
          throw new Error('never acknowledged');
        };
        for (const each of steps) {
          if (each === 'crash') {
            disk.crash();
            journal = disk.open().journal;
          } else if (each === 'deliver') {
            const entry = (await journal.pending('web', testTime, 1))[0];
            if (entry === undefined) continue;
            const retry = { kind: 'retry', at: testTime, nextAt: testTime, reason: 'busy' } as const;
            await insist(() => journal.recordAttempt(entry, entry.attempts === 0 ? retry : { kind: 'delivered', at: testTime }));
            const same = defined(rules.pending('web', testTime, 1)[0], 'the same entry');
            rules.recordAttempt(same, same.attempts === 0 ? retry : { kind: 'delivered', at: testTime });
          } else {
            await insist(() => commit(journal, each.id, each.revision));
            rules.commitWarnings({ warnings: [testWarning(each.id, each.revision)], recipients: ['web'], checkpoints: { last: String(each.id) }, at: testTime });
          }
        }
        expect(await journal.warnings(0, 1_000)).toEqual(rules.warnings(0, 1_000));
        expect(await journal.pending('web', epochMs(testTime + 1), 1_000)).toEqual(rules.pending('web', epochMs(testTime + 1), 1_000));
        expect(await journal.checkpoint('last')).toEqual(rules.checkpoint('last'));
      }),
      { numRuns: 60 },
    );
  });
});
