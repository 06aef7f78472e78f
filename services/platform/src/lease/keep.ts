import type { EpochMs } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Leases } from './index.ts';

/** A lease while it is held. */
export interface HeldLease {
  readonly term: number;
  /** Aborts when the lease may have ended: before its end by the clock of the adapter, whatever happens to the network in between. */
  readonly signal: AbortSignal;
  /** Whether it is held now, asked of the clock and not of a timer: a process that was paused learns it before it does anything. */
  held(): boolean;
}

/** What keeping a lease needs. */
export interface KeepLeaseDeps {
  readonly leases: Leases;
  readonly name: string;
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting and the holding; the lease is then given back. */
  readonly signal: AbortSignal;
  readonly timing?: LeaseTiming;
}

/** How long a lease runs, how often it is kept, how often a waiting process asks for it, and how long before its end the holder stops. Milliseconds. */
export interface LeaseTiming {
  readonly ttlMs: number;
  readonly keepEveryMs: number;
  readonly askEveryMs: number;
  /** Covers the difference of clocks and what is under way. */
  readonly marginMs: number;
}

/** A standby takes over within about five seconds of a death (design assumption: half of the ten that are promised for feeds, which connect anew in the rest). */
export const leaseTiming: LeaseTiming = { ttlMs: 4_000, keepEveryMs: 1_000, askEveryMs: 500, marginMs: 500 };

/**
 * Waits for the lease and does `work` while it is held, again and again until `signal` aborts. `work` ends soon after its lease's signal aborts; what it rejects with ends
 * this, after the lease was given back.
 */
export async function whileHolding(deps: KeepLeaseDeps, work: (lease: HeldLease) => Promise<void>): Promise<void> {
  const { leases, name, holder, clock, log, signal } = deps;
  const timing = deps.timing ?? leaseTiming;
  while (!signal.aborted) {
    const asked = clock.now();
    const claim = await leases.claim(name, holder, timing.ttlMs).catch((error: unknown) => {
      log.warn('lease-not-asked', { lease: name, error: messageOf(error) });
      return undefined;
    });
    if (claim?.held !== true) {
      await sleep(clock, timing.askEveryMs, signal).catch(() => undefined);
      continue;
    }
    log.info('lease-taken', { lease: name, term: claim.term });
    // Work that ended while its lease lasts cannot go on now; it would claim again without end.
    if (await hold(deps, timing, { term: claim.term, asked }, work)) await sleep(clock, timing.askEveryMs, signal).catch(() => undefined);
  }
}

/** Resolves with whether the work ended before its lease was lost. */
async function hold({ leases, name, holder, clock, log, signal }: KeepLeaseDeps, timing: LeaseTiming, first: { readonly term: number; readonly asked: EpochMs }, work: (lease: HeldLease) => Promise<void>): Promise<boolean> {
  const lost = new AbortController();
  // Counted from when it was asked for: the answer may have taken its time.
  let endsAt = first.asked + timing.ttlMs - timing.marginMs;
  let cancelEnd: () => void = () => undefined;
  // Read through a function: it changes while something is awaited.
  const isLost = (): boolean => lost.signal.aborted;
  const onStop = (): void => lost.abort();
  signal.addEventListener('abort', onStop, { once: true });
  if (signal.aborted) lost.abort();
  const armEnd = (): void => {
    cancelEnd();
    cancelEnd = clock.after(Math.max(0, endsAt - clock.now()), () => {
      if (clock.now() < endsAt) armEnd();
      else lost.abort();
    });
  };
  armEnd();
  const keep = async (): Promise<void> => {
    for (;;) {
      await sleep(clock, timing.keepEveryMs, lost.signal).catch(() => undefined);
      if (isLost()) return;
      const asked = clock.now();
      try {
        const claim = await leases.claim(name, holder, timing.ttlMs);
        if (!claim.held || claim.term !== first.term) lost.abort();
        else endsAt = Math.max(endsAt, asked + timing.ttlMs - timing.marginMs);
      } catch (error) {
        log.warn('lease-not-kept', { lease: name, error: messageOf(error) });
      }
      if (!isLost()) armEnd();
    }
  };
  const keeping = keep();
  try {
    await work({ term: first.term, signal: lost.signal, held: () => !lost.signal.aborted && clock.now() < endsAt });
    return !isLost();
  } finally {
    const stillHeld = clock.now() < endsAt;
    lost.abort();
    cancelEnd();
    signal.removeEventListener('abort', onStop);
    await keeping;
    log.info('lease-ended', { lease: name, term: first.term });
    if (stillHeld) await leases.release(name, holder).catch(() => undefined);
  }
}
