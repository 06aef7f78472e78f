import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedHealthMessage, Message, TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { inCi, root } from '../../../../../infra/dev/src/env.ts';
import type { ChainFeed } from '../follow/feed.ts';
import type { EvmFeedConfig } from './config.ts';
import { createEvmFeed } from './feed.ts';

/** The token of the test chains, and the account that sends it. */
export const TOKEN = '0x00000000000000000000000000000000000c0ffe';
/** The first account of a node's development mnemonic; it needs no key. */
export const SENDER = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
/** Whom every transfer goes to. */
export const RECEIVER = `0x${'6c'.repeat(20)}`;
const TRANSFER = 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
// Any call `transfer(to, value)` emits Transfer(caller, to, value) and moves nothing: PUSH1 36 CALLDATALOAD PUSH1 0 MSTORE (value),
// PUSH1 4 CALLDATALOAD (to), CALLER, PUSH32 topic, PUSH1 32, PUSH1 0, LOG3, STOP. Without PUSH0, so that it runs on every fork.
const CODE = `0x602435600052600435337f${TRANSFER}60206000a300`;
const BINARY = join(root, `node_modules/@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`);
const network = createNodeNetwork({ userAgent: 'breakwater-test' });

/** Asks a node. Rejects with what the node says is wrong. */
export type Rpc = (method: string, params?: readonly unknown[]) => Promise<unknown>;

/** Whether the node's program is here. Where it is not: an error in continuous integration, elsewhere one line that says how to get it. */
export function anvilIsHere(): boolean {
  if (existsSync(BINARY)) return true;
  if (inCi) throw new Error(`no ${BINARY}: run npm ci without --omit=optional`);
  process.stdout.write(`skipped: no ${BINARY} (npm i @foundry-rs/anvil)\n`);
  return false;
}

/** A node of its own process and folder, with the token. It mines when it is told to. */
export interface AnvilNode {
  readonly url: string;
  readonly rpc: Rpc;
  /** A transfer of `value` raw units as the node takes it. */
  readonly transferCall: (value: number) => object;
  /** Mines a block with one transfer. */
  send(value: number): Promise<void>;
  height(): Promise<number>;
  /** What the node itself says stands, each as `standing` prints it. */
  wanted(): Promise<readonly string[]>;
  end(): Promise<void>;
}

/** Starts a node whose blocks are dated from 2023-11-14 on. Rejects when it ends while it starts. */
export async function startAnvil(...args: readonly string[]): Promise<AnvilNode> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-anvil-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(BINARY, ['--port', String(port), '--host', '127.0.0.1', '--no-mining', '--timestamp', '1700000000', ...args], { cwd: folder, env: { HOME: folder }, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`anvil ended with ${String(code)}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Listening on')) resolve();
    });
  });
  const rpc: Rpc = async (method, params = []) => {
    const answer = await network.request({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), timeoutMs: 60_000 });
    const body = JSON.parse(answer.body) as { readonly result?: unknown; readonly error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
    return body.result;
  };
  const transferCall = (value: number): object => ({ from: SENDER, to: TOKEN, data: `0xa9059cbb${RECEIVER.slice(2).padStart(64, '0')}${value.toString(16).padStart(64, '0')}`, gas: '0x186a0' });
  await rpc('anvil_setCode', [TOKEN, CODE]);
  return {
    url, rpc, transferCall,
    // A node that mines by itself answers before it has mined, and the height asked for next may then lack the block.
    send: async (value) => {
      await rpc('eth_sendTransaction', [transferCall(value)]);
      await rpc('evm_mine');
    },
    height: async () => Number(await rpc('eth_blockNumber')),
    wanted: async () => {
      const logs = (await rpc('eth_getLogs', [{ address: TOKEN, fromBlock: '0x0', toBlock: 'latest' }])) as readonly { readonly transactionHash: string; readonly logIndex: string; readonly blockHash: string }[];
      return logs.map((log) => `${log.transactionHash}:${Number(log.logIndex)}@${log.blockHash}`).sort();
    },
    end: async () => {
      child.removeAllListeners('exit');
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A feed of the token on the real clock and network, whose store and published messages survive it. */
export interface RealFeed {
  readonly published: readonly Message[];
  /** Starts a feed on what the store holds. */
  start(endpoints: readonly string[], config: EvmFeedConfig): void;
  stop(): Promise<void>;
  /** The last feed started. */
  feed(): ChainFeed | undefined;
  saved(): string | undefined;
  transfers(): readonly TransferMessage[];
  health(): readonly FeedHealthMessage[];
  /** Waits until `done`, which is asked again after everything published or saved. */
  until(done: () => boolean): Promise<void>;
}

/** A feed that is not started yet. `labels` names addresses. */
export function createRealFeed(labels: (address: string) => string | undefined = () => undefined): RealFeed {
  const published: Message[] = [];
  let checkpoint: string | undefined;
  let abort = new AbortController();
  let ended = Promise.resolve();
  let feed: ChainFeed | undefined;
  let wake: () => void = () => undefined;
  const note = (...messages: readonly Message[]): void => {
    published.push(...messages);
    wake();
  };
  return {
    published,
    start: (endpoints, config) => {
      abort = new AbortController();
      feed = createEvmFeed({
        chain: chainId('eip155:31337'), tokens: [{ asset: assetId('OM'), address: TOKEN, decimals: 2, symbol: 'OM' }], endpoints, config, labels,
        network, clock: createSystemClock(), rng: createRng(1), log: silentLog, signal: abort.signal,
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
    },
    stop: async () => {
      abort.abort();
      await ended;
    },
    feed: () => feed,
    saved: () => checkpoint,
    transfers: () => published.filter((message) => message.kind === 'transfer'),
    health: () => published.filter((message) => message.kind === 'feed.health'),
    until: async (done) => {
      while (!done()) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

/** A port of this machine that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
