import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';

/** A text as Telegram shows it. */
export interface ShownText {
  readonly text: string;
  /** Its parts in bold, in order. */
  readonly bold: readonly string[];
}

type Entity = 'Bold' | 'Italic' | 'Underline' | 'Strikethrough' | 'Spoiler' | 'Code' | 'Pre';
const reserved = '_*[]()~`>#+-=|{}.!';
/** Longest first: `__` is not two `_`. */
const marks: readonly (readonly [string, Entity])[] = [['```', 'Pre'], ['`', 'Code'], ['||', 'Spoiler'], ['__', 'Underline'], ['_', 'Italic'], ['*', 'Bold'], ['~', 'Strikethrough']];

/**
 * Reads MarkdownV2 (https://core.telegram.org/bots/api#markdownv2-style, read 2026-11) and fails where Telegram does, with its words. Links and
 * custom emoji are not simulated: an unescaped `[` is refused.
 */
export function readMarkdownV2(source: string): Result<ShownText, string> {
  let text = '';
  const bold: string[] = [];
  const open: { readonly entity: Entity; readonly at: number; readonly from: number }[] = [];
  for (let i = 0; i < source.length; ) {
    const c = source.charAt(i);
    const code = source.charCodeAt(i + 1);
    if (c === '\\' && code >= 1 && code <= 126) {
      text += source.charAt(i + 1);
      i += 2;
      continue;
    }
    const top = open.at(-1);
    const verbatim = top?.entity === 'Code' || top?.entity === 'Pre';
    if (verbatim ? c !== '`' : !reserved.includes(c)) {
      text += c;
      i++;
      continue;
    }
    // A quotation begins a line.
    if (c === '>' && (i === 0 || source.charAt(i - 1) === '\n')) {
      i++;
      continue;
    }
    const ends = top === undefined ? undefined : marks.find(([mark, entity]) => entity === top.entity && source.startsWith(mark, i));
    const begins = marks.find(([mark]) => source.startsWith(mark, i));
    if (top !== undefined && ends !== undefined && (begins === undefined || begins[0].length <= ends[0].length || verbatim)) {
      if (top.entity === 'Bold') bold.push(text.slice(top.from));
      open.pop();
      i += ends[0].length;
    } else if (begins !== undefined) {
      open.push({ entity: begins[1], at: Buffer.byteLength(source.slice(0, i)), from: text.length });
      i += begins[0].length;
    } else return err(`Character '${c}' is reserved and must be escaped with the preceding '\\'`);
  }
  const left = open.at(-1);
  return left === undefined ? ok({ text, bold }) : err(`Can't find end of ${left.entity} entity at byte offset ${String(left.at)}`);
}
