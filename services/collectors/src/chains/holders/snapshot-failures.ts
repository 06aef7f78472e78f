import type { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { SnapshotProblem } from '../evm/snapshot.ts';
import { MAX_RETRY_AFTER_MS } from '../follow/endpoints.ts';

/** Why a snapshot was not read on: the contract has none such, an answer is none, no answer came or too few endpoints agreed, or more moved meanwhile than is remembered. A closed list; also a metric label. */
export type SnapshotReject = 'snapshot-refused' | 'snapshot-malformed' | 'snapshot-unread' | 'snapshot-overtaken';

/** Failures to read the snapshots of one token: counted, the first of each kind logged, and followed by a wait that grows with each in a row, and is as long as a node asks for. */
export interface SnapshotFailures {
  /** Asked once a poll: whether it is too early to try again. */
  mustWait(): boolean;
  /** What the contract said cannot be used. */
  refused(problem: SnapshotProblem): void;
  /** No answer came that a quorum agrees on. */
  unread(error: BreakwaterError): void;
  /** Counts what is no failure of a node or contract; nothing waits for it. */
  count(reason: SnapshotReject, detail: string): void;
  /** An answer came. */
  worked(): void;
  /** Failures of all kinds since the last answer. */
  inRow(): number;
  /** Those of them that are the contract's. */
  refusedInRow(): number;
  counts(): Readonly<Record<string, number>>;
}

/** Polls that pass at most after failures in a row. [A] */
const MOST_SKIPPED = 64;

/** Makes it, with nothing failed. */
export function createSnapshotFailures({ token, log, now }: { readonly token: string; readonly log: Log; readonly now: () => number }): SnapshotFailures {
  const counts: Record<string, number> = {};
  let [inRow, refusedInRow, skip] = [0, 0, 0];
  let waitUntil = -Infinity;
  const count = (reason: SnapshotReject, detail: string): void => {
    if (counts[reason] === undefined) log.warn('chain.snapshot-rejected', { token, reason, detail });
    counts[reason] = (counts[reason] ?? 0) + 1;
  };
  const failed = (reason: SnapshotReject, detail: string): void => {
    count(reason, detail);
    inRow++;
    skip = Math.min(MOST_SKIPPED, 2 ** inRow);
  };
  return {
    count,
    mustWait: () => {
      if (skip > 0) {
        skip--;
        return true;
      }
      return now() < waitUntil;
    },
    refused: (problem) => {
      refusedInRow++;
      failed(problem === 'no-snapshot' ? 'snapshot-refused' : 'snapshot-malformed', problem);
    },
    unread: (error) => {
      failed('snapshot-unread', error.message);
      waitUntil = now() + Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
    },
    worked: () => {
      [inRow, refusedInRow, skip] = [0, 0, 0];
    },
    inRow: () => inRow,
    refusedInRow: () => refusedInRow,
    counts: () => counts,
  };
}
