import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Result, Rng } from '@breakwater/models/core';
import { err } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { readBody } from './telegram-body.ts';
import type { ChatState, Problem, SimulatedChat, TakenMessage } from './telegram-chats.ts';
import type { LimitName, Said } from './telegram-model.ts';
import { createTelegramModel } from './telegram-model.ts';

/** How a server misbehaves, as probabilities of a call; 0 or absence switches a fault off. A call meets at most one. */
export interface TelegramFaults {
  /** 429 although no limit was broken; the wait asked for is uniform in whole seconds. */
  readonly rateLimited?: { readonly probability: number; readonly retryAfterSeconds: readonly [min: number, max: number] };
  /** 500 in Telegram's form, or 502 as a proxy says it; nothing was done. */
  readonly serverError?: number;
  /** The connection is cut before anything was done. */
  readonly reset?: number;
  /** The call is done, and the connection cut instead of an answer: the client cannot know. */
  readonly lostAnswer?: number;
  /** The call is done after a wait, milliseconds by the machine's clock. */
  readonly slow?: { readonly probability: number; readonly ms: number };
  /** The call is not done and gets no answer; it ends when the client goes. */
  readonly hang?: number;
}

/** Which fault. */
export type TelegramFault = keyof TelegramFaults;

/** What a simulated server is made of. */
export interface TelegramServerOptions {
  /** Dates of messages, and the limits. Long polls wait by the machine's clock. */
  readonly clock: Clock;
  readonly rng: Rng;
  /** `<bot id>:<secret>`. */
  readonly token: string;
  /** The bot's name without `@`. Default `breakwater_bot`. */
  readonly username?: string;
  readonly chats: readonly SimulatedChat[];
  readonly faults?: TelegramFaults;
}

/** A Bot API server on this machine. */
export interface TelegramServer {
  /** What a bot takes as its API root: `http://127.0.0.1:<port>`. */
  readonly root: string;
  /** Messages that were taken, of one chat or of all, in order. */
  messages(chat?: number): readonly TakenMessage[];
  /** Somebody writes to the bot; returns the message's number. */
  say(chat: number, said: Said): number;
  /** Lets a chat refuse messages, or take them again. */
  setChat(chat: number, state: ChatState): void;
  setFaults(faults: TelegramFaults): void;
  /** The next calls meet these faults, one each, before any that is drawn. */
  force(...next: readonly TelegramFault[]): void;
  /** Messages that broke a published limit, by limit. Faults are not among them. */
  violations(): Readonly<Record<LimitName, number>>;
  /** How often each fault happened. */
  faults(): Readonly<Record<TelegramFault, number>>;
  /** Calls by method, and by what was answered: `sendMessage 200`. Calls that were cut off are not among them. */
  calls(): Readonly<Record<string, number>>;
  menu(): readonly { readonly command: string; readonly description: string }[];
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** What becomes of a request: an answer in Telegram's form, one as a proxy in front gives it, or none. */
type Outcome = { readonly kind: 'answer'; readonly method: string; readonly answer: Result<unknown, Problem> } | { readonly kind: 'proxy-error' } | { readonly kind: 'cut' };

/** Bodies larger than this are refused: a photo may have 10 MB, a file 50 (Bot API, "Sending files", read 2026-11). */
const maxBodyBytes = 50_000_000;

/**
 * Serves the Bot API on a free port of 127.0.0.1, over plain HTTP: `getMe`, `sendMessage`, `sendPhoto`, `getUpdates`, `getChatMember` and
 * `setMyCommands`, checked as Telegram documents them. The same seed and the same calls in the same order meet the same faults.
 */
export async function startTelegramServer(options: TelegramServerOptions): Promise<TelegramServer> {
  const rng = options.rng.fork('faults');
  const id = Number(options.token.split(':')[0]);
  const model = createTelegramModel({ clock: options.clock, chats: options.chats, bot: { id, username: options.username ?? 'breakwater_bot' }, firstUpdate: 1_000 + options.rng.fork('updates').int(1_000_000) });
  const met: Record<TelegramFault, number> = { rateLimited: 0, serverError: 0, reset: 0, lostAnswer: 0, slow: 0, hang: 0 };
  const calls: Record<string, number> = {};
  const forced: TelegramFault[] = [];
  let faults = options.faults ?? {};

  const draw = (): TelegramFault | undefined => {
    const next = forced.shift();
    if (next !== undefined) return next;
    let left = rng.next();
    const chances: readonly (readonly [TelegramFault, number | undefined])[] = [
      ['rateLimited', faults.rateLimited?.probability], ['serverError', faults.serverError], ['reset', faults.reset], ['lostAnswer', faults.lostAnswer], ['slow', faults.slow?.probability], ['hang', faults.hang],
    ];
    for (const [fault, chance = 0] of chances) {
      if (left < chance) return fault;
      left -= chance;
    }
    return undefined;
  };
  const limited = (): Problem => {
    const [min, max] = faults.rateLimited?.retryAfterSeconds ?? [1, 1];
    const seconds = min + rng.int(max - min + 1);
    return { code: 429, description: `Too Many Requests: retry after ${String(seconds)}`, parameters: { retry_after: seconds } };
  };
  const decide = async (request: IncomingMessage, gone: AbortSignal): Promise<Outcome> => {
    const raw = await readRaw(request);
    const [, token, method = ''] = /^\/bot([^/]+)\/([A-Za-z]+)(?:\?.*)?$/.exec(request.url ?? '') ?? [];
    const refuse = (code: number, description: string): Outcome => ({ kind: 'answer', method, answer: err({ code, description }) });
    if (raw === undefined) return refuse(413, 'Request Entity Too Large');
    if (token === undefined || !/^\d+:/.test(token)) return refuse(404, 'Not Found');
    if (token !== options.token) return refuse(401, 'Unauthorized');
    const body = readBody(request.headers['content-type'] ?? '', raw);
    if (body === null) return refuse(400, 'Bad Request: bad request body');

    const fault = draw();
    if (fault !== undefined) met[fault]++;
    if (fault === 'rateLimited') return { kind: 'answer', method, answer: err(limited()) };
    if (fault === 'serverError') return rng.chance(0.5) ? refuse(500, 'Internal Server Error') : { kind: 'proxy-error' };
    if (fault === 'hang' && !gone.aborted) await new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true }));
    if (fault === 'reset' || fault === 'hang') return { kind: 'cut' };
    if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, faults.slow?.ms ?? 0));
    const answer = await model.call(method, body, gone);
    return fault === 'lostAnswer' ? { kind: 'cut' } : { kind: 'answer', method, answer };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const outcome = await decide(request, gone.signal);
    switch (outcome.kind) {
      case 'cut':
        request.socket.destroy();
        break;
      case 'proxy-error':
        response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
        break;
      case 'answer': {
        const { answer } = outcome;
        const code = answer.ok ? 200 : answer.error.code;
        const called = `${outcome.method} ${String(code)}`;
        calls[called] = (calls[called] ?? 0) + 1;
        const body = answer.ok ? { ok: true, result: answer.value } : { ok: false, error_code: code, description: answer.error.description, parameters: answer.error.parameters };
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        break;
      }
    }
  };

  const server = createServer((request, response) => {
    // A client that goes away in the middle of its request is no matter.
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    root: `http://127.0.0.1:${String(port)}`,
    messages: (chat) => model.taken().filter((m) => chat === undefined || m.chat === chat),
    say: (chat, said) => model.say(chat, said),
    setChat: (chat, state) => model.setState(chat, state),
    setFaults: (next) => {
      faults = next;
    },
    force: (...next) => void forced.push(...next),
    violations: () => model.violations(),
    faults: () => ({ ...met }),
    calls: () => ({ ...calls }),
    menu: () => model.menu(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The body whole; undefined when it is too large. */
async function readRaw(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
