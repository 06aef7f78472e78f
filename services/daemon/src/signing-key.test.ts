import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadSigningSeed } from './signing-key.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'breakwater-key-'));

describe('the signing key', () => {
  it('is made once, for the owner alone, and read from then on', () => {
    const path = join(folder(), 'breakwater.db.key');
    const seed = loadSigningSeed(path);
    expect(seed.length).toBe(32);
    expect(loadSigningSeed(path)).toEqual(seed);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(loadSigningSeed(join(folder(), 'k'))).not.toEqual(seed);
  });
  it('is never replaced when its file holds something else, and says which file', () => {
    const path = join(folder(), 'breakwater.db.key');
    writeFileSync(path, 'half a k');
    expect(() => loadSigningSeed(path)).toThrow(/breakwater\.db\.key is not one/);
    expect(readFileSync(path, 'utf8')).toBe('half a k');
  });
  it('says what is wrong when it cannot be written', () => {
    expect(() => loadSigningSeed(join(folder(), 'no', 'such', 'k'))).toThrow(/not written/);
  });
});
