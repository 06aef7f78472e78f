import { epochMs } from '@breakwater/models/core';
import { createOrderBook } from '@breakwater/models/market';
import type { BookSync } from '../book/sync.ts';
import { isRecord, parseJson } from '../numbers.ts';
import type { CaptureLine } from '../replay/index.ts';
import type { ParsedFrame, Venue } from '../venue.ts';

/** Best quotes as a venue printed them, with the number of the book they are of. */
export interface PrintedQuotes {
  readonly symbol: string;
  readonly id: number;
  readonly bid: number;
  readonly ask: number;
}

/**
 * Follows every book of a capture by the venue's map and rule, from its recorded answers, and compares it with the best quotes that other frames
 * print for the same number. Says how many could be compared (`quotesOf` reads them) and which differ.
 */
export function followBooks(lines: readonly CaptureLine[], venue: Venue, quotesOf: (frame: Readonly<Record<string, unknown>>) => PrintedQuotes | undefined): { readonly compared: number; readonly differences: readonly string[] } {
  const books = new Map<string, { readonly sync: BookSync; readonly book: ReturnType<typeof createOrderBook>; id: number }>();
  const early = new Map<string, PrintedQuotes[]>();
  const differences: string[] = [];
  let compared = 0;
  const compare = (quotes: PrintedQuotes, book: ReturnType<typeof createOrderBook>): void => {
    compared++;
    const ours = [book.best('bids'), book.best('asks')];
    if (ours[0] !== quotes.bid || ours[1] !== quotes.ask) differences.push(`${quotes.symbol} ${quotes.id}: ${ours.join(' ')} here, ${quotes.bid} ${quotes.ask} there`);
  };
  const take = (parsed: ParsedFrame): void => {
    for (const event of parsed.kind === 'events' ? parsed.events : []) {
      if (event.kind !== 'book') continue;
      const held = books.get(event.symbol) ?? { sync: venue.createSync(), book: createOrderBook(), id: -1 };
      books.set(event.symbol, held);
      const step = held.sync.next(event);
      for (const applied of step.kind === 'apply' ? step.events : []) {
        if (applied.snapshot) held.book.replace(applied.bids, applied.asks);
        else held.book.apply(applied.bids, applied.asks);
        held.id = applied.last ?? held.id;
        for (const quotes of early.get(event.symbol) ?? []) if (quotes.id === held.id) compare(quotes, held.book);
      }
    }
  };
  for (const line of [...lines].sort((a, b) => a.ts - b.ts)) {
    const at = epochMs(Math.max(0, Math.floor(line.ts * 1000)));
    if (line.t === 'http' && URL.canParse(line.url) && venue.owns(line.url)) take(venue.recordedBook?.(new URL(line.url), line.data, at) ?? { kind: 'ignored', channel: '' });
    if (line.t !== 'recv') continue;
    const frame = parseJson(line.data);
    const quotes = isRecord(frame) ? quotesOf(frame) : undefined;
    if (quotes === undefined) take(venue.parseFrame(line.data, at));
    else if (books.get(quotes.symbol)?.id === quotes.id) compare(quotes, books.get(quotes.symbol)?.book ?? createOrderBook());
    else early.set(quotes.symbol, [...(early.get(quotes.symbol) ?? []), quotes]);
  }
  return { compared, differences };
}
