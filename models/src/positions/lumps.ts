import { normalCdf } from '../core/index.ts';

/** Below this shape positions are counted one by one. */
const countedBelow = 6;

/**
 * What is really there where `mean` is expected, when positions are of size `lump` (mean of squares over mean): a compound Poisson sum with that mean and variance mean x lump, at independent standard
 * normal places `z` and `w`. Where few are expected it is a Poisson number of positions of exponential size with mean lump / 2, none at all among them; else a gamma number, by Wilson and Hilferty (1931).
 */
export function lumpAround(mean: number, lump: number, z: number, w: number): number {
  if (mean <= 0 || lump <= 0) return Math.max(0, mean);
  const shape = mean / lump;
  if (shape >= countedBelow) return lump * gammaAt(shape, z);
  const count = poissonAt(2 * shape, normalCdf(w));
  return count === 0 ? 0 : (lump / 2) * gammaAt(count, z);
}

/** About the gamma number of this shape (>= 1) and scale 1 at standard normal place `z`. */
function gammaAt(shape: number, z: number): number {
  return shape * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
}

/** The Poisson number of this mean (at most some tens) at share `u` of its distribution. */
function poissonAt(mean: number, u: number): number {
  let n = 0;
  let p = Math.exp(-mean);
  for (let sum = p; sum < u && n < 200; sum += p) p *= mean / ++n;
  return n;
}
