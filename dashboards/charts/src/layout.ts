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

/** Puts each span, in order, into the first of `lanes` rows where it touches no earlier one; null where none is free. O(spans x lanes). */
export function assignLanes(spans: readonly Span[], lanes: number): readonly (number | null)[] {
  const ends = new Array<number>(lanes).fill(-Infinity);
  return spans.map(({ from, to }) => {
    const lane = ends.findIndex((end) => end <= from);
    if (lane < 0) return null;
    ends[lane] = to;
    return lane;
  });
}
