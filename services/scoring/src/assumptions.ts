import { normalQuantile } from '@breakwater/models/core';
import { TAIL_FACTORS, type Withdrawal } from '@breakwater/models/cascade';

/** The assumptions a market is modelled under: the centre and the two ends of the band. */
export type Variant = 'low' | 'value' | 'high';
/** All variants, pessimistic first. */
export const variants: readonly Variant[] = ['low', 'value', 'high'];

/**
 * Makers' withdrawal in the three variants [A]. What is not seen is already discounted by the tail factor, so the centre takes little off what is
 * seen; the pessimistic end takes about a third off at a fall of 2 %, the optimistic end leaves every quote where it is.
 */
export const withdrawals: Readonly<Record<Variant, Withdrawal>> = {
  low: { kappaMin: 0.02, beta: 0.3, sigmaDaily: 0.08 }, value: { kappaMin: 0.05, beta: 0.1, sigmaDaily: 0.08 }, high: { kappaMin: 1, beta: 0, sigmaDaily: 0.08 },
};

/** Depth beyond the last known level in the three variants [A]. */
export const tailFactors: Readonly<Record<Variant, number>> = { low: TAIL_FACTORS.low, value: TAIL_FACTORS.centre, high: TAIL_FACTORS.high };

/** Capital for arbitrage between two markets in the three variants: share of what the shallower one bids within 2 % [A]. */
export const arbitrageShares: Readonly<Record<Variant, number>> = { low: 0.25, value: 0.5, high: 1 };

/** One joint draw of what is not seen of an asset, the same for all its markets. */
export interface AssumptionDraw {
  readonly withdrawal: Withdrawal;
  readonly tailFactor: number;
  readonly arbitrageShare: number;
  /** Where every bucket of positions lies in its band: -1 is its 5 % point, 0 its centre, 1 its 95 % point. */
  readonly positions: number;
}

/**
 * The draws as strata: row i has, for each of four assumptions (positions, tail, withdrawal, arbitrage), in which twelfth of its distribution draw i lies, pessimistic first. Every assumption visits
 * every twelfth once, and rows come in pairs mirrored about the middle. Found by a search for the arrangement whose 5 and 95 % points of weighted sums, whatever the weights, are nearest to the right
 * ones: at most a quarter of a standard deviation off over the directions of `assumptions.test.ts`, where the standard error of that point from twelve independent draws is 0.6.
 */
export const strata: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 3, 3], [1, 9, 6, 6], [2, 0, 9, 9], [3, 8, 7, 0], [4, 6, 0, 7], [5, 10, 10, 10], [6, 1, 1, 1], [7, 5, 11, 4], [8, 3, 4, 11], [9, 11, 2, 2], [10, 2, 5, 5], [11, 7, 8, 8],
];

/** A figure with a stated band at share `u` of its distribution [A]: the band's ends at 0 and 1, its centre in the middle, straight lines of `scale` between. */
function within(band: Readonly<Record<Variant, number>>, u: number, scale: 'linear' | 'log'): number {
  const [from, to, share] = u < 0.5 ? [band.low, band.value, 2 * u] : [band.value, band.high, 2 * u - 1];
  return scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
}

/** The draw in which every assumption is at share `u` (in (0, 1)) of its distribution, pessimistic first: positions, tail, withdrawal, arbitrage. */
export function drawAt([positions, tail, makers, arbitrage]: readonly [number, number, number, number]): AssumptionDraw {
  const of = (pick: (w: Withdrawal) => number): Readonly<Record<Variant, number>> => ({ low: pick(withdrawals.low), value: pick(withdrawals.value), high: pick(withdrawals.high) });
  return {
    // More positions close to the price are the pessimistic side.
    positions: normalQuantile(1 - positions) / normalQuantile(0.95), tailFactor: within(tailFactors, tail, 'log'), arbitrageShare: within(arbitrageShares, arbitrage, 'log'),
    withdrawal: { kappaMin: within(of((w) => w.kappaMin), makers, 'log'), beta: within(of((w) => w.beta), makers, 'linear'), sigmaDaily: withdrawals.value.sigmaDaily },
  };
}

/**
 * The joint draws that the band of an asset is made from: withdrawal, tail factor and arbitrage over their stated bands, positions over the band of each bucket, all buckets of all markets together [A] (who is
 * more leveraged on one venue is so on the others), the four independent of each other. The same for every asset and every tick, so that a band moves when the market does and not because other
 * numbers were drawn, and the same input gives the same band.
 */
export const assumptionDraws: readonly AssumptionDraw[] = strata.map((row) => {
  const at = (stratum: number): number => (stratum + 0.5) / strata.length;
  return drawAt([at(row[0]), at(row[1]), at(row[2]), at(row[3])]);
});
