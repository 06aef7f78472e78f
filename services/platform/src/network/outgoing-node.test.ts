import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createNodeOutgoing } from './outgoing-node.ts';
import type { OutgoingRequest } from './outgoing.ts';
import type { OutgoingTerms, OutgoingWorld } from './testing/outgoing-world.ts';
import { createOutgoingWorld, publicAddress } from './testing/outgoing-world.ts';

const open: OutgoingWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) {
    expect(world.activity.pending()).toEqual([]);
    await world.close();
  }
});
const names = { 'receiver.test': [publicAddress], 'other.test': ['2606:4700::1', publicAddress] };
async function world(terms: OutgoingTerms = {}): Promise<OutgoingWorld> {
  const made = await createOutgoingWorld({ names, ...terms });
  open.push(made);
  return made;
}
const event: Omit<OutgoingRequest, 'url'> = { headers: { 'content-type': 'application/json', 'webhook-signature': 'v1,abc', Authorization: 'Bearer x', cookie: 'a=b' }, body: '{"é":1}' };
const failure = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', (e: unknown) => `${(e as { code: string }).code}: ${(e as Error).message}`);
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return String(port);
}
/** Redirects as the query says: `?307=<where>`. */
const redirecting: RequestListener = (request, response) => {
  const [found] = [...new URL(request.url ?? '', 'http://x').searchParams];
  if (found === undefined) response.writeHead(200, { 'Retry-After': '7', 'set-cookie': ['a', 'b'] }).end('thanks');
  else response.writeHead(Number(found[0]), { location: found[1] }).end();
};

describe('guarded requests', () => {
  it('post what they are given to the address that was checked, and answer with the head', async () => {
    const w = await world({ answer: redirecting });
    const pending = w.outgoing.post({ url: 'http://receiver.test:8080/hooks/a', ...event });
    expect(w.activity.pending()).toEqual(['POST receiver.test:8080 failed']);
    expect(await pending).toEqual({ status: 200, headers: expect.objectContaining({ 'retry-after': '7', 'set-cookie': 'a,b' }) });
    expect(w.dialled).toEqual([[publicAddress]]);
    const [taken] = w.taken;
    expect(taken).toMatchObject({ method: 'POST', url: 'receiver.test:8080/hooks/a', body: '{"é":1}', secure: false });
    expect(taken?.headers).toMatchObject({ 'user-agent': 'breakwater-test', 'content-length': '8', 'content-type': 'application/json', 'webhook-signature': 'v1,abc', authorization: 'Bearer x', connection: 'close' });
    expect(await w.outgoing.post({ url: `http://${publicAddress}/`, ...event })).toMatchObject({ status: 200 });
    expect(w.resolved).toEqual(['receiver.test']);
  });

  it('check the certificate against the name', async () => {
    const w = await world();
    expect(await w.outgoing.post({ url: 'https://receiver.test/', ...event })).toMatchObject({ status: 204 });
    expect(w.taken).toMatchObject([{ secure: true, serverName: 'receiver.test', url: 'receiver.test/' }]);
    // A trusted certificate, of another name; then one that nobody trusts.
    expect(await failure(w.outgoing.post({ url: 'https://other.test/', ...event }))).toBe('http-failed: POST other.test failed: the certificate is for another host');
    expect(await failure(w.outgoing.post({ url: `https://${publicAddress}/`, ...event }))).toBe(`http-failed: POST ${publicAddress} failed: the certificate is for another host`);
    const strict = await world({ trustsCertificate: false });
    expect(await failure(strict.outgoing.post({ url: 'https://receiver.test/', ...event }))).toBe('http-failed: POST receiver.test failed: the certificate is self-signed');
    expect([w.taken.length, strict.taken.length]).toEqual([1, 0]);
  });

  it('reach a private host that is allowed, by exactly that name', async () => {
    const w = await world({ names: { 'hooks.internal': ['127.0.0.1'], 'x.hooks.internal': ['127.0.0.1'] } });
    const post = (url: string, allowHosts: readonly string[]): Promise<string> => failure(w.outgoing.post({ url: url.replace('PORT', String(w.trapPort)), ...event, allowHosts }));
    // The trap hangs up on everything that reaches it.
    expect(await post('http://hooks.internal:PORT/', ['hooks.internal'])).toMatch(/^http-failed: POST hooks\.internal:\d+ failed: connection (reset|closed) by the server$/);
    expect(await post('http://HOOKS.internal:PORT/', ['Hooks.Internal'])).toMatch(/^http-failed/);
    expect(await post('http://[::ffff:127.0.0.1]:PORT/', ['::ffff:7f00:1'])).toMatch(/^http-failed/);
    expect(w.trapped()).toBe(3);
    for (const allowed of ['internal', '*.internal', 'x.hooks.internal', 'hooks.internal.', '127.0.0.1', 'hooks.internal:80', 'http://hooks.internal', '']) {
      expect([allowed, await post('http://hooks.internal:PORT/', [allowed])]).toEqual([allowed, expect.stringMatching(/^address-refused/)]);
    }
    expect(await post('http://x.hooks.internal:PORT/', ['hooks.internal'])).toMatch(/^address-refused/);
    expect(w.trapped()).toBe(3);
  });

  it('follow redirects that keep the method, and send what the receiver of the first is to see there only', async () => {
    const w = await world({ answer: redirecting });
    const hop = (status: number, to: string): string => `?${String(status)}=${encodeURIComponent(to)}`;
    expect(await w.outgoing.post({ url: `http://receiver.test/${hop(307, `/b${hop(308, 'http://other.test/c')}`)}`, ...event })).toMatchObject({ status: 200 });
    expect(w.taken.map(({ method, url, body }) => [method, url.split('?')[0], body])).toEqual([['POST', 'receiver.test/', '{"é":1}'], ['POST', 'receiver.test/b', '{"é":1}'], ['POST', 'other.test/c', '{"é":1}']]);
    expect(w.taken.map(({ headers }) => [headers['webhook-signature'], headers['authorization'], headers['cookie']])).toEqual([['v1,abc', 'Bearer x', 'a=b'], ['v1,abc', 'Bearer x', 'a=b'], ['v1,abc', undefined, undefined]]);
    expect(w.dialled.at(-1)).toEqual(['2606:4700::1', publicAddress]);
    // To https it may lead, away from it not.
    expect(await w.outgoing.post({ url: `http://receiver.test/${hop(308, 'https://receiver.test/s')}`, ...event })).toMatchObject({ status: 200 });
    expect(w.taken.at(-1)).toMatchObject({ secure: true, url: 'receiver.test/s' });
    expect(w.taken.at(-1)?.headers['authorization']).toBeUndefined();
    expect(await failure(w.outgoing.post({ url: `https://receiver.test/${hop(307, 'http://receiver.test/')}`, ...event }))).toBe('address-refused: POST receiver.test failed after a redirect: the address is refused, it leads from https to http');
  });

  it('answer with other redirects as they are, and end those without end', async () => {
    const w = await world({ answer: (_, response) => response.writeHead(307, { location: '/again' }).end() });
    expect(await failure(w.outgoing.post({ url: 'http://receiver.test/', ...event }))).toBe('bad-answer: POST receiver.test failed: redirected more than 3 times');
    expect(w.taken.length).toBe(4);
    for (const [status, location] of [[301, '/x'], [302, '/x'], [303, '/x'], [307, undefined], [300, '/x']] as const) {
      const other = await world({ answer: (_, response) => response.writeHead(status, location === undefined ? {} : { location }).end() });
      expect(await other.outgoing.post({ url: 'http://receiver.test/', ...event })).toMatchObject({ status });
      expect(other.taken.length).toBe(1);
    }
  });

  it('read an answer up to its bound, and let its end neither fail nor delay what was answered', async () => {
    let sent = 0;
    const ended: Promise<void>[] = [];
    const endless: RequestListener = (request, response) => {
      ended.push(new Promise((resolve) => request.socket.on('close', () => resolve())));
      const more = (): void => {
        if (response.destroyed) return;
        sent += 10_000;
        response.write('x'.repeat(10_000), () => setImmediate(more));
      };
      more();
    };
    const w = await world({ answer: endless });
    expect(await w.outgoing.post({ url: 'http://receiver.test/', ...event })).toMatchObject({ status: 200 });
    await Promise.all(ended);
    expect(sent).toBeLessThan(5_000_000);
    const broken = await world({
      answer: (request, response) => {
        response.writeHead(201, { 'content-length': '100' });
        response.write('half', () => request.socket.resetAndDestroy());
      },
    });
    expect(await broken.outgoing.post({ url: 'http://receiver.test/', ...event })).toMatchObject({ status: 201 });
    const dripping = await world({
      answer: (_, response) => {
        response.writeHead(202, { 'content-length': '100' });
        response.write('d');
      },
    });
    expect(await dripping.outgoing.post({ url: 'http://receiver.test/', ...event })).toMatchObject({ status: 202 });
  });

  it('end in their time, wherever they hang', async () => {
    const mute = await world({ answer: () => undefined });
    const begun: string[] = [];
    const post = (w: OutgoingWorld, timeoutMs: number, signal?: AbortSignal): Promise<string> => failure(w.outgoing.post({ url: 'http://receiver.test/?key=hidden', ...event, timeoutMs, ...(signal === undefined ? {} : { signal }) }));
    expect(await post(mute, 50)).toBe('http-timeout: POST receiver.test failed: no answer in 50 ms');
    const nameless = await world({ names: { 'receiver.test': () => new Promise(() => begun.push('resolve')) } });
    expect(await post(nameless, 50)).toBe('http-timeout: POST receiver.test failed: no answer in 50 ms');
    for (const w of [mute, nameless]) {
      const controller = new AbortController();
      const pending = post(w, 5_000, controller.signal);
      setTimeout(() => controller.abort(), 20);
      expect(await pending).toBe('aborted: POST receiver.test failed: the caller stopped');
      expect(await post(w, 5_000, AbortSignal.abort())).toBe('aborted: POST receiver.test failed: the caller stopped');
    }
    expect(begun.length).toBe(3);
  });

  it('say why they failed', async () => {
    const unknown = await world({ names: { 'lost.test': () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })) } });
    expect(await failure(unknown.outgoing.post({ url: 'http://lost.test/', ...event }))).toBe('http-failed: POST lost.test failed: host name not found');
    expect(await failure(unknown.outgoing.post({ url: 'http://none.test/', ...event }))).toBe('http-failed: POST none.test failed: host name not found');
    expect(await failure(unknown.outgoing.post({ url: 'http://10.0.0.1/secret', ...event }))).toBe('address-refused: POST 10.0.0.1 failed: the address is refused, 10.0.0.1 is not public: private, 10.0.0.0/8');
    const reset = await world({ answer: (request) => request.socket.resetAndDestroy() });
    expect(await failure(reset.outgoing.post({ url: 'http://receiver.test/', ...event }))).toBe('http-failed: POST receiver.test failed: connection reset by the server');
    const hangsUp = await world({ answer: (request) => request.socket.destroy() });
    expect(await failure(hangsUp.outgoing.post({ url: 'https://receiver.test/', ...event }))).toMatch(/^http-failed: POST receiver\.test failed: connection (reset|closed) by the server$/);
    // By the system's own dialling, where nobody listens and where somebody hangs up before the handshake.
    const plain = createNodeOutgoing({ userAgent: 'breakwater-test' });
    for (const scheme of ['http', 'https']) {
      const refused = await freePort();
      expect(await failure(plain.post({ url: `${scheme}://127.0.0.1:${refused}/`, ...event, allowHosts: ['127.0.0.1'] }))).toBe(`http-failed: POST 127.0.0.1:${refused} failed: connection refused`);
      const trap = String(hangsUp.trapPort);
      expect(await failure(plain.post({ url: `${scheme}://127.0.0.1:${trap}/`, ...event, allowHosts: ['127.0.0.1'] }))).toMatch(/^http-failed: POST 127\.0\.0\.1:\d+ failed: /);
    }
  });
});
