import { assert, defined } from '../core/index.ts';
import { at } from '../market/index.ts';
import { emptyDensity, remix, rescale, type FlowDensity, type FlowTerms } from './flow-density.ts';
import type { SavedInference } from './inference-types.ts';
import type { FlowState, InferenceState } from './inference-state.ts';

/**
 * A density as plain data, rounded. `open`: what the class that is never liquidated holds in each used bucket, as a share of open interest, by group: the most any class does. `left`: of each group and class what is left of that in
 * `levels` parts, as runs over the buckets `[level, count, level, count, ...]`; most are all or nothing.
 */
interface SavedDensity {
  readonly base: number;
  readonly first: number;
  readonly open: readonly (readonly number[])[];
  readonly left: readonly (readonly (readonly number[])[])[];
}

interface SavedState {
  readonly version: 1;
  readonly flows: readonly { readonly densities: readonly [SavedDensity, SavedDensity]; readonly weights: readonly [readonly number[], readonly number[]] }[];
  readonly blocks: readonly { readonly from: number; readonly minutes: number; readonly liquidated: readonly [number, number]; readonly exposures: readonly number[] }[];
  readonly sizes: readonly [volume: number, squares: number, at: number];
  readonly minutes: number;
  readonly last: InferenceState['last'];
}

/** Parts a class is told in, and the smallest share of open interest that is kept. */
const [levels, smallest] = [24, 1e-6];
const digits = (x: number, n: number): number => Number(x.toPrecision(n));

/** A state as plain JSON, some 100 kB, rounded: what is open to three digits, what is left of a class to a part in twenty-four of the most. Bands are not in it: they are drawn again from what is. */
export function saveInference({ flows, evidence, minutes, last }: InferenceState): SavedInference {
  const weights = (values: Float64Array): readonly number[] => Array.from(values, (w) => digits(w, 5));
  const saved: SavedState = {
    version: 1,
    flows: flows.map((flow) => ({ densities: [saveDensity(flow.densities[0], last?.openInterest ?? 0), saveDensity(flow.densities[1], last?.openInterest ?? 0)], weights: [weights(flow.weights[0]), weights(flow.weights[1])] })),
    blocks: evidence.blocks.map((b) => ({ from: b.from, minutes: b.minutes, liquidated: [digits(b.liquidated[0], 6), digits(b.liquidated[1], 6)], exposures: Array.from(b.exposures, (x) => (x > smallest * (last?.openInterest ?? 0) ? digits(x, 3) : 0)) })),
    sizes: [evidence.volume, evidence.squares, evidence.sizesAt], minutes, last,
  };
  return { ...saved };
}

/** The densities and weights in a saved state, by flow; crashes when it was made with other settings. */
export function restoreFlows(saved: SavedInference, terms: readonly FlowTerms[]): readonly FlowState[] {
  const { flows, last } = saved as unknown as SavedState;
  assert(flows.length === terms.length, 'a saved inference of the same settings');
  return flows.map(({ densities, weights }, f) => {
    const own = defined(terms[f], 'terms');
    const [long, short] = [Float64Array.from(weights[0]), Float64Array.from(weights[1])];
    assert(long.length === own.offsets.length, 'a saved inference of the same classes');
    return { terms: own, densities: [restoreDensity(densities[0], own, long, last?.openInterest ?? 0), restoreDensity(densities[1], own, short, last?.openInterest ?? 0)], weights: [long, short] };
  });
}

/** The rest of a saved state. */
export function restoreCounts(saved: SavedInference): Pick<InferenceState, 'evidence' | 'minutes' | 'last'> {
  const s = saved as unknown as SavedState;
  return {
    evidence: { blocks: s.blocks.map((b) => ({ from: b.from, minutes: b.minutes, liquidated: [b.liquidated[0], b.liquidated[1]], exposures: Float64Array.from(b.exposures) })), volume: s.sizes[0], squares: s.sizes[1], sizesAt: s.sizes[2] },
    minutes: s.minutes, last: s.last,
  };
}

function saveDensity({ base, first, last, alive, columns }: FlowDensity, openInterest: number): SavedDensity {
  const buckets = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const open = columns.map((rows, g) => buckets.map((b) => {
    const share = (at(defined(rows.at(-1), 'class'), b) * at(defined(alive[g], 'group'), b)) / openInterest;
    return share > smallest ? digits(share, 3) : 0;
  }));
  const left = columns.map((rows, g) => rows.slice(0, -1).map((row) => {
    const runs: number[] = [];
    for (const [i, b] of buckets.entries()) {
      const most = at(defined(rows.at(-1), 'class'), b);
      // What is left is never rounded to nothing, and where nothing is kept nothing is left.
      const level = defined(open[g]?.[i], 'open') === 0 || at(row, b) === 0 ? 0 : Math.max(1, Math.min(levels, Math.round((levels * at(row, b)) / most)));
      if (runs.length > 0 && runs.at(-2) === level) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
      else runs.push(level, 1);
    }
    return runs;
  }));
  return { base, first, open, left };
}

function restoreDensity(saved: SavedDensity, terms: FlowTerms, weights: Float64Array, openInterest: number): FlowDensity {
  const density = emptyDensity(terms, 0);
  density.base = saved.base;
  const used = saved.open[0]?.length ?? 0;
  if (used === 0) return density;
  density.first = saved.first;
  density.last = saved.first + used - 1;
  density.top.fill(density.last);
  for (let g = 0; g < terms.flow.groups.length; g++) {
    const open = defined(saved.open[g], 'group');
    const columns = defined(density.columns[g], 'group');
    defined(columns.at(-1), 'class').set(open, saved.first);
    for (const [k, runs] of defined(saved.left[g], 'group').entries()) {
      const column = defined(columns[k], 'class');
      let i = 0;
      for (let r = 0; r < runs.length; r += 2) for (let n = runs[r + 1] ?? 0; n > 0; n--, i++) column[saved.first + i] = ((open[i] ?? 0) * (runs[r] ?? 0)) / levels;
    }
  }
  remix(density, weights);
  rescale(density, openInterest);
  return density;
}
