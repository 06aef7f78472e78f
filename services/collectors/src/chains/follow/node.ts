import type { ReserveEventMessage, TransferMessage } from '@breakwater/contracts';
import type { EpochMs, Result } from '@breakwater/models/core';

/** A block by height and hash. */
export interface BlockRef {
  readonly number: number;
  readonly hash: string;
}

/** What is kept of a block's header. `timestamp` is the chain's own, milliseconds. `bloom` is the filter over what the block's logs hold, where the family and the node have one. */
export interface Header extends BlockRef {
  readonly parent: string;
  readonly timestamp: EpochMs;
  readonly bloom?: string;
}

/** Something in a block that may be a transfer of a watched token: an EVM log, an Antelope action. */
export interface Entry {
  readonly block: number;
  readonly blockHash: string;
  readonly tx: string;
  /** Orders entries within a block and tells them apart within a transaction. */
  readonly logIndex: number;
}

/** A transfer before it is published: everything but the stamp that publishing gives it. */
export type Transfer = Omit<TransferMessage, 'seq' | 'receivedAt' | 'eventTime' | 'state'> & { readonly blockTime: EpochMs };

/** An event of a reserve before it is published, as `Transfer` is. */
export type ReserveEvent = Omit<ReserveEventMessage, 'seq' | 'receivedAt' | 'eventTime' | 'state'> & { readonly blockTime: EpochMs };
/** What an entry of a block can be, before it is published. */
export type Draft = Transfer | ReserveEvent;
/** What is published of the entries of blocks, and taken back with them. */
export type ChainMessage = TransferMessage | ReserveEventMessage;

/** How far a block is settled beyond being included. */
export type Settlement = 'safe' | 'final';

/** Why a node will not answer for a range of blocks at once. `blocks` is the width it says would work, where it says so. */
export interface RangeRefusal {
  readonly blocks?: number;
  readonly detail: string;
}

/** One call of a contract's function that changes nothing: the contract's address, and what it is called with (`0x` and hexadecimal digits). */
export interface ContractCall {
  readonly to: string;
  readonly data: string;
}

/** Who makes the blocks of a chain that elects its producers, as one node says. */
export interface ProducerTable {
  /** The schedule of blocks that are made now. */
  readonly scheduleVersion: number;
  readonly scheduled: readonly string[];
  /** Producers that may be voted in, each with its votes (>= 0, of any one unit). */
  readonly candidates: readonly { readonly producer: string; readonly votes: number }[];
  /** Whether those are all. */
  readonly complete: boolean;
}

/**
 * What a follower reads a chain through. Every method rejects with a `BreakwaterError`: `chain-mismatch` where a node contradicts what was asked (blocks or
 * entries of another block, another height), any other code where it fails.
 */
export interface ChainView<E extends Entry> {
  /** The block at a height, undefined when the node has none there. */
  block(number: number): Promise<Header | undefined>;
  /** The entries of watched tokens in one block. */
  entries(header: Header): Promise<readonly E[]>;
  /** The same of all blocks in [from, to]; absent where blocks can only be read one at a time. */
  readonly range?: (from: number, to: number) => Promise<Result<readonly E[], RangeRefusal>>;
  /** What contracts answered after a block, in the order of `calls`; undefined where a call failed in the contract. Absent where a family has no such calls. */
  readonly read?: (at: BlockRef, calls: readonly ContractCall[]) => Promise<readonly (string | undefined)[]>;
  /** Who makes its blocks now. Absent where a family does not elect them. */
  readonly producers?: () => Promise<ProducerTable>;
}

/** One node of a chain, as its family speaks to it. */
export interface ChainNode<E extends Entry> extends ChainView<E> {
  /** The host, never the whole address: that may hold a key. */
  readonly name: string;
  /** The CAIP-2 id of the chain that the node serves. */
  identity(): Promise<string>;
  /** The newest block the node has. */
  head(): Promise<Header>;
  /** The newest block the node calls safe or final, undefined when there is none yet; `unsupported` when the node knows no such thing. */
  settled(level: Settlement): Promise<BlockRef | undefined | 'unsupported'>;
  /** The entries of a block read in another way that accounts for the whole of the header's filter; undefined where the node has none or it does not. Asked for where the filter claims more than `entries` gave. */
  readonly accounted?: (header: Header) => Promise<readonly E[] | undefined>;
}

/** The identity of a transfer on its chain, the same before and after a reorganisation. */
export function transferKey(transfer: Pick<Entry, 'tx' | 'logIndex'>): string {
  return `${transfer.tx}:${transfer.logIndex}`;
}

/** The identity of what is published, the same before and after a reorganisation: one log may be a transfer and an event of several reserves. */
export function messageKey(message: Pick<ChainMessage, 'kind' | 'asset' | 'tx' | 'logIndex'>): string {
  return message.kind === 'transfer' ? transferKey(message) : `${message.asset}/${transferKey(message)}`;
}

/** The same message in another state. */
export function inState(message: ChainMessage, state: ReserveEventMessage['state']): ChainMessage {
  return message.kind === 'transfer' ? { ...message, state } : { ...message, state };
}
