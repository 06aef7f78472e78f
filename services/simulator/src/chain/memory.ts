import { createHash } from 'node:crypto';
import type { EpochMs } from '@breakwater/models/core';
import { assert, defined } from '@breakwater/models/core';
import type { Endpoint } from '../endpoint.ts';
import type { ChainDriver, ChainHead, ChainOptions } from './chain-driver.ts';
import { rawAmount } from './chain-driver.ts';
import { createChainRpc } from './json-rpc.ts';
import type { MemoryBlock, MemoryTransfer } from './memory-block.ts';

/** Options of the chain in memory. */
export interface MemoryChainOptions extends ChainOptions {
  /** Name for the simulated network. Default `http://chain.sim`. */
  readonly url?: string;
  /** Widest block range of one `eth_getLogs`; wider ones fail as providers do. Default 2,000. */
  readonly maxLogRange?: number;
}

const ZERO = `0x${'0'.repeat(40)}`;

/** A chain in memory: the twin of the real node, with the same driver, speaking JSON-RPC as an endpoint. Block 1 deploys the token, as on the real node. */
export function createMemoryChain(options: MemoryChainOptions): ChainDriver {
  const token = `0x${hash(`token:${options.tokenSymbol}`).slice(2, 42)}`;
  const blocks: MemoryBlock[] = [];
  let queued: { readonly from: string; readonly to: string; readonly amount: bigint }[] = [];
  let forks = 0;
  let sent = 0;
  const headBlock = (): MemoryBlock => defined(blocks.at(-1), 'head block');
  const append = (timestamp: number, transfers: typeof queued): void => {
    const parent = blocks.at(-1);
    const mined = transfers.map((t, logIndex): MemoryTransfer => ({ ...t, logIndex, tx: hash(`tx:${++sent}:${t.from}:${t.to}:${t.amount}`) }));
    const parentHash = parent?.hash ?? `0x${'0'.repeat(64)}`;
    const number = (parent?.number ?? -1) + 1;
    blocks.push({ number, parentHash, timestamp, transfers: mined, hash: hash(`block:${options.chainId}:${number}:${parentHash}:${timestamp}:${forks}:${mined.map(({ tx }) => tx).join()}`) });
  };
  const genesis = Math.floor(options.genesisAt / 1000);
  append(genesis, []);
  append(genesis + 1, options.holders.map(({ address, units }) => ({ from: ZERO, to: address.toLowerCase(), amount: rawAmount(units) })));
  const balance = (address: string): bigint => {
    let sum = 0n;
    for (const { from, to, amount } of [...blocks.flatMap(({ transfers }) => transfers), ...queued]) {
      if (to === address) sum += amount;
      if (from === address) sum -= amount;
    }
    return sum;
  };
  const rpc = createChainRpc({ blocks: () => blocks, chainId: options.chainId, token, safeDepth: options.safeDepth ?? 4, maxLogRange: options.maxLogRange ?? 2_000, balance, supply: options.holders.reduce((sum, { units }) => sum + rawAmount(units), 0n) });
  const endpoint: Endpoint = rpc.endpoint;
  const head = (): ChainHead => {
    const { number, hash: id, timestamp } = headBlock();
    return { number, hash: id, timestamp };
  };
  return {
    url: options.url ?? 'http://chain.sim', endpoint, chainId: options.chainId, token,
    transfer: async (from, to, units) => {
      const sender = from.toLowerCase();
      assert(balance(sender) >= rawAmount(units), `the scenario moves more than ${sender} holds`);
      queued.push({ from: sender, to: to.toLowerCase(), amount: rawAmount(units) });
    },
    mineAt: async (t: EpochMs) => {
      append(Math.max(Math.floor(t / 1000), headBlock().timestamp + 1), queued);
      queued = [];
      rpc.announce(headBlock());
      return head();
    },
    reorg: async (depth, reorgOptions) => {
      assert(depth > 0 && depth < blocks.length - 1, 'a reorganisation leaves the deployment in place');
      const lost = blocks.splice(-depth);
      forks += 1;
      for (const block of lost) {
        append(block.timestamp, []);
        rpc.announce(headBlock());
      }
      if (reorgOptions?.reinclude === true) queued = [...lost.flatMap(({ transfers }) => transfers.map(({ from, to, amount }) => ({ from, to, amount }))), ...queued];
      return head();
    },
    head: async () => head(),
    close: async () => undefined,
  };
}

function hash(text: string): string {
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}
