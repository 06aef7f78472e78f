import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testTime, testWarning } from '../suites/messages.ts';
import { openEmbeddedStore } from './embedded.ts';

/** Lets a plain Node process import the TypeScript sources. */
const hooks = (swc: string): string => `
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
const swc = createRequire(import.meta.url)(${JSON.stringify(swc)});
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const { code } = await swc.transform(text, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
  return { format: 'module', source: code, shortCircuit: true };
}
`;
const register = `import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);`;

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
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-kill-'));
    writeFileSync(join(folder, 'hooks.mjs'), hooks(createRequire(import.meta.url).resolve('@swc/core')));
    writeFileSync(join(folder, 'register.mjs'), register);
    writeFileSync(join(folder, 'committer.mjs'), committer(new URL('./embedded.ts', import.meta.url).href, new URL('../suites/messages.ts', import.meta.url).href));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the committer until it has acknowledged `count` commits, kills it, and returns the last acknowledged one. */
  const killAfter = (path: string, count: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['-C', 'source', '--import', pathToFileURL(join(folder, 'register.mjs')).href, join(folder, 'committer.mjs'), path], { stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (child.killed || output.split('\n').length <= count) return;
        expect(() => openEmbeddedStore({ path })).toThrow('another process is writing to it');
        child.kill('SIGKILL');
      });
      child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
      child.on('close', (_code, signal) => {
        const whole = output.slice(0, output.lastIndexOf('\n')).split('\n');
        if (signal === 'SIGKILL') resolve(Number(whole.at(-1)));
        else reject(new Error(`the committer ended by itself: ${errors}`));
      });
    });

  it('has every acknowledged commit, whole, and nothing half, after each of five kills', async () => {
    const path = join(folder, 'store.db');
    let before = 0;
    for (const count of [1, 7, 20, 45, 80]) {
      const acknowledged = await killAfter(path, count);
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
