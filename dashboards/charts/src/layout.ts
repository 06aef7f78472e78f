import { textWidth } from './text-width.ts';

/** `text` in lines of at most `width` px, broken at spaces; a longer word keeps a line of its own. */
export function wrap(text: string, width: number, fontSize: number, bold = false): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, fontSize, bold) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** How many rows `widths` (px, each with its gap) take when filled one after the other into `width` px. */
export function rowsOf(widths: readonly number[], width: number): number {
  let rows = 1;
  let used = 0;
  for (const w of widths) {
    if (used > 0 && used + w > width) {
      rows++;
      used = 0;
    }
    used += w;
  }
  return rows;
}

/** A span on a line, px. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Puts each span, the first ones first, into the topmost of `lanes` rows where it touches no other and none of those `held`; null where none is free. Rows hold
 * no more than fits side by side, so this is O(spans) for spans that are never shorter than a share of the whole.
 */
export function assignLanes(spans: readonly Span[], lanes: number, held: readonly { readonly lane: number; readonly span: Span }[] = []): readonly (number | null)[] {
  const rows = Array.from({ length: lanes }, (_, lane): Span[] => held.filter((one) => one.lane === lane).map(({ span }) => span));
  return spans.map((span) => {
    const lane = rows.findIndex((row) => row.every((other) => span.to <= other.from || span.from >= other.to));
    rows[lane]?.push(span);
    return lane < 0 ? null : lane;
  });
}
