import type { BookMessage, Topic } from '@breakwater/contracts';
import { topics } from '@breakwater/contracts';
import type { EpochMs, Rng } from '@breakwater/models/core';
import type { Activity } from '../activity.ts';
import type { Clock } from '../clock/index.ts';
import type { KafkaConnection, TopicPlan } from '../kafka/client.ts';
import { layoutPlan } from '../kafka/layout.ts';
import type { RestartReason, SubscriptionTiming } from '../kafka/subscription.ts';
import type { Metrics } from '../metrics.ts';
import type { Bus, BusStats } from './index.ts';

/** Counters of one topic on the Kafka bus, of this process alone. */
export interface KafkaBusStats extends BusStats {
  /** Messages accepted beyond the buffer's limit, because nothing could make room for them. */
  readonly exceeded: number;
  /** Messages read that are not what the contracts say, and left out. */
  readonly rejected: number;
  /** Messages the brokers would not take for what they are. */
  readonly refused: number;
  /** Messages not sent because the term they were published under was over. */
  readonly over: number;
  /** Messages not sent when the bus was closed. */
  readonly lost: number;
}

/** How the way to the brokers is. */
export interface KafkaHealth {
  /** Whether the last thing asked of them was answered. */
  readonly connected: boolean;
  /** Since when; null before the first answer or failure. */
  readonly since: EpochMs | null;
  /** What failed last, while not connected. */
  readonly error: string | null;
  /** Messages waiting to be sent, or under way. */
  readonly waiting: number;
}

/** The bus of many processes. */
export interface KafkaBus extends Bus {
  stats(): Readonly<Record<Topic, KafkaBusStats>>;
  health(): KafkaHealth;
  /** The partition of a key's log, once the topics are known. */
  partitionFor(topic: Topic, key: string): Promise<number>;
  /** Gives assets that are new to the shared table a place, before anything about them is published. Partitions that are open already say of them what the table says then. */
  addAssets(assets: readonly string[]): Promise<void>;
}

/** What a Kafka bus needs. */
export interface KafkaBusOptions {
  readonly connection: KafkaConnection;
  /** Begins the name of every topic and group, e.g. `breakwater.`, so that several systems share brokers. */
  readonly prefix: string;
  /** Assets that this process is concerned with: what the shared partition table does not have yet is added to it. */
  readonly assets: readonly string[];
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Is busy from a publication until the brokers have it and every subscriber of this process has handled it. */
  readonly activity?: Activity;
  readonly metrics?: Metrics;
  /** Messages waiting to be sent before book updates give way, > 0. */
  readonly bufferLimit: number;
  /** As on the memory bus: told once of every book that went wrong because one of its updates was left out. Without it the buffer may exceed its limit. */
  readonly onConflated?: (message: BookMessage) => void;
  /** Told when a consumer was replaced. */
  readonly onRestart?: (topic: Topic, group: string, reason: RestartReason) => void;
  /** Where a group begins that has never read: with what is published from now on, the default, or with all that is kept. */
  readonly start?: 'latest' | 'earliest';
  /** Partitions of every topic instead of those of the map of the system. */
  readonly partitions?: number;
  /** Copies of each partition; the brokers' own default where it is not given. */
  readonly replicas?: number;
  readonly timing?: Partial<KafkaTiming>;
}
type Log = KafkaConnection['log'];

/** Times of the bus, milliseconds. */
export interface KafkaTiming extends SubscriptionTiming {
  /** How long messages are gathered before they are sent. */
  readonly lingerMs: number;
  /** How long sending waits for subscribers of this process to have joined, so that they share work from the first message. */
  readonly joinWaitMs: number;
  /** How long `close` goes on sending. */
  readonly closeMs: number;
}

/** The largest record batch topics take, bytes: a snapshot of an asset with a thousand markets is smaller (design assumption). */
const MAX_BATCH_BYTES = 16_777_216;
/** Every topic of the map of the system. */
export const topicNames = Object.keys(topics) as readonly Topic[];

/** How the topics are made: from the map of the system, and the log of the partition table. */
export function topicPlans(prefix: string, options: { readonly partitions?: number | undefined; readonly replicas?: number | undefined } = {}): readonly TopicPlan[] {
  const plans = topicNames.map((topic): TopicPlan => {
    const { keep, partitions } = topics[topic];
    const kept: Record<string, string> = keep === 'latest' ? { 'cleanup.policy': 'compact' } : { 'cleanup.policy': 'delete', 'retention.ms': String(keep * 3_600_000) };
    return { topic: `${prefix}${topic}`, partitions: options.partitions ?? partitions, replicas: options.replicas ?? -1, config: { ...kept, 'max.message.bytes': String(MAX_BATCH_BYTES) } };
  });
  return [...plans, layoutPlan(prefix, options.replicas ?? -1)];
}

/** What the bus counts of itself. */
export function busMetrics(metrics: Metrics) {
  return {
    messages: metrics.counter<'topic' | 'what'>('breakwater_bus_messages_total', 'Messages that subscribers handled, that were left out as unreadable (rejected), that the brokers would not take (refused), and that were not sent because the lease they were said under had ended (over)', ['topic', 'what']),
    lag: metrics.gauge<'topic' | 'group'>('breakwater_bus_lag_records', 'Records that wait for this process in its partitions of a topic', ['topic', 'group']),
    restarts: metrics.counter<'topic' | 'group' | 'reason'>('breakwater_bus_consumer_restarts_total', 'Consumers replaced because they crashed, stalled, or did not get into their group', ['topic', 'group', 'reason']),
    failures: metrics.counter('breakwater_bus_failures_total', 'Requests that the brokers did not answer'),
    connected: metrics.gauge('breakwater_bus_connected', 'Whether the brokers answered last (1) or not (0)'),
  };
}
