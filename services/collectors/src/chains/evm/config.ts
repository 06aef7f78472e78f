import { z } from 'zod';
import { chainSettings, followDefaults, followSettings, holdsEnough, labelSetting, layered, type WatchedChain } from '../follow/config.ts';
import type { FeedConfig, SettlementRule } from '../follow/feed.ts';
import { isAddress } from '../labels.ts';
import { knownChain } from './known-chains.ts';

const address = z.string().transform((text) => text.toLowerCase()).refine(isAddress, '0x and 40 hexadecimal digits');
const positive = z.number().int().positive();
const natural = z.number().int().nonnegative();
const confirmations = z.strictObject({ confirmations: positive });

/** How an EVM chain is followed. Times are milliseconds, depths are blocks. What is absent is the chain's own default (`known-chains.ts`), else the family's. */
const feedSettings = z.strictObject({
  ...followSettings,
  singleBlocks: natural.describe('Blocks below the head that are read one by one, so that a reorganisation takes back no more than it must.'),
  finality: z.union([z.literal('finalized'), confirmations]).describe('What is final: by the node, or so many blocks below the head.'),
  safe: z.union([z.literal('safe'), z.literal('none'), confirmations]).describe('What is safe: by the node, so many blocks below the head, or nothing.'),
  confirmations: positive.describe('Blocks below the head that are final where the node does not know what is.'),
  backfillBlocks: positive.describe('Blocks asked for at once while catching up.'),
  maxLogsPerAnswer: positive.describe('The number of logs at which an answer is taken for cut off.'),
  bloom: z.enum(['exact', 'partial', 'none']).describe('How far the filters of blocks are trusted.'),
  pending: z.boolean().describe('Also publish transfers that wait to be mined, where a node tells them (state seen; never counted as deposits).'),
}).partial();

/** Defaults of the family. They suit Ethereum mainnet (12 s slots, https://ethereum.org/en/developers/docs/blocks/, 2026-11) and are design choices otherwise. */
const family = {
  ...followDefaults, settleEveryMs: 6_000, maxAnswerBytes: 32 * 1024 * 1024, maxReorgDepth: 64, singleBlocks: 64, heldBlocks: 256, maxHeldTransfers: 20_000,
  finality: 'finalized', safe: 'safe', confirmations: 64, backfillBlocks: 2_000, maxLogsPerAnswer: 10_000, bloom: 'partial', pending: false,
} as const;

type Written = z.infer<typeof feedSettings>;
/** How an EVM chain is followed: every setting has a value, but where to begin. */
export type EvmFeedConfig = { readonly [K in keyof typeof family]: Exclude<Written[K], undefined> } & Pick<Written, 'startBlock' | 'startAgoMs'> & { readonly quorum?: number | undefined };

const withDefaults = (...layers: readonly object[]): EvmFeedConfig => layered(...layers) as unknown as EvmFeedConfig;
const written = feedSettings.refine(...holdsEnough(family));

/** The settings of a feed with the family's defaults. */
export const evmFeedConfig = written.transform((feed) => withDefaults(family, feed));

/** The settings of a chain's feed: as written, else the chain's own, else the family's. */
export function feedOf(chain: string, feed: Written): EvmFeedConfig {
  return withDefaults(family, knownChain(chain)?.feed ?? {}, feed);
}

/** One EVM chain as it is written. Token contracts are listed under their assets (`watchedTokens` collects them); labels here win over those of `labelFiles` (paths read by the daemon). */
export const evmChainSettings = z.strictObject({
  family: z.literal('evm').default('evm'),
  ...chainSettings,
  labels: z.record(address, labelSetting).default({}),
  labelFiles: z.array(z.string().min(1)).default([]),
  feed: written.prefault({}),
});
/** One EVM chain of the config. */
export interface EvmChainConfig extends WatchedChain {
  readonly family: 'evm';
  readonly labelFiles: readonly string[];
  readonly feed: EvmFeedConfig;
}

/** What the shared feed is told of an EVM chain. */
export function toFeedConfig(config: EvmFeedConfig): FeedConfig {
  const { finality, safe, confirmations: blocks, maxLogsPerAnswer, ...rest } = config;
  const final: SettlementRule = finality === 'finalized' ? { kind: 'node', otherwise: blocks } : { kind: 'depth', blocks: finality.confirmations };
  const safeRule: SettlementRule = safe === 'none' ? { kind: 'none' } : safe === 'safe' ? { kind: 'node' } : { kind: 'depth', blocks: safe.confirmations };
  return { ...rest, maxEntriesPerAnswer: maxLogsPerAnswer, settlement: { final, safe: safeRule } };
}
