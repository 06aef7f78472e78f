import type { Result } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Network } from '@breakwater/platform/network';
import { BlockNotFoundError, createPublicClient, custom, numberToHex } from 'viem';
import type { Address, Hash, Hex } from 'viem';
import type { ChainLog, Header } from './map.ts';
import { parseHeader, parseLog, TRANSFER_TOPIC } from './map.ts';

/** What the feed asks of one node. Every method rejects with a `BreakwaterError`; an error answer of the node is `bad-answer`. */
export interface ChainRpc {
  readonly url: string;
  /** The number in the chain's CAIP-2 id. */
  chainId(): Promise<number>;
  /** The newest block the node has. */
  head(): Promise<Header>;
  /** The block at a height on the node's chain, undefined when it has none there. */
  block(number: number): Promise<Header | undefined>;
  /** The newest finalized block, undefined when there is none yet. Nodes without the tag answer with an error. */
  finalized(): Promise<Header | undefined>;
  /** `Transfer` logs of `addresses` in one block. */
  logsOfBlock(hash: string, addresses: readonly string[]): Promise<readonly ChainLog[]>;
  /** `Transfer` logs of `addresses` in [from, to]. Nodes refuse ranges that are too wide or answers that are too long, each with its own words. */
  logsOfRange(from: number, to: number, addresses: readonly string[]): Promise<readonly ChainLog[]>;
}

/** What an RPC client needs. */
export interface RpcDeps {
  readonly url: string;
  readonly network: Network;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** JSON-RPC over HTTP POST through the network port. viem formats requests and answers; its retries, batching, caches and polling are off. */
export function createRpc(deps: RpcDeps): ChainRpc {
  const client = createPublicClient({ transport: custom({ request: createRequest(deps) }, { retryCount: 0 }), cacheTime: 0 });
  const header = async (label: string, get: () => Promise<Parameters<typeof parseHeader>[0]>): Promise<Header | undefined> => {
    const block = await outside(label, get).catch((error: unknown) => {
      if (error instanceof BreakwaterError && error.cause instanceof BlockNotFoundError) return undefined;
      throw error;
    });
    return block === undefined ? undefined : checked(label, parseHeader(block));
  };
  const logs = async (where: { readonly blockHash: Hash } | { readonly fromBlock: Hex; readonly toBlock: Hex }, addresses: readonly string[]): Promise<readonly ChainLog[]> => {
    const filter = { address: addresses as Address[], topics: [TRANSFER_TOPIC as Hex], ...where };
    const answer: unknown = await outside('eth_getLogs', () => client.request({ method: 'eth_getLogs', params: [filter] }));
    if (!Array.isArray(answer)) throw new BreakwaterError('bad-answer', 'eth_getLogs: the answer is not a list');
    return answer.map((raw) => checked('eth_getLogs', parseLog(raw)));
  };
  return {
    url: deps.url,
    chainId: () => outside('eth_chainId', () => client.getChainId()),
    head: async () => {
      const head = await header('latest block', () => client.getBlock({ blockTag: 'latest' }));
      if (head === undefined) throw new BreakwaterError('bad-answer', 'latest block: the node has none');
      return head;
    },
    block: async (number) => {
      const found = await header(`block ${number}`, () => client.getBlock({ blockNumber: BigInt(number) }));
      if (found !== undefined && found.number !== number) throw new BreakwaterError('bad-answer', `block ${number}: the node sent block ${found.number}`);
      return found;
    },
    finalized: () => header('finalized block', () => client.getBlock({ blockTag: 'finalized' })),
    logsOfBlock: async (hash, addresses) => {
      const found = await logs({ blockHash: hash as Hash }, addresses);
      if (found.some((log) => log.blockHash !== hash)) throw new BreakwaterError('bad-answer', `eth_getLogs: logs of another block than ${hash}`);
      return found;
    },
    logsOfRange: async (from, to, addresses) => {
      const found = await logs({ fromBlock: numberToHex(from), toBlock: numberToHex(to) }, addresses);
      if (found.some((log) => log.block < from || log.block > to)) throw new BreakwaterError('bad-answer', `eth_getLogs: logs outside blocks ${from} to ${to}`);
      return found;
    },
  };
}

type Request = (call: { readonly method: string; readonly params?: unknown }) => Promise<unknown>;

function createRequest(deps: RpcDeps): Request {
  let id = 0;
  return async ({ method, params }) => {
    id++;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: params ?? [] });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await deps.network.request({ method: 'POST', url: deps.url, headers, body, timeoutMs: deps.timeoutMs, maxBytes: deps.maxBytes, signal: deps.signal });
    if (response.status === 429) {
      const seconds = Number(response.headers['retry-after']);
      throw new BreakwaterError('rate-limited', `${method}: the node asked to slow down`, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {});
    }
    const answer = parseAnswer(response.body);
    // Some providers send the JSON-RPC error with a 4xx status: what the node says comes before the status.
    if (answer?.['error'] !== undefined && answer['error'] !== null) throw new BreakwaterError('bad-answer', `${method}: ${JSON.stringify(answer['error']).slice(0, 300)}`);
    if (response.status < 200 || response.status > 299) throw new BreakwaterError('http-status', `${method}: status ${response.status}`);
    if (answer === undefined) throw new BreakwaterError('bad-answer', `${method}: the answer is not a JSON object`);
    if (answer['id'] !== id) throw new BreakwaterError('bad-answer', `${method}: the answer is for another request`);
    if (!('result' in answer)) throw new BreakwaterError('bad-answer', `${method}: neither result nor error`);
    return answer['result'];
  };
}

function parseAnswer(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a viem call; gives back our own error from inside viem's wrapping, and calls anything else a bad answer. */
async function outside<T>(label: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
      if (cause instanceof BreakwaterError) throw cause;
    }
    throw new BreakwaterError('bad-answer', `${label}: ${messageOf(error).slice(0, 300)}`, { cause: error });
  }
}

function checked<T>(label: string, parsed: Result<T, string>): T {
  if (!parsed.ok) throw new BreakwaterError('bad-answer', `${label}: bad ${parsed.error}`);
  return parsed.value;
}
