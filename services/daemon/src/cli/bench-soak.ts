import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { allVenues } from '@breakwater/collectors';
import { soak, type SoakMinute } from '@breakwater/collectors/bench';
import type { CaptureLine } from '@breakwater/collectors/replay';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { printJson, printTable, type CommandContext } from './context.ts';
import { startProgress } from './progress.ts';

/** Flags of `bench soak`. */
export interface SoakFlags {
  readonly minutes: number;
  readonly rate: number;
  readonly instruments: number;
  readonly json: boolean;
}

/** `breakwater bench soak`: recorded frames at a steady rate for minutes: does memory grow, how late are messages. */
export async function benchSoakCommand(context: CommandContext, captures: readonly { readonly name: string; readonly lines: readonly CaptureLine[] }[], flags: SoakFlags): Promise<void> {
  // Memory is compared after collections of garbage; the flag makes them possible on demand.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const now = (): number => Number(process.hrtime.bigint()) / 1e6;
  const progress = startProgress(context, 'soak', flags.minutes, 'minutes', now);
  const result = await soak({
    captures, venues: allVenues, instruments: flags.instruments, framesPerSecond: flags.rate, minutes: flags.minutes,
    bus: createMemoryBus({ activity: createActivity(), queueLimit: 1_000_000 }), now, turn: () => new Promise((resolve) => setImmediate(resolve)),
    memory: () => {
      // Long texts and buffers that one collection finds dead are given back by the next.
      collect();
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      return { memoryBytes: heapUsed + external, residentBytes: rss };
    },
    onMinute: ({ minute }) => progress.update(minute),
  });
  progress.stop();
  if (flags.json) {
    printJson(context, result);
    return;
  }
  printTable(context, ['minute', 'frames', 'messages', 'p50 ms', 'p99 ms', 'worst ms', 'memory MB', 'resident MB'], result.minutes.map((m: SoakMinute) => [m.minute, m.frames, m.messages, m.p50Ms, m.p99Ms, m.worstMs, megabytes(m.memoryBytes), megabytes(m.residentBytes)]));
  context.stdout.write(`${result.marketTypes} market types, ${result.books} books, ${result.framesPerSecond} frames a second: p99 ${result.p99Ms} ms, worst ${result.worstMs} ms; memory ${(result.growth * 100).toFixed(1)} % from the first minute to the last\n`);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
