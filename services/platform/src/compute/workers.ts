import { Worker } from 'node:worker_threads';
import type { Activity } from '../activity.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import { createBoundedQueue } from '../queue.ts';
import type { Compute, ComputeTask } from './index.ts';
import type { WorkerAnswer, WorkerRequest } from './worker-entry.ts';
import { workerEntry } from './worker-entry.ts';

/** Terms of a pool of worker threads. */
export interface WorkerComputeOptions {
  /** Threads, > 0. They are started when first needed. */
  readonly size: number;
  /** Tasks waiting for a thread, default 1,024; further ones are rejected with `queue-full`. */
  readonly queueLimit?: number;
  /** Is busy while a task waits or runs, so that a simulated clock waits for it. */
  readonly activity?: Activity;
}

/** Compute on worker threads. */
export interface WorkerCompute extends Compute {
  stats(): WorkerStats;
}

/** Counters of a pool. */
export interface WorkerStats {
  readonly threads: number;
  readonly running: number;
  readonly queued: number;
  /** Tasks rejected because the queue was full. */
  readonly refused: number;
  /** Threads that died while a task ran, aborted ones not counted. */
  readonly died: number;
}

interface Job {
  readonly request: WorkerRequest;
  /** Settles the job once; later calls do nothing. */
  readonly settle: (answer: WorkerAnswer) => void;
}
interface Slot {
  readonly worker: Worker;
  job: Job | undefined;
}

/**
 * Makes a pool of threads. A thread that dies rejects its task with `worker-failed` and another is started for the next task.
 * Aborting a task that runs ends its thread. Errors arrive as structured clones: name, message and stack, not their class.
 */
export function createWorkerCompute(options: WorkerComputeOptions): WorkerCompute {
  const waiting = createBoundedQueue<Job>(options.queueLimit ?? 1_024);
  const slots = new Set<Slot>();
  let leaving: (() => void)[] = [];
  let died = 0;
  let closed = false;

  const release = (slot: Slot, answer: WorkerAnswer): void => {
    const { job } = slot;
    slot.job = undefined;
    job?.settle(answer);
  };
  const lost = (slot: Slot, why: string): void => {
    if (!slots.delete(slot)) return;
    if (slot.job !== undefined) died++;
    release(slot, failure('worker-failed', `task ${slot.job?.request.name ?? ''} not finished: ${why}`));
    advance();
  };
  const start = (): Slot => {
    const worker = new Worker(workerEntry, { eval: true });
    const slot: Slot = { worker, job: undefined };
    slots.add(slot);
    worker.on('message', (answer: WorkerAnswer) => {
      // An idle thread does not keep the process alive.
      worker.unref();
      release(slot, answer);
      advance();
    });
    worker.on('messageerror', (error) => release(slot, { ok: false, error }));
    worker.on('error', (error) => lost(slot, `its thread failed: ${messageOf(error)}`));
    worker.on('exit', (code) => lost(slot, `its thread ended with code ${code}`));
    return slot;
  };
  const freeSlot = (): Slot | undefined => {
    for (const slot of slots) if (slot.job === undefined) return slot;
    return slots.size < options.size ? start() : undefined;
  };
  const advance = (): void => {
    while (waiting.size() > 0) {
      const slot = freeSlot();
      const job = slot === undefined ? undefined : waiting.shift();
      if (slot === undefined || job === undefined) return;
      slot.job = job;
      slot.worker.ref();
      try {
        slot.worker.postMessage(job.request);
      } catch (error) {
        // The input does not survive structured cloning.
        slot.worker.unref();
        release(slot, { ok: false, error });
      }
    }
    if (closed && running() === 0) for (const leave of leaving.splice(0)) leave();
  };
  const running = (): number => [...slots].filter((slot) => slot.job !== undefined).length;
  const abort = (job: Job): void => {
    if (!waiting.remove(job)) {
      const slot = [...slots].find((candidate) => candidate.job === job);
      if (slot !== undefined) {
        slots.delete(slot);
        slot.job = undefined;
        void slot.worker.terminate();
      }
    }
    job.settle(failure('aborted', `task ${job.request.name} given up: the caller stopped`));
    advance();
  };
  const run = <Input, Output>(task: ComputeTask<Input, Output>, input: Input, signal?: AbortSignal): Promise<Output> =>
    new Promise((resolve, reject) => {
      if (closed || signal?.aborted === true) {
        reject(new BreakwaterError('aborted', `task ${task.name} not run: ${closed ? 'compute is closed' : 'the caller stopped'}`));
        return;
      }
      const end = options.activity?.begin(`compute ${task.name}`);
      const onAbort = (): void => abort(job);
      const job: Job = {
        request: { module: task.module, name: task.name, input },
        settle: (answer) => {
          signal?.removeEventListener('abort', onAbort);
          // The same function ran on the other side, so its output has the task's type.
          if (answer.ok) resolve(answer.output as Output);
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the task threw, whatever it was
          else reject(answer.error);
          end?.();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (waiting.push(job)) advance();
      else job.settle(failure('queue-full', `task ${task.name} not run: ${waiting.size()} tasks wait already`));
    });
  return {
    run,
    close: async () => {
      closed = true;
      for (const job of waiting.drain()) job.settle(failure('aborted', `task ${job.request.name} not run: compute is closed`));
      if (running() > 0) await new Promise<void>((resolve) => leaving.push(resolve));
      const workers = [...slots].map((slot) => slot.worker);
      slots.clear();
      leaving = [];
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
    stats: () => ({ threads: slots.size, running: running(), queued: waiting.size(), refused: waiting.refused(), died }),
  };
}

function failure(code: 'worker-failed' | 'aborted' | 'queue-full', message: string): WorkerAnswer {
  return { ok: false, error: new BreakwaterError(code, message) };
}
