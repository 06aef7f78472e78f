import { assetEntry } from '../view/asset-list.tsx';
import { warningEntry } from '../view/warning-list.tsx';
import { commandOf, step, type Command } from './keyboard.ts';
import { filterAssets, filterWarnings, leadWarning, sortAssets } from './select.ts';
import { formatRoute } from './route.ts';
import type { Page } from './slots.tsx';
import type { ConsoleState } from './state.ts';

/** Listens for keys until stopped. Returns what stops it. */
export function listenForKeys(page: Page): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    const command = commandOf({ key: event.key, typing: isTextField(target), modified: event.ctrlKey || event.altKey || event.metaKey });
    if (command === undefined || isCovered(page)) return;
    // A button or link that has the focus is opened by the browser, unless a key has just moved on from it.
    const focused = target?.closest<HTMLElement>('a,button');
    if (command === 'open' && focused != null && (focused.dataset['entry'] === undefined || focused.dataset['entry'] === page.ui.cursor.value)) return;
    if (act(page, command, target)) event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** Whether a dialog is open or about to be: it has keys of its own. One that the browser has closed is told to the page only a moment later. */
function isCovered({ ui }: Page): boolean {
  return ui.overlay.value !== null && document.querySelector('dialog')?.open !== false;
}

function isTextField(element: HTMLElement | undefined): boolean {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element?.isContentEditable === true;
}

/** Does what a key asks for; false where there was nothing to do. */
function act({ store, ui }: Page, command: Command, target: HTMLElement | undefined): boolean {
  const state = store.state.value;
  switch (command) {
    case 'next':
    case 'previous': {
      const entry = step(entriesOf(state, ui), ui.cursor.value, command === 'next' ? 1 : -1);
      if (entry === undefined) return false;
      ui.cursor.value = entry;
      // It is drawn with the next frame.
      requestAnimationFrame(() => rowOf(entry)?.focus());
      return true;
    }
    case 'open': {
      const place = placeOf(state, ui.cursor.value);
      if (place === undefined) return false;
      location.hash = place;
      return true;
    }
    case 'acknowledge': {
      if (state.status?.mayWrite !== true) return false;
      const route = ui.route.value;
      const warning = route.kind === 'warning' ? state.warnings.list.find(({ id }) => id === route.id) : state.shown === null ? undefined : leadWarning(state.warnings.list, state.shown);
      if (warning?.state !== 'firing' || route.kind === 'feeds') return false;
      ui.overlay.value = { kind: 'acknowledge', id: warning.id };
      return true;
    }
    case 'find':
      document.getElementById('find')?.focus();
      return true;
    case 'help':
      ui.overlay.value = { kind: 'help' };
      return true;
    case 'close':
      if (target instanceof HTMLInputElement && target.id === 'find') ui.find.value = '';
      target?.blur();
      return true;
  }
}

/** Everything the keys move through: the assets as listed, then the warnings as listed. */
function entriesOf(state: ConsoleState, ui: Page['ui']): readonly string[] {
  const drawn = [...document.querySelectorAll<HTMLElement>('.assets [data-entry]')].map((row) => row.dataset['entry'] ?? '');
  const assets = drawn.length > 0 ? drawn : filterAssets(sortAssets(state.assets?.values() ?? []), ui.find.value).map(({ asset }) => assetEntry(asset));
  return [...assets, ...filterWarnings(state.warnings.list, ui.filter.value, ui.find.value).map(({ id }) => warningEntry(id))];
}

/** The address of an entry; it need not be drawn. */
function placeOf(state: ConsoleState, entry: string | null): string | undefined {
  const asset = [...(state.assets?.keys() ?? [])].find((name) => assetEntry(name) === entry);
  if (asset !== undefined) return formatRoute({ kind: 'asset', asset });
  const warning = state.warnings.list.find(({ id }) => warningEntry(id) === entry);
  return warning === undefined ? undefined : formatRoute({ kind: 'warning', asset: warning.asset, id: warning.id });
}

function rowOf(entry: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('[data-entry]')].find((row) => row.dataset['entry'] === entry);
}
