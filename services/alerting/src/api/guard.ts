import type { Caller } from './access.ts';
import type { ApiRole } from './config.ts';
import { isLoopback } from './loopback.ts';
import type { Problem } from './problems.ts';

/** What the guard looks at of a request. */
export interface GuardedRequest {
  readonly method: string;
  readonly url: string;
  /** As the caller addressed this server, with port; behind a proxy what the proxy says of it. */
  readonly host: string | undefined;
  readonly protocol: string;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
}

/** Longest address, characters. */
export const maxUrl = 2_048;

/** The host name in a header `Host`, lower case, without port; undefined when it is none. */
export function hostNameOf(header: string | undefined): string | undefined {
  if (header === undefined || !/^[A-Za-z0-9.:[\]-]{1,260}$/.test(header) || !URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname;
}

/**
 * Refuses names a server without tokens is not known by: a page elsewhere whose name was made to point here (DNS rebinding) has its own name
 * in this header, and would otherwise read and write with the browser's help.
 */
export function checkHost(request: GuardedRequest, allowed: ReadonlySet<string>): Problem | null {
  const name = hostNameOf(request.host);
  return name !== undefined && (isLoopback(name) || allowed.has(name)) ? null : { code: 'wrong-host' };
}

/** The names under which a server may be addressed besides loopback, as `hostNameOf` gives them. */
export function allowedNames(host: string, allowHosts: readonly string[]): ReadonlySet<string> {
  const asName = (name: string): string => (name.includes(':') ? `[${name}]` : name).toLowerCase();
  return new Set([host, ...allowHosts].map(asName));
}

/** Refuses a request whose address is too long to be one of ours. */
export function checkUrl(request: GuardedRequest): Problem | null {
  return request.url.length > maxUrl ? { code: 'address-too-long' } : null;
}

/** Whether a request changes something. */
export function isWrite(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Roles, each with what the ones before it may do. */
const ranks: readonly ApiRole[] = ['reader', 'committee', 'admin'];

/** Refuses a caller whose role is not enough for a route; what is not a read needs `committee`, whatever the route. */
export function checkRole(request: GuardedRequest, caller: Caller, needed: ApiRole): Problem | null {
  const least = needed === 'reader' && isWrite(request.method) ? 'committee' : needed;
  return ranks.indexOf(caller.role) >= ranks.indexOf(least) ? null : { code: 'wrong-role' };
}

/**
 * Refuses writes that a page of another origin could make a browser send (cross-site request forgery): the body must be declared as JSON, which
 * such a page may not without being asked first, and where the browser names an origin it must be this server's. Behind a proxy
 * that ends TLS the scheme is not known for sure, so only name and port are compared.
 */
export function checkWrite(request: GuardedRequest, behindProxy: boolean): Problem | null {
  if (!isWrite(request.method)) return null;
  if (!/^application\/json *(;|$)/i.test(request.contentType ?? '')) return { code: 'wrong-content-type' };
  return request.origin === undefined || isOwnOrigin(request.origin, request, behindProxy) ? null : { code: 'wrong-origin' };
}

function isOwnOrigin(origin: string, request: GuardedRequest, behindProxy: boolean): boolean {
  if (hostNameOf(request.host) === undefined || !URL.canParse(origin)) return false;
  const given = new URL(origin);
  const schemes = behindProxy ? ['http:', 'https:'] : [`${request.protocol}:`];
  // Each scheme has its own usual port, which `host` leaves out.
  return schemes.includes(given.protocol) && given.host === new URL(`${given.protocol}//${request.host ?? ''}`).host;
}
