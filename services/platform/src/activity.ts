/**
 * Counts work in flight that no clock knows of: an HTTP answer awaited, a socket opening, a handler running. A simulated clock
 * advances only when nothing is in flight, so that the same input gives the same warnings.
 */
export interface Activity {
  /** Marks one piece of work as begun; call the returned function once when it has ended. */
  begin(label: string): () => void;
  /** Resolves when nothing is in flight and nothing began while the event loop turned. */
  idle(): Promise<void>;
  /** Labels of what is in flight, for diagnosis. */
  pending(): readonly string[];
  /** Pieces of work begun since the start; equal counts around a pause mean nothing happened in it. */
  begun(): number;
}

/** Makes an empty `Activity`. */
export function createActivity(): Activity {
  const inFlight = new Map<number, string>();
  let begun = 0;
  let waiters: (() => void)[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    begin: (label) => {
      const id = begun++;
      inFlight.set(id, label);
      return () => {
        if (!inFlight.delete(id) || inFlight.size > 0) return;
        const woken = waiters;
        waiters = [];
        for (const wake of woken) wake();
      };
    },
    idle: async () => {
      for (;;) {
        if (inFlight.size > 0) await new Promise<void>((resolve) => waiters.push(resolve));
        const before = begun;
        await turn();
        await turn();
        if (inFlight.size === 0 && begun === before) return;
      }
    },
    pending: () => [...inFlight.values()],
    begun: () => begun,
  };
}
