import type { FeedHealthMessage, InstrumentMessage, RateMessage, CrossRateMessage, WatermarkMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { WatchedInstrument } from '../registry.ts';
import type { PlanOptions, RatePair } from '../venue.ts';

/**
 * One line of a recording, a JSON document. A recording is one or more files `*.jsonl.gz`, read in the order of their names; each begins with a
 * `header` and the `session` lines of the feeds that are running. `at` is milliseconds since 1970 by our clock; `conn` is
 * `<source>/<socket>#<number>`. Everything that entered a feed is there as received (`recv`, `http`), with what happened to its connections and
 * what the feed said by itself (`said`), so that reading it again gives the same messages. Lines of other kinds are to be skipped.
 */
export type RecordedLine =
  | { readonly t: 'header'; readonly format: typeof RECORDING_FORMAT; readonly version: typeof RECORDING_VERSION; readonly at: EpochMs; readonly part: number; readonly software: string }
  /** A feed begins (`continues`: goes on, in a new file) with these markets; `known` are the other symbols of its list, `plan` what its sockets and polls were made with. */
  | { readonly t: 'session'; readonly at: EpochMs; readonly source: string; readonly continues?: true; readonly watched: readonly WatchedInstrument[]; readonly known: readonly string[]; readonly plan?: PlanOptions; readonly maxFrameBytes?: number; readonly maxLevels?: number }
  /** The markets of a feed changed while it went on. */
  | { readonly t: 'watch'; readonly at: EpochMs; readonly source: string; readonly watched: readonly WatchedInstrument[]; readonly known: readonly string[] }
  | { readonly t: 'connect'; readonly at: EpochMs; readonly conn: string; readonly url: string }
  | { readonly t: 'send'; readonly at: EpochMs; readonly conn: string; readonly data: string }
  | { readonly t: 'close'; readonly at: EpochMs; readonly conn: string; readonly code: number; readonly reason: string }
  /** A frame as text, or in base64 where it is not valid UTF-8. */
  | { readonly t: 'recv'; readonly at: EpochMs; readonly conn: string; readonly data: string; readonly encoding?: 'base64' }
  /** The body of an answer and the request it answers; `name` of the poll, with the pair it was asked for where it is a rate, the account where it is the positions of one. Lists of instruments are named `instruments`. */
  | { readonly t: 'http'; readonly at: EpochMs; readonly source: string; readonly url: string; readonly name: string; readonly pair?: RatePair; readonly account?: string; readonly data: string }
  /** What the feed did with its connections. */
  | { readonly t: 'link'; readonly at: EpochMs; readonly conn: string; readonly step: 'prepare'; readonly replaces: string }
  | { readonly t: 'link'; readonly at: EpochMs; readonly conn: string; readonly step: 'handOver' }
  | { readonly t: 'link'; readonly at: EpochMs; readonly conn: string; readonly step: 'closed'; readonly reason: string }
  | { readonly t: 'republish'; readonly at: EpochMs; readonly source: string; readonly instrument: string }
  /** What the feed said by itself: definitions of markets, health, watermarks. */
  | { readonly t: 'said'; readonly source: string; readonly message: SaidMessage }
  /** The disk was slower than the frames: this many lines are missing here. */
  | { readonly t: 'lost'; readonly at: EpochMs; readonly lines: number };

/** What a feed says by itself, beside what its frames say. */
export type SaidMessage = FeedHealthMessage | InstrumentMessage | WatermarkMessage | RateMessage | CrossRateMessage;

/** Names the format in the header. */
export const RECORDING_FORMAT = 'breakwater-capture';
/** Counts up when a reader of the one before could misread a line. */
export const RECORDING_VERSION = 1;

/** `bybit:linear/linear-0#3` as its two parts. */
export function connectionOf(conn: string): { readonly source: string; readonly id: string } {
  const at = conn.indexOf('/');
  return { source: conn.slice(0, at), id: conn.slice(at + 1) };
}
