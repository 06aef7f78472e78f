/** A first-in first-out queue that refuses what does not fit. */
export interface BoundedQueue<T> {
  /** Appends `item`; false, and counted as refused, when the queue is full. */
  push(item: T): boolean;
  /** Removes and returns the oldest item; undefined when there is none. Constant time on average. */
  shift(): T | undefined;
  /** Removes the first item equal to `item`; false when it is not there. Linear in the queue's length. */
  remove(item: T): boolean;
  /** Removes and returns everything, oldest first. */
  drain(): T[];
  /** Items held. */
  size(): number;
  /** Items refused since the start. */
  refused(): number;
}

/** Makes an empty queue for at most `limit` (> 0) items. */
export function createBoundedQueue<T>(limit: number): BoundedQueue<T> {
  let items: T[] = [];
  let head = 0;
  let refused = 0;
  const compact = (): void => {
    items = items.slice(head);
    head = 0;
  };
  return {
    push: (item) => {
      if (items.length - head >= limit) {
        refused++;
        return false;
      }
      items.push(item);
      return true;
    },
    shift: () => {
      const item = items[head];
      if (head >= items.length) return undefined;
      head++;
      // The removed half is given back only now and then, so that each item is moved a bounded number of times.
      if (head * 2 >= items.length) compact();
      return item;
    },
    remove: (item) => {
      const at = items.indexOf(item, head);
      if (at < 0) return false;
      items.splice(at, 1);
      return true;
    },
    drain: () => {
      compact();
      const all = items;
      items = [];
      return all;
    },
    size: () => items.length - head,
    refused: () => refused,
  };
}
