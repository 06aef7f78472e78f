import { describe, expect, it } from '@jest/globals';
import { createFrameNumbers } from './frame-numbers.ts';

describe('numbers of frames', () => {
  it('miss what is left out, comes twice or comes late, each connection by itself', () => {
    const numbers = createFrameNumbers();
    const missing = (connection: string, ...list: readonly number[]): readonly boolean[] => list.map((n) => numbers.missing(connection, n));
    // The first of a connection begins the count, wherever it stands.
    expect(missing('a', 5, 6, 7)).toEqual([false, false, false]);
    expect(missing('b', 0, 1)).toEqual([false, false]);
    expect(missing('a', 9, 10)).toEqual([true, false]);
    expect(missing('a', 10, 11)).toEqual([true, false]);
    expect(missing('a', 13, 12, 14)).toEqual([true, true, true]);
    numbers.forget('a');
    expect(missing('a', 0, 1)).toEqual([false, false]);
    expect(missing('b', 2)).toEqual([false]);
  });
});
