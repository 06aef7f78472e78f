/** One worker of `bench scale`, in a process of its own; it is told what to do by its first argument and answers messages of its parent. */
import type { AssetId } from '@breakwater/models/core';
import { createRng, epochMs } from '@breakwater/models/core';
import type { Bus } from '@breakwater/platform/bus';
import { createActivity } from '@breakwater/platform/activity';
import { createKafkaBus } from '@breakwater/platform/bus/kafka';
import type { Clock } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createKafkaStates } from '@breakwater/platform/state/kafka';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import { createScoring } from '@breakwater/scoring';
import { scaleAssets, scaleConfig, scaleFrom, scaleSources } from './bench-scale-stream.ts';

/** What a worker is told. */
export interface ScaleWorkerTerms {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly assets: number;
  /** The file of its store, which it makes. */
  readonly store: string;
}

/** What a worker answers. */
export interface ScaleWorkerAnswer {
  readonly partitions: number;
  /** Assets it has told a score of. */
  readonly assets: readonly string[];
  /** Processor time of the process so far, and what it holds after a collection of garbage. */
  readonly cpuMs: number;
  readonly memoryMb: number;
}

const [, , argument] = process.argv;
if (argument !== undefined && process.send !== undefined) await work(JSON.parse(argument) as ScaleWorkerTerms);

async function work({ brokers, prefix, assets, store: path }: ScaleWorkerTerms): Promise<void> {
  const system = createSystemClock();
  const offset = system.now() - scaleFrom;
  const clock: Clock = { ...system, now: () => epochMs(system.now() - offset), after: (ms, fn) => system.after(ms, fn) };
  const connection = { brokers, clientId: `scale-${process.pid}`, log: silentLog };
  const bus = createKafkaBus({ connection, prefix, assets: scaleAssets(assets), clock: system, rng: createRng(process.pid), log: silentLog, bufferLimit: 200_000, start: 'earliest' });
  const states = createKafkaStates({ connection, prefix, clock: system, rng: createRng(process.pid) });
  const store = openEmbeddedStore({ path, log: silentLog, retentionMs: Infinity });
  const told = new Set<AssetId>();
  const held = new Set<number>();
  const watched: Bus = {
    ...bus,
    publishDurable: (topic, messages) => {
      for (const message of messages) if (message.kind === 'score') told.add(message.asset);
      return bus.publishDurable(topic, messages);
    },
    subscribePartitions: (terms) => bus.subscribePartitions({
      ...terms,
      open: async (partition) => {
        const reader = await terms.open(partition);
        held.add(partition.partition);
        return {
          from: reader.from, handler: (batch, next) => reader.handler(batch, next),
          close: (reason) => {
            held.delete(partition.partition);
            return reader.close(reason);
          },
        };
      },
    }),
  };
  const scoring = createScoring({
    bus: watched, states, journal: store.journal, series: store.series, clock, activity: createActivity(), log: silentLog, config: scaleConfig(assets), sources: scaleSources,
    onFatal: (error) => {
      throw error;
    },
  });
  await scoring.start();
  process.on('message', () => {
    globalThis.gc?.();
    const { user, system: kernel } = process.cpuUsage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const answer: ScaleWorkerAnswer = { partitions: held.size, assets: [...told].sort(), cpuMs: (user + kernel) / 1_000, memoryMb: (heapUsed + arrayBuffers) / 1e6 };
    process.send?.(answer);
  });
}
