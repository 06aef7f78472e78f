import { AssertionError } from '../core/index.ts';

/** Element `i` of a typed array; crashes when `i` is outside it, which is a bug of ours. */
export function at(values: Int32Array | Float64Array, i: number): number {
  const value = values[i];
  if (value === undefined) throw outside(values.length, i);
  return value;
}

/** The same for ticks and other 32-bit numbers: one kind of array, which engines compile to a plain load. For the innermost loops. */
export function tickAt(values: Int32Array, i: number): number {
  const value = values[i];
  if (value === undefined) throw outside(values.length, i);
  return value;
}

/** The same for lots and other float64 numbers. */
export function lotsAt(values: Float64Array, i: number): number {
  const value = values[i];
  if (value === undefined) throw outside(values.length, i);
  return value;
}

function outside(length: number, i: number): AssertionError {
  return new AssertionError(`index ${i} outside 0..${length - 1}`);
}
