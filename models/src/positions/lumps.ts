/**
 * What is really there where `mean` is expected, when positions are of size `lump` (mean of squares over mean): the total of a compound Poisson number of them, taken for gamma with
 * that mean and variance mean x lump, at standard normal place `z` (Wilson and Hilferty 1931).
 */
export function lumpAround(mean: number, lump: number, z: number): number {
  if (mean <= 0 || lump <= 0) return Math.max(0, mean);
  const shape = mean / lump;
  return mean * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
}
