import type { ChainHead } from './chain-driver.ts';

/** A transfer in a block. */
export interface MemoryTransfer {
  readonly tx: string;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly logIndex: number;
}

/** A block. Hashes are sha-256 of the contents and of the parent's hash: 32 bytes, unique, the same for the same history. */
export interface MemoryBlock extends ChainHead {
  readonly parentHash: string;
  readonly transfers: readonly MemoryTransfer[];
}
