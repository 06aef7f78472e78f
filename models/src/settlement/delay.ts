import type { Rng } from '../core/index.ts';

/** A delay ready for use. */
export interface Delay {
  /** One delay, seconds; Infinity where it never ends. */
  sample(rng: Rng): number;
  /** The probability that it is over within `t` seconds, in [0, 1]; its limit may be below 1. `t` may be Infinity. */
  cdf(t: number): number;
  /** The shortest time within which it is over with probability `p` in [0, 1], to 1e-9 of itself; Infinity where there is none. */
  quantile(p: number): number;
  /** By how much `cdf` may be off: 0 but for sums. */
  readonly error: number;
}
