import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Activity } from '../activity.ts';
import { BreakwaterError } from '../errors.ts';
import { failureReason } from './failures.ts';
import type { Outgoing, OutgoingRequest, OutgoingResponse } from './outgoing.ts';
import { exemptHost, hostOf, refusalOf, refusalOfAddress } from './outgoing.ts';

/** What guarded requests are made of. */
export interface NodeOutgoingOptions {
  /** Sent with every request. */
  readonly userAgent: string;
  /** Told of requests under way. */
  readonly activity?: Activity;
  /** Every address of a host name, IPv4 and IPv6; default the system's resolver, so that `/etc/hosts` counts as well. */
  readonly resolve?: (hostName: string) => Promise<readonly string[]>;
  /** Connects to the first of `addresses` that answers; default TCP. It is given addresses only, never a name. */
  readonly dial?: (addresses: readonly string[], port: number) => Socket;
  /** Certificates trusted in place of the system's, PEM. */
  readonly ca?: string;
}

const MAX_REDIRECTS = 3;
const MAX_ANSWER_BYTES = 65_536;
/** Once the status is known, the rest of an answer is awaited this long, so that a server that sends it slowly does not have its event sent twice. */
const DRAIN_MS = 1_000;
/** Addresses of one name that are tried. All are checked. */
const MAX_DIALLED = 8;
const REFUSED_RETRY_MS = 60_000;
const TIMED_OUT = 'timed out';
const credentials: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);

/**
 * Guarded requests over HTTP/1.1, one connection each. A name is resolved once a hop, every address it has must be public, and only those
 * very addresses are dialled: there is no second look-up that could answer otherwise. Certificates are checked against the name. Timeouts
 * use the system's timers, as those of `network/node` do. Messages name hosts and addresses only, never paths or queries, which may hold keys.
 */
export function createNodeOutgoing(options: NodeOutgoingOptions): Outgoing {
  return { post: (request) => post(request, options) };
}

async function post(request: OutgoingRequest, options: NodeOutgoingOptions): Promise<OutgoingResponse> {
  const first = URL.canParse(request.url) ? new URL(request.url) : undefined;
  const what = `POST ${first?.host ?? 'an unreadable address'} failed`;
  const timeoutMs = request.timeoutMs ?? 15_000;
  const endActivity = options.activity?.begin(what) ?? (() => undefined);
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  const timer = setTimeout(() => controller.abort(TIMED_OUT), timeoutMs);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted === true) controller.abort();
  try {
    if (first === undefined) throw refused(what, 'it is not an address');
    return await followRedirects(first, request, options, what, controller.signal);
  } catch (error) {
    if (error instanceof BreakwaterError) throw error;
    if (controller.signal.reason === TIMED_OUT) throw new BreakwaterError('http-timeout', `${what}: no answer in ${String(timeoutMs)} ms`);
    if (request.signal?.aborted === true) throw new BreakwaterError('aborted', `${what}: the caller stopped`);
    throw new BreakwaterError('http-failed', `${what}: ${failureReason(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    endActivity();
  }
}

async function followRedirects(first: URL, request: OutgoingRequest, options: NodeOutgoingOptions, what: string, signal: AbortSignal): Promise<OutgoingResponse> {
  const exempt = exemptHost(first, request.allowHosts ?? []);
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const via = redirects === 0 ? what : `${what} after a redirect`;
    const addresses = await checkedAddresses(url, exempt, options, via, signal);
    const answer = await exchange(url, addresses, { ...request, headers: headersFor(url, first, request.headers) }, options, signal);
    const location = answer.headers['location'];
    if ((answer.status !== 307 && answer.status !== 308) || location === undefined) return answer;
    if (redirects === MAX_REDIRECTS) throw new BreakwaterError('bad-answer', `${what}: redirected more than ${String(MAX_REDIRECTS)} times`);
    if (!URL.canParse(location, url.href)) throw refused(`${what} after a redirect`, 'it is not an address');
    const next = new URL(location, url);
    if (url.protocol === 'https:' && next.protocol === 'http:') throw refused(`${what} after a redirect`, 'it leads from https to http');
    url = next;
  }
}

function headersFor(url: URL, first: URL, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return url.origin === first.origin ? headers : Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.has(name.toLowerCase())));
}

function refused(what: string, why: string): BreakwaterError {
  return new BreakwaterError('address-refused', `${what}: the address is refused, ${why}`, { retryAfterMs: REFUSED_RETRY_MS });
}

/** The addresses that may be dialled for `url`: all that it has, or `address-refused`. */
async function checkedAddresses(url: URL, exempt: string | undefined, options: NodeOutgoingOptions, what: string, signal: AbortSignal): Promise<readonly string[]> {
  const why = refusalOf(url, exempt);
  if (why !== undefined) throw refused(what, why);
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await untilAborted((options.resolve ?? resolveBySystem)(host), signal) : [host];
  if (addresses.length === 0) throw new BreakwaterError('http-failed', `${what}: host name not found`);
  const notAddress = addresses.find((address) => isIP(address) === 0);
  if (notAddress !== undefined) throw refused(what, `${host} leads to ${notAddress}, which is no address`);
  if (host === exempt) return addresses;
  for (const address of addresses) {
    const reason = refusalOfAddress(address);
    if (reason !== undefined) throw refused(what, `${host} leads to what is not public: ${reason}`);
  }
  return addresses;
}

async function resolveBySystem(hostName: string): Promise<readonly string[]> {
  return (await lookup(hostName, { all: true, verbatim: true })).map(({ address }) => address);
}

/** Rejects when `signal` aborts, also when the work itself cannot be stopped. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Connects to the checked addresses, trying them in turn (RFC 8305, as Node does it). The name given to the socket leads nowhere by itself. */
function dialTcp(addresses: readonly string[], port: number): Socket {
  const checked = addresses.slice(0, MAX_DIALLED).map((address) => ({ address, family: isIP(address) }));
  const [first] = checked;
  return connect({
    host: 'checked.invalid', port, autoSelectFamily: true,
    lookup: (_name, terms, answer) => (terms.all === true ? answer(null, checked) : answer(null, first?.address ?? '', first?.family)),
  });
}

function openConnection(url: URL, addresses: readonly string[], options: NodeOutgoingOptions): Socket {
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const socket = (options.dial ?? dialTcp)(addresses, port);
  if (!secure) return socket;
  // The certificate must be that of the name, not of the address dialled. Server names have no dot at the end and are no addresses (RFC 6066, 3).
  const host = hostOf(url).replace(/\.$/, '');
  return connectTls({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}), ...(options.ca === undefined ? {} : { ca: options.ca }) });
}

/** One request and the head of its answer. */
function exchange(url: URL, addresses: readonly string[], { headers, body }: OutgoingRequest, options: NodeOutgoingOptions, signal: AbortSignal): Promise<OutgoingResponse> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      method: 'POST', path: `${url.pathname}${url.search}`, setHost: false, signal,
      // With a connection of its own no agent is used, and with it no proxy of the environment.
      createConnection: () => openConnection(url, addresses, options),
      headers: { ...headers, 'user-agent': options.userAgent, 'content-length': String(Buffer.byteLength(body)), host: url.host, connection: 'close' },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      // What was answered stands, also when the connection breaks afterwards.
      sent.off('error', reject).on('error', () => undefined);
      void drained(answer).then(() => {
        resolve({ status: answer.statusCode ?? 0, headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])) });
        sent.destroy();
      });
    });
    sent.end(body);
  });
}

/** Reads an answer to its end, its bound or its time, whichever comes first. Never rejects: the status says what became of the request. */
function drained(answer: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let read = 0;
    const timer = setTimeout(() => resolve(), DRAIN_MS);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    answer.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > MAX_ANSWER_BYTES) finish();
    });
    answer.on('error', finish);
    answer.on('close', finish);
  });
}
