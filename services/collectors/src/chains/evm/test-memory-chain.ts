import { createRng } from '@breakwater/models/core';
import type { Endpoint } from '@breakwater/platform/simulated';
import { TRANSFER_TOPIC } from './map.ts';

/** A transfer put into a block of the chain in memory. */
export interface PlannedTransfer {
  readonly token: string;
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
  readonly tx: string;
}

/** A block of the chain in memory. Timestamps are seconds. */
export interface MemoryBlock {
  readonly number: number;
  readonly hash: string;
  readonly parent: string;
  readonly timestamp: number;
  readonly transfers: readonly PlannedTransfer[];
}

/** How a node over the chain misbehaves, asked before each answer. */
export type NodeFault = 'rpc-error' | 'server-error' | 'garbage' | 'null' | 'hang-up';

/** Terms of a node. */
export interface NodeOptions {
  readonly chainId?: number;
  /** Ranges wider than this are refused, with the words of a real provider. */
  readonly maxRange?: number;
  /** Longer answers to a range are cut off without a word. */
  readonly cutLogsAt?: number;
  /** Blocks behind the head that are `finalized`; the tag is unknown when absent. */
  readonly finalizedDepth?: number;
  readonly fault?: (method: string) => NodeFault | undefined;
  /** The head the node shows, for a lagging one. */
  readonly lag?: () => number;
}

/** An EVM chain in memory that can be reorganised, for tests. The same calls make the same hashes. */
export interface MemoryChain {
  head(): MemoryBlock;
  blocks(): readonly MemoryBlock[];
  mine(timestamp: number, transfers?: readonly PlannedTransfer[]): MemoryBlock;
  /** Replaces the last `depth` blocks by as many new ones with `transfersOf(index)`, same timestamps. */
  reorg(depth: number, transfersOf?: (index: number, lost: MemoryBlock) => readonly PlannedTransfer[]): void;
  /** A JSON-RPC node over this chain. */
  node(options?: NodeOptions): Endpoint & { requests(): Readonly<Record<string, number>> };
}

/** Makes a chain with a genesis block. Chains of different `name`s share nothing. */
export function createMemoryChain(name: string, genesisTimestamp: number): MemoryChain {
  const rng = createRng(1).fork(name);
  const hash = (): string => `0x${Array.from({ length: 8 }, () => rng.int(0xffffffff).toString(16).padStart(8, '0')).join('')}`;
  const blocks: MemoryBlock[] = [{ number: 0, hash: hash(), parent: `0x${'0'.repeat(64)}`, timestamp: genesisTimestamp, transfers: [] }];
  const head = (): MemoryBlock => blocks.at(-1) ?? blocks[0] as MemoryBlock;
  const mine = (timestamp: number, transfers: readonly PlannedTransfer[] = []): MemoryBlock => {
    const block = { number: head().number + 1, hash: hash(), parent: head().hash, timestamp, transfers };
    blocks.push(block);
    return block;
  };
  return {
    head,
    blocks: () => blocks,
    mine,
    reorg: (depth, transfersOf = () => []) => {
      const lost = blocks.splice(blocks.length - depth, depth);
      lost.forEach((block, index) => mine(block.timestamp, transfersOf(index, block)));
    },
    node: (options = {}) => createNode(blocks, options),
  };
}

function createNode(blocks: readonly MemoryBlock[], options: NodeOptions): Endpoint & { requests(): Readonly<Record<string, number>> } {
  const requests: Record<string, number> = {};
  const visible = (): readonly MemoryBlock[] => blocks.slice(0, Math.max(1, blocks.length - (options.lag?.() ?? 0)));
  const answer = (method: string, params: readonly unknown[]): unknown => {
    const seen = visible();
    switch (method) {
      case 'eth_chainId':
        return hex(options.chainId ?? 1);
      case 'eth_getBlockByNumber': {
        if (params[0] === 'finalized' && options.finalizedDepth === undefined) throw new Error('invalid block tag');
        const number = params[0] === 'latest' ? seen.length - 1 : params[0] === 'finalized' ? Math.max(0, seen.length - 1 - (options.finalizedDepth ?? 0)) : Number(params[0]);
        const block = seen[number];
        return block === undefined ? null : headerOf(block);
      }
      case 'eth_getLogs':
        return getLogs(seen, params[0] as LogFilter, options);
      default:
        throw new Error(`the method ${method} does not exist`);
    }
  };
  return {
    requests: () => requests,
    accept: (_path, peer) => {
      peer.close(1008, 'no sockets here');
      return { onFrame: () => undefined, onClose: () => undefined };
    },
    request: ({ body }) => {
      const { id, method, params } = JSON.parse(body ?? '{}') as { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
      requests[method] = (requests[method] ?? 0) + 1;
      const send = (content: object, status = 200) => ({ status, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, ...content }) });
      const fault = options.fault?.(method);
      if (fault === 'hang-up') throw new Error('connection reset');
      if (fault === 'server-error') return { status: 502, headers: {}, body: '<html>' };
      if (fault === 'garbage') return send({ result: { hash: '0x12', number: 'zz' } });
      if (fault === 'null') return send({ result: null });
      if (fault === 'rpc-error') return send({ error: { code: -32000, message: 'header not found' } });
      try {
        return send({ result: answer(method, params) });
      } catch (error) {
        return send({ error: { code: -32000, message: error instanceof Error ? error.message : String(error) } });
      }
    },
  };
}

interface LogFilter {
  readonly address: readonly string[];
  readonly blockHash?: string;
  readonly fromBlock?: string;
  readonly toBlock?: string;
}

function getLogs(seen: readonly MemoryBlock[], filter: LogFilter, options: NodeOptions): readonly object[] {
  const from = Number(filter.fromBlock);
  const to = Number(filter.toBlock);
  if (filter.blockHash === undefined && to - from + 1 > (options.maxRange ?? Infinity)) throw new Error(`query exceeds max block range ${String(options.maxRange)}`);
  const chosen = filter.blockHash === undefined ? seen.slice(from, to + 1) : seen.filter((block) => block.hash === filter.blockHash);
  if (filter.blockHash !== undefined && chosen.length === 0) throw new Error('unknown block');
  return chosen.flatMap(logsOf).filter((log) => filter.address.includes(log.address)).slice(0, filter.blockHash === undefined ? options.cutLogsAt : undefined);
}

function headerOf(block: MemoryBlock): object {
  return { number: hex(block.number), hash: block.hash, parentHash: block.parent, timestamp: hex(block.timestamp), transactions: [] };
}

function logsOf(block: MemoryBlock) {
  return block.transfers.map((transfer, index) => ({
    address: transfer.token, topics: [TRANSFER_TOPIC, word(transfer.from), word(transfer.to)], data: `0x${transfer.value.toString(16).padStart(64, '0')}`,
    blockNumber: hex(block.number), blockHash: block.hash, transactionHash: transfer.tx, transactionIndex: hex(index), logIndex: hex(index), removed: false,
  }));
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function word(address: string): string {
  return `0x${address.slice(2).padStart(64, '0')}`;
}
