import { topics } from '@breakwater/contracts';
import { createKafkaClient } from '@breakwater/platform/kafka/client';
import { silentLog } from '@breakwater/platform/log';

/** Removes the topics of a drill from brokers that are not its own. Rejects with `bus-failed` when they do not answer. */
export async function forgetTopics(brokers: readonly string[], prefix: string): Promise<void> {
  const client = createKafkaClient({ brokers, clientId: 'breakwater-drill', log: silentLog });
  try {
    await client.deleteTopics(Object.keys(topics).map((topic) => `${prefix}.${topic}`));
  } finally {
    await client.close();
  }
}
