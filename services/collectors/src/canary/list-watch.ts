import type { VenueInstrument } from '../venue.ts';
import type { Finding } from './findings.ts';
import { changesOf } from './findings.ts';

/** Compares each read of a venue's instrument list with those before. */
export interface ListWatch {
  /** Judges a list against the markets watched so far (by symbol; none before the first read). */
  take(list: readonly VenueInstrument[], watched: ReadonlyMap<string, { readonly listing: VenueInstrument }>): ListVerdict;
}

/** What a read of the list is worth. */
export interface ListVerdict {
  /** The list to go on with: the one read, and with it markets that are missing for the first time; undefined when it is not to be believed yet. */
  readonly list: readonly VenueInstrument[] | undefined;
  readonly findings: readonly Finding[];
}

/** A list that lost more than this share of its markets, and not only a few, is taken for a broken answer, not for so many delistings (design assumptions). */
const MOST_LOST = 0.2;
const FEW = 10;
/** After so many reads in a row it is believed. */
const READS = 3;

/**
 * Makes a watch that has seen no list. A market that one answer leaves out is not delisted: it is kept until the next read agrees. O(list) a read.
 */
export function createListWatch(): ListWatch {
  let most = 0;
  let shrunk = 0;
  let missing = new Set<string>();
  return {
    take: (list, watched) => {
      if (list.length < most * (1 - MOST_LOST) && most - list.length >= FEW && shrunk < READS - 1) {
        shrunk++;
        return { list: undefined, findings: [{ reason: 'list-shrunk', detail: `${String(list.length)} markets, ${String(most)} before` }] };
      }
      most = shrunk > 0 ? list.length : Math.max(most, list.length);
      shrunk = 0;
      const bySymbol = new Map(list.map((listing) => [listing.symbol, listing]));
      const findings: Finding[] = [];
      const kept: VenueInstrument[] = [];
      const gone = new Set<string>();
      for (const [symbol, { listing }] of watched) {
        const now = bySymbol.get(symbol);
        if (now === undefined) {
          gone.add(symbol);
          if (!missing.has(symbol)) kept.push(listing);
          findings.push({ reason: 'instrument-missing', symbol, detail: missing.has(symbol) ? 'for the second time in a row: delisted' : 'not in the list' });
        } else if (!now.trading && listing.trading) findings.push({ reason: 'instrument-halted', symbol, detail: 'listed and not trading' });
        else findings.push(...changesOf(listing, now));
      }
      missing = gone;
      return { list: kept.length === 0 ? list : [...list, ...kept], findings };
    },
  };
}
