import type { Activity } from '@breakwater/platform/activity';

/** Turns of the event loop without any change after which work in flight is taken to wait for the clock. Work that does not wait changes something at least every other turn. */
const patience = 12;

/**
 * Work in flight, for a clock that must not stand still: work that itself waits for the clock (a store call tried again later, a delivery
 * that hangs) does not end while the clock waits for it. So `idle` also resolves when nothing has begun or ended for some turns.
 */
export function createPatientActivity(): Activity {
  const inFlight = new Map<number, string>();
  let begun = 0;
  let changes = 0;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    begin: (label) => {
      const id = begun++;
      changes++;
      inFlight.set(id, label);
      return () => {
        if (inFlight.delete(id)) changes++;
      };
    },
    idle: async () => {
      for (let quiet = 0; quiet < (inFlight.size === 0 ? 2 : patience); ) {
        const before = changes;
        await turn();
        quiet = changes === before ? quiet + 1 : 0;
      }
    },
    pending: () => [...inFlight.values()],
    begun: () => begun,
  };
}
