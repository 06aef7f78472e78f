import { hostName, secretField, section, url } from '@breakwater/platform/config';
import { exemptHost, refusalOf } from '@breakwater/platform/network/outgoing';
import { z } from 'zod';
import { isWebhookSecret } from './sign.ts';

/** One receiver of the signed webhook feed. */
export const webhookConfig = section({
  url: url(['https', 'http']).describe('Where events are posted.'),
  /** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64 (https://www.standardwebhooks.com, specification, "Signature scheme", read 2026-11). */
  ...secretField('secret'),
  /** Hosts of private or loopback addresses that may be posted to all the same, as written in `url`. */
  allowHosts: z.array(hostName()).max(16).default([]).describe('Hosts that may be posted to although their address is private.'),
  heartbeat: z.boolean().default(true).describe('Whether signs of life are posted too.'),
}).superRefine((config, context) => {
  // Said of the receiver as a whole, so that the rule reads the same for `secret` and `secret_file`. An empty one is reported by its own rule.
  const secret = config.secret.reveal();
  if (secret !== '' && !isWebhookSecret(secret)) context.addIssue({ code: 'custom', message: 'its secret must be whsec_ followed by 24 to 64 bytes in base64' });
  // Schemes and user names are reported by the rule of `url` itself. The path of an address may hold a key: it is not quoted.
  const parsed = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') return;
  const refusal = refusalOf(parsed, exemptHost(parsed, config.allowHosts));
  if (refusal !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: `must be a public address (${refusal}); if it is meant, name its host in allowHosts`, params: { secret: true } });
});
/** One receiver of the signed webhook feed. */
export type WebhookConfig = z.infer<typeof webhookConfig>;

/** Receivers by name; the outbox knows them as `webhook:<name>`. */
export const webhooksConfig = z.record(z.string().regex(/^[a-z0-9-]{1,32}$/), webhookConfig);
