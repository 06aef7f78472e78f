import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Rng } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';

/** How often a receiver fails, as shares of its requests in [0, 1] that add up to at most 1; what is left is taken. */
export interface WebhookFaults {
  /** Status 500 to 504. */
  readonly errors: number;
  /** The connection is reset without an answer, and the event is not taken. */
  readonly resets: number;
  /** The event is taken, and the connection reset before the answer: the sender cannot know and sends it again. */
  readonly lostAnswers: number;
  /** Status 429 with `Retry-After: <retryAfterSeconds>`. */
  readonly rateLimited: number;
  readonly retryAfterSeconds: number;
  /** The event is taken and answered after `slowMs` of the machine's time. */
  readonly slow: number;
  readonly slowMs: number;
}

/** What became of a request. Only `taken`, `slow` and `lost-answer` mean that the receiver has the event. */
export type WebhookFate = 'taken' | 'slow' | 'lost-answer' | 'error' | 'reset' | 'rate-limited';

/** One request as it came. Nothing of it was verified: that is the test's to do. */
export interface WebhookRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Byte for byte as text. */
  readonly body: string;
  readonly fate: WebhookFate;
  /** Counts the requests with this `webhook-id`, from 1. */
  readonly attempt: number;
}

/** A receiver of webhooks on 127.0.0.1. */
export interface WebhookReceiver {
  readonly port: number;
  /** Where to post to. */
  readonly url: string;
  /** Every request that was read, in order of arrival; the first 100,000. */
  readonly requests: readonly WebhookRequest[];
  /** Those whose event the receiver has, in order of arrival. */
  taken(): readonly WebhookRequest[];
  setFaults(faults: Partial<WebhookFaults>): void;
  /** While down, every connection is reset as it comes. */
  setDown(down: boolean): void;
  /** The next `count` requests end in `fate`, whatever the faults say. */
  failNext(fate: WebhookFate, count: number): void;
  /** The next request is read and never answered. */
  hangNext(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const none: WebhookFaults = { errors: 0, resets: 0, lostAnswers: 0, rateLimited: 0, retryAfterSeconds: 5, slow: 0, slowMs: 30 };
const maxRequests = 100_000;
const maxBodyBytes = 1 << 20;

/**
 * Starts a receiver, on `port` when one is given (a restart keeps its address). What becomes of a request is drawn from the seed, its
 * `webhook-id` and its number among the requests of that id alone: the order of arrival changes nothing. Fails with `socket-failed` when
 * the port is taken.
 */
export async function startWebhookReceiver(deps: { readonly rng: Rng; readonly faults?: Partial<WebhookFaults>; readonly port?: number }): Promise<WebhookReceiver> {
  const requests: WebhookRequest[] = [];
  const attempts = new Map<string, number>();
  const sockets = new Set<Socket>();
  let faults: WebhookFaults = { ...none, ...deps.faults };
  let down = false;
  let forced: WebhookFate[] = [];
  let hangs = 0;

  const fateOf = (id: string, attempt: number): WebhookFate => {
    const [next, ...rest] = forced;
    forced = rest;
    if (next !== undefined) return next;
    let left = deps.rng.fork(`${id} ${String(attempt)}`).next();
    const shares = [['error', faults.errors], ['reset', faults.resets], ['lost-answer', faults.lostAnswers], ['rate-limited', faults.rateLimited], ['slow', faults.slow]] as const;
    for (const [fate, share] of shares) {
      if (left < share) return fate;
      left -= share;
    }
    return 'taken';
  };
  const take = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    if (hangs > 0) {
      hangs--;
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const id = headers['webhook-id'] ?? '';
    const attempt = (attempts.get(id) ?? 0) + 1;
    const fate = fateOf(id, attempt);
    if (requests.length < maxRequests) {
      attempts.set(id, attempt);
      requests.push({ method: request.method ?? '', path: request.url ?? '/', headers, body, fate, attempt });
    }
    reply(fate, response, faults, attempt);
  };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => (body === undefined ? response.writeHead(413).end() : take(request, response, body)), () => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    if (down) {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (cause) => reject(new BreakwaterError('socket-failed', `cannot receive webhooks on 127.0.0.1: ${messageOf(cause)}`, { cause })));
    server.listen(deps.port ?? 0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    port, url: `http://127.0.0.1:${String(port)}/hooks/breakwater`, requests,
    taken: () => requests.filter(({ fate }) => fate === 'taken' || fate === 'slow' || fate === 'lost-answer'),
    setFaults: (changed) => {
      faults = { ...faults, ...changed };
    },
    setDown: (now) => {
      down = now;
      if (down) for (const socket of sockets) socket.resetAndDestroy();
    },
    failNext: (fate, count) => {
      forced = Array.from({ length: count }, () => fate);
    },
    hangNext: () => {
      hangs++;
    },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}

function reply(fate: WebhookFate, response: ServerResponse, faults: WebhookFaults, attempt: number): void {
  switch (fate) {
    case 'taken':
      response.writeHead(204).end();
      return;
    case 'slow':
      setTimeout(() => response.writeHead(200).end('late'), faults.slowMs);
      return;
    case 'error':
      response.writeHead(500 + (attempt % 5)).end('no');
      return;
    case 'rate-limited':
      response.writeHead(429, { 'retry-after': String(faults.retryAfterSeconds) }).end();
      return;
    case 'reset':
    case 'lost-answer':
      response.socket?.resetAndDestroy();
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}
