import { defined, normalCdf } from '../../core/index.ts';
import { paretoQuantile, paretoThrough, sizeAt, type TailQuantile } from './quantile.ts';

/**
 * What differs from scenario to scenario, in the order of a point's coordinates; standard normal and independent [A]. Above 0 is the harmful side of each: larger
 * sales, the market moving against the positions, the asset following it more closely (then), thinner books, more positions, slower arbitrage (as a rule: it
 * spreads a sale), more hedges unwound, collateral worth less.
 */
export const FACTORS = ['shock', 'market', 'beta', 'kappa', 'density', 'latency', 'psi', 'depeg'] as const;
/** One of them. */
export type FactorName = (typeof FACTORS)[number];

/** How the factors' numbers become sizes. At 0 every factor but `shock` leaves the system as it is, and `shock` is the median sale. */
export interface FactorModel {
  /** Sale (purchase) of the asset within the horizon, units. */
  readonly shock: TailQuantile;
  /** Size of the market's own move over the horizon, log-price; down or up with probability 1/2 each. */
  readonly market: TailQuantile;
  /** What the asset's price moves for a move of the market by 1, log-price: lognormal, median >= 0, sigma >= 0. */
  readonly beta: { readonly median: number; readonly sigma: number };
  /** Standard deviation of the logarithm of the share of the (already withdrawing) depth that is there, median 1; >= 0. */
  readonly kappaSigma: number;
  /** Standard deviation of the logarithm of the quantity of positions at each trigger, median 1; >= 0: how uncertain the inferred density is. */
  readonly densitySigma: number;
  readonly latency: LatencyModel;
  /** Standard deviation of the log-odds of each hedge's share that is unwound; >= 0. */
  readonly psiSigma: number;
  /** A fall of the collateral's value: its probability, in [0, 1), and its size when it happens, -log of what is left. */
  readonly depeg: { readonly probability: number; readonly size: TailQuantile };
}

/**
 * How arbitrage capital arrives: a share of each edge's capacity is at both venues already, the rest is transferred with an exponential delay whose mean
 * is lognormal, and counts as far as it arrives within the horizon.
 */
export interface LatencyModel {
  /** Median of the mean delay, seconds, > 0. */
  readonly medianSeconds: number;
  /** Standard deviation of its logarithm, >= 0. */
  readonly sigma: number;
  /** Seconds, > 0. */
  readonly horizonSeconds: number;
  /** In [0, 1]. */
  readonly prepositioned: number;
}

/** What a point of factors means. */
export interface FactorValues {
  /** Sale of the asset, units, >= 0. */
  readonly saleUnits: number;
  /** The asset's move with the market, log-price, > 0 against the positions that are walked into (down for a sale). */
  readonly shift: number;
  /** Multiple of usable depth, > 0. */
  readonly depthScale: number;
  /** Multiple of positions, > 0. */
  readonly densityScale: number;
  /** Multiple of every edge's capacity, > 0: what arrives in time over what does at the median delay. */
  readonly capacityScale: number;
  /** Added to the log-odds of hedges' shares. */
  readonly hedgeLogOdds: number;
  /** Share of its value that the collateral loses, in [0, 1]. */
  readonly depeg: number;
}

/**
 * The default factors, all [A] and to be calibrated: sales with a Pareto tail of shape 0.5 through the given net sale, which one hour in a hundred exceeds; market
 * moves exponential with mean 0.4 % (about 4 % a day over 15 minutes); beta 1, log-deviation 0.3; depth 0.5; positions 0.4; transfers of a minute, half the capital
 * in place; log-odds of hedges 1; one depeg in a hundred horizons, Pareto of shape 0.5 and scale 5 % (for scale: USDe at 0.65 on Binance, 10 October 2025).
 */
export function defaultFactors(netSale99Units: number, horizonSeconds: number): FactorModel {
  return {
    shock: paretoThrough(netSale99Units, 0.01, 0.5), market: paretoQuantile(0.004 * Math.sqrt(horizonSeconds / 900), 0), beta: { median: 1, sigma: 0.3 },
    kappaSigma: 0.5, densitySigma: 0.4, latency: { medianSeconds: 60, sigma: 1, horizonSeconds, prepositioned: 0.5 }, psiSigma: 1,
    depeg: { probability: 0.01, size: paretoQuantile(0.05, 0.5) },
  };
}

/** What the point `z` (in the order of `FACTORS`) means under a model. */
export function factorValues(model: FactorModel, z: ArrayLike<number>): FactorValues {
  const of = (name: FactorName): number => defined(z[FACTORS.indexOf(name)], name);
  const market = of('market');
  // Both halves of the distribution have the size of one: symmetric, 0 at 0 for a tail that begins there.
  const move = Math.sign(market) * sizeAt(model.market, Math.min(1, 2 * normalCdf(-Math.abs(market))));
  return {
    saleUnits: Math.max(0, sizeAt(model.shock, normalCdf(-of('shock')))),
    shift: move * model.beta.median * Math.exp(model.beta.sigma * of('beta')),
    depthScale: Math.exp(-model.kappaSigma * of('kappa')), densityScale: Math.exp(model.densitySigma * of('density')),
    capacityScale: arrivingShare(model.latency, of('latency')) / arrivingShare(model.latency, 0),
    hedgeLogOdds: model.psiSigma * of('psi'), depeg: depegOf(model, normalCdf(-of('depeg'))),
  };
}

function arrivingShare({ medianSeconds, sigma, horizonSeconds, prepositioned }: LatencyModel, z: number): number {
  return prepositioned + (1 - prepositioned) * -Math.expm1(-horizonSeconds / (medianSeconds * Math.exp(sigma * z)));
}

function depegOf({ depeg }: FactorModel, survival: number): number {
  return survival >= depeg.probability ? 0 : -Math.expm1(-Math.max(0, sizeAt(depeg.size, survival / depeg.probability)));
}
