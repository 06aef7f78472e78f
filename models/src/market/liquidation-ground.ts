import { assert, z95 } from '../core/index.ts';
import type { LiquidationTotal } from './liquidation-sample.ts';

/**
 * Totals of liquidations where a venue publishes the last order of each window, from the ground the mark covers. Forced orders come in clusters: none fires until the mark goes where it has not been
 * lately, and then all that are waiting there fire within a second. So which windows have an order says how dense positions are, when it is compared with how far the mark went in each: small steps
 * tell the density, and the density tells how many orders were behind the one that was published in a large step. Windows alone, taken for a Poisson process in time, find a third of a cascade.
 */

/** Windows of one side in which the mark went about equally far beyond its extreme. */
export interface GroundBin {
  /** Windows in the bin, and the sum over them of the new ground: log-price beyond the lowest mark of late (long positions) or the highest (short ones), >= 0. */
  readonly windows: number;
  readonly ground: number;
  /** Windows with an order of the side, at most `windows`. */
  readonly published: number;
}

/** What a venue published of one side. */
export interface GroundSample {
  readonly bins: readonly GroundBin[];
  /** Orders published (one a window), and the sum of their sizes and of the squares. */
  readonly count: number;
  readonly volume: number;
  readonly squares: number;
}

/**
 * How unevenly positions lie: orders in a window are negative binomial with variance mean (1 + kappa mean). Before anything is seen kappa is exponential with mean 0.5 [A]: positions are opened
 * independently of each other, and only their density changes along the price. `[kappa, weight]`.
 */
const unevenness = [[0.05, 0.21], [0.2, 0.28], [0.5, 0.28], [1, 0.19], [2, 0.04]] as const;
/** Leverages are round numbers and entries bunch: the density of a region of this width in log-price differs from the mean by a relative variance of this [A]. */
const [regionWidth, regionMisfit] = [0.01, 0.25];
/** Grids of densities and of rates without new ground: steps, and how far they reach below and above what a first look says, in logarithm. */
const densities = { steps: 31, below: 2, above: 7 } as const;
const rates = { steps: 8, below: 6, above: 2 } as const;
/** Where the top of a grid keeps more than this of the weight, nothing that was seen says how much more there is. */
const openWeight = 0.05;

/** Orders that were not published. */
interface Unseen extends Moments {
  /** The 5 % point, and whether there is an upper end. */
  readonly least: number;
  readonly bounded: boolean;
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Chance of no order, and mean and variance of the orders beyond the first where there is one, for a window of mean `lambda` > 0. */
function window(lambda: number, kappa: number): { readonly empty: number; readonly beyond: Moments } {
  const empty = (1 + kappa * lambda) ** (-1 / kappa);
  const some = -Math.expm1((-1 / kappa) * Math.log1p(kappa * lambda));
  const mean = lambda / some;
  return { empty, beyond: { mean: mean - 1, variance: Math.max(0, (lambda + (kappa + 1) * lambda * lambda) / some - mean * mean) } };
}

/**
 * Mean and variance of the orders of one side that were not published: over a grid of the density of positions (orders for one unit of log-price), the rate without new ground and the unevenness,
 * each point weighed by its likelihood; flat in the logarithms of the first two. Not bounded where windows with new ground were all filled: any larger density explains them as well. 0 where nothing was published.
 * O(bins x grid).
 */
export function unseenOrders(bins: readonly GroundBin[]): Unseen {
  const published = bins.reduce((sum, b) => sum + b.published, 0);
  const ground = bins.reduce((sum, b) => sum + b.ground, 0);
  if (published === 0) return { mean: 0, variance: 0, least: 0, bounded: true };
  const total = bins.reduce((sum, b) => sum + b.windows, 0);
  // A first look: where half of the windows have an order is where the density times the ground is about 1.
  const density = ground > 0 ? published / ground : 0;
  // Half an order less than all windows, where all have one.
  const rate = -Math.log1p(-Math.min(published, total - 0.5) / total);
  const points: { readonly log: number; readonly mean: number; readonly variance: number; readonly top: boolean }[] = [];
  for (const [kappa, belief] of unevenness) {
    for (let i = 0; i < densities.steps; i++) {
      const rho = density * step(densities, i);
      for (let j = 0; j < rates.steps; j++) {
        const base = rate * step(rates, j);
        let log = Math.log(belief);
        let mean = 0;
        let variance = 0;
        for (const { windows, ground: covered, published: some } of bins) {
          if (windows === 0) continue;
          const { empty, beyond } = window(base + (rho * covered) / windows, kappa);
          log += some * Math.log(Math.max(1e-300, 1 - empty)) + (windows - some) * Math.log(Math.max(1e-300, empty));
          mean += some * beyond.mean;
          variance += some * beyond.variance;
        }
        points.push({ log, mean, variance, top: (density > 0 && i === densities.steps - 1) || j === rates.steps - 1 });
      }
      if (density === 0) break;
    }
  }
  const best = Math.max(...points.map((p) => p.log));
  let weight = 0;
  let mean = 0;
  let second = 0;
  let open = 0;
  const weighed: { readonly w: number; readonly mean: number }[] = [];
  for (const p of points) {
    const w = Math.exp(p.log - best);
    if (p.top) open += w;
    weighed.push({ w, mean: p.mean });
    weight += w;
    mean += w * p.mean;
    second += w * (p.variance + p.mean * p.mean);
  }
  const expected = mean / weight;
  // What the density is wrong by is shared by all windows of a region.
  const regional = (expected * expected * regionMisfit) / Math.max(1, ground / regionWidth);
  weighed.sort((a, b) => a.mean - b.mean);
  let below = 0;
  const least = weighed.find(({ w }) => (below += w) >= 0.05 * weight)?.mean ?? 0;
  return { mean: expected, variance: Math.max(0, second / weight - expected * expected) + regional, least, bounded: open <= openWeight * weight };
}

function step({ steps, below, above }: { readonly steps: number; readonly below: number; readonly above: number }, i: number): number {
  return Math.exp(-below + ((below + above) * i) / (steps - 1));
}

/**
 * The total of both sides, with a band of what really was: what was published is certain, what was not is log-normal with the mean and variance of (orders not seen) x (mean size), mean sizes of both
 * sides alike. A lower bound where windows were all full. `samples`: longs and shorts.
 */
export function liquidationTotalByGround(samples: readonly GroundSample[]): LiquidationTotal {
  const observed = samples.reduce((sum, s) => sum + s.volume, 0);
  const count = samples.reduce((sum, s) => sum + s.count, 0);
  const squares = samples.reduce((sum, s) => sum + s.squares, 0);
  assert(samples.every((s) => s.volume >= 0 && s.bins.every((b) => b.published <= b.windows && b.ground >= 0)), 'no more windows with an order than windows');
  if (count === 0) return { kind: 'estimated', total: 0, low: 0, high: 0, observed };
  const size = observed / count;
  const sizeVariance = Math.max(0, squares / count - size * size);
  const unseen = samples.map((s) => unseenOrders(s.bins));
  const orders = unseen.reduce((sum, u) => sum + u.mean, 0);
  const variance = unseen.reduce((sum, u) => sum + u.variance, 0);
  const mean = orders * size;
  if (unseen.some((u) => !u.bounded)) {
    const least = observed + unseen.reduce((sum, u) => sum + u.least, 0) * size;
    return { kind: 'lower-bound', total: least, low: least, high: null, observed };
  }
  if (mean <= 0) return { kind: 'estimated', total: observed, low: observed, high: observed, observed };
  const spread = Math.log1p((variance * size * size + orders * sizeVariance + (orders * orders * sizeVariance) / count) / (mean * mean));
  const centre = Math.log(mean) - spread / 2;
  const reach = z95 * Math.sqrt(spread);
  // With less than three orders expected there are none in more than one case of twenty.
  const low = orders < 3 ? 0 : Math.exp(centre - reach);
  return { kind: 'estimated', total: observed + mean, low: observed + Math.min(low, mean), high: observed + Math.max(mean, Math.exp(centre + reach)), observed };
}
