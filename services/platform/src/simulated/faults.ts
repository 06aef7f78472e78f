import type { Rng } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import type { HttpResponse } from '../network/index.ts';
import type { Endpoint, EndpointPeer, EndpointSession } from './endpoint.ts';
import { createOutbox, FAULT_BACKLOG, type OutboxDeps } from './fault-outbox.ts';
import type { FaultKind, FaultPlan } from './fault-plan.ts';

export { FAULT_BACKLOG, SUBSCRIPTION_ANSWER } from './fault-outbox.ts';
export type * from './fault-plan.ts';

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

/** WebSocket close code "service restart" (IANA WebSocket Close Code registry, read 2026-11): 1006 cannot be sent. */
const RESTART = 1012;

interface Shared extends OutboxDeps {
  plan: FaultPlan;
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
