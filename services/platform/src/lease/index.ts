import type { EpochMs } from '@breakwater/models/core';

/**
 * Who may do what only one process may do, as a port. `lease/memory` serves one process and simulations; a broker's or a database's adapter serves many. A lease ends by
 * itself when its holder does not keep it, so that a process that died, hangs or has lost the network is replaced. Times are the adapter's own clock;
 * holders count with theirs and stop early (see `whileHolding` in `lease/keep`).
 */
export interface Leases {
  /**
   * Takes the lease `name` for `holder`, or keeps it, for `ttlMs` from now. `held` is false while another has it. `term` counts up with every change of holder, so that what an
   * older holder still does can be told and refused. Rejects with a `BreakwaterError` when the adapter cannot be reached: the lease then goes on to its end.
   */
  claim(name: string, holder: string, ttlMs: number): Promise<LeaseClaim>;
  /** Gives the lease back at once; nothing when `holder` does not have it. */
  release(name: string, holder: string): Promise<void>;
}

/** The answer to a claim. */
export interface LeaseClaim {
  readonly held: boolean;
  readonly term: number;
  /** When the present holder's lease ends unless it is kept. */
  readonly until: EpochMs;
}
