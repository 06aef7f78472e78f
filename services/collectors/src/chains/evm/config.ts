import { secretUrl, type Secret } from '@breakwater/platform/config';
import { z } from 'zod';
import type { FeedConfig, SettlementRule } from '../follow/feed.ts';
import { isAddress, isLabel } from '../labels.ts';
import { knownChain } from './known-chains.ts';

const address = z.string().transform((text) => text.toLowerCase()).refine(isAddress, '0x and 40 hexadecimal digits');
const positive = z.number().int().positive();
const natural = z.number().int().nonnegative();
const confirmations = z.strictObject({ confirmations: positive });

/** How an EVM chain is followed. Times are milliseconds, depths are blocks. What is absent is the chain's own default (`known-chains.ts`), else the family's. */
const feedSettings = z.strictObject({
  pollEveryMs: positive.describe('How often the head is asked for, at multiples of this since the epoch.'),
  stallAfterMs: positive.describe('No new block in this time is an incident.'),
  disagreeAfterMs: positive.describe('Endpoints that disagree for so long are an incident.'),
  lagAfterMs: positive.describe('An endpoint whose newest block is so much older than the newest known one is not asked for the head.'),
  watermarkDelayMs: natural.describe('How long after its timestamp a block may still reach us. Later ones are counted as late.'),
  settleEveryMs: positive.describe('How often it is asked which blocks are safe and final, at most.'),
  requestTimeoutMs: positive.describe('How long one request may take.'),
  maxAnswerBytes: positive.describe('The largest answer taken.'),
  backoffMs: positive.describe('First wait after a failure of an endpoint; it doubles up to maxBackoffMs and is drawn from the upper half.'),
  maxBackoffMs: positive.describe('Longest wait after a failure.'),
  quarantineMs: positive.describe('First quarantine of an endpoint that contradicts the others; it doubles up to maxQuarantineMs.'),
  maxQuarantineMs: positive.describe('Longest quarantine.'),
  deadAfterMs: positive.describe('An endpoint that has answered nothing for so long does not count when most must agree.'),
  maxReorgDepth: positive.describe('A deeper reorganisation is first taken for a bad node.'),
  singleBlocks: natural.describe('Blocks below the head that are read one by one, so that a reorganisation takes back no more than it must.'),
  heldBlocks: positive.describe('Hashes kept, so that a restart finds the common ancestor. At least maxReorgDepth.'),
  maxHeldTransfers: positive.describe('Transfers kept so that they can be retracted or made final; the oldest go first and are counted.'),
  quarantineRepeats: positive.describe('How often one node must repeat a deep reorganisation before it is believed, when no second node confirms it.'),
  finality: z.union([z.literal('finalized'), confirmations]).describe('What is final: by the node, or so many blocks below the head.'),
  safe: z.union([z.literal('safe'), z.literal('none'), confirmations]).describe('What is safe: by the node, so many blocks below the head, or nothing.'),
  confirmations: positive.describe('Blocks below the head that are final where the node does not know what is.'),
  backfillBlocks: positive.describe('Blocks asked for at once while catching up.'),
  maxLogsPerAnswer: positive.describe('The number of logs at which an answer is taken for cut off.'),
  bloom: z.enum(['exact', 'partial', 'none']).describe('How far the filters of blocks are trusted.'),
  pending: z.boolean().describe('Also publish transfers that wait to be mined, where a node tells them (state seen; never counted as deposits).'),
  startBehindBlocks: natural.describe('Where to begin without a checkpoint: so many blocks behind the head.'),
  startBlock: natural.describe('Where to begin without a checkpoint: this block.'),
  startAgoMs: positive.describe('Where to begin without a checkpoint: the first block at most so old.'),
}).partial();

/** Defaults of the family. They suit Ethereum mainnet (12 s slots, https://ethereum.org/en/developers/docs/blocks/, 2026-11) and are design choices otherwise. */
const family = {
  pollEveryMs: 2_000, stallAfterMs: 60_000, disagreeAfterMs: 10_000, lagAfterMs: 60_000, watermarkDelayMs: 6_000, settleEveryMs: 6_000,
  requestTimeoutMs: 10_000, maxAnswerBytes: 32 * 1024 * 1024, backoffMs: 500, maxBackoffMs: 30_000, quarantineMs: 30_000, maxQuarantineMs: 1_800_000, deadAfterMs: 20_000,
  maxReorgDepth: 64, singleBlocks: 64, heldBlocks: 256, maxHeldTransfers: 20_000, quarantineRepeats: 10,
  finality: 'finalized', safe: 'safe', confirmations: 64, backfillBlocks: 2_000, maxLogsPerAnswer: 10_000, bloom: 'partial', pending: false, startBehindBlocks: 0,
} as const;

type Written = z.infer<typeof feedSettings>;
/** How an EVM chain is followed: every setting has a value, but where to begin. */
export type EvmFeedConfig = { readonly [K in keyof typeof family]: Exclude<Written[K], undefined> } & Pick<Written, 'startBlock' | 'startAgoMs'> & { readonly quorum?: number | undefined };

function withDefaults(...layers: readonly object[]): EvmFeedConfig {
  return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer).filter(([, value]: readonly [string, unknown]) => value !== undefined))) as unknown as EvmFeedConfig;
}

const deepEnough = { rule: 'heldBlocks must be at least maxReorgDepth' } as const;
const holdsEnough = (feed: Written): boolean => (feed.heldBlocks ?? family.heldBlocks) >= (feed.maxReorgDepth ?? family.maxReorgDepth);
const written = feedSettings.refine(holdsEnough, { message: deepEnough.rule, path: ['heldBlocks'] });

/** The settings of a feed with the family's defaults. */
export const evmFeedConfig = written.transform((feed) => withDefaults(family, feed));

/** The settings of a chain's feed: as written, else the chain's own, else the family's. */
export function feedOf(chain: string, feed: Written): EvmFeedConfig {
  return withDefaults(family, knownChain(chain)?.feed ?? {}, feed);
}

/** An address that may hold a key: as a text, or in a file of its own. */
const endpoint = z.union([secretUrl(), z.strictObject({ url: secretUrl() }).transform(({ url }) => url)]);

/** Addresses of nodes, of any family. */
export const endpointList = z.array(endpoint).min(1).max(8).describe('Addresses of nodes: https://..., or url_file: a file that holds one. Only hosts are ever printed.');
/** How many endpoints must agree, of any family. */
export const quorumSetting = positive.max(8).optional().describe('Endpoints that must agree on a block and what it holds. Absent: more than half of those that are neither gone, in quarantine nor lagging.');

/** One EVM chain as it is written. Token contracts are listed under their assets (`watchedTokens` collects them); labels here win over those of `labelFiles` (paths read by the daemon). */
export const evmChainSettings = z.strictObject({
  family: z.literal('evm').default('evm'),
  endpoints: endpointList,
  quorum: quorumSetting,
  labels: z.record(address, z.string().refine(isLabel, '<category>:<name> in lower case')).default({}),
  labelFiles: z.array(z.string().min(1)).default([]),
  feed: written.prefault({}),
});
/** One EVM chain of the config. */
export interface EvmChainConfig {
  readonly family: 'evm';
  readonly endpoints: readonly Secret[];
  readonly quorum?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
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
