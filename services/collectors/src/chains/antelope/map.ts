import type { ChainId, EpochMs, Result } from '@breakwater/models/core';
import { epochMs, err, ok, sourceId } from '@breakwater/models/core';
import type { Entry, Header, Transfer } from '../follow/node.ts';
import type { LabelOf } from '../labels.ts';
import type { WatchedToken } from '../tokens.ts';
import { isTokenAt, tokenLabel } from '../tokens.ts';

/** A `transfer` action as it was executed by its contract. `data` is the packed action. `logIndex` is its place among the actions of its transaction, by execution. */
export interface TransferAction extends Entry {
  readonly contract: string;
  readonly data: string;
}

/** Why an action is not a transfer of a watched token. A closed list; also a metric label. `wrong-precision`: the symbol is watched with other decimals; `outside-dates`: the contract was not, or is no longer, the asset. */
export type ActionReject = 'bad-data' | 'bad-name' | 'bad-symbol' | 'negative-amount' | 'wrong-precision' | 'outside-dates';

/** A packed `transfer(name from, name to, asset quantity, string memo)`, decoded; `amount` counts the smallest unit. */
export interface DecodedAction {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly precision: number;
  readonly symbol: string;
}

const NAME_CHARACTERS = '.12345abcdefghijklmnopqrstuvwxyz';
/** `from` and `to` (8 bytes each), the amount (8), the symbol (8); the memo follows. */
const LEAST_BYTES = 32;

/**
 * Decodes the packed data of a `transfer` action of a contract with the interface of `eosio.token` (https://github.com/eosnetworkfoundation/eos-system-contracts,
 * eosio.token.abi; packing as in https://docs.vaulta.com: little endian, names in base 32, a symbol is one byte of precision and up to seven letters). The
 * packed form is read because the readable `params` are only there where a node was given the contract's ABI. Never throws.
 */
export function decodeAction(hex: string): Result<DecodedAction, ActionReject> {
  if (!/^([0-9a-f]{2})*$/i.test(hex) || hex.length < 2 * LEAST_BYTES) return err('bad-data');
  const from = nameOf(word(hex, 0));
  const to = nameOf(word(hex, 1));
  if (from === '' || to === '') return err('bad-name');
  const amount = BigInt.asIntN(64, word(hex, 2));
  const symbol = symbolOf(word(hex, 3));
  if (symbol === undefined) return err('bad-symbol');
  return amount < 0n ? err('negative-amount') : ok({ from, to, amount, ...symbol });
}

/** The eight bytes at place `index`, little endian. */
function word(hex: string, index: number): bigint {
  const bytes = hex.slice(16 * index, 16 * index + 16).match(/../g) ?? [];
  return BigInt(`0x${bytes.reverse().join('')}`);
}

/** A name from its 64 bits: twelve characters of five bits from the top, a thirteenth of four. */
export function nameOf(value: bigint): string {
  let name = '';
  for (let at = 0; at < 13; at++) {
    const bits = at < 12 ? (value >> BigInt(59 - 5 * at)) & 31n : value & 15n;
    name += NAME_CHARACTERS[Number(bits)] ?? '.';
  }
  return name.replace(/\.+$/, '');
}

function symbolOf(value: bigint): { readonly precision: number; readonly symbol: string } | undefined {
  const precision = Number(value & 255n);
  let symbol = '';
  for (let rest = value >> 8n; rest > 0n; rest >>= 8n) symbol += String.fromCharCode(Number(rest & 255n));
  // 18 is the largest precision a symbol may have (eosio symbol.hpp).
  return precision <= 18 && /^[A-Z]{1,7}$/.test(symbol) ? { precision, symbol } : undefined;
}

/** What a transfer message is made with, besides its action. Tokens are by `<contract>:<SYMBOL>`. */
export interface ActionContext {
  readonly chain: ChainId;
  readonly tokens: ReadonlyMap<string, WatchedToken>;
  readonly labelOf: LabelOf;
}

/** Turns an action of a watched contract into a transfer; undefined for another symbol of the same contract. */
export function toTransfer(context: ActionContext, action: TransferAction, blockTime: EpochMs): Result<Transfer | undefined, ActionReject> {
  const decoded = decodeAction(action.data);
  if (!decoded.ok) return decoded;
  const { from, to, amount, precision, symbol } = decoded.value;
  const token = context.tokens.get(`${action.contract}:${symbol}`);
  if (token === undefined) return ok(undefined);
  if (!isTokenAt(token, blockTime)) return err('outside-dates');
  if (precision !== token.decimals) return err('wrong-precision');
  const fromLabel = tokenLabel(token, context.labelOf(from, blockTime));
  const toLabel = tokenLabel(token, context.labelOf(to, blockTime));
  return ok({
    kind: 'transfer', source: sourceId(context.chain), asset: token.asset, chain: context.chain, token: token.address, from, to,
    amount: amount.toString(), units: (Number(amount) / 10 ** precision) * (token.multiplier ?? 1),
    block: action.block, blockHash: action.blockHash, tx: action.tx, logIndex: action.logIndex, blockTime,
    ...(fromLabel === undefined ? {} : { fromLabel }), ...(toLabel === undefined ? {} : { toLabel }),
  });
}

/** A block as `/v1/trace_api/get_block` gives it, checked: its header and the transfers that watched contracts executed. */
export interface TracedBlock {
  readonly header: Header;
  readonly actions: readonly TransferAction[];
}

const ID = /^[0-9a-f]{64}$/;

/**
 * Checks a block of the trace API (https://github.com/AntelopeIO/leap, plugins/trace_api_plugin, read 2026-11; newer nodes call the action's name `name` instead of
 * `action`). A transfer appears once for its contract and once for each account that is notified: only where the receiver is the contract itself was it
 * executed, and that one counts; inline transfers are actions of their own. Transactions whose status says that they did not run are left out. The error
 * says which field is wrong; never throws.
 */
export function parseBlock(raw: unknown, contracts: ReadonlySet<string>): Result<TracedBlock, string> {
  const block = record(raw);
  const { id, previous_id: previous, number, timestamp, transactions } = block ?? {};
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) return err('number of a block');
  if (typeof id !== 'string' || !ID.test(id)) return err('id of a block');
  if (typeof previous !== 'string' || !ID.test(previous)) return err('previous_id of a block');
  // The first four bytes of an id are the height (eosio block_header.cpp): an id of another height is another block's.
  if (Number.parseInt(id.slice(0, 8), 16) !== number) return err('id of a block: it is of another height');
  const time = timeOf(timestamp);
  if (time === undefined) return err('timestamp of a block');
  if (!Array.isArray(transactions)) return err('transactions of a block');
  const actions: TransferAction[] = [];
  for (const transaction of transactions) {
    const { id: tx, status, actions: traces } = record(transaction) ?? {};
    if (typeof tx !== 'string' || !ID.test(tx) || !Array.isArray(traces)) return err('a transaction of a block');
    if (status !== undefined && status !== 'executed' && status !== 'soft_fail' && status !== 0 && status !== 1) continue;
    const executed = readActions(traces, contracts, { block: number, blockHash: id, tx });
    if (executed === undefined) return err('an action of a block');
    actions.push(...executed);
  }
  return ok({ header: { number, hash: id, parent: previous, timestamp: time }, actions });
}

function readActions(traces: readonly unknown[], contracts: ReadonlySet<string>, at: Omit<Entry, 'logIndex'>): readonly TransferAction[] | undefined {
  const rows = traces.map(record);
  if (!rows.every((row) => row !== undefined)) return undefined;
  const seen = new Set<string>();
  const actions: TransferAction[] = [];
  const ordered = [...rows].sort((a, b) => sequence(a) - sequence(b));
  for (const [logIndex, row] of ordered.entries()) {
    const { account, receiver, data } = row;
    if (typeof account !== 'string' || typeof receiver !== 'string' || !Number.isSafeInteger(sequence(row))) return undefined;
    if ((row['action'] ?? row['name']) !== 'transfer' || receiver !== account || !contracts.has(account)) continue;
    // One receipt is one execution: a sequence that comes twice is a repetition.
    const key = String(row['global_sequence']);
    if (seen.has(key)) continue;
    seen.add(key);
    if (typeof data !== 'string') return undefined;
    actions.push({ ...at, logIndex, contract: account, data: data.toLowerCase() });
  }
  return actions;
}

/** Numbers above 2^32 come as texts (fc's JSON writer). */
function sequence(row: Readonly<Record<string, unknown>>): number {
  return Number(row['global_sequence']);
}

/** `2025-01-01T00:05:00.000Z`, with or without the Z: always UTC. */
export function timeOf(value: unknown): EpochMs | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z?$/.test(value)) return undefined;
  const time = Date.parse(value.endsWith('Z') ? value : `${value}Z`);
  return Number.isFinite(time) && time >= 0 ? epochMs(time) : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}
