import type { Rng } from '@breakwater/models/core';
import { assert } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import type { HttpResponse } from '../network/index.ts';
import type { Endpoint, EndpointPeer, EndpointSession } from './endpoint.ts';
import { corruptText } from './corrupt.ts';
import type { CorruptKind } from './corrupt.ts';

/**
 * What goes wrong at a server. Every number is a probability in [0, 1], drawn for each outgoing frame or each answer; what is left out
 * does not happen. TCP keeps the order within one socket, but clients do see repeated and reordered data across reconnects and from
 * servers behind a balancer: `duplicate` and `reorder` exist to prove the rules that put streams back together.
 */
export interface FaultPlan {
  readonly drop?: number;
  readonly duplicate?: number;
  /** Sends the frame after its successor, or after a second when none comes. */
  readonly reorder?: number;
  /** Holds the frame and what follows it back, uniform in `ms`. */
  readonly delay?: { readonly probability: number; readonly ms: readonly [min: number, max: number] };
  readonly corrupt?: {
    readonly probability: number;
    /** Default: all of them. */
    readonly kinds?: readonly CorruptKind[];
    /** Length an oversized frame is padded to; default 17 MiB, above the default limit of a socket. */
    readonly oversizeBytes?: number;
  };
  /** Ends the session instead of sending the frame. */
  readonly disconnect?: number;
  /** Acknowledges subscriptions and then sends nothing that matches. `acknowledgement` passes all the same; default `SUBSCRIPTION_ANSWER`. */
  readonly silence?: { readonly match: RegExp; readonly acknowledgement?: RegExp };
  /** New sockets are closed at once. */
  readonly refuse?: boolean;
  /** The server hangs: requests get no answer and sockets neither deliver nor are read until this is lifted, then everything held comes at once. */
  readonly stall?: boolean;
  readonly http?: {
    /** Status 429 with `retry-after`. */
    readonly rateLimited?: { readonly probability: number; readonly retryAfterSeconds: number };
    /** Status 500. */
    readonly serverError?: number;
    /** The body ends in the middle. */
    readonly truncate?: number;
  };
}

/** What a wrapper did, by kind. */
export type FaultKind =
  | 'drop' | 'duplicate' | 'reorder' | 'delay' | CorruptKind | 'disconnect' | 'silence' | 'refuse' | 'stall' | 'overflow'
  | 'rate-limited' | 'server-error' | 'truncated-body';

/** An endpoint that misbehaves. */
export interface FaultyEndpoint extends Endpoint {
  /** Replaces the plan, for open sessions too. */
  set(plan: FaultPlan): void;
  plan(): FaultPlan;
  /** Ends every open session, as a server that restarts. */
  disconnectAll(): void;
  /** How often each fault happened. */
  counts(): Readonly<Partial<Record<FaultKind, number>>>;
}

/**
 * Answers to subscriptions on the venues' feeds: `"event":"subscribe"` (OKX, Bitget, Gate), `"op":"subscribe"` (Bybit),
 * `"channel":"subscriptionResponse"` (Hyperliquid), `"method":"subscribe"` (Kraken); pages read 2026-11.
 */
export const SUBSCRIPTION_ANSWER = /"(?:event|op|channel|method|type)"\s*:\s*"(?:un)?subscri/i;

/** Frames one session holds back in one direction; one more and the session ends, as at a server that limits its send buffer. */
export const FAULT_BACKLOG = 10_000;

/** How long a reordered frame waits for a successor, milliseconds. */
const REORDER_HOLD_MS = 1_000;
/** WebSocket close code "service restart" (IANA WebSocket Close Code registry, read 2026-11): 1006 cannot be sent. */
const RESTART = 1012;

interface Shared {
  readonly clock: Clock;
  plan: FaultPlan;
  readonly count: (kind: FaultKind) => void;
  readonly sessions: Set<Session>;
}

/**
 * Wraps `endpoint`. Each session and the requests together draw from their own seeded stream, so the same seed and the same frames give
 * the same faults.
 */
export function withFaults(endpoint: Endpoint, plan: FaultPlan, deps: { readonly clock: Clock; readonly rng: Rng }): FaultyEndpoint {
  const counts: Partial<Record<FaultKind, number>> = {};
  const shared: Shared = { clock: deps.clock, plan, count: (kind) => void (counts[kind] = (counts[kind] ?? 0) + 1), sessions: new Set() };
  const httpRng = deps.rng.fork('http');
  let sessions = 0;
  let stalled: (() => void)[] = [];

  return {
    request: async (request) => {
      while (shared.plan.stall === true) {
        shared.count('stall');
        await new Promise<void>((resolve) => stalled.push(resolve));
      }
      return answer(shared, httpRng, () => endpoint.request(request));
    },
    accept: (path, peer) => {
      const rng = deps.rng.fork(`session ${String(sessions++)}`);
      if (shared.plan.refuse === true) {
        shared.count('refuse');
        peer.close(RESTART, 'refused');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      const session = createSession(shared, rng, peer, (toClient) => endpoint.accept(path, toClient));
      shared.sessions.add(session);
      return session;
    },
    set: (next) => {
      shared.plan = next;
      if (next.stall === true) return;
      const waiting = stalled;
      stalled = [];
      for (const wake of waiting) wake();
      for (const session of [...shared.sessions]) session.resume();
    },
    plan: () => shared.plan,
    disconnectAll: () => {
      for (const session of [...shared.sessions]) {
        shared.count('disconnect');
        session.cut('service restart');
      }
    },
    counts: () => ({ ...counts }),
  };
}

async function answer(shared: Shared, rng: Rng, ask: () => HttpResponse | Promise<HttpResponse>): Promise<HttpResponse> {
  const http = shared.plan.http ?? {};
  if (http.rateLimited !== undefined && rng.chance(http.rateLimited.probability)) {
    shared.count('rate-limited');
    return { status: 429, headers: { 'retry-after': String(http.rateLimited.retryAfterSeconds) }, body: '{"msg":"too many requests"}' };
  }
  if (http.serverError !== undefined && rng.chance(http.serverError)) {
    shared.count('server-error');
    return { status: 500, headers: {}, body: 'internal server error' };
  }
  const truncate = http.truncate !== undefined && rng.chance(http.truncate);
  const response = await ask();
  if (!truncate) return response;
  shared.count('truncated-body');
  return { ...response, body: response.body.slice(0, rng.int(Math.max(1, response.body.length))) };
}

interface Session extends EndpointSession {
  resume(): void;
  cut(reason: string): void;
}

function createSession(shared: Shared, rng: Rng, peer: EndpointPeer, open: (toClient: EndpointPeer) => EndpointSession): Session {
  let inner: EndpointSession | undefined;
  let ended = false;
  let inbox: (() => void)[] = [];

  const out = createOutbox(shared, rng, (text) => peer.send(text), () => cut('too many frames under way'));
  const end = (): void => {
    ended = true;
    inbox = [];
    out.close();
    shared.sessions.delete(session);
  };
  const cut = (reason: string): void => {
    if (ended) return;
    end();
    peer.close(RESTART, reason);
  };
  const toClient: EndpointPeer = {
    send: (text) => {
      if (ended) return;
      if (shared.plan.disconnect !== undefined && rng.chance(shared.plan.disconnect)) {
        shared.count('disconnect');
        cut('service restart');
        return;
      }
      out.send(text);
    },
    close: (code, reason) => {
      if (ended) return;
      out.flush();
      end();
      peer.close(code, reason);
    },
  };
  const take = (act: () => void): void => {
    if (ended) return;
    if (shared.plan.stall !== true) {
      act();
      return;
    }
    shared.count('stall');
    if (inbox.push(act) <= FAULT_BACKLOG) return;
    shared.count('overflow');
    cut('too many frames under way');
  };
  const session: Session = {
    onFrame: (text) => take(() => inner?.onFrame(text)),
    onClose: () => {
      end();
      inner?.onClose();
    },
    resume: () => {
      const held = inbox;
      inbox = [];
      for (const act of held) act();
      out.resume();
    },
    cut,
  };
  take(() => {
    inner = open(toClient);
  });
  return session;
}

interface Outbox {
  /** Applies the plan's faults to a frame and sends what is left of it. */
  send(text: string): void;
  resume(): void;
  /** Sends what is held back, except while the server hangs. */
  flush(): void;
  close(): void;
}

function createOutbox(shared: Shared, rng: Rng, deliver: (text: string) => void, onOverflow: () => void): Outbox {
  const { clock, count } = shared;
  let queue: { readonly at: number; readonly text: string }[] = [];
  let swapped: string | undefined;
  let cancelSwap = (): void => undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;
  const hits = (p: number | undefined): boolean => p !== undefined && rng.chance(p);

  const drain = (upTo: number): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    while (!closed && shared.plan.stall !== true) {
      const next = queue[0];
      if (next === undefined) return;
      if (next.at > upTo) {
        cancelTimer = clock.after(next.at - clock.now(), () => drain(clock.now()));
        return;
      }
      queue.shift();
      deliver(next.text);
    }
  };
  // Frames leave in the order they enter here, so a delayed one delays its successors.
  const enqueue = (text: string): void => {
    if (shared.plan.stall === true) count('stall');
    const { delay } = shared.plan;
    let at = Math.max(clock.now(), queue.at(-1)?.at ?? 0);
    if (delay !== undefined && rng.chance(delay.probability)) {
      count('delay');
      at = Math.max(at, clock.now() + delay.ms[0] + rng.next() * (delay.ms[1] - delay.ms[0]));
    }
    queue.push({ at, text });
    if (queue.length > FAULT_BACKLOG) {
      count('overflow');
      onOverflow();
    } else drain(clock.now());
  };
  const releaseSwapped = (): void => {
    cancelSwap();
    const text = swapped;
    swapped = undefined;
    if (text !== undefined && !closed) enqueue(text);
  };
  return {
    send: (text) => {
      const { plan } = shared;
      if (plan.silence !== undefined && matches(plan.silence.match, text) && !matches(plan.silence.acknowledgement ?? SUBSCRIPTION_ANSWER, text)) {
        count('silence');
        return;
      }
      if (hits(plan.drop)) {
        count('drop');
        return;
      }
      const corrupted = plan.corrupt !== undefined && rng.chance(plan.corrupt.probability) ? corruptText(text, plan.corrupt, rng) : undefined;
      if (corrupted !== undefined) count(corrupted.kind);
      const frame = corrupted?.text ?? text;
      if (swapped === undefined && hits(plan.reorder)) {
        count('reorder');
        swapped = frame;
        cancelSwap = clock.after(REORDER_HOLD_MS, releaseSwapped);
        return;
      }
      enqueue(frame);
      if (hits(plan.duplicate)) {
        count('duplicate');
        enqueue(frame);
      }
      releaseSwapped();
    },
    resume: () => drain(clock.now()),
    flush: () => {
      releaseSwapped();
      drain(Infinity);
    },
    close: () => {
      closed = true;
      queue = [];
      swapped = undefined;
      cancelSwap();
      cancelTimer?.();
    },
  };
}

function matches(pattern: RegExp, text: string): boolean {
  assert(!pattern.global && !pattern.sticky, 'a pattern of a fault plan must not be global or sticky');
  return pattern.test(text);
}
