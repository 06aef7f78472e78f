import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedPage, WarningMessage } from '@breakwater/contracts';
import { streamEvent } from '@breakwater/contracts';
import { epochMs, warningId } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { createMetrics } from '@breakwater/platform/metrics';
import { apiWorld, publicConfig, readerToken } from '../testing/api-world.ts';
import { ask } from '../testing/http-client.ts';
import { sampleScore, sampleTime } from '../testing/sample.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import { selfSigned } from '../testing/self-signed.ts';
import type { SseClient } from '../testing/sse-client.ts';
import { openSse } from '../testing/sse-client.ts';
import type { RunningApi } from './start.ts';
import { startApi } from './start.ts';

type World = Awaited<ReturnType<typeof apiWorld>>;
const warningOf = (n: number): WarningMessage => sampleWarning({ id: warningId(`BW-OM-20250413-${String(n).padStart(8, '0')}`), eventTime: epochMs(sampleTime + n) });
const numbersOf = (client: SseClient): readonly number[] => client.events.filter((e) => e.event === 'warning').map((e) => Number((e.data as { readonly warning: WarningMessage }).warning.id.slice(-8)));
const rowsOf = (client: SseClient): readonly number[] => client.events.filter((e) => e.event === 'warning').map((e) => Number(e.id));
const upTo = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i + 1);

describe('the API on real sockets', () => {
  let world: World;
  const running: RunningApi[] = [];
  const wall = createSystemClock();
  beforeEach(async () => {
    world = await apiWorld();
  });
  afterEach(async () => {
    for (const api of running.splice(0)) await api.close();
    await world.dispose();
  });
  const start = async (change: Readonly<Record<string, unknown>> = {}): Promise<number> => {
    const api = await startApi({ ...world.deps, wall, metrics: createMetrics(), config: { ...world.deps.config, requestsPerMinute: 100_000, ...change } });
    running.push(api);
    return Number(new URL(api.address).port);
  };
  const last = (n: number) => (event: { readonly event: string; readonly data: unknown }): boolean => event.event === 'warning' && (event.data as { readonly warning: WarningMessage }).warning.id === warningOf(n).id;

  it('says where it is served, and frees the port within a second with streams open', async () => {
    const port = await start();
    expect(running[0]?.address).toBe(`http://127.0.0.1:${port}/`);
    const streams = await Promise.all([openSse(port, '/v1/stream'), openSse(port, '/v1/stream?asset=OM')]);
    const before = wall.now();
    await running.splice(0)[0]?.close();
    await Promise.all(streams.map((s) => s.closed));
    expect(wall.now() - before).toBeLessThan(1_000);
    await expect(ask(port, { path: '/v1/status' })).rejects.toThrow('ECONNREFUSED');
    expect(await start({ port })).toBe(port);
  });
  it('fails with what to do when the port is taken or the address is not its own', async () => {
    const port = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'listen-failed', message: `API not served at 127.0.0.1:${port}: the port is in use`, todo: expect.stringContaining('alerting.api.port') });
    await expect(start({ host: '192.0.2.1', behindProxy: true, tokens: publicConfig.tokens })).rejects.toMatchObject({ code: 'listen-failed', message: expect.stringContaining('the address is none of this machine') });
    await expect(start({ tls: { certFile: '/nothing/here', keyFile: '/nothing/here' } })).rejects.toMatchObject({ code: 'listen-failed' });
  });
  it('streams what happens, and resumes after a cut with every warning once', async () => {
    const port = await start();
    const first = await openSse(port, '/v1/stream?asset=OM');
    expect([first.status, first.headers['content-type'], first.headers['cache-control'], first.headers['x-content-type-options']]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store', 'nosniff']);
    await world.bus.publishDurable('scores', [sampleScore({ deposits: 3 })]);
    expect((await first.until((e) => e.event === 'asset' && (e.data as { readonly detail: { readonly score: unknown } }).detail.score !== null)).data).toMatchObject({ detail: { summary: { state: 'live' } } });
    for (let n = 1; n <= 30; n++) await world.commit(warningOf(n));
    await first.until(last(30));
    first.close();
    for (let n = 31; n <= 60; n++) await world.commit(warningOf(n));
    const second = await openSse(port, '/v1/stream', { 'last-event-id': String(rowsOf(first).at(-1)) });
    for (let n = 61; n <= 90; n++) await world.commit(warningOf(n));
    await second.until(last(90));
    expect([...numbersOf(first), ...numbersOf(second)]).toEqual(upTo(0, 90));
    for (const { event, data } of [...first.events, ...second.events]) expect(streamEvent.parse(data).kind).toBe(event);
    second.close();
  });
  it('resumes from the first event of a stream that was cut before any warning', async () => {
    const port = await start();
    await world.commit(warningOf(1));
    const first = await openSse(port, '/v1/stream');
    const begun = await first.until((e) => e.event === 'status');
    first.close();
    await world.commit(warningOf(2));
    const second = await openSse(port, '/v1/stream', { 'last-event-id': String(begun.id) });
    await second.until(last(2));
    expect(numbersOf(second)).toEqual([2]);
    second.close();
  });
  it('loses and doubles nothing over many cuts while warnings are committed', async () => {
    const port = await start();
    const total = 300;
    const committing = (async () => {
      for (let n = 1; n <= total; n++) {
        await world.commit(warningOf(n));
        if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const seen: number[] = [];
    let cursor: string | undefined;
    for (let cut = 0; seen.length < total; cut++) {
      const client = await openSse(port, '/v1/stream', cursor === undefined ? { 'last-event-id': '0' } : { 'last-event-id': cursor });
      const reached = Math.min(total, seen.length + 1 + (cut * 13) % 60);
      await client.until(last(reached));
      client.close();
      seen.push(...numbersOf(client));
      cursor = String(rowsOf(client).at(-1));
    }
    await committing;
    expect(seen).toEqual(upTo(0, total));
  });
  it('gives the feed by cursor with nothing missing or doubled while warnings are committed', async () => {
    const port = await start();
    const total = 400;
    const committing = (async () => {
      for (let n = 1; n <= total; n++) {
        await world.commit(...(n % 10 === 0 ? [warningOf(n), { ...warningOf(n), revision: 2, state: 'resolved' as const }] : [warningOf(n)]));
        if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const readers = [1, 7, 100].map(async (limit) => {
      const ids: string[] = [];
      let cursor = '0';
      while (ids.length < total + total / 10) {
        const page = JSON.parse((await ask(port, { path: `/v1/feed?after=${cursor}&limit=${limit}` })).text) as FeedPage;
        expect(page.events.length).toBeLessThanOrEqual(limit);
        ids.push(...page.events.map((e) => e.id));
        cursor = page.cursor;
      }
      return ids;
    });
    const expected = upTo(0, total).flatMap((n) => (n % 10 === 0 ? [`${warningOf(n).id}#1`, `${warningOf(n).id}#2`] : [`${warningOf(n).id}#1`]));
    for (const ids of await Promise.all(readers)) expect(ids).toEqual(expected);
    await committing;
  });
  it('refuses more streams than it may have, and cursors and assets that are none', async () => {
    const port = await start({ maxStreams: 2 });
    const streams = [await openSse(port, '/v1/stream'), await openSse(port, '/v1/stream')];
    const refused = await ask(port, { path: '/v1/stream' });
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text)]).toEqual([503, '10', expect.objectContaining({ code: 'too-many-streams' })]);
    streams[0]?.close();
    await streams[0]?.closed;
    for (let tries = 0; tries < 100; tries++) {
      const again = await openSse(port, '/v1/stream');
      again.close();
      if (again.status === 200) break;
      expect(tries).toBeLessThan(99);
    }
    for (const [path, headers, code] of [['/v1/stream', { 'last-event-id': 'x' }, 'bad-request'], ['/v1/stream?asset=DOGE', {}, 'unknown-asset'], ['/v1/stream?asset=om', {}, 'bad-query'], ['/v1/stream?other=1', {}, 'bad-query']] as const) {
      expect([path, JSON.parse((await ask(port, { path, headers })).text)]).toEqual([path, expect.objectContaining({ code })]);
    }
    streams[1]?.close();
  });
  it('lets a stream in only with a token where there are some', async () => {
    const port = await start({ tokens: publicConfig.tokens });
    expect((await ask(port, { path: '/v1/stream' })).status).toBe(401);
    const stream = await openSse(port, '/v1/stream', { authorization: `Bearer ${readerToken}` });
    expect((await stream.until((e) => e.event === 'status')).data).toMatchObject({ status: { mayWrite: false } });
    stream.close();
  });
  it('lets a reader that hangs hold nobody up, and gives it every warning when it goes on', async () => {
    const port = await start();
    const [hanging, fine] = [await openSse(port, '/v1/stream', { 'last-event-id': '0' }), await openSse(port, '/v1/stream', { 'last-event-id': '0' })];
    hanging.pause();
    const large = Array.from({ length: 1_000 }, () => ({ code: 'ignited-at-zero' as const }));
    const total = 300;
    for (let n = 1; n <= total; n++) await world.commit({ ...warningOf(n), reasons: large });
    await fine.until(last(total));
    // About 8 MB went by, far more than waits for one reader here and in the system's buffers for its socket.
    expect(numbersOf(fine)).toEqual(upTo(0, total));
    expect(numbersOf(hanging).length).toBeLessThan(total);
    hanging.resume();
    await hanging.until(last(total));
    expect(numbersOf(hanging)).toEqual(upTo(0, total));
    fine.close();
    hanging.close();
  });
  it('ends a caller that does not finish its request', async () => {
    const port = await start();
    const socket = createConnection({ host: '127.0.0.1', port });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write('GET /v1/status HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });
  it('speaks TLS with a certificate of its own', async () => {
    const { cert, key } = selfSigned('localhost');
    const [certFile, keyFile] = [join(world.folder, 'cert.pem'), join(world.folder, 'key.pem')];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    await start({ tls: { certFile, keyFile }, tokens: publicConfig.tokens });
    const address = new URL(running[0]?.address ?? '');
    expect(address.protocol).toBe('https:');
    const answer = await new Promise<{ readonly status: number | undefined; readonly hsts: string | undefined }>((resolve, reject) => {
      request({ host: '127.0.0.1', port: address.port, path: '/v1/status', ca: cert, servername: 'localhost', headers: { authorization: `Bearer ${readerToken}` }, agent: false }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, hsts: response.headers['strict-transport-security'] });
      }).on('error', reject).end();
    });
    expect(answer).toEqual({ status: 200, hsts: 'max-age=31536000' });
    await expect(ask(Number(address.port), { path: '/v1/status' })).rejects.toThrow();
    await expect(start({ tls: { certFile: keyFile, keyFile }, tokens: publicConfig.tokens })).rejects.toMatchObject({ code: 'listen-failed', message: expect.stringContaining('no certificate and its key') });
  });
});
