import type { Bus } from '@breakwater/platform/bus';
import { withoutShapes } from '../intake/frame-reader.ts';
import type { CaptureLine } from '../replay/capture.ts';
import type { Venue } from '../venue.ts';
import type { BenchCapture, BenchFrame } from './capture-run.ts';
import { intakePass, parsePass, prepareCapture, sink } from './capture-run.ts';
import type { CcxtBench } from './ccxt.ts';
import { createCcxtBench } from './ccxt.ts';

/** What the bench runs on. */
export interface IngestBenchOptions {
  /** Captures by name. */
  readonly captures: readonly { readonly name: string; readonly lines: readonly CaptureLine[] }[];
  readonly venues: readonly Venue[];
  /** Passes of each variant, at least 7; the best of each hundred frames counts. */
  readonly passes: number;
  /** Most time one capture may take, milliseconds, once it has had its 7 passes. */
  readonly msPerCapture: number;
  /** The bus published to; the bench is its only subscriber. */
  readonly bus: Bus;
  /** Milliseconds of a steady clock with a resolution of microseconds. */
  readonly now: () => number;
}

/** What the frames of one capture cost: microseconds a frame, and ratios to `JSON.parse` of the same bytes. */
export interface IngestBenchRow {
  readonly venue: string;
  readonly frames: number;
  readonly usPerFrame: number;
  readonly jsonParseUsPerFrame: number;
  /** As the daemon runs: the byte decoder where a venue has shapes, the plain path for the rest. */
  readonly ratio: number;
  /** The plain path alone. */
  readonly plainRatio: number;
  /** ccxt's own handlers after `JSON.parse`; null where it does not speak the recording's protocol. */
  readonly ccxtRatio: number | null;
  /** Share of all frames that were read by the plain path. */
  readonly fallbackShare: number;
}

/** All captures of a run. */
export interface IngestBenchResult {
  readonly bench: 'ingest';
  readonly venues: readonly IngestBenchRow[];
  readonly medianRatio: number;
  readonly worstRatio: number;
}

const LEAST_PASSES = 7;
/** Frames a variant should see in all: below it, short captures would be measured cold. */
const LEAST_FRAMES = 100_000;

/**
 * Measures what a frame costs from the bytes as received to the subscriber (decode, validate, apply to the book, publish): as the daemon does it, by the
 * plain path alone, through ccxt's handlers, and bare `JSON.parse` of the same bytes turned to strings. All are warmed and interleaved pass by
 * pass in one run; of each chunk of a hundred frames the best pass counts.
 */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestBenchResult> {
  const { bus } = options;
  let seen = 0;
  const counter = { group: 'bench', handler: (batch: readonly unknown[]): void => void (seen += batch.length) };
  const subscriptions = [bus.subscribe('assets', counter), bus.subscribe('global', counter)];
  const rows: IngestBenchRow[] = [];
  for (const { name, lines } of options.captures) {
    const capture = prepareCapture(lines, options.venues);
    // A capture of a venue without a feed cannot be measured; who called says so.
    if (capture.stages.size > 0) rows.push(await benchCapture(name, capture, options));
  }
  for (const subscription of subscriptions) await subscription.stop();
  if (seen === 0) throw new Error('bench ingest: the captures gave no messages');
  const ratios = rows.map((row) => row.ratio).sort((a, b) => a - b);
  const middle = ratios.length >>> 1;
  const median = ratios.length % 2 === 1 ? (ratios[middle] ?? NaN) : ((ratios[middle - 1] ?? NaN) + (ratios[middle] ?? NaN)) / 2;
  return { bench: 'ingest', venues: rows, medianRatio: round(median), worstRatio: round(ratios.at(-1) ?? NaN) };
}

/** The least that each chunk of frames took in any pass. */
type Best = number[];

async function benchCapture(name: string, capture: BenchCapture, options: IngestBenchOptions): Promise<IngestBenchRow> {
  const { bus, now } = options;
  const { frames } = capture;
  const best: Record<'fast' | 'plain' | 'parse' | 'ccxt', Best> = { fast: [], plain: [], parse: [], ccxt: [] };
  // Nothing else on the machine makes a chunk faster than it is; a whole pass is seldom left alone.
  const note = (variant: keyof typeof best, chunks: readonly number[]): void => {
    best[variant] = chunks.map((ms, i) => Math.min(ms, best[variant][i] ?? Infinity));
  };
  const json = new Set(frames.filter(isJson));
  let ccxt = await createCcxtBench(capture);
  let fallbackShare = 1;
  const variants: readonly (() => void | Promise<void>)[] = [
    async () => {
      const { chunks, intakes } = await intakePass(capture, bus, now, (venue) => venue);
      note('fast', chunks);
      fallbackShare = 1 - intakes.reduce((n, intake) => n + sum(intake.counters().decoded), 0) / frames.length;
    },
    async () => note('plain', (await intakePass(capture, bus, now, withoutShapes)).chunks),
    () => note('parse', parsePass(capture, now, json)),
    () => {
      const chunks = ccxt === undefined ? undefined : ccxtPass(ccxt, now, capture);
      if (chunks === undefined) ccxt = undefined;
      else note('ccxt', chunks);
    },
  ];
  /** Each variant once, another one first each time: what comes after collects the garbage of what came before. */
  const turn = async (first: number): Promise<void> => {
    for (let i = 0; i < variants.length; i++) await variants[(first + i) % variants.length]?.();
  };
  // Two rounds to warm up, not counted.
  for (let i = 0; i < 2; i++) await turn(i);
  Object.assign(best, { fast: [], plain: [], parse: [], ccxt: [] });
  const passes = Math.max(LEAST_PASSES, options.passes, Math.ceil(LEAST_FRAMES / Math.max(1, frames.length)));
  const until = now() + options.msPerCapture;
  for (let i = 0; i < passes && (i < LEAST_PASSES || now() < until); i++) await turn(i);
  if (sink === undefined) throw new Error(`bench ingest: ${name} holds no JSON`);
  const total = (variant: keyof typeof best): number => best[variant].reduce((a, b) => a + b, 0);
  const us = (ms: number): number => round((ms * 1000) / frames.length);
  const parse = total('parse');
  return {
    venue: name, frames: frames.length, usPerFrame: us(total('fast')), jsonParseUsPerFrame: us(parse), ratio: round(total('fast') / parse),
    plainRatio: round(total('plain') / parse), ccxtRatio: ccxt === undefined ? null : round(total('ccxt') / parse), fallbackShare: round(fallbackShare),
  };
}

/** What ccxt's pass took; undefined when its handlers throw or take no notice of most frames: they then speak another version of the protocol. */
function ccxtPass(ccxt: CcxtBench, now: () => number, capture: BenchCapture): readonly number[] | undefined {
  try {
    const { chunks, updates } = ccxt.pass(now);
    return updates >= capture.frames.length * LEAST_UPDATES ? chunks : undefined;
  } catch {
    return undefined;
  }
}

/** Below this share of updates to frames ccxt does not understand a capture (design assumption): understood ones give 0.7 and more, others none. */
const LEAST_UPDATES = 0.3;

function isJson(frame: BenchFrame): boolean {
  try {
    JSON.parse(frame.bytes.toString('latin1'));
    return true;
  } catch {
    return false;
  }
}

function sum(table: Readonly<Record<string, number>>): number {
  return Object.values(table).reduce((a, b) => a + b, 0);
}

function round(x: number): number {
  return Math.round(x * 1000) / 1000;
}
