import type { Rng } from '@breakwater/models/core';
import type { PartitionReader, PartitionTerms } from '../bus/index.ts';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { BreakwaterError } from '../errors.ts';
import type { Log } from '../log.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { Bounds, IncomingBatch, KafkaClient, Offsets } from './client.ts';
import type { ReadRecords } from './record-reader.ts';
import type { SubscriptionWork } from './subscription.ts';

/** What handing partitions over needs. */
export interface PartitionWorkDeps {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Names in Kafka. */
  readonly topicName: string;
  readonly groupName: string;
  readonly terms: PartitionTerms;
  readonly read: ReadRecords<'assets' | 'global'>;
  readonly holds: (partition: number, asset: string) => boolean;
  /** A partition could not be opened: the subscription is over. */
  readonly onFailed: (error: unknown) => void;
}

/** A partition this member has. */
interface Held {
  readonly partition: number;
  opening: Promise<void>;
  reader: PartitionReader | undefined;
  /** The next offset to hand over; undefined until it is open. */
  position: number | undefined;
  /** What the group had committed when it was opened. */
  handled: number;
  /** Where reading was sent to last, so that a log that does not reach back so far is not asked for it without end. */
  sought: number | undefined;
}

const openBackoff: Backoff = { baseMs: 100, maxMs: 2_000 };

/**
 * The work of a member that holds partitions: opens each when it is dealt to it, reads on from where its reader says, and hands every record over once and in order. One that stays with the
 * member when the group is dealt anew goes on where it was, also after the member was cut off and another had it meanwhile: the log is the same. Where the log was cut off meanwhile, the
 * partition is closed and opened anew.
 */
export function createPartitionWork(deps: PartitionWorkDeps): SubscriptionWork {
  const { client, clock, log, topicName, groupName, terms } = deps;
  const parts = new Map<number, Held>();
  const stopping = new AbortController();
  let seek: (partition: number, offset: number) => void = () => undefined;

  const persist = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BreakwaterError) || !error.retryable || stopping.signal.aborted) throw error;
        await sleep(clock, backoffDelay(attempt, deps.rng, openBackoff), stopping.signal);
      }
    }
  };
  const open = async (held: Held, known: Promise<readonly [Offsets, ReadonlyMap<number, Bounds>]>): Promise<void> => {
    const { partition } = held;
    const [committed, bounds] = await known;
    const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
    const handled = committed.get(partition);
    const reader = await terms.open({ partition, holds: (asset) => deps.holds(partition, asset), handled, kept: { from: low, until: high } });
    held.reader = reader;
    held.handled = handled ?? 0;
    if (parts.get(partition) !== held) return;
    held.position = Math.max(reader.from ?? low, low);
    seek(partition, held.position);
  };
  const close = async (held: Held, reason: 'moved' | 'stopped'): Promise<void> => {
    await held.opening.catch(() => undefined);
    await held.reader?.close(reason);
  };
  const ask = (): Promise<readonly [Offsets, ReadonlyMap<number, Bounds>]> => persist(() => Promise.all([client.committed(groupName, topicName), client.bounds(topicName)]));
  /** Opens a partition once `before` is done. */
  const begin = (partition: number, known: ReturnType<typeof ask>, before?: Promise<void>): void => {
    const held: Held = { partition, opening: Promise.resolve(), reader: undefined, position: undefined, handled: 0, sought: undefined };
    parts.set(partition, held);
    held.opening = before === undefined ? open(held, known) : before.then(() => open(held, known));
    held.opening.catch((error: unknown) => {
      if (!stopping.signal.aborted) deps.onFailed(error);
    });
  };
  /** Whether the log no longer holds what comes next, because the reader was away for longer than it is kept: then the reader is closed, and another opened that knows of the gap. */
  const isCut = async (held: Held, position: number, begins: number): Promise<boolean> => {
    const known = await ask();
    const low = known[1].get(held.partition)?.low ?? 0;
    // Offsets without a record: nothing is missing.
    if (low <= position || parts.get(held.partition) !== held || stopping.signal.aborted) return false;
    log.error('log-cut', { partition: held.partition, wanted: position, begins });
    begin(held.partition, Promise.resolve(known), close(held, 'moved'));
    return true;
  };
  const dealt = (partitions: readonly number[], seekTo: typeof seek): void => {
    seek = seekTo;
    for (const held of [...parts.values()]) {
      if (partitions.includes(held.partition)) continue;
      parts.delete(held.partition);
      void close(held, 'moved').catch(deps.onFailed);
    }
    const known = ask();
    known.catch(() => undefined);
    for (const partition of partitions) {
      const before = parts.get(partition);
      if (before?.position !== undefined) seek(partition, before.position);
      if (before === undefined) begin(partition, known);
    }
  };
  const handle = async (batch: IncomingBatch): Promise<boolean | 'repeated'> => {
    const held = parts.get(batch.partition);
    await held?.opening.catch(() => undefined);
    const [first] = batch.records;
    if (held?.reader === undefined || held.position === undefined || first === undefined || stopping.signal.aborted) return false;
    if (first.offset > held.position) {
      if (held.sought !== held.position) {
        held.sought = held.position;
        seek(batch.partition, held.position);
        return false;
      }
      if (await isCut(held, held.position, first.offset)) return false;
      // Dealt away meanwhile.
      if (parts.get(batch.partition) !== held) return false;
    }
    const { position } = held;
    const records = batch.records.filter(({ offset }) => offset >= position);
    const next = Math.max(position, (records.at(-1)?.offset ?? -1) + 1);
    const messages = deps.read({ partition: batch.partition, records });
    if (messages.length > 0) await held.reader.handler(messages, next);
    held.position = next;
    return next > held.handled ? true : 'repeated';
  };
  return {
    dealt, handle,
    position: (partition) => parts.get(partition)?.position,
    stop: async () => {
      stopping.abort();
      const all = [...parts.values()];
      parts.clear();
      await Promise.all(all.map((held) => close(held, 'stopped')));
    },
  };
}
