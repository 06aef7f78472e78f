import type { AssetMessage, GlobalMessage, Message, Topic, TopicMessages } from '@breakwater/contracts';

/**
 * The bus as a port: topics of `topics.ts`, ordered within a key. Adapters: `bus/memory` in one process, Kafka at scale.
 */
export interface Bus {
  /**
   * Publishes without waiting, for market data. When a subscriber's queue is full the oldest book update of the same instrument makes
   * room (its book is then marked stale by a `feed.health` the caller gets through `onConflated`); nothing else is ever dropped.
   * With `until` (one function for each term, which stays false once it is) the message belongs to a term: where it waits to be sent, and the term ends, it is left out. In memory nothing waits.
   */
  publish<T extends Topic>(topic: T, message: TopicMessages[T], until?: () => boolean): void;
  /**
   * Publishes and resolves when the messages can no longer be lost: in memory when every subscriber has handled them,
   * on Kafka when every replica has them. Rejects when a subscriber failed, and with `fenced` when `until` ended first: then they may be there or not.
   */
  publishDurable<T extends Topic>(topic: T, messages: readonly TopicMessages[T][], until?: () => boolean): Promise<void>;
  /**
   * Calls `handler` with batches in order; the next batch waits for it. A handler that rejects stops the subscription and its
   * `onError` is called: the owner decides (supervision restarts the stage).
   */
  subscribe<T extends Topic>(topic: T, options: SubscribeOptions<T>): Subscription;
  /**
   * Reads the logs of `assets` as partitions that are handed over: each is one complete order of everything about the assets in it and everything on `global`, and is at one member of the group
   * at a time. A worker that was cut off, and does not know yet, may still hold one that another has: what it then says must be what that other says of the same log.
   */
  subscribePartitions(terms: PartitionTerms): Subscription;
  /** Resolves when no message is queued or being handled. */
  idle(): Promise<void>;
  /** Stops every subscription after its current batch. */
  close(): Promise<void>;
  /** Messages published, handled and conflated, per topic. */
  stats(): Readonly<Record<Topic, BusStats>>;
}

/** A subscription's terms. */
export interface SubscribeOptions<T extends Topic> {
  /** Subscribers of one group share the work; each group gets every message. */
  readonly group: string;
  /**
   * For what is kept in memory alone: the reader shares with nobody, here or elsewhere, whatever its group is called, and its place is remembered nowhere. It gets what is `new`, or what
   * is `kept` of the topic (nothing, on a bus in memory) and then what is new.
   */
  readonly alone?: 'kept' | 'new' | undefined;
  readonly handler: (batch: readonly TopicMessages[T][]) => void | Promise<void>;
  readonly onError?: (error: unknown) => void;
}

/** What a log of `assets` carries: everything about its assets, and everything on `global`. */
export type PartitionMessage = AssetMessage | GlobalMessage;

/** Terms of a reader of partitions. */
export interface PartitionTerms {
  /** Members of one group share the partitions. */
  readonly group: string;
  /** A partition has come to this member. A rejection ends the subscription. */
  readonly open: (partition: OpenedPartition) => Promise<PartitionReader>;
  readonly onError?: (error: unknown) => void;
}

/** A partition that has come to a member. Positions count the places of its log; they grow and may leave some out. */
export interface OpenedPartition {
  readonly partition: number;
  /** Whether an asset's messages are in it. */
  readonly holds: (asset: string) => boolean;
  /** Up to here the group has handled it, whoever held it: a reader may come by it again. Undefined when nobody ever did. */
  readonly handled: number | undefined;
  /** What is kept of the log now: from the one up to, and without, the other. */
  readonly kept: { readonly from: number; readonly until: number };
}

/** What reads a partition that is open. */
export interface PartitionReader {
  /** Where to begin; at the beginning of what is kept where it is undefined. */
  readonly from: number | undefined;
  /** Called, beside other partitions, with messages in the order of the log, none twice and none left out while the partition is open, and the position after them. What it resolved for counts as handled. */
  handler(batch: readonly PartitionMessage[], next: number): Promise<void>;
  /** The partition has gone to another (`moved`) or this member leaves (`stopped`); nothing is handed over any more. */
  close(reason: 'moved' | 'stopped'): Promise<void>;
}

/** A running subscription. */
export interface Subscription {
  stop(): Promise<void>;
}

/** Counters of one topic. */
export interface BusStats {
  readonly published: number;
  readonly handled: number;
  readonly conflated: number;
}

/** What a stage needs to publish market data. */
export type Publish = <T extends Topic>(topic: T, message: TopicMessages[T]) => void;
export type { Message };
