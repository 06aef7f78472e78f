/** What a worker is told: which export of which module to call, with what. */
export interface WorkerRequest {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
}
/** What a worker answers. */
export type WorkerAnswer = { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * The program of a worker thread. It is text, given to `new Worker(code, { eval: true })`, and not a module of its own, because a module
 * would have two addresses (`.ts` in the sources, `.js` when built) and a worker thread loads only the second.
 * It imports only what a task names. A thrown value that cannot be cloned is answered by its message.
 */
export const workerEntry = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', async ({ module, name, input }) => {
  let answer;
  try {
    const task = (await import(module))[name];
    if (typeof task !== 'function') throw new Error(module + ' has no function ' + name);
    answer = { ok: true, output: await task(input) };
  } catch (error) {
    answer = { ok: false, error };
  }
  try {
    parentPort.postMessage(answer);
  } catch (error) {
    const thrown = answer.ok ? error : answer.error;
    parentPort.postMessage({ ok: false, error: new Error(thrown instanceof Error ? thrown.message : String(thrown)) });
  }
});
`;
