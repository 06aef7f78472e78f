/**
 * Requests to addresses that people configure or that answers lead to, as a port: guarded, so that no address, name or redirect makes the
 * daemon ask a machine of its own network. `network/outgoing-node` is the adapter.
 */
import type { AddressReading } from './addresses.ts';
import { classifyAddress } from './addresses.ts';

export type { AddressKind, AddressReading } from './addresses.ts';
export { classifyAddress } from './addresses.ts';

/** Guarded requests. */
export interface Outgoing {
  /**
   * Posts `body`, following at most three redirects of the kinds that keep method and body (307, 308), each checked as the first address
   * was. Resolves with any other status. Rejects with a `BreakwaterError`: `address-refused`, `http-failed`, `http-timeout`, `bad-answer`
   * (redirects without end), `aborted`. What the answer holds is read, up to 64 kB, and thrown away.
   */
  post(request: OutgoingRequest): Promise<OutgoingResponse>;
}

/** One guarded request. */
export interface OutgoingRequest {
  /** Absolute, `http` or `https`, without user name and password. */
  readonly url: string;
  /**
   * Sent again after a redirect, also to another host, and so is the body: of a signed event both are meant for whomever the receiver
   * names, and neither holds a secret. `authorization`, `proxy-authorization` and `cookie` go to the first origin only.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Hosts that may have addresses that are not public. Exempt is only the host of `url`, when it is one of them; never where a redirect leads to another host. */
  readonly allowHosts?: readonly string[];
  /** For everything together: names, connections, redirects. Default 15,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The head of an answer. Header names are lower case. */
export interface OutgoingResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The host of `url` as addresses and names are compared: lower case, IPv6 without brackets, every notation of an IPv4 address in its usual one. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The host of `url` if it is one of `allowHosts`, compared as `hostOf` writes both. */
export function exemptHost(url: URL, allowHosts: readonly string[]): string | undefined {
  const host = hostOf(url);
  return allowHosts.some((allowed) => hostWritten(allowed) === host) ? host : undefined;
}

function hostWritten(host: string): string | undefined {
  const written = `http://${host.includes(':') ? `[${host}]` : host}/`;
  return URL.canParse(written) ? hostOf(new URL(written)) : undefined;
}

/** Why `url` may not be asked, as far as its text alone says, or undefined. `exempt` is the host that may be private. */
export function refusalOf(url: URL, exempt: string | undefined): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `its scheme is ${url.protocol.slice(0, -1)}, not http or https`;
  if (url.username !== '' || url.password !== '') return 'it holds a user name or password';
  const host = hostOf(url);
  if (host === exempt) return undefined;
  // RFC 6761, 6.3: such a name is this machine, whatever a name server says.
  if (/(^|\.)localhost\.*$/.test(host)) return `${host} is this machine`;
  const reading = classifyAddress(host);
  return reading.kind === 'unreadable' ? undefined : refusalOfReading(host, reading);
}

/** Why an address may not be connected to, or undefined when it is public. */
export function refusalOfAddress(address: string): string | undefined {
  return refusalOfReading(address, classifyAddress(address));
}

function refusalOfReading(address: string, reading: AddressReading): string | undefined {
  if (reading.kind === 'public') return undefined;
  return reading.kind === 'unreadable' ? `${address} is no address` : `${address} is not public: ${reading.kind}, ${reading.block}`;
}
