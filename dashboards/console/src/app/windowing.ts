/** What is seen of a long list. */
export interface Viewport {
  /** How far it is scrolled and how much of it is visible, in pixels. */
  readonly scrollTop: number;
  readonly height: number;
}

/** The part of a list that is drawn. */
export interface Slice {
  /** First row drawn and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Space above the first row drawn and of the whole list, in pixels. */
  readonly top: number;
  readonly total: number;
}

/** Rows drawn beyond either edge, so that a fast scroll shows no blank. */
const overscan = 8;

/** The rows to draw of `count` rows of `rowHeight` pixels. The number drawn depends on the viewport alone, never on `count`. */
export function sliceOf(count: number, rowHeight: number, viewport: Viewport): Slice {
  const total = count * rowHeight;
  const visible = Math.ceil(Math.max(0, viewport.height) / rowHeight) + 1;
  const scrolled = Math.min(Math.max(0, viewport.scrollTop), Math.max(0, total - viewport.height));
  const first = Math.floor(scrolled / rowHeight);
  const start = Math.max(0, first - overscan);
  const end = Math.min(count, first + visible + overscan);
  return { start, end, top: start * rowHeight, total };
}

/** Where to scroll so that a row is wholly seen; the present place when it already is. */
export function scrollToRow(index: number, rowHeight: number, viewport: Viewport): number {
  const top = index * rowHeight;
  if (top < viewport.scrollTop) return top;
  const bottom = top + rowHeight - viewport.height;
  return bottom > viewport.scrollTop ? bottom : viewport.scrollTop;
}

/** Whether so little of what has been loaded lies below that more should be asked for: two screens. */
export function nearEnd(count: number, rowHeight: number, viewport: Viewport): boolean {
  return count * rowHeight - viewport.scrollTop - viewport.height < 2 * viewport.height;
}
