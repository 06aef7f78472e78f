import type { Topic, TopicMessages } from '@breakwater/contracts';
import type { Log } from '../log.ts';
import type { IncomingBatch } from './client.ts';
import { decode, isCopy } from './codec.ts';

/** Reads records into messages; never throws. */
export type ReadRecords<T extends Topic> = (batch: IncomingBatch) => readonly TopicMessages[T][];

/** What a reader of records needs. */
export interface RecordReaderDeps {
  readonly log: Log;
  readonly onRejected: (messages: number) => void;
}

/** Makes a reader of one topic, or of a log that carries several: then copies are read, and otherwise passed over. What is not a message is counted, and told at every doubling. */
export function createRecordReader<T extends Topic>(topic: T | readonly T[], { log, onRejected }: RecordReaderDeps): ReadRecords<T> {
  const withCopies = typeof topic !== 'string';
  let rejected = 0;
  return ({ partition, records }) => {
    const messages: TopicMessages[T][] = [];
    for (const { offset, key, value } of records) {
      if (!withCopies && isCopy(key)) continue;
      const decoded = decode(topic, value);
      for (const message of decoded.messages) messages.push(message);
      if (decoded.rejected === 0) continue;
      rejected += decoded.rejected;
      onRejected(decoded.rejected);
      if (Number.isInteger(Math.log2(rejected))) log.warn('message-skipped', { topic: String(topic), partition, offset, rejected, reason: decoded.reason });
    }
    return messages;
  };
}
