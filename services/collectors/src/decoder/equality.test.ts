import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import type { SourceId } from '@breakwater/models/core';
import { createRng } from '@breakwater/models/core';
import type { BenchCapture, BenchFrame } from '../bench/capture-run.ts';
import { prepareCapture } from '../bench/capture-run.ts';
import { allVenues } from '../feeds.ts';
import { withoutShapes } from '../intake/frame-reader.ts';
import type { Intake, IntakeCounters } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { Stage } from '../replay/stages.ts';
import { answerSeeds } from '../replay/stages.ts';
import { createSource } from '../source.ts';
import { damagedFrame } from '../testing/damaged-frame.ts';
import { captureLines } from '../testing/data.ts';
import type { Venue } from '../venue.ts';

/** A capture's intakes, and what they have published since they were last asked. */
interface Side {
  readonly stages: ReadonlyMap<SourceId, Stage>;
  readonly intakes: readonly Intake[];
  readonly published: Message[];
}

const MAX_FRAME_BYTES = 8_000_000;

function open(capture: BenchCapture, venueOf: (venue: Venue) => Venue): Side {
  const published: Message[] = [];
  const stages = new Map<SourceId, Stage>();
  for (const [id, stage] of capture.stages) {
    const source = createSource(id, (_topic, message) => published.push(message));
    stages.set(id, { ...stage, source, intake: createIntake({ venue: venueOf(stage.venue), registry: stage.registry, source, maxFrameBytes: MAX_FRAME_BYTES }) });
  }
  return { stages, intakes: [...stages.values()].map((s) => s.intake), published };
}

const sum = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

/** What both must count alike. A frame that is not carried may be damaged where only the plain path looks: the one ignores what the other rejects. */
const common = (counters: IntakeCounters): object => ({ ...counters, ignored: sum(counters.ignored) + sum(counters.rejected), rejected: undefined, decoded: undefined, fellBack: undefined });

/** Both paths side by side: whatever one publishes, counts or keeps, the other must too. */
function both(capture: BenchCapture) {
  const fast = open(capture, (venue) => venue);
  const plain = open(capture, withoutShapes);
  return {
    fast,
    answer: (step: Extract<BenchCapture['steps'][number], { kind: 'answer' }>): void => {
      answerSeeds(fast.stages, step.line, step.at);
      answerSeeds(plain.stages, step.line, step.at);
    },
    feed: (frame: BenchFrame, bytes: Buffer): void => {
      fast.intakes[frame.stage]?.frame(bytes, frame.at, frame.conn);
      plain.intakes[frame.stage]?.frame(bytes, frame.at, frame.conn);
      const [ours, theirs] = [fast.published.splice(0), plain.published.splice(0)];
      // Nearly always the same: told in full only when not.
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) expect({ frame: bytes.toString('latin1').slice(0, 2_000), messages: ours }).toEqual({ frame: bytes.toString('latin1').slice(0, 2_000), messages: theirs });
    },
    compare: (): void => {
      fast.intakes.forEach((intake, i) => {
        const theirs = (plain.intakes[i] as Intake).counters();
        expect(common(intake.counters())).toEqual(common(theirs));
        for (const [reason, n] of Object.entries(intake.counters().rejected)) expect(n).toBeLessThanOrEqual(theirs.rejected[reason] ?? 0);
        expect(intake.books()).toEqual(plain.intakes[i]?.books());
      });
    },
  };
}

/** Captures; how many of their frames the decoder reads at least (what the rest is, is said where shapes are given); damaged frames tried. */
const CAPTURES = [
  ['BYBIT', 0.99, 20_000], ['BINANCE', 0.99, 10_000], ['BINANCE_FUTURES', 0.99, 15_000], ['OKX', 0.95, 10_000], ['BITGET', 0.6, 10_000], ['KUCOIN', 0.99, 15_000],
  ['GATEIO_FUTURES', 0.9, 8_000], ['DERIBIT', 0.95, 4_000], ['COINBASE', 0.95, 4_000], ['KRAKEN', 0.95, 4_000],
] as const;

describe('the byte decoder beside the plain path', () => {
  it.each(CAPTURES.map(([name, share]) => [name, share] as const))('%s: gives the same messages, counts and books on every recorded frame', async (name, share) => {
    const lines = await captureLines(name);
    if (lines === undefined) return;
    const capture = prepareCapture(lines, allVenues);
    const pair = both(capture);
    for (const step of capture.steps) {
      if (step.kind === 'answer') pair.answer(step);
      else for (const frame of step.frames) pair.feed(frame, frame.bytes);
    }
    pair.compare();
    const counters = pair.fast.intakes.map((intake) => intake.counters());
    const decoded = counters.reduce((n, c) => n + sum(c.decoded), 0);
    console.log(name, JSON.stringify({ frames: capture.frames.length, decoded, fellBack: counters.map((c) => c.fellBack) }));
    expect(decoded / capture.frames.length).toBeGreaterThanOrEqual(share);
  });

  it.each(CAPTURES.map(([name, , wanted]) => [name, wanted] as const))('%s: gives the same on damaged frames, rejects by reason among them', async (name, wanted) => {
    const lines = await captureLines(name);
    if (lines === undefined) return;
    const capture = prepareCapture(lines, allVenues);
    const rng = createRng(20_261_127).fork(name);
    let tried = 0;
    let read = 0;
    while (tried < wanted) {
      const pair = both(capture);
      for (const step of capture.steps) {
        if (step.kind === 'answer') {
          pair.answer(step);
          continue;
        }
        for (const frame of step.frames) {
          if (tried >= wanted) break;
          // Huge frames as they are: their damage looks the same and takes a hundred times as long.
          if (frame.bytes.length < 100_000) {
            pair.feed(frame, damagedFrame(frame.bytes, rng.pick(capture.frames).bytes.subarray(0, 10_000), rng, 1_000_000));
            tried++;
          }
          if (!rng.chance(0.01)) pair.feed(frame, frame.bytes);
        }
      }
      pair.compare();
      read += pair.fast.intakes.reduce((n, intake) => n + sum(intake.counters().rejected), 0);
    }
    console.log(name, JSON.stringify({ tried, rejected: read }));
    // The damage bites.
    expect(read).toBeGreaterThan(wanted / 5);
  });
});
