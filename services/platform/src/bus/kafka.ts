import { randomUUID } from 'node:crypto';
import type { Topic, TopicMessages } from '@breakwater/contracts';
import { topics } from '@breakwater/contracts';
import { defined } from '@breakwater/models/core';
import { sleep } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { Offsets } from '../kafka/client.ts';
import { createKafkaClient } from '../kafka/client.ts';
import { sharedTable } from '../kafka/layout.ts';
import { createPartitionWork } from '../kafka/partition-work.ts';
import { partitionOf, type PartitionTable } from '../kafka/partitions.ts';
import { createRecordReader, type ReadRecords } from '../kafka/record-reader.ts';
import { createSender } from '../kafka/sender.ts';
import type { KafkaSubscription, SubscriptionWork } from '../kafka/subscription.ts';
import { createKafkaSubscription } from '../kafka/subscription.ts';
import { createMetrics } from '../metrics.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { PartitionReader, PartitionTerms, SubscribeOptions, Subscription } from './index.ts';
import { busMetrics, topicNames as names, topicPlans, type KafkaBus, type KafkaBusOptions, type KafkaBusStats, type KafkaHealth, type KafkaTiming } from './kafka-terms.ts';

export type { KafkaBus, KafkaBusOptions, KafkaBusStats, KafkaHealth, KafkaTiming } from './kafka-terms.ts';

/** Kafka's defaults where there are any: 45 s of session since 3.0 is for rolling restarts; a worker's death should cost seconds (design assumption: ten). */
const defaultTiming: KafkaTiming = { sessionTimeoutMs: 10_000, commitEveryMs: 200, stallMs: 30_000, checkEveryMs: 5_000, lingerMs: 5, joinWaitMs: 10_000, closeMs: 5_000 };
const openBackoff: Backoff = { baseMs: 100, maxMs: 5_000 };
/** How often the end of what is under way is looked for. */
const IDLE_POLL_MS = 5;

type Counters = { -readonly [K in keyof KafkaBusStats]: number };

/**
 * Makes the bus of many processes. It connects in the background and goes on trying; until then, and whenever the brokers are away, messages wait within the buffer's bound.
 *
 * - Everything about one asset is one partition of `assets`; a table that all processes share spreads assets evenly and moves none.
 * - Everything on `global` is also in every partition of `assets`, after what its process had published before it.
 * - A subscription of a group shares the partitions of its topic with the group's other members, here and elsewhere. A message comes again when a process ended before its
 *   batch was handled: handlers must bear that. A reader that is `alone` is a group by itself, which commits nothing and is forgotten with its process.
 * - What this process publishes after `subscribe` reaches the new subscriber, as on the memory bus.
 * - `idle` resolves when the brokers have everything this process published and its subscribers have handled everything their partitions held, and that is committed; what other processes
 *   have not published yet cannot be known.
 */
export function createKafkaBus(options: KafkaBusOptions): KafkaBus {
  const { prefix, clock, rng, log, activity } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const client = createKafkaClient(options.connection);
  const counters = Object.fromEntries(names.map((topic) => [topic, { published: 0, handled: 0, conflated: 0, exceeded: 0, rejected: 0, refused: 0, over: 0, lost: 0 }])) as Record<Topic, Counters>;
  const metrics = busMetrics(options.metrics ?? createMetrics());
  const closing = new AbortController();
  const isClosed = (): boolean => closing.signal.aborted;
  const subscriptions = new Set<KafkaSubscription>();
  let starting: Promise<unknown>[] = [];
  let joinBefore: number | undefined;
  let partitions: ReadonlyMap<Topic, number> = new Map();
  let table: PartitionTable = new Map();
  let health: Omit<KafkaHealth, 'waiting'> = { connected: false, since: null, error: null };

  const noteTry = (error: BreakwaterError | undefined): void => {
    const connected = error === undefined;
    if (!connected) metrics.failures.inc({});
    if (connected !== health.connected || health.since === null) {
      health = { connected, since: clock.now(), error: null };
      metrics.connected.set({}, connected ? 1 : 0);
      if (connected) log.info('kafka-connected');
      else log.warn('kafka-away', { error: error.message });
    }
    if (!connected) health = { ...health, error: error.message };
  };
  const persist = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await ask();
        noteTry(undefined);
        return answer;
      } catch (error) {
        if (!(error instanceof BreakwaterError) || error.code === 'store-newer') throw error;
        // A topic that was just made has no leader for a moment.
        if (attempt > 0) noteTry(error);
        if (isClosed()) throw error;
        await sleep(clock, backoffDelay(attempt, rng, openBackoff), closing.signal);
      }
    }
  };
  const open = async (): Promise<void> => {
    const made = await persist(() => client.ensureTopics(topicPlans(prefix, options)));
    partitions = new Map(names.map((topic) => {
      const found = defined(made.get(`${prefix}${topic}`), 'partitions of a topic');
      const planned = options.partitions ?? topics[topic].partitions;
      if (found !== planned) log.warn('partitions-differ', { topic, partitions: found, planned });
      return [topic, found];
    }));
    await place(options.assets);
  };
  const place = async (assets: readonly string[]): Promise<void> => {
    table = await persist(() => sharedTable({ client, clock, topic: `${prefix}layout` }, assets, defined(partitions.get('assets'), 'partitions of a topic')));
  };
  const opened = open();
  opened.catch((error: unknown) => {
    if (!isClosed()) log.error('kafka-not-opened', { error: messageOf(error) });
  });
  const none: PartitionTable = new Map();
  const placeOf = (topic: Topic, key: string): { readonly topic: string; readonly partition: number } => (
    { topic: `${prefix}${topic}`, partition: partitionOf(key, defined(partitions.get(topic), 'a topic that was opened'), topics[topic].key === 'asset' ? table : none) });
  const logsOf = (topic: Topic): readonly { readonly topic: string; readonly partition: number }[] => Array.from({ length: partitions.get(topic) ?? 0 }, (_, partition) => ({ topic: `${prefix}${topic}`, partition }));
  const live = (): readonly KafkaSubscription[] => [...subscriptions].filter((subscription) => !subscription.over());
  /** Whether members of one group that are in this process have parts that do not overlap: then the deal is over. */
  const dealt = (): boolean => {
    const taken = new Set<string>();
    for (const subscription of live()) {
      const assigned = subscription.assigned();
      if (assigned === undefined) return false;
      for (const partition of assigned) {
        const id = `${subscription.groupName} ${partition}`;
        if (taken.has(id)) return false;
        taken.add(id);
      }
    }
    return true;
  };
  const ready = async (): Promise<void> => {
    await opened;
    if (starting.length > 0) await Promise.all(starting);
    if (joinBefore === undefined) return;
    while (!dealt() && clock.now() < joinBefore && !isClosed()) await sleep(clock, IDLE_POLL_MS);
    joinBefore = undefined;
  };
  const queueCounters = { conflated: 0, exceeded: 0 };
  const { onConflated } = options;
  const sender = createSender({
    client, clock, rng, log, limit: options.bufferLimit, lingerMs: timing.lingerMs, place: placeOf, copiesTo: () => logsOf('assets'), ready, counters: queueCounters,
    onTry: noteTry,
    onConflated,
    onRefused: (topic, messages) => {
      counters[topic].refused += messages;
      metrics.messages.inc({ topic, what: 'refused' }, messages);
      log.error('message-refused', { topic, messages });
    },
    onOver: (topic, messages) => {
      counters[topic].over += messages;
      metrics.messages.inc({ topic, what: 'over' }, messages);
    },
  });

  let endActivity: (() => void) | undefined;
  const beginActivity = (): void => {
    if (activity === undefined || endActivity !== undefined) return;
    endActivity = activity.begin('bus kafka');
    void idle().catch(() => undefined).then(() => {
      endActivity?.();
      endActivity = undefined;
    });
  };
  const push = <T extends Topic>(topic: T, message: TopicMessages[T], until: (() => boolean) | undefined): void => {
    counters[topic].published++;
    if (isClosed()) counters[topic].lost++;
    else sender.push(message, until);
  };
  const idle = async (): Promise<void> => {
    for (;;) {
      await sender.drained();
      if (isClosed()) return;
      const before = published();
      const waitedFor = live();
      await Promise.all([...new Set(waitedFor.map(({ topic }) => topic))].map(async (topic) => {
        const bounds = await persist(() => client.bounds(`${prefix}${topic}`));
        const waits = (subscription: KafkaSubscription): boolean => subscription.topic === topic && !subscription.over() && !subscription.reached(bounds);
        while (!isClosed() && waitedFor.some(waits)) await sleep(clock, IDLE_POLL_MS);
      }));
      if (published() === before && sender.waiting() === 0 && live().every((subscription) => waitedFor.includes(subscription))) {
        await Promise.all(waitedFor.map((subscription) => subscription.commit()));
        return;
      }
    }
  };
  const published = (): number => names.reduce((sum, topic) => sum + counters[topic].published, 0);
  const startOf = async (groupName: string, topicName: string, alone: 'kept' | 'new' | undefined): Promise<Offsets> => {
    await opened;
    if (alone === 'kept') return new Map();
    const committed = await persist(() => client.committed(groupName, topicName));
    // A partition that was added to a topic a group knows is read from its beginning.
    if (committed.size > 0 || (options.start === 'earliest' && alone === undefined)) return new Map();
    const bounds = await persist(() => client.bounds(topicName));
    return new Map([...bounds].flatMap(([partition, { low, high }]) => (high === low ? [] : [[partition, high] as const])));
  };
  const startsOfGroups = new Map<string, Promise<Offsets>>();
  /** A member of a group that `workOf` makes do its work. */
  const attend = <T extends Topic>(topic: Topic, carries: readonly T[] | T, terms: { readonly group: string; readonly alone?: 'kept' | 'new' | undefined; readonly onError?: (error: unknown) => void }, starts: (groupName: string) => Promise<Offsets>, workOf: (parts: Parts<T>) => SubscriptionWork, concurrently = 1): Subscription => {
    if (isClosed()) throw new BreakwaterError('aborted', `subscribing to ${topic} failed: the bus is closed`);
    const groupName = `${prefix}${terms.group}.${topic}${terms.alone === undefined ? '' : `.${randomUUID()}`}`;
    const begins = startsOfGroups.get(groupName) ?? starts(groupName);
    startsOfGroups.set(groupName, begins);
    const settled = begins.catch(() => undefined).finally(() => (starting = starting.filter((other) => other !== settled)));
    starting.push(settled);
    joinBefore = clock.now() + timing.joinWaitMs;
    const onRejected = (messages: number): void => {
      counters[topic].rejected += messages;
      metrics.messages.inc({ topic, what: 'rejected' }, messages);
    };
    const onHandled = (messages: number): void => {
      counters[topic].handled += messages;
      metrics.messages.inc({ topic, what: 'handled' }, messages);
    };
    const own: KafkaSubscription = createKafkaSubscription({
      client, topic, topicName: `${prefix}${topic}`, groupName, group: terms.group, onError: terms.onError, timing: terms.alone === undefined ? timing : { ...timing, commitEveryMs: undefined }, clock, rng, starts: begins, log, concurrently,
      work: workOf({ groupName, read: createRecordReader(carries, { log, onRejected }), onHandled, fail: (error) => own.fail(error) }),
      onLag: (records) => metrics.lag.set({ topic, group: terms.group }, records),
      onRestart: (reason) => {
        metrics.restarts.inc({ topic, group: terms.group, reason });
        options.onRestart?.(topic, terms.group, reason);
      },
    });
    subscriptions.add(own);
    return {
      stop: async () => {
        await own.stop();
        subscriptions.delete(own);
      },
    };
  };
  const subscribe = <T extends Topic>(topic: T, terms: SubscribeOptions<T>): Subscription =>
    attend(topic, topic, terms, (groupName) => startOf(groupName, `${prefix}${topic}`, terms.alone), ({ read, onHandled }) => ({
      dealt: () => undefined, stop: async () => undefined,
      handle: async (batch) => {
        const messages = read(batch);
        if (messages.length > 0) await terms.handler(messages);
        onHandled(messages.length);
        return true;
      },
    }));
  const subscribePartitions = (terms: PartitionTerms): Subscription =>
    attend('assets', ['assets', 'global'] as const, terms, () => opened.then(() => new Map()), ({ groupName, read, onHandled, fail }) => createPartitionWork({
      client, clock, rng, log, topicName: `${prefix}assets`, groupName, onFailed: fail, holds: (partition, asset) => placeOf('assets', asset).partition === partition, read,
      terms: { ...terms, open: async (partition) => counted(await terms.open(partition), onHandled) },
      // While one waits for what it said to be taken, another works.
    }), topics.assets.partitions);
  return {
    publish: (topic, message, until) => {
      push(topic, message, until);
      beginActivity();
    },
    publishDurable: async (topic, messages, until) => {
      if (isClosed()) throw new BreakwaterError('aborted', `publishing on ${topic} failed: the bus is closed`);
      if (messages.length === 0) return;
      for (const message of messages) push(topic, message, until);
      beginActivity();
      await sender.sent(until);
    },
    subscribe, subscribePartitions, idle,
    close: async () => {
      closing.abort();
      const lost = await sender.close(timing.closeMs);
      if (lost > 0) log.warn('messages-lost', { messages: lost });
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await client.close();
    },
    stats: () => {
      counters.assets.conflated = queueCounters.conflated;
      counters.assets.exceeded = queueCounters.exceeded;
      return Object.fromEntries(names.map((topic) => [topic, { ...counters[topic] }])) as Record<Topic, KafkaBusStats>;
    },
    health: () => ({ ...health, waiting: sender.waiting() }),
    partitionFor: async (topic, key) => {
      await opened;
      return placeOf(topic, key).partition;
    },
    addAssets: async (assets) => {
      await opened;
      await place(assets);
    },
  };
}

/** What a member's work is made with. */
interface Parts<T extends Topic> {
  readonly groupName: string;
  readonly read: ReadRecords<T>;
  readonly onHandled: (messages: number) => void;
  readonly fail: (error: unknown) => void;
}

function counted(reader: PartitionReader, onHandled: (messages: number) => void): PartitionReader {
  return {
    from: reader.from, close: (reason) => reader.close(reason),
    handler: async (batch, next) => {
      await reader.handler(batch, next);
      onHandled(batch.length);
    },
  };
}
