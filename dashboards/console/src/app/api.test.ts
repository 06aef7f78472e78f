import { describe, expect, it } from '@jest/globals';
import { createApi, type Api } from './api.ts';

const signal = new AbortController().signal;

/** An API over a fetch that answers what it is told and writes down what it was asked. */
function apiThat(answer: (path: string, init: RequestInit) => Response | Promise<Response>, token: string | null = null): { readonly api: Api; readonly asked: { path: string; init: RequestInit }[] } {
  const asked: { path: string; init: RequestInit }[] = [];
  const fetching = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({ path: String(input), init });
    return answer(String(input), init);
  };
  return { api: createApi({ fetch: fetching, token: () => token }), asked };
}

describe('the routes of the daemon', () => {
  it('are asked under the address of the page, with the token where there is one', async () => {
    const { api, asked } = apiThat(() => Response.json([]), 'secret');
    await api.assets(signal);
    await api.warnings({ state: 'all', before: '17', limit: 200 }, signal).catch(() => undefined);
    await api.timeline('OM', 24, signal);
    expect(asked.map(({ path }) => path)).toEqual(['v1/assets', 'v1/warnings?state=all&limit=200&before=17', 'v1/assets/OM/timeline?hours=24']);
    expect(asked[0]?.init.headers).toMatchObject({ authorization: 'Bearer secret' });
  });
  it('say what went wrong in the words of the API', async () => {
    const problem = { code: 'unknown-asset', message: 'No such asset is watched.', todo: 'See /v1/assets.' };
    const { api } = apiThat(() => Response.json(problem, { status: 404 }));
    expect(await api.asset('XX', signal)).toEqual({ ok: false, status: 404, problem });
  });
  it('say that there was no answer, or one that is not of the API', async () => {
    const gone = apiThat(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await gone.api.assets(signal)).toMatchObject({ ok: false, status: 0, problem: { code: 'console.unreachable' } });
    for (const response of [() => new Response('<html>', { status: 200 }), () => new Response('<html>', { status: 502 }), () => Response.json({}), () => Response.json({ code: 7 }, { status: 500 })]) {
      expect(await apiThat(response).api.assets(signal)).toMatchObject({ ok: false, problem: { code: 'console.unreadable' } });
    }
  });
  it('write an acknowledgement as JSON, with a note where there is one', async () => {
    const { api, asked } = apiThat(() => Response.json({ id: 'x', revision: 2 }));
    await api.acknowledge('BW-OM-20250413-7f3a9c21', '', signal);
    await api.acknowledge('BW-OM-20250413-7f3a9c21', 'calling the venue', signal);
    expect(asked.map(({ init }) => [init.method, init.body])).toEqual([['POST', '{}'], ['POST', '{"note":"calling the venue"}']]);
    expect(asked[0]?.init.headers).toMatchObject({ 'content-type': 'application/json' });
  });
  it('let an abort through: nobody waits for that answer', async () => {
    const stopped = AbortSignal.abort();
    const { api } = apiThat(() => Promise.reject(new DOMException('stopped', 'AbortError')));
    await expect(api.assets(stopped)).rejects.toThrow();
  });
});
