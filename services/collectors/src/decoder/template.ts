import { assert } from '@breakwater/models/core';

/** A piece of a shape: text that stands as it is, or a hole. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'hole'; readonly name: string; readonly quoted: boolean; /** The first byte of what follows a text inside quotes; 0 outside. */ readonly stop: number }
  | { readonly kind: 'words'; readonly flag: Flag | undefined; readonly words: readonly string[] };

/** What the first of some words says. */
export type Flag = 'snapshot' | 'buy' | 'bid' | 'gone';

const FLAGS: readonly string[] = ['snapshot', 'buy', 'bid', 'gone'] satisfies readonly Flag[];
const HOLE = /<([^<>]+)>/g;

/** The pieces of a shape's text. A mistake in a shape is ours: it throws. */
export function piecesOf(template: string): readonly Piece[] {
  const out: Piece[] = [];
  let quotes = 0;
  let at = 0;
  const text = (end: number): void => {
    const part = template.slice(at, end);
    if (part === '') return;
    assert(/^[\x20-\x7e]+$/.test(part), `a shape holds plain text: ${part}`);
    quotes += part.split('"').length - 1;
    out.push({ kind: 'text', text: part });
  };
  for (const match of template.matchAll(HOLE)) {
    text(match.index);
    at = match.index + match[0].length;
    const name = match[1] ?? '';
    const quoted = quotes % 2 === 1;
    if (/[|:]/.test(name)) out.push(wordsOf(name));
    else out.push({ kind: 'hole', name, quoted, stop: quoted ? template.charCodeAt(at) : 0 });
  }
  text(template.length);
  return out;
}

function wordsOf(name: string): Piece {
  const [head = '', rest] = name.split(':');
  const words = (rest ?? head).split('|');
  if (rest === undefined) return { kind: 'words', flag: undefined, words };
  assert(FLAGS.includes(head), `unknown words in a shape: ${name}`);
  return { kind: 'words', flag: head as Flag, words };
}
