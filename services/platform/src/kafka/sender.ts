import type { BookMessage, Message, Topic } from '@breakwater/contracts';
import { keyOf, topics } from '@breakwater/contracts';
import { defined, type Rng } from '@breakwater/models/core';
import type { QueueCounters } from '../bus/conflating-queue.ts';
import { createConflatingQueue } from '../bus/conflating-queue.ts';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { KafkaClient, OutgoingRecord } from './client.ts';
import { COPY_KEY, encode, joinEncoded, topicOf } from './codec.ts';

/** Sends messages in the order they were given, in batches. */
export interface Sender {
  /** Where `until` is given the message is sent while it says true, and left out once it says false: it is asked before every try, and while one is under way. */
  push(message: Message, until?: Until): void;
  /** Resolves when every replica has everything pushed so far; rejects when the brokers refused some of it, the sender was closed, or `until` says false (`fenced`). */
  sent(until?: Until): Promise<void>;
  /** Messages waiting or under way. */
  waiting(): number;
  /** Resolves when nothing waits. */
  drained(): Promise<void>;
  /** Sends what waits, for at most `ms`, and ends. Returns how many messages were not sent. */
  close(ms: number): Promise<number>;
}

/** Whether the term under which something is said still lasts; once false it stays false. One function for each term. */
export type Until = () => boolean;

/** What a sender needs. */
export interface SenderDeps {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Messages that wait before book updates give way, > 0. As many again may be under way. */
  readonly limit: number;
  readonly counters: QueueCounters;
  readonly onConflated?: ((message: BookMessage) => void) | undefined;
  /** How long messages are gathered before they are sent, milliseconds; nothing that somebody waits for is held back. */
  readonly lingerMs: number;
  /** The name and the partition of a topic's log for a key. */
  readonly place: (topic: Topic, key: string) => { readonly topic: string; readonly partition: number };
  /** The logs that get a copy of everything on `global`: those of `assets`. */
  readonly copiesTo: () => readonly { readonly topic: string; readonly partition: number }[];
  /** Whether sending may begin. Asked before every batch. */
  readonly ready: () => Promise<void>;
  /** Told of every try: undefined when the brokers took it. */
  readonly onTry: (error: BreakwaterError | undefined) => void;
  readonly onRefused: (topic: Topic, messages: number) => void;
  /** Told of messages that were left out because their term was over. */
  readonly onOver: (topic: Topic, messages: number) => void;
}

/** Messages of one key that share a record. Their order with those of other keys is given up, which the bus does not promise. */
const RECORD_MESSAGES = 128;
const RECORD_BYTES = 65_536;
/** What one request holds, before compression: small enough that readers work while the next one is packed, far below what topics allow (design assumption). */
const REQUEST_BYTES = 1_048_576;
const sendBackoff: Backoff = { baseMs: 100, maxMs: 2_000 };

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly until: Until | undefined;
}
interface Draft {
  readonly record: OutgoingRecord;
  readonly kind: Topic;
  readonly messages: number;
  readonly until: Until | undefined;
}
/** How often a term is asked for while a request is under way, milliseconds: well within the margin by which holders of leases stop early. */
const TERM_POLL_MS = 100;

/**
 * Makes a sender. One request is under way at a time and is repeated unchanged until the brokers have taken it, which leave out what they have already: so nothing overtakes,
 * nothing is lost and nothing is doubled, while this process lives. Messages of `global` go after everything that was pushed before them, in a request of their own, so that
 * a promise about the past (a watermark) is in its log after that past; with them goes a copy into every log of `assets`.
 *
 * What was said under a term that is over is not sent, and what of it is under way is given up together with the connection, so that it cannot arrive after what the next holder says. Others'
 * messages in such a request are sent again by another writer, and may then be there twice.
 */
export function createSender(deps: SenderDeps): Sender {
  const { client, clock, log } = deps;
  const queue = createConflatingQueue<Message>({ limit: deps.limit, counters: deps.counters, onConflated: deps.onConflated });
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  let waiters: Waiter[] = [];
  let idle: (() => void)[] = [];
  let underWay = 0;
  let running: Promise<void> | undefined;
  let hurry: (() => void) | undefined;
  let givenUp = false;
  const terms = new WeakMap<Message, Until>();
  const untilOf = (message: Message): Until | undefined => terms.get(message);
  const leftOut = new WeakSet<Draft>();

  /** Those whose term lasts; the others are counted, once. */
  const lasting = (drafts: readonly Draft[]): readonly Draft[] => drafts.filter((draft) => {
    if (draft.until?.() !== false) return true;
    if (!leftOut.has(draft) && draft.messages > 0) deps.onOver(draft.kind, draft.messages);
    leftOut.add(draft);
    return false;
  });
  /** One request, given up when a term in it ends. */
  const request = async (drafts: readonly Draft[]): Promise<void> => {
    const termed = drafts.filter(({ until }) => until !== undefined);
    let cancel = (): void => undefined;
    const watch = (): void => {
      cancel = clock.after(TERM_POLL_MS, () => {
        if (termed.some(({ until }) => until?.() === false)) client.abandon();
        else watch();
      });
    };
    if (termed.length > 0) watch();
    await client.send(drafts.map(({ record }) => record)).finally(() => cancel());
  };
  const trySend = async (all: readonly Draft[]): Promise<BreakwaterError | undefined> => {
    let drafts = all;
    for (let attempt = 0; !givenUp; attempt++) {
      const left = lasting(drafts);
      // A request that failed may be half on its way; and the brokers know a request by its number, so it must not be another one under the same.
      if (attempt > 0 && left.length < drafts.length) client.abandon();
      drafts = left;
      if (drafts.length === 0) return undefined;
      try {
        await request(drafts);
        deps.onTry(undefined);
        return undefined;
      } catch (error) {
        if (!(error instanceof BreakwaterError)) throw error;
        if (error.code === 'bus-refused') return error;
        deps.onTry(error);
        log.warn('not-sent', { attempt, messages: underWay, error: messageOf(error) });
        await sleep(clock, backoffDelay(attempt, deps.rng, sendBackoff), isClosing() ? undefined : closing.signal).catch(() => undefined);
      }
    }
    return new BreakwaterError('aborted', 'messages not sent: the bus was closed');
  };
  /** Sends a request; when the brokers refuse it, its records one by one, so that one that is too large does not hold back the others. */
  const send = async (drafts: readonly Draft[]): Promise<BreakwaterError | undefined> => {
    const refused = await trySend(drafts);
    if (refused?.code !== 'bus-refused' || drafts.length === 1) {
      if (refused?.code === 'bus-refused') for (const { kind, messages } of drafts) deps.onRefused(kind, messages);
      return refused;
    }
    let first: BreakwaterError | undefined;
    for (const draft of drafts) first = (await send([draft])) ?? first;
    return first;
  };
  const sendAll = async (messages: readonly Message[]): Promise<BreakwaterError | undefined> => {
    let first: BreakwaterError | undefined;
    const isGlobal = (message: Message): boolean => topicOf(message) === 'global';
    const sendNext = async (request: readonly Draft[]): Promise<void> => {
      first = (await send(request)) ?? first;
      underWay -= request.reduce((sum, draft) => sum + draft.messages, 0);
    };
    for (const request of requestsOf(messages.filter((message) => !isGlobal(message)), deps.place, untilOf)) await sendNext(request);
    const global = messages.filter(isGlobal);
    for (let at = 0, end = 0; at < global.length; at = end) {
      const until = terms.get(defined(global[at], 'a message'));
      // One term each, because its copies are one record.
      for (end = at + 1; end < global.length && end - at < RECORD_MESSAGES && terms.get(defined(global[end], 'a message')) === until;) end++;
      const slice = global.slice(at, end);
      const drafts = [...requestsOf(slice, deps.place, untilOf)].flat();
      await sendNext([...drafts, ...copiesOf(slice, deps.copiesTo(), until)]);
    }
    return first;
  };
  const round = async (): Promise<void> => {
    if (deps.lingerMs > 0 && waiters.length === 0 && !isClosing()) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(deps.lingerMs, resolve);
        hurry = () => {
          cancel();
          resolve();
        };
      });
      hurry = undefined;
    }
    await deps.ready();
    const told = waiters;
    waiters = [];
    const messages = queue.take();
    underWay = messages.length;
    const failed = await sendAll(messages);
    underWay = 0;
    for (const waiter of told) {
      if (failed !== undefined) waiter.reject(failed);
      else if (waiter.until?.() === false) waiter.reject(new BreakwaterError('fenced', 'messages not sent, or sent at the last moment: the term they belong to is over'));
      else waiter.resolve();
    }
  };
  const work = async (): Promise<void> => {
    // Whoever pushes many at once is done first.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while ((queue.size() > 0 || waiters.length > 0) && !givenUp) {
      await round().catch((error: unknown) => {
        // Sending may never begin: the bus was closed first.
        if (!(error instanceof BreakwaterError)) throw error;
        givenUp = true;
      });
    }
    running = undefined;
    const woken = idle;
    idle = [];
    for (const wake of woken) wake();
  };
  const wake = (): void => void (running ??= work());
  return {
    push: (message, until) => {
      // Before it is queued: the queue may call its owner.
      if (until !== undefined) terms.set(message, until);
      queue.push(message);
      wake();
    },
    sent: (until) => new Promise((resolve, reject) => {
      waiters.push({ resolve, reject, until });
      wake();
      hurry?.();
    }),
    waiting: () => queue.size() + underWay,
    drained: () => (running === undefined ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    close: async (ms) => {
      closing.abort();
      hurry?.();
      const limit = new AbortController();
      await Promise.race([running, sleep(clock, ms, limit.signal).catch(() => undefined)]);
      limit.abort();
      givenUp = true;
      const unsent = queue.take().length + underWay;
      for (const waiter of waiters.splice(0)) waiter.reject(new BreakwaterError('aborted', 'messages not sent: the bus was closed'));
      return unsent;
    },
  };
}

/** The same messages for each of the logs, in one record each; they are counted where they belong. */
function copiesOf(messages: readonly Message[], logs: ReturnType<SenderDeps['copiesTo']>, until: Until | undefined): readonly Draft[] {
  const value = logs.length === 0 ? '' : joinEncoded(messages.map(encode));
  return logs.map((log) => ({ kind: 'assets', messages: 0, until, record: { ...log, key: COPY_KEY, value } }));
}

/** Packs messages into records and records into requests, keeping the order within each key. */
function* requestsOf(messages: readonly Message[], place: SenderDeps['place'], untilOf: (message: Message) => Until | undefined): Generator<readonly Draft[]> {
  let drafts: Draft[] = [];
  let bytes = 0;
  /** What is being joined, by topic and key. */
  const open = new Map<string, { readonly kind: Topic; readonly key: string; readonly texts: string[]; readonly until: Until | undefined; size: number }>();
  const close = (id: string): void => {
    const one = open.get(id);
    if (one === undefined) return;
    open.delete(id);
    drafts.push({ kind: one.kind, messages: one.texts.length, until: one.until, record: { ...place(one.kind, one.key), key: one.key, value: joinEncoded(one.texts) } });
  };
  for (const message of messages) {
    const kind = topicOf(message);
    const key = keyOf(kind, message as never);
    const text = encode(message);
    const id = `${kind} ${key}`;
    const until = untilOf(message);
    let one = open.get(id);
    // Of a compacted topic each message is a record: the last one is what stays.
    if (one !== undefined && (one.size + text.length > RECORD_BYTES || one.texts.length >= RECORD_MESSAGES || topics[kind].keep === 'latest' || one.until !== until)) {
      close(id);
      one = undefined;
    }
    if (one === undefined) open.set(id, { kind, key, texts: [text], until, size: text.length });
    else {
      one.texts.push(text);
      one.size += text.length;
    }
    bytes += text.length;
    if (bytes < REQUEST_BYTES) continue;
    for (const each of [...open.keys()]) close(each);
    yield drafts;
    drafts = [];
    bytes = 0;
  }
  for (const each of [...open.keys()]) close(each);
  if (drafts.length > 0) yield drafts;
}
