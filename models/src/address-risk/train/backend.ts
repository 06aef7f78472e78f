import type * as tensorflow from '@tensorflow/tfjs';

/** TensorFlow.js, of whichever package. */
export type Tensorflow = typeof tensorflow;

/** What computes: `tensorflow` is the native library of @tensorflow/tfjs-node, `wasm` and `cpu` come with @tensorflow/tfjs. */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

/** A TensorFlow.js that is ready. */
export interface Backend {
  readonly tf: Tensorflow;
  readonly name: BackendName;
  /** Why it is not the native one, in words; undefined where it is, or was not asked for. */
  readonly fallback: string | undefined;
}

const native: string = '@tensorflow/tfjs-node';

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return 'it is not installed';
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

async function withNative(load: () => Promise<unknown>): Promise<Tensorflow> {
  const found = (await load()) as { readonly default?: Tensorflow } & Tensorflow;
  const tf = found.default ?? found;
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') throw new Error(`its backend is ${tf.getBackend()}`);
  // What is missing of it shows in the first operation and not before: on Node 23 and later a function of util that is gone.
  tf.tidy(() => tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])).dataSync());
  return tf;
}

async function portable(): Promise<{ readonly tf: Tensorflow; readonly name: BackendName }> {
  const found = (await import('@tensorflow/tfjs')) as { readonly default?: Tensorflow } & Tensorflow;
  const tf = found.default ?? found;
  // Its binary lies beside it in the package; nothing is fetched.
  await import('@tensorflow/tfjs-backend-wasm');
  const isThere = await tf.setBackend('wasm').catch(() => false);
  if (!isThere) await tf.setBackend('cpu');
  await tf.ready();
  return { tf, name: isThere ? 'wasm' : 'cpu' };
}

/**
 * TensorFlow.js, natively where @tensorflow/tfjs-node is installed and works, else on WebAssembly, else in plain JavaScript; `which` asks for the portable one at once, `load` brings the native one from elsewhere.
 * Never rejects for the native one: `fallback` says what was wrong with it.
 */
export async function loadBackend(which: 'native' | 'portable' = 'native', load: () => Promise<unknown> = () => import(native)): Promise<Backend> {
  if (which === 'portable') return { ...(await portable()), fallback: undefined };
  try {
    return { tf: await withNative(load), name: 'tensorflow', fallback: undefined };
  } catch (error) {
    return { ...(await portable()), fallback: `${native} is not usable: ${reasonOf(error)}` };
  }
}
