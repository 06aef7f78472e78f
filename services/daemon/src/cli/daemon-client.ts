import { readFileSync } from 'node:fs';
import { apiProblem } from '@breakwater/contracts';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { version } from '../version.ts';
import { CommandError } from './context.ts';
import { defaultDaemonUrl } from './defaults.ts';

/** Where a running daemon is, and how to be let in. */
export interface DaemonPlace {
  readonly url: string;
  /** A file with a token, for a daemon that wants one. */
  readonly tokenFile?: string | undefined;
}

/** What reads an answer: a schema of the contracts. */
interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } };
}

/** Asks the API of a running daemon. */
export interface DaemonClient {
  /** The answer at a path as a schema reads it; undefined for a 404. Fails with a `CommandError` that says what to do. */
  get<T>(path: string, schema: Schema<T>): Promise<T | undefined>;
  /** The same for a request that changes something, which says nothing but that it is one. */
  post<T>(path: string, schema: Schema<T>): Promise<T | undefined>;
}

/** Makes a client. Nothing is asked before the first call. */
export function createDaemonClient(place: DaemonPlace): DaemonClient {
  if (!URL.canParse(place.url) || !/^https?:$/.test(new URL(place.url).protocol)) throw new CommandError(`'${place.url}' is no address of a daemon: give one like ${defaultDaemonUrl}.`, 2);
  const network = createNodeNetwork({ userAgent: `breakwater/${version}` });
  const token = place.tokenFile === undefined ? undefined : readToken(place.tokenFile);
  const ask = async <T>(method: 'GET' | 'POST', path: string, schema: Schema<T>): Promise<T | undefined> => {
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) };
    const answer = await network.request({ method, url: new URL(path, place.url).href, headers, ...(method === 'POST' ? { body: '{}' } : {}) }).catch((error: unknown) => {
      const why = error instanceof BreakwaterError ? error.message : String(error);
      throw new CommandError(`no daemon was reached at ${place.url}: ${why}. Start one with \`breakwater start\`, leave a drill open with \`breakwater drill om-2025 --keep\`, or give its address with --url.`);
    });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) {
      const problem = apiProblem.safeParse(parsed(answer.body));
      throw new CommandError(problem.success ? `the daemon refused: ${problem.data.message} ${problem.data.todo}` : `the daemon at ${place.url} answered ${answer.status}: is it a Breakwater daemon?`);
    }
    const read = schema.safeParse(parsed(answer.body));
    if (!read.success) throw new CommandError(`the answer of ${place.url} is not one of this version's daemon: ${read.error.issues[0]?.path.map(String).join('.') ?? ''} ${read.error.issues[0]?.message ?? ''}. Run the same version on both sides.`);
    return read.data;
  };
  return { get: (path, schema) => ask('GET', path, schema), post: (path, schema) => ask('POST', path, schema) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new CommandError(`the token file ${path} was not read: is it there, and may you read it?`);
  }
}
