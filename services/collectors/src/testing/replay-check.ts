import { expect } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import type { CaptureLine, ReplayBook, ReplayResult } from '../replay/index.ts';
import { replayCapture } from '../replay/index.ts';
import type { BookEvent, Venue } from '../venue.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

/** Replays a capture for every asset, prints what it found under `name`, and expects each of its frames to be accounted for and no book to have a gap. What was rejected is the caller's to judge. */
export async function accountedReplay(name: string, lines: readonly CaptureLine[], venues: readonly Venue[], publish: (message: Message) => void = () => undefined): Promise<ReplayResult> {
  const result = await replayCapture(lines, { venues, publish: (_topic, message) => publish(message), assets: 'all' });
  console.log(name, JSON.stringify(result));
  expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
  expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
  expect(result.gaps).toBe(0);
  return result;
}

/** Expects a book to be there, never to have been crossed, and to have both sides and more than `levels` levels at the end. */
export function expectSoundBook(book: ReplayBook | undefined, levels: number = 0): void {
  expect(book?.crossedEver).toBe(false);
  expect(book?.bestBid ?? NaN).toBeLessThan(book?.bestAsk ?? NaN);
  expect(book?.levels ?? 0).toBeGreaterThan(levels);
}

/** Expects a sound book for every symbol that `asked` finds in the address of a recorded request (its first group), of which there are more than five. */
export function expectBooksAskedFor(result: ReplayResult, lines: readonly CaptureLine[], asked: RegExp, source: string, levels: number = 0): void {
  const symbols = lines.flatMap((l) => (l.t === 'http' ? (asked.exec(l.url)?.[1] ?? []) : []));
  expect(symbols.length).toBeGreaterThan(5);
  for (const symbol of symbols) expectSoundBook(result.books.find((b) => b.instrument === `${source}:${symbol}`), levels);
}

/** Every book event of a capture in the order of its lines, as each of the market types reads the frames. */
export function* bookEvents(lines: readonly CaptureLine[], venues: readonly Venue[]): Generator<{ readonly venue: Venue; readonly event: BookEvent }> {
  for (const line of lines) {
    if (line.t !== 'recv') continue;
    for (const venue of venues) {
      const parsed = venue.parseFrame(line.data, epochMs(Math.max(0, Math.floor(line.ts * 1000))));
      for (const event of parsed.kind === 'events' ? parsed.events : []) if (event.kind === 'book') yield { venue, event };
    }
  }
}

/** Gives every book event of a capture to the rule of its book, expects the rule to apply each, and returns the events; `books` counts the books. */
export function applyAll(lines: readonly CaptureLine[], venues: readonly Venue[]): { readonly events: readonly BookEvent[]; readonly books: number } {
  const syncs = new Map<string, ReturnType<Venue['createSync']>>();
  const events: BookEvent[] = [];
  for (const { venue, event } of bookEvents(lines, venues)) {
    const key = `${venue.source}:${event.symbol}`;
    const sync = syncs.get(key) ?? venue.createSync();
    syncs.set(key, sync);
    expect(sync.next(event).kind).toBe('apply');
    events.push(event);
  }
  return { events, books: syncs.size };
}

/** Expects the ranges of every book to follow one another without a hole or an overlap, and returns how many did. */
export function followingRanges(lines: readonly CaptureLine[], venue: Venue): number {
  const ends = new Map<string, number>();
  let verified = 0;
  for (const { event } of bookEvents(lines, [venue])) {
    const end = ends.get(event.symbol);
    if (end !== undefined) {
      expect(event.first).toBe(end + 1);
      verified++;
    }
    ends.set(event.symbol, event.last ?? NaN);
  }
  return verified;
}
