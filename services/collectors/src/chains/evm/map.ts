import type { TransferMessage } from '@breakwater/contracts';
import type { AssetId, ChainId, EpochMs, Result } from '@breakwater/models/core';
import { epochMs, err, ok, sourceId } from '@breakwater/models/core';
import { formatUnits, toEventSelector } from 'viem';
import type { LabelOf } from '../labels.ts';

/** A token whose transfers are followed. `address` is lower case. */
export interface WatchedToken {
  readonly asset: AssetId;
  readonly address: string;
  readonly decimals: number;
  readonly symbol: string;
}

/** What is kept of a block's header. `timestamp` is the chain's own, milliseconds. */
export interface Header {
  readonly number: number;
  readonly hash: string;
  readonly parent: string;
  readonly timestamp: EpochMs;
}

/** A log, checked and in lower case. */
export interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly block: number;
  readonly blockHash: string;
  readonly tx: string;
  readonly logIndex: number;
  /** The node itself says that a reorganisation took this log back. */
  readonly removed: boolean;
}

/** A decoded ERC-20 transfer; `value` is the raw integer. */
export interface Erc20Transfer {
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
}

/**
 * Why a log is not an ERC-20 transfer. A closed list; also a metric label. `indexed-value` has the ERC-721 layout (four topics) whatever
 * the contract calls itself; `unindexed-address` has fewer than three.
 */
export type TransferReject = 'not-transfer' | 'indexed-value' | 'unindexed-address' | 'bad-address' | 'bad-data' | 'removed' | 'unwatched-token';

/** The first topic of `Transfer(address,address,uint256)`, shared by ERC-20 (https://eips.ethereum.org/EIPS/eip-20) and ERC-721. */
export const TRANSFER_TOPIC: string = toEventSelector('Transfer(address,address,uint256)');

const WORD = /^0x[0-9a-f]{64}$/;
const ADDRESS_WORD = /^0x0{24}[0-9a-f]{40}$/;

/**
 * Decodes by the number of topics, because tokens differ in what they index: ERC-20 indexes both addresses and puts the value in the data.
 * Data after the first word is ignored, as the ABI prescribes. Never throws.
 */
export function decodeTransfer(log: Pick<ChainLog, 'topics' | 'data'>): Result<Erc20Transfer, TransferReject> {
  const [signature, from, to] = log.topics;
  if (signature !== TRANSFER_TOPIC) return err('not-transfer');
  if (log.topics.length > 3) return err('indexed-value');
  if (from === undefined || to === undefined) return err('unindexed-address');
  if (!ADDRESS_WORD.test(from) || !ADDRESS_WORD.test(to)) return err('bad-address');
  const value = log.data.slice(0, 66);
  if (!WORD.test(value)) return err('bad-data');
  return ok({ from: `0x${from.slice(26)}`, to: `0x${to.slice(26)}`, value: BigInt(value) });
}

/** What a transfer message is made with, besides its log. */
export interface TransferContext {
  readonly chain: ChainId;
  readonly tokens: ReadonlyMap<string, WatchedToken>;
  readonly labelOf: LabelOf;
}

/** A transfer before it is published: everything but the stamp that publishing gives it. */
export type Transfer = Omit<TransferMessage, 'seq' | 'receivedAt' | 'eventTime' | 'state'> & { readonly blockTime: EpochMs };

/** Turns a log of a watched token into a transfer; `blockTime` is the timestamp of its block. */
export function toTransfer(context: TransferContext, log: ChainLog, blockTime: EpochMs): Result<Transfer, TransferReject> {
  const token = context.tokens.get(log.address);
  if (token === undefined) return err('unwatched-token');
  if (log.removed) return err('removed');
  const decoded = decodeTransfer(log);
  if (!decoded.ok) return decoded;
  const { from, to, value } = decoded.value;
  const fromLabel = context.labelOf(from);
  const toLabel = context.labelOf(to);
  return ok({
    kind: 'transfer', source: sourceId(context.chain), asset: token.asset, chain: context.chain, token: token.address, from, to,
    amount: value.toString(), units: Number(formatUnits(value, token.decimals)),
    block: log.block, blockHash: log.blockHash, tx: log.tx, logIndex: log.logIndex, blockTime,
    ...(fromLabel === undefined ? {} : { fromLabel }), ...(toLabel === undefined ? {} : { toLabel }),
  });
}

/** The identity of a transfer on its chain, the same before and after a reorganisation. */
export function transferKey(transfer: Pick<Transfer, 'tx' | 'logIndex'>): string {
  return `${transfer.tx}:${transfer.logIndex}`;
}

const HASH = WORD;
const ADDRESS = /^0x[0-9a-f]{40}$/;

/** Checks a log as `eth_getLogs` gives it (https://ethereum.org/en/developers/docs/apis/json-rpc/#eth_getlogs); the error says which field is wrong. */
export function parseLog(raw: unknown): Result<ChainLog, string> {
  if (typeof raw !== 'object' || raw === null) return err('a log is not an object');
  const log = raw as Readonly<Record<string, unknown>>;
  const address = lower(log['address']);
  const blockHash = lower(log['blockHash']);
  const tx = lower(log['transactionHash']);
  const data = lower(log['data']);
  const block = quantity(log['blockNumber']);
  const logIndex = quantity(log['logIndex']);
  const topics = Array.isArray(log['topics']) ? log['topics'].map(lower) : [];
  if (!ADDRESS.test(address)) return err('address of a log');
  if (!HASH.test(blockHash)) return err('blockHash of a log');
  if (!HASH.test(tx)) return err('transactionHash of a log');
  if (!/^0x([0-9a-f]{2})*$/.test(data)) return err('data of a log');
  if (block === undefined) return err('blockNumber of a log');
  if (logIndex === undefined) return err('logIndex of a log');
  if (!topics.every((topic) => HASH.test(topic))) return err('topics of a log');
  return ok({ address, topics, data, block, blockHash, tx, logIndex, removed: log['removed'] === true });
}

/** Checks the header fields of a block; `bigint`s are what viem makes of quantities. The error says which field is wrong. */
export function parseHeader(block: { readonly number: bigint | null; readonly hash: string | null; readonly parentHash: string; readonly timestamp: bigint }): Result<Header, string> {
  const hash = lower(block.hash);
  const parent = lower(block.parentHash);
  const number = Number(block.number ?? -1n);
  const timestamp = Number(block.timestamp) * 1000;
  if (!HASH.test(hash)) return err('hash of a block');
  if (!HASH.test(parent)) return err('parentHash of a block');
  if (!Number.isSafeInteger(number) || number < 0) return err('number of a block');
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) return err('timestamp of a block');
  return ok({ number, hash, parent, timestamp: epochMs(timestamp) });
}

function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function quantity(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^0x[0-9a-f]+$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
