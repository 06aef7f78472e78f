import { assert } from '../core/index.ts';

/** How often two losses are extreme together. */
export interface TailDependence {
  /** chi(u): the probability that one is beyond its u-quantile given that the other is, the geometric mean of both ways where ties leave them unlike numbers beyond; 1 - u when they are independent, 1 when they move as one. Its limit at u = 1 is above 0 only for tails that depend. */
  readonly chi: number;
  /** chi-bar(u), -1 to 1: 1 in the limit for tails that depend, below it (the correlation, for a normal pair) for those that part in the end. */
  readonly chiBar: number;
  /** Standard error of chi, binomial. */
  readonly error: number;
  /** Standard error of chi-bar, that of chi carried over; 0 where no pair is beyond. */
  readonly chiBarError: number;
  /** Pairs both of which are beyond their quantile. */
  readonly together: number;
}

/**
 * Estimates how two series of losses (one length, at least 20, finite) depend beyond their own `level` quantiles (0.95 by default), by ranks: chi = P(both beyond) / (1 - u) and chi-bar = 2 log(1 - u) / log P(both beyond) - 1. Source: Coles,
 * Heffernan and Tawn 1999, "Dependence measures for extreme value analyses", Extremes 2(4). What ties with a quantile is not beyond it; undefined
 * where nothing is. Both are figures at `level` and not limits: a Student's pair has a chi-bar well below 1 at any level that is seen, and a normal one a chi above 0. Errors take moments as independent. O(n log n).
 */
export function tailDependence(first: ArrayLike<number>, second: ArrayLike<number>, level: number = 0.95): TailDependence | undefined {
  const n = first.length;
  assert(n >= 20 && n === second.length && level > 0 && level < 1, `two series of one length and a level in (0, 1), got ${n}, ${second.length} and ${level}`);
  const beyond = Math.max(1, Math.round(n * (1 - level)));
  const [a, b] = [largest(first, beyond), largest(second, beyond)];
  if (a.size === 0 || b.size === 0) return undefined;
  let together = 0;
  for (const i of a) if (b.has(i)) together++;
  const size = Math.sqrt(a.size * b.size);
  const chi = together / size;
  const error = Math.sqrt((chi * (1 - chi)) / size);
  if (together === 0) return { chi, chiBar: -1, error, chiBarError: 0, together };
  const [alone, both] = [2 * Math.log(size / n), Math.log(together / n)];
  return { chi, chiBar: alone / both - 1, error, chiBarError: (-alone / (both * both)) * Math.sqrt((1 - together / n) / together), together };
}

/** Indices of the `count` largest values, without those that tie with the next. */
function largest(values: ArrayLike<number>, count: number): ReadonlySet<number> {
  const next = Float64Array.from(values).sort()[values.length - 1 - count] ?? -Infinity;
  const above = new Set<number>();
  for (let i = 0; i < values.length; i++) if ((values[i] ?? NaN) > next) above.add(i);
  return above;
}

/** P(T > x) of Student's t with a whole number of degrees, x >= 0 (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4). O(degrees). */
export function studentAbove(x: number, degrees: number): number {
  assert(x >= 0 && Number.isInteger(degrees) && degrees >= 1, `a number from 0 on and whole degrees, got ${x} and ${degrees}`);
  const theta = Math.atan(x / Math.sqrt(degrees));
  const [c, s] = [Math.cos(theta), Math.sin(theta)];
  const odd = degrees % 2 === 1;
  let [sum, term] = [0, odd ? c : 1];
  for (let k = odd ? 1 : 0; k <= degrees - 2; k += 2) {
    sum += term;
    term *= (c * c * (k + 1)) / (k + 2);
  }
  return 0.5 * (1 - (odd ? (2 / Math.PI) * (theta + s * sum) : s * sum));
}

/** The limit of chi for a Student's copula of a whole number of degrees and a correlation in (-1, 1): 2 P(T_(nu + 1) > sqrt((nu + 1) (1 - rho) / (1 + rho))). Source: Embrechts, McNeil and Straumann 2002; McNeil, Frey and Embrechts 2005, section 5.3. */
export function studentTailDependence(correlation: number, degrees: number): number {
  assert(correlation > -1 && correlation < 1, `a correlation in (-1, 1), got ${correlation}`);
  return 2 * studentAbove(Math.sqrt(((degrees + 1) * (1 - correlation)) / (1 + correlation)), degrees + 1);
}

/**
 * How much of the market's large falls an asset takes: the slope, through the origin, of its losses by the market's on the `level` worst share of the market's moments (0.95 by default). The direction of a joint scenario by one factor. O(n log n).
 */
export function downsideBeta(asset: ArrayLike<number>, market: ArrayLike<number>, level: number = 0.95): number {
  const n = market.length;
  assert(n >= 20 && n === asset.length && level > 0 && level < 1, `two series of one length and a level in (0, 1), got ${n}, ${asset.length} and ${level}`);
  let [products, squares] = [0, 0];
  for (const i of largest(market, Math.max(1, Math.round(n * (1 - level))))) {
    products += (asset[i] ?? NaN) * (market[i] ?? NaN);
    squares += (market[i] ?? NaN) ** 2;
  }
  return squares === 0 ? 0 : products / squares;
}
