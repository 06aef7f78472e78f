import type { AssetMessage, GlobalMessage } from '@breakwater/contracts';
import type { EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';

/** What scoring folds: everything but watermarks, which only move time. */
export type FoldMessage = AssetMessage | Exclude<GlobalMessage, { readonly kind: 'watermark' }>;

/** Settings of the aligner. */
export interface AlignerOptions {
  /** A tick happens at every multiple of this since the epoch, milliseconds. */
  readonly tickEveryMs: number;
  /** How long after a tick's time has passed on our clock a source may keep it waiting, milliseconds. */
  readonly latenessMs: number;
  /** Event times further ahead of our clock than this are taken as the time of receipt, milliseconds. */
  readonly maxAheadMs: number;
  /** Most messages held; beyond it the oldest tick is forced. */
  readonly bufferLimit: number;
  /** Our clock at the start, and how long after it no tick is forced: sources need time to connect and read their books. */
  readonly startedAt: EpochMs;
  readonly startGraceMs: number;
}

/** Puts the messages of many sources into one order, (event time, source, sequence), and says when a tick's time has come. Pure: time is passed in. */
export interface Aligner {
  /** A source whose watermark is waited for from now on. */
  expect(source: SourceId): void;
  push(message: FoldMessage): void;
  watermark(source: SourceId, eventTime: EpochMs): void;
  /** A source that is down is not waited for until its next watermark. */
  release(source: SourceId): void;
  /** Ticks at or before `t` have been done (by an earlier run). */
  resumeAfter(t: EpochMs): void;
  /** The tick that is due at `now` (our clock) with its messages in order, or undefined. After a gap the latest due tick is given, with everything before it. */
  due(now: EpochMs): AlignedTick | undefined;
  /** When to call `due` again if no watermark comes before, or undefined. */
  nextDeadline(): EpochMs | undefined;
  stats(): AlignerStats;
}

/** A tick and what to fold before it. */
export interface AlignedTick {
  readonly at: EpochMs;
  readonly messages: readonly FoldMessage[];
  /** Live sources that had not passed the tick when its lateness ran out. */
  readonly lagging: readonly SourceId[];
}

/** Counters of an aligner. */
export interface AlignerStats {
  readonly buffered: number;
  /** Messages that came after the tick they belonged to; folded at the next one. */
  readonly late: number;
  /** Ticks that did not wait for every live source. */
  readonly forced: number;
  /** Messages whose event time was too far ahead of our clock. */
  readonly ahead: number;
}

/** A message and its place. */
interface Held {
  readonly message: FoldMessage;
  readonly at: number;
  readonly order: number;
}

function compare(a: Held, b: Held): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.message.source !== b.message.source) return a.message.source < b.message.source ? -1 : 1;
  return a.order - b.order;
}

/** Makes an aligner. `push` and `watermark` are O(1); `due` sorts what it returns. */
export function createAligner(options: AlignerOptions): Aligner {
  const { tickEveryMs, latenessMs } = options;
  const marks = new Map<SourceId, number>();
  // A transfer's states (included, reverted, included again) make sense only in the order in which the chain's feed told them, whatever blocks'
  // times say; and sequence numbers start anew with the feed, so that those restored after a restart cannot be ordered by them.
  const transfersAt = new Map<SourceId, number>();
  let transfers = 0;
  let buffer: Held[] = [];
  let doneThrough: number | undefined;
  let late = 0;
  let forced = 0;
  let ahead = 0;

  const boundaryAtOrBefore = (t: number): number => Math.floor(t / tickEveryMs) * tickEveryMs;
  const slowest = (): number => {
    let least = Infinity;
    for (const mark of marks.values()) least = Math.min(least, mark);
    return least;
  };

  return {
    expect: (source) => {
      if (!marks.has(source)) marks.set(source, 0);
    },
    push: (message) => {
      let kept = message;
      if (message.eventTime > message.receivedAt + options.maxAheadMs) {
        ahead++;
        kept = { ...message, eventTime: message.receivedAt };
      }
      if (doneThrough !== undefined && kept.eventTime <= doneThrough) late++;
      if (kept.kind !== 'transfer') {
        buffer.push({ message: kept, at: kept.eventTime, order: kept.seq });
        return;
      }
      const at = Math.max(kept.eventTime, transfersAt.get(kept.source) ?? 0);
      transfersAt.set(kept.source, at);
      buffer.push({ message: kept, at, order: transfers++ });
    },
    watermark: (source, eventTime) => void marks.set(source, Math.max(eventTime, marks.get(source) ?? 0)),
    release: (source) => void marks.delete(source),
    resumeAfter: (t) => {
      // Assets may have been saved at different ticks: the earliest is repeated for all, which changes nothing for the others' readers.
      doneThrough = Math.min(t, doneThrough ?? t);
    },
    due: (now) => {
      const reached = slowest();
      const complete = reached === Infinity ? -Infinity : boundaryAtOrBefore(reached);
      const starting = now < options.startedAt + options.startGraceMs;
      const overdue = buffer.length > options.bufferLimit ? boundaryAtOrBefore(now) : starting ? -Infinity : boundaryAtOrBefore(now - latenessMs);
      const at = marks.size === 0 ? overdue : Math.max(complete, overdue);
      if (!(at > (doneThrough ?? 0))) return undefined;
      // The first tick ever waits for something to fold.
      if (doneThrough === undefined && !buffer.some((held) => held.at <= at)) return undefined;
      const lagging = at > complete ? [...marks].filter(([, mark]) => mark < at).map(([source]) => source) : [];
      if (lagging.length > 0) forced++;
      const messages = buffer.filter((held) => held.at <= at).sort(compare).map(({ message }) => message);
      buffer = buffer.filter((held) => held.at > at);
      doneThrough = at;
      return { at: epochMs(at), messages, lagging };
    },
    nextDeadline: () => {
      const next = (doneThrough ?? boundaryAtOrBefore(buffer[0]?.at ?? Infinity)) + tickEveryMs + latenessMs;
      return Number.isFinite(next) ? epochMs(next) : undefined;
    },
    stats: () => ({ buffered: buffer.length, late, forced, ahead }),
  };
}
