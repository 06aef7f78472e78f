import { createRng } from '@breakwater/models/core';
import type { Endpoint } from '@breakwater/platform/simulated';
import { bloomBits } from './bloom.ts';
import { NATIVE, TRANSFER_TOPIC } from './map.ts';

/** A transfer put into a block of the chain in memory: a log of its token, or of `NATIVE` the value of a transaction. */
export interface PlannedTransfer {
  readonly token: string;
  /** The transaction failed: its value did not move. */
  readonly failed?: boolean;
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
  /** Blocks behind the head that are `safe`; the tag is unknown when absent. */
  readonly safeDepth?: number;
  /** Knows `eth_getBlockReceipts`. Default true. */
  readonly blockReceipts?: boolean;
  /** Transactions that wait, as `eth_getFilterChanges` gives them: each call takes what came since the last. No filters when absent. */
  readonly mempool?: () => readonly object[];
  /** What the node says instead of the truth. */
  readonly lie?: (method: string, params: readonly unknown[], truth: unknown) => unknown;
  readonly fault?: (method: string) => NodeFault | undefined;
  /** The head the node shows, for a lagging one. */
  readonly lag?: () => number;
  /** Its own words for a range that is too wide. Default those of a real provider. */
  readonly refusal?: (maxRange: number, from: number) => string;
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
    const head = seen.at(-1) as MemoryBlock;
    switch (method) {
      case 'eth_chainId':
        return hex(options.chainId ?? 1);
      case 'eth_getBlockByNumber': {
        const depth = params[0] === 'latest' ? 0 : params[0] === 'finalized' ? options.finalizedDepth : params[0] === 'safe' ? options.safeDepth : -1;
        if (depth === undefined) throw new Error('invalid block tag');
        const block = seen[depth < 0 ? Number(params[0]) : Math.max(0, seen.length - 1 - depth)];
        return block === undefined ? null : headerOf(block);
      }
      case 'eth_getBlockByHash': {
        const block = seen.find(({ hash }) => hash === params[0]);
        return block === undefined ? null : { ...headerOf(block), transactions: values(block).map(({ tx, from, to, value }) => ({ hash: tx, from, to, value: `0x${value.toString(16)}`, blockHash: block.hash })) };
      }
      case 'eth_getBlockReceipts':
        if (options.blockReceipts === false) throw new Error('the method eth_getBlockReceipts does not exist');
        return (seen[Number(params[0])] ?? head).transfers.map((transfer) => receiptOf(seen[Number(params[0])] ?? head, transfer));
      case 'eth_getTransactionReceipt': {
        const block = seen.find(({ transfers }) => transfers.some(({ tx }) => tx === params[0]));
        const transfer = block?.transfers.find(({ tx }) => tx === params[0]);
        return block === undefined || transfer === undefined ? null : receiptOf(block, transfer);
      }
      case 'eth_newPendingTransactionFilter':
        if (options.mempool === undefined) throw new Error('notifications not supported');
        return '0xf1';
      case 'eth_getFilterChanges':
        return options.mempool?.() ?? [];
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
        const truth = answer(method, params);
        return send({ result: options.lie === undefined ? truth : options.lie(method, params, truth) });
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
  if (filter.blockHash === undefined && to - from + 1 > (options.maxRange ?? Infinity)) throw new Error(options.refusal?.(options.maxRange ?? 0, from) ?? `query exceeds max block range ${String(options.maxRange)}`);
  const chosen = filter.blockHash === undefined ? seen.slice(from, to + 1) : seen.filter((block) => block.hash === filter.blockHash);
  if (filter.blockHash !== undefined && chosen.length === 0) throw new Error('unknown block');
  return chosen.flatMap(logsOf).filter((log) => filter.address.includes(log.address)).slice(0, filter.blockHash === undefined ? options.cutLogsAt : undefined);
}

function headerOf(block: MemoryBlock): object {
  return { number: hex(block.number), hash: block.hash, parentHash: block.parent, timestamp: hex(block.timestamp), logsBloom: bloomOf(logsOf(block)), transactions: [] };
}

/** The filter over addresses and topics of logs. */
export function bloomOf(logs: readonly { readonly address: string; readonly topics: readonly string[] }[]): string {
  const bytes = new Uint8Array(256);
  for (const value of logs.flatMap(({ address, topics }) => [address, ...topics])) for (const [byte, mask] of bloomBits(value)) bytes[byte] = (bytes[byte] ?? 0) | mask;
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

function values(block: MemoryBlock): readonly PlannedTransfer[] {
  return block.transfers.filter(({ token }) => token === NATIVE);
}

function receiptOf(block: MemoryBlock, transfer: PlannedTransfer): object {
  return { transactionHash: transfer.tx, blockHash: block.hash, status: transfer.failed === true ? '0x0' : '0x1', contractAddress: null, logs: logsOf(block).filter(({ transactionHash }) => transactionHash === transfer.tx) };
}

function logsOf(block: MemoryBlock) {
  return block.transfers.flatMap((transfer, index) => (transfer.token === NATIVE ? [] : [{
    address: transfer.token, topics: [TRANSFER_TOPIC, word(transfer.from), word(transfer.to)], data: `0x${transfer.value.toString(16).padStart(64, '0')}`,
    blockNumber: hex(block.number), blockHash: block.hash, transactionHash: transfer.tx, transactionIndex: hex(index), logIndex: hex(index), removed: false,
  }]));
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function word(address: string): string {
  return `0x${address.slice(2).padStart(64, '0')}`;
}
