import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage, Message, TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import type { Endpoint } from '@breakwater/platform/simulated';
import { startLoopback, type Loopback } from '@breakwater/simulator';
import { inCi, root } from '../../../../../infra/dev/src/env.ts';
import type { ChainFeed } from '../follow/feed.ts';
import { evmFeedConfig } from './config.ts';
import { createEvmFeed } from './feed.ts';
import { standing } from './test-rig.ts';

const TOKEN = '0x00000000000000000000000000000000000c0ffe';
const TRANSFER = 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
// Any call `transfer(to, value)` emits Transfer(caller, to, value) and moves nothing: PUSH1 36 CALLDATALOAD PUSH1 0 MSTORE (value),
// PUSH1 4 CALLDATALOAD (to), CALLER, PUSH32 topic, PUSH1 32, PUSH1 0, LOG3, STOP.
const CODE = `0x602435600052600435337f${TRANSFER}60206000a300`;
const BINARY = join(root, `node_modules/@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`);
const SENDER = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const TO = `0x${'6c'.repeat(20)}`;

const available = existsSync(BINARY);
if (!available && inCi) throw new Error(`no ${BINARY}: run npm ci without --omit=optional`);
if (!available) process.stdout.write(`skipped: no ${BINARY} (npm i @foundry-rs/anvil)\n`);

type Rpc = (method: string, params?: readonly unknown[]) => Promise<unknown>;
/** What a door in front of the node says instead of what it says. Throwing is an RPC error. */
type Door = (method: string, params: readonly unknown[], rpc: Rpc) => Promise<unknown>;

(available ? describe : describe.skip)('one real chain behind several doors', () => {
  const network = createNodeNetwork({ userAgent: 'breakwater-test' });
  let node: ChildProcess;
  let folder: string;
  let url: string;
  let loopback: Loopback | undefined;
  let checkpoint: string | undefined;
  let published: Message[] = [];
  let abort = new AbortController();
  let ended = Promise.resolve();
  let feed: ChainFeed | undefined;
  let wake: () => void = () => undefined;

  const rpc: Rpc = async (method, params = []) => {
    const answer = await network.request({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), timeoutMs: 60_000 });
    const body = JSON.parse(answer.body) as { readonly result?: unknown; readonly error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
    return body.result;
  };
  const call = (value: number): string => `0xa9059cbb${TO.slice(2).padStart(64, '0')}${value.toString(16).padStart(64, '0')}`;
  const transferCall = (value: number) => ({ from: SENDER, to: TOKEN, data: call(value), gas: '0x186a0' });
  let value = 0;
  const send = async (): Promise<void> => {
    await rpc('eth_sendTransaction', [transferCall(++value)]);
    await rpc('evm_mine');
  };
  const transfers = (): readonly TransferMessage[] => published.filter((message): message is TransferMessage => message.kind === 'transfer');
  const health = (): readonly FeedHealthMessage[] => published.filter((message): message is FeedHealthMessage => message.kind === 'feed.health');
  const wanted = async (): Promise<readonly string[]> => {
    const logs = (await rpc('eth_getLogs', [{ address: TOKEN, fromBlock: '0x0', toBlock: 'latest' }])) as readonly { readonly transactionHash: string; readonly logIndex: string; readonly blockHash: string }[];
    return logs.map((log) => `${log.transactionHash}:${Number(log.logIndex)}@${log.blockHash}`).sort();
  };
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise<void>((resolve) => (wake = resolve));
  };
  /** Waits until the feed holds the node's head, which nothing moves meanwhile. */
  const caughtUp = async (): Promise<void> => {
    const { hash } = (await rpc('eth_getBlockByNumber', ['latest', false])) as { readonly hash: string };
    await until(() => checkpoint !== undefined && (JSON.parse(checkpoint) as { readonly blocks: readonly (readonly [number, string])[] }).blocks.at(-1)?.[1] === hash);
  };

  const door = (behaves: Door): Endpoint => ({
    accept: (_path, peer) => {
      peer.close(1008, 'no sockets here');
      return { onFrame: () => undefined, onClose: () => undefined };
    },
    request: async ({ body }) => {
      const { id, method, params } = JSON.parse(body ?? '{}') as { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
      try {
        return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, result: await behaves(method, params, rpc) }) };
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

  const start = (endpoints: readonly string[], quorum?: number): void => {
    abort = new AbortController();
    const note = (...messages: readonly Message[]): void => {
      published.push(...messages);
      wake();
    };
    feed = createEvmFeed({
      chain: chainId('eip155:31337'), tokens: [{ asset: assetId('OM'), address: TOKEN, decimals: 2, symbol: 'OM' }], endpoints,
      network, clock: createSystemClock(), rng: createRng(1), log: silentLog, signal: abort.signal, labels: () => undefined,
      config: { quorum, ...evmFeedConfig.parse({ startBlock: 0, pollEveryMs: 20, settleEveryMs: 20, bloom: 'exact', maxReorgDepth: 32, singleBlocks: 32, backoffMs: 20, maxBackoffMs: 200, lagAfterMs: 20_000, quarantineMs: 100, maxQuarantineMs: 400, deadAfterMs: 1_000, finality: { confirmations: 64 }, safe: { confirmations: 32 } }) },
      publish: (_topic, message) => note(message),
      publishDurable: async (_topic, messages) => note(...messages),
      journal: {
        checkpoint: async () => checkpoint,
        saveCheckpoints: async (values) => {
          checkpoint = Object.values(values)[0];
          wake();
        },
      },
    });
    ended = feed.run();
  };
  const stop = async (): Promise<void> => {
    abort.abort();
    await ended;
  };
  const open = async (doors: Readonly<Record<string, Door>>): Promise<readonly string[]> => {
    loopback = await startLoopback({ endpoints: Object.fromEntries(Object.entries(doors).map(([name, behaves]) => [name, door(behaves)])) });
    const opened = loopback.addresses;
    return Object.keys(doors).map((name) => opened[name]?.http ?? '');
  };

  beforeEach(async () => {
    checkpoint = undefined;
    published = [];
    folder = await mkdtemp(join(tmpdir(), 'breakwater-anvil-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    // Before the forks whose system calls make ten thousand blocks take minutes.
    node = spawn(BINARY, ['--hardfork', 'paris', '--port', String(port), '--host', '127.0.0.1', '--no-mining', '--timestamp', '1700000000', '--block-base-fee-per-gas', '0', '--gas-price', '0'], { cwd: folder, env: { HOME: folder }, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      node.once('exit', (code) => reject(new Error(`anvil ended with ${String(code)}`)));
      node.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Listening on')) resolve();
      });
    });
    await rpc('anvil_setCode', [TOKEN, CODE]);
    // Blocks 12 s apart, so that lagging shows in their timestamps.
    await rpc('anvil_setBlockTimestampInterval', [12]);
  });
  afterEach(async () => {
    await stop();
    await loopback?.close();
    node.removeAllListeners('exit');
    const exited = new Promise((resolve) => node.once('exit', resolve));
    node.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
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
      const head = Number(await rpc('eth_blockNumber'));
      const gone = (await rpc('eth_getLogs', [{ address: TOKEN, fromBlock: `0x${(head - depth + 1).toString(16)}`, toBlock: 'latest' }])) as readonly { readonly transactionHash: string; readonly blockHash: string }[];
      lost.push(...gone.map((log) => `${log.transactionHash}@${log.blockHash}`));
      if (depth % 5 === 0) await stop();
      await rpc('anvil_reorg', [depth, Array.from({ length: depth }, (_, i) => [transferCall(++value), i] as const).filter(([, i]) => i % 3 !== 2)]);
      await send();
      if (depth % 5 === 0) start(endpoints);
      await caughtUp();
      expect({ depth, stands: standing(transfers()) }).toEqual({ depth, stands: await wanted() });
    }
    const stats = feed?.stats();
    const reverted = transfers().filter(({ state }) => state === 'reverted');
    // Every transfer of a lost block was published and retracted: 1 + 2 + ... + 20, less where the node mined before it had the last transaction.
    const retracted = new Set(reverted.map((t) => `${t.tx}@${t.blockHash}`));
    const kept = lost.filter((one) => !retracted.has(one)).map((one) => [one, transfers().filter((t) => one.startsWith(t.tx)).map((t) => `${t.state} ${t.block} ${t.blockHash.slice(0, 8)}`)]);
    expect(kept).toEqual([]);
    expect(lost.length).toBeGreaterThan(200);
    expect(transfers().filter(({ state }) => state === 'final').length).toBeGreaterThan(100);
    const said = health().map(({ reason, detail }) => `${reason} ${detail ?? ''}`);
    const lie = new RegExp(`^endpoint-quarantined ${endpoints[0]?.slice(7) ?? ''}: (omitted-entries|other-hash|other-history|finality-violation)`);
    expect(said.some((one) => lie.test(one))).toBe(true);
    expect(said.some((one) => one.startsWith(`endpoint-lagging ${endpoints[1]?.slice(7) ?? ''}`))).toBe(true);
    // No honest endpoint is ever accused, and none of the dead one's failures stopped the feed.
    expect(said.filter((one) => one.startsWith('endpoint-quarantined') && !one.includes(endpoints[0]?.slice(7) ?? 'none'))).toEqual([]);
    expect(stats).toMatchObject({ deepReorgs: 0, dropped: 0 });
    expect(stats?.failures).toBeGreaterThan(0);
    process.stdout.write(`anvil: 20 reorganisations, ${transfers().length} messages, ${reverted.length} retractions, ${standing(transfers()).length} transfers stand, ${said.filter((one) => lie.test(one)).length} quarantines of the lying endpoint\n`);
  }, 120_000);

  it('a catch-up of 10,000 blocks skips none', async () => {
    const from = Number(await rpc('eth_blockNumber'));
    for (let i = 0; i < 50; i++) {
      await rpc('anvil_mine', ['0xc7']);
      await send();
    }
    const head = Number(await rpc('eth_blockNumber'));
    expect(head - from).toBe(10_000);
    const limited: Door = async (method, params, ask) => {
      const { fromBlock, toBlock } = (params[0] ?? {}) as { readonly fromBlock?: string; readonly toBlock?: string };
      if (method === 'eth_getLogs' && fromBlock !== undefined && Number(toBlock) - Number(fromBlock) >= 500) throw new Error('You can make eth_getLogs requests with up to a 500 block range.');
      return ask(method, params);
    };
    start(await open({ limited, honest }), 2);
    await caughtUp();
    expect(standing(transfers())).toEqual(await wanted());
    expect(transfers().filter(({ state, block }) => state === 'included' && block > from).length).toBe(50);
    expect(feed?.stats()).toMatchObject({ tip: head, deepReorgs: 0, reorgs: 0, quarantines: 0 });
  }, 120_000);
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
