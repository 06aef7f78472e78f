import type { WarningMessage } from '@breakwater/contracts';
import { formatDuration, formatUtcMinute, timelineParts } from '@breakwater/contracts';
import type { VNode } from 'preact';
import type { Quiet, WarningFilter } from '../app/select.ts';
import type { Slice } from '../app/windowing.ts';
import { WarningMark } from './marks.tsx';
import { momentText, tied } from './text.ts';

/** The height of a warning's row, px: up to three lines and their spacing. The stylesheet has the same. */
export const warningRow = 64;

/** What the list of warnings shows. */
export interface WarningListProps {
  /** Those of the filter, newest onset first. */
  readonly warnings: readonly WarningMessage[];
  /** The part that is drawn. */
  readonly slice: Slice;
  readonly selected: string | undefined;
  readonly cursor: string | null;
  readonly now: number | null;
  /** What to say where there is none. */
  readonly empty: string;
}

/** The name of a warning's entry for the keyboard. */
export const warningEntry = (id: string): string => `warning:${id}`;

/** Warnings, newest first. Only those near what is seen are drawn; the list has the height of all of them. */
export function WarningList({ warnings, slice, selected, cursor, now, empty }: WarningListProps): VNode {
  if (warnings.length === 0) return <p class="empty">{empty}</p>;
  return (
    <ol class="rows warnings" style={{ height: `${String(slice.total)}px` }}>
      {warnings.slice(slice.start, slice.end).map((warning, i) => (
        <li key={warning.id} style={{ top: `${String(slice.top + i * warningRow)}px` }} aria-setsize={warnings.length} aria-posinset={slice.start + i + 1}>
          <WarningRow warning={warning} selected={warning.id === selected} cursor={cursor === warningEntry(warning.id)} now={now} />
        </li>
      ))}
    </ol>
  );
}

function WarningRow({ warning, selected, cursor, now }: { readonly warning: WarningMessage; readonly selected: boolean; readonly cursor: boolean; readonly now: number | null }): VNode {
  return (
    <a
      class={`row warning ${cursor ? 'cursor' : ''}`} href={`#/${warning.asset}/warning/${warning.id}`} data-entry={warningEntry(warning.id)}
      aria-current={selected ? 'page' : undefined}
    >
      <span class="when">{onsetText(warning.onset, now)}</span>
      <span class="name">{warning.asset}</span>
      <WarningMark warning={warning} />
      <span class="sub text">{tied(timelineParts(warning).text)}</span>
    </a>
  );
}

const dayMs = 86_400_000;

/** Time of day, or the date where it was not today. */
function onsetText(onset: number, now: number | null): string {
  if (now === null || Math.floor(onset / dayMs) === Math.floor(now / dayMs)) return formatUtcMinute(onset).replace(' UTC', '');
  return new Date(onset).toISOString().slice(5, 10);
}

/** What the list says where it is empty. `quiet` is null while it is not known. */
export function emptyText(filter: WarningFilter, find: string, quiet: Quiet | null, now: number | null, read: boolean): string {
  if (!read) return 'Reading the warnings.';
  if (find !== '') return `No warning has “${find}” in it.`;
  if (filter === 'ended') return 'No warning has ended yet.';
  return quiet === null || now === null ? 'No warning is open.' : quietText(quiet, now);
}

/** Since when it is quiet: `Quiet since 17:20:00 UTC, 42 min ago, when the last warning ended.` */
export function quietText({ since, after, unwatchedMs }: Quiet, now: number): string {
  const when = momentText(since, now);
  const quiet = after === 'start' ? `Quiet since the daemon was started, ${when}: no warning yet.` : `Quiet since ${when}, when the last warning ended.`;
  return unwatchedMs === 0 ? quiet : `${quiet} Nobody watched for ${formatDuration(unwatchedMs)} of it.`;
}
