import { describe, expect, it } from '@jest/globals';
import { commandOf, keys, step } from './keyboard.ts';

const press = (key: string, change: { typing?: boolean; modified?: boolean } = {}) => ({ key, typing: false, modified: false, ...change });

describe('keys', () => {
  it('have one command each, and every command a key and a word', () => {
    expect(new Set(keys.map(({ command }) => command)).size).toBe(keys.length);
    for (const { key, command } of keys) expect(commandOf(press(key))).toBe(command);
    expect(commandOf(press('x'))).toBeUndefined();
  });
  it('belong to the text while it is typed, and to the browser with a modifier', () => {
    for (const { key, command } of keys) {
      expect(commandOf(press(key, { typing: true }))).toBe(command === 'close' ? 'close' : undefined);
      expect(commandOf(press(key, { modified: true }))).toBeUndefined();
    }
  });
});

describe('a step through a list', () => {
  const entries = ['a', 'b', 'c'];
  it('moves by one and stops at the ends', () => {
    expect([step(entries, 'a', 1), step(entries, 'c', 1), step(entries, 'b', -1), step(entries, 'a', -1)]).toEqual(['b', 'c', 'a', 'a']);
  });
  it('begins at the first when there is no current one or it is gone', () => {
    expect([step(entries, null, 1), step(entries, 'gone', -1), step([], null, 1)]).toEqual(['a', 'a', undefined]);
  });
});
