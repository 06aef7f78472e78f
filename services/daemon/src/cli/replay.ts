import { closeSync, openSync, writeSync } from 'node:fs';
import { readRecording, recordingFiles } from '@breakwater/collectors/recording';
import type { Message } from '@breakwater/contracts';
import { readCaptureFile } from '../replay/read.ts';
import { replayRecordingWithScores, replayWithScores, type ScoredReplay } from '../replay/replay.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';

/** Flags of `breakwater replay`. */
export interface ReplayFlags {
  readonly json: boolean;
  readonly messages?: string;
}

/** `breakwater replay <capture>`: captured frames through the real parsing path and scoring. */
export async function replayCommand(context: CommandContext, path: string, options: ReplayFlags): Promise<void> {
  let result: ScoredReplay & { readonly lost?: number };
  const messages = options.messages === undefined ? undefined : openSync(options.messages, 'w');
  const onMessage = messages === undefined ? undefined : (message: Message): void => void writeSync(messages, `${JSON.stringify(message)}\n`);
  try {
    const files = await recordingFiles(path);
    result = files === undefined ? await replayWithScores(readCaptureFile(path), onMessage) : await replayRecordingWithScores(readRecording(files), onMessage);
  } catch (error) {
    throw new CommandError(`${path} was not replayed: ${reasonOf(error)}. Give a recording's folder or a capture (.jsonl, .jsonl.gz or .jsonl.zst).`);
  } finally {
    if (messages !== undefined) closeSync(messages);
  }
  if (result.frames === 0) throw new CommandError(`${path} was not replayed: it holds no received frames. Give a capture with one JSON document a line, as \`breakwater replay --help\` describes.`);
  const { last, ...shown } = result;
  if (options.json) {
    printJson(context, shown);
    return;
  }
  const list = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([name, n]) => `${name} ${n}`).join(', ') || 'none';
  context.stdout.write(`frames      ${result.frames}, of which normalised ${result.framesNormalized}\ncontrol     ${list(result.control)}\nnot carried ${list(result.ignored)}\nrejected    ${list(result.rejected)}\ndecoded     ${list(result.decoded)}; by the plain path ${list(result.fellBack)}\n`);
  context.stdout.write(`messages    ${list(result.normalized)}\ngaps        ${result.gaps}, resynchronised ${result.resyncs}\nscores      ${result.scores}${(result.lost ?? 0) > 0 ? `\nlost        ${result.lost ?? 0} lines that the recorder could not write in time` : ''}\n\n`);
  printTable(context, ['book', 'best bid', 'best ask', 'levels', 'ever crossed'], result.books.map((b) => [b.instrument, b.bestBid, b.bestAsk, b.levels, b.crossedEver ? 'yes' : 'no']));
  context.stdout.write('\n');
  printTable(context, ['asset', 'price $', 'depth in 2 % $', 'ignition $', 'landing $'], last.map((s) => [s.asset, s.price?.value ?? null, s.depth2pctUsd === null ? null : Math.round(s.depth2pctUsd), s.ignitionUsd === null ? null : Math.round(s.ignitionUsd.value), s.landingPrice?.value ?? null]));
  context.stdout.write('\n');
  printTable(context, ['input', 'status'], Object.entries(result.inputs));
}
