import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk, createSimulatedNetwork } from '@breakwater/platform/simulated';
import type { Adapters, Pipeline } from './adapters.ts';
import { parseConfig, type Config } from './config.ts';
import { createPipeline } from './pipeline.ts';

function configOf(assets: object): Config {
  const parsed = parseConfig(JSON.stringify({ venues: { okx: {} }, assets }), () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** The score stage, which starts when what it is served by does. */
function setUp(serve: Adapters['serve']): Pipeline {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity });
  const rng = createRng(1);
  const { journal, series } = createSimulatedDisk({ rng }).open();
  return createPipeline({
    clock, rng, network: createSimulatedNetwork({ clock, rng, latencyMs: [1, 5], resolve: () => undefined }), bus: createMemoryBus({ activity, queueLimit: 100 }), journal, series, activity, log: silentLog,
    metrics: createMetrics(), labels: new Map(), signer: undefined, serve, onConflated: () => undefined,
  }, configOf({ OM: {} }), () => { throw new Error('nobody is told of anything'); }, () => undefined, ['score']);
}
/** What a promise has come to by now. */
const stateOf = async (promise: Promise<unknown>): Promise<string> => {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise.then(() => 'done'), new Promise<string>((resolve) => setImmediate(() => resolve('open')))]);
};

describe('a reload that is asked for before everything has started', () => {
  it('waits for the start', async () => {
    let serve = (): void => undefined;
    const pipeline = setUp(() => new Promise((resolve) => (serve = () => resolve(async () => undefined))));
    const started = pipeline.start();
    const followed = pipeline.follow(configOf({ OM: {}, TIA: {} }));
    expect(await stateOf(followed)).toBe('open');
    serve();
    await started;
    expect(await stateOf(followed)).toBe('done');
    await pipeline.stop();
  });
  it('fails with what the start failed with', async () => {
    const pipeline = setUp(async () => {
      throw new Error('port taken');
    });
    const failed = expect(pipeline.follow(configOf({ OM: {}, TIA: {} }))).rejects.toThrow('port taken');
    await expect(pipeline.start()).rejects.toThrow('port taken');
    await failed;
    await pipeline.stop();
  });
  it('ends when it is stopped before that', async () => {
    const pipeline = setUp(() => new Promise(() => undefined));
    void pipeline.start();
    const followed = pipeline.follow(configOf({ OM: {}, TIA: {} }));
    const ended = expect(followed).rejects.toMatchObject({ code: 'aborted' });
    await pipeline.stop();
    await ended;
  });
});
