import { randomUUID } from 'node:crypto';
import type { Rng } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { KafkaClient, MemberOptions } from './client.ts';

/** Reads the whole of a topic for one process alone, until it is closed. */
export interface LoneReader {
  /** Goes on with another consumer: the one at hand has not read what is there. */
  replace(): void;
  /** Ends it, after the batch at hand. Never rejects. */
  close(): Promise<void>;
}

/** What reading alone needs. What is not handled (`onBatch`) comes again. */
export interface LoneReaderOptions extends Pick<MemberOptions, 'topic' | 'startAt' | 'onBatch' | 'onPassed'> {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Before each consumer: makes the topic where it is not there, and forgets what the next one will read again. When it rejects, it is tried again. */
  readonly open: () => Promise<unknown>;
  /** A consumer has its partitions and reads. */
  readonly onReading?: () => void;
  /** The consumer at hand reads no more. */
  readonly onEnded?: () => void;
  /** A try that failed; another follows. */
  readonly onError: (error: unknown) => void;
}

/** Members of these groups are alone in them, so nothing is dealt anew when one is late. */
const SESSION_TIMEOUT_MS = 30_000;
const backoff: Backoff = { baseMs: 100, maxMs: 2_000 };

/** The part of a member's terms that makes it alone: a group of its own for every consumer, which reads everything, commits nothing, and waits for nobody. */
export function loneMember(topic: string): Pick<MemberOptions, 'group' | 'topic' | 'sessionTimeoutMs' | 'commitEveryMs' | 'onRevoked'> {
  return { group: `${topic}.${randomUUID()}`, topic, sessionTimeoutMs: SESSION_TIMEOUT_MS, commitEveryMs: undefined, onRevoked: () => undefined };
}

/** Starts reading, and goes on with a new consumer, after a pause that grows, whenever one ends. */
export function readAlone(options: LoneReaderOptions): LoneReader {
  const { client, clock, topic } = options;
  const closing = new AbortController();
  let replace = (): void => undefined;

  /** One consumer, from its start to its end. */
  const read = async (): Promise<void> => {
    await options.open();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    closing.signal.addEventListener('abort', end, { once: true });
    replace = end;
    const { startAt, onBatch, onPassed } = options;
    const member = await client.join({
      ...loneMember(topic), startAt, onBatch, ...(onPassed === undefined ? {} : { onPassed }), onAssigned: () => options.onReading?.(), onDone: () => undefined, onCrash: end,
    });
    if (!closing.signal.aborted) await ended;
    closing.signal.removeEventListener('abort', end);
    options.onEnded?.();
    await member.leave();
  };
  const keepReading = async (): Promise<void> => {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      const startedAt = clock.now();
      await read().catch((error: unknown) => {
        if (!closing.signal.aborted) options.onError(error);
      });
      if (clock.now() - startedAt > backoff.maxMs) attempt = 0;
      await sleep(clock, backoffDelay(attempt, options.rng, backoff), closing.signal).catch(() => undefined);
    }
  };
  const running = keepReading();
  return {
    replace: () => replace(),
    close: async () => {
      closing.abort();
      await running;
    },
  };
}
