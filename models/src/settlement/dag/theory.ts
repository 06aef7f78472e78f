import { assert } from '../../core/index.ts';
import type { DelayLaw } from '../delay-law.ts';

/**
 * The stable number of unapproved transactions of a ledger in which `arrivals` transactions a second (> 0) each approve `approvals` >= 2 that were unapproved `delay` seconds ago: k lambda h / (k - 1); 2 lambda h for k = 2
 * (Popov, "The Tangle", 2018, section 3).
 */
export function stableTips(approvals: number, arrivals: number, delay: number): number {
  assert(Number.isSafeInteger(approvals) && approvals >= 2 && arrivals > 0 && delay > 0, 'two approvals or more, arrivals and delay above 0');
  return (approvals * arrivals * delay) / (approvals - 1);
}

/** Lambert's W on [0, infinity): the w with w e^w = x. Newton's method, to the last bits. */
export function lambertW(x: number): number {
  assert(x >= 0 && x < Infinity, `W is wanted at a number that is not negative, got ${x}`);
  let w = Math.log1p(x);
  for (let i = 0; i < 64; i++) {
    const e = Math.exp(w);
    const step = (w * e - x) / (e * (w + 1));
    w -= step;
    if (Math.abs(step) <= 1e-16 * Math.max(1, w)) break;
  }
  return w;
}

/** The rate a second at which the weight of a new transaction grows at first, when two are approved: W(1/2) / h = 0.351734 / h (Popov, section 3.1, gives 0.352). */
export function weightGrowth(delay: number): number {
  assert(delay > 0, 'a delay above 0');
  return lambertW(0.5) / delay;
}

/** Seconds until almost every new transaction approves an old one, directly or not: h ln(2 lambda h) / 0.352 (Popov, section 3.1); 0 where few arrive in a delay. */
export function adaptationSeconds(arrivals: number, delay: number): number {
  return Math.max(0, Math.log(2 * arrivals * delay) / weightGrowth(delay));
}

/** How long it takes until `weight` later transactions approve one: the adaptation, the delay until others see it, then one more with each arrival (a gamma law). */
export function dagConfirmation(arrivals: number, delay: number, weight: number): DelayLaw {
  return { kind: 'sum', parts: [{ kind: 'fixed', seconds: adaptationSeconds(arrivals, delay) + delay }, { kind: 'gamma', stages: Math.min(100_000, Math.max(1, Math.round(weight))), stageMean: 1 / arrivals }] };
}

/** Whether tips that need `required` approvals stay few when each message gives `approvals`: only when it gives more, since some are always wasted on what is approved already. */
export function isStable(approvals: number, required: number): boolean {
  return approvals > required;
}

/** What the claim is made of: messages a step (r), the largest delay in steps (d*), and the paper's r0. */
export interface ClaimedTerms {
  readonly messagesPerStep: number;
  readonly maxDelay: number;
  readonly r0: number;
}

/**
 * The bound that Theorem 1 of Rejeb and Reiffers-Masson, "On the stability of DAG-based distributed ledger with heterogeneous delays", claims for the expected number of messages with fewer than two approvers:
 * 7 (r d* + r r0). It is shown so that it can be held against its own model, for which it fails (`claim.ts`); nothing else may rest on it.
 */
export function claimedBound({ messagesPerStep: r, maxDelay, r0 }: ClaimedTerms): number {
  return 7 * (r * maxDelay + r * r0);
}

/**
 * The drift that its equation (3) gives when there are many tips, r - 4 r^2 / 3 a step, and the least that its Corollary 1 allows, -2 r: a step has r messages of two approvals each. Beyond r = 9/4 the first is below the
 * second, so that both cannot hold.
 */
export function claimedDrift(messagesPerStep: number): { readonly drift: number; readonly least: number } {
  const r = messagesPerStep;
  return { drift: r - (4 * r * r) / 3, least: -2 * r };
}
