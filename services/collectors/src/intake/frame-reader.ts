import type { EpochMs } from '@breakwater/models/core';
import { createDecoder } from '../decoder/index.ts';
import { count, decodeFrame, positive } from './parts.ts';
import type { ParsedFrame, Venue } from '../venue.ts';

/** Turns frames into what they say: straight from their bytes where the venue has a shape for them, else by the plain path. */
export interface FrameReader {
  /** Never throws on bad input. Only the plain path says why a frame is rejected. */
  read(bytes: Uint8Array, receivedAt: EpochMs): ParsedFrame;
  /** Frames read by the byte decoder, by kind. */
  decoded(): Record<string, number>;
  /** Frames of those kinds that it left to the plain path. */
  fellBack(): Record<string, number>;
}

/** How many of the last frames of a kind were read which way. */
export interface FallbackWindow {
  readonly kind: FrameKind;
  readonly frames: number;
  readonly fellBack: number;
  /** Whether more fell back than should: the venue prints its frames otherwise than its shapes say, and each now costs several times as much. */
  readonly tooMany: boolean;
}

/** What the decoder has shapes for. */
export type FrameKind = 'book' | 'trade' | 'ticker' | 'ignored';

/** Frames of a kind after which their fall-backs are weighed (design assumption: some seconds of a busy socket). */
const WINDOW = 1_000;
/** Share of fall-backs that is too much (design assumption): the recorded streams of protocols that are still subscribed have 0.1 % at most of the kinds that there are shapes for. */
const TOO_MANY = 0.05;

interface Tally {
  decoded: number;
  fellBack: number;
  /** Of the present window. */
  frames: number;
  windowFellBack: number;
}

/** Makes the reader of a market type. `named` gives the text that a symbol is known by elsewhere; `onWindow` is told of every window of a kind that there are shapes for. */
export function createFrameReader(venue: Venue, named: (symbol: string) => string, onWindow?: (window: FallbackWindow) => void): FrameReader {
  const { shapes } = venue;
  const decoder = shapes === undefined ? undefined : createDecoder(shapes, named);
  const shaped = new Set(shapes?.shapes.map((shape) => shape.kind));
  const tally = (): Tally => ({ decoded: 0, fellBack: 0, frames: 0, windowFellBack: 0 });
  const tallies: Readonly<Record<FrameKind, Tally>> = { book: tally(), trade: tally(), ticker: tally(), ignored: tally() };
  const { book, trade, ticker, ignored } = tallies;
  const unread: Record<string, number> = {};

  const endWindow = (kind: FrameKind, of: Tally): void => {
    const { frames, windowFellBack: fellBack } = of;
    of.frames = 0;
    of.windowFellBack = 0;
    if (shaped.has(kind)) onWindow?.({ kind, frames, fellBack, tooMany: fellBack > TOO_MANY * frames });
  };
  const noteDecoded = (kind: FrameKind): void => {
    const of = kind === 'book' ? book : kind === 'trade' ? trade : kind === 'ignored' ? ignored : ticker;
    of.decoded++;
    if (++of.frames >= WINDOW) endWindow(kind, of);
  };
  const noteFallback = (parsed: ParsedFrame): void => {
    const kind = parsed.kind === 'events' ? parsed.events[0]?.kind : parsed.kind;
    if (kind === 'rejected') count(unread, kind);
    // What no shape describes on purpose, as acknowledgements and liquidations, is no fall-back.
    if (kind !== 'book' && kind !== 'trade' && kind !== 'ticker' && kind !== 'ignored') return;
    const of = tallies[kind];
    of.fellBack++;
    of.windowFellBack++;
    if (++of.frames >= WINDOW) endWindow(kind, of);
  };
  return {
    read: (bytes, receivedAt) => {
      if (decoder !== undefined) {
        const decoded = decoder.decode(bytes, receivedAt);
        if (decoded !== undefined) {
          noteDecoded(decoder.kind());
          return decoded;
        }
      }
      const text = decodeFrame(bytes);
      const parsed: ParsedFrame = text === undefined ? { kind: 'rejected', reason: 'not-json', detail: 'not UTF-8' } : venue.parseFrame(text, receivedAt);
      if (decoder !== undefined) noteFallback(parsed);
      return parsed;
    },
    decoded: () => positive({ book: book.decoded, trade: trade.decoded, ticker: ticker.decoded, ignored: ignored.decoded }),
    fellBack: () => positive({ ...unread, book: book.fellBack, trade: trade.fellBack, ticker: ticker.fellBack, ignored: ignored.fellBack }),
  };
}

/** The same venue, read by the plain path alone; for benches and tests that compare. */
export function withoutShapes(venue: Venue): Venue {
  const plain: { -readonly [K in keyof Venue]: Venue[K] } = { ...venue };
  delete plain.shapes;
  return plain;
}
