import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Activity } from '../../activity.ts';
import { createActivity } from '../../activity.ts';
import { createNodeOutgoing } from '../outgoing-node.ts';
import type { Outgoing } from '../outgoing.ts';
import { refusalOfAddress } from '../outgoing.ts';
import type { TestCertificate } from './certificate.ts';
import { testCertificate } from './certificate.ts';

/** A public address: in the tests it leads to the receiver on this machine. */
export const publicAddress = '93.184.216.34';

/** What a receiver was asked. */
export interface TakenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly secure: boolean;
  readonly serverName: string | undefined;
}

/** Guarded requests between a receiver that stands behind every public address and a trap that stands behind those of this machine. */
export interface OutgoingWorld {
  readonly outgoing: Outgoing;
  readonly activity: Activity;
  /** Port of the trap on 127.0.0.1 and, where there is IPv6, on ::1. */
  readonly trapPort: number;
  readonly trapped: () => number;
  readonly taken: readonly TakenRequest[];
  /** Addresses that were dialled, one list a connection. */
  readonly dialled: readonly (readonly string[])[];
  /** Names that were resolved. */
  readonly resolved: readonly string[];
  readonly certificate: TestCertificate;
  close(): Promise<void>;
}

/** How the world answers. */
export interface OutgoingTerms {
  /** Addresses by name; a function is asked with how often the name was resolved before. */
  readonly names?: Readonly<Record<string, readonly string[] | ((before: number) => readonly string[] | Promise<readonly string[]>)>>;
  /** The receiver's answer; default 204. */
  readonly answer?: RequestListener;
  /** Names in the receiver's certificate; default `receiver.test`. */
  readonly certified?: readonly string[];
  readonly trustsCertificate?: boolean;
}

async function listen(server: Server | TcpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Starts it. */
export async function createOutgoingWorld(terms: OutgoingTerms = {}): Promise<OutgoingWorld> {
  const taken: TakenRequest[] = [];
  const dialled: (readonly string[])[] = [];
  const resolved: string[] = [];
  const sockets = new Set<Socket>();
  let trapped = 0;
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const secure = request.socket instanceof TLSSocket;
      const serverName = request.socket instanceof TLSSocket && 'servername' in request.socket ? String(request.socket.servername) : undefined;
      taken.push({ method: request.method ?? '', url: `${String(request.headers.host)}${request.url ?? ''}`, headers: request.headers, body, secure, serverName });
      if (terms.answer === undefined) response.writeHead(204).end();
      else terms.answer(request, response);
    });
  };
  const certificate = testCertificate(terms.certified ?? ['receiver.test']);
  const plain = createServer(listener);
  const secure = createTlsServer({ key: certificate.key, cert: certificate.cert }, listener);
  const traps = [createTcpServer(), createTcpServer()];
  for (const server of [plain, secure, ...traps]) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
  }
  for (const trap of traps) {
    trap.on('connection', (socket) => {
      trapped++;
      socket.destroy();
    });
  }
  const plainPort = await listen(plain, '127.0.0.1', 0);
  const securePort = await listen(secure, '127.0.0.1', 0);
  const [trap4, trap6] = traps;
  const trapPort = trap4 === undefined ? 0 : await listen(trap4, '127.0.0.1', 0);
  // A machine without IPv6 has nothing there to reach.
  if (trap6 !== undefined) await listen(trap6, '::1', trapPort).catch(() => undefined);
  const activity = createActivity();
  const outgoing = createNodeOutgoing({
    userAgent: 'breakwater-test', activity,
    resolve: async (name) => {
      const before = resolved.filter((each) => each === name).length;
      resolved.push(name);
      const found = terms.names?.[name] ?? [];
      return typeof found === 'function' ? found(before) : found;
    },
    dial: (addresses, port) => {
      dialled.push(addresses);
      // What the guard let through although it is not public is dialled for real, and ends in the trap.
      const open = addresses.every((address) => refusalOfAddress(address) === undefined);
      return open ? connect(port === 443 ? securePort : plainPort, '127.0.0.1') : connect(port, addresses[0] ?? '');
    },
    ...(terms.trustsCertificate === false ? {} : { ca: certificate.cert }),
  });
  return {
    outgoing, activity, trapPort, trapped: () => trapped, taken, dialled, resolved, certificate,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([plain, secure, ...traps].map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
}
