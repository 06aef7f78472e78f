import { assert } from './assert.ts';

/** p(x), coefficients from the constant term up. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + (coefficients[i] ?? 0);
  return sum;
}

// Wichura 1988, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37(3), routine PPND16:
// numerator and denominator near the centre, in the near tail, in the far tail.
const centre = [
  [3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852854561],
] as const;
const nearTail = [
  [1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4],
  [1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9],
] as const;
const farTail = [
  [6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15],
] as const;

/**
 * The number a standard normal variable stays below with probability `p` in (0, 1): AS 241 (routine PPND16), relative error about 1e-15.
 * Near 1 what is lost is lost in `p` itself: use `-normalQuantile(1 - p)` with the small tail probability instead.
 */
export function normalQuantile(p: number): number {
  assert(p > 0 && p < 1, `a probability strictly between 0 and 1, got ${p}`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centre[0], r)) / polynomial(centre[1], r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const [above, below] = r <= 5 ? nearTail : farTail;
  const distance = r - (r <= 5 ? 1.6 : 5);
  const x = polynomial(above, distance) / polynomial(below, distance);
  return q < 0 ? -x : x;
}

/** `normalQuantile(0.95)`: the ends of a normal law's two-sided band of 90 %, and what one-sided tests at 5 % ask for. */
export const z95 = 1.6448536269514722;

// Cody 1969, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23, in the form of his ANORM
// (SPECFUN, ACM Algorithm 715): |x| <= 0.66291, up to sqrt(32), and beyond. Constant term first.
const small = [
  [18154.981253343561249, 1067.6894854603709582, 161.02823106855587881, 2.2352520354606839287, 0.065682337918207449113],
  [45507.789335026729956, 10260.932208618978205, 976.09855173777669322, 47.20258190468824187, 1],
] as const;
const middle = [
  [9842.7148383839780218, 11602.651437647350124, 6848.1904505362823326, 2494.5375852903726711, 597.27027639480026226, 93.506656132177855979, 8.8831497943883759412, 0.39894151208813466764, 1.0765576773720192317e-8],
  [19685.429676859990727, 38912.003286093271411, 34900.952721145977266, 18615.571640885098091, 6485.558298266760755, 1519.377599407554805, 235.38790178262499861, 22.266688044328115691, 1],
] as const;
const large = [
  [2.9112874951168792e-5, 0.001421619193227893466, 0.022235277870649807, 0.1274011611602473639, 0.21589853405795699, 0.02307344176494017303],
  [7.29751555083966205e-5, 0.00378239633202758244, 0.0659881378689285515, 0.468238212480865118, 1.28426009614491121, 1],
] as const;

/**
 * The probability that a standard normal variable stays below `x` (Cody 1969). Relative error below 1e-14 in both tails of small probability, so
 * P(Z > x) is `normalCdf(-x)` without loss; 0 below about -38.
 */
export function normalCdf(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.66291) {
    const square = x * x;
    return 0.5 + (x * polynomial(small[0], square)) / polynomial(small[1], square);
  }
  const tail = y <= Math.sqrt(32) ? polynomial(middle[0], y) / polynomial(middle[1], y) : (1 / Math.sqrt(2 * Math.PI) - largeCorrection(y)) / y;
  // The square is split so that exp loses nothing to its rounding.
  const rounded = Math.trunc(y * 16) / 16;
  const below = Math.exp((-rounded * rounded) / 2) * Math.exp((-(y - rounded) * (y + rounded)) / 2) * tail;
  return x > 0 ? 1 - below : below;
}

function largeCorrection(y: number): number {
  const square = 1 / (y * y);
  return (square * polynomial(large[0], square)) / polynomial(large[1], square);
}
