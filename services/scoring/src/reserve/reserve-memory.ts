import type { ReserveEventMessage, ReserveMessage } from '@breakwater/contracts';

/** What is known of the reserve behind an asset: its last reading, and its events of the last days. */
export interface ReserveMemory {
  fold(message: ReserveMessage | ReserveEventMessage): void;
  latest(): ReserveMessage | undefined;
}

/** Nothing known yet. */
export function createReserveMemory(): ReserveMemory {
  let latest: ReserveMessage | undefined;
  return {
    fold: (message) => {
      if (message.kind === 'reserve') latest = message;
    },
    latest: () => latest,
  };
}
