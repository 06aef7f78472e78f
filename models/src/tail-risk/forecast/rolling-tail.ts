import { assert } from '../../core/index.ts';

/** The last losses of a series, sorted: quantiles and tail means of them at any time. */
export interface RollingTail {
  /** Adds a loss (finite); the oldest gives way once the window is full. O(window) moves of memory. */
  add(loss: number): void;
  /** Losses held, at most the window. */
  readonly size: number;
  /** The loss exceeded with probability `tail` in (0, 1), at the rank tail (n + 1) from above (Weibull 1939), between neighbours in proportion. NaN without losses. */
  quantile(tail: number): number;
  /** The mean of the tail (n + 1) largest losses, the last of them in part. NaN without losses. */
  shortfall(tail: number): number;
  /** Every loss held, ascending; a copy. */
  sorted(): Float64Array;
  /** Every loss held, oldest first; a copy. */
  inOrder(): Float64Array;
}

/** A window of `window` losses (>= 1), beginning with `first` (oldest first, the last `window` of them). */
export function createRollingTail(window: number, first: ArrayLike<number> = []): RollingTail {
  assert(Number.isInteger(window) && window >= 1, `a window of one loss or more, got ${window}`);
  const ring = new Float64Array(window);
  const sorted = new Float64Array(window + 1);
  let size = 0;
  let next = 0;
  /** Index of the first loss that is not below `loss`. */
  const rank = (loss: number): number => {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? NaN) < loss) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const add = (loss: number): void => {
    assert(Number.isFinite(loss), `a finite loss, got ${loss}`);
    if (size === window) {
      const gone = rank(ring[next] ?? NaN);
      sorted.copyWithin(gone, gone + 1, size);
      size--;
    }
    const at = rank(loss);
    sorted.copyWithin(at + 1, at, size);
    sorted[at] = loss;
    size++;
    ring[next] = loss;
    next = (next + 1) % window;
  };
  /** The k-th largest, k from 1; the ends stand for what lies beyond them. */
  const largest = (k: number): number => sorted[size - Math.min(size, Math.max(1, k))] ?? NaN;
  for (let i = Math.max(0, first.length - window); i < first.length; i++) add(first[i] ?? NaN);
  return {
    add,
    get size() {
      return size;
    },
    quantile: (tail) => {
      if (size === 0) return NaN;
      const at = tail * (size + 1);
      const k = Math.floor(at);
      return at < 1 ? largest(1) : largest(k) + (at - k) * (largest(k + 1) - largest(k));
    },
    shortfall: (tail) => {
      if (size === 0) return NaN;
      const count = Math.min(size, tail * (size + 1));
      if (count <= 1) return largest(1);
      const whole = Math.floor(count);
      let sum = (count - whole) * largest(whole + 1);
      for (let k = 1; k <= whole; k++) sum += largest(k);
      return sum / count;
    },
    sorted: () => sorted.slice(0, size),
    inOrder: () => (size < window ? ring.slice(0, size) : Float64Array.from({ length: size }, (_, i) => ring[(next + i) % window] ?? NaN)),
  };
}
