import { readFileSync } from 'node:fs';
import { parseLabels } from '@breakwater/collectors/chains';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Adapters } from '../adapters.ts';
import type { Config } from '../config.ts';

/** What the label files that a config names say, by path. Throws what makes one unusable. */
export function readLabelFiles(config: Pick<Config, 'chains'>): Adapters['labels'] {
  const files = new Set(Object.values(config.chains).flatMap((chain) => (chain.family === 'evm' ? chain.labelFiles : [])));
  return new Map([...files].map((file) => {
    const parsed = parseLabels(readFileSync(file, 'utf8'));
    if (parsed.ok) return [file, parsed.value] as const;
    const [first] = parsed.error;
    throw new BreakwaterError('bad-answer', `label file ${file} not read: ${parsed.error.length} bad lines, first line ${first?.line ?? 0}: ${first?.rule ?? ''}, got ${first?.got ?? ''}`);
  }));
}
