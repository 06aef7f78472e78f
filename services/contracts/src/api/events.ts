import { z } from 'zod';
import { unit } from '../messages/common.ts';

/**
 * The CloudEvents 1.0 envelope (https://github.com/cloudevents/spec, v1.0.2, JSON format) in which machines receive warnings and heartbeats,
 * by webhook, file and `/v1/feed` alike.
 */
export const cloudEvent = z
  .object({
    specversion: z.literal('1.0'), type: z.enum(['io.breakwater.warning.v1', 'io.breakwater.heartbeat.v1']),
    /** The same on every try: a receiver that keeps the ids it has seen takes each event once. */
    id: z.string(), source: z.string(), time: z.string(), datacontenttype: z.literal('application/json'), data: z.record(z.string(), z.unknown()),
  })
  .readonly();
export type CloudEvent = z.infer<typeof cloudEvent>;

/** A heartbeat with its signature: ed25519 over the bytes of `payload`, so that it can be checked without agreeing on how JSON is written. */
export const signedHeartbeat = z
  .object({
    /** The JSON text of a `heartbeat` message, exactly as signed. */
    payload: z.string(),
    /** Base64. */
    signature: z.string(),
    /** First 16 hexadecimal digits of the SHA-256 of the raw public key; `/v1/key` has the key. */
    keyId: z.string(),
  })
  .readonly();
export type SignedHeartbeat = z.infer<typeof signedHeartbeat>;

/** A page of the feed: every revision of every warning after a cursor, in the order of commit. */
export const feedPage = z
  .object({
    events: z.array(cloudEvent).readonly(),
    /** Give it as `after` next time; the same as given when nothing came. */
    cursor: z.string(),
    /** Whether more follows at once. */
    more: z.boolean(),
    heartbeat: signedHeartbeat.nullable(),
  })
  .readonly();
export type FeedPage = z.infer<typeof feedPage>;

/** The public key that heartbeats are signed with. */
export const signingKey = z.object({ algorithm: z.literal('ed25519'), keyId: z.string(), /** Raw key, base64. */ publicKey: z.string() }).readonly();
export type SigningKey = z.infer<typeof signingKey>;

/** Body of an acknowledgement. */
export const acknowledgement = z.object({ note: z.string().max(500).optional() }).strict().readonly();
export type Acknowledgement = z.infer<typeof acknowledgement>;

/** Query of lists. */
export const queries = {
  feed: z.object({ after: z.string().regex(/^\d{1,15}$/).default('0'), limit: z.coerce.number().int().min(1).max(500).default(100) }).strict(),
  warnings: z.object({ asset: unit.asset.optional(), state: z.enum(['open', 'ended', 'all']).default('all'), before: z.string().regex(/^\d{1,15}$/).optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }).strict(),
  timeline: z.object({ hours: z.coerce.number().min(0.1).max(24 * 92).default(24), points: z.coerce.number().int().min(10).max(2_000).default(500) }).strict(),
  stream: z.object({ asset: unit.asset.optional() }).strict(),
} as const;
