import type { Rng } from '../core/index.ts';

/** A gamma number of the given shape (>= 0) and scale 1, by Marsaglia and Tsang (2000), with their boost for shapes below 1; 0 for shape 0. */
export function gammaDraw(shape: number, rng: Rng): number {
  if (shape <= 0) return 0;
  if (shape < 1) return gammaDraw(shape + 1, rng) * (1 - rng.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
