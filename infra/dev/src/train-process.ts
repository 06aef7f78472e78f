import { pathToFileURL } from 'node:url';
import { areaUnderRoc, matrixOf, mlpProbabilities } from '@breakwater/models/address-risk';
import { defaultMlp, loadBackend, predictWith, trainMlp } from '@breakwater/models/address-risk/train';
import { createRng } from '@breakwater/models/core';

/** What the process prints: one line of JSON. */
export interface TrainReport {
  readonly backend: string;
  readonly fallback: string | undefined;
  /** Area under the curve of rows that were not trained on, by our own forward pass. */
  readonly auc: number;
  /** Probabilities of these rows by our own forward pass and by the backend. */
  readonly own: readonly number[];
  readonly theirs: readonly number[];
  readonly kernels: readonly (readonly number[])[];
}

/**
 * A program of its own, since TensorFlow wants the plain global objects that a test runner replaces: trains the perceptron of 30 and 16 units on points inside and outside of a ring. The argument is the main file of an
 * @tensorflow/tfjs-node, or nothing for WebAssembly.
 */
async function main(native: string | undefined): Promise<void> {
  const rng = createRng(17);
  const points = Array.from({ length: 1_200 }, () => [rng.normal(), rng.normal(), rng.normal()]);
  const labels = points.map(([x = 0, y = 0]) => (x * x + y * y < 1.4 ? 1 : 0));
  const backend = native === undefined ? await loadBackend('portable') : await loadBackend('native', () => import(pathToFileURL(native).href));
  const model = await trainMlp(backend, matrixOf(points.slice(0, 800)), labels.slice(0, 800), { ...defaultMlp, epochs: 15, batch: 64, learningRate: 0.01 });
  const asked = matrixOf(points.slice(800));
  const own = mlpProbabilities(model, asked);
  const report: TrainReport = { backend: backend.name, fallback: backend.fallback, auc: areaUnderRoc(own, labels.slice(800)).auc, own: [...own], theirs: [...predictWith(backend, model, asked)], kernels: model.layers.map((layer) => layer.kernel) };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

await main(process.argv[2]);
