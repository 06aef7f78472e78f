import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { apiWorld } from '../../testing/api-world.ts';
import { sampleTime } from '../../testing/sample.ts';
import { sampleWarning } from '../../testing/sample-warning.ts';
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
