import { z } from 'zod';
import type { Clock } from '../clock/index.ts';
import { BreakwaterError } from '../errors.ts';
import type { KafkaClient, TopicPlan } from './client.ts';
import { loneMember } from './lone-reader.ts';
import type { Extension, PartitionTable } from './partitions.ts';
import { tableOf } from './partitions.ts';

/** The log of the shared partition table: kept for good, an entry each time assets were new to it. */
export function layoutPlan(prefix: string, replicas: number): TopicPlan {
  return { topic: `${prefix}layout`, partitions: 1, replicas, config: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' } };
}

const entrySchema = z.object({ kind: z.literal('extend'), assets: z.array(z.string()), partitions: z.number().int().positive() });
/** A few entries take no minute, unless their reader hangs. */
const READ_TIMEOUT_MS = 60_000;

/**
 * The table of partitions as all processes have it: what the log holds, with the assets of `assets` that it does not have yet appended first. Two processes that append at once agree, because the
 * order of the log decides. Nothing that has a place is moved. Costs a moment in a group of its own, as long as the brokers take to begin one (3 s by default), a second time where something is new.
 * Rejects with a `BreakwaterError` when the brokers are away.
 */
export async function sharedTable(deps: { readonly client: KafkaClient; readonly clock: Clock; readonly topic: string }, assets: readonly string[], partitions: number): Promise<PartitionTable> {
  const { client, clock, topic } = deps;
  const known = tableOf(await readLayout(client, clock, topic));
  const fresh = assets.filter((asset) => !known.has(asset));
  if (fresh.length === 0) return known;
  await client.send([{ topic, partition: 0, key: 'layout', value: JSON.stringify({ kind: 'extend', assets: [...new Set(fresh)].sort(), partitions }) }]);
  return tableOf(await readLayout(client, clock, topic));
}

/** Every entry that is in the log now, in its order. */
async function readLayout(client: KafkaClient, clock: Clock, topic: string): Promise<readonly Extension[]> {
  const { low = 0, high = 0 } = (await client.bounds(topic)).get(0) ?? {};
  if (high === low) return [];
  const entries: Extension[] = [];
  let crash: (error: unknown) => void = () => undefined;
  let end: () => void = () => undefined;
  const whole = new Promise<void>((resolve, reject) => {
    end = resolve;
    crash = reject;
  });
  const member = await client.join({
    ...loneMember(topic), startAt: () => undefined, onAssigned: () => undefined,
    onDone: (_, next) => {
      if (next >= high) end();
    },
    onBatch: async ({ records }) => {
      try {
        for (const { offset, value } of records) if (offset < high) entries.push(entryOf(value, topic, offset));
        return true;
      } catch (error) {
        crash(error);
        return false;
      }
    },
    onCrash: crash,
  });
  const cancel = clock.after(READ_TIMEOUT_MS, () => crash(new BreakwaterError('bus-failed', `partition table not read: no answer within ${READ_TIMEOUT_MS} ms`)));
  try {
    await whole;
  } finally {
    cancel();
    await member.leave();
  }
  return entries;
}

/** An entry that cannot be read would give everybody after it another table than those who could: nobody goes on. */
function entryOf(value: Uint8Array | null, topic: string, offset: number): Extension {
  try {
    return entrySchema.parse(JSON.parse(Buffer.from(value ?? new Uint8Array()).toString('utf8')));
  } catch (cause) {
    throw new BreakwaterError('store-newer', `partition table not read: entry ${offset} of ${topic} is not one this version knows`, { cause });
  }
}
