import { epochMs, type EpochMs } from '@breakwater/models/core';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { farewell, memberRetry } from './client-terms.ts';
import { failure } from './failure.ts';

/** A record that was read. */
export interface IncomingRecord {
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** When it was written: by the broker's clock where the topic says so. */
  readonly timestamp: EpochMs;
}
/** Consecutive records of one partition. */
export interface IncomingBatch {
  readonly partition: number;
  readonly records: readonly IncomingRecord[];
}

/** Terms of a member of a consumer group. */
export interface MemberOptions {
  readonly group: string;
  readonly topic: string;
  /** Its partitions go to others when it has not been heard of for this long, milliseconds. */
  readonly sessionTimeoutMs: number;
  /** How often what was handled is committed, milliseconds; also when the group is dealt anew and when it is left. Undefined: never, the group only reads. */
  readonly commitEveryMs: number | undefined;
  /** Partitions whose batches may be handled at once, default 1; of one partition it is always one batch after the other. */
  readonly concurrently?: number;
  /** Where to begin in each partition that nothing was committed for; the beginning where it says nothing. Asked at every assignment. */
  readonly startAt: (partition: number) => number | undefined;
  /** `seek` goes on reading one of them from an offset, at any time while it is the member's; what was fetched already is not handed over. */
  readonly onAssigned: (partitions: readonly number[], seek: (partition: number, offset: number) => void) => void;
  /** Partitions are being dealt anew: none is certain until `onAssigned`. */
  readonly onRevoked: () => void;
  /** Resolves with whether the batch was handled: then its offset is committed, unless it is one that was committed before (`repeated`), and otherwise it comes again. Never rejects. */
  readonly onBatch: (batch: IncomingBatch) => Promise<boolean | 'repeated'>;
  /** A partition was handled up to this offset. */
  readonly onDone: (partition: number, next: number) => void;
  /** A partition was read up to this offset, also where nothing of it was for `onBatch`: the marks at the ends of transactions, and what was taken back. */
  readonly onPassed?: (partition: number, next: number) => void;
  /** The member has ended by itself and does not come back. */
  readonly onCrash: (error: unknown) => void;
}

/** A member of a group. */
export interface Member {
  /** Commits what was handled and is not committed yet. Rejects when that was not possible: it will come again. */
  commit(): Promise<void>;
  /** Leaves the group, after the batch at hand. Never rejects. */
  leave(): Promise<void>;
}

/** A fetch waits this long for records; leaving a group waits as long. */
const FETCH_WAIT_MS = 250;
/** One answer of a broker: compressed record batches, at most this much of each partition and in all. */
const FETCH_PARTITION_BYTES = 4_194_304;
const FETCH_BYTES = 33_554_432;

/** Joins a group with a consumer of its own, because one that crashed is not to be trusted again. */
export async function joinGroup(kafka: Kafka, options: MemberOptions): Promise<Member> {
  const { group, topic, sessionTimeoutMs, startAt, commitEveryMs } = options;
  const heartbeatMs = Math.max(200, Math.floor(sessionTimeoutMs / 10));
  const consumer = kafka.consumer({
    groupId: group, sessionTimeout: sessionTimeoutMs, rebalanceTimeout: Math.max(60_000, sessionTimeoutMs), heartbeatInterval: heartbeatMs, allowAutoTopicCreation: false,
    maxWaitTimeInMs: FETCH_WAIT_MS, minBytes: 1, maxBytesPerPartition: FETCH_PARTITION_BYTES, maxBytes: FETCH_BYTES,
    // It would start itself again in ways that cannot be followed from outside.
    retry: { ...memberRetry, restartOnFailure: async () => false },
  });
  let left = false;
  let timer: NodeJS.Timeout | undefined;
  /** Handled and not committed. */
  const handled = new Map<number, number>();
  const commit = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const offsets = [...handled].map(([partition, offset]) => ({ topic, partition, offset: String(offset) }));
    handled.clear();
    if (offsets.length > 0) {
      await consumer.commitOffsets(offsets).catch((error: unknown) => {
        throw failure(`committing what was handled of ${topic}`, error);
      });
    }
  };
  // What could not be committed comes again.
  const tryCommit = (): Promise<void> => commit().catch(() => undefined);
  const done = (partition: number, { next, repeated }: Handed): void => {
    options.onDone(partition, next);
    if (commitEveryMs === undefined || repeated) return;
    handled.set(partition, next);
    timer ??= setTimeout(() => void tryCommit(), commitEveryMs);
  };
  const seek = (partition: number, offset: number): void => {
    if (!left) consumer.seek({ topic, partition, offset: String(offset) });
  };
  const leave = async (): Promise<void> => {
    left = true;
    clearTimeout(timer);
    // Stopping waits for the batch at hand and leaves the group, so what was handled before it is committed first, and the batch after it was handled.
    await farewell(tryCommit().then(() => consumer.disconnect()).catch(() => undefined));
  };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Another may have gone on with what was dealt away.
    handled.clear();
    const partitions = payload.memberAssignment[topic] ?? [];
    for (const partition of partitions) {
      const offset = startAt(partition);
      if (offset !== undefined) seek(partition, offset);
    }
    if (!left) options.onAssigned(partitions, seek);
  });
  consumer.on(consumer.events.REBALANCING, () => {
    // On its way before the request to join again: the group still takes it.
    void tryCommit();
    options.onRevoked();
  });
  const { onPassed } = options;
  if (onPassed !== undefined) consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => onPassed(payload.partition, Number(payload.lastOffset) + 1));
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!left) options.onCrash(failure(`consuming ${topic}`, payload.error));
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: options.concurrently ?? 1,
      eachBatch: async (payload) => {
        const { partition } = payload.batch;
        const handed = left ? undefined : await handBatch(payload, heartbeatMs, options);
        if (handed === undefined) return;
        done(partition, handed);
        // While it is being stopped the consumer takes commits from here alone.
        if (left && commitEveryMs !== undefined && !handed.repeated) await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(handed.next) }] }] }).catch(() => undefined);
      },
    });
  } catch (error) {
    await leave();
    throw failure(`joining ${group}`, error);
  }
  return { commit, leave };
}

/** A batch that was handled: the offset after it, and whether it had been handled and committed before. */
interface Handed {
  readonly next: number;
  readonly repeated: boolean;
}

/** Hands a batch on and stays a member of the group meanwhile, however long it takes. Resolves with undefined when it was not handled. */
async function handBatch(payload: EachBatchPayload, heartbeatMs: number, options: MemberOptions): Promise<Handed | undefined> {
  const { batch } = payload;
  const last = batch.messages.at(-1);
  if (last === undefined || payload.isStale()) return undefined;
  const beat = setInterval(() => {
    // That the group changes is learned, and acted upon, after the batch.
    payload.heartbeat().catch(() => undefined);
  }, heartbeatMs);
  try {
    const records = batch.messages.map(({ offset, key, value, timestamp }) => ({ offset: Number(offset), key, value, timestamp: epochMs(Number(timestamp)) }));
    const outcome = await options.onBatch({ partition: batch.partition, records });
    if (outcome === false) return undefined;
    payload.resolveOffset(last.offset);
    return { next: Number(batch.lastOffset()) + 1, repeated: outcome === 'repeated' };
  } finally {
    clearInterval(beat);
  }
}
