import type { WarningMessage } from '@breakwater/contracts';

/** Whether a warning still stands. */
export function isOpen(warning: WarningMessage): boolean {
  return warning.state === 'firing' || warning.state === 'acknowledged';
}

/** Newest onset first; the id decides between two of one moment. */
function before(a: WarningMessage, b: WarningMessage): number {
  return b.onset - a.onset || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A list with others put in: of two revisions of one warning the later stays. O(n + k log k). The same list when nothing is new. */
export function mergeWarnings(list: readonly WarningMessage[], incoming: Iterable<WarningMessage>): readonly WarningMessage[] {
  const latest = new Map<string, WarningMessage>();
  for (const warning of incoming) {
    const held = latest.get(warning.id);
    if (held === undefined || warning.revision > held.revision) latest.set(warning.id, warning);
  }
  const kept = list.map((held) => {
    const other = latest.get(held.id);
    latest.delete(held.id);
    return other === undefined || other.revision <= held.revision ? held : other;
  });
  if (latest.size === 0) return kept.some((warning, i) => warning !== list[i]) ? kept : list;
  const added = [...latest.values()].sort(before);
  const merged: WarningMessage[] = [];
  let i = 0;
  for (const warning of kept) {
    for (let next = added[i]; next !== undefined && before(next, warning) < 0; next = added[i]) {
      merged.push(next);
      i++;
    }
    merged.push(warning);
  }
  return [...merged, ...added.slice(i)];
}
