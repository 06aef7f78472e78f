import { decompress } from 'fzstd';
import { dataFile } from '../../../../infra/dev/src/env.ts';
import type { CaptureLine } from '../replay/index.ts';
import { readCapture } from '../replay/index.ts';

/** The lines of a recorded capture; undefined (and a printed line) when it is absent. */
export async function captureLines(name: string): Promise<readonly CaptureLine[] | undefined> {
  const path = dataFile(`exchange-captures/${name}.jsonl.zst`);
  if (path === undefined) return undefined;
  const lines: CaptureLine[] = [];
  for await (const line of readCapture(path, (bytes) => decompress(bytes))) lines.push(line);
  return lines;
}
