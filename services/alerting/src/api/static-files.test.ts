import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileFor, readConsole } from './static-files.ts';

describe('readConsole', () => {
  let place: string;
  let folder: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'breakwater-console-'));
    folder = join(place, 'console');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(place, { recursive: true }));
  const build = (): void => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>'.repeat(20));
    writeFileSync(join(folder, 'assets/app-1a2b.js'), 'x');
    writeFileSync(join(folder, 'icon.png'), Buffer.alloc(500));
    writeFileSync(join(folder, '.env'), 'secret');
    writeFileSync(join(place, 'outside.txt'), 'secret');
    symlinkSync(join(place, 'outside.txt'), join(folder, 'link.txt'));
  };

  it('holds every file with its type, and neither hidden ones nor links', () => {
    build();
    const files = readConsole(folder);
    expect([...files].map(([path, { type, cacheControl }]) => [path, type, cacheControl]).sort()).toEqual([
      ['assets/app-1a2b.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'], ['icon.png', 'image/png', 'no-cache'], ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ]);
    const page = files.get('index.html');
    expect(gunzipSync(page?.gzip ?? Buffer.alloc(0)).equals(page?.body ?? Buffer.alloc(1))).toBe(true);
    expect([files.get('icon.png')?.gzip, files.get('assets/app-1a2b.js')?.gzip]).toEqual([undefined, undefined]);
    expect(page?.etag).toMatch(/^"[0-9a-f]{32}"$/);
  });
  it('holds nothing where no console was built, and refuses what is none', () => {
    expect(readConsole(folder).size).toBe(0);
    expect(readConsole(join(folder, 'missing')).size).toBe(0);
    build();
    for (let i = 0; i < 1_001; i++) writeFileSync(join(folder, `${i}.txt`), '');
    expect(() => readConsole(folder)).toThrow(expect.objectContaining({ code: 'listen-failed' }));
  });
  it('gives the page for addresses of the console and for nothing else', () => {
    build();
    const files = readConsole(folder);
    const of = (path: string, accept = 'text/html,*/*'): string | undefined => fileFor(files, { path, accept })?.type.split(';')[0];
    expect([of(''), of('', '*/*'), of('assets/OM'), of('index.html')]).toEqual(['text/html', 'text/html', 'text/html', 'text/html']);
    expect([of('assets/OM', '*/*'), of('missing.js'), of('v1/nothing'), of('v1'), of('metrics/x'), of('../etc/passwd', '*/*'), of('.env')]).toEqual(Array(7).fill(undefined));
  });
});
