import type { Endpoint, EndpointPeer } from '../endpoint.ts';
import type { MemoryBlock, MemoryTransfer } from './memory-block.ts';

/** keccak-256 of `Transfer(address,address,uint256)`, the first topic of every ERC-20 transfer (EIP-20). */
export const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const ZERO_32 = `0x${'0'.repeat(64)}`;
/** Selectors of `decimals()`, `totalSupply()` and `balanceOf(address)` (EIP-20). */
const DECIMALS = '0x313ce567';
const TOTAL_SUPPLY = '0x18160ddd';
const BALANCE_OF = '0x70a08231';

/** The state the server answers from. */
export interface ChainView {
  blocks(): readonly MemoryBlock[];
  readonly chainId: number;
  readonly token: string;
  readonly safeDepth: number;
  readonly maxLogRange: number;
  balance(address: string): bigint;
  readonly supply: bigint;
}

type Params = readonly unknown[];
class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Ethereum JSON-RPC (https://ethereum.org/en/developers/docs/apis/json-rpc, read 2026-11) over HTTP POST and sockets, single or in batches, with `newHeads` on sockets. */
export function createChainRpc(view: ChainView): { readonly endpoint: Endpoint; announce(block: MemoryBlock): void } {
  const watchers = new Map<EndpointPeer, Set<string>>();
  let subscriptions = 0;
  const one = (request: unknown, peer?: EndpointPeer): unknown => {
    const { id = null, method, params } = (typeof request === 'object' && request !== null ? request : {}) as Readonly<Record<string, unknown>>;
    const list: Params = Array.isArray(params) ? (params as Params) : [];
    try {
      if (typeof method !== 'string') throw new RpcError(-32600, 'Invalid Request');
      if (method === 'eth_subscribe' && peer !== undefined && list[0] === 'newHeads') {
        const name = hex(++subscriptions);
        watchers.get(peer)?.add(name);
        return { jsonrpc: '2.0', id, result: name };
      }
      if (method === 'eth_unsubscribe' && peer !== undefined) return { jsonrpc: '2.0', id, result: watchers.get(peer)?.delete(String(list[0])) ?? false };
      return { jsonrpc: '2.0', id, result: call(view, method, list) };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { jsonrpc: '2.0', id, error: { code: error.code, message: error.message } };
    }
  };
  const answer = (text: string | undefined, peer?: EndpointPeer): string => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text ?? '');
    } catch {
      return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } });
    }
    return JSON.stringify(Array.isArray(parsed) ? parsed.map((each) => one(each, peer)) : one(parsed, peer));
  };
  return {
    endpoint: {
      request: ({ method, body }) => (method === 'POST' ? { status: 200, headers: { 'content-type': 'application/json' }, body: answer(body) } : { status: 405, headers: {}, body: '' }),
      accept: (_path, peer) => {
        watchers.set(peer, new Set());
        return { onFrame: (text) => peer.send(answer(text, peer)), onClose: () => void watchers.delete(peer) };
      },
    },
    announce: (block) => {
      for (const [peer, names] of watchers) {
        for (const subscription of names) peer.send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription, result: printBlock(view, block, false) } }));
      }
    },
  };
}

function call(view: ChainView, method: string, params: Params): unknown {
  const blocks = view.blocks();
  switch (method) {
    case 'eth_chainId': return hex(view.chainId);
    case 'net_version': return String(view.chainId);
    case 'web3_clientVersion': return 'breakwater-simulated/1';
    case 'eth_syncing': return false;
    case 'eth_blockNumber': return hex(blocks.length - 1);
    case 'eth_getBlockByNumber': return orNull(view, blocks[blockNumber(view, params[0])], params[1] === true);
    case 'eth_getBlockByHash': return orNull(view, blocks.find(({ hash }) => hash === params[0]), params[1] === true);
    case 'eth_getLogs': return logs(view, params[0]);
    case 'eth_getTransactionReceipt': return receipt(view, params[0]);
    case 'eth_call': return ethCall(view, params[0]);
    default: throw new RpcError(-32601, `the method ${method} does not exist/is not available`);
  }
}

/** The number a tag or hex number means; -1 when there is no such block. */
function blockNumber(view: ChainView, tag: unknown): number {
  const head = view.blocks().length - 1;
  switch (tag) {
    case undefined: case 'latest': case 'pending': return head;
    case 'earliest': return 0;
    case 'safe': return Math.max(0, head - view.safeDepth);
    case 'finalized': return Math.max(0, head - 2 * view.safeDepth);
  }
  if (typeof tag !== 'string' || !/^0x[0-9a-f]+$/i.test(tag)) throw new RpcError(-32602, 'invalid argument 0: hex string without 0x prefix');
  const number = Number(tag);
  return number <= head ? number : -1;
}

function logs(view: ChainView, filter: unknown): readonly unknown[] {
  const { fromBlock, toBlock, blockHash, address, topics } = (typeof filter === 'object' && filter !== null ? filter : {}) as Readonly<Record<string, unknown>>;
  const matches = matcher(view.token, address, topics);
  const print = (block: MemoryBlock): readonly unknown[] => block.transfers.filter((t) => matches(logTopics(t))).map((t) => printLog(view, block, t));
  const blocks = view.blocks();
  if (blockHash !== undefined) {
    const block = blocks.find(({ hash }) => hash === blockHash);
    if (block === undefined) throw new RpcError(-32000, 'unknown block');
    return print(block);
  }
  const head = blocks.length - 1;
  const at = (tag: unknown): number => (typeof tag === 'string' && tag.startsWith('0x') ? Number(tag) : blockNumber(view, tag));
  const [from, to] = [at(fromBlock), Math.min(at(toBlock), head)];
  if (from > at(toBlock)) throw new RpcError(-32602, 'invalid block range params');
  if (to - from + 1 > view.maxLogRange) throw new RpcError(-32005, `query exceeds max block range ${view.maxLogRange}`);
  return blocks.slice(from, to + 1).flatMap(print);
}

/** A filter by address and topics: null matches anything, a list any of its members. */
function matcher(token: string, address: unknown, topics: unknown): (printed: readonly string[]) => boolean {
  const addresses = address === undefined || address === null ? [token] : (Array.isArray(address) ? address : [address]).map((each) => String(each).toLowerCase());
  const wanted: readonly unknown[] = Array.isArray(topics) ? (topics as readonly unknown[]) : [];
  return (printed) => addresses.includes(token) && wanted.every((topic, i) => {
    if (topic === null) return true;
    return (Array.isArray(topic) ? topic : [topic]).some((each) => String(each).toLowerCase() === printed[i]);
  });
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;
const logTopics = ({ from, to }: MemoryTransfer): readonly string[] => [TRANSFER_TOPIC, word(BigInt(from)), word(BigInt(to))];

function printLog(view: ChainView, block: MemoryBlock, transfer: MemoryTransfer): Readonly<Record<string, unknown>> {
  return { address: view.token, topics: logTopics(transfer), data: word(transfer.amount), blockNumber: hex(block.number), blockHash: block.hash, blockTimestamp: hex(block.timestamp), transactionHash: transfer.tx, transactionIndex: hex(transfer.logIndex), logIndex: hex(transfer.logIndex), removed: false };
}

function orNull(view: ChainView, block: MemoryBlock | undefined, full: boolean): unknown {
  return block === undefined ? null : printBlock(view, block, full);
}

function printBlock(view: ChainView, block: MemoryBlock, full: boolean): unknown {
  const transactions = block.transfers.map((t) => (full ? { hash: t.tx, blockHash: block.hash, blockNumber: hex(block.number), from: t.from, to: view.token, gas: '0xc350', gasPrice: '0x1', input: '0x', nonce: '0x0', transactionIndex: hex(t.logIndex), type: '0x0', value: '0x0', v: '0x1b', r: '0x1', s: '0x1', chainId: hex(view.chainId) } : t.tx));
  return {
    number: hex(block.number), hash: block.hash, parentHash: block.parentHash, timestamp: hex(block.timestamp), nonce: '0x0000000000000000', mixHash: ZERO_32, sha3Uncles: ZERO_32, logsBloom: `0x${'f'.repeat(512)}`, transactionsRoot: ZERO_32, stateRoot: ZERO_32, receiptsRoot: ZERO_32,
    miner: `0x${'0'.repeat(40)}`, difficulty: '0x0', totalDifficulty: '0x0', extraData: '0x', size: '0x220', gasLimit: '0x1c9c380', gasUsed: hex(50_000 * block.transfers.length), baseFeePerGas: '0x1', uncles: [], transactions,
  };
}

function receipt(view: ChainView, tx: unknown): unknown {
  for (const block of view.blocks()) {
    const transfer = block.transfers.find((each) => each.tx === tx);
    if (transfer !== undefined) {
      return { transactionHash: transfer.tx, blockHash: block.hash, blockNumber: hex(block.number), transactionIndex: hex(transfer.logIndex), from: transfer.from, to: view.token, status: '0x1', type: '0x0', gasUsed: '0xc350', cumulativeGasUsed: hex(50_000 * (transfer.logIndex + 1)), effectiveGasPrice: '0x1', contractAddress: null, logsBloom: `0x${'f'.repeat(512)}`, logs: [printLog(view, block, transfer)] };
    }
  }
  return null;
}

function ethCall(view: ChainView, request: unknown): string {
  const { to, data, input } = (typeof request === 'object' && request !== null ? request : {}) as Readonly<Record<string, unknown>>;
  const payload = String(data ?? input).toLowerCase();
  if (String(to).toLowerCase() !== view.token) return '0x';
  if (payload.startsWith(DECIMALS)) return word(18n);
  if (payload.startsWith(TOTAL_SUPPLY)) return word(view.supply);
  if (payload.startsWith(BALANCE_OF)) return word(view.balance(`0x${payload.slice(34, 74)}`));
  throw new RpcError(3, 'execution reverted');
}
