import { assert, defined } from '../core/index.ts';
import { at } from '../market/index.ts';
import { emptyDensity, type FlowDensity, type FlowTerms } from './flow-density.ts';
import type { SavedInference } from './inference-types.ts';
import type { FlowState, InferenceState } from './position-inference.ts';

/** A density as plain data: the used range of buckets. Columns by group and bucket as runs of equal values over the classes, which most are: `[count, value, count, value, ...]`. */
interface SavedDensity {
  readonly base: number;
  readonly first: number;
  readonly alive: readonly (readonly number[])[];
  readonly mixed: readonly (readonly number[])[];
  readonly columns: readonly (readonly (readonly number[])[])[];
  readonly top: readonly number[];
}

interface SavedState {
  readonly version: 1;
  readonly flows: readonly { readonly densities: readonly [SavedDensity, SavedDensity]; readonly weights: readonly [readonly number[], readonly number[]] }[];
  readonly blocks: readonly { readonly from: number; readonly minutes: number; readonly liquidated: readonly [number, number]; readonly exposures: readonly number[] }[];
  readonly sizes: readonly [volume: number, squares: number, at: number];
  readonly minutes: number;
  readonly last: InferenceState['last'];
  readonly flowWeights: readonly number[];
  readonly draws: readonly { readonly flow: number; readonly weights: readonly [readonly number[], readonly number[]] }[];
  readonly priorOnly: InferenceState['priorOnly'];
}

/** A state as plain JSON; restoring it goes on to the last bit. */
export function saveInference({ flows, evidence, minutes, last, flowWeights, draws, priorOnly }: InferenceState): SavedInference {
  const list = (values: Float64Array | Int32Array): readonly number[] => Array.from(values);
  const saved: SavedState = {
    version: 1,
    flows: flows.map(({ densities, weights }) => ({ densities: [saveDensity(densities[0]), saveDensity(densities[1])], weights: [list(weights[0]), list(weights[1])] })),
    blocks: evidence.blocks.map((b) => ({ from: b.from, minutes: b.minutes, liquidated: [b.liquidated[0], b.liquidated[1]], exposures: list(b.exposures) })),
    sizes: [evidence.volume, evidence.squares, evidence.sizesAt], minutes, last, flowWeights,
    draws: draws.map(({ flow, weights }) => ({ flow, weights: [list(weights[0]), list(weights[1])] })), priorOnly,
  };
  return { ...saved };
}

/** The densities and weights in a saved state, by flow; crashes when it was made with other settings. */
export function restoreFlows(saved: SavedInference, terms: readonly FlowTerms[]): readonly FlowState[] {
  const { flows } = saved as unknown as SavedState;
  assert(flows.length === terms.length, 'a saved inference of the same settings');
  return flows.map(({ densities, weights }, f) => {
    const own = defined(terms[f], 'terms');
    return { terms: own, densities: [restoreDensity(densities[0], own), restoreDensity(densities[1], own)], weights: [Float64Array.from(weights[0]), Float64Array.from(weights[1])] };
  });
}

/** The rest of a saved state. */
export function restoreInference(saved: SavedInference, flows: readonly FlowState[]): InferenceState {
  const s = saved as unknown as SavedState;
  return {
    flows,
    evidence: { blocks: s.blocks.map((b) => ({ from: b.from, minutes: b.minutes, liquidated: [b.liquidated[0], b.liquidated[1]], exposures: Float64Array.from(b.exposures) })), volume: s.sizes[0], squares: s.sizes[1], sizesAt: s.sizes[2] },
    minutes: s.minutes, last: s.last, flowWeights: s.flowWeights,
    draws: s.draws.map(({ flow, weights }) => ({ flow, weights: [Float64Array.from(weights[0]), Float64Array.from(weights[1])] })), priorOnly: s.priorOnly,
  };
}

function saveDensity({ base, first, last, alive, mixed, columns, top }: FlowDensity): SavedDensity {
  const used = (row: Float64Array): readonly number[] => Array.from(row.subarray(first, last + 1));
  return {
    base, first, alive: alive.map(used), mixed: mixed.map(used), top: Array.from(top),
    columns: columns.map((rows) => Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => runsOf(rows, first + i))),
  };
}

function runsOf(rows: readonly Float64Array[], b: number): readonly number[] {
  const runs: number[] = [];
  let value = NaN;
  for (const row of rows) {
    const next = at(row, b);
    if (next === value) runs[runs.length - 2] = (runs.at(-2) ?? 0) + 1;
    else runs.push(1, next);
    value = next;
  }
  return runs;
}

function restoreDensity(saved: SavedDensity, terms: FlowTerms): FlowDensity {
  const density = emptyDensity(terms, 0);
  density.base = saved.base;
  const used = saved.alive[0]?.length ?? 0;
  density.first = used === 0 ? terms.buckets : saved.first;
  density.last = used === 0 ? -1 : saved.first + used - 1;
  density.top.set(saved.top);
  for (let g = 0; g < terms.flow.groups.length; g++) {
    defined(density.alive[g], 'group').set(defined(saved.alive[g], 'group'), saved.first);
    defined(density.mixed[g], 'group').set(defined(saved.mixed[g], 'group'), saved.first);
    for (const [i, runs] of defined(saved.columns[g], 'group').entries()) {
      let k = 0;
      for (let r = 0; r < runs.length; r += 2) for (let n = runs[r] ?? 0; n > 0; n--) defined(density.columns[g]?.[k++], 'class')[saved.first + i] = runs[r + 1] ?? 0;
    }
  }
  return density;
}
