import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { apiWorld } from '../../testing/api-world.ts';
import { sampleTime } from '../../testing/sample.ts';
import { sampleWarning } from '../../testing/sample-warning.ts';
import { problems } from '../problems.ts';
import { warningRoutes } from './warnings.ts';

describe('an acknowledgement that cannot be stored', () => {
  it('is answered after ten seconds, and may be stored later', async () => {
    const world = await apiWorld();
    const { journal, wall } = world;
    let fail: (error: Error) => void = () => undefined;
    const { acknowledge } = warningRoutes({ journal, wall, acknowledge: () => new Promise((_, reject) => (fail = reject)) });
    const answer = acknowledge({ params: { id: sampleWarning().id }, query: undefined, body: {} }, { caller: { name: 'ada', role: 'committee' }, isGone: () => false });
    let answered = false;
    void answer.then(() => (answered = true));
    await wall.advanceTo(epochMs(sampleTime + 9_999));
    expect(answered).toBe(false);
    await wall.advanceTo(epochMs(sampleTime + 10_000));
    expect(await answer).toEqual({ ok: false, error: { code: 'unavailable', detail: 'The acknowledgement may still be stored.' } });
    // What becomes of it then is nobody's any more.
    fail(new Error('the store went away for good'));
    await new Promise((resolve) => setImmediate(resolve));
    await world.dispose();
  });
  it('is refused by an instance that stands by, which names the active one when it knows it', async () => {
    const world = await apiWorld();
    const { journal, wall } = world;
    let address: string | null = null;
    for (const code of ['standby', 'fenced'] as const) {
      const { acknowledge } = warningRoutes({ journal, wall, acknowledge: () => Promise.reject(new BreakwaterError(code, 'not this one')), activeAt: () => address });
      const answer = await acknowledge({ params: { id: sampleWarning().id }, query: undefined, body: {} }, { caller: { name: 'ada', role: 'committee' }, isGone: () => false });
      expect(answer).toEqual({ ok: false, error: { code: 'standby', retryAfterSeconds: 5, ...(address === null ? {} : { detail: 'The active one is http://10.0.0.2:8710/.' }) } });
      address = 'http://10.0.0.2:8710/';
    }
    expect(problems.standby.status).toBe(503);
    // Any other failure of the store is not that.
    const { acknowledge } = warningRoutes({ journal, wall, acknowledge: () => Promise.reject(new BreakwaterError('store-corrupt', 'no')) });
    await expect(acknowledge({ params: { id: sampleWarning().id }, query: undefined, body: {} }, { caller: { name: 'ada', role: 'committee' }, isGone: () => false })).rejects.toThrow('no');
    await world.dispose();
  });
  it('leaves no timer behind when it is answered at once', async () => {
    const world = await apiWorld();
    const { journal, wall, deps } = world;
    await world.commit(sampleWarning());
    const { acknowledge } = warningRoutes({ journal, wall, acknowledge: deps.acknowledge });
    expect((await acknowledge({ params: { id: sampleWarning().id }, query: undefined, body: {} }, { caller: { name: 'ada', role: 'committee' }, isGone: () => false })).ok).toBe(true);
    expect(wall.nextTimer()).toBeUndefined();
    await world.dispose();
  });
});
