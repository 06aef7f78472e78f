import type { Secret } from '@breakwater/platform/config';
import { z } from 'zod';
import { endpointList, quorumSetting } from '../evm/config.ts';
import type { FeedConfig } from '../follow/feed.ts';
import { isLabel } from '../labels.ts';
import { ACCOUNT } from '../tokens.ts';

const positive = z.number().int().positive();
const natural = z.number().int().nonnegative();

const feedSettings = z.strictObject({
  pollEveryMs: positive.describe('How often the head is asked for, at multiples of this since the epoch.'),
  stallAfterMs: positive.describe('No new block in this time is an incident.'),
  disagreeAfterMs: positive.describe('Endpoints that disagree for so long are an incident.'),
  lagAfterMs: positive.describe('An endpoint whose newest block is so much older than the newest known one is not asked for the head.'),
  watermarkDelayMs: natural.describe('How long after its timestamp a block may still reach us. Later ones are counted as late.'),
  settleEveryMs: positive.describe('How often it is asked which block is irreversible, at most.'),
  requestTimeoutMs: positive.describe('How long one request may take.'),
  maxAnswerBytes: positive.describe('The largest answer taken.'),
  backoffMs: positive.describe('First wait after a failure of an endpoint; it doubles up to maxBackoffMs and is drawn from the upper half.'),
  maxBackoffMs: positive.describe('Longest wait after a failure.'),
  quarantineMs: positive.describe('First quarantine of an endpoint that contradicts the others; it doubles up to maxQuarantineMs.'),
  maxQuarantineMs: positive.describe('Longest quarantine.'),
  deadAfterMs: positive.describe('An endpoint that has answered nothing for so long does not count when most must agree.'),
  maxReorgDepth: positive.describe('A longer fork is first taken for a bad node.'),
  heldBlocks: positive.describe('Block ids kept, so that a restart finds the common ancestor. At least maxReorgDepth.'),
  maxHeldTransfers: positive.describe('Transfers kept so that they can be retracted or made final; the oldest go first and are counted.'),
  quarantineRepeats: positive.describe('How often one node must repeat a long fork before it is believed, when no second node confirms it.'),
  readAhead: positive.max(64).describe('Blocks asked for at once while catching up.'),
  startBehindBlocks: natural.describe('Where to begin without a checkpoint: so many blocks behind the head.'),
  startBlock: natural.describe('Where to begin without a checkpoint: this block.'),
  startAgoMs: positive.describe('Where to begin without a checkpoint: the first block at most so old.'),
}).partial();

/**
 * Defaults of the family: a block each 0.5 s, irreversible after one to two seconds with Savanna consensus and about three minutes (360 blocks) with the
 * one before (https://docs.vaulta.com, consensus protocol; from memory, 2026-11), the longest ordinary fork twelve blocks of one producer.
 */
const family = {
  pollEveryMs: 2_000, stallAfterMs: 60_000, disagreeAfterMs: 10_000, lagAfterMs: 60_000, watermarkDelayMs: 6_000, settleEveryMs: 2_000,
  requestTimeoutMs: 10_000, maxAnswerBytes: 64 * 1024 * 1024, backoffMs: 500, maxBackoffMs: 30_000, quarantineMs: 30_000, maxQuarantineMs: 1_800_000, deadAfterMs: 20_000,
  maxReorgDepth: 400, heldBlocks: 1_024, maxHeldTransfers: 50_000, quarantineRepeats: 10, readAhead: 8, startBehindBlocks: 0,
} as const;

type Written = z.infer<typeof feedSettings>;
/** How an Antelope chain is followed: every setting has a value, but where to begin. */
export type AntelopeFeedConfig = { readonly [K in keyof typeof family]: number } & Pick<Written, 'startBlock' | 'startAgoMs'> & { readonly quorum?: number | undefined };

/** The settings of a chain's feed: as written, else the family's. */
export function antelopeFeedOf(feed: Written): AntelopeFeedConfig {
  return { ...family, ...(Object.fromEntries(Object.entries(feed).filter(([, value]) => value !== undefined)) as Partial<AntelopeFeedConfig>) };
}

/** One Antelope chain as it is written. Labels are by account name. */
export const antelopeChainSettings = z.strictObject({
  family: z.literal('antelope'),
  endpoints: endpointList,
  quorum: quorumSetting,
  labels: z.record(z.string().regex(ACCOUNT, 'an account name'), z.string().refine(isLabel, '<category>:<name> in lower case')).default({}),
  feed: feedSettings.refine((feed) => (feed.heldBlocks ?? family.heldBlocks) >= (feed.maxReorgDepth ?? family.maxReorgDepth), { message: 'heldBlocks must be at least maxReorgDepth', path: ['heldBlocks'] }).prefault({}),
});
/** One Antelope chain of the config. */
export interface AntelopeChainConfig {
  readonly family: 'antelope';
  readonly endpoints: readonly Secret[];
  readonly quorum?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly feed: AntelopeFeedConfig;
}

/** What the shared feed is told of an Antelope chain: blocks one by one, irreversible by the node's word. */
export function toFeedConfig(config: AntelopeFeedConfig): FeedConfig {
  // Block 1 begins the chain and holds no transfer; it is the one below the first that is read.
  return { ...config, firstBlock: 2, singleBlocks: 0, backfillBlocks: 1, maxEntriesPerAnswer: Infinity, settlement: { final: { kind: 'node' }, safe: { kind: 'none' } } };
}
