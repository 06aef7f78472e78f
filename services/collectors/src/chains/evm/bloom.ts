import { keccak256 } from 'viem';
import type { Hex } from 'viem';
import { TRANSFER_TOPIC, type ChainLog } from './map.ts';
import type { Header } from '../follow/node.ts';

/**
 * How far a chain's block blooms can be trusted. `exact`: every log of the block is in it. `partial`: some are not, so that what it excludes may be there
 * all the same. `none`: not to be read. An all-zero filter beside logs is read as not given, whatever the chain.
 */
export type BloomTrust = 'exact' | 'partial' | 'none';

/** The three bits of a value, as [byte of the filter, mask]. */
type Bits = readonly (readonly [byte: number, mask: number])[];

/**
 * The bits that a value sets in the 2,048-bit filter of a block: three times eleven bits of its Keccak-256 (Ethereum yellow paper, section 4.3.1,
 * function M3:2048, https://ethereum.github.io/yellowpaper/paper.pdf). `value` is an address or a topic, `0x` and hexadecimal digits.
 */
export function bloomBits(value: string): Bits {
  const hash = keccak256(value as Hex).slice(2);
  return [0, 4, 8].map((at) => {
    const bit = Number.parseInt(hash.slice(at, at + 4), 16) & 2047;
    return [255 - (bit >> 3), 1 << (bit & 7)] as const;
  });
}

/** Whether a filter (`0x` and 512 digits) may hold a value; false is certain, true is not. */
export function mayHold(bloom: string, bits: Bits): boolean {
  return bits.every(([byte, mask]) => (Number.parseInt(bloom.slice(2 + 2 * byte, 4 + 2 * byte), 16) & mask) !== 0);
}

const EMPTY = /^0x0*$/;
const SHAPE = /^0x[0-9a-f]{512}$/;

/** What a block's filter says of logs that a node gave. */
export interface BloomCheck {
  /** Tokens that the filter claims and that have no log, in words; a filter claims some wrongly (a busy block's most of all). */
  missing(header: Header, logs: readonly ChainLog[]): string | undefined;
  /** A log that cannot be in the block, in words; only where filters are exact. */
  impossible(header: Header, logs: readonly ChainLog[]): string | undefined;
  /** Whether all that the filter claims is in these logs, which are to be all of the block; never without a usable filter. Costs three hashes or so per log. */
  accountedBy(header: Header, logs: readonly Pick<ChainLog, 'address' | 'topics'>[]): boolean;
}

/** Makes the check for the tokens watched. Costs one hash per token, once. */
export function createBloomCheck(addresses: readonly string[], trust: BloomTrust): BloomCheck {
  const topic = bloomBits(TRANSFER_TOPIC);
  const tokens = addresses.map((address) => ({ address, bits: bloomBits(address) }));
  const usable = (header: Header): string | undefined => (trust === 'none' || header.bloom === undefined || !SHAPE.test(header.bloom) || EMPTY.test(header.bloom) ? undefined : header.bloom);
  return {
    missing: (header, logs) => {
      const bloom = usable(header);
      if (bloom === undefined || !mayHold(bloom, topic)) return undefined;
      const claimed = tokens.find(({ address, bits }) => mayHold(bloom, bits) && !logs.some((log) => log.address === address));
      return claimed === undefined ? undefined : `the filter of block ${header.number} claims a transfer of ${claimed.address} and there is none`;
    },
    impossible: (header, logs) => {
      const bloom = usable(header);
      if (bloom === undefined || trust !== 'exact') return undefined;
      const found = tokens.find(({ address, bits }) => (!mayHold(bloom, bits) || !mayHold(bloom, topic)) && logs.some((log) => log.address === address));
      return found === undefined ? undefined : `the filter of block ${header.number} excludes the log of ${found.address}`;
    },
    accountedBy: (header, logs) => {
      const bloom = usable(header);
      if (bloom === undefined) return false;
      const left = Buffer.from(bloom.slice(2), 'hex');
      for (const value of new Set(logs.flatMap(({ address, topics }) => [address, ...topics]))) for (const [byte, mask] of bloomBits(value)) left[byte] = (left[byte] ?? 0) & ~mask;
      return left.every((byte) => byte === 0);
    },
  };
}
