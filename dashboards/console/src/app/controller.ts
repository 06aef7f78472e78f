import type { StreamEvent, WarningMessage } from '@breakwater/contracts';
import type { Answer, Api } from './api.ts';
import type { Connection, ConnectionChange } from './connection.ts';
import { timeNow } from './daemon-time.ts';
import type { Route } from './route.ts';
import { sortAssets } from './select.ts';
import type { Store } from './store.ts';

/** What the controller stands on. */
export interface ControllerDeps {
  readonly store: Store;
  readonly api: Api;
  readonly connect: (handlers: { readonly onEvent: (event: StreamEvent) => void; readonly onChange: (change: ConnectionChange) => void }) => Connection;
  /** A clock that only counts up, milliseconds. */
  readonly monotonic: () => number;
  /** Loads the page anew: the daemon that serves it is another version now. */
  readonly reloadPage: () => void;
}

/** What the page does beyond drawing. Every method may be called at any time; what was asked for earlier and is no longer wanted is dropped. */
export interface Controller {
  show(route: Route): void;
  moreWarnings(): void;
  readonly acknowledge: (id: string, note: string) => Promise<Answer<WarningMessage>>;
  retry(): void;
  stop(): void;
}

/** Hours a timeline shows. */
const timelineHours = 24;
/** Warnings asked for at once, the most the daemon gives; and the most open ones that are read before they are scrolled to. */
const pageSize = 500;
const maxOpen = 10_000;

/** Makes the controller: it keeps the connection on the asset that is shown and reads what the stream does not bring. */
export function createController({ store, api, connect, monotonic, reloadPage }: ControllerDeps): Controller {
  let route: Route = { kind: 'assets' };
  let loading = new AbortController();
  let following = new AbortController();
  let more: AbortController | undefined;
  let followed: string | undefined;
  let version: string | undefined;

  const live = (): boolean => store.state.value.link.kind === 'live';
  /** Hands an answer on; a request that was dropped hands on nothing. */
  const take = async <T>(request: Promise<Answer<T>>, signal: AbortSignal, about: string | null, onValue: (value: T) => void): Promise<void> => {
    const answer = await request.catch(() => undefined);
    if (answer === undefined || signal.aborted) return;
    if (answer.ok) onValue(answer.value);
    else if (answer.status === 401) store.dispatch({ kind: 'link', link: { kind: 'refused', problem: answer.problem } });
    // No answer at all is said by the connection, which sees it too.
    else if (answer.status !== 0) store.dispatch(about === null ? { kind: 'problem', problem: answer.problem } : { kind: 'failed', failed: { about, problem: answer.problem } });
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

  const loadLists = (): void => {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    more?.abort();
    more = undefined;
    void take(api.assets(signal), signal, null, (assets) => {
      store.dispatch({ kind: 'assets', assets });
      store.flush();
      followShown();
    });
    const asked = [api.warnings({ state: 'open', limit: pageSize }, signal), api.warnings({ state: 'all', limit: pageSize }, signal)] as const;
    void take(Promise.all(asked).then(([open, page]) => both(open, page)), signal, null, ([open, page]) => {
      store.dispatch({ kind: 'warnings.first', warnings: [...open.warnings, ...page.warnings], next: page.next });
      void restOfOpen(open.next, signal);
    });
  };

  /** The asset the page shows: the one the address names, else the one in most danger when the list was first read. */
  const shownAsset = (): string | undefined => {
    if (route.kind === 'asset' || route.kind === 'warning') return route.asset;
    if (route.kind === 'feeds') return followed;
    const { assets } = store.state.value;
    return followed !== undefined && (assets === null || assets.has(followed)) ? followed : sortAssets(assets?.values() ?? [])[0]?.asset;
  };

  const loadShown = (asset: string, signal: AbortSignal): void => {
    void take(api.asset(asset, signal), signal, asset, (detail) => store.dispatch({ kind: 'detail', detail }));
    void take(api.timeline(asset, timelineHours, signal), signal, null, (timeline) => store.dispatch({ kind: 'timeline', timeline }));
  };

  const readHistory = (id: string): void => {
    const { signal } = following;
    void take(api.history(id, signal), signal, id, (history) => store.dispatch({ kind: 'history', history }));
  };

  /** Turns the stream to the asset shown and reads what it does not bring; `again` also when it is the same as before. */
  const followShown = (again = false): void => {
    const asset = shownAsset();
    if (asset !== followed) store.dispatch({ kind: 'shown', asset: asset ?? null });
    const turned = asset !== followed;
    followed = asset;
    connection.follow(asset);
    if (!live()) return;
    if (turned || again) {
      following.abort();
      following = new AbortController();
      if (asset !== undefined) loadShown(asset, following.signal);
    }
    if (route.kind === 'warning' && (again || store.state.value.history?.id !== route.id)) readHistory(route.id);
  };

  const onEvent = (event: StreamEvent): void => {
    if (event.kind === 'status') {
      // The page belongs to a version of the daemon; another one brings its own.
      if (version !== undefined && version !== event.status.version) {
        reloadPage();
        return;
      }
      version = event.status.version;
      const before = store.state.value.status;
      store.dispatch({ kind: 'event', event, heard: monotonic() });
      if (before !== null && before.instance !== event.status.instance) {
        store.flush();
        onLive();
      }
      return;
    }
    store.dispatch({ kind: 'event', event, heard: monotonic() });
    // The stream leaves response curves out; the history has them.
    if (event.kind === 'warning' && route.kind === 'warning' && route.id === event.warning.id) readHistory(route.id);
  };

  const onLive = (): void => {
    loadLists();
    followShown(true);
  };

  const onChange = (change: ConnectionChange): void => {
    const { time, link } = store.state.value;
    switch (change.kind) {
      case 'live':
        store.dispatch({ kind: 'link', link: { kind: 'live' } });
        store.flush();
        onLive();
        return;
      case 'lost': {
        const since = link.kind === 'lost' ? link.since : time === null ? null : timeNow(time, monotonic());
        store.dispatch({ kind: 'link', link: { kind: 'lost', since, retryAt: change.retryAt, problem: change.problem } });
        store.flush();
        return;
      }
      case 'refused':
        store.dispatch({ kind: 'link', link: { kind: 'refused', problem: change.problem } });
    }
  };

  const connection = connect({ onEvent, onChange });
  return {
    show: (wanted) => {
      route = wanted;
      followShown();
    },
    moreWarnings: () => {
      const { next } = store.state.value.warnings;
      if (next === null || next === undefined || more !== undefined || !live()) return;
      const mine = new AbortController();
      more = mine;
      void take(api.warnings({ state: 'all', before: next, limit: pageSize }, mine.signal), mine.signal, null, (page) => {
        store.dispatch({ kind: 'warnings.more', warnings: page.warnings, next: page.next });
        store.flush();
      }).finally(() => {
        if (more === mine) more = undefined;
      });
    },
    acknowledge: async (id, note) => {
      const answer = await api.acknowledge(id, note, new AbortController().signal);
      if (answer.ok) store.dispatch({ kind: 'revision', warning: answer.value });
      return answer;
    },
    retry: () => connection.retry(),
    stop: () => {
      connection.stop();
      for (const controller of [loading, following, more]) controller?.abort();
    },
  };
}

function both<A, B>(a: Answer<A>, b: Answer<B>): Answer<readonly [A, B]> {
  return a.ok ? (b.ok ? { ok: true, value: [a.value, b.value] } : b) : a;
}
