import { describe, expect, it } from '@jest/globals';
import { createStore } from './store.ts';

describe('the store', () => {
  it('takes all actions of a frame in at once', () => {
    const frames: (() => void)[] = [];
    const store = createStore((flush) => void frames.push(flush));
    let seen = 0;
    store.state.subscribe(() => {
      seen++;
    });
    for (let i = 0; i < 240; i++) store.dispatch({ kind: 'restarted', at: i });
    expect([seen, frames.length, store.state.value.restartedAt]).toEqual([1, 1, null]);
    frames.shift()?.();
    expect([seen, store.state.value.restartedAt]).toEqual([2, 239]);
    store.dispatch({ kind: 'restart.seen' });
    expect(frames).toHaveLength(1);
    store.flush();
    expect(store.state.value.restartedAt).toBeNull();
    frames.shift()?.();
    expect(seen).toBe(3);
  });
});
