import { BreakwaterError } from '@breakwater/platform/errors';
import type { Network } from '@breakwater/platform/network';
import { asksToSlowDown } from './range-hints.ts';

/** What an RPC client needs. `name` is the host: the whole address may hold a key and is in no message. */
export interface RpcDeps {
  readonly name: string;
  readonly url: string;
  readonly network: Network;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** One JSON-RPC call, by method and parameters. Rejects with a `BreakwaterError`; an error answer of the node is `bad-answer`, or `rate-limited` where it asks to slow down. */
export type Request = (call: { readonly method: string; readonly params?: unknown }) => Promise<unknown>;

/** JSON-RPC 2.0 over HTTP POST (https://ethereum.org/en/developers/docs/apis/json-rpc/, read 2026-11). */
export function createRequest(deps: RpcDeps): Request {
  let id = 0;
  return async ({ method, params }) => {
    const own = ++id;
    const body = JSON.stringify({ jsonrpc: '2.0', id: own, method, params: params ?? [] });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await deps.network.request({ method: 'POST', url: deps.url, headers, body, timeoutMs: deps.timeoutMs, maxBytes: deps.maxBytes, signal: deps.signal }).catch((error: unknown) => {
      throw error instanceof BreakwaterError ? new BreakwaterError(error.code, `${deps.name}: ${method}: ${withoutAddress(error.message, deps)}`, { cause: error.cause, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) }) : error;
    });
    const said = `${deps.name}: ${method}`;
    if (response.status === 429) {
      const seconds = Number(response.headers['retry-after']);
      throw new BreakwaterError('rate-limited', `${said}: the node asked to slow down`, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {});
    }
    const answer = parseAnswer(response.body);
    // Some providers send the JSON-RPC error with a 4xx status: what the node says comes before the status.
    if (answer?.['error'] !== undefined && answer['error'] !== null) {
      const problem = withoutAddress(JSON.stringify(answer['error']).slice(0, 300), deps);
      throw new BreakwaterError(asksToSlowDown(problem) ? 'rate-limited' : 'bad-answer', `${said}: ${problem}`);
    }
    if (response.status < 200 || response.status > 299) throw new BreakwaterError('http-status', `${said}: status ${response.status}`);
    if (answer === undefined) throw new BreakwaterError('bad-answer', `${said}: the answer is not a JSON object`);
    if (answer['id'] !== own) throw new BreakwaterError('bad-answer', `${said}: the answer is for another request`);
    if (!('result' in answer)) throw new BreakwaterError('bad-answer', `${said}: neither result nor error`);
    return answer['result'];
  };
}

/** A text without the address, or what in it may be a key. */
function withoutAddress(message: string, { url, name }: RpcDeps): string {
  const { pathname, search } = new URL(url);
  return [url, `${pathname}${search}`, pathname].filter((part) => part.length > 1).reduce((text, part) => text.replaceAll(part, `${name}/***`), message);
}

function parseAnswer(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
