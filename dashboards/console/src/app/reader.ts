import type { WarningPage } from '@breakwater/contracts';
import type { Answer, Api } from './api.ts';
import type { Store } from './store.ts';

/** Reads from the daemon what its stream does not bring, into the store. What is asked for anew drops what was asked for before. */
export interface Reader {
  /** The lists, from the beginning; `onAssets` is called once the assets are in the store. */
  lists(onAssets: () => void): void;
  /** One asset with its past; what was being read of another one is dropped. */
  asset(asset: string): void;
  /** Every revision of a warning. */
  history(id: string): void;
  /** The next older page of warnings, unless one is being read. */
  older(): void;
  stop(): void;
}

/** Hours a timeline shows. */
const timelineHours = 24;
/** Warnings asked for at once, the most the daemon gives; and the most open ones that are read before they are scrolled to. */
const pageSize = 500;
const maxOpen = 10_000;

/** Makes a reader. A problem goes to the store: where an address named what cannot be read as `failed`, a token that is wanted as the link, the rest as `problem`. */
export function createReader(api: Api, store: Store): Reader {
  let lists = new AbortController();
  let shown = new AbortController();
  let older: AbortController | undefined;

  /** Hands an answer on; a request that was dropped hands on nothing. */
  const take = async <T>(request: Promise<Answer<T>>, signal: AbortSignal, about: string | null, onValue: (value: T) => void): Promise<void> => {
    const answer = await request.catch(() => undefined);
    if (answer === undefined || signal.aborted) return;
    if (answer.ok) onValue(answer.value);
    else if (answer.status === 401) store.dispatch({ kind: 'link', link: { kind: 'refused', problem: answer.problem } });
    // No answer at all is said by the connection, which sees it too.
    else if (answer.status !== 0) store.dispatch(about === null ? { kind: 'problem', problem: answer.problem } : { kind: 'failed', failed: { about, problem: answer.problem } });
  };
  const stopOlder = (): void => {
    older?.abort();
    older = undefined;
  };

  /** Reads the open warnings that did not fit into the first page: they are listed wherever they stand among the ended ones. */
  const restOfOpen = async (first: string | null, signal: AbortSignal): Promise<void> => {
    for (let before = first, read = pageSize; before !== null && read < maxOpen && !signal.aborted; read += pageSize) {
      const at: string = before;
      before = null;
      await take(api.warnings({ state: 'open', before: at, limit: pageSize }, signal), signal, null, (page) => {
        store.dispatch({ kind: 'warnings.found', warnings: page.warnings });
        before = page.next;
      });
    }
  };

  return {
    lists: (onAssets) => {
      lists.abort();
      lists = new AbortController();
      stopOlder();
      const { signal } = lists;
      void take(api.assets(signal), signal, null, (assets) => {
        store.dispatch({ kind: 'assets', assets });
        store.flush();
        onAssets();
      });
      void take(firstPages(api, signal), signal, null, ({ open, all }) => {
        store.dispatch({ kind: 'warnings.first', warnings: [...open.warnings, ...all.warnings], next: all.next });
        void restOfOpen(open.next, signal);
      });
    },
    asset: (asset) => {
      shown.abort();
      shown = new AbortController();
      const { signal } = shown;
      void take(api.asset(asset, signal), signal, asset, (detail) => store.dispatch({ kind: 'detail', detail }));
      void take(api.timeline(asset, timelineHours, signal), signal, null, (timeline) => store.dispatch({ kind: 'timeline', timeline }));
    },
    history: (id) => {
      const { signal } = shown;
      void take(api.history(id, signal), signal, id, (history) => store.dispatch({ kind: 'history', history }));
    },
    older: () => {
      const { next } = store.state.value.warnings;
      if (next === null || next === undefined || older !== undefined) return;
      const mine = new AbortController();
      older = mine;
      void take(api.warnings({ state: 'all', before: next, limit: pageSize }, mine.signal), mine.signal, null, (page) => {
        store.dispatch({ kind: 'warnings.more', warnings: page.warnings, next: page.next });
        store.flush();
      }).finally(() => {
        if (older === mine) older = undefined;
      });
    },
    stop: () => {
      lists.abort();
      shown.abort();
      stopOlder();
    },
  };
}

/** The first pages of open warnings and of all, or the problem of either. */
async function firstPages(api: Api, signal: AbortSignal): Promise<Answer<{ readonly open: WarningPage; readonly all: WarningPage }>> {
  const [open, all] = await Promise.all([api.warnings({ state: 'open', limit: pageSize }, signal), api.warnings({ state: 'all', limit: pageSize }, signal)]);
  if (!open.ok) return open;
  return all.ok ? { ok: true, value: { open: open.value, all: all.value } } : all;
}
