import { expect } from '@jest/globals';
import type { EpochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { Venue } from '../venue.ts';
import { mutations } from './mutate.ts';
import { isSound } from './sound.ts';

/** Gives a venue's map 4,000 damaged versions of `frames`, expects every event that comes out to be sound, and counts what each became. */
export function kindsUnderDamage(venue: Pick<Venue, 'parseFrame'>, frames: Parameters<typeof mutations>[0], now: EpochMs): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  fc.assert(
    fc.property(mutations(frames), (text) => {
      const parsed = venue.parseFrame(text, now);
      kinds[parsed.kind] = (kinds[parsed.kind] ?? 0) + 1;
      if (parsed.kind === 'events') for (const event of parsed.events) expect(isSound(event)).toBe(true);
    }),
    { numRuns: 4_000, seed: 20261121 },
  );
  return kinds;
}
