import { epochMs, type EpochMs } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import type { Leases } from './index.ts';

interface Held {
  readonly holder: string;
  readonly until: EpochMs;
  readonly term: number;
}

/** Leases of one process: what several parts of it, or several simulated processes, agree by. */
export function createMemoryLeases(clock: Clock): Leases {
  const leases = new Map<string, Held>();
  return {
    claim: async (name, holder, ttlMs) => {
      const now = clock.now();
      const present = leases.get(name);
      if (present !== undefined && present.holder !== holder && present.until > now) return { held: false, term: present.term, until: present.until };
      // Taken again after its end, it is a new one: others may have had their turn unseen.
      const keeps = present !== undefined && present.holder === holder && present.until > now;
      const next: Held = { holder, until: epochMs(now + ttlMs), term: keeps ? present.term : (present?.term ?? 0) + 1 };
      leases.set(name, next);
      return { held: true, term: next.term, until: next.until };
    },
    release: async (name, holder) => {
      const present = leases.get(name);
      if (present?.holder === holder) leases.set(name, { ...present, until: epochMs(Math.min(present.until, clock.now())) });
    },
  };
}
