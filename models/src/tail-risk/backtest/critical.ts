import { createRng } from '../../core/index.ts';
import { z2Critical, type LossLaw } from '../es-backtest.ts';
import { forecastTails } from '../forecast/types.ts';
import { studentAbove } from '../tail-dependence.ts';

/** Draws of a simulated critical value; its standard error is then about 0.001 for some thousand forecasts. */
const DRAWS = 4_000;
const SEED = 1;

/** Student's t with five degrees, a usual law of standardised returns: quantiles by bisection, kept in a table in the logarithm of the probability from 2.5 % down to e^-20. */
export function createStudentLaw(): LossLaw {
  const [from, to, points] = [-20, Math.log(forecastTails.shortfall), 1_000];
  const table = Float64Array.from({ length: points + 1 }, (_, i) => {
    const p = Math.exp(from + ((to - from) * i) / points);
    let [low, high] = [0, 1];
    while (studentAbove(high, 5) > p) high *= 2;
    for (let step = 0; step < 50; step++) {
      const middle = (low + high) / 2;
      if (studentAbove(middle, 5) > p) low = middle;
      else high = middle;
    }
    return low;
  });
  const exceededWith = (p: number): number => {
    const x = Math.max(0, Math.min(points, ((Math.log(p) - from) / (to - from)) * points));
    const i = Math.min(points - 1, Math.floor(x));
    return (table[i] ?? NaN) + ((table[i + 1] ?? NaN) - (table[i] ?? NaN)) * (x - i);
  };
  return {
    exceededWith,
    // ES = density (5 + q^2) / 4 over the tail; the density of t5 is 8 / (3 pi sqrt 5) (1 + q^2 / 5)^-3.
    shortfall: (tail) => {
      const q = exceededWith(tail);
      return ((8 / (3 * Math.PI * Math.sqrt(5))) * (1 + (q * q) / 5) ** -3 * (5 + q * q)) / 4 / tail;
    },
  };
}

/** Critical values of Z2 at 5 %: simulated under t5 for `length` forecasts, and for other lengths by the square root of the lengths, as its spread goes (within a few per cent for lengths near to it). */
export function createCriticalValues(length: number): (forecasts: number) => number {
  const simulated = z2Critical({ length, tail: forecastTails.shortfall, significance: 0.05, draws: DRAWS, law: createStudentLaw(), rng: createRng(SEED) });
  return (forecasts) => simulated * Math.sqrt(length / forecasts);
}
