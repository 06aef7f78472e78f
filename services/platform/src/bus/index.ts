import type { Message, Topic, TopicMessages } from '@breakwater/contracts';

/**
 * The bus as a port: topics of `topics.ts`, ordered within a key. Adapters: `bus/memory` in one process, Kafka at scale.
 */
export interface Bus {
  /**
   * Publishes without waiting, for market data. When a subscriber's queue is full the oldest book update of the same instrument makes
   * room (its book is then marked stale by a `feed.health` the caller gets through `onConflated`); nothing else is ever dropped.
   */
  publish<T extends Topic>(topic: T, message: TopicMessages[T]): void;
  /**
   * Publishes and resolves when the messages can no longer be lost: in memory when every subscriber has handled them,
   * on Kafka when every replica has them. Rejects when a subscriber failed.
   */
  publishDurable<T extends Topic>(topic: T, messages: readonly TopicMessages[T][]): Promise<void>;
  /**
   * Calls `handler` with batches in order; the next batch waits for it. A handler that rejects stops the subscription and its
   * `onError` is called: the owner decides (supervision restarts the stage).
   */
  subscribe<T extends Topic>(topic: T, options: SubscribeOptions<T>): Subscription;
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
  readonly handler: (batch: readonly TopicMessages[T][]) => void | Promise<void>;
  readonly onError?: (error: unknown) => void;
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
