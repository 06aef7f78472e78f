import { assert, err, ok, z95, type Result } from '../../core/index.ts';
import { perronRoot } from '../perron.ts';
import { branchingErrors } from './branching-errors.ts';
import { createExcitation, evenEdges, hawkesLogLikelihood, pieceOf, type HawkesEvents, type HawkesModel } from './hawkes-model.ts';

/** A branching ratio with its 5 to 95 % band. */
export interface BranchingBand {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A fit by maximum likelihood. */
export interface HawkesFit extends HawkesModel {
  /** Spectral radius of the branching matrix: below 1 cascades die out. The band is normal, from the observed information, wider by the root of `dispersion`, not below 0. */
  readonly ratio: BranchingBand;
  readonly logLikelihood: number;
  /** How much more the numbers of events of one moment vary than independent ones would, at least 1. */
  readonly dispersion: number;
  readonly events: number;
  readonly steps: number;
  /** Whether the likelihood stopped rising before the steps ran out. */
  readonly converged: boolean;
}

/** What is fitted. */
export interface HawkesQuestion extends HawkesEvents {
  /** Seconds: where observation begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Kinds of events (default 1). */
  readonly count?: number;
  /** Equal pieces of the baseline (default 1), or their edges. */
  readonly pieces?: number;
  readonly edges?: readonly number[];
  /** beta to begin with, by second; default ten events' mean gap. */
  readonly decay?: number;
  readonly maxSteps?: number;
}

/** Why events were not fitted. */
export type HawkesProblem = 'too-few' | 'out-of-order';

/** Fewer say nothing about branching [A]. */
export const leastHawkesEvents = 50;
/** Steps end when one raises the log-likelihood by less than this. */
const TOLERANCE = 1e-5;
/** A piece of the baseline keeps at least so many events: at none, an event after a long silence would be impossible. */
const LEAST_IMMIGRANTS = 1e-9;
/** The mean time to offspring is at most this share of the shortest piece, since a slower kernel and the baseline cannot be told apart [A], and at least the second share of it. */
const SLOWEST = 0.1;
const FASTEST = 1e-9;

/**
 * Fits a Hawkes process to at least 50 events by expectation and maximisation over who set off whom (Veen and Schoenberg 2008, JASA 103(482); Lewis and Mohler 2011): each event is in part from the baseline and
 * in part the offspring of each one before. With one exponential kernel the parts are sums that a recursion carries, so that a step costs O(events kinds). Steps raise the likelihood; every third one is lengthened
 * (Varadhan and Roland 2008, Scandinavian Journal of Statistics 35(2)) where that raises it more. Events of one moment must share a time first (`groupTimes`).
 */
export function fitHawkes(question: HawkesQuestion): Result<HawkesFit, HawkesProblem> {
  const { times, from, to, count = 1, maxSteps = 400 } = question;
  const n = times.length;
  if (n < leastHawkesEvents) return err('too-few');
  for (let i = 0; i < n; i++) if (!((times[i] ?? NaN) >= (i === 0 ? from : (times[i - 1] ?? NaN)) && (times[i] ?? NaN) <= to)) return err('out-of-order');
  const edges = question.edges ?? evenEdges(from, to, question.pieces ?? 1);
  assert(edges[0] === from && edges.at(-1) === to, 'edges from the first moment to the last');
  let model = startOf(question, edges, count);
  const step = createStep(question, edges, count);
  let value = -Infinity;
  let steps = 0;
  let converged = false;
  while (steps < maxSteps && !converged) {
    // Two plain steps and one along the line they show.
    const first = step(model);
    const second = step(first.model);
    steps += 2;
    const far = extrapolated(model, first.model, second.model);
    const tried = far === undefined ? undefined : step(far);
    steps++;
    // A step tells the likelihood of the model it began from, so what is compared is the far model and the first of the two.
    const better = tried !== undefined && tried.value > second.value ? tried : second;
    model = better.model;
    converged = better.value - value < TOLERANCE;
    value = better.value;
  }
  const radius = perronRoot(model.branching).radius;
  const { error, dispersion } = branchingErrors(model, question);
  const half = z95 * error;
  return ok({ ...model, ratio: { value: radius, low: Math.max(0, radius - half), high: radius + half }, logLikelihood: hawkesLogLikelihood(model, question), dispersion, events: n, steps, converged });
}

function startOf({ times, kinds, from, to, decay }: HawkesQuestion, edges: readonly number[], count: number): HawkesModel {
  const n = times.length;
  const tallies = new Float64Array(count);
  for (let i = 0; i < n; i++) tallies[kinds?.[i] ?? 0] = (tallies[kinds?.[i] ?? 0] ?? 0) + 1;
  const half = 0.5;
  return {
    edges, decay: decay ?? n / (10 * (to - from)),
    baseline: Array.from(tallies, (tally) => edges.slice(1).map(() => Math.max(1e-12, (half * tally) / (to - from)))),
    branching: Array.from({ length: count }, () => new Array<number>(count).fill(half / count)),
  };
}

interface Step {
  readonly model: HawkesModel;
  /** Log-likelihood of the model the step began from. */
  readonly value: number;
}

/** One step of expectation and maximisation. */
function createStep({ times, kinds, from, to, step = 0 }: HawkesQuestion, edges: readonly number[], count: number): (model: HawkesModel) => Step {
  const n = times.length;
  const pieces = edges.length - 1;
  const pieceAt = Int32Array.from({ length: n }, (_, i) => pieceOf(edges, times[i] ?? NaN));
  const shortest = edges.slice(1).reduce((least, edge, k) => Math.min(least, edge - (edges[k] ?? NaN)), Infinity);
  const [slowest, fastest] = [1 / (SLOWEST * shortest), 1 / (FASTEST * shortest)];
  return ({ baseline, branching, decay }) => {
    const past = createExcitation(count, decay, step);
    const immigrants = Array.from({ length: count }, () => new Float64Array(pieces));
    const offspring = Array.from({ length: count }, () => new Float64Array(count));
    const parents = new Float64Array(count);
    let [value, born, waited, unseen] = [0, 0, 0, 0];
    let now = from;
    for (let i = 0; i < n; i++) {
      const t = times[i] ?? NaN;
      const kind = kinds?.[i] ?? 0;
      past.advance(t - now);
      now = t;
      const row = branching[kind] ?? [];
      const piece = pieceAt[i] ?? 0;
      const own = baseline[kind]?.[piece] ?? 0;
      let rate = own;
      for (let w = 0; w < count; w++) rate += (row[w] ?? 0) * decay * (past.sums[w] ?? 0);
      value += Math.log(rate);
      const into = immigrants[kind];
      if (into !== undefined) into[piece] = (into[piece] ?? 0) + own / rate;
      const of = offspring[kind];
      for (let w = 0; w < count && of !== undefined; w++) {
        const strength = ((row[w] ?? 0) * decay) / rate;
        of[w] = (of[w] ?? 0) + strength * (past.sums[w] ?? 0);
        born += strength * (past.sums[w] ?? 0);
        waited += strength * (past.ages[w] ?? 0);
      }
      past.add(kind);
      const rest = Math.max(0, to - t - step / 2);
      const left = Math.exp(-decay * rest);
      parents[kind] = (parents[kind] ?? 0) + 1 - left;
      let all = 0;
      for (let v = 0; v < count; v++) all += branching[v]?.[kind] ?? 0;
      value -= all * (1 - left);
      unseen += all * rest * left;
    }
    for (const rates of baseline) rates.forEach((rate, k) => void (value -= rate * ((edges[k + 1] ?? NaN) - (edges[k] ?? NaN))));
    return {
      value,
      model: {
        edges, decay: born > 0 ? Math.min(fastest, Math.max(slowest, born / (waited + unseen))) : decay,
        baseline: immigrants.map((tallies) => Array.from(tallies, (tally, k) => Math.max(LEAST_IMMIGRANTS, tally) / ((edges[k + 1] ?? NaN) - (edges[k] ?? NaN)))),
        branching: offspring.map((row) => Array.from(row, (born, w) => ((parents[w] ?? 0) > 0 ? born / (parents[w] ?? NaN) : 0))),
      },
    };
  };
}

/** Three models in a row, continued: in logarithms, so that nothing becomes negative. Undefined where there is nothing to continue. */
function extrapolated(zero: HawkesModel, one: HawkesModel, two: HawkesModel): HawkesModel | undefined {
  const [a, b, c] = [zero, one, two].map((model) => [model.decay, ...model.baseline.flat(), ...model.branching.flat()].map((x) => Math.log(Math.max(x, 1e-300)))) as [number[], number[], number[]];
  let [steps, bends] = [0, 0];
  b.forEach((y, i) => {
    const first = y - (a[i] ?? NaN);
    const turn = (c[i] ?? NaN) - y - first;
    steps += first * first;
    bends += turn * turn;
  });
  if (!(bends > 0)) return undefined;
  // Varadhan and Roland's third step length, at least the plain step.
  const length = -Math.max(1, Math.sqrt(steps / bends));
  const moved = a.map((x, i) => {
    const first = (b[i] ?? NaN) - x;
    return Math.exp(Math.min(600, x - 2 * length * first + length * length * ((c[i] ?? NaN) - (b[i] ?? NaN) - first)));
  });
  const pieces = zero.edges.length - 1;
  const kinds = zero.baseline.length;
  if (!moved.every(Number.isFinite)) return undefined;
  return {
    edges: zero.edges, decay: moved[0] ?? NaN,
    baseline: Array.from({ length: kinds }, (_, v) => moved.slice(1 + v * pieces, 1 + (v + 1) * pieces)),
    branching: Array.from({ length: kinds }, (_, v) => moved.slice(1 + kinds * pieces + v * kinds, 1 + kinds * pieces + (v + 1) * kinds)),
  };
}
