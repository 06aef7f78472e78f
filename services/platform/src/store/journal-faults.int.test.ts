import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defined, epochMs } from '@breakwater/models/core';
import { createSystemClock } from '../clock/system.ts';
import { createKafkaClient } from '../kafka/client.ts';
import { journalsOn } from '../kafka/testing/cases.ts';
import { silentLog } from '../log.ts';
import { testTime, testWarning } from '../suites/index.ts';
import { kafkaForTests } from '../../../../infra/dev/src/kafka.ts';
import type { Journal, JournalTurn, SharedJournal } from './index.ts';
import { createKilledProcess, type KilledProcess } from '../suites/killed-process.ts';

const broker = await kafkaForTests('4.1.1');
const opened: SharedJournal[] = [];
afterAll(async () => {
  await Promise.all(opened.map((shared) => shared.close()));
  await broker?.stop();
});
const clock = createSystemClock();
const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
const source = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Takes the journal and commits for ever; says what was acknowledged, and why it ended. Argument: brokers, prefix, term. */
const committer = `
import { writeSync } from 'node:fs';
const { createKafkaJournal } = await import(${source('./journal-kafka.ts')});
const { createSystemClock } = await import(${source('../clock/system.ts')});
const { silentLog } = await import(${source('../log.ts')});
const { testWarning, testTime } = await import(${source('../suites/messages.ts')});
const { createRng } = await import(${source('../../../../models/src/core/index.ts')});
const [broker, prefix, term] = process.argv[2].split(' ');
const shared = createKafkaJournal({ prefix, clock: createSystemClock(), rng: createRng(Number(term)), connection: { brokers: [broker], clientId: 'test', log: silentLog } });
const journal = await shared.take({ term: Number(term), address: 'process ' + term, held: () => true, signal: new AbortController().signal });
const last = Number((await journal.checkpoint('last')) ?? 0);
for (let n = last + 1; ; n++) {
  try {
    await journal.commitWarnings({ warnings: [testWarning(n), testWarning(n, 2)], recipients: ['web', 'chat'], checkpoints: { last: String(n) }, at: testTime });
  } catch (error) {
    // As callers do: what was rejected and may help is repeated.
    if (error.code === 'store-failed') {
      n--;
      continue;
    }
    writeSync(1, error.code + '\\n');
    process.exit(0);
  }
  writeSync(1, n + '\\n');
}
`;

/** Everything a journal answers, as far as it is about the first `recipients`. */
async function contents(journal: Journal, recipients: readonly string[] = ['web', 'chat']): Promise<unknown> {
  const pending = await Promise.all(recipients.map((recipient) => journal.pending(recipient, epochMs(testTime + 1e9), 1_000_000)));
  return { warnings: await journal.warnings(0, 1_000_000), latest: await journal.latestWarnings({ limit: 1_000_000 }), open: await journal.openWarnings(), pending, last: await journal.checkpoint('last') };
}

if (broker === undefined) describe('faults of the journal on Kafka', () => it.skip('needs a broker', () => undefined));
else {
  const open = journalsOn(broker);
  const connection = { brokers: broker.brokers, clientId: 'breakwater-test', log: silentLog };
  let made = 0;
  const fresh = (): string => `journal-${process.pid}-${clock.now().toString(36)}-${made++}.`;
  /** A turn that lasts, however things stand. */
  const turn = (term: number): JournalTurn => ({ term, address: `instance ${term}`, held: () => true, signal: new AbortController().signal });
  const openOne = (prefix: string, options?: Parameters<typeof open>[1]): SharedJournal => {
    const shared = open(prefix, options);
    opened.push(shared);
    return shared;
  };
  const commit = (journal: Journal, n: number): Promise<void> =>
    journal.commitWarnings({ warnings: [testWarning(n), testWarning(n, 2)], recipients: ['web', 'chat'], checkpoints: { last: String(n) }, at: testTime });
  /** As callers do: a write that was rejected is repeated. */
  const insist = async (journal: Journal, n: number): Promise<void> => {
    for (;;) {
      try {
        await commit(journal, n);
        return;
      } catch (error) {
        expect(error).toMatchObject({ code: 'store-failed' });
        await pause(100);
      }
    }
  };
  /** Everything up to `last` is there, whole, in order, once. */
  const expectWhole = async (journal: Journal, last: number): Promise<void> => {
    expect((await journal.warnings(0, 1_000_000)).map(({ row, warning }) => [row, warning.id, warning.revision])).toEqual(Array.from({ length: 2 * last }, (_, i) => [i + 1, testWarning(Math.floor(i / 2) + 1).id, (i % 2) + 1]));
    for (const recipient of ['web', 'chat']) expect((await journal.pending(recipient, testTime, 1_000_000)).length).toBe(2 * last);
  };

  describe('transactions on Kafka', () => {
    it('of an older writer are refused by the brokers themselves, and nobody reads what it left open', async () => {
      const client = createKafkaClient(connection);
      const topic = `${fresh()}t`;
      await client.ensureTopics([{ topic, partitions: 1, replicas: -1, config: {} }]);
      const record = (value: string) => ({ topic, partition: 0, key: 'k', value });
      const older = await client.transactions('t', 10_000);
      await older.commit([record('1'), record('2')]);
      const newer = await client.transactions('t', 10_000);
      await expect(older.commit([record('of the older one')])).rejects.toMatchObject({ code: 'fenced' });
      await newer.commit([record('3')]);
      const read: string[] = [];
      let passed = 0;
      const { high } = defined((await client.bounds(topic)).get(0), 'a partition');
      // Of a broker that has just started a member may be turned away: it comes again, as the daemon's readers do.
      let turnedAway = 0;
      const join = () => client.join({
        group: `${topic}.g`, topic, sessionTimeoutMs: 30_000, commitEveryMs: undefined, startAt: () => 0, onAssigned: () => undefined, onRevoked: () => undefined, onDone: () => undefined, onCrash: () => {
          turnedAway++;
        },
        onBatch: async ({ records }) => {
          for (const { value } of records) read.push(Buffer.from(value ?? []).toString());
          return true;
        },
        onPassed: (_partition, next) => void (passed = next),
      });
      let member = await join();
      // The last thing in the log is the mark of a commit, which is handed to nobody.
      while (passed < high) {
        await pause(20);
        if (turnedAway === 0) continue;
        await member.leave();
        turnedAway = 0;
        read.length = 0;
        member = await join();
      }
      expect(read).toEqual(['1', '2', '3']);
      await member.leave();
      await client.close();
    });
  });

  describe('journal on Kafka', () => {
    it('has one writer: a later turn shuts out an earlier one for good, and reads everything it committed', async () => {
      const prefix = fresh();
      const [one, other] = [openOne(prefix), openOne(prefix)];
      const older = await one.take(turn(1));
      await commit(older, 1);
      await expect(other.copy.saveCheckpoints({ last: '9' })).rejects.toMatchObject({ code: 'standby' });
      const newer = await other.take(turn(2));
      await expectWhole(newer, 1);
      await commit(newer, 2);
      await expect(commit(older, 3)).rejects.toMatchObject({ code: 'fenced' });
      await expect(older.recordAttempt(defined((await newer.pending('web', testTime, 1))[0], 'an entry'), { kind: 'delivered', at: testTime })).rejects.toMatchObject({ code: 'fenced' });
      await expect(one.take(turn(1))).rejects.toMatchObject({ code: 'fenced' });
      expect([one.writer(), other.writer()]).toEqual([{ term: 2, address: 'instance 2' }, { term: 2, address: 'instance 2' }]);
      // The older one reads on like anybody else.
      while ((await one.copy.checkpoint('last')) !== '2') await pause(20);
      expect(await contents(one.copy)).toEqual(await contents(newer));
      await expectWhole(newer, 2);
    });

    it('goes on when its writer is shut out although its turn lasts, and knows of a commit whose acknowledgement was lost', async () => {
      const prefix = fresh();
      const shared = openOne(prefix);
      const journal = await shared.take(turn(5));
      await commit(journal, 1);
      // As an instance does that woke late and has not read yet that its turn is over.
      const client = createKafkaClient(connection);
      const stray = await client.transactions(`${prefix}alerting`, 10_000);
      await expect(commit(journal, 2)).rejects.toMatchObject({ code: 'store-failed', retryable: true });
      await Promise.all([insist(journal, 2), insist(journal, 3)]);
      await expect(stray.commit([{ topic: `${prefix}journal`, partition: 0, key: 'checkpoint/last', value: '{"v":1,"kind":"checkpoint","name":"last","value":"99"}' }])).rejects.toMatchObject({ code: 'fenced' });
      await expectWhole(journal, 3);
      await client.close();
    });

    it('writes nothing once its turn is over by the clock, and takes nothing for it', async () => {
      const prefix = fresh();
      const shared = openOne(prefix);
      let held = true;
      const journal = await shared.take({ ...turn(1), held: () => held });
      await commit(journal, 1);
      held = false;
      await expect(commit(journal, 2)).rejects.toMatchObject({ code: 'fenced' });
      await expect(shared.take({ ...turn(2), held: () => held })).rejects.toMatchObject({ code: 'fenced' });
      await expectWhole(journal, 1);
    });

    it('refuses to leave out what it cannot read', async () => {
      for (const [value, code] of [['{"v":2,"kind":"checkpoint"}', 'store-newer'], ['{"v":1,"kind":"warning"}', 'store-corrupt'], ['not JSON', 'store-corrupt'], [null, 'store-corrupt']] as const) {
        const prefix = fresh();
        const client = createKafkaClient(connection);
        await client.ensureTopics([{ topic: `${prefix}journal`, partitions: 1, replicas: -1, config: { 'cleanup.policy': 'compact' } }]);
        const writer = await client.transactions('somebody', 10_000);
        await writer.commit([{ topic: `${prefix}journal`, partition: 0, key: 'checkpoint/x', value }]);
        const shared = openOne(prefix);
        await expect(shared.ready()).rejects.toMatchObject({ code });
        await expect(shared.take(turn(1))).rejects.toMatchObject({ code });
        await expect(shared.copy.checkpoint('x')).rejects.toMatchObject({ code });
        await client.close();
      }
    });

    it('is the same to whoever reads it after compaction', async () => {
      const prefix = fresh();
      const topic = `${prefix}journal`;
      const client = createKafkaClient(connection);
      // Closed at once and compacted as soon as the broker looks.
      await client.ensureTopics([{ topic, partitions: 1, replicas: -1, config: { 'cleanup.policy': 'compact', 'segment.ms': '500', 'min.cleanable.dirty.ratio': '0.0001', 'delete.retention.ms': '100', 'min.compaction.lag.ms': '0' } }]);
      const shared = openOne(prefix);
      const journal = await shared.take(turn(1));
      for (let n = 1; n <= 30; n++) {
        await commit(journal, n);
        for (const recipient of ['web', 'chat']) {
          const [entry, next] = await journal.pending(recipient, testTime, 2);
          if (entry !== undefined) await journal.recordAttempt(entry, { kind: 'delivered', at: testTime });
          if (next !== undefined && n % 7 === 0) await journal.recordAttempt(next, { kind: 'retry', at: testTime, nextAt: epochMs(testTime + 1_000 * n), reason: 'busy' });
        }
        if (n % 6 === 0) await pause(600);
      }
      const { high } = defined((await client.bounds(topic)).get(0), 'a partition');
      const countRecords = async (): Promise<number> => {
        let [seen, passed] = [0, 0];
        const member = await client.join({
          group: `${topic}.${clock.now()}`, topic, sessionTimeoutMs: 30_000, commitEveryMs: undefined, startAt: () => 0, onAssigned: () => undefined, onRevoked: () => undefined, onDone: () => undefined, onCrash: () => undefined,
          onBatch: async ({ records }) => {
            seen += records.length;
            return true;
          },
          onPassed: (_partition, next) => void (passed = next),
        });
        while (passed < high) await pause(50);
        await member.leave();
        return seen;
      };
      const before = await countRecords();
      let after = before;
      // The broker looks every fifteen seconds.
      while (after > before * 0.7) {
        await pause(2_000);
        // A segment is closed by the next write.
        await journal.saveCheckpoints({ tick: String(clock.now()) });
        after = await countRecords();
      }
      const reader = openOne(prefix);
      expect(await contents(reader.copy)).toEqual(await contents(journal));
      // And whoever writes on gives no number twice.
      const next = await reader.take(turn(2));
      await commit(next, 31);
      expect((await next.warnings(60, 10)).map(({ row }) => row)).toEqual([61, 62]);
      expect(new Set((await next.pending('web', epochMs(testTime + 1e9), 1_000)).map(({ row }) => row)).size).toBe((await next.pending('web', epochMs(testTime + 1e9), 1_000)).length);
      await client.close();
    });
  });

  describe('journal on Kafka in a process of its own', () => {
    let folder: string;
    let killed: KilledProcess;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'breakwater-journal-'));
      killed = createKilledProcess(folder, committer);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('has every acknowledged commit, whole, and nothing half, after each of four kills', async () => {
      const prefix = fresh();
      const reader = openOne(prefix);
      let before = 0;
      for (const [i, count] of [1, 5, 12, 30].entries()) {
        const acknowledged = Number(await killed.killAfter(`${broker.brokers[0] ?? ''} ${prefix} ${2 * i + 1}`, count));
        expect(acknowledged).toBeGreaterThanOrEqual(before + count);
        const began = clock.now();
        const journal = await reader.take(turn(2 * i + 2));
        const took = clock.now() - began;
        console.info(`journal taken over ${took} ms after a kill -9 between or in commits`);
        const last = Number(await journal.checkpoint('last'));
        expect(last).toBeGreaterThanOrEqual(acknowledged);
        await expectWhole(journal, last);
        before = last;
      }
    });

    it('takes nothing more from a process that was paused while it committed and wakes after another has taken over', async () => {
      const prefix = fresh();
      const program = killed.start(`${broker.brokers[0] ?? ''} ${prefix} 1`);
      await program.printed(10);
      program.signal('SIGSTOP');
      const shared = openOne(prefix);
      const journal = await shared.take(turn(2));
      const last = Number(await journal.checkpoint('last'));
      expect(last).toBeGreaterThanOrEqual(10);
      await commit(journal, last + 1);
      program.signal('SIGCONT');
      await program.ended;
      // What it had under way may have been taken before it was shut out; nothing is acknowledged that is not there. It takes its turn for one that lasts, asks for the journal again, and finds the later one.
      expect(program.lines().at(-1)).toBe('fenced');
      expect(Number(program.lines().at(-2))).toBeLessThanOrEqual(last);
      await expectWhole(journal, last + 1);
      // Which may have shut out the later one for a moment.
      await insist(journal, last + 2);
      await expectWhole(await openOne(prefix).take(turn(3)), last + 2);
    });
  });

  (broker.own ? describe : describe.skip)('journal on Kafka without its broker', () => {
    it('loses nothing when the broker is killed in the middle of commits, and writes nothing twice', async () => {
      const prefix = fresh();
      const journal = await openOne(prefix).take(turn(1));
      let n = 0;
      const stop = new AbortController();
      const writing = (async () => {
        while (!stop.signal.aborted) await insist(journal, ++n);
      })();
      await pause(500);
      const before = n;
      await broker.kill();
      const away = clock.now();
      await pause(2_000);
      await broker.restart();
      const back = clock.now();
      while (n < before + 20) await pause(20);
      stop.abort();
      await writing;
      console.info(`journal written again ${clock.now() - back} ms after a broker answered that was away for ${back - away} ms`);
      await expectWhole(journal, n);
      await expectWhole(openOne(prefix).copy, n);
    });

    it('rejects within its time while the broker does not answer, and goes on afterwards', async () => {
      const prefix = fresh();
      const journal = await openOne(prefix, { timeoutMs: 1_500 }).take(turn(1));
      await commit(journal, 1);
      broker.pause();
      try {
        const began = clock.now();
        await expect(commit(journal, 2)).rejects.toMatchObject({ code: 'store-failed' });
        expect(clock.now() - began).toBeLessThan(4_000);
      } finally {
        broker.resume();
      }
      await insist(journal, 2);
      await insist(journal, 3);
      await expectWhole(journal, 3);
    });
  });
}
