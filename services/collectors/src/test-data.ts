import { decompress } from 'fzstd';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CaptureLine } from './replay/index.ts';
import { readCapture } from './replay/index.ts';

/** The optional folder of recorded data, for tests only; undefined (and a printed line) when it is absent. */
export function dataPath(name: string): string | undefined {
  const path = resolve(process.env['BREAKWATER_DATA'] ?? '../shared/data', name);
  if (existsSync(path)) return path;
  process.stderr.write(`skipped: ${path} is absent\n`);
  return undefined;
}

/** The lines of a recorded capture, for tests only; undefined when it is absent. */
export async function captureLines(name: string): Promise<readonly CaptureLine[] | undefined> {
  const path = dataPath(`exchange-captures/${name}.jsonl.zst`);
  if (path === undefined) return undefined;
  const lines: CaptureLine[] = [];
  for await (const line of readCapture(path, (bytes) => decompress(bytes))) lines.push(line);
  return lines;
}
