import { at } from '../../market/index.ts';

/** Positions by a key, the lowest first and equal keys by row; each row at most once. */
export interface EntryHeap {
  readonly size: () => number;
  /** O(log n). */
  readonly add: (row: number, key: number) => void;
  /** The first row; the heap must not be empty. */
  readonly top: () => number;
  readonly topKey: () => number;
  /** O(log n). */
  readonly pop: () => void;
  /** All rows, by number. O(n log n). */
  readonly rows: () => Int32Array;
  /** Takes out the rows that `keep` says no to. O(n log n). */
  readonly retain: (keep: (row: number) => boolean) => void;
  /** Makes room for `capacity` rows. */
  readonly grow: (capacity: number) => void;
}

/** An empty heap for at most `capacity` rows; after that only `rows`, `retain` and `grow` allocate. */
export function createEntryHeap(capacity: number): EntryHeap {
  let rows = new Int32Array(capacity);
  let keys = new Float64Array(capacity);
  let count = 0;

  const isBefore = (a: number, b: number): boolean => at(keys, a) < at(keys, b) || (at(keys, a) === at(keys, b) && at(rows, a) < at(rows, b));
  const swap = (a: number, b: number): void => {
    const [row, key] = [at(rows, a), at(keys, a)];
    rows[a] = at(rows, b);
    keys[a] = at(keys, b);
    rows[b] = row;
    keys[b] = key;
  };
  const add = (row: number, key: number): void => {
    rows[count] = row;
    keys[count] = key;
    for (let i = count++; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!isBefore(i, parent)) return;
      swap(i, parent);
      i = parent;
    }
  };
  const pop = (): void => {
    count--;
    rows[0] = at(rows, count);
    keys[0] = at(keys, count);
    for (let i = 0; ; ) {
      let first = i;
      for (let child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++) if (isBefore(child, first)) first = child;
      if (first === i) return;
      swap(i, first);
      i = first;
    }
  };
  return {
    size: () => count, add, pop,
    top: () => at(rows, 0), topKey: () => at(keys, 0),
    rows: () => rows.slice(0, count).sort(),
    retain: (keep) => {
      const [oldRows, oldKeys] = [rows.slice(0, count), keys.slice(0, count)];
      count = 0;
      for (let i = 0; i < oldRows.length; i++) if (keep(at(oldRows, i))) add(at(oldRows, i), at(oldKeys, i));
    },
    grow: (more) => {
      const [oldRows, oldKeys] = [rows, keys];
      rows = new Int32Array(more);
      keys = new Float64Array(more);
      rows.set(oldRows);
      keys.set(oldKeys);
    },
  };
}
