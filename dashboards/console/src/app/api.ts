import type { ApiProblem, AssetDetail, AssetSummary, AssetTimeline, WarningHistory, WarningMessage, WarningPage } from '@breakwater/contracts';

/** What a request came to: its answer, or what went wrong in the words of the API. `status` is 0 when no answer came. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: number; readonly problem: ApiProblem };

/** The routes of the daemon that the console reads, and the one it writes. Nothing here throws except on abort. */
export interface Api {
  assets(signal: AbortSignal): Promise<Answer<readonly AssetSummary[]>>;
  asset(asset: string, signal: AbortSignal): Promise<Answer<AssetDetail>>;
  timeline(asset: string, hours: number, signal: AbortSignal): Promise<Answer<AssetTimeline>>;
  warnings(query: WarningsQuery, signal: AbortSignal): Promise<Answer<WarningPage>>;
  history(id: string, signal: AbortSignal): Promise<Answer<WarningHistory>>;
  /** Acknowledges; answers the revision in state `acknowledged`. */
  acknowledge(id: string, note: string, signal: AbortSignal): Promise<Answer<WarningMessage>>;
  /** Opens the live stream; resolves once the daemon answered, with the bytes to come. */
  stream(asset: string | undefined, signal: AbortSignal): Promise<Answer<ReadableStream<Uint8Array>>>;
}

/** Which warnings. */
export interface WarningsQuery {
  readonly state: 'open' | 'all';
  readonly before?: string;
  readonly limit: number;
}

/** What the client stands on. */
export interface ApiDeps {
  readonly fetch: typeof fetch;
  /** The reader's token, where the daemon wants one. */
  readonly token: () => string | null;
}

/** Problems that are this side's own: the daemon gave no answer, or one that is not of its API. */
const unreachable: ApiProblem = { code: 'console.unreachable', message: 'the daemon gave no answer', todo: 'See whether it runs and whether this machine reaches it; the page tries again by itself.' };
const unreadable = (status: number): ApiProblem => ({
  code: 'console.unreadable', message: `the answer (HTTP ${String(status)}) is not of the daemon's API`, todo: 'See whether something between this page and the daemon answers in its place.',
});

/** A client of the daemon's API under the same address as the page. */
export function createApi({ fetch, token }: ApiDeps): Api {
  const request = async (path: string, init: RequestInit): Promise<Answer<Response>> => {
    const held = token();
    const headers = { ...(init.headers as Record<string, string> | undefined), ...(held === null ? {} : { authorization: `Bearer ${held}` }) };
    try {
      const response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'same-origin' });
      return response.ok ? { ok: true, value: response } : { ok: false, status: response.status, problem: problemOf(await response.json().catch(() => null), response.status) };
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      return { ok: false, status: 0, problem: unreachable };
    }
  };
  const read = async <T extends object>(path: string, signal: AbortSignal, isIt: (value: object) => boolean, init: RequestInit = {}): Promise<Answer<T>> => {
    const answer = await request(path, { signal, headers: { accept: 'application/json' }, ...init });
    if (!answer.ok) return answer;
    const value: unknown = await answer.value.json().catch(() => null);
    return typeof value === 'object' && value !== null && isIt(value) ? { ok: true, value: value as T } : { ok: false, status: answer.value.status, problem: unreadable(answer.value.status) };
  };
  const has = (field: string) => (value: object): boolean => field in value;
  return {
    assets: (signal) => read<readonly AssetSummary[]>('v1/assets', signal, Array.isArray),
    asset: (asset, signal) => read<AssetDetail>(`v1/assets/${encodeURIComponent(asset)}`, signal, has('summary')),
    timeline: (asset, hours, signal) => read<AssetTimeline>(`v1/assets/${encodeURIComponent(asset)}/timeline?hours=${String(hours)}`, signal, has('points')),
    warnings: ({ state, before, limit }, signal) => {
      const query = new URLSearchParams({ state, limit: String(limit), ...(before === undefined ? {} : { before }) });
      return read<WarningPage>(`v1/warnings?${query.toString()}`, signal, has('warnings'));
    },
    history: (id, signal) => read<WarningHistory>(`v1/warnings/${encodeURIComponent(id)}`, signal, has('revisions')),
    acknowledge: (id, note, signal) =>
      read<WarningMessage>(`v1/warnings/${encodeURIComponent(id)}/acknowledge`, signal, has('revision'), {
        method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(note === '' ? {} : { note }),
      }),
    stream: async (asset, signal) => {
      const answer = await request(asset === undefined ? 'v1/stream' : `v1/stream?asset=${encodeURIComponent(asset)}`, { signal, headers: { accept: 'text/event-stream' } });
      if (!answer.ok) return answer;
      return answer.value.body === null ? { ok: false, status: answer.value.status, problem: unreadable(answer.value.status) } : { ok: true, value: answer.value.body };
    },
  };
}

function problemOf(body: unknown, status: number): ApiProblem {
  if (typeof body !== 'object' || body === null) return unreadable(status);
  const text = (field: string): string | undefined => {
    const value: unknown = Reflect.get(body, field);
    return typeof value === 'string' ? value : undefined;
  };
  const [code, message, todo] = [text('code'), text('message'), text('todo')];
  return code === undefined || message === undefined ? unreadable(status) : { code, message, todo: todo ?? '' };
}
