import { randomUUID } from 'node:crypto';
import { epochMs, type Rng } from '@breakwater/models/core';
import { z } from 'zod';
import type { Clock } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { IncomingRecord, KafkaConnection, OutgoingRecord } from '../kafka/client.ts';
import { createKafkaClient } from '../kafka/client.ts';
import { readAlone } from '../kafka/lone-reader.ts';
import type { LeaseEntry, LeaseFold } from './fold.ts';
import { createLeaseFold, MAX_TTL_MS } from './fold.ts';
import type { LeaseClaim, Leases } from './index.ts';

/** Leases of many processes. */
export interface KafkaLeases extends Leases {
  close(): Promise<void>;
}

/** What leases on Kafka need. */
export interface KafkaLeasesOptions {
  readonly connection: KafkaConnection;
  /** Begins the name of the topic, as for the bus. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly replicas?: number;
  /** How long a claim waits for its answer, milliseconds; default 3,000: less than a lease runs. */
  readonly timeoutMs?: number;
}

/** An hour of entries is read at the start: some ten thousand where three processes ask twice a second. No lease runs for a minute. */
const topicConfig = { 'cleanup.policy': 'delete', 'retention.ms': '3600000', 'segment.ms': '600000', 'message.timestamp.type': 'LogAppendTime' };

const time = z.number().nonnegative().transform(epochMs);
const entrySchema = z.object({
  id: z.string(), kind: z.enum(['claim', 'release']), name: z.string(), holder: z.string(), ttlMs: z.number().positive().max(MAX_TTL_MS),
  view: z.object({ seen: z.number().int(), at: time, lease: z.object({ holder: z.string(), term: z.number().int().positive(), until: time }).nullable() }).optional(),
});

interface Pending {
  readonly id: string;
  readonly entry: Omit<LeaseEntry, 'view'>;
  readonly resolve: (claim: LeaseClaim) => void;
  readonly reject: (error: BreakwaterError) => void;
}

/**
 * Leases on one partition of one topic, `<prefix>leases`. A claim is an entry; the order of the log decides, and the times the broker writes at (`LogAppendTime`) say what has
 * run out. Each process folds the log (`createLeaseFold`) and answers a claim when it has read it back, so an answer is what every other process will read too. Claims cost
 * two trips to the broker. A step forward of the broker's clock shortens a lease by as much, which is why holders stop early (`leaseTiming.marginMs`) and brokers need NTP. With the brokers away claims reject with `bus-failed` and leases go on to their end, so that nobody acts on a lease that another can have.
 */
export function createKafkaLeases(options: KafkaLeasesOptions): KafkaLeases {
  const { prefix, clock, rng } = options;
  const { log } = options.connection;
  const timeoutMs = options.timeoutMs ?? 3_000;
  const topic = `${prefix}leases`;
  const client = createKafkaClient(options.connection);
  let closed = false;
  const pending = new Map<string, Pending>();
  let queue: Pending[] = [];
  let fold: LeaseFold | undefined;
  let next = -1;
  let reading = false;
  let wakeWriter: () => void = () => undefined;

  const take = ({ offset, value, timestamp }: IncomingRecord): void => {
    // What is missing in between was forgotten while this process slept: it knows no more than one that begins.
    if (fold === undefined || offset !== next) fold = createLeaseFold(offset, timestamp);
    next = offset + 1;
    const parsed = entrySchema.safeParse(jsonOf(value));
    if (!parsed.success) {
      log.warn('lease-entry-skipped', { offset });
      return;
    }
    const { id, view, ...entry } = parsed.data;
    fold.take({ entry: view === undefined ? entry : { ...entry, view }, offset, at: timestamp });
    const asked = pending.get(id);
    pending.delete(id);
    asked?.resolve(fold.answer(entry.name, entry.holder));
  };
  const reader = readAlone({
    client, topic, clock, rng, startAt: () => undefined,
    open: async () => {
      await client.ensureTopics([{ topic, partitions: 1, replicas: options.replicas ?? -1, config: topicConfig }]);
      fold = undefined;
    },
    onReading: () => {
      reading = true;
      wakeWriter();
    },
    onEnded: () => (reading = false),
    onBatch: async ({ records }) => {
      records.forEach(take);
      return true;
    },
    onError: (error) => log.warn('leases-not-read', { error: messageOf(error) }),
  });

  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (queue.length > 0) {
      if (!reading) {
        await new Promise<void>((resolve) => (wakeWriter = resolve));
        continue;
      }
      const taken = queue;
      queue = [];
      const records = taken.map(({ id, entry }): OutgoingRecord => {
        const view = fold?.view(entry.name);
        return { topic, partition: 0, key: entry.name, value: JSON.stringify({ id, ...entry, ...(view === undefined ? {} : { view }) }) };
      });
      await client.send(records).catch((error: unknown) => {
        for (const { id, reject } of taken) {
          pending.delete(id);
          reject(error instanceof BreakwaterError ? error : new BreakwaterError('bus-failed', `lease not asked for: ${messageOf(error)}`, { cause: error }));
        }
      });
    }
    writing = undefined;
  };
  const ask = (entry: Omit<LeaseEntry, 'view'>): Promise<LeaseClaim> => {
    if (closed) return Promise.reject(new BreakwaterError('aborted', 'lease not asked for: the adapter is closed'));
    const id = randomUUID();
    return new Promise<LeaseClaim>((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () => {
        pending.delete(id);
        // What is not written yet must not take a lease that nobody will use.
        queue = queue.filter((other) => other.id !== id);
        if (queue.length === 0) wakeWriter();
        // Written and not read back, or never read at all: the reader is not to be trusted.
        if (reading) reader.replace();
        reject(new BreakwaterError('bus-failed', `lease ${entry.name} not asked for: no answer within ${timeoutMs} ms`));
      });
      const done = <T>(settle: (value: T) => void) => (value: T): void => {
        cancel();
        settle(value);
      };
      const asked: Pending = { id, entry, resolve: done(resolve), reject: done(reject) };
      pending.set(id, asked);
      queue.push(asked);
      writing ??= write();
    });
  };
  return {
    claim: (name, holder, ttlMs) => ask({ kind: 'claim', name, holder, ttlMs }),
    release: async (name, holder) => {
      await ask({ kind: 'release', name, holder, ttlMs: 1 });
    },
    close: async () => {
      closed = true;
      queue = [];
      wakeWriter();
      for (const { id, reject } of [...pending.values()]) {
        pending.delete(id);
        reject(new BreakwaterError('aborted', 'lease not asked for: the adapter was closed'));
      }
      await reader.close();
      await client.close();
    },
  };
}

function jsonOf(value: Uint8Array | null): unknown {
  try {
    return value === null ? null : JSON.parse(Buffer.from(value).toString('utf8'));
  } catch {
    return null;
  }
}
