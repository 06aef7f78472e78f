import type { Message, Topic, TopicMessages } from '@breakwater/contracts';
import { topics } from '@breakwater/contracts';
import { assert } from '@breakwater/models/core';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';

/** What a record's value held. */
export interface Decoded<T extends Topic> {
  readonly messages: readonly TopicMessages[T][];
  /** Messages, or the whole value, that are not what the contracts say. */
  readonly rejected: number;
  /** Why the first of them was rejected. */
  readonly reason?: string;
}

interface Kind {
  readonly topic: Topic;
  readonly schema: z.ZodType<Message>;
}

/** Every kind of message with its topic and schema, read from the map of the system. */
const kinds: ReadonlyMap<string, Kind> = new Map((Object.keys(topics) as Topic[]).flatMap((topic) => topics[topic].carries.map((schema) => [schema.unwrap().shape.kind.value, { topic, schema }] as const)));

/** The topic that carries a message. */
export function topicOf(message: Message): Topic {
  const kind = kinds.get(message.kind);
  assert(kind !== undefined, `no topic carries ${message.kind}`);
  return kind.topic;
}

/** One message as it is in a record: JSON of the contracts' fields, the kind among them. */
export function encode(message: Message): string {
  return JSON.stringify(message);
}

/** Joins messages of one key into the value of one record: a JSON array, or the message itself where there is one. A record costs a client several times what a message in it does. */
export function joinEncoded(encoded: readonly string[]): string {
  const [only] = encoded;
  return encoded.length === 1 && only !== undefined ? only : `[${encoded.join(',')}]`;
}

/** The key of records in a log of `assets` that repeat messages of `global`; no asset has this name. */
export const COPY_KEY = '*';

/** Whether a record repeats messages of another topic, for readers who want this log alone. */
export function isCopy(key: Uint8Array | null): boolean {
  return key?.length === 1 && key[0] === COPY_KEY.charCodeAt(0);
}

/** Reads a record's value, of one topic or a log of several; every message is held against its schema. Never throws: what is not as it should be is counted, the rest of the record is kept. */
export function decode<T extends Topic>(topic: T | readonly T[], value: Uint8Array | null): Decoded<T> {
  const wanted: readonly Topic[] = typeof topic === 'string' ? [topic] : topic;
  if (value === null) return { messages: [], rejected: 1, reason: 'no value' };
  let found: unknown;
  try {
    found = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'));
  } catch (error) {
    return { messages: [], rejected: 1, reason: `not JSON: ${messageOf(error)}` };
  }
  const messages: TopicMessages[T][] = [];
  let rejected = 0;
  let reason: string | undefined;
  for (const one of Array.isArray(found) ? (found as readonly unknown[]) : [found]) {
    const kind = typeof one === 'object' && one !== null && 'kind' in one && typeof one.kind === 'string' ? kinds.get(one.kind) : undefined;
    if (kind === undefined || !wanted.includes(kind.topic)) {
      rejected++;
      reason ??= `not a message of ${wanted.join(' or ')}`;
      continue;
    }
    const parsed = kind.schema.safeParse(one);
    // The table above pairs a kind of this topic with its schema.
    if (parsed.success) messages.push(parsed.data as TopicMessages[T]);
    else {
      rejected++;
      reason ??= `${parsed.error.issues[0]?.path.join('.') ?? ''}: ${parsed.error.issues[0]?.message ?? ''}`;
    }
  }
  return reason === undefined ? { messages, rejected } : { messages, rejected, reason };
}
