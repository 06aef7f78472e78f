import type { ChainId, EpochMs, Result } from '@breakwater/models/core';
import { epochMs, err, ok, sourceId } from '@breakwater/models/core';
import { formatUnits, toEventSelector } from 'viem';
import type { Entry, Header, Transfer } from '../follow/node.ts';
import type { LabelOf } from '../labels.ts';
import type { WatchedToken } from '../tokens.ts';
import { isTokenAt, tokenLabel } from '../tokens.ts';

/** A log, checked and in lower case. */
export interface ChainLog extends Entry {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  /** The node itself says that a reorganisation took this log back. */
  readonly removed: boolean;
}

/** A decoded transfer; `value` is the raw integer: the amount of an ERC-20 transfer, the id of the token that an ERC-721 transfer moves. */
export interface DecodedTransfer {
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
}

/**
 * Why a log is not a transfer of its token. A closed list; also a metric label. `indexed-value` is a token declared ERC-20 with the ERC-721 layout (four
 * topics): what stands in the last topic may be an id. `unindexed-id` is one declared ERC-721 with fewer. `half-indexed` has two topics, and which address
 * is the indexed one is not known. `outside-dates`: the contract was not, or is no longer, the asset.
 */
export type TransferReject = 'not-transfer' | 'indexed-value' | 'unindexed-id' | 'half-indexed' | 'bad-address' | 'bad-data' | 'removed' | 'unwatched-token' | 'outside-dates';

/** The first topic of `Transfer(address,address,uint256)`, shared by ERC-20 (https://eips.ethereum.org/EIPS/eip-20) and ERC-721. */
export const TRANSFER_TOPIC: string = toEventSelector('Transfer(address,address,uint256)');

const WORD = /^0x[0-9a-f]{64}$/;
const ADDRESS_WORD = /^0x0{24}[0-9a-f]{40}$/;

/**
 * Decodes by the number of topics, because contracts differ in what they index. Three: ERC-20, both addresses indexed and the value in the data (what
 * follows the first word is ignored, as the ABI prescribes). One: nothing indexed, all three in the data (tokens older than the standard). Four:
 * ERC-721, the id indexed too (https://eips.ethereum.org/EIPS/eip-721). Never throws.
 */
export function decodeTransfer(log: Pick<ChainLog, 'topics' | 'data'>, standard: WatchedToken['standard'] = 'erc20'): Result<DecodedTransfer, TransferReject> {
  const [signature, ...indexed] = log.topics;
  if (signature !== TRANSFER_TOPIC) return err('not-transfer');
  if (indexed.length === 3 && standard === 'erc20') return err('indexed-value');
  if (indexed.length < 3 && standard === 'erc721') return err('unindexed-id');
  if (indexed.length === 1) return err('half-indexed');
  const [from, to, value] = [...indexed, ...wordsOf(log.data)];
  if (from === undefined || to === undefined || value === undefined || !WORD.test(value)) return err('bad-data');
  if (!ADDRESS_WORD.test(from) || !ADDRESS_WORD.test(to)) return err('bad-address');
  return ok({ from: `0x${from.slice(26)}`, to: `0x${to.slice(26)}`, value: BigInt(value) });
}

/** The first three words of data; a word cut short is left short. */
function wordsOf(data: string): readonly string[] {
  return [0, 1, 2].flatMap((index) => {
    const word = data.slice(2 + 64 * index, 66 + 64 * index);
    return word === '' ? [] : [`0x${word}`];
  });
}

/** What stands for the address of a chain's own coin, in place of a token contract. */
export const NATIVE = 'native';
/**
 * The `logIndex` of the value that a transaction itself moves. Above the index of any log, so that it is never taken for one of them (design assumption: a
 * block's gas pays for far fewer), and the same wherever the transaction is mined.
 */
export const NATIVE_LOG_INDEX = 2 ** 31;

/** The value that a transaction moves, in the form of a log of the coin. */
export function nativeLog(at: { readonly block: number; readonly blockHash: string; readonly tx: string }, from: string, to: string, value: bigint): ChainLog {
  const word = (hex: string): string => `0x${hex.padStart(64, '0')}`;
  return { ...at, address: NATIVE, topics: [TRANSFER_TOPIC, word(from.slice(2)), word(to.slice(2))], data: word(value.toString(16)), logIndex: NATIVE_LOG_INDEX, removed: false };
}

/** What a transfer message is made with, besides its log. */
export interface TransferContext {
  readonly chain: ChainId;
  readonly tokens: ReadonlyMap<string, WatchedToken>;
  readonly labelOf: LabelOf;
}

/** Turns a log of a watched token into a transfer; `blockTime` is the timestamp of its block. An ERC-721 transfer is one unit, and its id is kept beside. */
export function toTransfer(context: TransferContext, log: ChainLog, blockTime: EpochMs): Result<Transfer, TransferReject> {
  const token = context.tokens.get(log.address);
  if (token === undefined) return err('unwatched-token');
  if (log.removed) return err('removed');
  if (!isTokenAt(token, blockTime)) return err('outside-dates');
  const decoded = decodeTransfer(log, token.standard);
  if (!decoded.ok) return decoded;
  const { from, to } = decoded.value;
  const nft = token.standard === 'erc721';
  const value = nft ? 1n : decoded.value.value;
  const fromLabel = tokenLabel(token, context.labelOf(from, blockTime));
  const toLabel = tokenLabel(token, context.labelOf(to, blockTime));
  return ok({
    kind: 'transfer', source: sourceId(context.chain), asset: token.asset, chain: context.chain, token: token.address, from, to,
    amount: value.toString(), units: (nft ? 1 : Number(formatUnits(value, token.decimals))) * (token.multiplier ?? 1), ...(nft ? { tokenId: decoded.value.value.toString() } : {}),
    block: log.block, blockHash: log.blockHash, tx: log.tx, logIndex: log.logIndex, blockTime,
    ...(fromLabel === undefined ? {} : { fromLabel }), ...(toLabel === undefined ? {} : { toLabel }),
  });
}

const HASH = WORD;
const BLOOM = /^0x[0-9a-f]{512}$/;
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

/** Checks the header fields of a block; `bigint`s are what viem makes of quantities. A filter that is none is left out. The error says which field is wrong. */
export function parseHeader(block: { readonly number: bigint | null; readonly hash: string | null; readonly parentHash: string; readonly timestamp: bigint; readonly logsBloom?: string | null }): Result<Header, string> {
  const hash = lower(block.hash);
  const parent = lower(block.parentHash);
  const number = Number(block.number ?? -1n);
  const timestamp = Number(block.timestamp) * 1000;
  if (!HASH.test(hash)) return err('hash of a block');
  if (!HASH.test(parent)) return err('parentHash of a block');
  if (!Number.isSafeInteger(number) || number < 0) return err('number of a block');
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) return err('timestamp of a block');
  const bloom = lower(block.logsBloom);
  return ok({ number, hash, parent, timestamp: epochMs(timestamp), ...(BLOOM.test(bloom) ? { bloom } : {}) });
}

function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function quantity(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^0x[0-9a-f]+$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
