import { BreakwaterError } from '@breakwater/platform/errors';
import type { Requests } from '../session/requests.ts';
import type { Venue, VenueEndpoints, VenueInstrument } from '../venue.ts';

/** Most pages of one instrument list. */
const MAX_PAGES = 50;
/** What a page is counted as in the venue's request weight: the heaviest of the venues' lists. */
const PAGE_WEIGHT = 20;

/** Reads a market type's whole instrument list. Rejects with a `BreakwaterError`: `bad-answer` when it is not understood or empty, or what a request rejects with. */
export async function readInstrumentList(venue: Venue, endpoints: VenueEndpoints, requests: Requests): Promise<readonly VenueInstrument[]> {
  const list: VenueInstrument[] = [];
  for (const first of venue.instrumentRequests(endpoints)) {
    let request = first;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { body } = await requests.get(request, PAGE_WEIGHT);
      const parsed = venue.parseInstruments(body);
      if (!parsed.ok) throw new BreakwaterError('bad-answer', `instrument list of ${venue.source} not understood: ${parsed.error}`);
      list.push(...parsed.value);
      const next = venue.nextInstrumentPage?.(body, request);
      if (next === undefined) break;
      request = next;
    }
  }
  if (list.length === 0) throw new BreakwaterError('bad-answer', `instrument list of ${venue.source} is empty`);
  return list;
}
