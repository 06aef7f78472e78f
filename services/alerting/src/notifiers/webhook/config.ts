import { hostName, secretField, section, url } from '@breakwater/platform/config';
import { z } from 'zod';

/** One receiver of the signed webhook feed. */
export const webhookConfig = section({
  url: url(['https', 'http']).describe('Where events are posted.'),
  /** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64 (https://www.standardwebhooks.com, specification, "Signature scheme", read 2026-11). */
  ...secretField('secret'),
  /** Hosts of private or loopback addresses that may be posted to all the same, as written in `url`. */
  allowHosts: z.array(hostName()).max(16).default([]).describe('Hosts that may be posted to although their address is private.'),
  heartbeat: z.boolean().default(true).describe('Whether signs of life are posted too.'),
});
/** One receiver of the signed webhook feed. */
export type WebhookConfig = z.infer<typeof webhookConfig>;

/** Receivers by name; the outbox knows them as `webhook:<name>`. */
export const webhooksConfig = z.record(z.string().regex(/^[a-z0-9-]{1,32}$/), webhookConfig);
