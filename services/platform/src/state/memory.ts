import type { SavedState, StateStore } from './index.ts';

/** Makes a place for snapshots that lasts as long as the process. */
export function createMemoryStates(): StateStore {
  const held = new Map<number, SavedState>();
  return {
    newest: async (partition) => held.get(partition),
    save: async (partition, state) => void held.set(partition, state),
    close: async () => undefined,
  };
}
