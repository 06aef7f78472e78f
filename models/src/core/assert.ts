/** Our own bug: a broken invariant. Never thrown for bad input from outside, never caught except by supervision. */
export class AssertionError extends Error {
  override readonly name: string = 'AssertionError';
}

/** Crashes with `message` when `condition` is false. Use it for invariants of our own code only. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Fails to compile when a union has an unhandled member; crashes if one arrives at run time all the same. */
export function assertNever(value: never): never {
  throw new AssertionError(`unhandled case: ${JSON.stringify(value)}`);
}

/** `value`, when an index or lookup cannot miss by construction; crashes with `what` if it does. */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`missing: ${what}`);
  return value;
}
