import type { Rng } from '@breakwater/models/core';
import { assert } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { corruptText } from './corrupt.ts';
import type { FaultKind, FaultPlan } from './fault-plan.ts';

/**
 * Answers to subscriptions on the venues' feeds: `"event":"subscribe"` (OKX, Bitget, Gate), `"op":"subscribe"` (Bybit),
 * `"channel":"subscriptionResponse"` (Hyperliquid), `"method":"subscribe"` (Kraken); pages read 2026-11.
 */
export const SUBSCRIPTION_ANSWER = /"(?:event|op|channel|method|type)"\s*:\s*"(?:un)?subscri/i;

/** Frames one session holds back in one direction; one more and the session ends, as at a server that limits its send buffer. */
export const FAULT_BACKLOG = 10_000;

/** How long a reordered frame waits for a successor, milliseconds. */
const REORDER_HOLD_MS = 1_000;

/** What a misbehaving server has sent to one client and holds back. */
export interface Outbox {
  /** Applies the plan's faults to a frame and sends what is left of it. */
  send(text: string): void;
  resume(): void;
  /** Sends what is held back, except while the server hangs. */
  flush(): void;
  close(): void;
}

/** What outboxes share: a plan that may be replaced at any time, and the counts of what was done by it. */
export interface OutboxDeps {
  readonly clock: Clock;
  readonly plan: FaultPlan;
  readonly count: (kind: FaultKind) => void;
}

/** Makes the outbox of one session. More than `FAULT_BACKLOG` frames held back are told by `onOverflow`. */
export function createOutbox(shared: OutboxDeps, rng: Rng, deliver: (text: string) => void, onOverflow: () => void): Outbox {
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
