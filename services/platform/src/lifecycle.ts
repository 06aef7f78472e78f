import type { Clock } from './clock/index.ts';
import { BreakwaterError, messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** Closes what was opened, last opened first. */
export interface Lifecycle {
  /** Registers how to close something just opened. Registered while closing, it is closed next; after that, at once. */
  onClose(name: string, fn: () => void | Promise<void>): void;
  /**
   * Closes everything in reverse order, each waiting for the one before, and returns what failed. One that fails or takes longer than
   * `timeoutMs` does not stop the others. A second call returns the outcome of the first.
   */
  close(options: CloseOptions): Promise<readonly CloseFailure[]>;
  /** Names of what is open, in order of opening. */
  open(): readonly string[];
}

/** How long each closer may take. */
export interface CloseOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A closer that threw or ran out of time. */
export interface CloseFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Makes an empty lifecycle; failures to close are logged as `close-failed`. */
export function createLifecycle(deps: { readonly log: Log }): Lifecycle {
  const stack: { readonly name: string; readonly fn: () => void | Promise<void> }[] = [];
  let closing: Promise<readonly CloseFailure[]> | undefined;
  let closed = false;
  const report = (name: string, error: unknown): CloseFailure => {
    deps.log.error('close-failed', { name, error: messageOf(error) });
    return { name, error };
  };
  const closeAll = async (options: CloseOptions): Promise<readonly CloseFailure[]> => {
    const failures: CloseFailure[] = [];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      try {
        await within(options, next.name, next.fn);
      } catch (error) {
        failures.push(report(next.name, error));
      }
    }
    closed = true;
    return failures;
  };
  return {
    onClose: (name, fn) => {
      if (!closed) stack.push({ name, fn });
      else void Promise.resolve().then(fn).catch((error: unknown) => report(name, error));
    },
    close: (options) => (closing ??= closeAll(options)),
    open: () => stack.map((entry) => entry.name),
  };
}

function within({ timeoutMs, clock }: CloseOptions, name: string, fn: () => void | Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => reject(new BreakwaterError('aborted', `closing ${name} was given up: it took longer than ${timeoutMs} ms`)));
    Promise.resolve().then(fn).then(resolve, reject).finally(cancel);
  });
}
