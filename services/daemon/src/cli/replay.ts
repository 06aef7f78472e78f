import { readCaptureFile } from '../replay/read.ts';
import { replayWithScores, type ScoredReplay } from '../replay/replay.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';

/** `breakwater replay <capture>`: captured frames through the real parsing path and scoring. */
export async function replayCommand(context: CommandContext, path: string, options: { readonly json: boolean }): Promise<void> {
  let result: ScoredReplay;
  try {
    result = await replayWithScores(readCaptureFile(path));
  } catch (error) {
    throw new CommandError(`${path} was not replayed: ${reasonOf(error)}. Give a capture (.jsonl, .jsonl.gz or .jsonl.zst).`);
  }
  if (result.frames === 0) throw new CommandError(`${path} was not replayed: it holds no received frames. Give a capture with one JSON document a line, as \`breakwater replay --help\` describes.`);
  const { last, ...shown } = result;
  if (options.json) {
    printJson(context, shown);
    return;
  }
  const list = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([name, n]) => `${name} ${n}`).join(', ') || 'none';
  context.stdout.write(`frames      ${result.frames}, of which normalised ${result.framesNormalized}\ncontrol     ${list(result.control)}\nnot carried ${list(result.ignored)}\nrejected    ${list(result.rejected)}\n`);
  context.stdout.write(`messages    ${list(result.normalized)}\ngaps        ${result.gaps}, resynchronised ${result.resyncs}\nscores      ${result.scores}\n\n`);
  printTable(context, ['book', 'best bid', 'best ask', 'levels', 'ever crossed'], result.books.map((b) => [b.instrument, b.bestBid, b.bestAsk, b.levels, b.crossedEver ? 'yes' : 'no']));
  context.stdout.write('\n');
  printTable(context, ['asset', 'price $', 'depth in 2 % $', 'ignition $', 'landing $'], last.map((s) => [s.asset, s.price?.value ?? null, s.depth2pctUsd === null ? null : Math.round(s.depth2pctUsd), s.ignitionUsd === null ? null : Math.round(s.ignitionUsd.value), s.landingPrice?.value ?? null]));
  context.stdout.write('\n');
  printTable(context, ['input', 'status'], Object.entries(result.inputs));
}
