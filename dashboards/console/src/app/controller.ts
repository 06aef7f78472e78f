import type { StreamEvent, WarningMessage } from '@breakwater/contracts';
import type { Answer, Api } from './api.ts';
import type { Connection, ConnectionChange } from './connection.ts';
import { timeNow } from './daemon-time.ts';
import { createReader } from './reader.ts';
import { assetOf, type Route } from './route.ts';
import { sortAssets } from './select.ts';
import type { ConsoleState, Link } from './state.ts';
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

/** Makes the controller: it keeps the connection on the asset that is shown and has read what the stream does not bring. */
export function createController({ store, api, connect, monotonic, reloadPage }: ControllerDeps): Controller {
  const reader = createReader(api, store);
  let route: Route = { kind: 'assets' };
  let followed: string | undefined;
  let version: string | undefined;
  const isLive = (): boolean => store.state.value.link.kind === 'live';

  /** Turns the stream to the asset shown and has read what it does not bring; `again` also when it is the same as before. */
  const followShown = (again = false): void => {
    const asset = shownAsset(route, followed, store.state.value);
    const turned = asset !== followed;
    followed = asset;
    if (turned) store.dispatch({ kind: 'shown', asset: asset ?? null });
    connection.follow(asset);
    if (!isLive()) return;
    if (asset !== undefined && (turned || again)) reader.asset(asset);
    if (route.kind === 'warning' && (again || store.state.value.history?.id !== route.id)) reader.history(route.id);
  };
  const onLive = (): void => {
    reader.lists(() => followShown());
    followShown(true);
  };
  const onEvent = (event: StreamEvent): void => {
    const before = store.state.value.status?.instance;
    // The page belongs to a version of the daemon; another one brings its own.
    if (event.kind === 'status' && version !== undefined && version !== event.status.version) {
      reloadPage();
      return;
    }
    store.dispatch({ kind: 'event', event, heard: monotonic() });
    if (event.kind === 'status') {
      ({ version } = event.status);
      if (before === undefined || before === event.status.instance) return;
      store.flush();
      onLive();
    }
    // The stream leaves response curves out; the history has them.
    if (event.kind === 'warning' && route.kind === 'warning' && route.id === event.warning.id) reader.history(route.id);
  };
  const onChange = (change: ConnectionChange): void => {
    store.dispatch({ kind: 'link', link: linkAfter(change, store.state.value, monotonic()) });
    store.flush();
    if (change.kind === 'live') onLive();
  };

  const connection = connect({ onEvent, onChange });
  return {
    show: (wanted) => {
      route = wanted;
      followShown();
    },
    moreWarnings: () => {
      if (isLive()) reader.older();
    },
    acknowledge: async (id, note) => {
      const answer = await api.acknowledge(id, note, new AbortController().signal);
      if (answer.ok) store.dispatch({ kind: 'revision', warning: answer.value });
      return answer;
    },
    retry: () => connection.retry(),
    stop: () => {
      connection.stop();
      reader.stop();
    },
  };
}

/** The asset the page shows: the one the address names, else the one in most danger when the list was first read. */
function shownAsset(route: Route, followed: string | undefined, { assets }: Pick<ConsoleState, 'assets'>): string | undefined {
  const named = assetOf(route);
  if (named !== undefined || route.kind === 'feeds') return named ?? followed;
  return followed !== undefined && (assets === null || assets.has(followed)) ? followed : sortAssets(assets?.values() ?? [])[0]?.asset;
}

/** How the page stands with the daemon after a change; since when it is lost is kept over many tries. */
function linkAfter(change: ConnectionChange, { link, time }: Pick<ConsoleState, 'link' | 'time'>, monotonic: number): Link {
  switch (change.kind) {
    case 'live':
    case 'refused':
      return change;
    case 'lost':
      return { kind: 'lost', since: link.kind === 'lost' ? link.since : time === null ? null : timeNow(time, monotonic), retryAt: change.retryAt, problem: change.problem };
  }
}
