import type { BookMessage, Topic } from '@breakwater/contracts';
import type { Activity } from '../activity.ts';
import { BreakwaterError } from '../errors.ts';
import type { Group, TopicCounters } from './group.ts';
import { createGroup } from './group.ts';
import type { Bus, BusStats, PartitionTerms, SubscribeOptions, Subscription } from './index.ts';
import type { MemoryPartition } from './memory-partition.ts';
import { createMemoryPartition } from './memory-partition.ts';

/** Counters of one topic on the memory bus. */
export interface MemoryBusStats extends BusStats {
  /** Messages waiting now, over all groups. */
  readonly queued: number;
  /** Messages accepted beyond a queue's limit, because nothing could make room for them. */
  readonly exceeded: number;
  /** Messages whose subscriber stopped or failed before it had handled them, and messages published after `close`. */
  readonly lost: number;
}

/** The bus of one process. */
export interface MemoryBus extends Bus {
  stats(): Readonly<Record<Topic, MemoryBusStats>>;
}

/** What a memory bus needs. */
export interface MemoryBusOptions {
  /** Is busy while anything is queued or being handled. */
  readonly activity: Activity;
  /** Messages queued for one group of one topic before book updates give way, > 0. */
  readonly queueLimit: number;
  /**
   * Told once of every book that went wrong because one of its updates was left out for `group`. The owner publishes `feed.health`
   * `stale` and has the collector start the book anew from a snapshot; until one arrives its updates are left out.
   * Without it books are never left out and queues may exceed their limit.
   */
  readonly onConflated?: (message: BookMessage, group: string) => void;
}

interface Channel<T extends Topic> {
  readonly counters: TopicCounters;
  /** In the order of their first subscription. */
  readonly groups: Map<string, Group<T>>;
  /** The same as a list: publishing goes through it for every message. */
  list: readonly Group<T>[];
}
type Channels = { readonly [T in Topic]: Channel<T> };

/**
 * Makes the bus of one process. Publishing costs one array push for each group; a group handles everything queued in one batch on
 * a later turn of the event loop. Messages of a topic reach a group in the order they were published, also those published inside a handler.
 * A group that joins late, or again after a failure, gets what is published from then on: its state must come from snapshots or the store.
 * The queue's rules are those of `createConflatingQueue`. A handler must not await `publishDurable` to its own group: it would wait for itself.
 */
export function createMemoryBus(options: MemoryBusOptions): MemoryBus {
  const channels: Channels = { assets: createChannel(), global: createChannel(), scores: createChannel(), snapshots: createChannel(), warnings: createChannel(), heartbeats: createChannel() };
  const all: readonly Channel<Topic>[] = Object.values(channels);
  const subscriptions = new Set<Subscription>();
  let idleWaiters: (() => void)[] = [];
  let closed = false;
  let alone = 0;
  const isIdle = (): boolean => all.every((channel) => [...channel.groups.values()].every((group) => !group.busy()));
  const onIdle = (): void => {
    if (idleWaiters.length === 0 || !isIdle()) return;
    const woken = idleWaiters;
    idleWaiters = [];
    for (const wake of woken) wake();
  };
  const groupOf = <T extends Topic>(topic: T, name: string): Group<T> => {
    const channel: Channel<T> = channels[topic];
    const existing = channel.groups.get(name);
    if (existing !== undefined) return existing;
    const { onConflated } = options;
    const group = createGroup<T>({
      topic, name, limit: options.queueLimit, activity: options.activity, counters: channel.counters, onIdle,
      onConflated: onConflated === undefined ? undefined : (message) => onConflated(message, name),
      onEmpty: () => {
        if (channel.groups.get(name) === group) channel.groups.delete(name);
        channel.list = [...channel.groups.values()];
        onIdle();
      },
    });
    channel.groups.set(name, group);
    channel.list = [...channel.groups.values()];
    return group;
  };
  const partitions = new Map<string, MemoryPartition>();
  /** One queue in the channels of both topics, so that what is published on either has one order. */
  const partitionOf = (name: string): MemoryPartition => {
    const existing = partitions.get(name);
    if (existing !== undefined) return existing;
    const both: readonly Pick<Channel<'assets' | 'global'>, 'groups' | 'list'>[] = [channels.assets, channels.global];
    const id = `${name} (partitions)`;
    const list = (): void => both.forEach((channel) => void (channel.list = [...channel.groups.values()]));
    const { onConflated } = options;
    const group = createGroup<'assets' | 'global'>({
      topic: 'assets', name, limit: options.queueLimit, activity: options.activity, counters: channels.assets.counters, onIdle,
      onConflated: onConflated === undefined ? undefined : (message) => onConflated(message, name),
      onEmpty: () => {
        for (const channel of both) channel.groups.delete(id);
        partitions.delete(name);
        list();
        onIdle();
      },
    });
    for (const channel of both) channel.groups.set(id, group);
    list();
    const partition = createMemoryPartition(group, name, channels.assets.counters.published + channels.global.counters.published);
    partitions.set(name, partition);
    return partition;
  };
  /** Remembers a subscription until it stops. */
  const kept = (own: Subscription): Subscription => {
    const subscription: Subscription = {
      stop: () => {
        subscriptions.delete(subscription);
        return own.stop();
      },
    };
    subscriptions.add(subscription);
    return subscription;
  };
  return {
    publish: (topic, message) => {
      const channel = channels[topic];
      channel.counters.published++;
      if (closed) channel.counters.lost++;
      else for (const group of channel.list) group.push(message);
    },
    publishDurable: async (topic, messages) => {
      if (closed) throw new BreakwaterError('aborted', `publishing on ${topic} failed: the bus is closed`);
      if (messages.length === 0) return;
      const channel = channels[topic];
      channel.counters.published += messages.length;
      const groups = [...channel.groups.values()];
      for (const message of messages) for (const group of groups) group.push(message);
      const outcomes = await Promise.allSettled(groups.map((group) => group.handled()));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    subscribe: <T extends Topic>(topic: T, terms: SubscribeOptions<T>) => {
      if (closed) throw new BreakwaterError('aborted', `subscribing to ${topic} failed: the bus is closed`);
      return kept(groupOf(topic, terms.alone === undefined ? terms.group : `${terms.group} (alone ${alone++})`).join(terms));
    },
    subscribePartitions: (terms: PartitionTerms) => {
      if (closed) throw new BreakwaterError('aborted', 'subscribing to partitions failed: the bus is closed');
      return kept(partitionOf(terms.group).join(terms));
    },
    idle: async () => {
      while (!isIdle()) await new Promise<void>((resolve) => idleWaiters.push(resolve));
    },
    close: async () => {
      closed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
    },
    stats: () => ({ assets: statsOf(channels.assets), global: statsOf(channels.global), scores: statsOf(channels.scores), snapshots: statsOf(channels.snapshots), warnings: statsOf(channels.warnings), heartbeats: statsOf(channels.heartbeats) }),
  };
}

function createChannel<T extends Topic>(): Channel<T> {
  return { counters: { published: 0, handled: 0, conflated: 0, exceeded: 0, lost: 0 }, groups: new Map(), list: [] };
}

function statsOf<T extends Topic>(channel: Channel<T>): MemoryBusStats {
  let queued = 0;
  for (const group of channel.groups.values()) queued += group.queued();
  return { ...channel.counters, queued };
}

