import type { ConfigProblem } from '@breakwater/platform/config';
import { hostName, secretField, section } from '@breakwater/platform/config';
import { z } from 'zod';
import { isLoopback } from './loopback.ts';

/** What a token may do: `reader` everything that reads, `committee` writes too, `admin` also has the configuration reloaded. */
export const apiRole = z.enum(['reader', 'committee', 'admin']);
/** What a token may do. */
export type ApiRole = z.infer<typeof apiRole>;

/** One token. */
export const apiToken = section({
  name: z.string().regex(/^[A-Za-z0-9 ._-]{1,64}$/).describe('Whose it is; written beside what they do.'),
  role: apiRole.default('reader'),
  /** At least 24 characters. */
  ...secretField('token'),
});
/** One token. */
export type ApiToken = z.infer<typeof apiToken>;

/** The API and the console. */
export const apiConfig = section({
  enabled: z.boolean().default(true).describe('Whether the API and the console are served.'),
  host: hostName().default('127.0.0.1').describe('Address to listen on. Anything but loopback needs tokens, and TLS here or in front.'),
  port: z.number().int().min(0).max(65_535).default(8_710).describe('Port to listen on; 0 takes a free one.'),
  tokens: z.array(apiToken).max(256).default([]).describe('Who may read, write and reload the configuration. Without any, only this machine may, and may do all of it.'),
  tls: section({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional().describe('Certificate and key, PEM.'),
  behindProxy: z.boolean().default(false).describe('Whether a proxy in front ends TLS and passes on the caller’s address.'),
  /** Names under which the console is reached, besides `host` and loopback: other Host headers are refused. */
  allowHosts: z.array(hostName()).max(32).default([]).describe('Further names under which this server may be addressed.'),
  requestsPerMinute: z.number().int().min(10).max(100_000).default(600).describe('Requests of one caller in a minute.'),
  maxConnections: z.number().int().min(4).max(100_000).default(512).describe('Connections at once.'),
  maxStreams: z.number().int().min(1).max(10_000).default(128).describe('Live streams at once.'),
});
/** The API and the console. */
export type ApiConfig = z.infer<typeof apiConfig>;

/** Fewest characters of a token: with those of base64 more than 128 bits. */
const minTokenLength = 24;

/**
 * What is unsafe or contradictory in the settings of the API, each with its path below `alerting.api`; empty when it may be served so. A server
 * that others reach needs tokens, and TLS here or in front: a token sent in the clear is everybody's.
 */
export function apiProblems(config: ApiConfig): readonly ConfigProblem[] {
  if (!config.enabled) return [];
  const { host, tokens, tls, behindProxy } = config;
  const found: ConfigProblem[] = [];
  const isLocal = isLoopback(host);
  if (tokens.length === 0 && !isLocal) found.push({ path: 'tokens', rule: 'at least one token where host is not loopback', got: 'none' });
  if (tokens.length === 0 && behindProxy) found.push({ path: 'tokens', rule: 'at least one token behind a proxy, which lets others in', got: 'none' });
  if (!isLocal && tls === undefined && !behindProxy) found.push({ path: 'tls', rule: 'required (or behindProxy: true) where host is not loopback', got: 'nothing' });
  for (const [i, { name, token }] of tokens.entries()) {
    if (token.reveal().length < minTokenLength) found.push({ path: `tokens.${i}.token`, rule: `must have at least ${minTokenLength} characters`, got: '***' });
    if (!/^[A-Za-z0-9._~+/=-]*$/.test(token.reveal())) found.push({ path: `tokens.${i}.token`, rule: 'must be of letters, digits and . _ ~ + / = - (RFC 6750)', got: '***' });
    const first = tokens.findIndex((other) => other.token.reveal() === token.reveal() || other.name === name);
    if (first !== i) found.push({ path: `tokens.${i}`, rule: 'must differ from the others in name and token', got: `the name or token of tokens.${first}` });
  }
  return found;
}
