import { assert } from '../core/index.ts';

/**
 * A computation in pieces: each `next` does at most about `PIECE` small steps, so that whoever drives it can do something else in between. What it reads must not change before it is done. It gives the same
 * whatever lies between its pieces.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Addresses, links or transfers of one piece: a few milliseconds of work. */
export const PIECE = 4_096;

/** Takes all pieces at once. */
export function allSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

/** The same pieces of what must not change meanwhile, `revision` being another number once it did: then it throws, since what was read before and after belongs to two states. */
export function* whileSame<T>(revision: () => number, steps: Steps<T>): Steps<T> {
  const began = revision();
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    yield;
    assert(revision() === began, 'what is looked at changed before the look was over');
  }
}

/** A sorted copy, in pieces: `compare` as of `Array.sort`, equal items keep their order. About as much work as a sort at once. */
export function* sortSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Steps<readonly T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += PIECE) {
    if (at > 0) yield;
    runs.push(items.slice(at, at + PIECE).sort(compare));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* mergeSteps(runs[i] ?? [], runs[i + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeSteps<T>(a: T[], b: T[], compare: (a: T, b: T) => number): Steps<T[]> {
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i], b[j]] as [T, T];
    if (compare(y, x) < 0) {
      merged.push(y);
      j++;
    } else {
      merged.push(x);
      i++;
    }
    if ((i + j) % PIECE === 0) yield;
  }
  for (; i < a.length; i++) merged.push(a[i] as T);
  for (; j < b.length; j++) merged.push(b[j] as T);
  return merged;
}

/** Numbers in ascending order, in pieces: runs that are short enough to be sorted at once, merged. Takes `values` for its own. */
export function* ascendingSteps(values: Float64Array): Steps<Float64Array> {
  const run = 8 * PIECE;
  for (let at = 0; at < values.length; at += run) {
    if (at > 0) yield;
    values.subarray(at, at + run).sort();
  }
  let [from, to] = [values, values.length > run ? new Float64Array(values.length) : values];
  for (let width = run; width < values.length; width *= 2) {
    for (let at = 0; at < values.length; at += 2 * width) yield* mergeInto(to, from, at, Math.min(at + width, values.length), Math.min(at + 2 * width, values.length));
    [from, to] = [to, from];
  }
  return from;
}

function* mergeInto(to: Float64Array, from: Float64Array, begin: number, middle: number, end: number): Steps<void> {
  let [i, j] = [begin, middle];
  for (let at = begin; at < end; at++) {
    const [x, y] = [from[i] ?? 0, from[j] ?? 0];
    const isFirst = i < middle && (j >= end || x <= y);
    to[at] = isFirst ? x : y;
    if (isFirst) i++;
    else j++;
    if (at % (8 * PIECE) === 0) yield;
  }
}
