import type { Rng } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { Bounds, IncomingBatch, KafkaClient, Member, Offsets } from './client.ts';

/** Why a consumer was started anew: it did not move although there was something to read, it was in no group for too long, or it ended by itself. */
export type RestartReason = 'stalled' | 'not-joined' | 'crashed';

/** Times of a subscription, milliseconds. */
export interface SubscriptionTiming {
  /** A member not heard of for this long loses its partitions. */
  readonly sessionTimeoutMs: number;
  /** How often what was handled is committed: a process that dies leaves this much to be handled again. Undefined: never. */
  readonly commitEveryMs: number | undefined;
  /** No progress for this long, with messages waiting and no handler running, is a stall. */
  readonly stallMs: number;
  /** How often lag and progress are looked at. */
  readonly checkEveryMs: number;
}

/** What a member does with what it is given. */
export interface SubscriptionWork {
  /** These partitions, and no others, are the member's from now on. `seek` is good until the next call. */
  dealt(partitions: readonly number[], seek: (partition: number, offset: number) => void): void;
  /** Resolves as `MemberOptions.onBatch`; a rejection ends the subscription. */
  handle(batch: IncomingBatch): Promise<boolean | 'repeated'>;
  /** The next offset it wants of a partition, where it is not the one after what was committed and handled since; undefined while it cannot take any. */
  readonly position?: (partition: number) => number | undefined;
  /** The subscription is over: called once, after the batch at hand and before the group is left. */
  stop(): Promise<void>;
}

/** What a subscription needs. */
export interface SubscriptionDeps {
  readonly client: KafkaClient;
  /** What it is called in the log. */
  readonly topic: string;
  /** Names in Kafka. */
  readonly topicName: string;
  readonly groupName: string;
  readonly group: string;
  readonly work: SubscriptionWork;
  /** Partitions whose batches may be handled at once, default 1. */
  readonly concurrently?: number;
  /** What its owner is told of a failure; without it the failure ends the process. */
  readonly onError: ((error: unknown) => void) | undefined;
  readonly timing: SubscriptionTiming;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Where the group begins in a partition nothing was committed for; resolves once that is fixed. */
  readonly starts: Promise<Offsets>;
  readonly onLag: (records: number) => void;
  readonly onRestart: (reason: RestartReason) => void;
}

/** A member of a group that is kept alive. */
export interface KafkaSubscription {
  readonly topic: string;
  readonly groupName: string;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
  /** Ends as by a handler that failed. */
  fail(error: unknown): void;
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
export function createKafkaSubscription(deps: SubscriptionDeps): KafkaSubscription {
  const { client, topic, topicName, groupName, group, work, timing, clock, log } = deps;
  const stopping = new AbortController();
  const isOver = (): boolean => stopping.signal.aborted;
  let assigned: ReadonlySet<number> | undefined;
  /** The next offset to handle in each partition: what was committed at the last deal, and since. */
  let positions = new Map<number, number>();
  let positionsKnown = false;
  let starts: Offsets = new Map();
  let deal = 0;
  const handling = new Set<Promise<unknown>>();
  let member: Member | undefined;
  let progressAt = clock.now();

  /** Whether its place is nowhere but here: then nobody else reads its partitions, and it goes on from where it is. */
  const isAlone = timing.commitEveryMs === undefined;
  const readPositions = async (): Promise<void> => {
    if (isAlone) {
      positions = new Map([...starts, ...positions]);
      positionsKnown = true;
      return;
    }
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
  const fail = (error: unknown): void => {
    if (isOver()) return;
    stopping.abort();
    log.error('subscriber-failed', { topic, group, error: messageOf(error) });
    // An error that nobody hears of would be a stage that died in silence.
    if (deps.onError === undefined) queueMicrotask(() => { throw error; });
    else deps.onError(error);
  };
  const handle = async (batch: IncomingBatch): Promise<boolean | 'repeated'> => {
    try {
      const outcome = await work.handle(batch);
      if (outcome !== false) progressAt = clock.now();
      return outcome;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const onBatch = async (batch: IncomingBatch): Promise<boolean | 'repeated'> => {
    if (isOver()) return false;
    const handled = handle(batch);
    handling.add(handled);
    return handled.finally(() => handling.delete(handled));
  };
  const positionOf = (partition: number, low: number): number => (work.position === undefined ? (positions.get(partition) ?? low) : (work.position(partition) ?? -1));
  const reached = (bounds: ReadonlyMap<number, Bounds>): boolean => {
    if (assigned === undefined || !positionsKnown || handling.size > 0) return false;
    return [...assigned].every((partition) => {
      const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
      return low === high || positionOf(partition, low) >= high;
    });
  };
  /** Why the consumer is to be replaced, or undefined. */
  const ailment = async (): Promise<RestartReason | undefined> => {
    const now = clock.now();
    if (assigned === undefined || !positionsKnown) return now - progressAt > Math.max(JOIN_TIMEOUT_MS, timing.stallMs) ? 'not-joined' : undefined;
    const bounds = await client.bounds(topicName).catch(() => undefined);
    // Brokers that do not answer cannot be read from either; the client sees to that.
    if (bounds === undefined || handling.size > 0) {
      progressAt = now;
      return undefined;
    }
    let lag = 0;
    for (const partition of assigned) {
      const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
      lag += Math.max(0, high - Math.max(low, positionOf(partition, low)));
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
  let workEnded: Promise<void> | undefined;
  const endWork = (): Promise<void> => (workEnded ??= Promise.all(handling).then(() => work.stop()).catch((error: unknown) => log.warn('not-closed', { topic, group, error: messageOf(error) })));
  /** One consumer, from its start to its end. */
  const attend = async (): Promise<RestartReason | undefined> => {
    const ended = new AbortController();
    progressAt = clock.now();
    let end: (reason: RestartReason | undefined) => void = () => undefined;
    const crashed = new Promise<RestartReason | undefined>((resolve) => (end = resolve));
    const onCrash = (error: unknown): void => {
      if (!isOver()) log.warn('consumer-crashed', { topic, group, error: messageOf(error) });
      end('crashed');
    };
    const onStop = (): void => end(undefined);
    stopping.signal.addEventListener('abort', onStop, { once: true });
    const joined = client.join({
      group: groupName, topic: topicName, sessionTimeoutMs: timing.sessionTimeoutMs, commitEveryMs: timing.commitEveryMs, concurrently: deps.concurrently ?? 1, onBatch, onCrash,
      startAt: (partition) => (isAlone ? (positions.get(partition) ?? starts.get(partition)) : positions.has(partition) ? undefined : starts.get(partition)),
      onAssigned: (partitions, seek) => {
        assigned = new Set(partitions);
        progressAt = clock.now();
        work.dealt(partitions, seek);
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
    const left = (isOver() ? endWork() : Promise.resolve()).then(() => joined).then((of) => of?.leave());
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
      log.warn('consumer-restarted', { topic, group, reason });
      if (reason !== undefined) deps.onRestart(reason);
      await sleep(clock, backoffDelay(attempt, deps.rng, restartBackoff), stopping.signal).catch(() => undefined);
    }
  };
  const running = run().then(() => (workEnded === undefined ? endWork() : undefined));
  return {
    topic, groupName, over: isOver, assigned: () => assigned, reached, fail,
    commit: async () => {
      await member?.commit().catch(() => undefined);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(handling);
      await running;
    },
  };
}
