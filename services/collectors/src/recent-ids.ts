/** Remembers ids seen lately, in bounded memory. */
export interface RecentIds {
  /** Whether `id` is new; it is remembered then, and the oldest forgotten. O(length of the id). */
  add(id: string): boolean;
}

/**
 * Makes an empty memory of the last `keep` (1 to 32,767) ids. Kept are fingerprints of 64 bits, about 12 bytes an id, set aside at the beginning: texts would live just long enough to
 * be what a collection of garbage costs. Two ids share a fingerprint with a probability of 2^-64, so a new one is taken for a repeated one in one of 10^16 at 2,000 kept.
 */
export function createRecentIds(keep: number): RecentIds {
  const memory = emptyFingerprints(keep);
  return {
    add: (id) => {
      let low = 0x9e3779b1;
      let high = 0x85ebca77;
      for (let i = 0; i < id.length; i++) {
        const c = id.charCodeAt(i);
        low = Math.imul(low ^ c, 0x9e3779b1);
        high = Math.imul(high ^ c, 0x5f356495);
      }
      // The low bits of a product know nothing of the high bits of its factors.
      low ^= high >>> 15;
      return remember(memory, low ^ (low >>> 13), high ^ (low >>> 16));
    },
  };
}

/** A ring of fingerprints, and lists of its places by the fingerprints' last bits. */
interface Fingerprints {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** The first place of each list and the one after each place, plus 1; 0 for none. */
  readonly first: Int16Array;
  readonly after: Int16Array;
  /** The place that is written next, and how many are taken. */
  next: number;
  taken: number;
}

function emptyFingerprints(keep: number): Fingerprints {
  const lists = 2 ** Math.ceil(Math.log2(keep));
  // Written once, so that their memory is there before the first trade and not with it.
  return { low: new Int32Array(keep).fill(0), high: new Int32Array(keep).fill(0), first: new Int16Array(lists), after: new Int16Array(keep), next: 0, taken: 0 };
}

function remember(memory: Fingerprints, newLow: number, newHigh: number): boolean {
  const { low, high, first, after, next } = memory;
  const list = newLow & (first.length - 1);
  for (let at = first[list] ?? 0; at > 0; at = after[at - 1] ?? 0) if (low[at - 1] === newLow && high[at - 1] === newHigh) return false;
  if (memory.taken === low.length) forget(memory, next);
  else memory.taken++;
  low[next] = newLow;
  high[next] = newHigh;
  after[next] = first[list] ?? 0;
  first[list] = next + 1;
  memory.next = next + 1 === low.length ? 0 : next + 1;
  return true;
}

/** Takes a place, the oldest one, out of its list, at whose end it is. */
function forget({ low, first, after }: Fingerprints, place: number): void {
  const list = (low[place] ?? 0) & (first.length - 1);
  if (first[list] === place + 1) {
    first[list] = 0;
    return;
  }
  let at = first[list] ?? 0;
  for (let then = after[at - 1] ?? 0; then !== place + 1; then = after[at - 1] ?? 0) at = then;
  after[at - 1] = 0;
}
