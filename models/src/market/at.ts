import { AssertionError } from '../core/index.ts';

/** Element `i` of a typed array; crashes when `i` is outside it, which is a bug of ours. */
export function at(values: Int32Array | Float64Array, i: number): number {
  const value = values[i];
  if (value === undefined) throw new AssertionError(`index ${i} outside 0..${values.length - 1}`);
  return value;
}
