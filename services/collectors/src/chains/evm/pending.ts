import type { ChainId, EpochMs } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { decodeFunctionData, parseAbi } from 'viem';
import type { Hex } from 'viem';
import type { Transfer } from '../follow/node.ts';
import type { LabelOf } from '../labels.ts';
import type { WatchedToken } from '../tokens.ts';
import { NATIVE, NATIVE_LOG_INDEX, nativeLog, toTransfer, TRANSFER_TOPIC, type ChainLog } from './map.ts';
import { createRequest, type RpcDeps } from './rpc.ts';

/** Transfers that wait to be mined, of one node. */
export interface Pending {
  /** The transfers of watched tokens that came since the last call, as far as the node tells them; empty where it offers no such filter. Rejects when the node fails. */
  poll(): Promise<readonly Transfer[]>;
}

/** What the reading of pending transfers needs. `nextBlock` is the height that they may at best be mined at. */
export interface PendingDeps extends RpcDeps {
  readonly chain: ChainId;
  readonly tokens: ReadonlyMap<string, WatchedToken>;
  readonly labels: LabelOf;
  readonly nextBlock: () => number;
  readonly now: () => EpochMs;
}

const abi = parseAbi(['function transfer(address to, uint256 value)', 'function transferFrom(address from, address to, uint256 value)']);

/**
 * Reads a node's mempool through `eth_newPendingTransactionFilter` with full transactions (geth and its kin since 1.11; others answer with hashes only or
 * not at all, and then nothing is read). Only direct calls of `transfer` and `transferFrom` and plain values are seen: what a contract will do is not known
 * before it is mined. Their `logIndex` is not known either and is 0 (`NATIVE_LOG_INDEX` for a value), `blockHash` is empty.
 */
export function createPending(deps: PendingDeps): Pending {
  const request = createRequest(deps);
  let filter: string | undefined;
  let offered = true;
  const create = async (): Promise<void> => {
    try {
      const made = await request({ method: 'eth_newPendingTransactionFilter', params: [true] });
      filter = typeof made === 'string' ? made : undefined;
      offered = filter !== undefined;
    } catch (error) {
      if (!(error instanceof BreakwaterError) || error.code !== 'bad-answer') throw error;
      offered = false;
    }
  };
  return {
    poll: async () => {
      if (!offered) return [];
      if (filter === undefined) await create();
      if (filter === undefined) return [];
      let changes: unknown;
      try {
        changes = await request({ method: 'eth_getFilterChanges', params: [filter] });
      } catch (error) {
        // Nodes forget filters that are not asked for; it is made anew.
        filter = undefined;
        throw error;
      }
      const seen = Array.isArray(changes) ? changes : [];
      return seen.flatMap((raw) => pendingLogs(raw, deps.nextBlock(), deps.tokens)).flatMap((log) => {
        const transfer = toTransfer({ chain: deps.chain, tokens: deps.tokens, labelOf: deps.labels }, log, deps.now());
        return transfer.ok ? [transfer.value] : [];
      });
    },
  };
}

/** What a pending transaction would transfer, in the form of logs. Never throws. */
export function pendingLogs(raw: unknown, block: number, tokens: ReadonlyMap<string, WatchedToken>): readonly ChainLog[] {
  if (typeof raw !== 'object' || raw === null) return [];
  const tx = raw as Readonly<Record<string, unknown>>;
  const [hash, from, to, input, value] = ['hash', 'from', 'to', 'input', 'value'].map((name) => (typeof tx[name] === 'string' ? tx[name].toLowerCase() : ''));
  if (hash === undefined || !/^0x[0-9a-f]{64}$/.test(hash) || from === undefined || !/^0x[0-9a-f]{40}$/.test(from) || to === undefined || !/^0x[0-9a-f]{40}$/.test(to)) return [];
  const at = { block, blockHash: '', tx: hash };
  const logs: ChainLog[] = [];
  if (tokens.has(NATIVE) && /^0x0*[1-9a-f][0-9a-f]{0,63}$/.test(value ?? '')) logs.push(nativeLog(at, from, to, BigInt(value ?? '0x0')));
  const call = tokens.has(to) ? decodeCall(input ?? '', from) : undefined;
  if (call !== undefined) logs.push({ ...nativeLog(at, call.from, call.to, call.value), address: to, topics: [TRANSFER_TOPIC, pad(call.from), pad(call.to)], logIndex: 0 });
  return logs.filter((log) => log.logIndex === 0 || log.logIndex === NATIVE_LOG_INDEX);
}

function decodeCall(input: string, sender: string): { readonly from: string; readonly to: string; readonly value: bigint } | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi, data: input as Hex });
    return functionName === 'transfer' ? { from: sender, to: args[0].toLowerCase(), value: args[1] } : { from: args[0].toLowerCase(), to: args[1].toLowerCase(), value: args[2] };
  } catch {
    return undefined;
  }
}

function pad(address: string): string {
  return `0x${address.slice(2).padStart(64, '0')}`;
}
