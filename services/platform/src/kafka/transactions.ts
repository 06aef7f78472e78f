import type { Producer } from 'kafkajs';
import { failure } from './failure.ts';
import type { OutgoingRecord } from './record.ts';
import { requestOf } from './request.ts';

/** A writer of whole transactions, one at a time. */
export interface Transactions {
  /**
   * Appends all records or none, and resolves when readers of what is committed can see them. After a rejection nobody knows what came of it, and the writer is of no more
   * use (kafkajs has no way out of a transaction that broke, kafkajs#1416): open another, which settles it. `fenced`: somebody else has opened one.
   */
  commit(records: readonly OutgoingRecord[]): Promise<void>;
  /** Never rejects, and waits for nobody: what is open is taken back by whoever opens the next, or when its time is up. */
  close(): void;
}

/** Opens one on a producer with a transactional id, which nobody else may use. Three trips to the brokers a transaction, and two that ask where to send them. */
export async function openTransactions(producer: Producer): Promise<Transactions> {
  const close = (): void => void producer.disconnect().catch(() => undefined);
  try {
    await producer.connect();
    // The first one asks for the epoch that shuts out everybody before; it sends nothing else yet.
    let next = await producer.transaction();
    return {
      commit: async (records) => {
        try {
          await next.sendBatch(requestOf(records));
          await next.commit();
          next = await producer.transaction();
        } catch (error) {
          close();
          throw failure('writing a transaction to Kafka', error);
        }
      },
      close,
    };
  } catch (error) {
    close();
    throw failure('opening a writer of transactions', error);
  }
}
