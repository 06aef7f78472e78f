import { writeSync } from 'node:fs';
import { assetId, createRng, epochMs } from '@breakwater/models/core';
import { createKafkaBus, type KafkaBus } from '@breakwater/platform/bus/kafka';
import type { Clock } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import type { SeriesStore } from '@breakwater/platform/store';
import { createKafkaStates } from '@breakwater/platform/state/kafka';
import { scoringDefaults, type ScoringConfig } from '../config.ts';
import { createPartitionScoring } from '../partition-scoring.ts';
import type { Scoring } from '../stage.ts';
import { streamSources } from './stream.ts';

/** Who a worker of a test is. */
export interface WorkerTerms {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly assets: readonly string[];
  readonly partitions: number;
  /** How far the stream's time is behind ours, milliseconds. */
  readonly offsetMs: number;
  readonly stateEveryMs: number;
}

/** No tick of the tests' streams is forced, and none is too old: how slow the machine is must not matter. */
export function testConfig(assets: readonly string[], stateEveryMs: number): ScoringConfig {
  return { ...scoringDefaults, assets: assets.map((asset) => ({ asset: assetId(asset), float: 1e9 })), latenessMs: 600_000, catchUpMs: Infinity, stateEveryMs };
}

/** The system's clock, in the time of a stream. */
export function clockBehind(offsetMs: number): Clock {
  const clock = createSystemClock();
  return { ...clock, now: () => epochMs(clock.now() - offsetMs), after: (ms, fn) => clock.after(ms, fn) };
}

const noSeries: SeriesStore = { append: async () => undefined, range: async () => [] } as unknown as SeriesStore;

/** A bus as workers of tests have it; the least session that brokers take by default. */
export function testBus({ brokers, prefix, assets, partitions }: Omit<WorkerTerms, 'offsetMs' | 'stateEveryMs'>, name: string): KafkaBus {
  return createKafkaBus({
    connection: { brokers, clientId: name, log: silentLog }, prefix, assets, partitions, bufferLimit: 100_000, clock: createSystemClock(), rng: createRng(process.pid), log: silentLog, start: 'earliest',
    timing: { sessionTimeoutMs: 6_000 },
  });
}

/** A worker, in this process, and how many partitions were ever opened for it. */
export async function startWorker(terms: WorkerTerms, name: string): Promise<{ readonly scoring: Scoring; opened(): number; stop(): Promise<void> }> {
  const bus = testBus(terms, name);
  let opened = 0;
  const counted: KafkaBus = {
    ...bus,
    subscribePartitions: (options) =>
      bus.subscribePartitions({
        ...options,
        open: async (partition) => {
          const reader = await options.open(partition);
          opened++;
          return reader;
        },
      }),
  };
  const states = createKafkaStates({ connection: { brokers: terms.brokers, clientId: name, log: silentLog }, prefix: terms.prefix, clock: createSystemClock(), rng: createRng(process.pid) });
  const scoring = createPartitionScoring({
    bus: counted, states, series: noSeries, clock: clockBehind(terms.offsetMs), log: silentLog, config: testConfig(terms.assets, terms.stateEveryMs), sources: streamSources,
    onFatal: (error) => {
      throw error;
    },
  });
  await scoring.start();
  return {
    scoring, opened: () => opened,
    stop: async () => {
      await scoring.stop();
      await bus.close();
      await states.close();
    },
  };
}

/** A worker in a process of its own, until that ends: prints a line each time it has told more scores. */
export async function runWorker(argument: string): Promise<void> {
  const { scoring } = await startWorker(JSON.parse(argument) as WorkerTerms, `worker-${process.pid}`);
  let told = 0;
  setInterval(() => {
    const { scores } = scoring.stats();
    if (scores > told) writeSync(1, `${scores}\n`);
    told = scores;
  }, 20);
}
