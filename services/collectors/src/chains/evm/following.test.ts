import { describe, expect, it } from '@jest/globals';
import { assetId } from '@breakwater/models/core';
import { NATIVE, NATIVE_LOG_INDEX } from './map.ts';
import type { MemoryChain } from './test-memory-chain.ts';
import { createMemoryChain } from './test-memory-chain.ts';
import { canonical, follow, mine, QUICK, SECONDS, transfer } from './test-mining.ts';
import { createRig, standing, TOKEN, unlawful } from './test-rig.ts';

describe('indexing that stops', () => {
  const ways: readonly (readonly [string, (chain: MemoryChain, stopped: () => boolean) => Readonly<Record<string, ReturnType<MemoryChain['node']>>>, string])[] = [
    ['because every node is gone', (chain, stopped) => ({ a: chain.node({ fault: () => (stopped() ? 'hang-up' : undefined) }), b: chain.node({ fault: () => (stopped() ? 'hang-up' : undefined) }) }), 'http-failed'],
    ['because every node answers nonsense', (chain, stopped) => ({ a: chain.node({ fault: () => (stopped() ? 'garbage' : undefined) }) }), 'bad-answer'],
    ['because logs cannot be read', (chain, stopped) => ({ a: chain.node({ fault: (method) => (stopped() && method === 'eth_getLogs' ? 'rpc-error' : undefined) }) }), 'bad-answer'],
    ['because the nodes stand still', (chain, stopped) => {
      let shown = 0;
      const lag = () => {
        if (!stopped()) shown = chain.head().number;
        return chain.head().number - shown;
      };
      return { a: chain.node({ lag }), b: chain.node({ lag }) };
    }, 'no-new-block'],
    ['because the nodes differ', (chain, stopped) => ({ a: chain.node(), b: chain.node({ lie: (method, params, truth) => (stopped() && method === 'eth_getBlockByNumber' && truth !== null && (params[0] === 'latest' || Number(params[0]) > 20) ? { ...(truth as object), hash: `0x${'e'.repeat(64)}` } : truth) }) }), 'no-quorum'],
  ];
  it.each(ways)('%s, is an incident within two minutes, and over when it goes on', async (_name, nodesOf, reason) => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    let stopped = false;
    const rig = createRig(nodesOf(chain, () => stopped), { config: { ...QUICK, maxBackoffMs: 4_000 } });
    rig.start();
    await rig.advance(4_000);
    stopped = true;
    const since = rig.clock.now();
    await follow(rig, chain, 10);
    const incident = rig.health().find(({ status, eventTime }) => status !== 'ok' && eventTime > since);
    expect(incident?.reason).toBe(reason);
    expect((incident?.eventTime ?? Infinity) - since).toBeLessThan(120_000);
    stopped = false;
    await follow(rig, chain, 8);
    expect(rig.health().at(-1)).toMatchObject({ status: 'ok' });
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });
});

describe('a promise', () => {
  it('covers no block that one endpoint has already and the others do not', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    let lag = 1;
    const rig = createRig({ a: chain.node(), b: chain.node({ lag: () => lag }) }, { config: { ...QUICK, watermarkDelayMs: 1_000, lagAfterMs: 600_000 } });
    rig.start();
    for (let i = 0; i < 10; i++) {
      chain.mine(Math.floor(rig.clock.now() / 1000), [transfer()]);
      await rig.advance(30_000);
    }
    lag = 0;
    await rig.advance(10_000);
    expect(rig.feed()?.stats()).toMatchObject({ lateBlocks: 0, tip: 30 });
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });
});

describe('states', () => {
  it('are included, safe and final, each once, and a deposit is one transfer throughout', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 10);
    const rig = createRig({ a: chain.node({ safeDepth: 2, finalizedDepth: 5 }), b: chain.node({ safeDepth: 3, finalizedDepth: 5 }) }, { config: QUICK });
    rig.start();
    await rig.advance(4_000);
    const count = (state: string): number => rig.transfers().filter((t) => t.state === state).length;
    // Two must call a block safe. What was final when it was first read is never called safe.
    expect([count('included'), count('safe'), count('final')]).toEqual([10, 2, 5]);
    await follow(rig, chain, 4);
    expect([count('included'), count('safe'), count('final')]).toEqual([14, 6, 9]);
    const first = rig.transfers().find((t) => t.state === 'safe');
    expect(rig.transfers().filter((t) => t.tx === first?.tx).map(({ state }) => state)).toEqual(['included', 'safe', 'final']);
    expect(unlawful(rig)).toBeUndefined();
    await rig.stop();
  });

  it('follow the chain’s rule: by depth where it says so', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 10);
    const rig = createRig({ a: chain.node({ safeDepth: 0, finalizedDepth: 0 }) }, { config: { ...QUICK, finality: { confirmations: 6 }, safe: { confirmations: 2 } } });
    rig.start();
    await rig.advance(4_000);
    expect(rig.feed()?.stats()).toMatchObject({ transfers: 10, final: 4, safe: 4 });
    await rig.stop();
  });

  it('are seen in a mempool where the node has one, once, and mean nothing yet', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 2);
    const tx = `0x${'5'.repeat(64)}`;
    const waiting = [
      { hash: tx, from: `0x${'aa'.repeat(20)}`, to: TOKEN, value: '0x0', input: `0xa9059cbb${'bb'.repeat(20).padStart(64, '0')}${'7'.padStart(64, '0')}` },
      { hash: `0x${'6'.repeat(64)}`, from: `0x${'aa'.repeat(20)}`, to: TOKEN, value: '0x0', input: '0x1234' },
      { hash: `0x${'7'.repeat(64)}`, from: `0x${'aa'.repeat(20)}`, to: `0x${'cc'.repeat(20)}`, value: '0x1', input: '0x' },
      'hash only', null,
    ];
    const rig = createRig({ a: chain.node({ mempool: () => waiting as readonly object[] }), b: chain.node() }, { config: { ...QUICK, pending: true } });
    rig.start();
    await rig.advance(10_000);
    const seen = rig.transfers().filter(({ state }) => state === 'seen');
    expect(seen).toMatchObject([{ tx, logIndex: 0, block: 3, blockHash: '', amount: '7', from: `0x${'aa'.repeat(20)}`, to: `0x${'bb'.repeat(20)}` }]);
    expect(rig.feed()?.stats()).toMatchObject({ seen: 1, failures: 0, quarantines: 0, transfers: 2 });
    await rig.stop();
  });
});

describe('the chain’s own coin', () => {
  it.each([[true], [false]])('what transactions move themselves is followed and retracted, what failed is not (block receipts: %s)', async (blockReceipts) => {
    const chain = createMemoryChain('main', SECONDS - 240);
    const coin = () => transfer(NATIVE);
    mine(chain, 8, (n) => (n % 2 === 0 ? [coin(), { ...coin(), failed: true }, transfer()] : []));
    const tokens = [{ asset: assetId('ETH'), address: NATIVE, decimals: 18, symbol: 'ETH' }, { asset: assetId('OM'), address: TOKEN, decimals: 18, symbol: 'OM' }];
    const rig = createRig({ a: chain.node({ blockReceipts }), b: chain.node() }, { config: QUICK, tokens });
    rig.start();
    await rig.advance(8_000);
    expect(rig.transfers().filter(({ asset }) => asset === 'ETH').map(({ block, logIndex, amount, token }) => [block, logIndex, amount, token])).toEqual([1, 3, 5, 7].map((block) => [block, NATIVE_LOG_INDEX, '1', NATIVE]));
    expect(rig.transfers().filter(({ asset }) => asset === 'OM').length).toBe(4);
    chain.reorg(3);
    mine(chain, 1);
    await rig.advance(12_000);
    expect(rig.transfers().filter(({ state }) => state === 'reverted').map(({ asset, block }) => [asset, block])).toEqual([['ETH', 7], ['OM', 7]]);
    await rig.stop();
  });
});

describe('a catch-up of 10,000 blocks', () => {
  const words: readonly (readonly [string, (max: number, from: number) => string])[] = [
    ['a range that would work', (max, from) => `Log response size exceeded. Based on your parameters, this block range should work: [0x${from.toString(16)}, 0x${(from + max - 1).toString(16)}]`],
    ['a limit', (max) => `eth_getLogs is limited to a ${max} range`],
    ['nothing of use', () => 'internal error'],
  ];
  it.each(words)('skips none where two nodes refuse in their own words: %s', async (_name, refusal) => {
    const chain = createMemoryChain('main', SECONDS - 120_000);
    mine(chain, 10_000, (n) => (n % 37 === 0 ? [transfer(), transfer()] : []));
    const a = chain.node({ maxRange: 1_000, refusal });
    const rig = createRig({ a, b: chain.node({ maxRange: 730, refusal }) }, { config: { ...QUICK, quorum: 2 } });
    rig.start();
    await rig.advance(60_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ tip: 10_000, quarantines: 0, failures: 0 });
    expect(a.requests()['eth_getLogs']).toBeLessThan(150);
    await rig.stop();
  });

  it('finds the endpoint that leaves out one transfer of a range', async () => {
    const chain = createMemoryChain('main', SECONDS - 120_000);
    mine(chain, 10_000, (n) => (n % 100 === 0 ? [transfer(), transfer()] : []));
    const hidden = chain.blocks()[5_001]?.transfers[0]?.tx;
    const bad = chain.node({ lie: (method, _params, truth) => (method === 'eth_getLogs' ? (truth as readonly { readonly transactionHash: string }[]).filter((log) => log.transactionHash !== hidden) : truth) });
    const rig = createRig({ bad, b: chain.node(), c: chain.node() }, { config: QUICK });
    rig.start();
    await rig.advance(60_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.health().find(({ reason }) => reason === 'endpoint-quarantined')?.detail).toContain(`${String(hidden)} is missing`);
    await rig.stop();
  });
});
