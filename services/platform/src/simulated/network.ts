import type { EpochMs, Rng } from '@breakwater/models/core';
import { assert } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { HttpRequest, HttpResponse, Network } from '../network/index.ts';
import type { Endpoint } from './endpoint.ts';
import { createLink } from './link.ts';
import { openSimulatedSocket } from './socket.ts';

/** What a simulated network is made of. */
export interface SimulatedNetworkOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Bounds of the one-way latency, milliseconds, uniform; each socket keeps its order. */
  readonly latencyMs: readonly [min: number, max: number];
  /** The server behind a URL; undefined is a refused connection. */
  readonly resolve: (url: string) => Endpoint | undefined;
}

/** The network port over endpoints, on a simulated clock. */
export interface SimulatedNetwork extends Network {
  /**
   * Cuts hosts that match off until `until`: what is sent to or from them is held, in order, and arrives after that, as TCP resends it;
   * openings and requests that cannot wait so long time out.
   */
  partition(hostPattern: RegExp, until: EpochMs): void;
  /** Counters since the start. */
  stats(): SimulatedNetworkStats;
}

/** Counters of a simulated network. */
export interface SimulatedNetworkStats {
  readonly socketsOpened: number;
  readonly refused: number;
  /** Frames delivered to clients. */
  readonly framesDelivered: number;
  /** Sockets cut because more frames waited in one direction than a socket holds. */
  readonly overflowed: number;
  readonly requests: number;
}

/** Makes a network with no partition. Same seed, same calls at the same times: same deliveries. */
export function createSimulatedNetwork(options: SimulatedNetworkOptions): SimulatedNetwork {
  const { clock } = options;
  const [minMs, maxMs] = options.latencyMs;
  assert(minMs >= 0 && maxMs >= minMs, 'latencyMs: 0 <= min <= max');
  const stats = { socketsOpened: 0, refused: 0, framesDelivered: 0, overflowed: 0, requests: 0 };
  const partitions: { readonly pattern: RegExp; readonly until: number }[] = [];
  let sockets = 0;
  let requests = 0;

  const heldUntil = (host: string): number =>
    partitions.reduce((latest, p) => (p.pattern.test(host) ? Math.max(latest, p.until) : latest), 0);
  // Each socket and request draws from its own stream, so that one more frame on one never shifts another.
  const linkOf = (host: string, rng: Rng, onOverflow: () => void) =>
    createLink({ clock, latency: () => minMs + rng.next() * (maxMs - minMs), heldUntil: () => heldUntil(host), onOverflow });

  return {
    openSocket: (url, handlers, socketOptions = {}) => {
      const address = parse(url);
      const rng = options.rng.fork(`socket ${String(sockets++)}`);
      return openSimulatedSocket({
        clock, handlers, options: socketOptions, host: address?.host ?? url, path: address?.path ?? '/',
        endpoint: address === undefined ? undefined : options.resolve(url),
        link: (direction, onOverflow) => linkOf(address?.host ?? '', rng.fork(direction), onOverflow),
        stats,
      });
    },
    request: (request) => {
      const address = parse(request.url);
      const rng = options.rng.fork(`request ${String(requests++)}`);
      stats.requests++;
      const endpoint = address === undefined ? undefined : options.resolve(request.url);
      if (endpoint === undefined) stats.refused++;
      return simulateRequest(request, address ?? { host: request.url, path: '/' }, endpoint, clock, (direction) =>
        linkOf(address?.host ?? '', rng.fork(direction), () => undefined));
    },
    partition: (pattern, until) => {
      for (let i = partitions.length - 1; i >= 0; i--) if ((partitions[i]?.until ?? 0) <= clock.now()) partitions.splice(i, 1);
      // A global or sticky pattern would remember where it last matched.
      partitions.push({ pattern: new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')), until });
    },
    stats: () => ({ ...stats }),
  };
}

interface Address { readonly host: string; readonly path: string }

function parse(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return { host: parsed.host, path: parsed.pathname + parsed.search };
}

function simulateRequest(
  request: HttpRequest, address: Address, endpoint: Endpoint | undefined, clock: Clock,
  link: (direction: string) => { push(fn: () => void): void; close(): void },
): Promise<HttpResponse> {
  const what = `${request.method} ${address.host} failed`;
  return new Promise((resolve, reject) => {
    const up = link('up');
    const down = link('down');
    let settled = false;
    const finish = (act: () => void): void => {
      if (settled) return;
      settled = true;
      cancelTimeout();
      request.signal?.removeEventListener('abort', onAbort);
      up.close();
      down.close();
      act();
    };
    const fail = (error: BreakwaterError): void => finish(() => reject(error));
    const onAbort = (): void => fail(new BreakwaterError('aborted', `${what}: the caller stopped`));
    const timeoutMs = request.timeoutMs ?? 10_000;
    const cancelTimeout = clock.after(timeoutMs, () =>
      fail(new BreakwaterError('http-timeout', `${what}: no answer in ${String(timeoutMs)} ms`)));
    if (request.signal?.aborted === true) {
      onAbort();
      return;
    }
    request.signal?.addEventListener('abort', onAbort, { once: true });
    if (endpoint === undefined) {
      down.push(() => fail(new BreakwaterError('http-failed', `${what}: connection refused`)));
      return;
    }
    const answer = (response: HttpResponse): void => down.push(() => {
      const maxBytes = request.maxBytes ?? 32 * 1024 * 1024;
      if (Buffer.byteLength(response.body) > maxBytes) {
        fail(new BreakwaterError('http-too-large', `${what}: the answer is larger than ${String(maxBytes)} bytes`));
        return;
      }
      const headers = Object.fromEntries(Object.entries(response.headers).map(([k, v]) => [k.toLowerCase(), v]));
      finish(() => resolve({ status: response.status, headers, body: response.body }));
    });
    up.push(() => {
      const asked = { method: request.method, url: address.path, ...(request.body === undefined ? {} : { body: request.body }) };
      // A handler that throws is a server that cuts the connection.
      Promise.resolve().then(() => endpoint.request(asked)).then(answer, (error: unknown) =>
        down.push(() => fail(new BreakwaterError('http-failed', `${what}: ${messageOf(error)}`, { cause: error }))));
    });
  });
}
