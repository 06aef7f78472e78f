import { z } from 'zod';
import { chainSettings, followDefaults, followSettings, holdsEnough, labelSetting, layered, type WatchedChain } from '../follow/config.ts';
import type { FeedConfig } from '../follow/feed.ts';
import { ACCOUNT } from '../tokens.ts';

const feedSettings = z
  .strictObject({
    ...followSettings,
    readAhead: z.number().int().positive().max(64).describe('Blocks asked for at once while catching up.'),
    producersEveryMs: z.number().int().min(10_000).describe('How often it is read who makes the blocks: elections take effect every two minutes or so, votes move within days.'),
  })
  .partial();

/**
 * Defaults of the family: a block each 0.5 s, irreversible after one to two seconds with Savanna consensus and about three minutes (360 blocks) with the
 * one before (https://docs.vaulta.com, consensus protocol; from memory, 2026-11), the longest ordinary fork twelve blocks of one producer.
 */
const family = { ...followDefaults, settleEveryMs: 2_000, maxAnswerBytes: 64 * 1024 * 1024, maxReorgDepth: 400, heldBlocks: 1_024, maxHeldTransfers: 50_000, readAhead: 8, producersEveryMs: 600_000 } as const;

type Written = z.infer<typeof feedSettings>;
/** How an Antelope chain is followed: every setting has a value, but where to begin. */
export type AntelopeFeedConfig = { readonly [K in keyof typeof family]: number } & Pick<Written, 'startBlock' | 'startAgoMs'> & { readonly quorum?: number | undefined };

/** The settings of a chain's feed: as written, else the family's. */
export function antelopeFeedOf(feed: Written): AntelopeFeedConfig {
  return layered(family, feed) as unknown as AntelopeFeedConfig;
}

/** One Antelope chain as it is written. Labels are by account name. */
export const antelopeChainSettings = z.strictObject({
  family: z.literal('antelope'),
  ...chainSettings,
  labels: z.record(z.string().regex(ACCOUNT, 'an account name'), labelSetting).default({}),
  producers: z.boolean().default(true).describe('Whether it is read who makes its blocks, and with how many votes.'),
  feed: feedSettings.refine(...holdsEnough(family)).prefault({}),
});
/** One Antelope chain of the config. */
export interface AntelopeChainConfig extends WatchedChain {
  readonly family: 'antelope';
  readonly producers: boolean;
  readonly feed: AntelopeFeedConfig;
}

/** What the shared feed is told of an Antelope chain: blocks one by one, irreversible by the node's word. */
export function toFeedConfig(config: AntelopeFeedConfig): FeedConfig {
  // Block 1 begins the chain and holds no transfer; it is the one below the first that is read.
  return { ...config, firstBlock: 2, singleBlocks: 0, backfillBlocks: 1, maxEntriesPerAnswer: Infinity, settlement: { final: { kind: 'node' }, safe: { kind: 'none' } } };
}
