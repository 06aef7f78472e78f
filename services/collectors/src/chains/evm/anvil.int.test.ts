import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@breakwater/platform/simulated';
import { startLoopback, type Loopback } from '@breakwater/simulator';
import { evmFeedConfig } from './config.ts';
import type { AnvilNode, RealFeed, Rpc } from './test-anvil.ts';
import { anvilIsHere, createRealFeed, freePort, startAnvil, TOKEN } from './test-anvil.ts';
import { standing } from './test-rig.ts';

/** What a door in front of the node says instead of what it says. Throwing is an RPC error. */
type Door = (method: string, params: readonly unknown[], rpc: Rpc) => Promise<unknown>;

(anvilIsHere() ? describe : describe.skip)('one real chain behind several doors', () => {
  let node: AnvilNode;
  let chain: RealFeed;
  let loopback: Loopback | undefined;
  let value = 0;
  const send = (): Promise<void> => node.send(++value);
  /** Waits until the feed holds the node's head, which nothing moves meanwhile. */
  const caughtUp = async (): Promise<void> => {
    const { hash } = (await node.rpc('eth_getBlockByNumber', ['latest', false])) as { readonly hash: string };
    await chain.until(() => {
      const saved = chain.saved();
      return saved !== undefined && (JSON.parse(saved) as { readonly blocks: readonly (readonly [number, string])[] }).blocks.at(-1)?.[1] === hash;
    });
  };

  const door = (behaves: Door): Endpoint => ({
    accept: (_path, peer) => {
      peer.close(1008, 'no sockets here');
      return { onFrame: () => undefined, onClose: () => undefined };
    },
    request: async ({ body }) => {
      const { id, method, params } = JSON.parse(body ?? '{}') as { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
      try {
        return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, result: await behaves(method, params, node.rpc) }) };
      } catch (error) {
        return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message: String(error) } }) };
      }
    },
  });
  const honest: Door = (method, params, ask) => ask(method, params);
  /** Shows the chain as it was some blocks ago. */
  const lagging = (blocks: number): Door => async (method, params, ask) => {
    const shown = Math.max(0, Number(await ask('eth_blockNumber')) - blocks);
    if (method === 'eth_getBlockByNumber' && (params[0] === 'latest' || params[0] === 'safe' || params[0] === 'finalized')) return ask(method, [`0x${(params[0] === 'latest' ? shown : 0).toString(16)}`, false]);
    if (method === 'eth_getBlockByNumber' && Number(params[0]) > shown) return null;
    return ask(method, params);
  };
  /** Leaves out every second log and, now and then, names a block otherwise. */
  const lying: Door = async (method, params, ask) => {
    const truth = await ask(method, params);
    if (method === 'eth_getLogs') return (truth as readonly unknown[]).filter((_, i) => i % 2 === 1);
    if (method === 'eth_getBlockByNumber' && truth !== null && Number((truth as { readonly number: string }).number) % 7 === 3) return { ...(truth as object), hash: `0x${'e'.repeat(64)}` };
    return truth;
  };

  const start = (endpoints: readonly string[], quorum?: number): void => chain.start(endpoints, {
    quorum, ...evmFeedConfig.parse({ startBlock: 0, pollEveryMs: 20, settleEveryMs: 20, bloom: 'exact', maxReorgDepth: 32, singleBlocks: 32, backoffMs: 20, maxBackoffMs: 200, lagAfterMs: 20_000, quarantineMs: 100, maxQuarantineMs: 400, deadAfterMs: 1_000, finality: { confirmations: 64 }, safe: { confirmations: 32 } }),
  });
  const open = async (doors: Readonly<Record<string, Door>>): Promise<readonly string[]> => {
    loopback = await startLoopback({ endpoints: Object.fromEntries(Object.entries(doors).map(([name, behaves]) => [name, door(behaves)])) });
    const opened = loopback.addresses;
    return Object.keys(doors).map((name) => opened[name]?.http ?? '');
  };

  beforeEach(async () => {
    chain = createRealFeed();
    // Before the forks whose system calls make ten thousand blocks take minutes.
    node = await startAnvil('--hardfork', 'paris', '--block-base-fee-per-gas', '0', '--gas-price', '0');
    // Blocks 12 s apart, so that lagging shows in their timestamps.
    await node.rpc('anvil_setBlockTimestampInterval', [12]);
  });
  afterEach(async () => {
    await chain.stop();
    await loopback?.close();
    await node.end();
  });

  it('through reorganisations of depth 1 to 20 with transfers on both sides, restarts, and a lagging, a lying and a dead endpoint: what stands is the chain', async () => {
    const dead = `http://127.0.0.1:${await freePort()}`;
    const endpoints = [...(await open({ lying, lagging: lagging(6), honest, second: honest })), dead];
    start(endpoints);
    for (let i = 0; i < 30; i++) await send();
    await caughtUp();
    const lost: string[] = [];
    for (let depth = 1; depth <= 20; depth++) {
      // A transfer in each of the blocks that will be lost, and in each that replaces them but every third.
      for (let i = 0; i < depth; i++) await send();
      await caughtUp();
      const head = await node.height();
      const gone = (await node.rpc('eth_getLogs', [{ address: TOKEN, fromBlock: `0x${(head - depth + 1).toString(16)}`, toBlock: 'latest' }])) as readonly { readonly transactionHash: string; readonly blockHash: string }[];
      lost.push(...gone.map((log) => `${log.transactionHash}@${log.blockHash}`));
      if (depth % 5 === 0) await chain.stop();
      await node.rpc('anvil_reorg', [depth, Array.from({ length: depth }, (_, i) => [node.transferCall(++value), i] as const).filter(([, i]) => i % 3 !== 2)]);
      await send();
      if (depth % 5 === 0) start(endpoints);
      await caughtUp();
      expect({ depth, stands: standing(chain.transfers()) }).toEqual({ depth, stands: await node.wanted() });
    }
    const stats = chain.feed()?.stats();
    const reverted = chain.transfers().filter(({ state }) => state === 'reverted');
    // Every transfer of a lost block was published and retracted: 1 + 2 + ... + 20, less where the node mined before it had the last transaction.
    const retracted = new Set(reverted.map((t) => `${t.tx}@${t.blockHash}`));
    const kept = lost.filter((one) => !retracted.has(one)).map((one) => [one, chain.transfers().filter((t) => one.startsWith(t.tx)).map((t) => `${t.state} ${t.block} ${t.blockHash.slice(0, 8)}`)]);
    expect(kept).toEqual([]);
    expect(lost.length).toBeGreaterThan(200);
    expect(chain.transfers().filter(({ state }) => state === 'final').length).toBeGreaterThan(100);
    const said = chain.health().map(({ reason, detail }) => `${reason} ${detail ?? ''}`);
    const lie = new RegExp(`^endpoint-quarantined ${endpoints[0]?.slice(7) ?? ''}: (omitted-entries|other-hash|other-history|finality-violation)`);
    expect(said.some((one) => lie.test(one))).toBe(true);
    expect(said.some((one) => one.startsWith(`endpoint-lagging ${endpoints[1]?.slice(7) ?? ''}`))).toBe(true);
    // No honest endpoint is ever accused, and none of the dead one's failures stopped the feed.
    expect(said.filter((one) => one.startsWith('endpoint-quarantined') && !one.includes(endpoints[0]?.slice(7) ?? 'none'))).toEqual([]);
    expect(stats).toMatchObject({ deepReorgs: 0, dropped: 0 });
    expect(stats?.failures).toBeGreaterThan(0);
    process.stdout.write(`anvil: 20 reorganisations, ${chain.transfers().length} messages, ${reverted.length} retractions, ${standing(chain.transfers()).length} transfers stand, ${said.filter((one) => lie.test(one)).length} quarantines of the lying endpoint\n`);
  }, 400_000);

  it('a catch-up of 10,000 blocks skips none', async () => {
    const from = await node.height();
    for (let i = 0; i < 50; i++) {
      await node.rpc('anvil_mine', ['0xc7']);
      await send();
    }
    const head = await node.height();
    expect(head - from).toBe(10_000);
    const limited: Door = async (method, params, ask) => {
      const { fromBlock, toBlock } = (params[0] ?? {}) as { readonly fromBlock?: string; readonly toBlock?: string };
      if (method === 'eth_getLogs' && fromBlock !== undefined && Number(toBlock) - Number(fromBlock) >= 500) throw new Error('You can make eth_getLogs requests with up to a 500 block range.');
      return ask(method, params);
    };
    start(await open({ limited, honest }), 2);
    await caughtUp();
    expect(standing(chain.transfers())).toEqual(await node.wanted());
    expect(chain.transfers().filter(({ state, block }) => state === 'included' && block > from).length).toBe(50);
    expect(chain.feed()?.stats()).toMatchObject({ tip: head, deepReorgs: 0, reorgs: 0, quarantines: 0 });
  }, 400_000);
});
