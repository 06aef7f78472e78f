import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createActivity } from '../activity.ts';
import { describeCompute } from '../suites/compute-suite.ts';
import type { ComputeTask } from './index.ts';
import type { WorkerCompute, WorkerComputeOptions } from './workers.ts';
import { createWorkerCompute } from './workers.ts';

describeCompute('worker threads', () => createWorkerCompute({ size: 2 }));

const tasks = `
import { threadId } from 'node:worker_threads';
export const square = (x) => x * x;
export const thread = () => threadId;
export const die = () => process.exit(3);
export const dieLater = () => { setImmediate(() => { throw new Error('late'); }); return new Promise(() => {}); };
export const hang = () => { for (;;); };
export const closure = () => () => 1;
export const throwClosure = () => { throw Object.assign(new Error('with a function'), { fn: () => 1 }); };
`;

describe('worker compute', () => {
  let folder: string;
  let compute: WorkerCompute;
  const task = <Input, Output>(name: string): ComputeTask<Input, Output> => ({
    module: pathToFileURL(join(folder, 'tasks.mjs')).href,
    name,
    fn: () => { throw new Error('ran on the calling thread'); },
  });
  const start = (options: Partial<WorkerComputeOptions> = {}): WorkerCompute => (compute = createWorkerCompute({ size: 1, ...options }));
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-workers-'));
    writeFileSync(join(folder, 'tasks.mjs'), tasks);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => compute.close());

  it('runs tasks on other threads, at most `size` of them', async () => {
    start({ size: 2 });
    const threads = await Promise.all(Array.from({ length: 20 }, () => compute.run(task<null, number>('thread'), null)));
    expect(threads).not.toContain(0);
    expect(new Set(threads).size).toBeLessThanOrEqual(2);
    expect(compute.stats()).toEqual({ threads: 2, running: 0, queued: 0, refused: 0, died: 0 });
  });

  it('rejects the task of a thread that dies, once, and starts another thread', async () => {
    start();
    const square = task<number, number>('square');
    const outcomes = await Promise.allSettled([compute.run(task('die'), null), compute.run(square, 4), compute.run(task('dieLater'), null), compute.run(square, 5)]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'worker-failed', message: 'task die not finished: its thread ended with code 3' } },
      { status: 'fulfilled', value: 16 },
      { status: 'rejected', reason: { code: 'worker-failed', message: expect.stringMatching(/^task dieLater not finished: its thread failed: .*late/) } },
      { status: 'fulfilled', value: 25 },
    ]);
    expect(compute.stats()).toMatchObject({ threads: 1, died: 2 });
  });

  it('aborts a running task by ending its thread, and a waiting one without', async () => {
    start();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const hanging = compute.run(task('hang'), null, running.signal);
    const queued = compute.run(task('square'), 2, waiting.signal);
    const last = compute.run(task<number, number>('square'), 3);
    expect(compute.stats()).toMatchObject({ running: 1, queued: 2 });
    waiting.abort();
    await expect(queued).rejects.toMatchObject({ code: 'aborted' });
    running.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'aborted' });
    expect(await last).toBe(9);
    expect(compute.stats().died).toBe(0);
  });

  it('refuses tasks beyond the queue limit', async () => {
    start({ queueLimit: 1 });
    const square = task<number, number>('square');
    const outcomes = await Promise.allSettled([1, 2, 3].map((x) => compute.run(square, x)));
    expect(outcomes).toMatchObject([{ value: 1 }, { value: 4 }, { reason: { code: 'queue-full' } }]);
    expect(compute.stats().refused).toBe(1);
  });

  it('rejects inputs, outputs and errors that cannot be cloned, and an export that is not there', async () => {
    start();
    await expect(compute.run(task('square'), () => 1)).rejects.toMatchObject({ name: 'DataCloneError' });
    await expect(compute.run(task('closure'), null)).rejects.toMatchObject({ message: expect.stringContaining('could not be cloned') });
    await expect(compute.run(task('throwClosure'), null)).rejects.toMatchObject({ message: 'with a function' });
    await expect(compute.run(task('absent'), null)).rejects.toMatchObject({ message: expect.stringContaining('has no function absent') });
    expect(await compute.run(task<number, number>('square'), 6)).toBe(36);
  });

  it('is busy while a task waits or runs, and drops what waits when closed', async () => {
    const activity = createActivity();
    start({ activity });
    const square = task<number, number>('square');
    const runs = [compute.run(square, 2), compute.run(square, 3)];
    expect(activity.pending()).toEqual(['compute square', 'compute square']);
    const outcomes = Promise.allSettled(runs);
    await compute.close();
    expect(await outcomes).toMatchObject([{ value: 4 }, { reason: { code: 'aborted' } }]);
    expect(activity.pending()).toEqual([]);
  });
});
