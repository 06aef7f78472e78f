import type { BookMessage, Topic, TopicMessages } from '@breakwater/contracts';
import { keyOf } from '@breakwater/contracts';
import { defined, hash32 } from '@breakwater/models/core';
import type { Activity } from '../activity.ts';
import { BreakwaterError } from '../errors.ts';
import type { QueueCounters } from './conflating-queue.ts';
import { createConflatingQueue } from './conflating-queue.ts';
import type { SubscribeOptions } from './index.ts';

/** Counts of one topic, over all its groups. */
export interface TopicCounters extends QueueCounters {
  published: number;
  /** Messages handled; one that two groups handled counts twice. */
  handled: number;
  /** Messages queued for, or given to, a subscriber that stopped or failed before it had handled them. */
  lost: number;
}

/** The subscribers that share one stream of messages, and what is queued for them. */
export interface Group<T extends Topic> {
  push(message: TopicMessages[T]): void;
  /** Resolves when everything pushed so far has been handled; rejects when a subscriber failed or stopped on it. */
  handled(): Promise<void>;
  join(options: SubscribeOptions<T>): { stop(): Promise<void> };
  /** Messages waiting. */
  queued(): number;
  busy(): boolean;
}

/** Terms of a group. */
export interface GroupOptions<T extends Topic> {
  readonly topic: T;
  readonly name: string;
  readonly limit: number;
  readonly activity: Activity;
  readonly counters: TopicCounters;
  readonly onConflated?: ((message: BookMessage) => void) | undefined;
  /** Called when the group has become idle. */
  readonly onIdle: () => void;
  /** Called when the last subscriber has left; the group takes no further messages. */
  readonly onEmpty: () => void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/**
 * Makes a group. It works in rounds: a round gives everything queued to the members, split by key when there are several, and the
 * next one starts, on a later turn of the event loop, when all have handled their part. So messages of one key are handled in order
 * and never by two members at once, whoever joins or leaves.
 */
export function createGroup<T extends Topic>(options: GroupOptions<T>): Group<T> {
  const { topic, counters } = options;
  const queue = createConflatingQueue<TopicMessages[T]>({ limit: options.limit, counters, onConflated: options.onConflated });
  let members: readonly SubscribeOptions<T>[] = [];
  /** Wait for the round that takes what is queued now. */
  let waiters: Waiter[] = [];
  /** Wait for the end of the running round. */
  let leaving: (() => void)[] = [];
  let endActivity: (() => void) | undefined;
  let running = false;

  const wake = (): void => {
    if (endActivity !== undefined) return;
    endActivity = options.activity.begin(`bus ${topic} ${options.name}`);
    setImmediate(round);
  };
  const give = (member: SubscribeOptions<T>, batch: readonly TopicMessages[T][]): Outcome | Promise<Outcome> => {
    const done = (): Outcome => {
      counters.handled += batch.length;
      return { ok: true };
    };
    const failed = (error: unknown): Outcome => {
      counters.lost += batch.length;
      members = members.filter((other) => other !== member);
      member.onError?.(error);
      // An error that nobody hears of would be a stage that died in silence.
      if (member.onError === undefined && waitersOfRound.length === 0) queueMicrotask(() => { throw error; });
      return { ok: false, error };
    };
    try {
      const result = member.handler(batch);
      return result === undefined ? done() : result.then(done, failed);
    } catch (error) {
      return failed(error);
    }
  };
  let waitersOfRound: Waiter[] = [];
  /** The last member has left: what is still queued is lost, and the group is done for good. */
  const disband = (): void => {
    counters.lost += queue.take().length;
    const told = waiters;
    waiters = [];
    for (const waiter of told) waiter.reject(new BreakwaterError('aborted', `messages of ${topic} not handled: their subscriber ${options.name} stopped`));
    endActivity?.();
    endActivity = undefined;
    options.onEmpty();
  };
  function round(): void {
    // Disbanded since this round was due.
    if (members.length === 0) return;
    const batch = queue.take();
    waitersOfRound = waiters;
    waiters = [];
    running = true;
    const outcomes = split(topic, batch, members.length).map((part, i) => (part.length === 0 ? { ok: true as const } : give(defined(members[i], 'a member'), part)));
    // Without a wait when every handler was synchronous, which is the usual case under load.
    const ended = outcomes.filter((outcome) => 'ok' in outcome);
    if (ended.length === outcomes.length) finish(ended);
    else void Promise.all(outcomes.map((outcome) => Promise.resolve(outcome))).then(finish);
  }
  function finish(outcomes: readonly Outcome[]): void {
    running = false;
    const failure = outcomes.find((outcome) => !outcome.ok);
    const told = waitersOfRound;
    waitersOfRound = [];
    for (const waiter of told) {
      if (failure === undefined) waiter.resolve();
      else waiter.reject(failure.error);
    }
    const left = leaving;
    leaving = [];
    for (const leave of left) leave();
    if (members.length === 0) {
      disband();
      return;
    }
    if (queue.size() > 0 || waiters.length > 0) {
      setImmediate(round);
      return;
    }
    endActivity?.();
    endActivity = undefined;
    options.onIdle();
  }
  return {
    push: (message) => {
      queue.push(message);
      if (endActivity === undefined) wake();
    },
    handled: () =>
      new Promise((resolve, reject) => {
        waiters.push({ resolve, reject });
        wake();
      }),
    join: (member) => {
      // A copy, so that subscribing the same options twice makes two members.
      const own = { ...member };
      members = [...members, own];
      return {
        stop: () => {
          members = members.filter((other) => other !== own);
          if (running) return new Promise((resolve) => leaving.push(resolve));
          if (members.length === 0) disband();
          return Promise.resolve();
        },
      };
    },
    queued: () => queue.size(),
    busy: () => endActivity !== undefined,
  };
}

/** Splits a batch into `parts` by key; each keeps the batch's order. */
function split<T extends Topic>(topic: T, batch: TopicMessages[T][], parts: number): TopicMessages[T][][] {
  if (parts === 1) return [batch];
  const all: TopicMessages[T][][] = Array.from({ length: parts }, () => []);
  for (const message of batch) defined(all[hash32(keyOf(topic, message)) % parts], 'a part of a batch').push(message);
  return all;
}
