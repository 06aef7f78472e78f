import { afterEach, describe, expect, it } from '@jest/globals';
import { createConnection } from 'node:net';
import { apiProblem, apiRoutes, type ApiRoute } from '@breakwater/contracts';
import { createMetrics } from '@breakwater/platform/metrics';
import { adminToken, apiWorld, committeeToken, publicConfig, readerToken } from '../testing/api-world.ts';
import type { TestAnswer, TestRequest } from '../testing/http-client.ts';
import { ask, listenOnLoopback } from '../testing/http-client.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import { maxWrongLogins } from './limits.ts';
import { createApi } from './start.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server with these settings, listening on loopback whatever they say of the host. */
async function serve(settings: Readonly<Record<string, unknown>> = {}, change: Parameters<typeof apiWorld>[1] = {}) {
  const world = await apiWorld(settings, change);
  closers.push(world.dispose);
  const api = await createApi(world.deps);
  closers.push(async () => {
    api.hub.close();
    await api.server.close();
  });
  const port = await listenOnLoopback(api);
  return { world, port, send: (request: TestRequest) => ask(port, request) };
}
const codeOf = (answer: TestAnswer): readonly [number, string] => [answer.status, apiProblem.parse(JSON.parse(answer.text)).code];
const bearer = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };
const { id } = sampleWarning();
const pathOf = (route: ApiRoute): string => route.path.replace(':asset', 'OM').replace(':id', id);
/** Every route of the table, the console's files, and addresses that are none. */
const everything: readonly TestRequest[] = [
  ...apiRoutes.map((route) => ({ method: route.method, path: pathOf(route), ...(route.method === 'POST' ? { headers: json, body: '{}' } : {}) })),
  { path: '/' }, { path: '/index.html' }, { path: '/assets/app.js' }, { path: '/v1' }, { path: '/v1/nothing' }, { path: '/nothing' }, { method: 'HEAD', path: '/' }, { method: 'DELETE', path: '/v1/assets' },
  { method: 'OPTIONS', path: '/v1/assets' }, { method: 'POST', path: '/v1/status', headers: json, body: '{}' }, { method: 'PUT', path: '/nothing', headers: json, body: '{}' },
];
const named = (request: TestRequest): string => `${request.method ?? 'GET'} ${request.path}`;

describe('a server with tokens', () => {
  it('answers nothing at all without one', async () => {
    const { send, world } = await serve(publicConfig);
    await world.commit(sampleWarning());
    for (const request of everything) {
      const answer = await send(request);
      expect([named(request), answer.status, answer.headers['www-authenticate']]).toEqual([named(request), 401, 'Basic realm="Breakwater"']);
      if (request.method !== 'HEAD') expect([named(request), ...codeOf(answer)]).toEqual([named(request), 401, 'no-token']);
    }
    expect(world.acknowledged).toEqual([]);
  });
  it('answers nothing to a token that is none, however it is written', async () => {
    for (const authorization of ['Bearer wrong-token-of-these-tests-001', `Bearer ${readerToken}x`, `Bearer ${readerToken.slice(0, -1)}`, 'Bearer', `Token ${readerToken}`, readerToken, `Basic ${Buffer.from('ada').toString('base64')}`, 'Basic ====']) {
      const { send } = await serve(publicConfig);
      for (const path of ['/v1/status', '/', '/metrics']) expect([authorization, ...codeOf(await send({ path, headers: { authorization } }))]).toEqual([authorization, 401, 'wrong-token']);
    }
  });
  it('lets a reader read everything and write nothing', async () => {
    const { send, world } = await serve(publicConfig);
    await world.commit(sampleWarning());
    for (const request of everything) {
      if (request.path === '/v1/stream') continue;
      const isRead = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
      const answer = await send({ ...request, headers: { ...request.headers, ...bearer(readerToken) } });
      // Read, or found to be nothing yet.
      if (isRead) expect([named(request), [200, 404, ...(request.path === '/readyz' ? [503] : [])].includes(answer.status)]).toEqual([named(request), true]);
      else expect([named(request), ...codeOf(answer)]).toEqual([named(request), 403, 'wrong-role']);
    }
    expect(world.acknowledged).toEqual([]);
    expect(JSON.parse((await send({ path: '/v1/status', headers: bearer(readerToken) })).text)).toMatchObject({ mayWrite: false });
  });
  it('lets the committee write under its own name, by Bearer and by Basic', async () => {
    const { send, world } = await serve(publicConfig);
    await world.commit(sampleWarning());
    const path = `/v1/warnings/${id}/acknowledge`;
    for (const authorization of [`Bearer ${committeeToken}`, `Basic ${Buffer.from(`anybody:${committeeToken}`).toString('base64')}`]) {
      expect((await send({ method: 'POST', path, headers: { ...json, authorization }, body: '{}' })).status).toBe(200);
    }
    expect(world.acknowledged.map(([, by]) => by)).toEqual(['ada', 'ada']);
    expect(JSON.parse((await send({ path: '/v1/status', headers: bearer(committeeToken) })).text)).toMatchObject({ mayWrite: true });
  });
  it('lets only an admin have the configuration reloaded, who may write too', async () => {
    const { send, world } = await serve(publicConfig);
    await world.commit(sampleWarning());
    const reload = { method: 'POST', path: '/v1/config/reload', body: '{}' } as const;
    for (const token of [readerToken, committeeToken]) expect(codeOf(await send({ ...reload, headers: { ...json, ...bearer(token) } }))).toEqual([403, 'wrong-role']);
    expect(codeOf(await send({ ...reload, headers: { ...json, ...bearer(adminToken), host: 'desk.example', origin: 'https://evil.example' } }))).toEqual([403, 'wrong-origin']);
    expect(codeOf(await send({ ...reload, headers: bearer(adminToken) }))).toEqual([415, 'wrong-content-type']);
    expect(codeOf(await send({ ...reload, headers: { ...json, ...bearer(adminToken) }, body: '{"path":"/etc/passwd"}' }))).toEqual([400, 'bad-body']);
    expect(world.reloads()).toBe(0);
    const done = await send({ ...reload, headers: { ...json, ...bearer(adminToken) } });
    expect([done.status, JSON.parse(done.text), world.reloads()]).toEqual([200, { outcome: 'unchanged', changes: [], problems: [], restart: [] }, 1]);
    expect((await send({ method: 'POST', path: `/v1/warnings/${id}/acknowledge`, headers: { ...json, ...bearer(adminToken) }, body: '{}' })).status).toBe(200);
    expect(world.acknowledged.map(([, by]) => by)).toEqual(['root']);
  });
  it('refuses what another page makes a browser with a token send', async () => {
    const { send, world } = await serve(publicConfig);
    const write = (headers: Readonly<Record<string, string>>): Promise<TestAnswer> => send({ method: 'POST', path: `/v1/warnings/${id}/acknowledge`, headers: { ...bearer(committeeToken), host: 'desk.example', ...json, ...headers }, body: '{}' });
    await world.commit(sampleWarning());
    expect(codeOf(await write({ origin: 'https://evil.example' }))).toEqual([403, 'wrong-origin']);
    expect(codeOf(await write({ origin: 'null' }))).toEqual([403, 'wrong-origin']);
    expect(codeOf(await write({ 'content-type': 'text/plain' }))).toEqual([415, 'wrong-content-type']);
    expect(world.acknowledged).toEqual([]);
    expect((await write({ origin: 'https://desk.example' })).status).toBe(200);
  });
  it('locks an address out that guesses, also from a right guess, and counts it', async () => {
    const { send, world } = await serve(publicConfig);
    for (let i = 0; i < maxWrongLogins; i++) expect(codeOf(await send({ path: '/v1/status', headers: bearer(`guess-number-${String(i).padStart(16, '0')}`) }))).toEqual([401, 'wrong-token']);
    const locked = await send({ path: '/v1/status', headers: bearer(readerToken) });
    expect(codeOf(locked)).toEqual([429, 'too-many-logins']);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(50);
    // Another caller behind the same proxy is somebody else.
    expect((await send({ path: '/v1/status', headers: { ...bearer(readerToken), 'x-forwarded-for': '203.0.113.9' } })).status).toBe(200);
    expect(await world.metrics.text()).toContain(`breakwater_api_wrong_logins_total ${maxWrongLogins}`);
  });
  it('does not count those who come without a token as guessing', async () => {
    const { send } = await serve(publicConfig);
    for (let i = 0; i < 3 * maxWrongLogins; i++) expect((await send({ path: '/' })).status).toBe(401);
    expect((await send({ path: '/v1/status', headers: bearer(readerToken) })).status).toBe(200);
  });
  it('believes a forwarded address only of a proxy it was told of', async () => {
    const { send } = await serve({ tokens: publicConfig.tokens });
    for (let i = 0; i < maxWrongLogins; i++) await send({ path: '/v1/status', headers: { ...bearer(`guess-number-${String(i).padStart(16, '0')}`), 'x-forwarded-for': `203.0.113.${i}` } });
    expect((await send({ path: '/v1/status', headers: { ...bearer(readerToken), 'x-forwarded-for': '203.0.113.77' } })).status).toBe(429);
  });
  it('writes no token and no header to its log', async () => {
    const lines: string[] = [];
    const write = (event: string, fields?: unknown): void => void lines.push(JSON.stringify([event, fields]));
    const log = { debug: write, info: write, warn: write, error: write, with: () => log };
    const { send } = await serve(publicConfig, { log, snapshotOf: async () => Promise.reject(new Error('broken')) });
    await send({ path: '/v1/status?token=in-the-query', headers: bearer('wrong-token-of-these-tests-001') });
    await send({ path: '/v1/assets/OM/snapshot', headers: bearer(readerToken) });
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const secret of [readerToken, 'wrong-token', 'in-the-query', 'Bearer']) expect(lines.join('\n')).not.toContain(secret);
  });
});

describe('a server without tokens', () => {
  it('answers only to the names it is known by', async () => {
    const { send, port } = await serve({ allowHosts: ['desk.example'] });
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '[::1]', 'desk.example', 'DESK.example:80']) expect([host, (await send({ path: '/v1/status', headers: { host } })).status]).toEqual([host, 200]);
    for (const request of everything) {
      const answer = await send({ ...request, headers: { ...request.headers, host: 'evil.example' } });
      expect([named(request), answer.status]).toEqual([named(request), 421]);
    }
  });
  it('lets this machine write, and no page of another origin', async () => {
    const { send, world, port } = await serve();
    await world.commit(sampleWarning());
    const write = (headers: Readonly<Record<string, string>>): Promise<TestAnswer> => send({ method: 'POST', path: `/v1/warnings/${id}/acknowledge`, headers, body: '{}' });
    for (const origin of ['https://evil.example', 'null', `http://localhost:${port + 1}`, `https://127.0.0.1:${port}`, 'http://127.0.0.1']) expect([origin, ...codeOf(await write({ ...json, origin }))]).toEqual([origin, 403, 'wrong-origin']);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) expect([type, ...codeOf(await write({ 'content-type': type }))]).toEqual([type, 415, 'wrong-content-type']);
    expect(codeOf(await write({}))).toEqual([415, 'wrong-content-type']);
    expect(world.acknowledged).toEqual([]);
    expect([(await write(json)).status, (await write({ ...json, origin: `http://127.0.0.1:${port}` })).status]).toEqual([200, 200]);
    expect(world.acknowledged.map(([, by]) => by)).toEqual(['local', 'local']);
  });
  it('gives other pages nothing to share', async () => {
    const { send } = await serve();
    const preflight = await send({ method: 'OPTIONS', path: `/v1/warnings/${id}/acknowledge`, headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
    expect([preflight.status >= 400, Object.keys(preflight.headers).filter((name) => name.startsWith('access-control'))]).toEqual([true, []]);
  });
});

describe('bounds', () => {
  it('refuses bodies, addresses and heads that are too long', async () => {
    const { send } = await serve();
    const write = (body: string): Promise<TestAnswer> => send({ method: 'POST', path: `/v1/warnings/${id}/acknowledge`, headers: json, body });
    expect(codeOf(await write(JSON.stringify({ note: 'x'.repeat(65_536) })))).toEqual([413, 'too-large']);
    expect(codeOf(await write('{"note":'))).toEqual([400, 'bad-body']);
    expect(codeOf(await write(''))).toEqual([400, 'bad-body']);
    expect(codeOf(await write('{"__proto__":{"x":1}}'))).toEqual([400, 'bad-body']);
    expect(codeOf(await send({ path: `/v1/assets?${'x'.repeat(2_048)}` }))).toEqual([414, 'address-too-long']);
    expect(codeOf(await send({ path: '/v1/status', headers: { 'x-much': 'x'.repeat(20_000) } }))).toEqual([431, 'bad-request']);
    expect(codeOf(await send({ path: '/v1/assets/%zz' }))).toEqual([400, 'bad-request']);
  });
  it('answers an address only so often', async () => {
    const { send } = await serve({ requestsPerMinute: 10 });
    for (let i = 0; i < 10; i++) expect((await send({ path: i % 2 === 0 ? '/v1/status' : '/nothing' })).status).toBeLessThan(429);
    const refused = await send({ path: '/v1/assets' });
    expect(codeOf(refused)).toEqual([429, 'too-many-requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  });
  it('takes no more connections than it may', async () => {
    const { port, send } = await serve({ maxConnections: 4 });
    const held = Array.from({ length: 4 }, () => createConnection({ host: '127.0.0.1', port }));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await expect(send({ path: '/v1/status' })).rejects.toThrow();
    for (const socket of held) socket.destroy();
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  });
  it('refuses to be made with settings that are not safe', async () => {
    const world = await apiWorld({ host: '0.0.0.0' });
    closers.push(world.dispose);
    await expect(createApi(world.deps)).rejects.toThrow('unsafe settings');
    await expect(createApi({ ...world.deps, metrics: createMetrics(), config: { ...world.deps.config, host: '127.0.0.1', behindProxy: true } })).rejects.toThrow('at least one token behind a proxy');
  });
});

describe('headers', () => {
  it('keep the console to itself on every answer', async () => {
    const { send } = await serve();
    for (const path of ['/', '/v1/status', '/v1/nothing', '/metrics']) {
      const { headers } = await send({ path });
      expect([path, headers]).toEqual([path, expect.objectContaining({
        'content-security-policy': "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()', 'x-frame-options': 'DENY', 'cache-control': 'no-store',
      })]);
      expect([path, headers['strict-transport-security'], headers['x-powered-by'], headers['server']]).toEqual([path, undefined, undefined, undefined]);
    }
  });
  it('ask for TLS from now on where there is some', async () => {
    const { send } = await serve(publicConfig);
    expect((await send({ path: '/' })).headers['strict-transport-security']).toBe('max-age=31536000');
  });
});
