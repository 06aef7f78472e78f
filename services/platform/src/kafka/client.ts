import type { Socket } from 'node:net';
import type { Admin, KafkaConfig, SASLOptions } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import type { Log } from '../log.ts';
import { farewell, memberRetry, retry } from './client-terms.ts';
import { failure, isRetriable } from './failure.ts';
import type { Member, MemberOptions } from './member.ts';
import { joinGroup } from './member.ts';
import type { OutgoingRecord } from './record.ts';
import { requestOf } from './request.ts';
import type { Transactions } from './transactions.ts';
import { openTransactions } from './transactions.ts';
import { openWriter, socketFactory, type Writer } from './writer.ts';

export type { IncomingBatch, IncomingRecord, Member, MemberOptions } from './member.ts';
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
/** How a topic is made where it does not exist. */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  /** Copies of each partition; -1 is the brokers' own default. */
  readonly replicas: number;
  readonly config: Readonly<Record<string, string>>;
}

/** An offset for each partition. */
export type Offsets = ReadonlyMap<number, number>;
/** What a partition holds: from `low` up to, and without, `high`. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
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

/** Of a transaction: the brokers are still closing the one before, a matter of some milliseconds, or they are away, and then it is begun anew by whoever asked for it. */
const transactionRetry = { ...retry, retries: 9, initialRetryTime: 4 };
const TOPIC_ATTEMPTS = 5;

/** Speaks to Kafka through kafkajs 2.2.4. Nothing connects before it is used. */
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
      const member = await joinGroup(patient, options);
      const leave = (): Promise<void> => {
        members.delete(leave);
        return member.leave();
      };
      members.add(leave);
      return { commit: () => member.commit(), leave };
    },
    transactions: (id, timeoutMs) => openTransactions(kafka.producer({ ...placed, transactionalId: id, transactionTimeout: timeoutMs, maxInFlightRequests: 1, retry: transactionRetry })),
    close: async () => {
      await Promise.all([...members].map((leave) => leave()));
      const open = [writer?.end(), admin?.then((of) => of.disconnect()).catch(() => undefined)];
      writer = admin = undefined;
      await Promise.all(open.map((end) => farewell(end)));
    },
  };
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

async function connected(of: Admin): Promise<Admin> {
  await of.connect();
  return of;
}
