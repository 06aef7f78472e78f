import type { Result } from '@breakwater/models/core';
import { assetId, err, ok } from '@breakwater/models/core';
import { z } from 'zod';
import { isAddress, isLabel } from '../labels.ts';
import type { WatchedToken } from './map.ts';

const address = z.string().transform((text) => text.toLowerCase()).refine(isAddress, '0x and 40 hexadecimal digits');
const positive = (byDefault: number): z.ZodDefault<z.ZodNumber> => z.number().int().positive().default(byDefault);

/** How an EVM chain is followed. Times are milliseconds, depths are blocks. The defaults suit Ethereum mainnet (12 s slots, https://ethereum.org/en/developers/docs/blocks/, 2026-11) and are design choices otherwise. */
export const evmFeedConfig = z.strictObject({
  /** How often the head is asked for, at multiples of this since the epoch. */
  pollEveryMs: positive(2_000),
  /** No new block in this time is an incident. */
  stallAfterMs: positive(60_000),
  /** How long after its timestamp a block may still reach us. The watermark is this far behind the moment the head was last asked for; later blocks are counted as late. */
  watermarkDelayMs: z.number().int().nonnegative().default(6_000),
  /** One request, and the largest answer taken. */
  requestTimeoutMs: positive(10_000),
  maxAnswerBytes: positive(32 * 1024 * 1024),
  /** First and longest wait after a failure; it doubles in between and is drawn from the upper half. */
  backoffMs: positive(500),
  maxBackoffMs: positive(30_000),
  /** A deeper reorganisation is first taken for a bad node. */
  maxReorgDepth: positive(64),
  /** Hashes kept, so that a restart finds the common ancestor. At least `maxReorgDepth`. */
  heldBlocks: positive(256),
  /** Transfers kept so that they can be retracted or made final; the oldest go first and are counted. */
  maxHeldTransfers: positive(20_000),
  /** How often one node must repeat a mismatch before it is believed, when no second node confirms it. */
  quarantineRepeats: positive(10),
  /** `finalized` asks the node; a number counts confirmations, also where the node does not know the tag. */
  finality: z.union([z.literal('finalized'), z.strictObject({ confirmations: z.number().int().positive() })]).default('finalized'),
  confirmations: positive(64),
  /** Blocks asked for at once while catching up, and the number of logs at which an answer is taken for cut off. */
  backfillBlocks: positive(2_000),
  maxLogsPerAnswer: positive(10_000),
  /** Where to begin without a checkpoint: a block, an age, or so many blocks behind the head. The first given wins. */
  startBlock: z.number().int().nonnegative().optional(),
  startAgoMs: z.number().int().positive().optional(),
  startBehindBlocks: z.number().int().nonnegative().default(0),
}).refine((feed) => feed.heldBlocks >= feed.maxReorgDepth, { message: 'heldBlocks must be at least maxReorgDepth', path: ['heldBlocks'] });
/** How an EVM chain is followed. */
export type EvmFeedConfig = z.infer<typeof evmFeedConfig>;

/** One EVM chain of the config. Token contracts are listed under their assets (`watchedTokens` collects them); labels here win over those of `labelFiles` (paths read by the daemon). */
export const evmChainConfig = z.strictObject({
  family: z.literal('evm').default('evm'),
  /** JSON-RPC addresses, in order of preference; a second one lets a disagreement be settled. */
  endpoints: z.array(z.url({ protocol: /^https?$/ })).min(1).max(8),
  labels: z.record(address, z.string().refine(isLabel, '<category>:<name> in lower case')).default({}),
  labelFiles: z.array(z.string().min(1)).default([]),
  feed: evmFeedConfig.prefault({}),
});
/** One EVM chain of the config. */
export type EvmChainConfig = z.infer<typeof evmChainConfig>;

/** The `chains:` part of the config, by CAIP-2 id (https://chainagnostic.org/CAIPs/caip-2), e.g. `eip155:1`. */
export const chainsConfig = z.record(z.string().regex(/^eip155:[1-9]\d{0,15}$/, 'a CAIP-2 id such as eip155:1'), evmChainConfig).default({});
/** The `chains:` part of the config. */
export type ChainsConfig = z.infer<typeof chainsConfig>;

/** A token contract as an asset of the config lists it. */
export interface ListedToken {
  readonly chain: string;
  readonly address: string;
  readonly decimals: number;
}

/** The tokens of one chain from the config's assets. Refuses what is not an address and an address that two assets claim. */
export function watchedTokens(chain: string, assets: Readonly<Record<string, { readonly tokens: readonly ListedToken[] }>>): Result<readonly WatchedToken[], string> {
  const tokens = new Map<string, WatchedToken>();
  for (const [asset, { tokens: listed }] of Object.entries(assets)) {
    for (const token of listed.filter((one) => one.chain === chain)) {
      const at = token.address.toLowerCase();
      if (!isAddress(at)) return err(`assets.${asset}.tokens: ${token.address} is not an address`);
      const other = tokens.get(at)?.asset;
      if (other !== undefined) return err(`assets.${asset}.tokens: ${at} is also a token of ${other}`);
      tokens.set(at, { asset: assetId(asset), address: at, decimals: token.decimals, symbol: asset });
    }
  }
  return ok([...tokens.values()]);
}
