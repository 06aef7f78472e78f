import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testTime, testWarning } from '../suites/messages.ts';
import { openEmbeddedStore } from './embedded.ts';
import { createKilledProcess, type KilledProcess } from '../suites/killed-process.ts';

/** Commits warnings for ever and says which are acknowledged. */
const committer = (embedded: string, messages: string): string => `
import { writeSync } from 'node:fs';
const { openEmbeddedStore } = await import(${JSON.stringify(embedded)});
const { testWarning, testTime } = await import(${JSON.stringify(messages)});
const { journal, series } = openEmbeddedStore({ path: process.argv[2] });
const last = Number((await journal.checkpoint('last')) ?? 0);
for (let n = last + 1; ; n++) {
  await journal.commitWarnings({ warnings: [testWarning(n), testWarning(n, 2)], recipients: ['web', 'chat'], checkpoints: { last: String(n) }, at: testTime });
  writeSync(1, n + '\\n');
  await series.append([{ series: 'depth', labels: { asset: 'OM' }, time: testTime + n, value: n }]);
}
`;

describe('embedded store under kill -9', () => {
  let folder: string;
  let killed: KilledProcess;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-kill-'));
    killed = createKilledProcess(folder, committer(new URL('./embedded.ts', import.meta.url).href, new URL('../suites/messages.ts', import.meta.url).href));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has every acknowledged commit, whole, and nothing half, after each of five kills', async () => {
    const path = join(folder, 'store.db');
    let before = 0;
    for (const count of [1, 7, 20, 45, 80]) {
      const acknowledged = Number(await killed.killAfter(path, count, () => expect(() => openEmbeddedStore({ path })).toThrow('another process is writing to it')));
      expect(acknowledged).toBeGreaterThanOrEqual(before + count);
      const { journal, series, close } = openEmbeddedStore({ path });
      const last = Number(await journal.checkpoint('last'));
      expect(last).toBeGreaterThanOrEqual(acknowledged);
      const rows = await journal.warnings(0, 1_000_000);
      expect(rows.map((each) => [each.warning.id, each.warning.revision])).toEqual(Array.from({ length: 2 * last }, (_, i) => [testWarning(Math.floor(i / 2) + 1).id, (i % 2) + 1]));
      for (const recipient of ['web', 'chat']) expect((await journal.pending(recipient, testTime, 1_000_000)).length).toBe(2 * last);
      const points = await series.range('depth', { asset: 'OM' }, testTime, Number.MAX_SAFE_INTEGER as typeof testTime);
      expect(points.length).toBeGreaterThanOrEqual(acknowledged - 5);
      await close();
      before = last;
    }
  });
});
