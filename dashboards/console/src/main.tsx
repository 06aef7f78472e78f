import { effect } from '@preact/signals';
import { render } from 'preact';
import { createApi } from './app/api.ts';
import { App } from './app/app.tsx';
import { createConnection } from './app/connection.ts';
import { createController } from './app/controller.ts';
import { timeNow } from './app/daemon-time.ts';
import { listenForKeys } from './app/keys.ts';
import { parseRoute } from './app/route.ts';
import { titleOf } from './app/select.ts';
import type { Page } from './app/slots.tsx';
import { createStore, nextFrame } from './app/store.ts';
import { createUi } from './app/ui.ts';

/** Where a reader's token is kept: in this tab, until it is closed. */
const tokenKey = 'breakwater.token';
/** Set before the page is loaded anew for another version of the daemon, so that it can be said afterwards. */
const reloadedKey = 'breakwater.reloaded';
/** Ages are written in whole seconds. */
const tickMs = 1_000;

const monotonic = (): number => performance.now();
const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
/** Spreads tries of many pages: nothing that is computed rests on it. */
const random = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

function start(root: HTMLElement): void {
  let reloaded = sessionStorage.getItem(reloadedKey) !== null;
  sessionStorage.removeItem(reloadedKey);
  const store = createStore(nextFrame);
  const ui = createUi(parseRoute(location.hash));
  const api = createApi({ fetch: (input, init) => fetch(input, init), token: () => sessionStorage.getItem(tokenKey) });
  const controller = createController({
    store, api, monotonic,
    connect: ({ onEvent, onChange }) => createConnection({ api, now: monotonic, wait, random, onEvent, onChange }),
    reloadPage: () => {
      sessionStorage.setItem(reloadedKey, 'true');
      location.reload();
    },
  });
  const page: Page = { store, ui, controller };

  const tick = (): void => {
    const { time, link, status } = store.state.value;
    ui.monotonic.value = monotonic();
    // Ages are those of the daemon's clock; it is not known to run while it is not heard, and ages grow all the same.
    ui.now.value = time === null ? null : timeNow(time, ui.monotonic.value);
    if (reloaded && link.kind === 'live' && status !== null) {
      reloaded = false;
      store.dispatch({ kind: 'restarted', at: status.startedAt });
    }
  };
  // Reading the state inside makes it run again with every change of it.
  effect(tick);
  effect(() => {
    document.title = titleOf(store.state.value);
  });
  setInterval(tick, tickMs);

  addEventListener('hashchange', () => {
    ui.route.value = parseRoute(location.hash);
    ui.revision.value = null;
    controller.show(ui.route.value);
    const main = document.getElementById('main');
    main?.scrollTo(0, 0);
    // What was opened is read next; the lists keep the focus that is in them.
    if (ui.route.value.kind !== 'assets' && ui.route.value.kind !== 'warnings') main?.focus({ preventScroll: true });
  });
  addEventListener('online', () => controller.retry());
  listenForKeys(page);
  controller.show(ui.route.value);
  const onToken = (token: string): void => {
    sessionStorage.setItem(tokenKey, token);
    store.dispatch({ kind: 'link', link: { kind: 'connecting' } });
    controller.retry();
  };
  render(<App {...page} onToken={onToken} />, root);
}

const root = document.getElementById('root');
if (root !== null) start(root);
