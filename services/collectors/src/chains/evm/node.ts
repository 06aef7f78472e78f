import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import { BlockNotFoundError, createPublicClient, custom, numberToHex } from 'viem';
import type { Address, Hash, Hex } from 'viem';
import type { BlockRef, ChainNode, ContractCall, Header, RangeRefusal, Settlement } from '../follow/node.ts';
import { createBloomCheck, type BloomTrust } from './bloom.ts';
import { NATIVE, nativeLog, parseHeader, parseLog, TRANSFER_TOPIC, type ChainLog } from './map.ts';
import { suggestedBlocks } from './range-hints.ts';
import { createRequest, type Request, type RpcDeps } from './rpc.ts';

/** What a node is made with. `addresses` are of watched tokens, `NATIVE` among them where the chain's coin is watched. */
export interface EvmNodeDeps extends RpcDeps {
  readonly addresses: readonly string[];
  readonly bloom: BloomTrust;
  /** Logs that are wanted besides the transfers of `addresses`: of these contracts too, and with these first topics. */
  readonly besides?: { readonly addresses: readonly string[]; readonly topics: readonly string[] } | undefined;
}

/** One EVM node: JSON-RPC over HTTP through the network port. viem formats requests and answers; its retries, batching, caches and polling are off. */
export function createEvmNode(deps: EvmNodeDeps): ChainNode<ChainLog> {
  const request = createRequest(deps);
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }), cacheTime: 0 });
  const contracts = deps.addresses.filter((address) => address !== NATIVE);
  const native = contracts.length < deps.addresses.length;
  const bloom = createBloomCheck(contracts, deps.bloom);
  const topics = [TRANSFER_TOPIC, ...(deps.besides?.topics ?? [])];
  const senders = [...contracts, ...(deps.besides?.addresses ?? [])];
  const header = async (label: string, get: () => Promise<Parameters<typeof parseHeader>[0]>): Promise<Header | undefined> => {
    const block = await outside(label, get).catch((error: unknown) => {
      if (error instanceof BreakwaterError && error.cause instanceof BlockNotFoundError) return undefined;
      throw error;
    });
    return block === undefined ? undefined : checked(label, parseHeader(block));
  };
  const logs = async (where: { readonly blockHash: Hash } | { readonly fromBlock: Hex; readonly toBlock: Hex }): Promise<readonly ChainLog[]> => {
    if (contracts.length === 0) return [];
    const filter = { address: senders as Address[], topics: [topics.length === 1 ? (TRANSFER_TOPIC as Hex) : (topics as Hex[])], ...where };
    const answer: unknown = await outside('eth_getLogs', () => client.request({ method: 'eth_getLogs', params: [filter] }));
    if (!Array.isArray(answer)) throw new BreakwaterError('bad-answer', 'eth_getLogs: the answer is not a list');
    return answer.map((raw) => checked('eth_getLogs', parseLog(raw)));
  };
  const range = async (from: number, to: number): Promise<Result<readonly ChainLog[], RangeRefusal>> => {
    let found: readonly ChainLog[];
    try {
      found = await logs({ fromBlock: numberToHex(from), toBlock: numberToHex(to) });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      return err(refusal);
    }
    if (found.some((log) => log.block < from || log.block > to)) throw new BreakwaterError('chain-mismatch', `eth_getLogs: logs outside blocks ${from} to ${to}`);
    return ok(found);
  };
  const entries = async (of: Header): Promise<readonly ChainLog[]> => {
    const found = await logs({ blockHash: of.hash as Hash });
    if (found.some((log) => log.blockHash !== of.hash || log.block !== of.number)) throw new BreakwaterError('chain-mismatch', `eth_getLogs: logs of another block than ${of.hash}`);
    const impossible = bloom.impossible(of, found.filter((log) => log.topics[0] === TRANSFER_TOPIC));
    if (impossible !== undefined) throw new BreakwaterError('chain-mismatch', `eth_getLogs: ${impossible}`);
    return native ? [...found, ...(await nativeTransfers(request, of))] : found;
  };
  const accounted = async (of: Header): Promise<readonly ChainLog[] | undefined> => {
    const all = (await blockReceipts(request, of))?.map(record) ?? [];
    if (!all.every((receipt) => text(receipt?.['blockHash']) === of.hash && Array.isArray(receipt?.['logs']))) return undefined;
    const found = all.flatMap((receipt) => receipt?.['logs'] as readonly unknown[]).map((raw) => checked('eth_getBlockReceipts', parseLog(raw)));
    if (!bloom.accountedBy(of, found)) return undefined;
    const ours = found.filter((log) => senders.includes(log.address) && topics.includes(log.topics[0] ?? ''));
    if (ours.some((log) => log.blockHash !== of.hash || log.block !== of.number)) return undefined;
    return native ? [...ours, ...(await nativeTransfers(request, of))] : ours;
  };
  return {
    name: deps.name,
    identity: async () => `eip155:${await outside('eth_chainId', () => client.getChainId())}`,
    head: async () => {
      const head = await header('latest block', () => client.getBlock({ blockTag: 'latest' }));
      if (head === undefined) throw new BreakwaterError('bad-answer', 'latest block: the node has none');
      return head;
    },
    block: async (number) => {
      const found = await header(`block ${number}`, () => client.getBlock({ blockNumber: BigInt(number) }));
      if (found !== undefined && found.number !== number) throw new BreakwaterError('chain-mismatch', `block ${number}: the node sent block ${found.number}`);
      return found;
    },
    settled: async (level: Settlement): Promise<BlockRef | undefined | 'unsupported'> => {
      const blockTag = level === 'final' ? 'finalized' : 'safe';
      // Nodes that do not know the tag answer with an error, each with its own words.
      return header(`${blockTag} block`, () => client.getBlock({ blockTag })).catch((error: unknown) => {
        if (error instanceof BreakwaterError && error.code === 'bad-answer') return 'unsupported' as const;
        throw error;
      });
    },
    entries,
    // Too much for the node, or not in what it offers, is no answer; a node that is gone or asks to wait fails as ever.
    accounted: async (of) => accounted(of).catch((error: unknown) => {
      if (refusalOf(error) !== undefined) return undefined;
      throw error;
    }),
    // What transactions move themselves is in no log: with it every block has to be read.
    ...(native ? {} : { range }),
    read: (at, calls) => someAtATime(calls.map((call) => () => answerOf(request, at, call))),
  };
}

/** Calls of contracts that one node is sent at the same time, at most: providers count them against the budget by which the chain is followed. [A] */
const CALLS_AT_ONCE = 16;

/** Does all work, some of it at a time, and gives what came of it in its order. Rejects with the first failure in that order, once nothing is under way any more; what was not begun before it then never is. */
async function someAtATime<T>(work: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const done: T[] = [];
  for (let i = 0; i < work.length; i += CALLS_AT_ONCE) {
    for (const one of await Promise.allSettled(work.slice(i, i + CALLS_AT_ONCE).map((begin) => begin()))) {
      if (one.status === 'rejected') throw one.reason;
      done.push(one.value);
    }
  }
  return done;
}

/**
 * The words by which nodes say that a call failed in the contract: code 3 with `execution reverted` (geth and those that follow it, https://geth.ethereum.org/docs/interacting-with-geth/rpc/ns-eth, read 2026-11), `VM Exception`, `VM execution error`,
 * or how the machine ended. Anything else (no state of that block, no such block, an internal error) is the node's own failure.
 */
const FAILED_IN_CONTRACT = /"code":3[,}]|revert|invalid opcode|invalid jump|bad instruction|out of gas|stack (?:under|over)flow|vm (?:exception|execution error)/i;

/** What a contract answers after a block, named by its hash (EIP-1898, https://eips.ethereum.org/EIPS/eip-1898); undefined where the call fails in the contract. Rejects where the node cannot make it. */
async function answerOf(request: Request, at: BlockRef, { to, data }: ContractCall): Promise<string | undefined> {
  const answer = await outside('eth_call', () => request({ method: 'eth_call', params: [{ to, data }, { blockHash: at.hash }] })).catch((error: unknown) => {
    if (error instanceof BreakwaterError && error.code === 'bad-answer' && FAILED_IN_CONTRACT.test(error.message)) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  if (!/^0x([0-9a-f]{2})*$/.test(text(answer))) throw new BreakwaterError('bad-answer', 'eth_call: the answer is not hexadecimal');
  return text(answer);
}

/** A node that answers but not with logs finds the range too wide or the answer too long; what did not reach it is a failure of another kind. */
function refusalOf(error: unknown): RangeRefusal | undefined {
  if (!(error instanceof BreakwaterError)) return undefined;
  const refused = error.code === 'bad-answer' || error.code === 'http-timeout' || error.code === 'http-too-large' || (error.code === 'http-status' && /status (4\d\d|504)$/.test(error.message));
  if (!refused) return undefined;
  const blocks = suggestedBlocks(error.message);
  return { detail: error.message, ...(blocks === undefined ? {} : { blocks }) };
}

/**
 * The values that a block's transactions move themselves, where they succeeded: read from the transactions and their receipts (`eth_getBlockReceipts`, or one by
 * one where a node does not know that). What contracts move by calls inside a transaction is in traces only and is not seen.
 */
async function nativeTransfers(request: Request, of: Header): Promise<readonly ChainLog[]> {
  const block = record(await outside('block with transactions', () => request({ method: 'eth_getBlockByHash', params: [of.hash, true] })));
  if (block === undefined || text(block['hash']) !== of.hash || !Array.isArray(block['transactions'])) throw new BreakwaterError('bad-answer', `block ${of.hash}: the node does not have its transactions`);
  const moving = block['transactions'].map(record).filter((tx) => tx !== undefined).filter((tx) => /^0x0*[1-9a-f]/i.test(text(tx['value'])));
  if (moving.length === 0) return [];
  const receipts = await receiptsOf(request, of, moving.map((tx) => text(tx['hash'])));
  return moving.flatMap((tx) => {
    const hash = text(tx['hash']);
    const receipt = receipts.get(hash);
    if (receipt === undefined || text(receipt['blockHash']) !== of.hash) throw new BreakwaterError('bad-answer', `transaction ${hash}: no receipt in block ${of.hash}`);
    const to = text(tx['to'] ?? receipt['contractAddress']);
    const from = text(tx['from']);
    if (Number(receipt['status']) !== 1 || !/^0x[0-9a-f]{40}$/.test(to)) return [];
    if (!/^0x[0-9a-f]{40}$/.test(from) || !/^0x[0-9a-f]{64}$/.test(hash) || !/^0x[0-9a-f]{1,64}$/.test(text(tx['value']))) throw new BreakwaterError('bad-answer', `transaction ${hash}: bad fields`);
    return [nativeLog({ block: of.number, blockHash: of.hash, tx: hash }, from, to, BigInt(text(tx['value'])))];
  });
}

async function receiptsOf(request: Request, of: Header, hashes: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const list = [...((await blockReceipts(request, of).catch((error: unknown) => {
    if (error instanceof BreakwaterError && error.code === 'bad-answer') return undefined;
    throw error;
  })) ?? [])];
  if (list.length === 0) for (const hash of hashes) list.push(await outside('eth_getTransactionReceipt', () => request({ method: 'eth_getTransactionReceipt', params: [hash] })));
  return new Map(list.map(record).filter((receipt) => receipt !== undefined).map((receipt) => [text(receipt['transactionHash']), receipt]));
}

/** All receipts of a block, by its height: not every node takes a hash there. Undefined when the answer is no list. */
async function blockReceipts(request: Request, of: Header): Promise<readonly unknown[] | undefined> {
  const all: unknown = await outside('eth_getBlockReceipts', () => request({ method: 'eth_getBlockReceipts', params: [numberToHex(of.number)] }));
  return Array.isArray(all) ? all : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
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
