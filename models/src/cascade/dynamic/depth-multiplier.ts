/**
 * How a book thins out when prices move and grows back. A market's liquidity is its ladder times the depth multiplier kappa; an execution moves the
 * displacement u away from the fundamental, and u decays.
 */
export interface DepthDynamics {
  /**
   * Volatility of log-returns over one second at which the ladder is as shown, > 0. Default 0.05 / sqrt(86,400) = 1.7e-4, that is 5 % a day, the static engine's
   * `sigmaDaily` [A].
   */
  readonly sigmaPerSecond: number;
  /** Exponent >= 0 of kappa = (sigma / sigma0)^-beta; 0: nobody withdraws. Default 1 (depth in proportion to 1 / volatility, Cont and Schaanning 2019). */
  readonly beta: number;
  /** Floor of kappa, in [0, 1]. Default 0.02, for large assets; 0 for microcaps, whose bids vanished for minutes on 10 October 2025 (Kaiko, 13 October 2025). */
  readonly kappaMin: number;
  /** Seconds in which half of the depth lost is back, > 0. Default 1,200: between 10 and 30 minutes [A]. */
  readonly recoveryHalfLife: number;
  /** rho of du = -rho u dt, per second, >= 0 (Obizhaeva and Wang 2013). Default 0.02: half of a displacement is gone after 35 s [A]. */
  readonly resilience: number;
  /** omega: the share of depth withdrawn when all makers were deleveraged, in [0, 1]. Default 0.5 [A]. */
  readonly adlWithdrawal: number;
}

/** The documented defaults. */
export const DEFAULT_DEPTH: DepthDynamics = {
  sigmaPerSecond: 0.05 / Math.sqrt(86_400), beta: 1, kappaMin: 0.02, recoveryHalfLife: 1_200, resilience: 0.02, adlWithdrawal: 0.5,
};

/** kappa = 1 and rho = 0 for ever: the book of the static engine. */
export const STATIC_DEPTH: DepthDynamics = { ...DEFAULT_DEPTH, beta: 0, kappaMin: 1, resilience: 0, adlWithdrawal: 0 };

/** Weight of the past in the variance's exponential average after a second: half-life 60 s. */
export const VARIANCE_DECAY: number = 2 ** (-1 / 60);

/** The variance of one-second log-returns after one more of them. */
export function nextVariance(variance: number, logReturn: number): number {
  return VARIANCE_DECAY * variance + (1 - VARIANCE_DECAY) * logReturn * logReturn;
}

/**
 * Where kappa is drawn to: max(kappaMin, (sigma / sigma0)^-beta), 1 at most since the ladder is what makers show in calm, times 1 - omega x `adlHit`, the
 * share of makers that auto-deleveraging has hit, in [0, 1].
 */
export function depthTarget(depth: DepthDynamics, variance: number, adlHit: number): number {
  const kept = 1 - depth.adlWithdrawal * adlHit;
  const ratio = variance / (depth.sigmaPerSecond * depth.sigmaPerSecond);
  if (depth.beta === 0 || ratio <= 1) return kept;
  const raw = depth.beta === 1 ? 1 / Math.sqrt(ratio) : ratio ** (-depth.beta / 2);
  return Math.max(depth.kappaMin, raw) * kept;
}

/** kappa one second on: down to its target at once, up to it by `regrowth` = 1 - 2^(-1 / half-life) of the way. */
export function nextKappa(kappa: number, target: number, regrowth: number): number {
  return target <= kappa ? target : kappa + (target - kappa) * regrowth;
}

/** The share of a gap that closes in a second when half of it closes in `halfLife` seconds; none when that is infinite. */
export function perSecond(halfLife: number): number {
  return 1 - 2 ** (-1 / halfLife);
}
