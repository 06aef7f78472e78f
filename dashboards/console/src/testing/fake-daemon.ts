import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { ApiProblem, AssetDetail, AssetTimeline, DaemonStatus, StreamEvent, WarningHistory, WarningMessage } from '@breakwater/contracts';
import { acknowledgement, assetDetail, assetList, assetTimeline, daemonStatus, queries, streamEvent, warningHistory, warningMessage, warningPage } from '@breakwater/contracts';

/** What a fake daemon says; tests change it as they go. */
export interface World {
  status: DaemonStatus;
  details: readonly AssetDetail[];
  timelines: readonly AssetTimeline[];
  histories: readonly WarningHistory[];
  /** Answers this to everything, where it is set. */
  refuse: { readonly status: number; readonly problem: ApiProblem } | null;
  /** The only token that is taken, as Bearer or as the password of Basic, where it is set. */
  token: string | null;
  /** Whether a browser is asked to ask for it. */
  challenge: boolean;
  /** Answers this to an acknowledgement, where it is set. */
  refuseWrite: { readonly status: number; readonly problem: ApiProblem } | null;
}

/** A daemon's API and console on a free port of 127.0.0.1: what it answers is checked against the contracts' schemas. */
export interface FakeDaemon {
  readonly url: string;
  readonly world: World;
  /** Sends an event on every stream that wants it; answers how many there were. */
  push(event: StreamEvent): number;
  /** Bodies of acknowledgements, with the id. */
  readonly acknowledged: readonly { readonly id: string; readonly note: string | undefined }[];
  /** Paths that were asked for and are not of the API or the console. */
  readonly strange: readonly string[];
  /** Ends every stream; with `down`, refuses new connections until `up`. */
  drop(): void;
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** The rules a page of the daemon has to live with. */
export const pageRules = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** What the answers of a fake daemon share. */
interface Inside {
  readonly world: World;
  /** Open streams with the asset each asked for. */
  readonly streams: Map<ServerResponse, string | undefined>;
  readonly acknowledged: { id: string; note: string | undefined }[];
}

function pushTo(streams: Inside['streams'], event: StreamEvent): number {
  const text = `event: ${event.kind}\ndata: ${JSON.stringify(streamEvent.parse(event))}\n\n`;
  const wanting = [...streams].filter(([, asset]) => event.kind !== 'asset' || event.detail.summary.asset === asset);
  for (const [response] of wanting) response.write(text);
  return wanting.length;
}

function answerAssets(response: ServerResponse, world: World, name: string | undefined, part: string | undefined): void {
  if (name === undefined) {
    json(response, 200, assetList.parse(world.details.map(({ summary }) => summary)));
    return;
  }
  const detail = world.details.find(({ summary }) => summary.asset === name);
  const timeline = world.timelines.find(({ asset }) => asset === name) ?? { asset: name, from: world.status.now - 864e5, to: world.status.now, points: [], warnings: [], transfers: [] };
  if (detail === undefined) json(response, 404, { code: 'unknown-asset', message: 'No such asset is watched.', todo: 'See /v1/assets; assets are named in the config.' });
  else json(response, 200, part === 'timeline' ? assetTimeline.parse(timeline) : assetDetail.parse(detail));
}

function answerWarnings(response: ServerResponse, world: World, query: unknown): void {
  const { state, before, limit } = queries.warnings.parse(query);
  const isOpen = (w: WarningMessage): boolean => w.state === 'firing' || w.state === 'acknowledged';
  const all = world.histories.flatMap(({ revisions }) => revisions.at(-1) ?? []).sort((a, b) => b.onset - a.onset).filter((w) => state === 'all' || isOpen(w) === (state === 'open'));
  const from = Number(before ?? 0);
  json(response, 200, warningPage.parse({ warnings: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null }));
}

async function acknowledge(request: IncomingMessage, response: ServerResponse, history: WarningHistory, { world, streams, acknowledged }: Inside): Promise<void> {
  const { note } = acknowledgement.parse(JSON.parse(await bodyOf(request)));
  const last = history.revisions.at(-1);
  if (world.refuseWrite !== null || last === undefined) {
    json(response, world.refuseWrite?.status ?? 500, world.refuseWrite?.problem ?? {});
    return;
  }
  acknowledged.push({ id: history.id, note });
  const warning = warningMessage.parse({ ...last, revision: last.revision + 1, state: 'acknowledged', acknowledgedBy: 'Desk', ...(note === undefined ? {} : { acknowledgedNote: note }) });
  world.histories = world.histories.map((other) => (other === history ? { ...history, revisions: [...history.revisions, warning] } : other));
  json(response, 200, warning);
  pushTo(streams, { kind: 'warning', now: world.status.now, warning });
}

function openStream(response: ServerResponse, asset: string | undefined, { world, streams }: Inside): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`retry: 2000\nid: 0\nevent: status\ndata: ${JSON.stringify({ kind: 'status', status: daemonStatus.parse(world.status) })}\n\n`);
  streams.set(response, asset);
  response.on('close', () => streams.delete(response));
}

async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL, inside: Inside): Promise<void> {
  const { world } = inside;
  const query = Object.fromEntries(url.searchParams);
  const [, , first, second, third] = url.pathname.split('/');
  if (world.token !== null && tokenIn(request.headers.authorization) !== world.token) {
    const problem = { code: 'no-token', message: 'This server answers only with a token, and none was given.', todo: 'Send it as the password.' };
    json(response, 401, problem, world.challenge ? { 'www-authenticate': 'Basic realm="Breakwater"' } : {});
  } else if (world.refuse !== null) json(response, world.refuse.status, world.refuse.problem);
  else if (first === 'stream') openStream(response, queries.stream.parse(query).asset, inside);
  else if (first === 'assets') answerAssets(response, world, second, third);
  else if (first === 'warnings' && second === undefined) answerWarnings(response, world, query);
  else {
    const history = first === 'warnings' ? world.histories.find(({ id }) => id === second) : undefined;
    if (history === undefined) json(response, 404, { code: first === 'warnings' ? 'unknown-warning' : 'not-found', message: 'There is nothing here.', todo: 'See /v1/openapi.json for every address.' });
    else if (third === 'acknowledge' && request.method === 'POST') await acknowledge(request, response, history, inside);
    else json(response, 200, warningHistory.parse(history));
  }
}

/** Starts one that serves the console from `folder`. */
export async function startFakeDaemon(world: World, folder: string): Promise<FakeDaemon> {
  const inside: Inside = { world, streams: new Map(), acknowledged: [] };
  const strange: string[] = [];
  const page = async (response: ServerResponse, path: string): Promise<void> => {
    const name = normalize(path === '/' ? '/index.html' : path);
    const body = await readFile(join(folder, name)).catch(() => undefined);
    if (body === undefined) {
      strange.push(path);
      json(response, 404, { code: 'not-found', message: 'There is nothing here.', todo: '' });
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'content-security-policy': pageRules, 'x-content-type-options': 'nosniff' }).end(body);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const answered = url.pathname.startsWith('/v1/') ? answerApi(request, response, url, inside) : page(response, url.pathname);
    answered.catch((error: unknown) => {
      json(response, 500, { code: 'fake', message: String(error), todo: 'Mend the fake daemon or the page.' });
    });
  });
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${String(port)}/`, world, acknowledged: inside.acknowledged, strange, push: (event) => pushTo(inside.streams, event),
    drop: () => {
      for (const response of inside.streams.keys()) response.destroy();
    },
    down: close,
    up: async () => {
      await listen(port);
    },
    stop: close,
  };
}

/** The token in a header `Authorization`. */
function tokenIn(header = ''): string | undefined {
  const [scheme = '', value = ''] = header.split(' ');
  return scheme === 'Basic' ? Buffer.from(value, 'base64').toString('utf8').split(':')[1] : value;
}

function json(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString('utf8');
}
