import type { EpochMs } from '@breakwater/models/core';
import type { Endpoint } from '../endpoint.ts';

/** A simulated chain as a driver sees it: the real node and the one in memory are driven the same way. Nothing is mined unless told. */
export interface ChainDriver {
  /** Base address for a collector: `http://127.0.0.1:<port>` of the real node; of the one in memory a name for the simulated network. */
  readonly url: string;
  /** The chain in memory is an endpoint; the real node has its own socket. */
  readonly endpoint: Endpoint | undefined;
  readonly chainId: number;
  /** Address of the deployed ERC-20, lower case. */
  readonly token: string;
  /** Queues a transfer of whole token units for the next block. Fails when the sender holds too little. */
  transfer(from: string, to: string, units: number): Promise<void>;
  /** Mines one block with everything queued; its time is `t` in whole seconds, at least one more than the block's before. */
  mineAt(t: EpochMs): Promise<ChainHead>;
  /** Replaces the last `depth` blocks by as many without transfers; with `reinclude` the transfers they held are queued for the next block. */
  reorg(depth: number, options?: { readonly reinclude?: boolean }): Promise<ChainHead>;
  head(): Promise<ChainHead>;
  /** Stops the node. Idempotent. */
  close(): Promise<void>;
}

/** The newest block. */
export interface ChainHead {
  readonly number: number;
  readonly hash: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** What a chain is made from. */
export interface ChainOptions {
  readonly chainId: number;
  /** Time of the first block, before the first transfer. */
  readonly genesisAt: EpochMs;
  readonly tokenName: string;
  readonly tokenSymbol: string;
  readonly holders: readonly { readonly address: string; readonly units: number }[];
  /** Blocks behind the head that `safe` is; `finalized` is twice as far. Default 4. */
  readonly safeDepth?: number;
}

/** Decimals of the simulated token. */
export const TOKEN_DECIMALS = 18;

/** The raw amount of whole token units. */
export function rawAmount(units: number): bigint {
  return BigInt(units) * 10n ** BigInt(TOKEN_DECIMALS);
}
