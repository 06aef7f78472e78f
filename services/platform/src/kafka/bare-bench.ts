import { CompressionTypes, Kafka, logLevel } from 'kafkajs';

/** A message as bytes. */
export interface BarePayload {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
}

/** kafkajs and nothing else: what the bus is compared with. */
export interface BareKafka {
  /** Writes everything and resolves when it was read back, without looking at it. */
  carry(payload: readonly BarePayload[]): Promise<void>;
  close(): Promise<void>;
}

/** Messages in one request: large, as the bus packs them (design assumption). */
const BATCH = 1_000;

/** One idempotent producer with gzip and all acknowledgements, one consumer in a group that commits, on a topic that exists. */
export async function createBareKafka(brokers: readonly string[], topic: string): Promise<BareKafka> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'breakwater-bench', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner: () => ({ message }) => message.partition ?? 0 });
  const consumer = kafka.consumer({ groupId: `${topic}.bench`, maxWaitTimeInMs: 250, maxBytesPerPartition: 4_194_304, maxBytes: 33_554_432 });
  let read = 0;
  let wanted = Infinity;
  let done: () => void = () => undefined;
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.run({
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => {
      read += batch.messages.length;
      if (read >= wanted) done();
    },
  });
  await joined;
  return {
    carry: async (payload) => {
      const arrived = new Promise<void>((resolve) => (done = resolve));
      wanted = read + payload.length;
      for (let i = 0; i < payload.length; i += BATCH) await producer.sendBatch({ acks: -1, compression: CompressionTypes.GZIP, topicMessages: [{ topic, messages: payload.slice(i, i + BATCH) }] });
      await arrived;
    },
    close: async () => {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    },
  };
}
