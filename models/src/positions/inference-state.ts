import type { Evidence } from './evidence-blocks.ts';
import type { FlowDensity, FlowTerms } from './flow-density.ts';

/** 0 long, 1 short. */
export type SideIndex = 0 | 1;
/** One guess at the flow: both sides, and their class weights as of the last fit. */
export interface FlowState {
  readonly terms: FlowTerms;
  readonly densities: readonly [FlowDensity, FlowDensity];
  readonly weights: [Float64Array, Float64Array];
}

/** One posterior draw: a flow and the class weights of both sides. */
export interface WeightDraw {
  readonly flow: number;
  readonly weights: readonly [Float64Array, Float64Array];
}

/** Everything that changes. */
export interface InferenceState {
  readonly flows: readonly FlowState[];
  readonly evidence: Evidence;
  minutes: number;
  last: { readonly at: number; readonly close: number; readonly openInterest: number } | null;
  flowWeights: readonly number[];
  draws: readonly WeightDraw[];
  /** By side: how wrong the model was where liquidations were seen. */
  kappa: readonly [number, number];
  /** By side: classes no price crossed while somebody listened. */
  priorOnly: readonly [readonly boolean[], readonly boolean[]];
}
