import { describe, expect, it } from '@jest/globals';
import type { Message, TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng, type Rng } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import type { Endpoint } from '@breakwater/platform/simulated';
import { startLoopback } from '@breakwater/simulator';
import fc from 'fast-check';
import { createRig, standing, START, unlawful, type Rig } from '../evm/test-rig.ts';
import type { ChainFeed } from '../follow/feed.ts';
import { antelopeFeedOf, type AntelopeFeedConfig } from './config.ts';
import { createAntelopeFeed } from './feed.ts';
import { CHAIN_ID, createTestChain, type NodeosOptions, type PlannedAction, type TestChain } from './test-nodeos.ts';

const CHAIN = chainId(`antelope:${CHAIN_ID.slice(0, 32)}`);
const TOKENS = [{ asset: assetId('EOS'), address: 'eosio.token:EOS', decimals: 4, symbol: 'EOS' }];
let serial = 0;

function action(more: Partial<PlannedAction> = {}): PlannedAction {
  return { contract: 'eosio.token', from: 'alice', to: 'exchange1111', quantity: '1.0000 EOS', tx: (++serial).toString(16).padStart(64, '0'), ...more };
}
function rigOf(nodes: Readonly<Record<string, Endpoint>>, config: Partial<AntelopeFeedConfig> = {}, rng?: Rng, crash?: () => void): Rig {
  return createRig(nodes, {
    ...(rng === undefined ? {} : { rng }), ...(crash === undefined ? {} : { crash }),
    feed: (deps) => createAntelopeFeed({ ...deps, chain: CHAIN, tokens: TOKENS, labels: (account) => (account === 'exchange1111' ? 'exchange:okx' : undefined), config: { ...antelopeFeedOf({ startBlock: 1, pollEveryMs: 500, settleEveryMs: 500 }), ...config } }),
  });
}
function canonical(chain: TestChain): readonly string[] {
  return chain.blocks().flatMap((block) => block.actions.map((one) => `${one.tx}:0@${block.id}`)).sort();
}
const told = (rig: Rig): readonly string[] => rig.health().map(({ status, reason, detail }) => `${status} ${reason} ${detail?.split(':').slice(0, 2).join(':') ?? ''}`.trim());

describe('an Antelope chain', () => {
  it('is followed block by block, transfers become final by the node’s irreversible block', async () => {
    const chain = createTestChain('main', START - 30_000);
    chain.produce(20, (number) => [action(), action({ contract: 'fake.token' }), action({ quantity: '5.0000 JUNGLE' }), ...(number === 3 ? [action({ quantity: '1.00 EOS' })] : [])]);
    const rig = rigOf({ a: chain.node({ irreversibleDepth: 5 }) });
    rig.start();
    await rig.advance(4_000);
    expect(rig.transfers().slice(0, 2)).toMatchObject([{ state: 'included', asset: 'EOS', amount: '10000', units: 1, block: 2, toLabel: 'exchange:okx', eventTime: START - 29_500, logIndex: 0 }, { block: 3 }]);
    expect(rig.feed()?.stats()).toMatchObject({ transfers: 20, final: 15, safe: 0, tip: 21, rejects: { 'wrong-precision': 1 }, failures: 0 });
    expect(told(rig)).toEqual(['ok following']);
    await rig.stop();
  });

  it('that forks is followed to the fork, with retractions, also after a restart', async () => {
    const chain = createTestChain('main', START - 100_000);
    chain.produce(150, () => [action()]);
    const rig = rigOf({ a: chain.node({ irreversibleDepth: 60 }), b: chain.node({ irreversibleDepth: 60 }) });
    rig.start();
    await rig.advance(4_000);
    for (let depth = 1; depth <= 20; depth++) {
      chain.fork(depth, (lost) => (lost.number % 3 === 0 ? lost.actions : [action()]));
      chain.produce(1, () => [action()]);
      if (depth % 5 === 0) {
        await rig.stop();
        rig.start();
      }
      await rig.advance(3_000);
      expect({ depth, stands: standing(rig.transfers()) }).toEqual({ depth, stands: canonical(chain) });
    }
    expect(rig.transfers().filter(({ state }) => state === 'reverted').length).toBe(210);
    expect(unlawful(rig)).toBeUndefined();
    await rig.stop();
  });

  it.each<[string, NodeosOptions, RegExp]>([
    ['names other ids', { lie: (path, truth) => (path.endsWith('get_block') && Number(truth['number']) > 22 ? { ...truth, id: String(truth['id']).slice(0, 8) + 'e'.repeat(56) } : truth) }, /endpoint-quarantined bad: finality-violation/],
    ['names an id of another height', { lie: (path, truth) => (path.endsWith('get_block') ? { ...truth, id: 'e'.repeat(64) } : truth) }, /endpoint-quarantined bad: wrong-answer/],
    ['leaves out an action', { lie: (path, truth) => (path.endsWith('get_block') ? { ...truth, transactions: [] } : truth) }, /endpoint-quarantined bad: omitted-entries/],
    ['makes one up', { lie: (path, truth) => (path.endsWith('get_block') ? { ...truth, transactions: [...(truth['transactions'] as unknown[]), { id: 'd'.repeat(64), actions: [{ global_sequence: 1, receiver: 'eosio.token', account: 'eosio.token', action: 'transfer', data: '00' }] }] } : truth) }, /endpoint-quarantined bad: other-entries/],
    ['is of another chain', { chainId: 'f'.repeat(64) }, /endpoint-quarantined bad: wrong-chain/],
    ['lags', { lag: () => 300 }, /endpoint-lagging bad: its newest block is/],
  ])('one of whose three nodes %s: it is named and left', async (_name, options, said) => {
    const chain = createTestChain('main', START - 200_000);
    chain.produce(20, () => [action()]);
    const rig = rigOf({ bad: chain.node(options), b: chain.node(), c: chain.node() });
    rig.start();
    await rig.advance(2_000);
    for (let i = 0; i < 8; i++) {
      chain.produce(50, (number) => (number % 5 === 0 ? [action()] : []));
      await rig.advance(2_000);
    }
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.transfers().some(({ state }) => state === 'reverted')).toBe(false);
    expect(told(rig).some((one) => said.test(one))).toBe(true);
    expect(told(rig).at(-1)).toMatch(/^ok/);
    await rig.stop();
  });

  it('whose only node cannot be reached, or has no traces, is an incident, and goes on afterwards', async () => {
    const chain = createTestChain('main', START - 30_000);
    chain.produce(20, () => [action()]);
    let fault: 'hang-up' | 'garbage' | 'busy' | 'server-error' | undefined;
    let tracesFrom = 1_000;
    const options = { fault: () => fault, get tracesFrom() { return tracesFrom; } };
    const rig = rigOf({ a: chain.node(options) });
    rig.start();
    await rig.advance(4_000);
    expect(rig.health().at(-1)).toMatchObject({ status: 'stale', reason: 'bad-answer', detail: expect.stringContaining('trace_api_plugin') });
    tracesFrom = 0;
    await rig.advance(10_000);
    expect(told(rig).at(-1)).toBe('ok following');
    for (const [kind, reason] of [['hang-up', 'http-failed'], ['server-error', 'http-status'], ['garbage', 'bad-answer'], ['busy', 'rate-limited']] as const) {
      fault = kind;
      chain.produce(1, () => [action()]);
      await rig.advance(4_000);
      expect(rig.health().at(-1)).toMatchObject({ status: 'stale', reason });
      fault = undefined;
      await rig.advance(40_000);
      expect(told(rig).at(-1)).toBe('ok following');
    }
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('is caught up with over 10,000 blocks, several asked for at once, and none is skipped', async () => {
    const chain = createTestChain('main', START - 6_000_000);
    chain.produce(10_000, (number) => (number % 41 === 0 ? [action()] : []));
    const nodes = { a: chain.node(), b: chain.node() };
    const rig = rigOf(nodes, { quorum: 2 });
    rig.start();
    await rig.advance(600_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ tip: 10_001, failures: 0, quarantines: 0 });
    expect(told(rig)[0]).toMatch(/^resyncing backfill block \d+ of 10001/);
    // Each block is one request to each node, and a little more.
    expect(nodes.a.requests()).toBeLessThan(10_000 + 10_000 / 4);
    await rig.stop();
  });

  it('of nodes on real sockets is followed all the same', async () => {
    const now = createSystemClock().now();
    const chain = createTestChain('real', now - 60_000);
    chain.produce(100, () => [action()]);
    const lost = chain.blocks().slice(-7).flatMap(({ actions }) => actions.map((one) => one.tx));
    const loopback = await startLoopback({ endpoints: { a: chain.node(), b: chain.node(), slow: chain.node({ lag: () => 90 }) } });
    const abort = new AbortController();
    const published: Message[] = [];
    let wake = (): void => undefined;
    const note = (...messages: readonly Message[]): void => {
      published.push(...messages);
      wake();
    };
    const transfers = (): readonly TransferMessage[] => published.filter((message): message is TransferMessage => message.kind === 'transfer');
    const feed: ChainFeed = createAntelopeFeed({
      chain: CHAIN, tokens: TOKENS, endpoints: ['a', 'b', 'slow'].map((name) => loopback.addresses[name]?.http ?? ''), network: createNodeNetwork({ userAgent: 'breakwater-test' }), clock: createSystemClock(), rng: createRng(1), labels: () => undefined, log: silentLog, signal: abort.signal,
      config: antelopeFeedOf({ startBlock: 1, pollEveryMs: 20, lagAfterMs: 20_000, settleEveryMs: 20 }), publish: (_topic, message) => note(message), publishDurable: async (_topic, messages) => note(...messages),
      journal: { checkpoint: async () => undefined, saveCheckpoints: async () => undefined },
    });
    const until = async (done: () => boolean): Promise<void> => {
      while (!done()) await new Promise<void>((resolve) => (wake = resolve));
    };
    const ended = feed.run();
    await until(() => feed.stats().tip === 101 && published.at(-1)?.kind === 'watermark');
    chain.fork(7, () => [action()]);
    chain.produce(1, () => [action()]);
    await until(() => feed.stats().tip === 102 && published.at(-1)?.kind === 'watermark');
    expect(standing(transfers())).toEqual(canonical(chain));
    expect(transfers().filter(({ state }) => state === 'reverted').map(({ tx }) => tx)).toEqual([...lost].reverse());
    abort.abort();
    await ended;
    await loopback.close();
  });
});

describe('whatever happens', () => {
  it('what stands in the end is what the chain has, and no life of a transfer is unlawful', async () => {
    let reverted = 0;
    let crashes = 0;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
      const rng = createRng(seed);
      const draw = rng.fork('faults');
      const trouble = { nodes: rng.pick([0, 0.02, 0.1]), crash: rng.pick([0, 0.02, 0.05]) };
      const chain = createTestChain(`chain ${seed}`, START - 40_000);
      const options: NodeosOptions = { irreversibleDepth: 50, fault: () => (draw.chance(trouble.nodes) ? draw.pick(['hang-up', 'server-error', 'garbage', 'busy'] as const) : undefined) };
      const liar: NodeosOptions = { ...options, lie: (path, truth) => (path.endsWith('get_block') && draw.chance(0.2) ? { ...truth, transactions: [] } : truth) };
      const some = (): readonly PlannedAction[] => Array.from({ length: rng.pick([0, 0, 1, 2]) }, () => action());
      chain.produce(60, some);
      const nodes = rng.chance(0.5) ? { a: chain.node(options), b: chain.node(options) } : { liar: chain.node(liar), a: chain.node(options), b: chain.node(options) };
      const rig = rigOf(nodes, { quarantineMs: 5_000, maxReorgDepth: 40, heldBlocks: 128, maxBackoffMs: 4_000, ...('liar' in nodes ? { quorum: 2 } : {}) }, rng.fork('rig'), () => {
        if (!draw.chance(trouble.crash)) return;
        crashes++;
        throw new Error('crash');
      });
      rig.start();
      for (let step = 0; step < 25; step++) {
        if (!rig.running()) rig.start();
        const turn = rng.next();
        if (turn < 0.3) chain.fork(1 + rng.int(15), (lost) => (rng.chance(0.5) ? lost.actions : some()));
        else if (turn < 0.4) {
          await rig.stop();
          rig.start();
        }
        chain.produce(1 + rng.int(6), some);
        await rig.advance(rng.int(3_000));
      }
      trouble.nodes = 0;
      trouble.crash = 0;
      await rig.advance(5_000);
      if (!rig.running()) rig.start();
      chain.produce(1, some);
      await rig.advance(60_000);
      await rig.stop();
      reverted += rig.transfers().filter(({ state }) => state === 'reverted').length;
      expect(unlawful(rig)).toBeUndefined();
      expect(standing(rig.transfers())).toEqual(canonical(chain));
    }), { numRuns: 40, seed: 3 });
    expect(reverted).toBeGreaterThan(150);
    expect(crashes).toBeGreaterThan(10);
  });
});
