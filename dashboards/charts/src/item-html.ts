import { escapeHtml } from './escape.ts';
import { dataIndexOf } from './params.ts';

/** The text of the item a tooltip points at, as HTML; `params` is what ECharts passes. */
export function itemHtml<T>(items: readonly T[], params: unknown, text: (item: T) => readonly string[]): string {
  const index = dataIndexOf(params);
  const item = index === undefined ? undefined : items[index];
  return item === undefined ? '' : text(item).map((line) => escapeHtml(line)).join('<br>');
}
