import type { EpochMs, InstrumentId } from '@breakwater/models/core';
import type { BreakReason } from '../book/sync.ts';
import type { FallbackWindow } from './frame-reader.ts';
import type { Registry } from '../registry.ts';
import type { Source } from '../source.ts';
import type { ParsedFrame, Venue, VenueEvent } from '../venue.ts';

/** Frames in, messages out: the one path that live sockets, polls, replay and the benches share. Never throws on bad input. */
export interface Intake {
  /** One frame of a connection, as received. */
  frame(bytes: Uint8Array, receivedAt: EpochMs, connection: string): void;
  /** The parsed answer of a poll or of a resync's request; not counted among the frames. */
  answer(parsed: ParsedFrame, receivedAt: EpochMs): void;
  /** A connection that will take over from `replaces`: its books are built aside and nothing of it is published before `handOver`. */
  prepare(connection: string, replaces: string): void;
  /** Whether every book of the connection being replaced is ready on `connection`. */
  ready(connection: string): boolean;
  /** Moves everything to `connection`; books that are not ready are resynchronised. */
  handOver(connection: string, at: EpochMs): void;
  /** The connection ended: its books are cleared and not in use until a snapshot comes. */
  closed(connection: string, at: EpochMs, reason: string): void;
  /** Replaces the registry after a refresh; markets no longer watched are forgotten. */
  watch(registry: Registry): void;
  /** Publishes a book anew as a whole; false when it is not in use. */
  republish(instrument: InstrumentId, at: EpochMs): boolean;
  /** Whether the book of a symbol is in use. */
  inUse(symbol: string): boolean;
  /** Whether a successor's book waits for a polled snapshot, while the present one may well be in use. */
  wantsSeed(symbol: string): boolean;
  counters(): IntakeCounters;
  books(): readonly BookState[];
}

/** What an intake needs. */
export interface IntakeDeps {
  readonly venue: Venue;
  readonly registry: Registry;
  readonly source: Source;
  /** A book needs one resync. Called again when what came did not help; the caller keeps one resync of a book under way at a time. */
  readonly onBreak?: (symbol: string, reason: BreakReason) => void;
  /** A frame without data: acknowledgements and refusals concern whoever subscribed. */
  readonly onControl?: (frame: Extract<ParsedFrame, { kind: 'control' }>, connection: string) => void;
  /** Something of a symbol's channel arrived on a connection (watched or not); for liveness. Answers of requests are not told. */
  readonly onEvent?: (event: VenueEvent, receivedAt: EpochMs) => void;
  /** A thousand more frames of a kind that the byte decoder has shapes for; for the alarm and the metric of those that it left to the plain path. */
  readonly onFallbacks?: (window: FallbackWindow) => void;
  /** Frames above this are rejected unread, bytes. Default 16 MiB. */
  readonly maxFrameBytes?: number;
  /** Most levels kept on a side of a book. */
  readonly maxLevels?: number;
}

/** What became of the frames. Each frame is counted in exactly one of `framesNormalized`, `control`, `ignored` and `rejected`. */
export interface IntakeCounters {
  frames: number;
  framesNormalized: number;
  readonly control: Record<string, number>;
  /** `repeated-trade`: all of the frame's trades had been published before. */
  readonly ignored: Record<string, number>;
  readonly rejected: Record<string, number>;
  /** Messages published, by kind. */
  readonly normalized: Record<string, number>;
  /** Events not carried, by reason: book events that the rule drops, repeated trades, what an overlapping connection repeats. */
  readonly dropped: Record<string, number>;
  /** Books that broke: lost updates, a wrong checksum, a crossed book. */
  gaps: number;
  /** Books that came back after a break. */
  resyncs: number;
  /** Frames read by the byte decoder, by kind: `book`, `trade`, `ticker`, `ignored`. */
  readonly decoded: Record<string, number>;
  /** Frames of those kinds that the byte decoder left to the plain path, `rejected` among them; none where a venue has no shapes. */
  readonly fellBack: Record<string, number>;
}

/** A book as it stands. */
export interface BookState {
  readonly instrument: InstrumentId;
  readonly symbol: string;
  /** False while it is being resynchronised; its levels are then none. */
  readonly inUse: boolean;
  readonly bestBid: number | null;
  readonly bestAsk: number | null;
  /** Levels of both sides. */
  readonly levels: number;
  /** Whether it ever crossed; it was then taken out of use at once. */
  readonly crossedEver: boolean;
}
