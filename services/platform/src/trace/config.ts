import { z } from 'zod';
import { hostName, secret, section, url } from '../config/index.ts';
import { exemptHost, refusalOf } from '../network/outgoing.ts';

/** Where traces are sent, as OTLP over HTTP. */
export const otlpConfig = section({
  url: url(['https', 'http']).describe('Where OTLP/HTTP takes traces, with its path, as in https://collector.example:4318/v1/traces.'),
  sampleRatio: z.number().min(0).max(1).default(1).describe('Share of traces that are sent, 0 to 1; whole traces, the same ones from every process.'),
  serviceName: z.string().min(1).max(64).default('breakwater').describe('Name of this system among those that send there; two of one name would share traces.'),
  authorization: secret().optional().describe('The header Authorization of every request, e.g. Bearer and a key.'),
  allowHosts: z.array(hostName()).max(16).default([]).describe('Hosts that may be sent to although their address is private.'),
}).superRefine((config, context) => {
  // Schemes and user names are reported by the rule of `url` itself. The path of an address may hold a key: it is not quoted.
  const parsed = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') return;
  const refusal = refusalOf(parsed, exemptHost(parsed, config.allowHosts));
  if (refusal !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: `must be a public address (${refusal}); if it is meant, name its host in allowHosts`, params: { secret: true } });
});
/** Where traces are sent. */
export type OtlpConfig = z.infer<typeof otlpConfig>;
