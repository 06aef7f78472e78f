import { beforeAll, describe, expect, test } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { areaUnderRoc, matrixOf, mlpProbabilities } from '../model/index.ts';
import { defaultMlp, firstLayers, loadBackend, predictWith, trainMlp, type Backend } from './index.ts';

/** Points inside and outside of a ring, which no plane parts. */
function ring(n: number, seed: number): { readonly rows: ReturnType<typeof matrixOf>; readonly labels: Float64Array } {
  const rng = createRng(seed);
  const points = Array.from({ length: n }, () => [rng.normal(), rng.normal()]);
  return { rows: matrixOf(points), labels: Float64Array.from(points, ([x = 0, y = 0]) => (x * x + y * y < 1.4 ? 1 : 0)) };
}

describe('a perceptron trained with TensorFlow.js on WebAssembly', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend('portable');
  });
  const { rows, labels } = ring(600, 1);
  const options = { ...defaultMlp, epochs: 12, batch: 64, learningRate: 0.02 };

  test('learns, and our own forward pass says what TensorFlow says to 1e-6', async () => {
    expect(backend.name).toBe('wasm');
    const model = await trainMlp(backend, rows, labels, options);
    expect(model.layers.map((layer) => layer.outputs)).toEqual([30, 16, 1]);
    const asked = ring(400, 2);
    const [own, theirs] = [mlpProbabilities(model, asked.rows), predictWith(backend, model, asked.rows)];
    own.forEach((p, i) => expect(Math.abs(p - (theirs[i] ?? NaN))).toBeLessThan(1e-6));
    expect(areaUnderRoc(own, asked.labels).auc).toBeGreaterThan(0.95);
  });

  test('begins with the same weights for the same seed, repeats itself, and leaves no tensor behind', async () => {
    expect(firstLayers(2, [3], 5)).toEqual(firstLayers(2, [3], 5));
    expect(firstLayers(2, [3], 5)).not.toEqual(firstLayers(2, [3], 6));
    const before = backend.tf.memory().numTensors;
    const short = { ...options, epochs: 2 };
    expect(await trainMlp(backend, rows, labels, short)).toEqual(await trainMlp(backend, rows, labels, short));
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  test('is what one gets, with the reason, where the native one cannot be loaded', async () => {
    const found = await loadBackend('native', () => Promise.reject(new Error('isNullOrUndefined is not a function')));
    expect(found.name).toBe('wasm');
    expect(found.fallback).toContain('isNullOrUndefined');
  });
});
