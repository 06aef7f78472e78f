import { defined } from '../../core/index.ts';
import { at, type PositionSide } from '../../market/index.ts';
import { quantileOfDraws } from '../inferred-triggers.ts';
import { createPositionInference } from '../position-inference.ts';
import { fixedMap } from './fixed-map.ts';
import { randomMarket, type RandomMarket } from './random-positions.ts';

/** What came of the inference in one random market. */
export interface MarketTrial {
  /** Quantity that prices up to e times (or down to 1/e of) the last one liquidate, and the part of it in steps of 2.5 % (log) whose 90 % band holds what is there. */
  readonly mass: number;
  readonly coveredMass: number;
  /** The same, counting steps. */
  readonly steps: number;
  readonly coveredSteps: number;
  /** Wasserstein distance (W1) in log-price between the density of liquidation prices and the truth, both sides added: ours, and the fixed map's. */
  readonly error: number;
  readonly fixedError: number;
  /** The same within 15 % of the price alone, each told how much there is: a test of shape where the fixed map has all it has. */
  readonly nearError: number;
  readonly fixedNearError: number;
}

/** Figures of many random markets. */
export interface PositionsFigures {
  readonly markets: number;
  /** Mean over markets of the share of the liquidation mass that its 90 % bands hold; of the steps they hold. */
  readonly coverage: number;
  readonly stepCoverage: number;
  /** Share of markets in which our error is less than the fixed map's; median of the ratio of the errors. */
  readonly betterShare: number;
  readonly medianErrorRatio: number;
  /** The same within 15 % of the price. */
  readonly nearBetterShare: number;
  readonly nearMedianErrorRatio: number;
}

const sides: readonly PositionSide[] = ['long', 'short'];
const edgesTo = (step: number, count: number): readonly number[] => Array.from({ length: count + 1 }, (_, i) => i * step);
const [bandEdges, wholeEdges, nearEdges] = [edgesTo(0.025, 40), edgesTo(0.01, 100), edgesTo(0.0025, 60)];
const minutesBetweenFits = 1_440;

/** One random market: observed minute by minute, fitted once a day and at the end, and compared with what is really open. About a second. */
export function positionsTrial(market: RandomMarket): MarketTrial {
  const inference = createPositionInference({ practice: { sampling: market.sampling, windowMs: 1_000 } });
  for (const [i, minute] of market.minutes.entries()) {
    inference.observe(minute);
    if ((i + 1) % minutesBetweenFits === 0) inference.fit();
  }
  inference.fit();
  const last = defined(market.minutes.at(-1), 'minute').close;
  const fixed = fixedMap(market.minutes);
  const trial = { mass: 0, coveredMass: 0, steps: 0, coveredSteps: 0, error: 0, fixedError: 0, nearError: 0, fixedNearError: 0 };
  for (const side of sides) {
    const known = market.positions.filter((p) => p.side === side);
    const profile = (edges: readonly number[]) => defined(inference.steps(side, last, edges), 'profile');
    const truth = binned(known, side, last, bandEdges);
    const { draws } = profile(bandEdges);
    for (let i = 0; i < truth.length; i++) {
      const sorted = Float64Array.from(draws, (draw) => at(draw, i)).sort();
      const real = at(truth, i);
      const covered = real >= quantileOfDraws(sorted, 0.05) && real <= quantileOfDraws(sorted, 0.95);
      trial.mass += real;
      trial.steps++;
      if (!covered) continue;
      trial.coveredMass += real;
      trial.coveredSteps++;
    }
    for (const [edges, ours, theirs] of [[wholeEdges, 'error', 'fixedError'], [nearEdges, 'nearError', 'fixedNearError']] as const) {
      const real = binned(known, side, last, edges);
      trial[ours] += wasserstein(profile(edges).value, real, defined(edges[1], 'edge'));
      trial[theirs] += wasserstein(binned(fixed[side], side, last, edges), real, defined(edges[1], 'edge'));
    }
  }
  return trial;
}

/** Figures of trials. */
export function positionsFigures(trials: readonly MarketTrial[]): PositionsFigures {
  const n = trials.length;
  const mean = (of: (t: MarketTrial) => number): number => Number((trials.reduce((sum, t) => sum + of(t), 0) / n).toPrecision(4));
  const median = (of: (t: MarketTrial) => number): number => Number(defined(trials.map(of).sort((a, b) => a - b)[n >> 1], 'trial').toPrecision(4));
  return {
    markets: n, coverage: mean((t) => (t.mass > 0 ? t.coveredMass / t.mass : 1)), stepCoverage: mean((t) => t.coveredSteps / t.steps),
    betterShare: mean((t) => Number(t.error < t.fixedError)), medianErrorRatio: median((t) => t.error / t.fixedError),
    nearBetterShare: mean((t) => Number(t.nearError < t.fixedNearError)), nearMedianErrorRatio: median((t) => t.nearError / t.fixedNearError),
  };
}

/** Trials of `markets` random markets, number i of seed `seed` + i. */
export function benchPositions(seed: number, markets: number, done: (trials: number) => void = () => undefined): PositionsFigures {
  return positionsFigures(Array.from({ length: markets }, (_, i) => {
    const trial = positionsTrial(randomMarket(seed + i));
    done(i + 1);
    return trial;
  }));
}

/** Size by step of log-distance from a price, on the side where it is liquidated. */
function binned(list: readonly { readonly trigger: number; readonly size: number }[], side: PositionSide, price: number, edges: readonly number[]): Float64Array {
  const out = new Float64Array(edges.length - 1);
  const step = defined(edges[1], 'edge');
  for (const { trigger, size } of list) {
    const distance = (side === 'long' ? 1 : -1) * (Math.log(price) - trigger);
    const i = Math.floor(distance / step);
    if (distance >= 0 && i < out.length) out[i] = at(out, i) + size;
  }
  return out;
}

/** W1 between two densities on the same steps, each scaled to sum 1; the whole width where one of them is empty. */
function wasserstein(a: Float64Array, b: Float64Array, step: number): number {
  const [sumA, sumB] = [a.reduce((s, x) => s + x, 0), b.reduce((s, x) => s + x, 0)];
  if (!(sumA > 0 && sumB > 0)) return sumA === sumB ? 0 : step * a.length;
  let difference = 0;
  let total = 0;
  for (let i = 0; i < a.length; i++) {
    difference += at(a, i) / sumA - at(b, i) / sumB;
    total += Math.abs(difference) * step;
  }
  return total;
}
