import { expect, it } from '@jest/globals';
import { createDoubt } from './doubt.ts';

const mismatch = (final: boolean, hash = '0xa') => ({ number: 5, hash, depth: 9, final, detail: '' });

it('believes a long reorganisation when two endpoints name the same block, or one does so often enough', () => {
  const doubt = createDoubt(3);
  expect([1, 2, 3].map(() => doubt.believes(mismatch(false), [0], true))).toEqual([false, false, true]);
  expect(doubt.believes(mismatch(false), [0, 1], false)).toBe(true);
  expect([doubt.believes(mismatch(false), [0], true), doubt.believes(mismatch(false), [1], true)]).toEqual([false, true]);
  // Another block is another story.
  expect([doubt.believes(mismatch(false), [0], true), doubt.believes(mismatch(false, '0xb'), [1], true)]).toEqual([false, false]);
  doubt.clear();
  expect(doubt.believes(mismatch(false, '0xb'), [0], true)).toBe(false);
});

it('gives up final blocks only when two say so and nobody disagrees', () => {
  const doubt = createDoubt(3);
  for (let i = 0; i < 10; i++) expect(doubt.believes(mismatch(true), [0], true)).toBe(false);
  expect(doubt.believes(mismatch(true), [0, 1], false)).toBe(false);
  expect(doubt.believes(mismatch(true), [0, 1], true)).toBe(true);
});
