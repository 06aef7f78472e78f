import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Rng } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { IncomingBatch, KafkaConnection, TopicPlan } from '../kafka/client.ts';
import { createKafkaClient } from '../kafka/client.ts';
import type { KafkaSubscription } from '../kafka/subscription.ts';
import { createKafkaSubscription } from '../kafka/subscription.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { SavedState, StateStore } from './index.ts';

/** What a place for snapshots on Kafka needs. */
export interface KafkaStatesOptions {
  readonly connection: KafkaConnection;
  /** Begins the name of the topic, as for the bus. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Copies of the log; the brokers' own default where it is not given. */
  readonly replicas?: number;
}

const [pack, unpack] = [promisify<Buffer, Buffer>(gzip), promisify<Buffer, Buffer>(gunzip)];
/** The largest snapshot, packed, bytes. Sixty-four assets on six venues of a thousand levels a side are together smaller (design assumption). */
const MAX_BYTES = 16_777_216;
/** A worker that starts reads the whole log: small segments, packed often, keep it near the size of one snapshot of each partition. */
const config = {
  'cleanup.policy': 'compact', 'max.message.bytes': String(MAX_BYTES), 'segment.bytes': '67108864', 'segment.ms': '600000', 'min.cleanable.dirty.ratio': '0.1', 'max.compaction.lag.ms': '900000',
};
const backoff: Backoff = { baseMs: 100, maxMs: 3_000 };
const POLL_MS = 10;
/** A reader reads beside its owner's work, which may keep it from being heard of for a while. */
const timing = { sessionTimeoutMs: 30_000, commitEveryMs: undefined, stallMs: 60_000, checkEveryMs: 10_000 };

/**
 * Makes a place for snapshots on a compacted topic of one partition, keyed by the partition they are of. It follows the topic from its beginning and keeps the last snapshot of each, packed, in
 * memory, so that a partition that comes is opened at once. Connects in the background and goes on trying.
 */
export function createKafkaStates(options: KafkaStatesOptions): StateStore {
  const { clock, rng } = options;
  const { log } = options.connection;
  const client = createKafkaClient(options.connection);
  const topic = `${options.prefix}scoring-state`;
  const plan: TopicPlan = { topic, partitions: 1, replicas: options.replicas ?? -1, config };
  const newest = new Map<number, Uint8Array>();
  const closing = new AbortController();
  let subscription: KafkaSubscription | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const persist = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      if (closing.signal.aborted) throw new BreakwaterError('aborted', 'state not read: its store was closed');
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BreakwaterError) || !error.retryable) throw error;
        await sleep(clock, backoffDelay(attempt, rng, backoff), closing.signal).catch(() => undefined);
      }
    }
  };
  const take = ({ records }: IncomingBatch): void => {
    for (const { key, value } of records) {
      const partition = Number(Buffer.from(key ?? new Uint8Array()).toString('utf8'));
      if (value !== null && Number.isInteger(partition)) newest.set(partition, value);
    }
  };
  const open = async (): Promise<KafkaSubscription> => {
    await persist(() => client.ensureTopics([plan]));
    return (subscription = createKafkaSubscription({
      client, topic, topicName: topic, groupName: `${topic}.${randomUUID()}`, group: 'state', timing, clock, rng, log, starts: Promise.resolve(new Map()),
      work: {
        dealt: () => undefined, stop: async () => undefined,
        handle: async (batch) => {
          take(batch);
          return true;
        },
      },
      onError: (error) => log.error('states-not-read', { error: messageOf(error) }), onLag: () => undefined, onRestart: () => undefined,
    }));
  };
  const opened = open();
  opened.catch(() => undefined);
  return {
    newest: async (partition) => {
      const reader = await opened;
      const bounds = await persist(() => client.bounds(topic));
      while (!reader.reached(bounds)) {
        if (reader.over()) throw new BreakwaterError('aborted', 'state not read: its store was closed');
        await sleep(clock, POLL_MS);
      }
      const packed = newest.get(partition);
      if (packed === undefined) return undefined;
      const found = await unpacked(packed);
      if (found === undefined) log.error('state-unreadable', { partition });
      return found;
    },
    save: (partition, { position, text }) => {
      const written = writing.then(async () => {
        await opened;
        const value = await pack(Buffer.from(`${position}\n${text}`, 'utf8'));
        await client.send([{ topic, partition: 0, key: String(partition), value }]);
      });
      writing = written.catch(() => undefined);
      return written;
    },
    close: async () => {
      closing.abort();
      await opened.catch(() => undefined);
      await writing;
      await subscription?.stop();
      await client.close();
    },
  };
}

async function unpacked(packed: Uint8Array): Promise<SavedState | undefined> {
  try {
    const whole = (await unpack(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength))).toString('utf8');
    const end = whole.indexOf('\n');
    const position = Number(whole.slice(0, end));
    return end > 0 && Number.isInteger(position) && position >= 0 ? { position, text: whole.slice(end + 1) } : undefined;
  } catch {
    return undefined;
  }
}
