/** A timer waiting in a `TimerQueue`. */
export interface Timer {
  readonly at: number;
  /** Timers of one moment run in this order. */
  readonly order: number;
  readonly fn: () => void;
}

/** Timers ordered by (time, order set). Setting, cancelling and taking cost O(log n), amortised. */
export interface TimerQueue {
  /** Adds a timer; the function returned cancels it, any number of times. */
  set(at: number, fn: () => void): () => void;
  /** The first timer still wanted, left in place. */
  first(): Timer | undefined;
  /** Takes the first timer out. */
  take(): Timer | undefined;
  /** The order the next timer set will get. */
  nextOrder(): number;
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Makes an empty queue: a binary heap from which cancelled timers are removed when they reach the top or outnumber the others. */
export function createTimerQueue(): TimerQueue {
  let heap: Timer[] = [];
  const wanted = new Set<Timer>();
  let order = 0;

  const up = (timer: Timer): void => {
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(timer, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = timer;
  };
  const pop = (): void => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = heap[2 * i + 1];
      const right = heap[2 * i + 2];
      const rightFirst = left !== undefined && right !== undefined && before(right, left);
      const child = rightFirst ? right : left;
      if (child === undefined || !before(child, last)) break;
      heap[i] = child;
      i = 2 * i + (rightFirst ? 2 : 1);
    }
    heap[i] = last;
  };
  const first = (): Timer | undefined => {
    for (;;) {
      const top = heap[0];
      if (top === undefined || wanted.has(top)) return top;
      pop();
    }
  };
  return {
    set: (at, fn) => {
      const timer: Timer = { at, order: order++, fn };
      wanted.add(timer);
      up(timer);
      return () => {
        if (!wanted.delete(timer)) return;
        // A sorted array is a heap; the bound keeps long timeouts that were cancelled from filling memory.
        if (heap.length > 2 * wanted.size + 64) heap = [...wanted].sort((a, b) => (before(a, b) ? -1 : 1));
      };
    },
    first,
    take: () => {
      const timer = first();
      if (timer !== undefined) {
        wanted.delete(timer);
        pop();
      }
      return timer;
    },
    nextOrder: () => order,
  };
}
