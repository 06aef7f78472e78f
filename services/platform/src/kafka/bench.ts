import type { AssetMessage, BookMessage, TickerMessage, TradeMessage } from '@breakwater/contracts';
import { assetId, createRng, defined, epochMs, instrumentId, price, qty, ratio, sourceId, type Rng } from '@breakwater/models/core';
import { topicPlans } from '../bus/kafka-terms.ts';
import { createKafkaBus, type KafkaBus } from '../bus/kafka.ts';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import type { Log } from '../log.ts';
import { createBareKafka } from './bare-bench.ts';
import { createKafkaClient } from './client.ts';
import { encode } from './codec.ts';

/** What carrying market data through Kafka costs. */
export interface BusBench {
  readonly bench: 'bus';
  /** Through the bus: published, written, read, checked against the contracts and handed to a subscriber. The best pass. */
  readonly messagesPerSecond: number;
  /** The same in megabytes of JSON. */
  readonly megabytesPerSecond: number;
  /** Through kafkajs alone: the same JSON, ready made, written and read back unopened. The best pass. */
  readonly kafkajsMessagesPerSecond: number;
  /** The first over the last, in the same run. */
  readonly ratio: number;
  /** From publication to the subscriber at `framesPerSecond`. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The pace the two are measured at: each frame is one message. */
  readonly framesPerSecond: number;
}

/** What the measurement needs. */
export interface BusBenchDeps {
  readonly brokers: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
  /** Messages in a pass, and passes of each, interleaved. */
  readonly messages: number;
  readonly passes: number;
  /** The pace and the length of the measurement of delays. */
  readonly framesPerSecond: number;
  readonly seconds: number;
  readonly onProgress: (done: number, of: number) => void;
}

const ASSETS = ['OM', 'ARB', 'SOL', 'DOGE', 'APE', 'UNI', 'LDO', 'CRV'] as const;
/** As in the measurement this is held against: four partitions. */
const PARTITIONS = 4;
const SLICE = 500;
const STEP_MS = 10;

/** Market data as venues send it: mostly book updates of a dozen levels, trades, now and then a ticker; about 500 bytes on average. */
function busPayload(count: number, rng: Rng): readonly AssetMessage[] {
  const at = epochMs(1_744_567_200_000);
  return Array.from({ length: count }, (_, seq) => {
    const asset = defined(ASSETS[Math.floor(rng.next() * ASSETS.length)], 'an asset');
    const middle = 6 + rng.next();
    const levels = (): readonly number[] => Array.from({ length: 20 }, (__, i) => (i % 2 === 0 ? Number((middle + i / 1e4).toFixed(4)) : Number((rng.next() * 1e4).toFixed(1))));
    const own = { source: sourceId('binance:usdm'), seq, eventTime: epochMs(at + seq), receivedAt: epochMs(at + seq + 5), asset: assetId(asset), instrument: instrumentId('binance', 'usdm', `${asset}USDT`) } as const;
    const kind = rng.next();
    if (kind < 0.7) return { kind: 'book', ...own, snapshot: false, bids: levels(), asks: levels() } satisfies BookMessage;
    if (kind < 0.92) return { kind: 'trade', ...own, id: String(Math.floor(rng.next() * 1e9)), price: price(middle), qty: qty(rng.next() * 100), side: 'sell' } satisfies TradeMessage;
    return { kind: 'ticker', ...own, mark: price(middle), index: price(middle), openInterest: qty(rng.next() * 1e7), fundingRate: ratio(rng.next() / 1e4) } satisfies TickerMessage;
  });
}

/** Measures; topics of its own are made on the brokers and deleted. About half a minute on two cores. */
export async function benchBus(deps: BusBenchDeps): Promise<BusBench> {
  const { brokers, clock, log, now, messages, passes } = deps;
  const prefix = `bench-${clock.now().toString(36)}.`;
  const connection = { brokers, clientId: 'breakwater-bench', log };
  const client = createKafkaClient(connection);
  const rng = createRng(1);
  const bus = createKafkaBus({ connection, prefix, assets: ASSETS, partitions: PARTITIONS, clock, rng, log, bufferLimit: 2 * messages });
  const topic = `${prefix}bare`;
  await client.ensureTopics([{ topic, partitions: PARTITIONS, replicas: -1, config: {} }]);
  const bare = await createBareKafka(brokers, topic);
  try {
    const payload = busPayload(messages, rng);
    const texts = await Promise.all(payload.map(async (message) => ({ partition: await bus.partitionFor('assets', message.asset), key: message.asset, value: encode(message) })));
    const reader = readerOf(bus, now);
    let [ours, theirs] = [0, 0];
    // The first pass of each warms up.
    for (let pass = 0; pass <= passes; pass++) {
      const own = await rateOf(now, messages, () => reader.carry(payload));
      const alone = await rateOf(now, messages, () => bare.carry(texts));
      if (pass > 0) [ours, theirs] = [Math.max(ours, own), Math.max(theirs, alone)];
      deps.onProgress(pass + 1, passes + 2);
    }
    const delays = await reader.paced(payload, deps);
    deps.onProgress(passes + 2, passes + 2);
    const bytes = texts.reduce((sum, { value }) => sum + value.length, 0) / messages;
    return {
      bench: 'bus', messagesPerSecond: Math.round(ours), megabytesPerSecond: Number((ours * bytes / 1e6).toPrecision(4)), kafkajsMessagesPerSecond: Math.round(theirs),
      ratio: Number((ours / theirs).toPrecision(4)), p50Ms: quantile(delays.ms, 0.5), p99Ms: quantile(delays.ms, 0.99), framesPerSecond: Math.round(delays.framesPerSecond),
    };
  } finally {
    await Promise.all([bus.close(), bare.close()]);
    await client.close();
    await deleteBenchTopics({ brokers, log, prefix, more: ['bare'] });
  }
}

/** Deletes what a measurement made on brokers that may be somebody's: the topics of a bus, and `more` with the same beginning of their names. */
export async function deleteBenchTopics({ brokers, log, prefix, more }: { readonly brokers: readonly string[]; readonly log: Log; readonly prefix: string; readonly more: readonly string[] }): Promise<void> {
  const client = createKafkaClient({ brokers, clientId: 'breakwater-bench', log });
  await client.deleteTopics([...topicPlans(prefix).map(({ topic }) => topic), ...more.map((name) => `${prefix}${name}`)]).catch(() => undefined);
  await client.close();
}

interface BenchReader {
  carry(payload: readonly AssetMessage[]): Promise<void>;
  paced(payload: readonly AssetMessage[], deps: Pick<BusBenchDeps, 'clock' | 'framesPerSecond' | 'seconds'>): Promise<{ readonly ms: readonly number[]; readonly framesPerSecond: number }>;
}

function readerOf(bus: KafkaBus, now: () => number): BenchReader {
  let left = 0;
  let done: () => void = () => undefined;
  let onMessage: (message: AssetMessage) => void = () => undefined;
  bus.subscribe('assets', {
    group: 'score',
    handler: (batch) => {
      for (const message of batch) onMessage(message);
      left -= batch.length;
      if (left === 0) done();
    },
  });
  const expectMessages = (count: number): Promise<void> => {
    left = count;
    return new Promise((resolve) => (done = resolve));
  };
  return {
    carry: async (payload) => {
      const arrived = expectMessages(payload.length);
      for (const [i, message] of payload.entries()) {
        bus.publish('assets', message);
        // As from sockets: a little at a time.
        if (i % SLICE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await arrived;
    },
    paced: async (payload, { clock, framesPerSecond, seconds }) => {
      const count = Math.min(payload.length, framesPerSecond * seconds);
      const sentAt = new Float64Array(payload.length);
      const ms: number[] = [];
      onMessage = ({ seq }) => {
        ms.push(now() - (sentAt[seq] ?? 0));
      };
      const arrived = expectMessages(count);
      const began = now();
      for (let sent = 0; sent < count;) {
        const due = Math.min(count, Math.floor(((now() - began) / 1_000) * framesPerSecond));
        for (; sent < due; sent++) {
          const message = defined(payload[sent], 'a message');
          sentAt[message.seq] = now();
          bus.publish('assets', message);
        }
        await sleep(clock, STEP_MS);
      }
      const took = now() - began;
      await arrived;
      return { ms, framesPerSecond: (count / took) * 1_000 };
    },
  };
}

async function rateOf(now: () => number, count: number, work: () => Promise<void>): Promise<number> {
  const began = now();
  await work();
  return (count / (now() - began)) * 1_000;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toPrecision(4));
}
