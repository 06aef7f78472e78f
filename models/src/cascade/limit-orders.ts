import { at } from '../market/index.ts';

/** Active limit orders, the highest bankruptcy tick first. */
export interface LimitOrders {
  /** Adds an order. O(log n). */
  add(bankruptcyTick: number, lots: number): void;
  /** Removes every order whose bankruptcy tick is above `tick`; their lots. O(log n) an order. */
  expireAbove(tick: number): number;
  /** Fills up to `lots`, highest bankruptcy tick first; what was filled. O(log n) an order. */
  fill(lots: number): number;
  /** Lots of all active orders. */
  lots(): number;
}

/**
 * An empty set of at most `capacity` orders. Orders of equal bankruptcy tick fill and expire together as far as totals
 * go, so no order between them is kept.
 */
export function createLimitOrders(capacity: number): LimitOrders {
  const limits = new Int32Array(capacity);
  const sizes = new Float64Array(capacity);
  let count = 0;
  let active = 0;

  const swap = (a: number, b: number): void => {
    const limit = at(limits, a);
    const size = at(sizes, a);
    limits[a] = at(limits, b);
    sizes[a] = at(sizes, b);
    limits[b] = limit;
    sizes[b] = size;
  };
  const removeTop = (): void => {
    active -= at(sizes, 0);
    count--;
    limits[0] = at(limits, count);
    sizes[0] = at(sizes, count);
    for (let i = 0; ; ) {
      let largest = i;
      for (let child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++) if (at(limits, child) > at(limits, largest)) largest = child;
      if (largest === i) return;
      swap(i, largest);
      i = largest;
    }
  };

  return {
    add: (bankruptcyTick, lots) => {
      if (lots === 0) return;
      limits[count] = bankruptcyTick;
      sizes[count] = lots;
      active += lots;
      for (let i = count++; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (at(limits, parent) >= at(limits, i)) return;
        swap(i, parent);
        i = parent;
      }
    },
    expireAbove: (tick) => {
      let expired = 0;
      while (count > 0 && at(limits, 0) > tick) {
        expired += at(sizes, 0);
        removeTop();
      }
      return expired;
    },
    fill: (lots) => {
      let left = lots;
      while (left > 0 && count > 0) {
        const size = at(sizes, 0);
        const take = Math.min(left, size);
        left -= take;
        if (take === size) {
          removeTop();
          continue;
        }
        sizes[0] = size - take;
        active -= take;
      }
      return lots - left;
    },
    lots: () => active,
  };
}
