import { assert } from '../../core/index.ts';
import { sigmoid } from './logistic.ts';
import type { Matrix } from './matrix.ts';

/** One fully connected layer. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** `inputs * outputs` weights, the outputs of one input together, as TensorFlow keeps a kernel. */
  readonly kernel: readonly number[];
  readonly bias: readonly number[];
}

/** A multilayer perceptron as data: rectified linear units between layers, a sigmoid after the last, which has one output. */
export interface MlpModel {
  readonly layers: readonly DenseLayer[];
}

/** Hidden layers of the one that may be used: 30 and 16 units. */
export const mlpShape: readonly number[] = [30, 16];

/** Crashes where the layers do not fit together. */
export function checkMlp({ layers }: MlpModel, inputs: number): void {
  let width = inputs;
  for (const layer of layers) {
    assert(layer.inputs === width && layer.kernel.length === layer.inputs * layer.outputs && layer.bias.length === layer.outputs, `a layer of ${width} inputs`);
    width = layer.outputs;
  }
  assert(width === 1, 'one output');
}

/** Log odds of every row, in float64; TensorFlow computes in float32, so they differ by about 1e-6 of the log odds. O(rows weights). */
export function mlpScores(model: MlpModel, { rows, columns, values }: Matrix): Float64Array {
  checkMlp(model, columns);
  return Float64Array.from({ length: rows }, (_, i) => {
    let units = values.subarray(i * columns, (i + 1) * columns);
    model.layers.forEach((layer, l) => {
      const next = Float64Array.from(layer.bias);
      for (let j = 0; j < layer.inputs; j++) {
        const unit = units[j] ?? NaN;
        if (unit !== 0) for (let k = 0; k < layer.outputs; k++) next[k] = (next[k] ?? NaN) + unit * (layer.kernel[j * layer.outputs + k] ?? NaN);
      }
      units = l + 1 < model.layers.length ? next.map((x) => (x > 0 ? x : 0)) : next;
    });
    return units[0] ?? NaN;
  });
}

/** Probabilities of every row. */
export function mlpProbabilities(model: MlpModel, rows: Matrix): Float64Array {
  return mlpScores(model, rows).map(sigmoid);
}
