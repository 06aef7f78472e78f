/**
 * How market makers withdraw as the price moves: kappa = max(kappaMin, (1 + |ln(p0/p)| / (sigma_d sqrt(tau)))^-beta) is
 * the share of the depth shown at p that is still there when the price gets to it. `kappaMin` in [0, 1], `beta` >= 0
 * (0: nobody withdraws; prior 1 after Cont and Schaanning 2019), `sigmaDaily` > 0 the daily volatility of log-returns.
 */
export interface Withdrawal {
  readonly kappaMin: number;
  readonly beta: number;
  readonly sigmaDaily: number;
}

/** Nobody withdraws: every shown lot is usable. */
export const NO_WITHDRAWAL: Withdrawal = { kappaMin: 1, beta: 0, sigmaDaily: 0.05 };

/** The time makers are taken to react within, tau = 5 minutes, in days. */
const REACTION_DAYS = 5 / 1440;

/** kappa at `price` for a market whose best price is `best`, both > 0 in the same unit (ticks will do). In [kappaMin, 1]. */
export function kappa(withdrawal: Withdrawal, best: number, price: number): number {
  if (withdrawal.beta === 0 || withdrawal.kappaMin >= 1) return 1;
  const moves = Math.abs(Math.log(best / price)) / (withdrawal.sigmaDaily * Math.sqrt(REACTION_DAYS));
  return Math.max(withdrawal.kappaMin, (1 + moves) ** -withdrawal.beta);
}
