import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '@breakwater/models/core';
import { Webhook } from 'standardwebhooks';

/** How far the time of an event may be from the receiver's, seconds, before it is taken for a replay (the tolerance of the Standard Webhooks libraries). */
export const timestampToleranceSeconds = 300;

/** The headers of Standard Webhooks (https://www.standardwebhooks.com, specification, "Webhook headers", read 2026-11). */
export interface WebhookHeaders {
  /** The same on every try. */
  readonly 'webhook-id': string;
  /** Whole seconds since the epoch, of this try. */
  readonly 'webhook-timestamp': string;
  /** `v1,` and the base64 of the HMAC-SHA256 of `<id>.<timestamp>.<body>`. */
  readonly 'webhook-signature': string;
}

/** Whether a text is a secret of Standard Webhooks: `whsec_` and the base64, with its padding, of 24 to 64 bytes. */
export function isWebhookSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (encoded === undefined) return false;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === encoded;
}

/** Signs a body at `now` with a secret that `isWebhookSecret`. */
export function signWebhook(secret: string, id: string, now: EpochMs, body: string): WebhookHeaders {
  const seconds = Math.floor(now / 1_000);
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': new Webhook(secret).sign(id, new Date(seconds * 1_000), body) };
}

/**
 * What is wrong with a request as a receiver at `now` sees it, or undefined: the check of the library's `Webhook.verify`, which reads the
 * machine's clock, for receivers whose time is simulated. Header names are lower case.
 */
export function webhookProblem(secret: string, headers: Readonly<Record<string, string>>, body: string, now: EpochMs): 'headers' | 'timestamp' | 'signature' | undefined {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (id === '' || signatures === '' || !/^\d{1,12}$/.test(timestamp)) return 'headers';
  if (Math.abs(Math.floor(now / 1_000) - Number(timestamp)) > timestampToleranceSeconds) return 'timestamp';
  const expected = Buffer.from(new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), body));
  const matches = signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return matches ? undefined : 'signature';
}
