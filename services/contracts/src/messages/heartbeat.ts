import { z } from 'zod';
import { inputStatus, stamp, unit } from './common.ts';
import { severity } from './warning.ts';

/** What a heartbeat says of one asset. */
export const assetPulse = z
  .object({
    asset: unit.asset,
    /** Event time of the last score; null before the first. */
    lastScoreAt: unit.epochMs.nullable(),
    /** Event time of the last score with a price and a threshold or a book read exactly: one that could have warned. Null before the first. */
    lastGoodScoreAt: unit.epochMs.nullable(),
    /** Worst status among the inputs of the last score. */
    status: inputStatus,
    /** How many inputs of the last score have each status. */
    inputs: z.object({ exact: z.number().int(), inferred: z.number().int(), stale: z.number().int(), missing: z.number().int() }).readonly(),
    /** Names of inputs that are stale or missing, at most eight. */
    notKnown: z.array(z.string()).readonly(),
    /** Warnings that stand open, and the worst severity among them. */
    openWarnings: z.number().int(), worst: severity.nullable(),
  })
  .readonly();
export type AssetPulse = z.infer<typeof assetPulse>;

/**
 * Sent to every recipient at a fixed interval, so that silence is never mistaken for calm. `seq` counts up by one for each, also across
 * restarts. Not stored for later delivery: the next one replaces it.
 */
export const heartbeatMessage = z
  .object({
    kind: z.literal('heartbeat'), ...stamp,
    intervalSeconds: z.number().positive(),
    /** Time of the heartbeat before this one, also when that was before a restart; null for the first ever. */
    previousAt: unit.epochMs.nullable(),
    /** Recent stretches without heartbeats, newest last, at most 16: nobody watched then, or nothing could be sent. */
    gaps: z.array(z.object({ from: unit.epochMs, to: unit.epochMs }).readonly()).readonly(),
    assets: z.array(assetPulse).readonly(),
    /** Venue feeds and chains that are well, of those configured. */
    feeds: z.object({ ok: z.number().int(), total: z.number().int() }).readonly(),
    chains: z.object({ ok: z.number().int(), total: z.number().int() }).readonly(),
    modelVersion: z.string(),
  })
  .readonly();
export type HeartbeatMessage = z.infer<typeof heartbeatMessage>;
