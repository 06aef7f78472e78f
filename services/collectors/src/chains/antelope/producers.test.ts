import { describe, expect, it } from '@jest/globals';
import { producersMessage, type Message, type ProducersMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import type { Endpoint } from '@breakwater/platform/simulated';
import { startLoopback } from '@breakwater/simulator';
import fc from 'fast-check';
import { createRig, START, type Rig } from '../evm/test-rig.ts';
import type { ChainFeed } from '../follow/feed.ts';
import { antelopeFeedOf } from './config.ts';
import { createAntelopeFeed } from './feed.ts';
import { parseProducers } from './producers.ts';
import { CHAIN_ID, createTestChain, PRODUCERS, type PlannedProducer, type TestChain } from './test-nodeos.ts';

const CHAIN = chainId(`antelope:${CHAIN_ID.slice(0, 32)}`);
const TOKENS = [{ asset: assetId('EOS'), address: 'eosio.token:EOS', decimals: 4, symbol: 'EOS' }, { asset: assetId('USDT'), address: 'tethertether:USDT', decimals: 4, symbol: 'USDT' }];
const even = (n: number): readonly PlannedProducer[] => PRODUCERS.slice(0, n).map((one) => ({ ...one, votes: 1e18 }));

function rigOf(nodes: Readonly<Record<string, Endpoint>>, more: { readonly producers?: boolean; readonly quorum?: number } = {}): Rig {
  return createRig(nodes, { feed: (deps) => createAntelopeFeed({ ...deps, chain: CHAIN, tokens: TOKENS, labels: () => undefined, ...(more.producers === undefined ? {} : { producers: more.producers }), config: { ...antelopeFeedOf({ startBlock: 1, pollEveryMs: 500, settleEveryMs: 500, producersEveryMs: 60_000 }), ...(more.quorum === undefined ? {} : { quorum: more.quorum }) } }) });
}
const told = (rig: Rig): readonly ProducersMessage[] => rig.published.filter((message): message is ProducersMessage => message.kind === 'producers');
function chainOf(blocks = 20): TestChain {
  const chain = createTestChain('producers', START - 30_000);
  chain.produce(blocks);
  return chain;
}

describe('who makes the blocks of an Antelope chain', () => {
  it('is told for each asset of it once its head is followed, and again at its interval', async () => {
    const chain = chainOf();
    let producers: readonly PlannedProducer[] = [...PRODUCERS.slice(0, 3), { owner: 'resigned', votes: 9e18, resigned: true }, ...PRODUCERS.slice(3)];
    const rig = rigOf({ a: chain.node({ producers: () => producers, scheduled: () => PRODUCERS.slice(0, 21).map(({ owner }) => owner) }) });
    rig.start();
    await rig.advance(2_000);
    const first = told(rig);
    expect(first.map(({ asset }) => asset)).toEqual(['EOS', 'USDT']);
    for (const message of first) expect(producersMessage.parse(message)).toEqual(message);
    const [eos] = first;
    // 25 to 1 of 325: 25 + 24 + 23 + 22 + 21 = 115 is more than a third, and with 20, 19 and 18 it is 172, more than half. The 21 first have 315.
    expect(eos).toMatchObject({ kind: 'producers', source: CHAIN, chain: CHAIN, block: 21, candidates: 25, complete: true, scheduled: 21, scheduleVersion: 2301, votes: { voters: 25, third: 5, half: 8 }, scheduledVotes: { voters: 21, third: 5, half: 8 } });
    expect(eos?.votes?.hhi).toBeCloseTo(5_525 / 325 ** 2, 12);
    expect(eos?.scheduledShare).toBeCloseTo(315 / 325, 12);
    expect(eos?.top.length).toBe(25);
    expect([eos?.top[0], eos?.top[24]]).toEqual([{ producer: 'producer.a', share: expect.closeTo(25 / 325, 12), scheduled: true }, { producer: 'producer.y', share: expect.closeTo(1 / 325, 12), scheduled: false }]);
    chain.produce(1);
    await rig.advance(30_000);
    expect(told(rig)).toHaveLength(2);
    producers = even(21);
    chain.produce(1);
    await rig.advance(40_000);
    expect(told(rig).slice(2).map(({ votes, scheduledShare }) => [votes, scheduledShare])).toEqual(Array.from({ length: 2 }, () => [{ voters: 21, hhi: expect.closeTo(1 / 21, 12), third: 8, half: 11 }, 1]));
    expect(rig.feed()?.stats()).toMatchObject({ rejects: {}, failures: 0 });
    await rig.stop();
  });

  it('is nobody of whom votes are known where a chain has no table of them', async () => {
    const chain = chainOf();
    const rig = rigOf({ a: chain.node({ producers: () => [{ owner: 'eosio', votes: 0 }], scheduled: () => ['eosio'] }) });
    rig.start();
    await rig.advance(2_000);
    expect(told(rig)[0]).toMatchObject({ candidates: 1, scheduled: 1, votes: null, scheduledVotes: null, scheduledShare: 0, top: [{ producer: 'eosio', share: 0, scheduled: true }] });
    await rig.stop();
  });

  it('is not asked for where the config says so', async () => {
    const asked: string[] = [];
    const chain = chainOf();
    const rig = rigOf({ a: chain.node({ fault: (path) => void asked.push(path) }) }, { producers: false });
    rig.start();
    await rig.advance(70_000);
    expect([told(rig), asked.filter((path) => path.includes('producer'))]).toEqual([[], []]);
    expect(asked.length).toBeGreaterThan(10);
    await rig.stop();
  });

  it('is what a quorum of nodes says: one that names others is outvoted, a few votes more or less are the same, and nobody is accused', async () => {
    const chain = chainOf();
    const others = chain.node({ producers: () => PRODUCERS.map((one, i) => ({ ...one, votes: i === 0 ? 1e20 : one.votes })) });
    const moved = chain.node({ producers: () => PRODUCERS.map((one, i) => ({ ...one, votes: i === 3 ? one.votes * 1.02 : one.votes })) });
    const rig = rigOf({ liar: others, a: chain.node(), moved }, { quorum: 2 });
    rig.start();
    await rig.advance(2_000);
    expect(told(rig)[0]?.top[0]?.share).toBeCloseTo(25 / 325, 3);
    expect(rig.feed()?.stats()).toMatchObject({ rejects: {}, quarantines: 0 });
    await rig.stop();
    const divided = rigOf({ liar: others, a: chain.node(), other: chain.node({ scheduled: () => PRODUCERS.slice(1, 22).map(({ owner }) => owner) }) }, { quorum: 2 });
    divided.start();
    await divided.advance(2_000);
    expect(told(divided)).toEqual([]);
    expect(divided.feed()?.stats()).toMatchObject({ rejects: { 'producers-differ': 1 }, quarantines: 0 });
    await divided.stop();
  });

  it.each<[string, (truth: Readonly<Record<string, unknown>>) => unknown, string]>([
    ['a negative vote', (truth) => ({ ...truth, rows: [{ owner: 'producer.a', total_votes: '-1.0', is_active: 1 }] }), 'producers-malformed'],
    ['a vote that is no number', (truth) => ({ ...truth, rows: [{ owner: 'producer.a', total_votes: 'NaN', is_active: 1 }] }), 'producers-malformed'],
    ['a producer twice', (truth) => ({ ...truth, rows: [{ owner: 'producer.a', total_votes: 1 }, { owner: 'producer.a', total_votes: 1 }] }), 'producers-malformed'],
    ['no account', (truth) => ({ ...truth, rows: [{ owner: 'Producer A', total_votes: 1 }] }), 'producers-malformed'],
    ['no rows', () => ({}), 'producers-malformed'],
  ])('with %s is counted and dropped, the chain is followed all the same, and asked again later', async (_name, lie, reason) => {
    const chain = chainOf();
    let lies = true;
    const rig = rigOf({ a: chain.node({ lie: (path, truth) => (lies && path === '/v1/chain/get_producers' ? lie(truth) : truth) }) });
    rig.start();
    await rig.advance(1_000);
    expect(told(rig)).toEqual([]);
    expect(rig.feed()?.stats()).toMatchObject({ tip: 21, rejects: { [reason]: 1 } });
    expect(rig.health().map(({ status }) => status)).toEqual(['ok']);
    // Ever more rarely: after 2, 4, 8, 16 and 32 s.
    await rig.advance(34_000);
    expect(rig.feed()?.stats().rejects[reason]).toBe(5);
    lies = false;
    chain.produce(1);
    await rig.advance(40_000);
    expect(told(rig)).toHaveLength(2);
    await rig.stop();
  });

  it('on a node without that interface, or with a schedule that is malformed, is counted; nothing waits for it', async () => {
    for (const [schedule, reason] of [[undefined, 'producers-malformed'], [{ active: { version: 1, producers: [] } }, 'producers-malformed'], [{ active: { version: -1, producers: [{ producer_name: 'eosio' }] } }, 'producers-malformed'], [{ active: null }, 'producers-malformed']] as const) {
      const chain = chainOf();
      const rig = rigOf({ a: chain.node({ lie: (path, truth) => (path === '/v1/chain/get_producer_schedule' ? schedule : truth) }) });
      rig.start();
      await rig.advance(1_000);
      expect(rig.feed()?.stats()).toMatchObject({ tip: 21, rejects: { [reason]: 1 } });
      await rig.stop();
    }
    const chain = chainOf();
    const rig = rigOf({ a: chain.node({ fault: (path) => (path.includes('producer') ? 'server-error' : undefined) }) });
    rig.start();
    await rig.advance(1_000);
    expect(rig.feed()?.stats()).toMatchObject({ tip: 21, rejects: { 'producers-unread': 1 } });
    await rig.stop();
  });

  it('is read of a node on a real socket', async () => {
    const chain = createTestChain('real', createSystemClock().now() - 60_000);
    chain.produce(100);
    const loopback = await startLoopback({ endpoints: { a: chain.node(), b: chain.node() } });
    const abort = new AbortController();
    const published: ProducersMessage[] = [];
    let wake = (): void => undefined;
    const feed: ChainFeed = createAntelopeFeed({
      chain: CHAIN, tokens: TOKENS, endpoints: ['a', 'b'].map((name) => loopback.addresses[name]?.http ?? ''), network: createNodeNetwork({ userAgent: 'breakwater-test' }), clock: createSystemClock(), rng: createRng(1), labels: () => undefined, log: silentLog, signal: abort.signal,
      config: antelopeFeedOf({ startBlock: 90, pollEveryMs: 20, settleEveryMs: 20 }), publish: () => undefined, journal: { checkpoint: async () => undefined, saveCheckpoints: async () => undefined },
      publishDurable: async (_topic, messages) => {
        for (const message of messages as readonly Message[]) if (message.kind === 'producers') published.push(message);
        wake();
      },
    });
    const ended = feed.run();
    while (published.length < 2) await new Promise<void>((resolve) => (wake = resolve));
    expect(published[0]).toMatchObject({ asset: 'EOS', block: 101, candidates: 25, scheduled: 21, votes: { third: 5, half: 8 } });
    abort.abort();
    await ended;
    await loopback.close();
  });
});

it('never throws, whatever nodes answer, and takes no votes that are none', () => {
  let taken = 0;
  const anything = fc.anything({ maxDepth: 3 });
  const row = fc.record({ owner: fc.oneof(fc.constantFrom('producer.a', 'b', '', 'UPPER'), anything), total_votes: fc.oneof(fc.constantFrom('1.5', '1e18', '-1', '', 'Infinity', '0x10', 5, -5, NaN, Infinity), anything), is_active: fc.oneof(fc.constantFrom(0, 1, true, false, undefined), anything) });
  const schedule = fc.oneof(anything, fc.record({ active: fc.record({ version: fc.oneof(fc.nat(), anything), producers: fc.oneof(fc.array(fc.record({ producer_name: fc.constantFrom('producer.a', 'b') })), anything) }) }));
  const names = fc.constantFrom('producer.a', 'b', 'c.d', 'eosio');
  const lawfulVotes = fc.record({ rows: fc.uniqueArray(fc.record({ owner: names, total_votes: fc.oneof(fc.constantFrom('1.5', '1e18', '0', 5), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.nat().map((n) => `${n}.0`)), is_active: fc.constantFrom(0, 1, true, false, undefined) }), { selector: ({ owner }) => owner }), more: fc.constantFrom('', 'c', undefined) });
  const lawfulSchedule = fc.record({ active: fc.record({ version: fc.nat(), producers: fc.uniqueArray(names, { minLength: 1 }).map((list) => list.map((name) => ({ producer_name: name }))) }) });
  const anyVotes = fc.oneof(anything, fc.record({ rows: fc.oneof(fc.array(row), anything), more: fc.oneof(fc.constantFrom('', 'c', undefined), anything) }));
  fc.assert(fc.property(fc.oneof(anyVotes, lawfulVotes), fc.oneof(schedule, lawfulSchedule), (votes, active) => {
    const parsed = parseProducers(votes, active);
    if (!parsed.ok) return;
    taken++;
    expect(parsed.value.scheduled.length).toBeGreaterThan(0);
    for (const { votes: held } of parsed.value.candidates) expect(held >= 0 && held < Infinity).toBe(true);
  }), { numRuns: 300 });
  // A quarter has nothing wrong with it, and a little more is still lawful.
  expect(taken).toBeGreaterThan(30);
  expect(parseProducers({ rows: [{ owner: 'b', total_votes: 5 }], more: 'c' }, { active: { version: 1, producers: [{ producer_name: 'b' }] } })).toEqual({ ok: true, value: { scheduleVersion: 1, scheduled: ['b'], candidates: [{ producer: 'b', votes: 5 }], complete: false } });
});
