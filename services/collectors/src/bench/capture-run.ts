import type { EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Bus } from '@breakwater/platform/bus';
import type { Intake } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { CaptureLine } from '../replay/capture.ts';
import type { Stage } from '../replay/stages.ts';
import { answerSeeds, chooseStage, openStages, routeConnections } from '../replay/stages.ts';
import { createSource } from '../source.ts';
import type { Venue } from '../venue.ts';

/** A received frame and the market type that it belongs to. */
export interface BenchFrame {
  readonly bytes: Buffer;
  readonly at: EpochMs;
  readonly conn: string;
  /** Undefined where no venue owns the frame's connection. */
  readonly source: SourceId | undefined;
  /** Its place among the stages, -1 where no venue owns the frame's connection. */
  readonly stage: number;
}

/** What a capture says in the order of time: frames in chunks, between them the answers of requests. */
export type BenchStep = { readonly kind: 'frames'; readonly frames: readonly BenchFrame[] } | { readonly kind: 'answer'; readonly line: CaptureLine; readonly at: EpochMs };

/** A capture made ready for measuring. */
export interface BenchCapture {
  readonly steps: readonly BenchStep[];
  readonly frames: readonly BenchFrame[];
  readonly stages: ReadonlyMap<SourceId, Stage>;
}

/** Frames between two turns of the event loop: a busy socket is read 64 KiB at a time, about a hundred frames of these captures. */
const FRAMES_PER_TURN = 100;

/** Orders a capture by time and finds each frame's market type beforehand, as a live connection knows it. */
export function prepareCapture(lines: readonly CaptureLine[], venues: readonly Venue[]): BenchCapture {
  const inOrder = lines.map((line, i) => ({ line, i })).sort((a, b) => a.line.ts - b.line.ts || a.i - b.i).map((x) => x.line);
  const at = (line: CaptureLine): EpochMs => epochMs(Math.max(0, Math.floor(line.ts * 1000)));
  const start = inOrder.find((l) => l.ts > 0);
  const stages = openStages(inOrder, { venues, publish: () => undefined, assets: 'all' }, start === undefined ? epochMs(0) : at(start));
  // A live connection has one name: every line of a capture carries a copy of it, which costs to compare.
  const names = new Map<string, string>();
  const nameOf = (conn: string): string => {
    const held = names.get(conn) ?? conn;
    names.set(held, held);
    return held;
  };
  const routes = routeConnections(inOrder, venues, lines.find((l) => l.t === 'header')?.exchange ?? '');
  const steps: BenchStep[] = [];
  const all: BenchFrame[] = [];
  let chunk: BenchFrame[] = [];
  const endChunk = (): void => {
    if (chunk.length > 0) steps.push({ kind: 'frames', frames: chunk });
    chunk = [];
  };
  for (const line of inOrder) {
    if (line.t === 'http') {
      endChunk();
      steps.push({ kind: 'answer', line, at: at(line) });
    }
    if (line.t !== 'recv') continue;
    const candidates = (routes.get(line.conn) ?? []).flatMap((v) => stages.get(v.source) ?? []);
    const stage = candidates.length > 1 ? chooseStage(candidates, line.data, at(line)) : candidates[0];
    const frame: BenchFrame = { bytes: Buffer.from(line.data, 'utf8'), at: at(line), conn: nameOf(line.conn), source: stage?.venue.source, stage: [...stages.values()].findIndex((s) => s === stage) };
    chunk.push(frame);
    all.push(frame);
    if (chunk.length === FRAMES_PER_TURN) endChunk();
  }
  endChunk();
  return { steps, frames: all, stages };
}

/** What one pass took, chunk by chunk in milliseconds, and the intakes it ended with. */
export interface PassResult {
  readonly chunks: readonly number[];
  readonly intakes: readonly Intake[];
}

/** One pass through fresh intakes, from bytes to the bus's subscriber. Answers of requests are given between the frames and not timed. */
export async function intakePass(capture: BenchCapture, bus: Bus, now: () => number, venueOf: (venue: Venue) => Venue): Promise<PassResult> {
  const stages = new Map<SourceId, Stage>();
  for (const [id, stage] of capture.stages) {
    const source = createSource(id, bus.publish.bind(bus));
    stages.set(id, { ...stage, source, intake: createIntake({ venue: venueOf(stage.venue), registry: stage.registry, source }) });
  }
  const intakes = [...stages.values()].map((stage) => stage.intake);
  const chunks: number[] = [];
  await bus.idle();
  for (const step of capture.steps) {
    if (step.kind === 'answer') {
      answerSeeds(stages, step.line, step.at);
      await bus.idle();
      continue;
    }
    const begin = now();
    for (const frame of step.frames) intakes[frame.stage]?.frame(frame.bytes, frame.at, frame.conn);
    await bus.idle();
    chunks.push(now() - begin);
  }
  return { chunks, intakes };
}

/** The same for bare `JSON.parse` of every frame that is JSON; what stands between the frames is parsed too and not timed, so that it is met in the same state. */
export function parsePass(capture: BenchCapture, now: () => number, isJson: ReadonlySet<BenchFrame>): readonly number[] {
  const chunks: number[] = [];
  for (const step of capture.steps) {
    if (step.kind === 'answer') {
      sink = JSON.parse(step.line.data);
      continue;
    }
    const begin = now();
    for (const frame of step.frames) if (isJson.has(frame)) sink = JSON.parse(frame.bytes.toString('latin1'));
    chunks.push(now() - begin);
  }
  return chunks;
}

/** Keeps what is parsed from being left out by the engine. */
export let sink: unknown;
