import { settlementClassNames, settlementProblems, type SettlementSpec } from '@breakwater/models/settlement';
import { secretUrl, type Secret } from '@breakwater/platform/config';
import { z } from 'zod';
import { isLabel } from '../labels.ts';

const positive = z.number().int().positive();
const natural = z.number().int().nonnegative();

/** How a chain of any family is followed: the settings that all families have. Times are milliseconds, depths are blocks. */
export const followSettings = {
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
  maxReorgDepth: positive.describe('A deeper reorganisation (a longer fork) is first taken for a bad node.'),
  heldBlocks: positive.describe('Block hashes kept, so that a restart finds the common ancestor. At least maxReorgDepth.'),
  maxHeldTransfers: positive.describe('Transfers kept so that they can be retracted or made final; the oldest go first and are counted.'),
  quarantineRepeats: positive.describe('How often one node must repeat a reorganisation deeper than maxReorgDepth before it is believed, when no second node confirms it.'),
  startBehindBlocks: natural.describe('Where to begin without a checkpoint: so many blocks behind the head.'),
  startBlock: natural.describe('Where to begin without a checkpoint: this block.'),
  startAgoMs: positive.describe('Where to begin without a checkpoint: the first block at most so old.'),
} as const;

/** Defaults in which the families do not differ (design assumptions). */
export const followDefaults = {
  pollEveryMs: 2_000, stallAfterMs: 60_000, disagreeAfterMs: 10_000, lagAfterMs: 60_000, watermarkDelayMs: 6_000,
  requestTimeoutMs: 10_000, backoffMs: 500, maxBackoffMs: 30_000, quarantineMs: 30_000, maxQuarantineMs: 1_800_000, deadAfterMs: 20_000,
  quarantineRepeats: 10, startBehindBlocks: 0,
} as const;

interface Depths {
  readonly heldBlocks: number;
  readonly maxReorgDepth: number;
}
type Written<T> = { readonly [K in keyof T]?: T[K] | undefined };
/** The rule, as arguments of `refine`, that a restart finds the common ancestor; what is not written is the family's. */
export function holdsEnough(family: Depths): readonly [check: (feed: Written<Depths>) => boolean, failure: { readonly message: string; path: string[] }] {
  return [(feed) => (feed.heldBlocks ?? family.heldBlocks) >= (feed.maxReorgDepth ?? family.maxReorgDepth), { message: 'heldBlocks must be at least maxReorgDepth', path: ['heldBlocks'] }];
}

/** The settings of several layers; in each, what is present wins over the layers before it. */
export function layered(...layers: readonly object[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer).filter(([, value]: readonly [string, unknown]) => value !== undefined)));
}

/** An address that may hold a key: as a text, or in a file of its own. */
const endpoint = z.union([secretUrl(), z.strictObject({ url: secretUrl() }).transform(({ url }) => url)]);
/** How capital settles through a chain: a class of ledger, and figures of it by the names that `breakwater settlement --json` lists. */
const settlement = z
  .object({ class: z.enum(settlementClassNames) })
  .catchall(z.number())
  .superRefine(({ class: name, ...figures }, context) => {
    for (const message of settlementProblems({ class: name, figures })) context.addIssue({ code: 'custom', message });
  })
  .transform(({ class: name, ...figures }): SettlementSpec => ({ class: name, figures }));
/** What is written of a chain of any family, besides how it is followed. */
export const chainSettings = {
  endpoints: z.array(endpoint).min(1).max(8).describe('Addresses of nodes: https://..., or url_file: a file that holds one. Only hosts are ever printed.'),
  quorum: positive.max(8).optional().describe('Endpoints that must agree on a block and what it holds. Absent: more than half of those that are neither gone, in quarantine nor lagging.'),
  settlement: settlement.optional().describe('How long capital takes through this chain to an exchange. Absent: what is known of the chain, else proof of stake with finality.'),
};
/** A label of an address or account. */
export const labelSetting = z.string().refine(isLabel, '<category>:<name> in lower case');

/** A chain of the config, of any family. */
export interface WatchedChain {
  readonly endpoints: readonly Secret[];
  readonly quorum?: number | undefined;
  readonly settlement?: SettlementSpec | undefined;
  readonly labels: Readonly<Record<string, string>>;
}
