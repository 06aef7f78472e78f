import type { Steps } from '@breakwater/models/address-risk';

/** Lets everything else of the process go on for a moment; rejects when the caller stops. */
export type Pause = () => Promise<void>;

/** Takes the pieces of a computation with a pause between any two: what has one piece is done at once. Rejects with what a piece throws. */
export async function inPieces<T>(steps: Steps<T>, pause: Pause): Promise<T> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    await pause();
  }
}
