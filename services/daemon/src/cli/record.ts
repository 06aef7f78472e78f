import { createWriteStream } from 'node:fs';
import { createCollector, nativeFeeds, type Collector } from '@breakwater/collectors';
import { createRecorder, createRotatingWriter, type RotatingWriter } from '@breakwater/collectors/recording';
import { createRng } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { createLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import type { Config } from '../config.ts';
import { version } from '../version.ts';
import { readConfig } from './check-config.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';
import { onSignals } from './signals.ts';

/** Flags of `breakwater record`. */
export interface RecordFlags {
  readonly config: string;
  readonly out: string;
  readonly minutes?: number;
  readonly fileMb: number;
  readonly totalMb: number;
  readonly fileMinutes: number;
  readonly messages?: string;
  readonly json: boolean;
}

/** What `--json` prints at the end. */
interface Summary {
  readonly folder: string;
  readonly seconds: number;
  readonly lines: number;
  readonly lost: number;
  readonly bytes: number;
  readonly files: number;
  readonly removed: number;
  readonly messages: number;
  readonly feeds: readonly { readonly source: string; readonly frames: number; readonly rejected: number; readonly gaps: number }[];
}

/** How often the line of progress is written: on a terminal in place, otherwise as a line of its own. */
const showEveryMs = { terminal: 1_000, lines: 10_000 } as const;

/** `breakwater record`: collects as the daemon does and writes down every frame; until Ctrl-C, or for as long as asked. */
export async function recordCommand(context: CommandContext, flags: RecordFlags): Promise<void> {
  const config = readConfig(flags.config);
  const skipped = Object.entries(config.venues).filter(([, venue]) => venue.enabled && venue.feed === 'ccxt').map(([id]) => id);
  if (skipped.length > 0) context.stderr.write(`Not recorded: ${skipped.join(', ')} (feed: ccxt has sockets of its own).\n`);
  const clock = createSystemClock();
  const stop = new AbortController();
  let failed: unknown;
  const end = (error?: unknown): void => {
    failed ??= error;
    stop.abort();
  };
  const forgetSignals = onSignals(() => end());
  const cancelEnd = flags.minutes === undefined ? (): void => undefined : clock.after(flags.minutes * 60_000, () => end());
  const messages = openMessages(flags.messages, end);
  const started = clock.now();
  try {
    const { writer, collector } = startRecording(flags, config, { clock, signal: stop.signal, publish: messages.publish, onError: end });
    const cancelShow = flags.json ? (): void => undefined : showProgress(context, clock, () => progressLine(writer, collector, clock.now() - started));
    try {
      await collector.run();
    } catch (error) {
      if (!stop.signal.aborted) end(error);
    }
    cancelShow();
    // What the feeds counted is read before they are gone.
    const feeds = collector.status().map(({ source, counters }) => ({
      source, frames: counters?.frames ?? 0, rejected: Object.values(counters?.rejected ?? {}).reduce((a, b) => a + b, 0), gaps: counters?.gaps ?? 0,
    }));
    await writer.close().catch((error: unknown) => (failed ??= error));
    await messages.close();
    const { lines, lost, bytes, files, removed } = writer.stats();
    const summary: Summary = { folder: flags.out, seconds: (clock.now() - started) / 1_000, lines, lost, bytes, files, removed, messages: messages.count(), feeds };
    if (flags.json) printJson(context, summary);
    else context.stdout.write(sentence(summary));
  } catch (error) {
    failed ??= error;
  } finally {
    cancelEnd();
    forgetSignals();
  }
  if (failed !== undefined) throw new CommandError(`the recording in ${flags.out} ended early: ${reasonOf(failed)}. What is in its files can be replayed; make room or give another --out, and record again.`);
}

interface RecordingDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly publish: Publish;
  readonly onError: (error: unknown) => void;
}

function startRecording(flags: RecordFlags, config: Config, { clock, signal, publish, onError }: RecordingDeps): { readonly writer: RotatingWriter; readonly collector: Collector } {
  const recorder = createRecorder({ clock, write: (line) => writer.write(line) });
  const writer = createRotatingWriter({
    folder: flags.out, maxFileBytes: flags.fileMb * 1e6, maxFileMs: flags.fileMinutes * 60_000, maxTotalBytes: flags.totalMb * 1e6, clock, software: `breakwater ${version}`,
    opening: () => recorder.opening(), onRotated: () => collector.replaceSockets(), onError,
  });
  const collector = createCollector({
    feeds: nativeFeeds, config: { ...config, venues: Object.fromEntries(Object.entries(config.venues).filter(([, venue]) => venue.feed !== 'ccxt')) },
    network: createNodeNetwork({ userAgent: `breakwater/${version}` }), clock, rng: createRng(clock.now() % 4_294_967_296), publish, log: createLog(config.log.level), signal, tap: recorder.tap,
  });
  return { writer, collector };
}

/** The normalised messages, counted, and written one JSON a line where a file is asked for. */
function openMessages(path: string | undefined, onError: (error: unknown) => void): { readonly publish: Publish; count(): number; close(): Promise<void> } {
  const file = path === undefined ? undefined : createWriteStream(path);
  file?.on('error', onError);
  let count = 0;
  return {
    publish: (_topic, message) => {
      count++;
      file?.write(`${JSON.stringify(message)}\n`);
    },
    count: () => count,
    close: () => new Promise((resolve) => {
      if (file === undefined || file.destroyed) resolve();
      else file.end(() => resolve());
    }),
  };
}

function showProgress(context: CommandContext, clock: Clock, line: () => string): () => void {
  const terminal = context.stderr.isTTY;
  let cancel: () => void = () => undefined;
  const again = (): void => {
    context.stderr.write(terminal ? `\r\u001b[2K${line()}` : `${line()}\n`);
    cancel = clock.after(terminal ? showEveryMs.terminal : showEveryMs.lines, again);
  };
  cancel = clock.after(terminal ? showEveryMs.terminal : showEveryMs.lines, again);
  return () => {
    cancel();
    if (terminal) context.stderr.write('\r\u001b[2K');
  };
}

function progressLine(writer: RotatingWriter, collector: Collector, elapsedMs: number): string {
  const { lines, bytes, files, lost } = writer.stats();
  const feeds = collector.status();
  const open = feeds.flatMap((feed) => feed.session?.sockets ?? []);
  const books = feeds.flatMap((feed) => feed.books);
  const seconds = Math.max(1, elapsedMs / 1_000);
  return `recording ${duration(seconds)}: ${open.filter((socket) => socket.up).length} of ${open.length} sockets, ${books.filter((book) => book.inUse).length} of ${books.length} books, ${lines} lines (${(lines / seconds).toFixed(0)} a second), ${megabytes(bytes)} in ${files} ${files === 1 ? 'file' : 'files'}${lost > 0 ? `, ${lost} lost: the disk is too slow` : ''}`;
}

function sentence({ folder, seconds, lines, lost, bytes, files, removed, feeds }: Summary): string {
  const frames = feeds.reduce((sum, feed) => sum + feed.frames, 0);
  return `Recorded ${frames} frames (${lines} lines) of ${feeds.length} feeds in ${duration(seconds)}: ${megabytes(bytes)} in ${files} ${files === 1 ? 'file' : 'files'} in ${folder}${removed > 0 ? `, ${removed} older removed to stay within the bound` : ''}${lost > 0 ? `; ${lost} lines lost because the disk was too slow` : ''}. Read it with: breakwater replay ${folder}\n`;
}

function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(whole / 3_600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

