import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKilledProcess, type KilledProcess } from '@breakwater/platform/suites';
import { appendLabels, readLabelStore } from './label-store.ts';

/** Imports for ever, lists of a few hundred thousand bytes, and says which are kept. */
const importer = `
import { writeSync } from 'node:fs';
const { appendLabels, readLabelStore } = await import(${JSON.stringify(new URL('./label-store.ts', import.meta.url).href)});
const { readList } = await import(${JSON.stringify(new URL('./import-file.ts', import.meta.url).href)});
for (let n = readLabelStore(process.argv[2]).batches.length; ; n++) {
  const rows = Array.from({ length: 3_000 }, (_, i) => '0x' + (n * 10_000 + i).toString(16).padStart(40, '0') + ',exchange:x' + n);
  const read = readList('list.csv', rows.join('\\n'), { statedAt: n, source: 'committee' }, n);
  appendLabels(process.argv[2], () => [read.value.batch]);
  writeSync(1, n + '\\n');
}
`;

describe('a file of labels under kill -9', () => {
  let folder: string;
  let killed: KilledProcess;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-labels-kill-'));
    killed = createKilledProcess(folder, importer);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has every import that was acknowledged, whole and once, after each of four kills', async () => {
    const path = join(folder, 'labels.jsonl');
    for (const count of [1, 2, 4, 3]) {
      const acknowledged = Number(await killed.killAfter(path, count));
      const held = readLabelStore(path);
      // Perhaps one more, which was kept and not told.
      expect([acknowledged + 1, acknowledged + 2]).toContain(held.batches.length);
      held.batches.forEach((batch, n) => expect([batch.statedAt, batch.statements.length, batch.statements.at(-1)?.label]).toEqual([n, 3_000, `exchange:x${n}`]));
      expect(readFileSync(path).length - held.tornBytes).toBeGreaterThan(0);
    }
    // The lock of the process that was killed is in nobody's way.
    const { batches } = readLabelStore(path);
    expect(appendLabels(path, () => [{ kind: 'dispute', address: `0x${'0'.repeat(40)}`, by: 'Ana', reason: 'no', at: 1 }]).records).toBe(1);
    expect(readLabelStore(path)).toMatchObject({ tornBytes: 0, disputes: [{ by: 'Ana' }], batches: { length: batches.length } });
  });
});
