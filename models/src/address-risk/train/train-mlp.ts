import type { Rank, Tensor2D, Variable } from '@tensorflow/tfjs';
import { assert, createRng } from '../../core/index.ts';
import { fitStandardiser, mlpProbabilities, mlpShape, standardised, type DenseLayer, type Learner, type Matrix, type MlpModel } from '../model/index.ts';
import type { Backend, Tensorflow } from './backend.ts';

/** Settings of the training. */
export interface MlpOptions {
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  /** Of Adam (Kingma and Ba 2015, arXiv 1412.6980). */
  readonly learningRate: number;
  /** L2 penalty on kernels, beside the mean loss of a batch. */
  readonly penalty: number;
  readonly seed: number;
}

/** What trains 30-16-1 well on a few thousand rows. */
export const defaultMlp: MlpOptions = { hidden: mlpShape, epochs: 40, batch: 128, learningRate: 0.004, penalty: 1e-4, seed: 1 };

/** Glorot's uniform first weights (Glorot and Bengio 2010, AISTATS) from our own stream, so that every backend begins with the same. */
export function firstLayers(inputs: number, hidden: readonly number[], seed: number): readonly DenseLayer[] {
  const rng = createRng(seed).fork('weights');
  const widths = [inputs, ...hidden, 1];
  return widths.slice(1).map((outputs, l) => {
    const own = widths[l] ?? 1;
    const limit = Math.sqrt(6 / (own + outputs));
    // Rounded to what float32 holds, which is what is trained.
    return { inputs: own, outputs, kernel: Array.from({ length: own * outputs }, () => Math.fround((2 * rng.next() - 1) * limit)), bias: Array.from({ length: outputs }, () => 0) };
  });
}

type Variables = readonly { readonly kernel: Variable<Rank.R2>; readonly bias: Variable }[];

function variablesOf(tf: Tensorflow, layers: readonly DenseLayer[]): Variables {
  // The tensors they begin with are copied: `tidy` takes those away and leaves variables.
  return tf.tidy(() => layers.map(({ inputs, outputs, kernel, bias }) => ({ kernel: tf.variable<Rank.R2>(tf.tensor2d([...kernel], [inputs, outputs])), bias: tf.variable(tf.tensor1d([...bias])) })));
}

function forward(tf: Tensorflow, variables: Variables, rows: Tensor2D): Tensor2D {
  let units = rows;
  variables.forEach(({ kernel, bias }, l) => {
    const linear = tf.add<Tensor2D>(tf.matMul(units, kernel), bias);
    units = l + 1 < variables.length ? tf.relu(linear) : linear;
  });
  return units;
}

/** Rows 0 to n - 1 in random order. */
function shuffled(n: number, random: { int(bound: number): number }): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/**
 * Trains a multilayer perceptron on rows of known numbers (standardised ones) and labels of 0 and 1, by Adam on the logistic loss. First weights and the order of rows come from `seed`: two backends differ by rounding only.
 * O(epochs rows weights); memory of a batch. `onEpoch` hears after each.
 */
export async function trainMlp({ tf }: Pick<Backend, 'tf'>, rows: Matrix, labels: ArrayLike<number>, options: MlpOptions = defaultMlp, onEpoch: (done: number) => void = () => undefined): Promise<MlpModel> {
  assert(labels.length === rows.rows && rows.rows > 0 && rows.columns > 0, `a label a row, got ${labels.length} of ${rows.rows}`);
  const first = firstLayers(rows.columns, options.hidden, options.seed);
  const variables = variablesOf(tf, first);
  const optimizer = tf.train.adam(options.learningRate);
  const rng = createRng(options.seed).fork('order');
  const { columns, values } = rows;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = shuffled(rows.rows, rng);
    for (let begin = 0; begin < order.length; begin += options.batch) {
      const members = order.subarray(begin, begin + options.batch);
      const x = new Float32Array(members.length * columns);
      members.forEach((row, i) => x.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
      const y = Float32Array.from(members, (row) => labels[row] ?? NaN);
      tf.tidy(() => {
        const [inputs, wanted] = [tf.tensor2d(x, [members.length, columns]), tf.tensor2d(y, [members.length, 1])];
        optimizer.minimize(() => {
          const loss = tf.losses.sigmoidCrossEntropy(wanted, forward(tf, variables, inputs));
          const sizes = variables.map(({ kernel }) => tf.sum(tf.square(kernel)));
          return tf.add(loss, tf.mul(options.penalty, tf.addN(sizes))).asScalar();
        });
      });
    }
    onEpoch(epoch + 1);
    // Lets whoever waits have a turn: a native step does not.
    await tf.nextFrame();
  }
  const layers: DenseLayer[] = [];
  for (const [l, { kernel, bias }] of variables.entries()) {
    const shape = first[l];
    if (shape !== undefined) layers.push({ inputs: shape.inputs, outputs: shape.outputs, kernel: [...(await kernel.data())], bias: [...(await bias.data())] });
    kernel.dispose();
    bias.dispose();
  }
  optimizer.dispose();
  return { layers };
}

/** Probabilities of every row as TensorFlow computes them, in float32: what our own forward pass is compared with. */
export function predictWith({ tf }: Pick<Backend, 'tf'>, model: MlpModel, { rows, columns, values }: Matrix): Float64Array {
  const variables = variablesOf(tf, model.layers);
  const found = tf.tidy(() => tf.sigmoid(forward(tf, variables, tf.tensor2d(Float32Array.from(values), [rows, columns]))).dataSync());
  for (const { kernel, bias } of variables) [kernel, bias].forEach((variable) => variable.dispose());
  return Float64Array.from(found);
}

/** The perceptron as a learner of tables: standardised columns, trained by `backend`, asked by our own forward pass. `onRows` hears of every row that was trained on, to say how fast it goes. */
export function mlpLearner(backend: Pick<Backend, 'tf'>, options: MlpOptions = defaultMlp, onRows: (rows: number) => void = () => undefined): Learner {
  return {
    name: 'mlp',
    learn: async (rows, labels) => {
      const standard = fitStandardiser(rows);
      const model = await trainMlp(backend, standardised(standard, rows), labels, options, () => onRows(rows.rows));
      return { probabilities: (asked) => mlpProbabilities(model, standardised(standard, asked)), data: { standard, ...model, options } };
    },
  };
}
