import type { EpochMs, InstrumentId, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { BookState, IntakeCounters } from '../intake/intake.ts';
import type { AssetRule } from '../registry.ts';
import type { Venue } from '../venue.ts';
import type { CaptureLine } from './capture.ts';
import type { Stage } from './stages.ts';
import { answerSeeds, chooseStage, openStages, routeConnections, whyUnreadable } from './stages.ts';

/** How a capture is replayed. */
export interface ReplayOptions {
  readonly venues: readonly Venue[];
  readonly publish: Publish;
  /** Assets to watch, or `all`: every market that the capture's frames speak of, named after its base coin. */
  readonly assets: readonly AssetRule[] | 'all';
  /** Time between the watermarks published, milliseconds of capture time. Default 1,000. */
  readonly watermarkEveryMs?: number;
  /** How far watermarks are behind, milliseconds. Default 100. */
  readonly watermarkDelayMs?: number;
}

/** What a replay found. `framesNormalized` plus all of `control`, `ignored` and `rejected` is `frames`. */
export interface ReplayResult {
  readonly frames: number;
  readonly framesNormalized: number;
  readonly control: Readonly<Record<string, number>>;
  readonly ignored: Readonly<Record<string, number>>;
  readonly rejected: Readonly<Record<string, number>>;
  readonly normalized: Readonly<Record<string, number>>;
  /** Frames read straight from their bytes, and those of venues with shapes that were left to the plain path, by kind. */
  readonly decoded: Readonly<Record<string, number>>;
  readonly fellBack: Readonly<Record<string, number>>;
  readonly gaps: number;
  readonly resyncs: number;
  readonly books: readonly ReplayBook[];
}

/** A book at the end of a replay. */
export interface ReplayBook {
  readonly instrument: InstrumentId;
  readonly bestBid: number | null;
  readonly bestAsk: number | null;
  readonly levels: number;
  readonly crossedEver: boolean;
}

/**
 * Feeds the recorded frames of a capture through the intake, in the order of time, and recorded depth snapshots with them. Connections
 * are told apart by address, or by the header's exchange where the capture has none. Holds the capture in memory. Deterministic.
 * Throws a `TypeError` that says why when none of its frames can be read: an exchange without a feed, or no list of its instruments.
 */
export async function replayCapture(lines: AsyncIterable<CaptureLine> | Iterable<CaptureLine>, options: ReplayOptions): Promise<ReplayResult> {
  const all: CaptureLine[] = [];
  for await (const line of lines) all.push(line);
  const header = all.find((l) => l.t === 'header')?.exchange ?? '';
  // Captures may be grouped by connection; a stable sort keeps the order within each.
  const inOrder = all.map((line, at) => ({ line, at })).sort((a, b) => a.line.ts - b.line.ts || a.at - b.at).map((x) => x.line);
  const start = epochMs(Math.max(0, Math.floor((inOrder.find((l) => l.ts > 0)?.ts ?? 0) * 1000)));
  const stages = openStages(inOrder, options, start);
  const routes = routeConnections(inOrder, options.venues, header);
  const unreadable = whyUnreadable(inOrder, options.venues, header, routes, stages);
  if (unreadable !== undefined) throw new TypeError(unreadable);
  const bytes = new TextEncoder();
  const counters = { frames: 0, unrouted: 0 };
  const every = options.watermarkEveryMs ?? 1_000;
  let nextMark = Math.floor(start / every) * every + every;

  for (const line of inOrder) {
    const at = epochMs(Math.max(0, Math.floor(line.ts * 1000)));
    for (; line.ts > 0 && nextMark <= at; nextMark += every) publishMarks(stages, epochMs(nextMark), options.watermarkDelayMs ?? 100);
    if (line.t === 'http') answerSeeds(stages, line, at);
    if (line.t !== 'recv') continue;
    counters.frames++;
    const candidates = (routes.get(line.conn) ?? []).flatMap((v) => stages.get(v.source) ?? []);
    const stage = candidates.length > 1 ? chooseStage(candidates, line.data, at) : candidates[0];
    if (stage === undefined) counters.unrouted++;
    else stage.intake.frame(bytes.encode(line.data), at, line.conn);
  }
  publishMarks(stages, epochMs(nextMark), 0);
  const intakes = [...stages.values()].map((stage) => stage.intake);
  return sumReplay(intakes.map((intake) => intake.counters()), intakes.flatMap((intake) => intake.books()), counters);
}

function publishMarks(stages: ReadonlyMap<SourceId, Stage>, at: EpochMs, delayMs: number): void {
  for (const stage of stages.values()) stage.source.watermark(epochMs(at - delayMs), at);
}

/** Adds up what several intakes counted; `own` are the frames in all and those that no venue could be found for. */
export function sumReplay(parts: readonly IntakeCounters[], books: readonly BookState[], own: { readonly frames: number; readonly unrouted: number }): ReplayResult {
  const add = (pick: (c: IntakeCounters) => Readonly<Record<string, number>>): Record<string, number> => {
    const out: Record<string, number> = {};
    for (const part of parts) for (const [key, n] of Object.entries(pick(part))) out[key] = (out[key] ?? 0) + n;
    return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const total = (pick: (c: IntakeCounters) => number): number => parts.reduce((n, part) => n + pick(part), 0);
  const rejected = add((c) => c.rejected);
  // A connection that no venue given owns cannot be read: said, not hidden.
  if (own.unrouted > 0) rejected['unknown-connection'] = own.unrouted;
  return {
    frames: own.frames, framesNormalized: total((c) => c.framesNormalized),
    control: add((c) => c.control), ignored: add((c) => c.ignored), rejected, normalized: add((c) => c.normalized), decoded: add((c) => c.decoded), fellBack: add((c) => c.fellBack),
    gaps: total((c) => c.gaps), resyncs: total((c) => c.resyncs),
    books: books.map(({ instrument, bestBid, bestAsk, levels, crossedEver }) => ({ instrument, bestBid, bestAsk, levels, crossedEver })),
  };
}
