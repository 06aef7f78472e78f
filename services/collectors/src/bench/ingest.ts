import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Bus } from '@breakwater/platform/bus';
import { createIntake } from '../intake.ts';
import type { CaptureLine } from '../replay/capture.ts';
import { openStages, routeConnections } from '../replay/stages.ts';
import { createSource } from '../source.ts';
import type { Venue } from '../venue.ts';

/** What the bench runs on. */
export interface IngestBenchOptions {
  /** Lines of a capture of one or more market types that do not share a connection. */
  readonly lines: readonly CaptureLine[];
  readonly venues: readonly Venue[];
  /** Passes of each variant, at least 7; the best counts. */
  readonly passes: number;
  /** The bus published to; the bench is its only subscriber. */
  readonly bus: Bus;
  /** Milliseconds of a steady clock with a resolution of microseconds. */
  readonly now: () => number;
}

/** Microseconds a frame, and their ratio. */
export interface IngestBenchResult {
  readonly bench: 'ingest';
  readonly frames: number;
  readonly usPerFrame: number;
  readonly jsonParseUsPerFrame: number;
  readonly ratio: number;
}

interface RawFrame {
  readonly bytes: Buffer;
  readonly at: EpochMs;
  readonly conn: string;
}

/** Frames between two turns of the event loop: a busy socket is read 64 KiB at a time, about a hundred frames of these captures. */
const FRAMES_PER_TURN = 100;

/**
 * Measures what a frame costs from the bytes as received to the subscriber (decode, parse, validate, apply to the book, publish), against
 * bare `JSON.parse` of the same bytes turned to strings. Both are warmed and interleaved pass by pass in one run.
 */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestBenchResult> {
  const { lines, venues, bus, now } = options;
  const passes = Math.max(7, options.passes);
  const routes = routeConnections(lines, venues, lines.find((l) => l.t === 'header')?.exchange ?? '');
  const frames = lines
    .filter((l) => l.t === 'recv')
    .map((l): RawFrame => ({ bytes: Buffer.from(l.data, 'utf8'), at: epochMs(Math.floor(l.ts * 1000)), conn: l.conn }));
  let seen = 0;
  const counter = { group: 'bench', handler: (batch: readonly unknown[]): void => void (seen += batch.length) };
  const subscriptions = [bus.subscribe('assets', counter), bus.subscribe('global', counter)];

  const stages = openStages(lines, { venues, publish: bus.publish.bind(bus), assets: 'all' }, frames[0]?.at ?? epochMs(0));
  const ingest = async (): Promise<number> => {
    // Every pass starts with empty books and no trades seen.
    const fresh = new Map([...stages].map(([id, { venue, registry }]) => [id, createIntake({ venue, registry, source: createSource(id, bus.publish.bind(bus)) })]));
    const intakes = new Map([...routes].flatMap(([conn, owners]) => {
      const intake = owners.flatMap((v) => fresh.get(v.source) ?? [])[0];
      return intake === undefined ? [] : [[conn, intake] as const];
    }));
    await bus.idle();
    const begin = now();
    for (let i = 0; i < frames.length; i += FRAMES_PER_TURN) {
      const end = Math.min(frames.length, i + FRAMES_PER_TURN);
      for (let k = i; k < end; k++) {
        const frame = frames[k];
        if (frame !== undefined) intakes.get(frame.conn)?.frame(frame.bytes, frame.at, frame.conn);
      }
      await bus.idle();
    }
    return now() - begin;
  };
  let sink: unknown;
  const parse = (): number => {
    const begin = now();
    for (const frame of frames) sink = JSON.parse(frame.bytes.toString('latin1'));
    return now() - begin;
  };

  // Two passes of each to warm up, not counted.
  for (let i = 0; i < 2; i++) {
    await ingest();
    parse();
  }
  let ingestMs = Infinity;
  let parseMs = Infinity;
  for (let i = 0; i < passes; i++) {
    ingestMs = Math.min(ingestMs, await ingest());
    parseMs = Math.min(parseMs, parse());
  }
  for (const subscription of subscriptions) await subscription.stop();
  if (seen === 0 || sink === undefined) throw new Error('bench ingest: the capture gave no messages');
  const usPerFrame = round((ingestMs * 1000) / frames.length);
  const jsonParseUsPerFrame = round((parseMs * 1000) / frames.length);
  return { bench: 'ingest', frames: frames.length, usPerFrame, jsonParseUsPerFrame, ratio: round(ingestMs / parseMs) };
}

function round(x: number): number {
  return Math.round(x * 1000) / 1000;
}
