import { z } from 'zod';
import { stamp, unit } from './common.ts';

/** Most producers that a message names, those with most votes first. */
export const mostProducers = 32;

/** How votes are spread over producers. */
export const votingShape = z
  .object({
    /** Producers with any vote. */
    voters: z.number().int().positive(),
    /** Sum of squared shares, 1/n to 1. */
    hhi: unit.ratio,
    /** Fewest with more than a third of the votes, and with more than half. */
    third: z.number().int().positive(), half: z.number().int().positive(),
  })
  .readonly();
export type VotingShape = z.infer<typeof votingShape>;

const whole = z.number().int().nonnegative();

/** Who makes the blocks of a chain that elects its producers by stake (DPoS), as its nodes said when its head was the block named. It is the same for every asset of the chain, and told for each. */
export const producersMessage = z
  .object({
    kind: z.literal('producers'), ...stamp, asset: unit.asset, chain: unit.chain, block: whole, blockHash: z.string(),
    /** Producers that may be voted in, and whether they are all there are: beyond a bound those with the fewest votes are not asked for. */
    candidates: whole, complete: z.boolean(),
    /** Producers whose turn it is to make blocks, and the version of that schedule. */
    scheduled: z.number().int().positive(), scheduleVersion: whole,
    /** Votes over all candidates, and over those that make blocks; null where nobody has a vote. */
    votes: votingShape.nullable(), scheduledVotes: votingShape.nullable(),
    /** Of all votes, what those that make blocks have, 0 to 1. */
    scheduledShare: unit.ratio,
    /** Those with most votes, each with its share of all votes. */
    top: z.array(z.object({ producer: z.string().min(1).max(13), share: unit.ratio, scheduled: z.boolean() }).readonly()).max(mostProducers).readonly(),
  })
  .readonly();
export type ProducersMessage = z.infer<typeof producersMessage>;
