import { benchIngest } from '@breakwater/collectors/bench';
import { allVenues } from '@breakwater/collectors';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { readCaptureFile } from '../replay/read.ts';
import { benchCascadeCommand } from './bench-cascade.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';

/** Flags of `bench`, as parsed. */
export interface BenchFlags {
  readonly capture?: string;
  readonly passes: number;
  readonly chromium: string;
  readonly json: boolean;
}

/** `breakwater bench <name>`. */
export async function benchCommand(context: CommandContext, name: string, options: BenchFlags): Promise<void> {
  switch (name) {
    case 'ingest':
      if (options.capture === undefined) throw new CommandError('bench ingest needs a capture: give one with --capture, as in `breakwater bench ingest --capture capture.jsonl.zst`.', 2);
      return benchIngestCommand(context, { ...options, capture: options.capture });
    case 'cascade':
      return benchCascadeCommand(context, options);
    case 'console':
      // A browser's driver is loaded for this alone.
      return (await import('./bench-console.ts')).benchConsoleCommand(context, options);
    default:
      throw new CommandError(`no bench '${name}': there are ingest, cascade and console. Run \`breakwater bench --help\`.`, 2);
  }
}

/** `breakwater bench ingest`: what a frame costs, from the bytes as received to the subscriber, against bare `JSON.parse`. */
export async function benchIngestCommand(context: CommandContext, options: { readonly capture: string; readonly passes: number; readonly json: boolean }): Promise<void> {
  const lines = [];
  try {
    for await (const line of readCaptureFile(options.capture)) lines.push(line);
  } catch (error) {
    throw new CommandError(`${options.capture} was not read: ${reasonOf(error)}. Give a capture (.jsonl, .jsonl.gz or .jsonl.zst).`);
  }
  const frames = lines.filter((line) => line.t === 'recv').length;
  if (frames === 0) throw new CommandError(`${options.capture} was not measured: it holds no received frames. Give a capture with one JSON document a line.`);
  const bus = createMemoryBus({ activity: createActivity(), queueLimit: 1_000_000 });
  const result = await benchIngest({ lines, venues: allVenues, passes: options.passes, bus, now: () => Number(process.hrtime.bigint()) / 1e6 });
  if (options.json) printJson(context, result);
  else context.stdout.write(`${result.frames} frames: ${result.usPerFrame.toFixed(2)} us a frame, JSON.parse alone ${result.jsonParseUsPerFrame.toFixed(2)} us, ratio ${result.ratio.toFixed(2)}\n`);
}
