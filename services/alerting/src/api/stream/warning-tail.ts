import type { StreamEvent } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { Journal } from '@breakwater/platform/store';
import { publishedCheckpoint } from '../../published-checkpoint.ts';
import { withoutCurve } from '../../without-curve.ts';
import { eventText } from './event-text.ts';

/** A committed revision, ready to be sent. */
export interface TailEntry {
  readonly row: number;
  readonly text: string;
}

/** The end of the log of warnings, as streams read it. */
export interface WarningTail {
  /** Finds the end of the log. Call once. */
  start(): Promise<void>;
  /** Reads what was committed since; true when there was anything. One call at a time. */
  advance(): Promise<boolean>;
  /** The row of the last revision known of. */
  end(): number;
  /** Revisions after a row, in order of commit, at most a few and none past `end`. From memory where they are recent. */
  read(after: number): Promise<readonly TailEntry[]>;
}

/** Revisions kept in memory. */
const keptEntries = 256;
const pageSize = 100;
/** Revisions given at a time to a reader that was away; it holds them until it has sent them. */
const givenSize = 20;

/** Makes the tail. What it says of a revision is written once, however many streams it goes to. */
export function createWarningTail(deps: { readonly journal: Pick<Journal, 'warnings' | 'checkpoint'>; readonly now: () => EpochMs }): WarningTail {
  const { journal } = deps;
  let kept: readonly TailEntry[] = [];
  /** Every revision after this row is in `kept`. */
  let keptAfter = 0;
  let end = 0;
  const page = async (after: number, size: number = pageSize): Promise<readonly TailEntry[]> =>
    (await journal.warnings(after, size)).map(({ row, warning }) => ({ row, text: eventText({ kind: 'warning', now: deps.now(), warning: withoutCurve(warning) } satisfies StreamEvent, row) }));
  const advance = async (): Promise<boolean> => {
    const before = end;
    for (;;) {
      const next = await page(end);
      const all = [...kept, ...next];
      const dropped = all[all.length - keptEntries - 1];
      kept = all.slice(-keptEntries);
      if (dropped !== undefined) keptAfter = dropped.row;
      end = next.at(-1)?.row ?? end;
      if (next.length < pageSize) return end > before;
    }
  };
  return {
    start: async () => {
      // The stage saves how far it published; what is after that is little.
      end = Number((await journal.checkpoint(publishedCheckpoint)) ?? 0);
      keptAfter = end;
      await advance();
    },
    advance,
    end: () => end,
    read: async (after) => {
      if (after >= keptAfter) return kept.filter(({ row }) => row > after).slice(0, givenSize);
      return (await page(after, givenSize)).filter(({ row }) => row <= end);
    },
  };
}
