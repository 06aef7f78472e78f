import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import { createRng } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { PartitionMessage } from '@breakwater/platform/bus';
import type { KafkaBus } from '@breakwater/platform/bus/kafka';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedDisk } from '@breakwater/platform/simulated';
import { createKafkaStates } from '@breakwater/platform/state/kafka';
import { createKilledProcess, type RunningProgram } from '@breakwater/platform/suites';
import { kafkaForTests } from '../../../infra/dev/src/kafka.ts';
import { createScoring } from './scoring.ts';
import { marketStream, streamSources } from './testing/stream.ts';
import { clockBehind, startWorker, testBus, testConfig, type WorkerTerms } from './testing/worker.ts';

const broker = await kafkaForTests('4.1.1');
const folder = mkdtempSync(join(tmpdir(), 'breakwater-workers-'));
afterAll(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const clock = createSystemClock();
const assets = ['APE', 'ARB', 'CRV', 'LDO', 'OM'];
const partitions = 3;
const from = 1_700_000_000_000;
const seconds = 10;
const stream = marketStream({ seed: 11, assets, from, seconds, levels: 6 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isGlobal = ({ kind }: PartitionMessage): boolean => kind === 'watermark' || kind === 'feed.health' || kind === 'rate' || kind === 'rate.cross';

/** A score without what depends on who told it, and when, in the contract's order of fields: its inputs' hash and one of all its figures. */
const figures = (score: ScoreMessage): string => `${score.inputHash} ${createHash('sha256').update(JSON.stringify(scoreMessage.parse({ ...score, seq: 0, receivedAt: 0 }))).digest('hex')}`;
const keyOf = (score: ScoreMessage): string => `${score.asset} ${score.eventTime - from}`;

/** The scores of one process on the memory bus, which reads the same stream. */
async function inOneProcess(): Promise<ReadonlyMap<string, string>> {
  const activity = createActivity();
  const bus = createMemoryBus({ activity, queueLimit: 100_000 });
  const told = new Map<string, string>();
  bus.subscribe('scores', { group: 'test', handler: (batch) => batch.forEach((score) => told.set(keyOf(score), figures(score))) });
  const store = createSimulatedDisk({ rng: createRng(1) }).open();
  const scoring = createScoring({
    bus, journal: store.journal, series: store.series, clock: clockBehind(clock.now() - from), activity, log: silentLog, config: testConfig(assets, 1), sources: streamSources,
    onFatal: (error) => {
      throw error;
    },
  });
  await scoring.start();
  for (const message of stream) {
    bus.publish(isGlobal(message) ? 'global' : 'assets', message);
    // A tick for every watermark that makes one due, as a log has it.
    if (isGlobal(message)) await activity.idle();
  }
  await activity.idle();
  await scoring.stop();
  await bus.close();
  return told;
}

if (broker === undefined) describe('workers on Kafka', () => it.skip('needs a broker', () => undefined));
else {
  const expected = await inOneProcess();
  const workers = createKilledProcess(folder, `import { runWorker } from ${JSON.stringify(new URL('./testing/worker.ts', import.meta.url).href)}; await runWorker(process.argv[2]);`);
  let worlds = 0;
  /** A system of its own: what scores were told, by whom of its workers ever, and the stream, of which a part is published. */
  const world = () => {
    const terms: WorkerTerms = { brokers: broker.brokers, prefix: `workers-${process.pid}-${worlds++}.`, assets, partitions, offsetMs: clock.now() - from, stateEveryMs: 500 };
    const bus: KafkaBus = testBus(terms, 'world');
    const told = new Map<string, Set<string>>();
    let copies = 0;
    bus.subscribe('scores', {
      group: 'test',
      handler: (batch) => {
        for (const score of batch) {
          const all = told.get(keyOf(score)) ?? new Set();
          told.set(keyOf(score), all.add(figures(score)));
          copies++;
        }
      },
    });
    let published = 0;
    /** Publishes up to a share of the stream, in steps. */
    const publishUpTo = async (share: number, stepMs = 30): Promise<void> => {
      for (const end = Math.floor(stream.length * share); published < end; published++) {
        const message = stream[published];
        if (message === undefined) return;
        bus.publish(isGlobal(message) ? 'global' : 'assets', message);
        if (published % 20 === 0) await pause(stepMs);
      }
    };
    return {
      terms, bus, told, publishUpTo, copies: () => copies,
      until: async (count: number) => {
        while (told.size < count) await pause(20);
      },
      /** Every tick of every asset was told, and all copies of it are the score of one process, to the last bit. */
      check: () => {
        expect([...told.keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [key, all] of told) expect([key, ...all]).toEqual([key, expected.get(key)]);
      },
      close: () => bus.close(),
    };
  };

  describe('workers on Kafka', () => {
    it('expects a score of every asset at every second', () => {
      expect(expected.size).toBe(assets.length * seconds);
    });

    it('tell what one process tells while partitions move between them', async () => {
      const w = world();
      const first = await startWorker(w.terms, 'first');
      await w.publishUpTo(0.3);
      await w.until(5);
      const second = await startWorker(w.terms, 'second');
      // The group is dealt anew in the middle. How long that takes is the machine's affair: some ticks are kept for when the second has a partition.
      await w.publishUpTo(0.5, 60);
      while (second.opened() === 0) await pause(20);
      await w.publishUpTo(0.8);
      while (second.scoring.stats().scores === 0) await pause(20);
      await first.stop();
      await w.publishUpTo(1);
      await w.until(expected.size);
      await second.stop();
      w.check();
      await w.close();
    }, 120_000);

    it('lose nothing when one is killed, and the next goes on from its snapshots', async () => {
      const w = world();
      const dying = workers.start(JSON.stringify(w.terms));
      await w.publishUpTo(0.5);
      await w.until(10);
      // Time for a snapshot of each partition.
      await pause(1_500);
      await w.publishUpTo(0.6);
      await dying.printed(2);
      dying.signal('SIGKILL');
      await dying.ended;
      const states = createKafkaStates({ connection: { brokers: broker.brokers, clientId: 'test', log: silentLog }, prefix: w.terms.prefix, clock, rng: createRng(1) });
      for (let partition = 0; partition < partitions; partition++) expect((await states.newest(partition))?.position).toBeGreaterThan(0);
      await states.close();
      const before = w.copies();
      const killedAt = clock.now();
      const heir = await startWorker(w.terms, 'heir');
      await w.publishUpTo(1);
      while (w.copies() === before) await pause(10);
      const firstAfter = clock.now() - killedAt;
      await w.until(expected.size);
      await heir.stop();
      w.check();
      process.stdout.write(`workers on Kafka: ${firstAfter} ms from the death of a worker to the next one's first score, session 6,000 ms; ${w.copies() - expected.size} of ${expected.size} scores told twice\n`);
      await w.close();
    }, 120_000);

    it('bear one that was paused beyond its session and goes on where it was, beside the one that has its partitions', async () => {
      const w = world();
      const sleeper: RunningProgram = workers.start(JSON.stringify(w.terms));
      await w.publishUpTo(0.4);
      await w.until(10);
      sleeper.signal('SIGSTOP');
      const heir = await startWorker(w.terms, 'heir');
      await w.publishUpTo(0.6);
      while (heir.scoring.stats().scores === 0) await pause(20);
      sleeper.signal('SIGCONT');
      for (let share = 0.6; share <= 1; share += 0.05) await w.publishUpTo(share, 60);
      await w.publishUpTo(1);
      await w.until(expected.size);
      await pause(2_000);
      sleeper.signal('SIGKILL');
      await sleeper.ended;
      await heir.stop();
      w.check();
      await w.close();
    }, 120_000);
  });
}
