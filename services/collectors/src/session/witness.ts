import type { AssetId, EpochMs, VenueId } from '@breakwater/models/core';

/** Channels on which venues vouch for one another. */
export type WitnessedChannel = 'book' | 'trades';

/**
 * What the venues of one collector hear of an asset, told to each other: a market that says nothing is judged by how much the others say meanwhile.
 * Time is counted in the moments in which another venue spoke, not in seconds: when all are quiet it stands still, and nobody is accused.
 */
export interface Witness {
  /** The place of a venue's channel of an asset. */
  seat(asset: AssetId, channel: WitnessedChannel, venue: VenueId): WitnessSeat;
}

/** One venue's place. */
export interface WitnessSeat {
  /** It spoke. Hot path: no look-up. */
  heard(at: EpochMs): void;
  /** Moments in which another venue has spoken of the asset so far; only rises. A venue has one moment in 100 ms at most, so that a burst counts once. */
  others(): number;
  /** Other venues that have spoken so far. */
  venues(): number;
}

interface Voice { count: number; slot: number }
interface Table { total: number; readonly voices: Map<VenueId, Voice> }

/** Length of a moment, milliseconds: the pace of the quickest book streams, so that what comes at once is one saying (a design assumption). */
const MOMENT_MS = 100;

/** Makes a witness that has heard nothing. Bounded by assets times venues. */
export function createWitness(): Witness {
  const tables = new Map<string, Table>();
  return {
    seat: (asset, channel, venue) => {
      const key = `${channel} ${asset}`;
      const table = tables.get(key) ?? { total: 0, voices: new Map<VenueId, Voice>() };
      tables.set(key, table);
      const voice = table.voices.get(venue) ?? { count: 0, slot: -1 };
      table.voices.set(venue, voice);
      return {
        heard: (at) => {
          const slot = Math.floor(at / MOMENT_MS);
          if (slot === voice.slot) return;
          voice.slot = slot;
          voice.count++;
          table.total++;
        },
        others: () => table.total - voice.count,
        venues: () => [...table.voices.values()].filter((v) => v !== voice && v.count > 0).length,
      };
    },
  };
}
