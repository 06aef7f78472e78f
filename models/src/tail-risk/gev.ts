import { err, ok, type Result } from '../core/index.ts';
import { minimise } from './minimise.ts';

/** A generalised extreme value law of block maxima: P(X <= x) = exp(-(1 + shape (x - location) / scale)^(-1 / shape)). */
export interface GevFit {
  /** mu and sigma > 0, in the unit of the maxima. */
  readonly location: number;
  readonly scale: number;
  /** xi; above 0 a heavy tail. */
  readonly shape: number;
  readonly logLikelihood: number;
  readonly count: number;
}

/** Why maxima were not fitted. */
export type GevProblem = 'too-few' | 'not-finite' | 'no-spread' | 'not-found' | 'not-regular';

/** Fewer say next to nothing about three parameters [A]. */
const LEAST = 20;
/** Down to this shape maximum likelihood has its usual properties; below, the end of the law is estimated by the largest value alone (Smith 1985, Biometrika 72(1)). */
const REGULAR = -0.5;
/** Shapes below which the law is Gumbel's. */
const GUMBEL = 1e-6;

/** Fits maxima of equal blocks (at least 20) by maximum likelihood with analytic slopes, from Gumbel's moments on; shapes of -0.5 and below are refused. Source: Coles 2001, section 3.3.2. O(n) a step. */
export function fitGev(maxima: ArrayLike<number>): Result<GevFit, GevProblem> {
  const n = maxima.length;
  if (n < LEAST) return err('too-few');
  const values = Float64Array.from(maxima);
  if (!values.every(Number.isFinite)) return err('not-finite');
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const unit = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
  if (!(unit > 0)) return err('no-spread');
  // In units of their own spread, so that no parameter is far from one.
  const scaled = values.map((x) => (x - mean) / unit);
  const start = Math.sqrt(6) / Math.PI;
  const found = minimise((x, gradient) => objective(scaled, x, gradient), [-0.5772 * start, Math.log(start), 0.05]);
  if (!found.converged || !Number.isFinite(found.value)) return err('not-found');
  const [location = NaN, logScale = NaN, shape = NaN] = found.x;
  if (!(shape > REGULAR)) return err('not-regular');
  return ok({ location: mean + unit * location, scale: unit * Math.exp(logScale), shape, logLikelihood: -found.value * n - n * Math.log(unit), count: n });
}

/** Minus the mean log-likelihood at (location, log scale, shape), and its slopes; infinite outside the law's support. */
function objective(values: Float64Array, [location = NaN, logScale = NaN, shape = NaN]: Float64Array, gradient: Float64Array): number {
  const scale = Math.exp(logScale);
  let [value, byLocation, byScale, byShape] = [0, 0, 0, 0];
  for (const x of values) {
    const s = (x - location) / scale;
    const t = 1 + shape * s;
    if (!(t > 0)) return Infinity;
    const log = Math.abs(shape) < GUMBEL ? s : Math.log(t) / shape;
    const y = Math.exp(-log);
    value += logScale + (1 + shape) * log + y;
    const pull = (1 + shape - y) / t;
    byLocation -= pull / scale;
    byScale += 1 - s * pull;
    byShape -= Math.abs(shape) < GUMBEL ? ((1 - y) * s * s) / 2 - s : (log * (1 - y) - s * pull) / shape;
  }
  const n = values.length;
  gradient[0] = byLocation / n;
  gradient[1] = byScale / n;
  gradient[2] = byShape / n;
  return value / n;
}
