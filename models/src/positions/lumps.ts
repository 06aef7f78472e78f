import { normalCdf } from '../core/index.ts';

/**
 * What is really there where `mean` is expected, when positions are of size `lump` (mean of squares over mean): the total of a compound Poisson number of them, taken for gamma with that mean and
 * variance mean x lump, at independent standard normal places `z` and `w`. Shapes of 1 and more by Wilson and Hilferty (1931); a smaller one a is a gamma of shape a + 1 times u^(1/a), u uniform.
 */
export function lumpAround(mean: number, lump: number, z: number, w: number): number {
  if (mean <= 0 || lump <= 0) return Math.max(0, mean);
  const shape = mean / lump;
  return shape >= 1 ? lump * gammaAt(shape, z) : lump * gammaAt(shape + 1, z) * normalCdf(w) ** (1 / shape);
}

/** About the gamma number of this shape (>= 1) and scale 1 at standard normal place `z`. */
function gammaAt(shape: number, z: number): number {
  return shape * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
}
