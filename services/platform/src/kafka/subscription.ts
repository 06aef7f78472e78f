import type { Topic, TopicMessages } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import type { SubscribeOptions } from '../bus/index.ts';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { Bounds, IncomingBatch, KafkaClient, Member, Offsets } from './client.ts';
import { decode } from './codec.ts';

/** Why a consumer was started anew: it did not move although there was something to read, it was in no group for too long, or it ended by itself. */
export type RestartReason = 'stalled' | 'not-joined' | 'crashed';

/** Times of a subscription, milliseconds. */
export interface SubscriptionTiming {
  /** A member not heard of for this long loses its partitions. */
  readonly sessionTimeoutMs: number;
  /** How often what was handled is committed: a process that dies leaves this much to be handled again. */
  readonly commitEveryMs: number;
  /** No progress for this long, with messages waiting and no handler running, is a stall. */
  readonly stallMs: number;
  /** How often lag and progress are looked at. */
  readonly checkEveryMs: number;
}

/** What a subscription needs. */
export interface SubscriptionDeps<T extends Topic> {
  readonly client: KafkaClient;
  readonly topic: T;
  /** Names in Kafka. */
  readonly topicName: string;
  readonly groupName: string;
  readonly terms: SubscribeOptions<T>;
  readonly timing: SubscriptionTiming;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Where the group begins in a partition nothing was committed for; resolves once that is fixed. */
  readonly starts: Promise<Offsets>;
  readonly onHandled: (messages: number) => void;
  readonly onRejected: (messages: number) => void;
  readonly onLag: (records: number) => void;
  readonly onRestart: (reason: RestartReason) => void;
}

/** A member of a group that is kept alive. */
export interface KafkaSubscription<T extends Topic> {
  readonly topic: T;
  readonly groupName: string;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
  /** Whether it is over: stopped, or its handler failed. */
  over(): boolean;
  /** Partitions it has; undefined while it is in no group or they are being dealt anew. */
  assigned(): ReadonlySet<number> | undefined;
  /** Whether everything in its partitions up to these ends was handled; false while it has none. */
  reached(bounds: ReadonlyMap<number, Bounds>): boolean;
  /** Commits what was handled. What cannot be committed now comes again. */
  commit(): Promise<void>;
}

/** Waits between starts of a consumer, and how long one must have run for the next wait to be a first one. */
const restartBackoff: Backoff = { baseMs: 200, maxMs: 3_000 };
const HEALTHY_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;
/** Members that handle a long batch hold a new deal up for as long as a minute; beyond one and a half something is wrong (design assumption). */
const JOIN_TIMEOUT_MS = 90_000;

/**
 * Subscribes and stays subscribed: a consumer that crashed, or is alive and not consuming (kafkajs#1720), is replaced. The offset of a batch is committed when its handler has
 * resolved, so what a process had not finished comes again, to it or to another. A handler that rejects ends the subscription.
 */
export function createKafkaSubscription<T extends Topic>(deps: SubscriptionDeps<T>): KafkaSubscription<T> {
  const { client, topic, topicName, groupName, terms, timing, clock, log } = deps;
  const stopping = new AbortController();
  const isOver = (): boolean => stopping.signal.aborted;
  let assigned: ReadonlySet<number> | undefined;
  /** The next offset to handle in each partition: what was committed at the last deal, and since. */
  let positions = new Map<number, number>();
  let positionsKnown = false;
  let starts: Offsets = new Map();
  let deal = 0;
  let handling: Promise<void> | undefined;
  let member: Member | undefined;
  let progressAt = clock.now();
  let rejected = 0;

  const readPositions = async (): Promise<void> => {
    const of = ++deal;
    positionsKnown = false;
    positions = new Map();
    for (let attempt = 0; of === deal && !isOver(); attempt++) {
      try {
        const committed = await client.committed(groupName, topicName);
        if (of !== deal) return;
        for (const [partition, offset] of [...starts, ...committed]) positions.set(partition, Math.max(offset, positions.get(partition) ?? 0));
        positionsKnown = true;
        return;
      } catch {
        await sleep(clock, backoffDelay(attempt, deps.rng, restartBackoff), stopping.signal).catch(() => undefined);
      }
    }
  };
  const readBatch = ({ partition, records }: IncomingBatch): readonly TopicMessages[T][] => {
    const messages: TopicMessages[T][] = [];
    for (const { offset, value } of records) {
      const decoded = decode(topic, value);
      for (const message of decoded.messages) messages.push(message);
      if (decoded.rejected === 0) continue;
      rejected += decoded.rejected;
      deps.onRejected(decoded.rejected);
      // Of a flood every doubling is told.
      if (Number.isInteger(Math.log2(rejected))) log.warn('message-skipped', { topic, partition, offset, rejected, reason: decoded.reason });
    }
    return messages;
  };
  const handle = async (batch: IncomingBatch): Promise<boolean> => {
    const messages = readBatch(batch);
    try {
      if (messages.length > 0) await terms.handler(messages);
    } catch (error) {
      stopping.abort();
      log.error('subscriber-failed', { topic, group: terms.group, error: messageOf(error) });
      // An error that nobody hears of would be a stage that died in silence.
      if (terms.onError === undefined) queueMicrotask(() => { throw error; });
      else terms.onError(error);
      return false;
    }
    progressAt = clock.now();
    deps.onHandled(messages.length);
    return true;
  };
  const onBatch = async (batch: IncomingBatch): Promise<boolean> => {
    if (isOver()) return false;
    const work = handle(batch);
    handling = work.then(() => undefined);
    const handled = await work;
    handling = undefined;
    return handled;
  };
  const reached = (bounds: ReadonlyMap<number, Bounds>): boolean => {
    if (assigned === undefined || !positionsKnown || handling !== undefined) return false;
    return [...assigned].every((partition) => {
      const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
      return low === high || (positions.get(partition) ?? low) >= high;
    });
  };
  /** Why the consumer is to be replaced, or undefined. */
  const ailment = async (): Promise<RestartReason | undefined> => {
    const now = clock.now();
    if (assigned === undefined || !positionsKnown) return now - progressAt > Math.max(JOIN_TIMEOUT_MS, timing.stallMs) ? 'not-joined' : undefined;
    const bounds = await client.bounds(topicName).catch(() => undefined);
    // Brokers that do not answer cannot be read from either; the client sees to that.
    if (bounds === undefined || handling !== undefined) {
      progressAt = now;
      return undefined;
    }
    let lag = 0;
    for (const partition of assigned) {
      const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
      lag += Math.max(0, high - Math.max(low, positions.get(partition) ?? low));
    }
    deps.onLag(lag);
    if (lag === 0) progressAt = now;
    return clock.now() - progressAt > timing.stallMs ? 'stalled' : undefined;
  };
  const watch = async (signal: AbortSignal): Promise<RestartReason> => {
    for (;;) {
      await sleep(clock, timing.checkEveryMs, signal);
      const found = await ailment();
      if (found !== undefined) return found;
    }
  };
  /** One consumer, from its start to its end. */
  const attend = async (): Promise<RestartReason | undefined> => {
    const ended = new AbortController();
    progressAt = clock.now();
    let end: (reason: RestartReason | undefined) => void = () => undefined;
    const crashed = new Promise<RestartReason | undefined>((resolve) => (end = resolve));
    const onCrash = (error: unknown): void => {
      if (!isOver()) log.warn('consumer-crashed', { topic, group: terms.group, error: messageOf(error) });
      end('crashed');
    };
    const onStop = (): void => end(undefined);
    stopping.signal.addEventListener('abort', onStop, { once: true });
    const joined = client.join({
      group: groupName, topic: topicName, sessionTimeoutMs: timing.sessionTimeoutMs, commitEveryMs: timing.commitEveryMs, onBatch, onCrash,
      startAt: (partition) => (positions.has(partition) ? undefined : starts.get(partition)),
      onAssigned: (partitions) => {
        assigned = new Set(partitions);
        progressAt = clock.now();
        void readPositions();
      },
      onRevoked: () => void (assigned = undefined),
      onDone: (partition, next) => void positions.set(partition, next),
    }).then((of) => (member = of)).catch(onCrash);
    const reason = await Promise.race([crashed, watch(ended.signal).catch(() => undefined)]);
    ended.abort();
    stopping.signal.removeEventListener('abort', onStop);
    assigned = undefined;
    member = undefined;
    const left = joined.then((of) => of?.leave());
    // Brokers that are away are not waited for by whoever stops.
    const limit = new AbortController();
    await Promise.race(isOver() ? [left, sleep(clock, STOP_TIMEOUT_MS, limit.signal).catch(() => undefined)] : [left]);
    limit.abort();
    return reason;
  };
  const run = async (): Promise<void> => {
    starts = await deps.starts.catch((): Offsets => new Map());
    for (let attempt = 0; !isOver(); attempt++) {
      const startedAt = clock.now();
      const reason = await attend();
      if (isOver()) return;
      if (clock.now() - startedAt > HEALTHY_MS) attempt = 0;
      log.warn('consumer-restarted', { topic, group: terms.group, reason });
      if (reason !== undefined) deps.onRestart(reason);
      await sleep(clock, backoffDelay(attempt, deps.rng, restartBackoff), stopping.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    topic, groupName, over: isOver, assigned: () => assigned, reached,
    commit: async () => {
      await member?.commit().catch(() => undefined);
    },
    stop: async () => {
      stopping.abort();
      await handling;
      await running;
    },
  };
}
