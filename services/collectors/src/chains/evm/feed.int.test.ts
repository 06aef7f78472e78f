import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Message, TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { inCi, root } from '../../../../../infra/dev/src/env.ts';
import { evmFeedConfig } from './config.ts';
import type { ChainFeed } from '../follow/feed.ts';
import { createEvmFeed } from './feed.ts';
import { standing } from './test-rig.ts';

const TOKEN = '0x00000000000000000000000000000000000c0ffe';
const TRANSFER = 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
// Any call `transfer(to, value)` emits Transfer(caller, to, value) and moves nothing:
// PUSH1 36 CALLDATALOAD PUSH0 MSTORE (value), PUSH1 4 CALLDATALOAD (to), CALLER, PUSH32 topic, PUSH1 32, PUSH0, LOG3, STOP.
const CODE = `0x6024355f52600435337f${TRANSFER}60205fa300`;
const BINARY = join(root, `node_modules/@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`);
const SENDER = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const OKX = `0x${'6c'.repeat(20)}`;

const available = existsSync(BINARY);
if (!available && inCi) throw new Error(`no ${BINARY}: run npm ci without --omit=optional`);
if (!available) process.stdout.write(`skipped: no ${BINARY} (npm i @foundry-rs/anvil)\n`);

(available ? describe : describe.skip)('on a real node', () => {
  let node: ChildProcess;
  let folder: string;
  let url: string;
  const network = createNodeNetwork({ userAgent: 'breakwater-test' });
  let checkpoint: string | undefined;
  const published: Message[] = [];
  let abort = new AbortController();
  let ended = Promise.resolve();
  let feed: ChainFeed | undefined;
  let wake: () => void = () => undefined;

  const rpc = async (method: string, params: readonly unknown[] = []): Promise<unknown> => {
    const answer = await network.request({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
    const body = JSON.parse(answer.body) as { readonly result?: unknown; readonly error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
    return body.result;
  };
  const call = (value: number): string => `0xa9059cbb${OKX.slice(2).padStart(64, '0')}${value.toString(16).padStart(64, '0')}`;
  /** A block with one transfer. A node that mines by itself answers before it has mined, and the height asked for next may then lack the block. */
  const send = async (value: number): Promise<void> => {
    await rpc('eth_sendTransaction', [{ from: SENDER, to: TOKEN, data: call(value), gas: '0x186a0' }]);
    await rpc('evm_mine');
  };
  const transfers = (): readonly TransferMessage[] => published.filter((message): message is TransferMessage => message.kind === 'transfer');
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const start = (): void => {
    abort = new AbortController();
    const note = (...messages: readonly Message[]): void => {
      published.push(...messages);
      wake();
    };
    feed = createEvmFeed({
      chain: chainId('eip155:31337'), tokens: [{ asset: assetId('OM'), address: TOKEN, decimals: 2, symbol: 'OM' }], endpoints: [url],
      network, clock: createSystemClock(), rng: createRng(1), log: silentLog, signal: abort.signal,
      config: evmFeedConfig.parse({ startBlock: 0, pollEveryMs: 50, backfillBlocks: 20, maxReorgDepth: 16 }),
      labels: (address) => (address === OKX ? 'exchange:okx' : undefined),
      publish: (_topic, message) => note(message),
      publishDurable: async (_topic, messages) => note(...messages),
      journal: {
        checkpoint: async () => checkpoint,
        saveCheckpoints: async (values) => {
          checkpoint = Object.values(values)[0];
        },
      },
    });
    ended = feed.run();
  };
  const stop = async (): Promise<void> => {
    abort.abort();
    await ended;
  };
  /** What the node itself says stands. */
  const wanted = async (): Promise<readonly string[]> => {
    const logs = (await rpc('eth_getLogs', [{ address: TOKEN, fromBlock: '0x0', toBlock: 'latest' }])) as readonly { readonly transactionHash: string; readonly logIndex: string; readonly blockHash: string }[];
    return logs.map((log) => `${log.transactionHash}:${Number(log.logIndex)}@${log.blockHash}`).sort();
  };
  const height = async (): Promise<number> => Number(await rpc('eth_blockNumber'));
  /** Waits until the feed is at the node's head, which nothing moves meanwhile, and has said so. */
  const caughtUp = async (): Promise<void> => {
    const head = await height();
    await until(() => feed?.stats().tip === head && published.at(-1)?.kind === 'watermark');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'breakwater-anvil-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    // Dated long ago, so that the clock and not the head sets the watermark, and every poll raises it.
    node = spawn(BINARY, ['--port', String(port), '--host', '127.0.0.1', '--no-mining', '--timestamp', '1700000000'], { cwd: folder, env: { HOME: folder }, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      node.once('exit', (code) => reject(new Error(`anvil ended with ${String(code)}`)));
      node.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Listening on')) resolve();
      });
    });
    await rpc('anvil_setCode', [TOKEN, CODE]);
  });
  afterAll(async () => {
    await stop();
    node.removeAllListeners('exit');
    const exited = new Promise((resolve) => node.once('exit', resolve));
    node.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });

  it('follows transfers, a reorganisation, and what happened while it was down', async () => {
    // Mined while the feed makes its first poll.
    start();
    for (let value = 1; value <= 5; value++) await send(value * 100);
    await caughtUp();
    expect(transfers().map(({ units, from, to, toLabel, state, logIndex }) => ({ units, from, to, toLabel, state, logIndex }))).toEqual(
      [1, 2, 3, 4, 5].map((units) => ({ units, from: SENDER, to: OKX, toLabel: 'exchange:okx', state: 'included', logIndex: 0 })));
    expect(standing(transfers())).toEqual(await wanted());

    // The last three blocks are replaced; one new transfer goes into the first of them.
    await rpc('anvil_reorg', [3, [[{ from: SENDER, to: TOKEN, data: call(777), gas: '0x186a0' }, 0]]]);
    await rpc('anvil_mine', ['0x1']);
    await caughtUp();
    expect(transfers().filter(({ state }) => state === 'reverted').map(({ units }) => units)).toEqual([5, 4, 3]);
    expect(standing(transfers())).toEqual(await wanted());
    expect(standing(transfers()).length).toBe(3);

    // Down: blocks are lost and many more come, farther than one range.
    await stop();
    const before = transfers().length;
    await rpc('anvil_reorg', [2, []]);
    for (let value = 1; value <= 3; value++) await send(value);
    await rpc('anvil_mine', ['0x64']);
    for (let value = 4; value <= 6; value++) await send(value);
    start();
    await caughtUp();
    expect(standing(transfers())).toEqual(await wanted());
    expect(transfers().slice(before).filter(({ state }) => state === 'included').map(({ amount }) => amount)).toEqual(['1', '2', '3', '4', '5', '6']);
    // anvil calls blocks 64 below the head finalized.
    expect(transfers().filter(({ state }) => state === 'final').length).toBeGreaterThan(0);
    expect(feed?.stats()).toMatchObject({ failures: 0, deepReorgs: 0, reorgs: 1 });
  });
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
