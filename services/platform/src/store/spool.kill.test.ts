import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSpoolFolder } from './spool-node.ts';
import { openSpool } from './spool.ts';
import { createKilledProcess, type KilledProcess } from '../suites/killed-process.ts';

/** Appends for ever, says which are acknowledged, and is done with some. */
const appender = `
import { writeSync } from 'node:fs';
const { openSpool } = await import(${JSON.stringify(new URL('./spool.ts', import.meta.url).href)});
const { createSpoolFolder } = await import(${JSON.stringify(new URL('./spool-node.ts', import.meta.url).href)});
const spool = await openSpool({ files: createSpoolFolder(process.argv[2]), maxBytes: 400_000, syncMs: 5, now: () => Date.now() });
let done = -1;
let next = 0;
for (;;) {
  const batch = await spool.take(1);
  if (batch === undefined) break;
  next = batch.points.at(-1).value + 1;
}
for (let n = next; ; n++) {
  await spool.append([0, 1, 2].map((i) => ({ series: 'price', labels: { asset: 'OM', pad: 'x'.repeat(n % 200) }, time: n * 3 + i, value: n })));
  writeSync(1, n + ' ' + done + '\\n');
  if (n % 3 !== 0) continue;
  const batch = await spool.take(1);
  if (batch === undefined) continue;
  done = batch.points.at(-1).value;
  await spool.done(batch);
}
`;

describe('a spool in a real folder under kill -9', () => {
  let folder: string;
  let killed: KilledProcess;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-spool-kill-'));
    killed = createKilledProcess(folder, appender);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has every point that was acknowledged and not done with, in order and without a hole, after each of four kills', async () => {
    const path = join(folder, 'spool');
    let last = -1;
    for (const count of [1, 60, 150, 333]) {
      const [acknowledged = NaN, done = NaN] = (await killed.killAfter(path, count)).split(' ').map(Number);
      expect(acknowledged).toBeGreaterThanOrEqual(last + count);
      const spool = await openSpool({ files: createSpoolFolder(path), maxBytes: 400_000, syncMs: 5, now: () => 0 });
      const found: number[] = [];
      for (let batch = await spool.take(1_000); batch !== undefined; batch = await spool.take(1_000)) found.push(...batch.points.map(({ value }) => value));
      // Three of each, one after another, from some that was perhaps done with to the last, which perhaps was not acknowledged any more.
      const [first = NaN] = found;
      expect(first).toBeLessThanOrEqual(done + 1);
      expect(found).toEqual(Array.from({ length: found.length }, (_, i) => first + Math.floor(i / 3)));
      last = found.at(-1) ?? NaN;
      expect(last).toBeGreaterThanOrEqual(acknowledged);
      expect(spool.stats().dropped).toBe(0);
    }
  });
});
