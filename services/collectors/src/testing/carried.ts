import type { ParsedFrame } from '../venue.ts';

/** What only one of the two readers of a frame keeps: the printed numbers (as texts or as places in the bytes), names and figures for the interchange form alone, and the depth of updates. */
const OF_ONE_READER: ReadonlySet<string> = new Set(['printed', 'printedBids', 'printedAsks', 'printedSymbol', 'depth']);

/** A frame as both readers must give it. */
export function carried(frame: ParsedFrame | undefined): unknown {
  if (frame?.kind !== 'events') return frame;
  return { ...frame, events: frame.events.map((event) => Object.fromEntries(Object.entries(event).filter(([key, value]) => value !== undefined && !OF_ONE_READER.has(key)))) };
}
