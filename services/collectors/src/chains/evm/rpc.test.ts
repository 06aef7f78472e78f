import { describe, expect, it } from '@jest/globals';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { HttpResponse, Network } from '@breakwater/platform/network';
import { createRequest } from './rpc.ts';

const URL_WITH_KEY = 'https://mainnet.example/v3/0123SECRETKEY?apikey=OTHERSECRET';

function networkOf(answer: () => HttpResponse): Network {
  return {
    openSocket: () => {
      throw new Error('no sockets here');
    },
    request: async () => answer(),
  };
}
async function failureOf(answer: () => HttpResponse): Promise<BreakwaterError> {
  const request = createRequest({ name: 'mainnet.example', url: URL_WITH_KEY, network: networkOf(answer), timeoutMs: 1_000, maxBytes: 1_000, signal: new AbortController().signal });
  const error: unknown = await request({ method: 'eth_chainId' }).then(() => undefined, (thrown: unknown) => thrown);
  if (!(error instanceof BreakwaterError)) throw new Error(`not a failure of the world: ${String(error)}`);
  return error;
}
const json = (content: object, status = 200): HttpResponse => ({ status, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...content }) });

describe('a JSON-RPC call', () => {
  it('gives the result', async () => {
    const request = createRequest({ name: 'x', url: URL_WITH_KEY, network: networkOf(() => json({ result: '0x1' })), timeoutMs: 1, maxBytes: 1, signal: new AbortController().signal });
    expect(await request({ method: 'eth_chainId' })).toBe('0x1');
  });

  it.each<[string, () => HttpResponse, string]>([
    ['an error answer', () => json({ error: { code: -32000, message: 'header not found' } }), 'bad-answer'],
    ['an error answer with a 4xx status', () => json({ error: { code: -32602, message: 'range 20000 exceeds limit of 10000' } }, 400), 'bad-answer'],
    ['an error answer that asks to slow down', () => json({ error: { code: -32005, message: 'daily request count exceeded, request rate limited' } }), 'rate-limited'],
    ['status 429', () => ({ status: 429, headers: { 'retry-after': '7' }, body: '' }), 'rate-limited'],
    ['status 502', () => ({ status: 502, headers: {}, body: '<html>' }), 'http-status'],
    ['no JSON', () => ({ status: 200, headers: {}, body: 'ok' }), 'bad-answer'],
    ['an answer to another request', () => json({ id: 9, result: '0x1' }), 'bad-answer'],
    ['neither result nor error', () => json({}), 'bad-answer'],
  ])('names %s', async (_name, answer, code) => {
    expect((await failureOf(answer)).code).toBe(code);
  });

  it('waits as long as it is asked to', async () => {
    expect((await failureOf(() => ({ status: 429, headers: { 'retry-after': '7' }, body: '' }))).retryAfterMs).toBe(7_000);
  });

  it.each<[string, () => HttpResponse]>([
    ['a failure of the network', () => {
      throw new BreakwaterError('http-failed', `POST ${URL_WITH_KEY} failed: refused`);
    }],
    ['a provider’s own words', () => json({ error: { code: -32600, message: `no such project: /v3/0123SECRETKEY (${URL_WITH_KEY})` } })],
  ])('keeps the key in its address out of %s', async (_name, answer) => {
    const { message } = await failureOf(answer);
    expect(message).toContain('mainnet.example');
    expect(message).not.toMatch(/SECRET/);
  });
});
