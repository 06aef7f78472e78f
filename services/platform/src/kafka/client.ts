import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { epochMs, type EpochMs } from '@breakwater/models/core';
import type { Admin, Consumer, EachBatchPayload, KafkaConfig, Producer, ProducerBatch, SASLOptions } from 'kafkajs';
import kafkajs, { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { OutgoingRecord } from './record.ts';
import type { Transactions } from './transactions.ts';
import { openTransactions } from './transactions.ts';
import { openWriter, socketFactory, type Writer } from './writer.ts';

export type { OutgoingRecord };

/** Where brokers are and how they are spoken to. */
export interface KafkaConnection {
  /** `host:port` of some of them; they name the others. */
  readonly brokers: readonly string[];
  /** How this process calls itself in the brokers' logs and metrics. */
  readonly clientId: string;
  /** Encrypts; with `ca` (PEM) where the brokers' certificate is not of a public authority. */
  readonly tls?: boolean | { readonly ca: string };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  /** Opens the connection to a broker instead of the usual one, e.g. through a tunnel. */
  readonly open?: (host: string, port: number) => Socket;
  readonly log: Log;
}

/** Where the first record of a request landed in a partition. */
export interface Appended {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
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

/** How a topic is made where it does not exist. */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  /** Copies of each partition; -1 is the brokers' own default. */
  readonly replicas: number;
  readonly config: Readonly<Record<string, string>>;
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

/** An offset for each partition. */
export type Offsets = ReadonlyMap<number, number>;
/** What a partition holds: from `low` up to, and without, `high`. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** A member of a group. */
export interface Member {
  /** Commits what was handled and is not committed yet. Rejects when that was not possible: it will come again. */
  commit(): Promise<void>;
  /** Leaves the group, after the batch at hand. Never rejects. */
  leave(): Promise<void>;
}

/** What the bus and the leases need of Kafka, in own types. Everything rejects with a `BreakwaterError` `bus-failed` or `bus-refused`. */
export interface KafkaClient {
  /** Makes the topics that do not exist, and returns how many partitions each has. */
  ensureTopics(plans: readonly TopicPlan[]): Promise<ReadonlyMap<string, number>>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** What each partition holds now. */
  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>>;
  /** What a group has committed; a partition without a commit is not in it. */
  committed(group: string, topic: string): Promise<Offsets>;
  /**
   * Appends records, all in one request to each broker, and resolves when every replica in sync has them. After a failure the same records may be sent again: the brokers
   * leave out what they have already. One call at a time.
   */
  send(records: readonly OutgoingRecord[]): Promise<readonly Appended[]>;
  /**
   * Gives up what `send` has under way: it rejects, and nothing of it leaves this process any more. What comes next is another writer's, to the brokers: of other records that were in the
   * request they cannot know any more that they have them, and take them again.
   */
  abandon(): void;
  join(options: MemberOptions): Promise<Member>;
  /**
   * Opens the writer `id` of whole transactions. Whoever had opened it before can write no more: its next try is rejected with `fenced`, and what it had not committed is
   * taken back. A transaction that is open for longer than `timeoutMs` is taken back by the brokers.
   */
  transactions(id: string, timeoutMs: number): Promise<Transactions>;
  close(): Promise<void>;
}

/** What the brokers say to a writer of transactions of which a later one was opened, or whose transaction they have taken back. Same page. */
const fences = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);
/** Refusals of a record for what it is: sending it again cannot help. https://kafka.apache.org/protocol#protocol_error_codes (read 2026-11-27). */
const refusals = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE']);
/** A fetch waits this long for records; leaving a group waits as long. */
const FETCH_WAIT_MS = 250;
/** One answer of a broker: compressed record batches, at most this much of each partition and in all. */
const FETCH_PARTITION_BYTES = 4_194_304;
const FETCH_BYTES = 33_554_432;
/** The client's own retries are few and quick; whoever calls repeats for as long as is right. */
const retry = { retries: 4, initialRetryTime: 50, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 };
/** Of a transaction: the brokers are still closing the one before, a matter of some milliseconds, or they are away, and then it is begun anew by whoever asked for it. */
const transactionRetry = { ...retry, retries: 9, initialRetryTime: 4 };
/** A member outlives a restart of the broker, about half a minute: one that is replaced waits until the group has given its predecessor up. */
const memberRetry = { ...retry, retries: 30 };
const CLOSE_TIMEOUT_MS = 5_000;
const TOPIC_ATTEMPTS = 5;

/** Market data packs to 28 % at this level in a third of the time that zlib's own level 6 takes for 26 % (measured 2026-11-27, book updates of twenty levels). */
const GZIP_LEVEL = 4;
const [pack, unpack] = [promisify<Buffer, { readonly level: number }, Buffer>(gzip), promisify<Buffer, Buffer>(gunzip)];
// The codec is the client library's own setting, and of the whole process.
kafkajs.CompressionCodecs[CompressionTypes.GZIP] = () => ({ compress: (encoder: { readonly buffer: Buffer }) => pack(encoder.buffer, { level: GZIP_LEVEL }), decompress: (packed: Buffer) => unpack(packed) });

/** Speaks to Kafka through kafkajs 2.2.4, the only file that knows it. Nothing connects before it is used. */
export function createKafkaClient(connection: KafkaConnection): KafkaClient {
  const config = configOf(connection);
  const kafka = new Kafka(config);
  const patient = new Kafka({ ...config, retry: memberRetry });
  let admin: Promise<Admin> | undefined;
  let writer: Writer | undefined;
  const members = new Set<() => Promise<void>>();
  const placed = { allowAutoTopicCreation: false, createPartitioner: () => ({ message }: { readonly message: { readonly partition?: number } }) => message.partition ?? 0 };

  const administrator = (): Promise<Admin> => (admin ??= connected(kafka.admin({ retry })).catch((error: unknown) => {
    admin = undefined;
    throw error;
  }));
  const ask = <T>(what: string, fn: (admin: Admin) => Promise<T>): Promise<T> => administrator().then(fn).catch((error: unknown) => {
    throw failure(what, error);
  });
  return {
    ensureTopics: (plans) => ask('making topics', async (of) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await ensureTopics(of, plans);
        } catch (error) {
          // Topics that others make at this moment are half there.
          if (attempt === TOPIC_ATTEMPTS || !isRetriable(error)) throw error;
          await new Promise((resolve) => setTimeout(resolve, retry.initialRetryTime * attempt));
        }
      }
    }),
    deleteTopics: (topics) => ask('deleting topics', (of) => of.deleteTopics({ topics: [...topics] })),
    bounds: (topic) => ask('reading the ends of a topic', async (of) => new Map((await of.fetchTopicOffsets(topic)).map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))),
    committed: (group, topic) => ask('reading committed offsets', async (of) => {
      const found = await of.fetchOffsets({ groupId: group, topics: [topic] });
      return new Map(found.flatMap(({ partitions }) => partitions).flatMap(({ partition, offset }) => (Number(offset) < 0 ? [] : [[partition, Number(offset)] as const])));
    }),
    send: async (records) => {
      const own = (writer ??= openWriter(config, connection.open, { ...placed, idempotent: true, maxInFlightRequests: 1, retry }));
      try {
        const appended = await own.send(requestOf(records));
        return appended.map(({ topicName, partition, baseOffset }) => ({ topic: topicName, partition, offset: Number(baseOffset ?? -1) }));
      } catch (error) {
        const failed = failure('writing to Kafka', error);
        // A producer that the brokers no longer know, or whose numbers they do not expect, is made anew.
        if (!isRetriable(error) && writer === own) {
          writer = undefined;
          void own.end();
        }
        throw failed;
      }
    },
    abandon: () => {
      writer?.cut();
      writer = undefined;
    },
    join: async (options) => {
      const member = await join(patient, options);
      const leave = (): Promise<void> => {
        members.delete(leave);
        return member.leave();
      };
      members.add(leave);
      return { commit: () => member.commit(), leave };
    },
    transactions: (id, timeoutMs) => openTransactions(kafka.producer({ ...placed, transactionalId: id, transactionTimeout: timeoutMs, maxInFlightRequests: 1, retry: transactionRetry }), requestOf, failure),
    close: async () => {
      await Promise.all([...members].map((leave) => leave()));
      const open = [writer?.end(), admin?.then((of) => of.disconnect()).catch(() => undefined)];
      writer = admin = undefined;
      await Promise.all(open.map((end) => within(CLOSE_TIMEOUT_MS, end)));
    },
  };
}

/** Records as one request of kafkajs. */
function requestOf(records: readonly OutgoingRecord[]): ProducerBatch {
  const topics = new Map<string, { key: string; value: string | Buffer | null; partition: number }[]>();
  for (const { topic, value, ...rest } of records) {
    const message = { ...rest, value: value === null || typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength) };
    const list = topics.get(topic);
    if (list === undefined) topics.set(topic, [message]);
    else list.push(message);
  }
  return { acks: -1, compression: CompressionTypes.GZIP, topicMessages: [...topics].map(([topic, messages]) => ({ topic, messages })) };
}

async function ensureTopics(of: Admin, plans: readonly TopicPlan[]): Promise<ReadonlyMap<string, number>> {
  const existing = new Set(await of.listTopics());
  const missing = plans.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) {
    await of.createTopics({
      topics: missing.map(({ topic, partitions, replicas, config }) => ({ topic, numPartitions: partitions, replicationFactor: replicas, configEntries: Object.entries(config).map(([name, value]) => ({ name, value })) })),
    });
  }
  const { topics } = await of.fetchTopicMetadata({ topics: plans.map(({ topic }) => topic) });
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
}

function configOf({ brokers, clientId, tls, sasl, open, log }: KafkaConnection): KafkaConfig {
  return {
    brokers: [...brokers], clientId, retry, connectionTimeout: 3_000, requestTimeout: 15_000, enforceRequestTimeout: true,
    ...(tls === undefined || tls === false ? {} : { ssl: tls === true ? true : { ca: [tls.ca] } }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
    ...(open === undefined ? {} : { socketFactory: socketFactory(open) }),
    // What matters of it is an error that somebody gets, or a crash that is told; the rest is for whoever looks into it.
    logLevel: logLevel.WARN,
    logCreator: () => ({ namespace, log: { message, error } }) => log.debug('kafka-client', { namespace, message, error: typeof error === 'string' ? error : undefined }),
  };
}

/** Joins a group with a consumer of its own, because one that crashed is not to be trusted again. */
async function join(kafka: Kafka, options: MemberOptions): Promise<Member> {
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
    await within(CLOSE_TIMEOUT_MS, tryCommit().then(() => consumer.disconnect()).catch(() => undefined));
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

async function connected<T extends Admin | Producer | Consumer>(of: T): Promise<T> {
  await of.connect();
  return of;
}

/** Waits for `work`, but no longer than `ms`: a broker that is away does not answer a farewell. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

/** What an error of kafkajs says of itself; the cause counts where it has given up repeating. */
function detailOf(error: unknown): { readonly type?: string; readonly retriable: boolean } {
  if (!(error instanceof Error)) return { retriable: false };
  const own = error as Error & { readonly type?: unknown; readonly retriable?: unknown; readonly cause?: unknown; readonly errors?: unknown };
  const cause = own.cause instanceof Error && own.cause !== error ? detailOf(own.cause) : undefined;
  const type = typeof own.type === 'string' ? own.type : cause?.type;
  return { ...(type === undefined ? {} : { type }), retriable: own.retriable === true || cause?.retriable === true };
}

function isRetriable(error: unknown): boolean {
  return detailOf(error).retriable;
}

function failure(what: string, error: unknown): BreakwaterError {
  if (error instanceof BreakwaterError) return error;
  const { type } = detailOf(error);
  const code = type !== undefined && refusals.has(type) ? 'bus-refused' : type !== undefined && fences.has(type) ? 'fenced' : 'bus-failed';
  return new BreakwaterError(code, `${what} failed: ${type === undefined ? '' : `${type}: `}${messageOf(error)}`, { cause: error });
}

