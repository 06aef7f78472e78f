/** What a key asks for. */
export type Command = 'next' | 'previous' | 'open' | 'acknowledge' | 'find' | 'help' | 'close';

/** A key press as the page sees it. `typing` is true while the focus is where text is entered. */
export interface KeyPress {
  readonly key: string;
  readonly typing: boolean;
  /** Whether control, alt or the system's key is held: those belong to the browser. */
  readonly modified: boolean;
}

/** Every key with what it does, in the order the help lists them. */
export const keys: readonly { readonly key: string; readonly command: Command; readonly does: string }[] = [
  { key: 'j', command: 'next', does: 'next asset or warning' },
  { key: 'k', command: 'previous', does: 'previous asset or warning' },
  { key: 'Enter', command: 'open', does: 'open it' },
  { key: 'a', command: 'acknowledge', does: 'acknowledge the warning shown' },
  { key: '/', command: 'find', does: 'find an asset or a warning' },
  { key: '?', command: 'help', does: 'this list' },
  { key: 'Escape', command: 'close', does: 'close, or leave a field' },
];

/** The command of a key press; undefined where the key is the browser's or part of a text. */
export function commandOf(press: KeyPress): Command | undefined {
  if (press.modified) return undefined;
  const found = keys.find(({ key }) => key === press.key)?.command;
  return press.typing && found !== 'close' ? undefined : found;
}

/** The entry a step away from the current one, kept inside the list; the first when there is no current one. Undefined for an empty list. */
export function step(entries: readonly string[], current: string | null, by: 1 | -1): string | undefined {
  const at = current === null ? -1 : entries.indexOf(current);
  if (at < 0) return entries[0];
  return entries[Math.min(entries.length - 1, Math.max(0, at + by))];
}
