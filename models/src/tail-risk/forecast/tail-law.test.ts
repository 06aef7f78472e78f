import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { fitGpd, potQuantile, potShortfall } from '../gpd.ts';
import { createRollingTail } from './rolling-tail.ts';
import { lawOf, potLaw } from './tail-law.ts';

/** 2,000 losses of which a share is above 1 by an exponential law of mean 0.5, and all others are at most 1: `ties` of them exactly. */
function lossesWith(beyond: number, ties: number): Float64Array {
  const rng = createRng(1);
  return Float64Array.from({ length: 2_000 }, (_, i) => (i < beyond ? 1 - 0.5 * Math.log(1 - rng.next()) : i < beyond + ties ? 1 : rng.next() - 0.5));
}

describe('the law of losses by peaks over a threshold', () => {
  it('counts no loss as above a threshold that it ties with', () => {
    // The tenth asked for ends among 300 ties: 80 losses are above them, not 200.
    const losses = lossesWith(80, 300);
    const fitted = fitGpd(Array.from(losses.subarray(0, 80), (loss) => loss - 1));
    if (!fitted.ok) throw new Error(fitted.error);
    const pot = { fit: fitted.value, threshold: 1, share: 80 / 2_000 };
    const law = potLaw(losses, 0.1);
    expect(law.valueAtRisk).toBeCloseTo(potQuantile(pot, 0.01), 9);
    expect(law.expectedShortfall).toBeCloseTo(potShortfall(pot, 0.025), 9);
    // 20 of 2,000 are beyond the 99 % quantile.
    const beyond = losses.filter((loss) => loss > law.valueAtRisk).length;
    expect(Math.abs(beyond - 20)).toBeLessThan(6);
  });
  it('is the losses themselves where fewer than a level are above the threshold', () => {
    const losses = lossesWith(40, 300);
    expect(potLaw(losses, 0.1)).toEqual(lawOf(createRollingTail(2_000, losses)));
    expect(potLaw(losses, 0.1).shortfallQuantile).toBe(1);
  });
});
