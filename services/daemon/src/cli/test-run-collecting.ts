import type { CommandContext } from './context.ts';
import { run } from './run.ts';

/** What a command line printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line with streams that collect, as the binary would run it without a terminal. */
export async function runCollecting(...args: readonly string[]): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const stream = (lines: string[]): NodeJS.WriteStream => ({ isTTY: false, write: (text: string) => lines.push(text) > 0 }) as unknown as NodeJS.WriteStream;
  const context: CommandContext = { env: { noColor: true, dataFolder: '' }, stdout: stream(out), stderr: stream(err) };
  const code = await run(args, context);
  return { code, out: out.join(''), err: err.join('') };
}
