import { describe, expect, it } from '@jest/globals';
import type { NodeOptions } from './test-memory-chain.ts';
import { createMemoryChain } from './test-memory-chain.ts';
import { canonical, follow, mine, QUICK, SECONDS, transfer } from './test-mining.ts';
import type { Rig } from './test-rig.ts';
import { createRig, standing, TOKEN, unlawful } from './test-rig.ts';

/** News of endpoints and what the feed says of itself. */
function told(rig: Rig): readonly (readonly [string, string, string])[] {
  return rig.health().map(({ status, reason, detail }) => [status, reason, detail?.split(':').slice(0, 2).join(':') ?? '']);
}
describe('three endpoints, one of which', () => {
  const play = async (bad: NodeOptions, config: object = {}) => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    const rig = createRig({ bad: chain.node(bad), b: chain.node(), c: chain.node() }, { config: { ...QUICK, ...config } });
    rig.start();
    await rig.advance(4_000);
    await follow(rig, chain, 6);
    await rig.stop();
    return { chain, rig };
  };
  const header = (method: string, change: (block: Readonly<Record<string, unknown>>) => object) => (asked: string, _params: readonly unknown[], truth: unknown) => (asked === method && truth !== null ? change(truth as Readonly<Record<string, unknown>>) : truth);
  const first = (change: (log: Readonly<Record<string, unknown>>) => object | undefined) => (asked: string, _params: readonly unknown[], truth: unknown) => (asked === 'eth_getLogs' ? (truth as readonly Readonly<Record<string, unknown>>[]).flatMap((log, i) => (i === 0 ? change(log) ?? [] : log)) : truth);

  it.each<[string, NodeOptions, string]>([
    ['names other hashes', { lie: header('eth_getBlockByNumber', (block) => (Number(block['number']) > 18 ? { ...block, hash: `0x${'e'.repeat(64)}` } : block)) }, 'bad: other-hash'],
    ['is of another history', { lie: header('eth_getBlockByNumber', (block) => ({ ...block, hash: `0x${'e'.repeat(64)}` })) }, 'bad: other-history'],
    ['gives right hashes with a wrong parent', { lie: header('eth_getBlockByNumber', (block) => ({ ...block, parentHash: `0x${'e'.repeat(64)}` })) }, 'bad: other-hash'],
    ['gives right hashes with a wrong time', { lie: header('eth_getBlockByNumber', (block) => ({ ...block, timestamp: `0x${(Number(block['timestamp']) + 1).toString(16)}` })) }, 'bad: other-hash'],
    ['leaves logs out', { lie: first(() => undefined) }, 'bad: omitted-entries'],
    ['changes an amount', { lie: first((log) => ({ ...log, data: `0x${'f'.repeat(64)}` })) }, 'bad: other-entries'],
    ['gives logs of another block', { lie: first((log) => ({ ...log, blockHash: `0x${'e'.repeat(64)}` })) }, 'bad: wrong-answer'],
    ['answers with another height', { lie: (method, params, truth) => (method === 'eth_getBlockByNumber' && String(params[0]).startsWith('0x') && truth !== null ? { ...(truth as object), number: '0x1' } : truth) }, 'bad: wrong-answer'],
    ['is of another chain', { chainId: 5 }, 'bad: wrong-chain'],
  ])('%s: it is named and left, and what was published is the chain', async (_name, options, accused) => {
    const { chain, rig } = await play(options);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.transfers().filter(({ state }) => state === 'reverted')).toEqual([]);
    expect(unlawful(rig)).toBeUndefined();
    expect(told(rig).filter(([, reason]) => reason === 'endpoint-quarantined').map(([, , detail]) => detail)).toContain(accused);
    // The feed itself stays well throughout.
    expect(told(rig).filter(([status, reason]) => status !== 'ok' && reason !== 'backfill' && reason !== 'endpoint-quarantined')).toEqual([]);
    expect(rig.feed()?.stats().quarantines).toBeGreaterThan(0);
  });

  it('lies while the others fail for a moment: it is not the majority of what is left', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    let outage = false;
    const liar = chain.node({ lie: (method, _params, truth) => (outage && method === 'eth_getLogs' ? [] : truth) });
    const failing = (): NodeOptions => ({ fault: () => (outage ? 'hang-up' : undefined) });
    const rig = createRig({ liar, b: chain.node(failing()), c: chain.node(failing()) }, { config: { ...QUICK, bloom: 'none', maxBackoffMs: 2_000 } });
    rig.start();
    await rig.advance(4_000);
    outage = true;
    mine(chain, 1);
    await rig.advance(12_000);
    expect(rig.feed()?.stats().tip).toBe(20);
    outage = false;
    await follow(rig, chain, 2);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('lags: it is not asked for the head, and asked again when it has caught up', async () => {
    const chain = createMemoryChain('main', SECONDS - 1_200);
    mine(chain, 100);
    let lag = 30;
    const slow = chain.node({ lag: () => lag });
    const rig = createRig({ slow, b: chain.node(), c: chain.node() }, { config: QUICK });
    rig.start();
    await rig.advance(4_000);
    await follow(rig, chain, 2);
    expect(rig.feed()?.stats().tip).toBe(102);
    expect(told(rig)).toContainEqual(['resyncing', 'endpoint-lagging', 'slow: its newest block is 70, 360 s behind']);
    lag = 0;
    await follow(rig, chain, 1);
    expect(told(rig).at(-1)?.[1]).toBe('endpoint-caught-up');
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it.each([[2], [3]])('answers later than the other %i, with a newer head after a pause of the chain: they do not lag for that, and it is not the majority of what is left', async (honest) => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    // The others show the chain as it was before the pause for as long as the first block after it is new.
    let unseen = 0;
    const liar = chain.node({ lie: (method, _params, truth) => (unseen > 0 && method === 'eth_getLogs' ? [] : truth) });
    const nodes = Object.fromEntries(['b', 'c', 'd'].slice(0, honest).map((name) => [name, chain.node({ lag: () => unseen })]));
    const rig = createRig({ liar, ...nodes }, { config: { ...QUICK, bloom: 'none' } });
    rig.start();
    await rig.advance(300_000);
    chain.mine(Math.floor(rig.clock.now() / 1000), [transfer()]);
    unseen = 1;
    await rig.advance(90_000);
    expect(rig.feed()?.stats().tip).toBe(20);
    expect(told(rig).filter(([, reason]) => reason === 'endpoint-lagging')).toEqual([]);
    unseen = 0;
    await follow(rig, chain, 2);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('is dead: it is asked ever more seldom, and followed without it', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    const dead = chain.node({ fault: () => 'hang-up' });
    const rig = createRig({ dead, b: chain.node(), c: chain.node() }, { config: { ...QUICK, backoffMs: 500, maxBackoffMs: 30_000 } });
    rig.start();
    await rig.advance(4_000);
    await follow(rig, chain, 20);
    const tries = Object.values(dead.requests()).reduce((sum, n) => sum + n, 0);
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(25);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(told(rig).at(-1)?.slice(0, 2)).toEqual(['ok', 'following']);
    await rig.stop();
  });
});

describe('two endpoints', () => {
  it('that differ at the head for a moment are an ordinary fork: nothing is said', async () => {
    const main = createMemoryChain('main', SECONDS - 240);
    mine(main, 20);
    let fork = false;
    const other = (truth: unknown) => (truth === null ? null : { ...(truth as object), hash: `0x${'e'.repeat(64)}` });
    const b = main.node({ lie: (method, params, truth) => (fork && method === 'eth_getBlockByNumber' && (params[0] === 'latest' || Number(params[0]) === main.head().number) ? other(truth) : truth) });
    const rig = createRig({ a: main.node(), b }, { config: QUICK });
    rig.start();
    await rig.advance(4_000);
    fork = true;
    mine(main, 1);
    await rig.advance(6_000);
    expect(rig.feed()?.stats().tip).toBe(20);
    fork = false;
    await rig.advance(4_000);
    expect(rig.feed()?.stats().tip).toBe(21);
    expect(told(rig).at(-1)?.slice(0, 2)).toEqual(['ok', 'following']);
    expect(rig.feed()?.stats().quarantines).toBe(0);
    await rig.stop();
  });

  it('of which one is from the future: the other does not lag for that, however slow the chain', async () => {
    const chain = createMemoryChain('main', SECONDS - 400);
    mine(chain, 20);
    const future = chain.node({ lie: (method, params, truth) => (method === 'eth_getBlockByNumber' && params[0] === 'latest' ? { ...(truth as object), number: '0x1000', hash: `0x${'e'.repeat(64)}`, timestamp: `0x${(SECONDS + 3_600).toString(16)}` } : truth) });
    const rig = createRig({ future, b: chain.node() }, { config: QUICK });
    rig.start();
    await rig.advance(20_000);
    expect(told(rig).some(([, reason]) => reason === 'endpoint-lagging')).toBe(false);
    // The future one has the real block at the height that both have reached.
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('of which one stays behind: it counts until it has for as long as a laggard is given, then the other is followed alone', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    let unseen = 0;
    const rig = createRig({ slow: chain.node({ lag: () => unseen }), b: chain.node() }, { config: QUICK });
    rig.start();
    await rig.advance(300_000);
    chain.mine(Math.floor(rig.clock.now() / 1000), [transfer()]);
    unseen = 1;
    await rig.advance(50_000);
    expect(rig.feed()?.stats().tip).toBe(20);
    await rig.advance(20_000);
    expect(rig.feed()?.stats().tip).toBe(21);
    expect(told(rig)).toContainEqual(['silent', 'endpoint-lagging', 'slow: its newest block is 20, 300 s behind']);
    await rig.stop();
  });

  it('that go on differing where neither can be proven wrong: nothing is published, and both are named', async () => {
    const a = createMemoryChain('a', SECONDS - 240);
    const b = createMemoryChain('b', SECONDS - 240);
    mine(a, 20);
    mine(b, 20);
    const rig = createRig({ a: a.node(), b: b.node() }, { config: QUICK });
    rig.start();
    await rig.advance(20_000);
    expect(rig.transfers()).toEqual([]);
    expect(rig.health().at(-1)).toMatchObject({ status: 'stale', reason: 'no-quorum' });
    expect(rig.health().at(-1)?.detail).toMatch(/^2 of 2 endpoints must agree: a has 20 0x\w{8}, b has 20 0x\w{8}$/);
    expect(rig.published.filter(({ kind }) => kind === 'watermark')).toEqual([]);
    await rig.stop();
  });

  it('of which one leaves out a block’s logs: the block’s own filter is the second witness', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20);
    let omits = false;
    const bad = chain.node({ lie: (method, _params, truth) => (omits && method === 'eth_getLogs' ? [] : truth) });
    const rig = createRig({ bad, b: chain.node() }, { config: QUICK });
    rig.start();
    await rig.advance(4_000);
    omits = true;
    await follow(rig, chain, 3);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(told(rig)).toContainEqual(['ok', 'endpoint-quarantined', 'bad: omitted-entries']);
    await rig.stop();
  });

  it('whose filters differ: the filter is no witness, and nobody is accused by it', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 20, (n) => (n % 2 === 0 ? [transfer()] : []));
    const other = chain.node({ lie: (method, _params, truth) => (method === 'eth_getBlockByNumber' && truth !== null ? { ...(truth as object), logsBloom: `0x${'f'.repeat(512)}` } : truth) });
    const rig = createRig({ other, b: chain.node() }, { config: { ...QUICK, bloom: 'exact' } });
    rig.start();
    await rig.advance(8_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ quarantines: 0, doubts: 0, failures: 0 });
    await rig.stop();
  });

  it('of which one dies: followed on by the other, unless the config wants both', async () => {
    for (const [quorum, reached] of [[undefined, 25], [2, 20]] as const) {
      const chain = createMemoryChain('main', SECONDS - 240);
      mine(chain, 20);
      let down = false;
      const rig = createRig({ a: chain.node({ fault: () => (down ? 'hang-up' : undefined) }), b: chain.node() }, { config: { ...QUICK, quorum } });
      rig.start();
      await rig.advance(4_000);
      down = true;
      await follow(rig, chain, 5);
      expect(rig.feed()?.stats().tip).toBe(reached);
      expect(told(rig).at(-1)?.slice(0, 2)).toEqual(quorum === 2 ? ['stale', 'no-quorum'] : ['ok', 'following']);
      down = false;
      // By then the first node is asked again.
      await rig.advance(40_000);
      expect(standing(rig.transfers())).toEqual(canonical(chain));
      await rig.stop();
    }
  });

  it('that take back final blocks both: believed; one alone never is, however often it says so', async () => {
    for (const [nodes, reverted] of [[2, 6], [1, 0]] as const) {
      const chain = createMemoryChain('main', SECONDS - 240);
      mine(chain, 20);
      const all = Object.fromEntries(['a', 'b'].slice(0, nodes).map((name) => [name, chain.node({ finalizedDepth: 3 })]));
      const rig = createRig(all, { config: { ...QUICK, quarantineRepeats: 3 } });
      rig.start();
      await rig.advance(4_000);
      chain.reorg(6, () => [transfer()]);
      mine(chain, 1);
      await rig.advance(120_000);
      expect(rig.feed()?.stats()).toMatchObject({ reverted, deepReorgs: nodes - 1 });
      if (nodes === 1) expect(rig.health().find(({ reason }) => reason === 'chain-mismatch')).toMatchObject({ status: 'stale', detail: expect.stringContaining('were final') });
      else expect(standing(rig.transfers())).toEqual(canonical(chain));
      await rig.stop();
    }
  });
});

describe('one endpoint alone', () => {
  it('whose answer the block’s filter contradicts is asked once more, and not accused by that', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 3);
    let forgets = true;
    const node = chain.node({ lie: (method, _params, truth) => {
      if (method !== 'eth_getLogs' || (truth as readonly unknown[]).length === 0) return truth;
      forgets = !forgets;
      return forgets ? truth : [];
    } });
    const rig = createRig({ a: node }, { config: QUICK });
    rig.start();
    await rig.advance(4_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ doubts: 0, quarantines: 0, transfers: 3 });
    await rig.stop();
  });

  it('whose logs are not in an exact filter contradicts itself', async () => {
    const chain = createMemoryChain('main', SECONDS - 240);
    mine(chain, 3, () => []);
    const forged = { address: TOKEN, topics: ['0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef', `0x${'0'.repeat(64)}`, `0x${'0'.repeat(64)}`], data: `0x${'f'.repeat(64)}`, transactionHash: `0x${'d'.repeat(64)}`, logIndex: '0x0', removed: false };
    const node = chain.node({ lie: (method, params, truth) => (method === 'eth_getLogs' ? [{ ...forged, blockHash: (params[0] as { readonly blockHash: string }).blockHash, blockNumber: '0x1' }] : method === 'eth_getBlockByNumber' && truth !== null ? { ...(truth as object), logsBloom: `0x${'0'.repeat(511)}1` } : truth) });
    for (const [bloom, transfers] of [['exact', 0], ['partial', 1]] as const) {
      const rig = createRig({ a: node }, { config: { ...QUICK, startBlock: 1, bloom } });
      rig.start();
      await rig.advance(4_000);
      expect(rig.feed()?.stats().transfers).toBe(transfers);
      expect(rig.feed()?.stats().quarantines).toBe(1);
      await rig.stop();
    }
  });
});
