import type { EpochMs } from '@breakwater/models/core';

/** Time as a port: the system's in production, a simulated one in tests and drills. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): EpochMs;
  /** Calls `fn` once after `delayMs` (>= 0). Returns a function that cancels; cancelling twice is harmless. Timers of one moment run in the order they were set. */
  after(delayMs: number, fn: () => void): () => void;
}
