import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Endpoint, EndpointSession } from './endpoint.ts';

/** Simulated hosts on real sockets of this machine. */
export interface Loopback {
  /** Base addresses of a host, without a trailing slash: `http://127.0.0.1:<port>` and `ws://127.0.0.1:<port>`. */
  readonly addresses: Readonly<Record<string, LoopbackAddress>>;
  /**
   * Resolves when every client has received all that was sent to it before the call (a WebSocket ping answered, or the connection
   * closed) and no request is being answered. Equal counters of two calls in a row mean nothing moved between them.
   */
  barrier(): Promise<BarrierResult>;
  counters(): BarrierResult;
  /** Ends every connection and stops listening. Idempotent. */
  close(): Promise<void>;
}

/** Where a host listens. */
export interface LoopbackAddress {
  readonly port: number;
  readonly http: string;
  readonly ws: string;
}

/** Totals since the start, over all hosts. */
export interface BarrierResult {
  /** Frames to clients. */
  readonly framesSent: number;
  /** Frames from clients. */
  readonly framesReceived: number;
  readonly requestsServed: number;
  /** Requests begun and not yet answered. */
  readonly requestsInFlight: number;
  /** Connections opened since the start, and open now. */
  readonly connectionsOpened: number;
  readonly connections: number;
}

/** Bodies and frames from clients larger than this are refused. */
const MAX_INPUT_BYTES = 1 << 20;

/**
 * Serves endpoints on 127.0.0.1, one port a host: ephemeral ones, or those of `ports` (so that a restart keeps its addresses).
 * Fails with `socket-failed` when a port is taken. Compression is off.
 */
export async function startLoopback(options: { readonly endpoints: Readonly<Record<string, Endpoint>>; readonly ports?: Readonly<Record<string, number>> }): Promise<Loopback> {
  const totals = { framesSent: 0, framesReceived: 0, requestsServed: 0, requestsInFlight: 0, connectionsOpened: 0 };
  const sockets = new Set<WebSocket>();
  const hosts: { readonly server: Server; readonly name: string }[] = [];
  const addresses: Record<string, LoopbackAddress> = {};
  const counters = (): BarrierResult => ({ ...totals, connections: sockets.size });
  let idle: (() => void)[] = [];
  let barriers = 0;

  const serve = (endpoint: Endpoint): Server => {
    const upgrade = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_INPUT_BYTES });
    const server = createServer((request, response) => {
      totals.requestsInFlight += 1;
      void answer(endpoint, request, response).finally(() => {
        totals.requestsInFlight -= 1;
        totals.requestsServed += 1;
        if (totals.requestsInFlight > 0) return;
        const waiting = idle;
        idle = [];
        for (const wake of waiting) wake();
      });
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      upgrade.handleUpgrade(request, socket, head, (client) => {
        totals.connectionsOpened += 1;
        sockets.add(client);
        attach(endpoint, request.url ?? '/', client, totals, () => sockets.delete(client));
      });
    });
    return server;
  };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.terminate();
    await Promise.all(hosts.map(({ server }) => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    })));
  };
  for (const [name, endpoint] of Object.entries(options.endpoints)) {
    const server = serve(endpoint);
    try {
      const port = await listen(server, options.ports?.[name] ?? 0);
      hosts.push({ server, name });
      addresses[name] = { port, http: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}` };
    } catch (cause) {
      await close();
      throw new BreakwaterError('socket-failed', `cannot serve ${name} on 127.0.0.1: ${messageOf(cause)}`, { cause });
    }
  }
  return {
    addresses, counters, close,
    barrier: async () => {
      const mark = `barrier-${++barriers}`;
      await Promise.all([...sockets].map((socket) => roundTrip(socket, mark)));
      if (totals.requestsInFlight > 0) await new Promise<void>((resolve) => idle.push(resolve));
      return counters();
    },
  };
}

function attach(endpoint: Endpoint, path: string, client: WebSocket, totals: { framesSent: number; framesReceived: number }, gone: () => void): void {
  const peer = {
    send: (text: string): void => {
      if (client.readyState !== client.OPEN) return;
      totals.framesSent += 1;
      client.send(text);
    },
    close: (code: number, reason: string): void => client.close(code, reason),
  };
  const session: EndpointSession = endpoint.accept(path, peer);
  client.on('message', (data: Buffer) => {
    totals.framesReceived += 1;
    session.onFrame(data.toString('utf8'));
  });
  client.on('error', () => client.terminate());
  client.on('close', () => {
    gone();
    session.onClose();
  });
}

/** Resolves when the client answered a ping sent now, or has gone. Frames keep their order, so everything sent before has arrived. */
function roundTrip(client: WebSocket, mark: string): Promise<void> {
  return new Promise((resolve) => {
    if (client.readyState !== client.OPEN) { resolve(); return; }
    const done = (): void => {
      client.off('pong', onPong);
      client.off('close', done);
      resolve();
    };
    // Clients may send pongs of their own accord, and barriers may overlap: only the answer to this ping counts.
    const onPong = (data: Buffer): void => {
      if (data.toString('latin1') === mark) done();
    };
    client.on('pong', onPong);
    client.on('close', done);
    client.ping(mark);
  });
}

async function answer(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const finished = new Promise<void>((resolve) => response.once('close', resolve));
  const body = await readBody(request);
  const method = request.method;
  if (body === undefined || (method !== 'GET' && method !== 'POST')) {
    response.writeHead(body === undefined ? 413 : 405).end();
  } else {
    const made = await endpoint.request({ method, url: request.url ?? '/', ...(method === 'POST' ? { body } : {}) });
    response.writeHead(made.status, made.headers).end(made.body);
  }
  await finished;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_INPUT_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('no address'));
    });
  });
}
