import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Compute, ComputeTask } from '../compute/index.ts';

/** A module of tasks in plain JavaScript, since worker threads do not load TypeScript sources. */
const tasks = `
export const square = (x) => x * x;
export const sumOf = ({ values }) => values.reduce((a, b) => a + b, 0);
export const fail = (text) => { throw new RangeError(text); };
`;

/** Tests that every compute passes. `make` gives a new one; the suite closes it. */
export function describeCompute(name: string, make: () => Compute): void {
  describe(`compute: ${name}`, () => {
    let folder: string;
    let compute: Compute;
    const load = async <Input, Output>(task: string): Promise<ComputeTask<Input, Output>> => {
      const module = pathToFileURL(join(folder, 'tasks.mjs')).href;
      const exported = (await import(module)) as Record<string, (input: Input) => Output>;
      const fn = exported[task];
      if (fn === undefined) throw new Error(`no task ${task}`);
      return { module, name: task, fn };
    };
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'breakwater-compute-'));
      writeFileSync(join(folder, 'tasks.mjs'), tasks);
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    beforeEach(() => {
      compute = make();
    });
    afterEach(() => compute.close());

    it('runs a task on its input', async () => {
      expect(await compute.run(await load<number, number>('square'), 12)).toBe(144);
      expect(await compute.run(await load<{ readonly values: Float64Array }, number>('sumOf'), { values: Float64Array.of(1, 2, 3.5) })).toBe(6.5);
    });

    it('answers each of many calls with its own result', async () => {
      const square = await load<number, number>('square');
      const inputs = Array.from({ length: 100 }, (_, i) => i);
      expect(await Promise.all(inputs.map((x) => compute.run(square, x)))).toEqual(inputs.map((x) => x * x));
    });

    it('rejects with what the task threw, and works on', async () => {
      await expect(compute.run(await load<string, never>('fail'), 'out of range: 7')).rejects.toMatchObject({ name: 'RangeError', message: 'out of range: 7' });
      expect(await compute.run(await load<number, number>('square'), 3)).toBe(9);
    });

    it('does not begin a task whose caller has stopped', async () => {
      await expect(compute.run(await load<number, number>('square'), 3, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    });

    it('finishes what runs when it is closed, and takes nothing more', async () => {
      const square = await load<number, number>('square');
      const running = compute.run(square, 5);
      await compute.close();
      expect(await running).toBe(25);
      await expect(compute.run(square, 5)).rejects.toMatchObject({ code: 'aborted' });
    });
  });
}
