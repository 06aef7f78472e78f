import { createKafkaClient } from '@breakwater/platform/kafka/client';
import { silentLog } from '@breakwater/platform/log';

/** Removes the topics of a drill from brokers that are not its own. Rejects with `bus-failed` when they do not answer. */
export async function forgetTopics(brokers: readonly string[], prefix: string): Promise<void> {
  const client = createKafkaClient({ brokers, clientId: 'breakwater-drill', log: silentLog });
  try {
    const topics = await client.ensureTopics([]);
    await client.deleteTopics([...topics.keys()].filter((topic) => topic.startsWith(`${prefix}.`)));
  } finally {
    await client.close();
  }
}
