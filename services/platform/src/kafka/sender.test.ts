import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '../activity.ts';
import { BreakwaterError } from '../errors.ts';
import { leaseTiming } from '../lease/keep.ts';
import { silentLog } from '../log.ts';
import { createSimulatedClock } from '../simulated/index.ts';
import { testBook, testTrade, testWatermark } from '../suites/messages.ts';
import type { KafkaClient, OutgoingRecord } from './client.ts';
import { COPY_KEY, decode } from './codec.ts';
import { createSender, type SenderDeps } from './sender.ts';

const away = new BreakwaterError('bus-failed', 'writing to Kafka failed: away');
const refused = new BreakwaterError('bus-refused', 'writing to Kafka failed: MESSAGE_TOO_LARGE');

/** A sender whose brokers answer with what `answer` throws, if anything. */
function setUp(answer: (records: readonly OutgoingRecord[], request: number) => void | Promise<void> = () => undefined, changes: Partial<SenderDeps> = {}) {
  const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity: createActivity() });
  const requests: (readonly OutgoingRecord[])[] = [];
  const tries: (string | undefined)[] = [];
  const refusals: number[] = [];
  const over: number[] = [];
  const abandoned: number[] = [];
  let giveUp: (error: unknown) => void = () => undefined;
  const counters = { conflated: 0, exceeded: 0 };
  const never = async (): Promise<never> => Promise.reject(new Error('not asked here'));
  const client: KafkaClient = {
    ensureTopics: never, deleteTopics: never, bounds: never, committed: never, join: never, transactions: never, close: async () => undefined,
    send: async (records) => {
      requests.push(records);
      await Promise.race([answer(records, requests.length), new Promise((_, reject) => (giveUp = reject))]);
      return [];
    },
    abandon: () => {
      abandoned.push(requests.length);
      giveUp(away);
    },
  };
  const sender = createSender({
    client, clock, rng: createRng(1), log: silentLog, limit: 1_000, counters, lingerMs: 0, ready: async () => undefined, place: (topic, key) => ({ topic, partition: key.length }), copiesTo: () => [],
    onTry: (error) => tries.push(error?.code), onRefused: (_, messages) => refusals.push(messages), onOver: (_, messages) => over.push(messages), ...changes,
  });
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  return { sender, requests, tries, refusals, over, abandoned, counters, pass };
}

function read(records: readonly OutgoingRecord[]): readonly Message[] {
  return records.flatMap(({ value }) => decode(['assets', 'global'], Buffer.from(value as string)).messages);
}

describe('sender', () => {
  it('joins messages of one key into records, and sends what is global after what came before it', async () => {
    const { sender, requests } = setUp();
    sender.push(testTrade(1, 'OM'));
    sender.push(testWatermark(2));
    sender.push(testTrade(3, 'ARB'));
    sender.push(testTrade(4, 'OM'));
    await sender.sent();
    expect(requests.map((records) => records.map(({ topic, key, partition, value }) => [topic, key, partition, read([{ topic, key, partition, value }]).map(({ seq }) => seq)]))).toEqual([
      [['assets', 'OM', 2, [1, 4]], ['assets', 'ARB', 3, [3]]],
      [['global', 'binance:usdm', 12, [2]]],
    ]);
    expect(sender.waiting()).toBe(0);
  });

  it('puts a copy of what is global into every log of assets, after what came before it', async () => {
    const { sender, requests } = setUp(() => undefined, { place: (topic) => ({ topic, partition: 0 }), copiesTo: () => [0, 1, 2].map((partition) => ({ topic: 'assets', partition })) });
    sender.push(testTrade(1, 'OM'));
    for (let seq = 2; seq < 302; seq++) sender.push(testWatermark(seq));
    await sender.sent();
    expect(requests[0]?.map(({ topic, key }) => [topic, key])).toEqual([['assets', 'OM']]);
    const logs = [0, 1, 2].map((partition) => requests.flat().filter((record) => record.topic === 'assets' && record.partition === partition && record.key === COPY_KEY));
    for (const log of logs) {
      expect(log.flatMap(({ value }) => decode(['assets', 'global'], Buffer.from(value as string)).messages.map(({ seq }) => seq))).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
      expect(log.length).toBe(3);
    }
    expect(read(requests.flat().filter(({ topic }) => topic === 'global').map((record) => ({ ...record, topic: 'global' }))).length).toBe(300);
    expect(sender.waiting()).toBe(0);
  });

  it('repeats a request unchanged until it is taken, while new messages wait behind it', async () => {
    const { sender, requests, tries, pass } = setUp((_, request) => {
      if (request <= 3) throw away;
    });
    sender.push(testTrade(1));
    await pass(0);
    sender.push(testTrade(2));
    const sent = sender.sent();
    await pass(60_000);
    await sent;
    expect(requests.slice(0, 4).map((records) => read(records).map(({ seq }) => seq))).toEqual([[1], [1], [1], [1]]);
    expect(read(requests.slice(4).flat()).map(({ seq }) => seq)).toEqual([2]);
    expect(tries).toEqual(['bus-failed', 'bus-failed', 'bus-failed', undefined, undefined]);
  });

  it('leaves out what the brokers refuse, tells who waits for it, and sends the rest', async () => {
    const { sender, requests, refusals } = setUp((records) => {
      if (records.some(({ key }) => key === 'ARB')) throw refused;
    });
    for (const [i, asset] of ['OM', 'ARB', 'SOL'].entries()) sender.push(testTrade(i, asset));
    await expect(sender.sent()).rejects.toMatchObject({ code: 'bus-refused' });
    expect(requests.map((records) => records.map(({ key }) => key))).toEqual([['OM', 'ARB', 'SOL'], ['OM'], ['ARB'], ['SOL']]);
    expect(refusals).toEqual([1]);
    sender.push(testTrade(9));
    await sender.sent();
  });

  it('holds a bound while the brokers are away by leaving out book updates alone', async () => {
    const wrong: number[] = [];
    let awayNow = true;
    const { sender, requests, counters, pass } = setUp(() => {
      if (awayNow) throw away;
    }, { limit: 50, onConflated: (message) => wrong.push(message.seq) });
    sender.push(testTrade(0));
    await pass(0);
    for (let seq = 1; seq <= 1_000; seq++) sender.push(seq % 25 === 0 ? testTrade(seq) : testBook(seq));
    expect(sender.waiting()).toBeLessThanOrEqual(51);
    expect(wrong.length).toBeGreaterThan(0);
    awayNow = false;
    const sent = sender.sent();
    await pass(10_000);
    await sent;
    const trades = read(requests.slice(-2).flat()).filter(({ kind }) => kind === 'trade').map(({ seq }) => seq);
    expect(trades).toEqual([0, ...Array.from({ length: 40 }, (_, i) => (i + 1) * 25)]);
    expect(counters.exceeded).toBe(0);
  });

  it('cuts what is large into requests', async () => {
    const { sender, requests } = setUp();
    for (let seq = 0; seq < 30; seq++) sender.push({ ...testTrade(seq), id: 'x'.repeat(500_000) });
    await sender.sent();
    expect(requests.length).toBeGreaterThanOrEqual(10);
    for (const records of requests) expect(records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)).toBeLessThan(1_600_000);
    expect(read(requests.flat()).map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('sends nothing of a term that ended while the brokers were away, neither what had been tried nor what waited, and all that belongs to none', async () => {
    let isAway = true;
    const { sender, requests, over, abandoned, pass } = setUp(() => {
      if (isAway) throw away;
    });
    let held = true;
    const until = (): boolean => held;
    sender.push(testBook(1), until);
    sender.push(testTrade(2, 'ARB'));
    await pass(0);
    sender.push(testTrade(3), until);
    sender.push(testWatermark(4), until);
    sender.push(testTrade(5));
    const sent = expect(sender.sent(until)).rejects.toMatchObject({ code: 'fenced' });
    const others = sender.sent();
    await pass(4_000);
    held = false;
    await pass(26_000);
    isAway = false;
    const before = requests.length;
    await pass(10_000);
    await Promise.all([sent, others]);
    expect(read(requests.slice(before).flat()).map(({ seq }) => seq)).toEqual([2, 5]);
    expect(over).toEqual([1, 1, 1]);
    // The first request may be half on its way.
    expect(abandoned).toHaveLength(1);
    // The next term of the same process.
    sender.push(testBook(6), () => true);
    await sender.sent();
    expect(read(requests.at(-1) ?? []).map(({ seq }) => seq)).toEqual([6]);
  });

  it('gives up a request under way when its term ends, before anybody else can hold the lease, and keeps terms apart in records', async () => {
    const { sender, requests, over, abandoned, pass } = setUp((_, request) => (request === 1 ? new Promise(() => undefined) : undefined));
    let held = true;
    sender.push(testTrade(1), () => held);
    await pass(5_000);
    expect([requests.length, abandoned]).toEqual([1, []]);
    sender.push(testTrade(2), () => held);
    sender.push(testTrade(3), () => true);
    sender.push(testWatermark(4), () => held);
    sender.push(testWatermark(5), () => true);
    held = false;
    await pass(leaseTiming.marginMs / 2);
    expect([...new Set(abandoned)]).toEqual([1]);
    await pass(5_000);
    await sender.sent();
    expect(read(requests.slice(1).flat()).map(({ seq }) => seq)).toEqual([3, 5]);
    expect(over).toEqual([1, 1, 1]);
    expect([...new Set(abandoned)]).toEqual([1]);
  });

  it('gives up after a while when closed, says how much was not sent, and rejects who waits', async () => {
    const { sender, pass } = setUp(() => {
      throw away;
    });
    sender.push(testTrade(1));
    sender.push(testTrade(2));
    const sent = expect(sender.sent()).rejects.toMatchObject({ code: 'aborted' });
    await pass(0);
    const closed = sender.close(2_000);
    await pass(10_000);
    expect(await closed).toBe(2);
    await sent;
  });
});
