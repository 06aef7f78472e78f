import { allVenues } from '@breakwater/collectors';
import { benchIngest } from '@breakwater/collectors/bench';
import type { CaptureLine } from '@breakwater/collectors/replay';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readCaptureFile } from '../replay/read.ts';
import { benchBusCommand } from './bench-bus.ts';
import { benchCascadeCommand } from './bench-cascade.ts';
import { benchHoldersCommand } from './bench-holders.ts';
import { benchLabelsCommand } from './bench-labels.ts';
import { benchLiquidationsCommand } from './bench-liquidations.ts';
import { benchPositionsCommand } from './bench-positions.ts';
import { benchScaleCommand } from './bench-scale.ts';
import { benchSoakCommand } from './bench-soak.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';

/** Flags of `bench`, as parsed. */
export interface BenchFlags {
  readonly capture?: string;
  readonly passes: number;
  readonly chromium: string;
  readonly minutes: number;
  readonly rate: number;
  readonly instruments: number;
  readonly json: boolean;
}

/** `breakwater bench <name>`. */
export async function benchCommand(context: CommandContext, name: string, options: BenchFlags): Promise<void> {
  switch (name) {
    case 'ingest':
      return benchIngestCommand(context, options);
    case 'bus':
      return benchBusCommand(context, options);
    case 'scale':
      return benchScaleCommand(context, options);
    case 'cascade':
      return benchCascadeCommand(context, options);
    case 'positions':
      return benchPositionsCommand(context, options);
    case 'liquidations':
      return benchLiquidationsCommand(context, options);
    case 'labels':
      benchLabelsCommand(context, options);
      return;
    case 'holders':
      benchHoldersCommand(context, options);
      return;
    case 'console':
      // A browser's driver is loaded for this alone.
      return (await import('./bench-console.ts')).benchConsoleCommand(context, options);
    case 'soak':
      return benchSoakCommand(context, await readCaptures(context, options), options);
    default:
      throw new CommandError(`no bench '${name}': there are ingest, soak, bus, scale, cascade, positions, liquidations, console, labels and holders. Run \`breakwater bench --help\`.`, 2);
  }
}

/** `breakwater bench ingest`: what a frame costs, from the bytes as received to the subscriber, against bare `JSON.parse`: of one capture, or of every capture in the folder of recorded data. */
export async function benchIngestCommand(context: CommandContext, options: BenchFlags): Promise<void> {
  const captures = await readCaptures(context, options);
  const bus = createMemoryBus({ activity: createActivity(), queueLimit: 1_000_000 });
  const now = (): number => Number(process.hrtime.bigint()) / 1e6;
  const result = await benchIngest({ captures, venues: allVenues, passes: options.passes, msPerCapture: MS_PER_CAPTURE, bus, now });
  const skipped = captures.filter(({ name }) => !result.venues.some((row) => row.venue === name)).map(({ name }) => name);
  if (skipped.length > 0) context.stderr.write(`not measured, no built-in feed lists their markets: ${skipped.join(', ')}\n`);
  const only = options.capture === undefined ? undefined : result.venues[0];
  if (options.json) {
    printJson(context, only === undefined ? result : { bench: result.bench, ...only });
    return;
  }
  const rows = result.venues.map((row) => [row.venue, row.frames, row.usPerFrame, row.jsonParseUsPerFrame, row.ratio, row.plainRatio, row.ccxtRatio, row.fallbackShare] as const);
  printTable(context, ['capture', 'frames', 'us a frame', 'JSON.parse', 'ratio', 'plain', 'ccxt', 'fall-backs'], rows);
  context.stdout.write(`ratio to JSON.parse: median ${result.medianRatio}, worst ${result.worstRatio}\n`);
}

/** The capture asked for, or all of the folder of recorded data. */
async function readCaptures(context: CommandContext, options: Pick<BenchFlags, 'capture'>): Promise<readonly { readonly name: string; readonly lines: readonly CaptureLine[] }[]> {
  const folder = join(context.env.dataFolder, 'exchange-captures');
  const paths = options.capture === undefined ? capturesIn(folder) : [capturePath(folder, options.capture)];
  const captures = [];
  for (const path of paths) captures.push({ name: basename(path).replace(/\.jsonl(\.gz|\.zst)?$/, ''), lines: await readAll(path) });
  return captures;
}

/** Most time for one capture beyond its first passes: all ten then take about a minute. */
const MS_PER_CAPTURE = 6_000;

/** Every capture of a folder, by name. */
function capturesIn(folder: string): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.jsonl(\.gz|\.zst)?$/.test(name)).sort() : [];
  if (names.length === 0) throw new CommandError(`bench ingest measured nothing: there are no captures in ${folder}. Set BREAKWATER_DATA to the folder of recorded data, or give one with --capture capture.jsonl.zst.`, 2);
  return names.map((name) => join(folder, name));
}

/** A capture by its path, or by its name in the folder of recorded data. */
function capturePath(folder: string, given: string): string {
  const named = join(folder, `${given}.jsonl.zst`);
  return !existsSync(given) && /^[A-Z_]+$/.test(given) && existsSync(named) ? named : given;
}

async function readAll(path: string): Promise<readonly CaptureLine[]> {
  const lines: CaptureLine[] = [];
  try {
    for await (const line of readCaptureFile(path)) lines.push(line);
  } catch (error) {
    throw new CommandError(`${path} was not read: ${reasonOf(error)}. Give a capture (.jsonl, .jsonl.gz or .jsonl.zst).`);
  }
  if (!lines.some((line) => line.t === 'recv')) throw new CommandError(`${path} was not measured: it holds no received frames. Give a capture with one JSON document a line.`);
  return lines;
}
