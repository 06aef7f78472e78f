import { assert } from '../core/index.ts';
import type { Delay } from './delay.ts';
import type { Settlement } from './settlement.ts';

/**
 * When capital arrives, as data: the delays (seconds, rising, Infinity: never) of parts of equal size, at the middles of equal slices of probability. A step function of them is within half a part of the law's.
 */
export interface ArrivalPlan {
  readonly delays: Float64Array;
}

/** `parts` (1 to 4,096) equal parts of what settles by a law: as the dynamic engine takes arrivals. */
export function arrivalPlan(delay: Delay, parts: number): ArrivalPlan {
  assert(Number.isSafeInteger(parts) && parts >= 1 && parts <= 4_096, `1 to 4,096 parts, got ${parts}`);
  return { delays: Float64Array.from({ length: parts }, (_, i) => delay.quantile((i + 0.5) / parts)) };
}

/** Capital of one kind on its way to a market. */
export interface CapitalOnTheWay {
  /** K_c, in any one unit. */
  readonly amount: number;
  /** t_e: when it set out, seconds. */
  readonly sentAt: number;
  readonly delay: Delay;
  /** The share that is held back, in [0, 1]: a halt of withdrawals. */
  readonly halt: number;
}

/** K(t) = K0 + sum over c of K_c F_c(t - t_e) (1 - halt): what is expected to be deployable at `t`. */
export function deployableCapital(start: number, onTheWay: readonly CapitalOnTheWay[], t: number): number {
  return onTheWay.reduce((sum, { amount, sentAt, delay, halt }) => sum + amount * (t >= sentAt ? delay.cdf(t - sentAt) : 0) * (1 - halt), start);
}

/** A fast way with a capacity that all share: what is taken comes back at `refillPerSecond`, up to `capacity`. */
export interface Bridge {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** One who wants through a bridge. */
export interface BridgeRequest {
  /** Seconds; may be any order, who asks first is served first and of equals who is listed first. */
  readonly at: number;
  readonly amount: number;
}

/** What of each request went through the bridge, in the order given; the rest has to take the slow way. First come, first served; O(n log n). */
export function consumeBridge({ capacity, refillPerSecond }: Bridge, requests: readonly BridgeRequest[]): readonly number[] {
  assert(capacity >= 0 && refillPerSecond >= 0, 'a bridge has a capacity and a refill that are not negative');
  assert(requests.every(({ amount }) => amount >= 0), 'nobody sends a negative amount');
  const order = requests.map((_, i) => i).sort((a, b) => (requests[a]?.at ?? 0) - (requests[b]?.at ?? 0) || a - b);
  const passed = requests.map(() => 0);
  let left = capacity;
  let last = -Infinity;
  for (const i of order) {
    const { at, amount } = requests[i] ?? { at: 0, amount: 0 };
    if (last > -Infinity) left = Math.min(capacity, left + refillPerSecond * (at - last));
    last = at;
    const taken = Math.min(left, amount);
    left -= taken;
    passed[i] = taken;
  }
  return passed;
}

/** After which times it is told how much capital is there, seconds: a quarter of an hour, an hour, a day [A]. */
export const deployedBySeconds = [900, 3_600, 86_400] as const;

/** Capital that is ready to set out through a ledger. */
export interface ReadyCapital {
  /** US dollars, >= 0. */
  readonly amount: number;
  /** What it shares the fast way with: those of one name share its capacity. */
  readonly via: string;
  readonly settlement: Pick<Settlement, 'fast' | 'fastCapacityUsd' | 'slow' | 'haltProbability'>;
}

/** What is on its way once all of it has set out at 0: by the fast way of its ledger what fits, who is listed first first, the rest by the slow one; what fits through neither stays where it is. O(n^2) in sources, which are few. */
export function sentThrough(ready: readonly ReadyCapital[]): readonly CapitalOnTheWay[] {
  return ready.flatMap(({ amount, via, settlement: { fast, fastCapacityUsd, slow, haltProbability: halt } }, i) => {
    const sharing = ready.slice(0, i + 1).filter((one) => one.via === via);
    const passed = fastCapacityUsd === null ? amount : (consumeBridge({ capacity: fastCapacityUsd, refillPerSecond: 0 }, sharing.map((one) => ({ at: 0, amount: one.amount }))).at(-1) ?? 0);
    const ways = [{ amount: passed, delay: fast }, ...(slow === null ? [] : [{ amount: amount - passed, delay: slow }])];
    return ways.flatMap((way) => (way.amount > 0 ? [{ ...way, sentAt: 0, halt }] : []));
  });
}
