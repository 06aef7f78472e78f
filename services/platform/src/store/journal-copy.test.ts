import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs, type Rng } from '@breakwater/models/core';
import { BreakwaterError } from '../errors.ts';
import type { Transactions } from '../kafka/transactions.ts';
import { describeJournal, testTime, testWarning } from '../suites/index.ts';
import type { Journal } from './index.ts';
import { createJournalCopy, type JournalCopy } from './journal-copy.ts';
import type { JournalRecord } from './journal-log.ts';
import { decodeRecord, encodeRecord, keyOfRecord } from './journal-log.ts';
import { createJournalWriter } from './journal-writer.ts';

interface Line {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
}

/** What a broker keeps of a log when it compacts part of it: of each key the last record. Offsets stay. */
function compacted(log: readonly Line[], upTo: number): readonly Line[] {
  const last = new Map(log.map(({ key, offset }) => [key, offset]));
  return log.filter(({ key, offset, value }) => offset >= upTo || (last.get(key) === offset && value !== null));
}

/** A log in memory with one writer at a time, which can fail before or after it has written. */
function createLog() {
  let log: readonly Line[] = [];
  let next = 0;
  let fault: 'before' | 'after' | undefined;
  const append = (records: readonly JournalRecord[]): void => {
    log = [...log, ...records.map((record) => ({ offset: next++, key: keyOfRecord(record), value: encodeRecord(record) }))];
  };
  const read = (copy: JournalCopy): void => copy.apply(log.map(({ key, value, offset }) => decodeRecord(key, value, offset)));
  const open = (): Journal => {
    const copy = createJournalCopy();
    read(copy);
    const begin = async (): Promise<Transactions> => {
      // As the adapter does: everything is read again, and what is in the copy already comes to the same.
      read(copy);
      return { commit: async () => undefined, close: () => undefined };
    };
    const writer = createJournalWriter({
      copy, name: 'test', first: { commit: async () => undefined, close: () => undefined }, requireTurn: () => undefined, begin,
      commit: async (_writer, records) => {
        const happens = fault;
        fault = undefined;
        if (happens === 'before') throw new BreakwaterError('bus-failed', 'not written');
        append(records);
        if (happens === 'after') throw new BreakwaterError('bus-failed', 'written, and not acknowledged');
      },
    });
    return {
      ...copy.reads, ...writer,
      close: async () => {
        await writer.close();
        copy.close();
      },
    };
  };
  return { open, compact: (rng: Rng) => void (log = compacted(log, Math.floor(rng.next() * (next + 1)))), fail: (when: 'before' | 'after') => void (fault = when), length: () => log.length };
}

describeJournal('a log in memory', () => {
  const log = createLog();
  const rng = createRng(7);
  // Each opening finds a part of the log compacted.
  return { open: () => { log.compact(rng); return log.open(); }, dispose: () => undefined };
});

describe('the writer of a shared journal', () => {
  const commit = (journal: Journal, n: number): Promise<void> => journal.commitWarnings({ warnings: [testWarning(n)], recipients: ['web'], checkpoints: { last: String(n) }, at: testTime });

  it('says that trying again can help, and does what was not acknowledged once', async () => {
    for (const when of ['before', 'after'] as const) {
      const log = createLog();
      const journal = log.open();
      await commit(journal, 1);
      log.fail(when);
      await expect(commit(journal, 2)).rejects.toMatchObject({ code: 'store-failed', retryable: true });
      await commit(journal, 2);
      await commit(journal, 3);
      expect((await journal.warnings(0, 10)).map(({ row, warning }) => [row, warning.id])).toEqual([1, 2, 3].map((n) => [n, testWarning(n).id]));
      expect((await journal.pending('web', testTime, 10)).map(({ row }) => row)).toEqual([1, 2, 3]);
      await journal.close();
    }
  });

  it('puts what waits into one commit, in order, and what is unlawful out of it', async () => {
    const log = createLog();
    const journal = log.open();
    const unlawful = { ...testWarning(9), onset: 'yesterday' as unknown as ReturnType<typeof epochMs> };
    const done = [
      commit(journal, 1), commit(journal, 2), journal.saveCheckpoints({ last: 'x' }), journal.commitWarnings({ warnings: [unlawful], recipients: ['web'], checkpoints: { last: 'y' }, at: testTime }), commit(journal, 2), commit(journal, 3),
    ];
    expect((await Promise.allSettled(done)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect([await journal.checkpoint('last'), (await journal.warnings(0, 10)).map(({ row }) => row)]).toEqual(['3', [1, 2, 3]]);
    await journal.close();
    await expect(commit(journal, 4)).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('writes nothing for what changes nothing', async () => {
    const log = createLog();
    const journal = log.open();
    await journal.commitWarnings({ warnings: [testWarning(1)], recipients: ['web'], checkpoints: {}, at: testTime });
    const [entry] = await journal.pending('web', testTime, 1);
    if (entry === undefined) throw new Error('no entry');
    await journal.recordAttempt(entry, { kind: 'delivered', at: testTime });
    const before = log.length();
    await journal.commitWarnings({ warnings: [testWarning(1)], recipients: ['web'], checkpoints: {}, at: testTime });
    await journal.recordAttempt(entry, { kind: 'retry', at: testTime, nextAt: epochMs(testTime + 5), reason: 'busy' });
    await journal.saveCheckpoints({});
    expect(log.length()).toBe(before);
    await journal.close();
  });
});
