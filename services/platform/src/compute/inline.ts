import { BreakwaterError } from '../errors.ts';
import type { Compute } from './index.ts';

/**
 * Runs every task on the calling thread, during `run` itself; only the answer comes later. A task once begun cannot be aborted.
 * For tests, small loads and the drill, where the order of events must not depend on threads.
 */
export function createInlineCompute(): Compute {
  let closed = false;
  return {
    // Async, so that what the task throws is a rejection.
    run: async (task, input, signal) => {
      if (closed) throw new BreakwaterError('aborted', `task ${task.name} not run: compute is closed`);
      if (signal?.aborted === true) throw new BreakwaterError('aborted', `task ${task.name} not run: the caller stopped`);
      return task.fn(input);
    },
    close: async () => {
      closed = true;
    },
  };
}
