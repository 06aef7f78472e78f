import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { createActivity } from '../activity.ts';
import type { Socket, SocketOptions } from './index.ts';
import { createNodeNetwork } from './node.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

async function httpServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  const port = await listen(server);
  cleanups.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return `http://127.0.0.1:${String(port)}`;
}

async function wsServer(onConnection: (client: WebSocket, userAgent: string | undefined, headers: IncomingHttpHeaders) => void): Promise<string> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (client, request) => onConnection(client, request.headers['user-agent'], request.headers));
  const port = await listen(http);
  cleanups.push(() => new Promise((resolve) => {
    for (const client of server.clients) client.terminate();
    server.close();
    http.close(() => resolve());
    http.closeAllConnections();
  }));
  return `ws://127.0.0.1:${String(port)}`;
}

/** A TCP server that takes connections and never answers. */
async function muteServer(): Promise<string> {
  const sockets = new Set<TcpSocket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const port = await listen(server);
  cleanups.push(() => new Promise((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(() => resolve());
  }));
  return `127.0.0.1:${String(port)}`;
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function client(url: string, options: SocketOptions = {}, onOpen: (socket: Socket) => void = () => undefined) {
  const activity = createActivity();
  const network = createNodeNetwork({ userAgent: 'breakwater-test', activity });
  const seen: string[] = [];
  const frames: Uint8Array[] = [];
  let socket: Socket | undefined;
  const closed = new Promise<string>((resolve) => {
    socket = network.openSocket(url, {
      onOpen: () => {
        seen.push('open');
        if (socket !== undefined) onOpen(socket);
      },
      onFrame: (bytes) => {
        frames.push(bytes);
        seen.push(Buffer.from(bytes).toString());
      },
      onClose: (code, reason) => {
        seen.push('close');
        resolve(`${String(code)} ${reason}`);
      },
    }, options);
  });
  return { seen, frames, closed, activity, socket: (): Socket => socket ?? (() => { throw new Error('not opened'); })() };
}

describe('sockets', () => {
  it('open, send, receive and close', async () => {
    const agents: (string | undefined)[] = [];
    const url = await wsServer((peer, agent) => {
      agents.push(agent);
      peer.on('message', (data) => {
        peer.send(`echo ${(data as Buffer).toString()}`);
        peer.close(1001, 'enough');
      });
    });
    const { seen, frames, closed, activity, socket } = client(url, {}, (opened) => {
      expect(opened.send('hello')).toBe(true);
    });
    expect(socket().send('too early')).toBe(false);
    expect(activity.pending().length).toBe(1);
    expect(await closed).toBe('1001 enough');
    expect(seen).toEqual(['open', 'echo hello', 'close']);
    expect(frames[0]).toBeInstanceOf(Buffer);
    expect(agents).toEqual(['breakwater-test']);
    expect(activity.pending()).toEqual([]);
    expect(socket().send('too late')).toBe(false);
  });

  it('send the headers they are given with the opening', async () => {
    const seen: unknown[] = [];
    const url = await wsServer((peer, _agent, headers) => {
      seen.push(headers['x-size'], headers['user-agent']);
      peer.close(1000, 'seen');
    });
    expect(await client(url, { headers: { 'X-Size': '1' } }).closed).toBe('1000 seen');
    expect(seen).toEqual(['1', 'breakwater-test']);
  });

  it('close from our side gives our code', async () => {
    const url = await wsServer(() => undefined);
    const { closed } = client(url, {}, (socket) => socket.close(1000, 'done'));
    expect(await closed).toBe('1000 done');
  });

  it('say why a connection failed', async () => {
    const port = await freePort();
    const { seen, closed, activity } = client(`ws://127.0.0.1:${String(port)}/?key=hidden`);
    expect(await closed).toBe(`1006 127.0.0.1:${String(port)}: connection refused`);
    expect(seen).toEqual(['close']);
    expect(activity.pending()).toEqual([]);
    const web = await httpServer((_, response) => response.writeHead(302, { location: 'http://127.0.0.2/' }).end());
    expect(await client(web.replace('http', 'ws')).closed).toMatch(/^1006 127\.0\.0\.1:\d+: Unexpected server response: 302$/);
    expect(await client('not an address').closed).toBe('1006 an unreadable address: not a WebSocket address');
    expect(await client('ftp://127.0.0.1/').closed).toBe('1006 127.0.0.1: not a WebSocket address');
  });

  it('give up on a server that never answers the handshake', async () => {
    const { seen, closed } = client(`ws://${await muteServer()}`, { openTimeoutMs: 50 });
    expect(await closed).toBe('1006 open timeout');
    expect(seen).toEqual(['close']);
  });

  it('end with 1009 on a frame that is too large', async () => {
    let serverSaw: Promise<number> | undefined;
    const url = await wsServer((peer) => {
      serverSaw = new Promise((resolve) => peer.on('close', resolve));
      peer.send('x'.repeat(100));
      peer.send('y'.repeat(101));
      peer.send('z');
    });
    const { seen, closed } = client(url, { maxFrameBytes: 100 });
    expect(await closed).toBe('1009 a frame is larger than 100 bytes');
    expect(await serverSaw).toBe(1009);
    expect(seen).toEqual(['open', 'x'.repeat(100), 'close']);
  });

  it('abort before, while opening and when open', async () => {
    const url = await wsServer(() => undefined);
    expect(await client(url, { signal: AbortSignal.abort() }).closed).toBe('1006 aborted');
    const opening = new AbortController();
    const early = client(`ws://${await muteServer()}`, { signal: opening.signal });
    opening.abort();
    expect(await early.closed).toBe('1006 aborted');
    const open = new AbortController();
    const late = client(url, { signal: open.signal }, () => open.abort());
    expect(await late.closed).toBe('1000 aborted');
  });

  it('a lost connection closes with 1006', async () => {
    const url = await wsServer((peer) => setImmediate(() => peer.terminate()));
    expect(await client(url).closed).toMatch(/^1006 127\.0\.0\.1:\d+: connection lost$/);
  });

  it('send ping frames where they are asked for, until the end', async () => {
    let pings = 0;
    let ended: (() => void) | undefined;
    const over = new Promise<void>((resolve) => (ended = resolve));
    const url = await wsServer((peer) => {
      peer.on('ping', () => {
        if (++pings >= 3) peer.close(1000, 'enough');
      });
      peer.on('close', () => ended?.());
    });
    const { closed } = client(url, { pingFrameEveryMs: 5 });
    expect(await closed).toBe('1000 enough');
    await over;
    expect(pings).toBeGreaterThanOrEqual(3);
    let unasked = 0;
    const quiet = await wsServer((peer) => {
      peer.on('ping', () => unasked++);
      setTimeout(() => peer.close(1000, 'quiet'), 50);
    });
    expect(await client(quiet).closed).toBe('1000 quiet');
    expect(unasked).toBe(0);
  });

  it('answer a ping only after every frame sent before it was handed over', async () => {
    const rounds = 20;
    const perRound = 200;
    let handedOver = 0;
    const atPong: number[] = [];
    const url = await wsServer((peer) => {
      const round = (): void => {
        for (let i = 0; i < perRound; i++) peer.send(`frame ${'x'.repeat(i)}`);
        peer.ping();
      };
      peer.on('pong', () => {
        // Client and server share this process, so the count is what the client had been given when its pong arrived.
        atPong.push(handedOver);
        if (atPong.length === rounds) peer.close(1000);
        else round();
      });
      round();
    });
    const network = createNodeNetwork({ userAgent: 'breakwater-test' });
    await new Promise<void>((resolve) => {
      network.openSocket(url, { onOpen: () => undefined, onFrame: () => { handedOver++; }, onClose: () => resolve() });
    });
    expect(atPong).toEqual(Array.from({ length: rounds }, (_, i) => (i + 1) * perRound));
  });
});

describe('requests', () => {
  const activity = createActivity();
  const network = createNodeNetwork({ userAgent: 'breakwater-test', activity });
  const failure = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', (e: unknown) => `${(e as { code: string }).code}: ${(e as Error).message}`);

  it('pass on status, headers and body as they are', async () => {
    const url = await httpServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(request.url === '/moved' ? 302 : 418, { 'X-Used-Weight': '12', location: '/elsewhere' });
        response.end(`${String(request.method)} ${String(request.url)} ${String(request.headers['user-agent'])} ${String(request.headers['x-mine'])} ${body} é`);
      });
    });
    const pending = network.request({ method: 'POST', url: `${url}/a?b=1`, headers: { 'x-mine': 'yes' }, body: '{"c":1}' });
    expect(activity.pending().length).toBe(1);
    const answer = await pending;
    expect(answer.status).toBe(418);
    expect(answer.headers['x-used-weight']).toBe('12');
    expect(answer.body).toBe('POST /a?b=1 breakwater-test yes {"c":1} é');
    expect((await network.request({ method: 'GET', url: `${url}/moved` })).status).toBe(302);
    expect(activity.pending()).toEqual([]);
  });

  it('time out, also in the middle of a body', async () => {
    const mute = await muteServer();
    expect(await failure(network.request({ method: 'GET', url: `http://${mute}/?key=hidden`, timeoutMs: 50 }))).toBe(`http-timeout: GET ${mute} failed: no answer in 50 ms`);
    const half = await httpServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    expect(await failure(network.request({ method: 'GET', url: half, timeoutMs: 100 }))).toMatch(/^http-timeout: /);
    expect(activity.pending()).toEqual([]);
  });

  it('stop reading an answer that is too large', async () => {
    let closed: Promise<void> | undefined;
    const url = await httpServer((request, response) => {
      closed = new Promise((resolve) => request.socket.on('close', () => resolve()));
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(10_000), () => setImmediate(more));
      };
      more();
    });
    const host = url.slice('http://'.length);
    expect(await failure(network.request({ method: 'GET', url, maxBytes: 100_000 }))).toBe(`http-too-large: GET ${host} failed: the answer is larger than 100000 bytes`);
    await closed;
    const exact = await httpServer((_, response) => response.end('12345'));
    expect((await network.request({ method: 'GET', url: exact, maxBytes: 5 })).body).toBe('12345');
    expect(await failure(network.request({ method: 'GET', url: exact, maxBytes: 4 }))).toMatch(/^http-too-large/);
  });

  it('say why they failed', async () => {
    const port = String(await freePort());
    expect(await failure(network.request({ method: 'GET', url: `http://127.0.0.1:${port}/` }))).toBe(`http-failed: GET 127.0.0.1:${port} failed: connection refused`);
    expect(await failure(network.request({ method: 'GET', url: 'nonsense' }))).toBe('http-failed: GET an unreadable address failed: not an address');
    const reset = await httpServer((request) => request.socket.destroy());
    expect(await failure(network.request({ method: 'GET', url: reset }))).toMatch(/^http-failed: GET 127\.0\.0\.1:\d+ failed: connection (closed|reset) by the server$/);
  });

  it('can be aborted', async () => {
    const mute = await muteServer();
    const controller = new AbortController();
    const pending = failure(network.request({ method: 'GET', url: `http://${mute}/`, signal: controller.signal }));
    controller.abort();
    expect(await pending).toBe(`aborted: GET ${mute} failed: the caller stopped`);
    expect(await failure(network.request({ method: 'GET', url: `http://${mute}/`, signal: AbortSignal.abort() }))).toMatch(/^aborted/);
    expect(activity.pending()).toEqual([]);
  });
});
