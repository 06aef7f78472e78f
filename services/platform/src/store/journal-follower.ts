import type { Rng } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { IncomingRecord, KafkaClient } from '../kafka/client.ts';
import { readAlone } from '../kafka/lone-reader.ts';
import type { Log } from '../log.ts';
import type { JournalCopy } from './journal-copy.ts';
import type { JournalRecord } from './journal-log.ts';
import { decodeRecord } from './journal-log.ts';

/** Reads the log of a shared journal into a copy, for as long as it is open. */
export interface JournalFollower {
  /** Resolves when everything is read that was there at the start. */
  ready(): Promise<void>;
  /** Calls `seen` when the turn with this mark is read, and with it everything before. Returns a function that ends the waiting. */
  onTurn(mark: string, seen: () => void): () => void;
  /** Reads on with another consumer: this one has not read what is there. */
  replace(): void;
  /** The turn with the highest term. */
  latestTurn(): { readonly term: number; readonly address: string } | null;
  /** Why the log cannot be read on, whatever is tried; it is then at its end for good. */
  failure(): BreakwaterError | undefined;
  close(): Promise<void>;
}

/** What following needs. `open` makes the topic where it is not there. */
export interface JournalFollowerDeps {
  readonly client: KafkaClient;
  readonly topic: string;
  readonly open: () => Promise<unknown>;
  readonly copy: JournalCopy;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

/** Records held back until the end of their commit while the log is read for the first time; of more, part of a commit may be seen before the rest (design assumption). */
const HELD_RECORDS = 4_096;

/**
 * Starts reading. What a commit consists of is held back until its last record (`head`) is there, so that the copy has it whole. A commit that the writer of this process has put into the
 * copy already, when the brokers acknowledged it, is left out. After compaction the end of a commit may be that of a later one; its records then come to the same.
 */
export function followJournal(deps: JournalFollowerDeps): JournalFollower {
  const { client, topic, copy, clock, log } = deps;
  const marks = new Map<string, () => void>();
  let held: JournalRecord[] = [];
  let next = 0;
  let turn: { readonly term: number; readonly address: string } | null = null;
  let goal: number | undefined;
  let failed: BreakwaterError | undefined;
  let becomeReady: () => void = () => undefined;
  let becomeFailed: (error: BreakwaterError) => void = () => undefined;
  let isReady = false;
  const ready = new Promise<void>((resolve, reject) => {
    becomeReady = () => {
      isReady = true;
      resolve();
    };
    becomeFailed = reject;
  });
  // Nobody may be waiting for it.
  ready.catch(() => undefined);

  const takeRecord = (record: JournalRecord): void => {
    if (record.kind === 'turn') {
      if (turn === null || record.term >= turn.term) turn = { term: record.term, address: record.address };
      marks.get(record.mark)?.();
      return;
    }
    held.push(record);
    if (record.kind !== 'head' && (isReady || held.length < HELD_RECORDS)) return;
    if (record.kind !== 'head' || record.commit > copy.head().commit) copy.apply(held);
    held = [];
  };
  const take = ({ offset, key, value }: IncomingRecord): void => {
    // A consumer that took over may begin a little earlier.
    if (offset < next) return;
    takeRecord(decodeRecord(textOf(key) ?? '', textOf(value), offset));
    next = offset + 1;
  };
  const fail = (error: unknown): void => {
    failed = error instanceof BreakwaterError ? error : new BreakwaterError('store-corrupt', `journal ${topic} cannot be read: ${messageOf(error)}`, { cause: error });
    log.error('journal-not-readable', { topic, error: messageOf(error) });
    becomeFailed(failed);
    void reader.close();
  };
  const onPassed = (_partition: number, position: number): void => {
    if (goal !== undefined && position >= goal) becomeReady();
  };
  const reader = readAlone({
    client, topic, clock, rng: deps.rng, startAt: () => next, onPassed,
    open: async () => {
      await deps.open();
      if (goal !== undefined) return;
      const { low, high } = (await client.bounds(topic)).get(0) ?? { low: 0, high: 0 };
      goal = high;
      if (low === high) becomeReady();
    },
    onBatch: async ({ records }) => {
      try {
        if (failed === undefined) records.forEach(take);
      } catch (error) {
        fail(error);
      }
      return failed === undefined;
    },
    onError: (error) => log.warn('journal-not-read', { topic, error: messageOf(error) }),
  });
  return {
    ready: () => ready,
    latestTurn: () => turn,
    failure: () => failed,
    onTurn: (mark, seen) => {
      marks.set(mark, seen);
      return () => void marks.delete(mark);
    },
    replace: () => reader.replace(),
    close: async () => {
      becomeFailed(new BreakwaterError('aborted', `journal ${topic} not read: it was closed`));
      await reader.close();
    },
  };
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
