import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { root } from './env.ts';
import type { TrainReport } from './train-process.ts';
import { tfjsNative } from './tfjs-native.ts';

const program = join(root, 'infra/dev/dist/train-process.js');
const train = async (...args: readonly string[]): Promise<TrainReport> => JSON.parse((await promisify(execFile)(process.execPath, [program, ...args], { timeout: 120_000, maxBuffer: 1 << 24 })).stdout) as TrainReport;
const farthest = (a: readonly number[], b: readonly number[]): number => a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);

// Undefined after a line that says why: what wants it is then shown as skipped.
const package_ = await tfjsNative();
const withNative = package_ === undefined ? describe.skip : describe;

describe('the same perceptron, trained by TensorFlow.js natively and on WebAssembly', () => {
  let portable: TrainReport;
  beforeAll(async () => {
    portable = await train();
  }, 150_000);

  test('on WebAssembly: it learns, and our own forward pass is equal to 1e-6', () => {
    expect(portable.backend).toBe('wasm');
    expect(portable.auc).toBeGreaterThan(0.95);
    expect(farthest(portable.own, portable.theirs)).toBeLessThan(1e-6);
  });

  withNative('natively', () => {
    let native: TrainReport;
    beforeAll(async () => {
      native = await train(...(package_ === undefined ? [] : [package_]));
    }, 150_000);

    test('it learns, and our own forward pass is equal to 1e-6', () => {
      expect([native.backend, native.fallback]).toEqual(['tensorflow', undefined]);
      expect(native.auc).toBeGreaterThan(0.95);
      expect(farthest(native.own, native.theirs)).toBeLessThan(1e-6);
    });

    test('it ends with the same model but for rounding in float32', () => {
      expect(native.own.length).toBe(400);
      expect(farthest(native.own, portable.own)).toBeLessThan(2e-3);
      native.kernels.forEach((kernel, l) => expect(farthest(kernel, portable.kernels[l] ?? [])).toBeLessThan(0.02));
      expect(Math.abs(native.auc - portable.auc)).toBeLessThan(1e-3);
    });
  });
});
