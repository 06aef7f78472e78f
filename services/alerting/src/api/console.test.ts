import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMetrics } from '@breakwater/platform/metrics';
import { apiWorld } from '../testing/api-world.ts';
import type { TestAnswer } from '../testing/http-client.ts';
import { ask, listenOnLoopback } from '../testing/http-client.ts';
import type { Api } from './start.ts';
import { createApi } from './start.ts';

const html = '<!doctype html><title>Breakwater</title>'.repeat(10);

describe('the files of the console', () => {
  let world: Awaited<ReturnType<typeof apiWorld>>;
  let api: Api;
  let port: number;
  beforeEach(async () => {
    world = await apiWorld();
    const consoleFolder = join(world.folder, 'console');
    mkdirSync(join(consoleFolder, 'assets'), { recursive: true });
    writeFileSync(join(consoleFolder, 'index.html'), html);
    writeFileSync(join(consoleFolder, 'assets/app-1a2b.js'), 'export {}');
    writeFileSync(join(world.folder, 'secret.txt'), 'secret');
    api = await createApi({ ...world.deps, consoleFolder });
    port = await listenOnLoopback(api);
  });
  afterEach(async () => {
    await api.server.close();
    await world.dispose();
  });
  const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<TestAnswer> => ask(port, { path, headers, method });

  it('are served at / with their types, and its page at every address of its own', async () => {
    const page = await get('/');
    expect([page.status, page.text, page.headers['content-type'], page.headers['cache-control']]).toEqual([200, html, 'text/html; charset=utf-8', 'no-cache']);
    expect((await get('/warnings/BW-OM-20250413-7f3a9c21', { accept: 'text/html' })).text).toBe(html);
    const script = await get('/assets/app-1a2b.js');
    expect([script.status, script.text, script.headers['content-type'], script.headers['cache-control']]).toEqual([200, 'export {}', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
    const head = await get('/', {}, 'HEAD');
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(html.length)]);
  });
  it('are sent small and once', async () => {
    const small = await get('/', { 'accept-encoding': 'br, gzip' });
    expect([small.headers['content-encoding'], gunzipSync(small.body).toString()]).toEqual(['gzip', html]);
    const again = await get('/', { 'if-none-match': String(small.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200);
  });
  it('are nothing else', async () => {
    for (const path of ['/missing.js', '/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/assets/', '//etc/passwd', '/v1/nothing', '/v1', '/assets/app-1a2b.js/x.y', '/..%5csecret.txt', '/%00']) {
      const answer = await get(path, { accept: 'text/html' });
      // An address without a dot may be one of the console's; its page is all that it gives.
      expect([path, answer.text.includes('secret'), answer.status === 404 || answer.text === html]).toEqual([path, false, true]);
    }
    expect(JSON.parse((await get('/missing.js')).text)).toMatchObject({ code: 'not-found' });
  });
  it('are said to be missing where no console was built', async () => {
    const bare = await createApi({ ...world.deps, metrics: createMetrics() });
    const answer = await ask(await listenOnLoopback(bare), { path: '/' });
    await bare.server.close();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([404, expect.objectContaining({ code: 'no-console' })]);
  });
});
