import type { AssetMessage, GlobalMessage } from '@breakwater/contracts';
import type { EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';

/** What scoring folds: everything but watermarks and forced ticks, which only move time. */
export type FoldMessage = Exclude<AssetMessage | GlobalMessage, { readonly kind: 'watermark' | 'tick.due' }>;

/** Settings of the aligner. */
export interface AlignerOptions {
  /** A tick happens at every multiple of this since the epoch, milliseconds. */
  readonly tickEveryMs: number;
  /** A source whose watermark is this far behind a tick is behind it, milliseconds. */
  readonly behindAfterMs: number;
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
  /** The tick at `t` waits no longer, nor does any before it. */
  force(t: EpochMs): void;
  /** A source that is down is not waited for until its next watermark. */
  release(source: SourceId): void;
  /** Ticks at or before `t` have been done (by an earlier run). */
  resumeAfter(t: EpochMs): void;
  /** The tick that is due at `now` (our clock) with its messages in order, or undefined. After a gap the latest due tick is given, with everything before it. */
  due(now: EpochMs): AlignedTick | undefined;
  /** The tick that `now` says has waited long enough, or undefined: what `due` would force. */
  overdue(now: EpochMs): EpochMs | undefined;
  /** When to call `due` again if no watermark comes before, or undefined. */
  nextDeadline(): EpochMs | undefined;
  stats(): AlignerStats;
  /** Everything it holds, as JSON can carry it; counters are not part of it. */
  save(): SavedAligner;
}

/** What an aligner holds. */
export interface SavedAligner {
  readonly marks: readonly (readonly [SourceId, number])[];
  readonly lastAt: readonly (readonly [string, number])[];
  readonly transfers: number;
  readonly buffer: readonly Held[];
  readonly doneThrough: number | undefined;
  readonly forcedThrough: number | undefined;
}

/** A tick and what to fold before it. */
export interface AlignedTick {
  readonly at: EpochMs;
  readonly messages: readonly FoldMessage[];
  /** Live sources that had not passed the tick when its lateness ran out. */
  readonly lagging: readonly SourceId[];
  /** Of them those that have promised nothing for so long that what they said last is old; none that never promised anything. */
  readonly behind: ReadonlySet<SourceId>;
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

type ChainKind = 'transfer' | 'holders' | 'label.review' | 'reserve' | 'reserve.event' | 'producers';
/** What chains say of an asset. */
const chainKinds: ReadonlySet<string> = new Set<ChainKind>(['transfer', 'holders', 'label.review', 'reserve', 'reserve.event', 'producers']);

function isOfChain(message: FoldMessage): message is Extract<FoldMessage, { readonly kind: ChainKind }> {
  return chainKinds.has(message.kind);
}

function compare(a: Held, b: Held): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.message.source !== b.message.source) return a.message.source < b.message.source ? -1 : 1;
  return a.order - b.order;
}

/** Makes an aligner, empty or with what `saved` holds. `push` and `watermark` are O(1); `due` sorts what it returns. */
export function createAligner(options: AlignerOptions, saved?: SavedAligner): Aligner {
  const { tickEveryMs, latenessMs } = options;
  const marks = new Map<SourceId, number>(saved?.marks);
  // Changes of one book, and what a chain says of an asset (a transfer included, reverted, included again, what a reserve held after it), make sense only in the order in which their source told
  // them, whatever times say: a polled snapshot has our clock's time and the updates on it the venue's. Sequence numbers start anew with
  // a source, so that transfers restored after a restart cannot be ordered by them.
  const lastAt = new Map<string, number>(saved?.lastAt);
  let transfers = saved?.transfers ?? 0;
  let buffer: Held[] = [...(saved?.buffer ?? [])];
  let doneThrough: number | undefined = saved?.doneThrough;
  let forcedThrough: number | undefined = saved?.forcedThrough;
  let late = 0;
  let forced = 0;
  let ahead = 0;

  const boundaryAtOrBefore = (t: number): number => Math.floor(t / tickEveryMs) * tickEveryMs;
  const slowest = (): number => {
    let least = Infinity;
    for (const mark of marks.values()) least = Math.min(least, mark);
    return least;
  };
  const overdueAt = (now: EpochMs): number => {
    const starting = now < options.startedAt + options.startGraceMs;
    return buffer.length > options.bufferLimit ? boundaryAtOrBefore(now) : starting ? -Infinity : boundaryAtOrBefore(now - latenessMs);
  };
  /** Whether a tick at this time can be: the first tick ever waits for something to fold. */
  const canBe = (at: number): boolean => at > (doneThrough ?? 0) && (doneThrough !== undefined || buffer.some((held) => held.at <= at));

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
      if (kept.kind !== 'book' && !isOfChain(kept)) {
        buffer.push({ message: kept, at: kept.eventTime, order: kept.seq });
        return;
      }
      // Across assets a bus keeps no order: transfers of another asset may come first, and be later.
      const log = kept.kind === 'book' ? kept.instrument : `${kept.source} ${kept.asset}`;
      const at = Math.max(kept.eventTime, lastAt.get(log) ?? 0);
      lastAt.set(log, at);
      buffer.push({ message: kept, at, order: kept.kind === 'book' ? kept.seq : transfers++ });
    },
    watermark: (source, eventTime) => void marks.set(source, Math.max(eventTime, marks.get(source) ?? 0)),
    force: (t) => {
      forcedThrough = Math.max(t, forcedThrough ?? t);
    },
    release: (source) => void marks.delete(source),
    resumeAfter: (t) => {
      // Assets may have been saved at different ticks: the earliest is repeated for all, which changes nothing for the others' readers.
      doneThrough = Math.min(t, doneThrough ?? t);
    },
    due: (now) => {
      const reached = slowest();
      const complete = reached === Infinity ? -Infinity : boundaryAtOrBefore(reached);
      const overdue = Math.max(overdueAt(now), boundaryAtOrBefore(forcedThrough ?? -Infinity));
      const at = marks.size === 0 ? overdue : Math.max(complete, overdue);
      if (!canBe(at)) return undefined;
      const lagging = at > complete ? [...marks].filter(([, mark]) => mark < at).map(([source]) => source) : [];
      if (lagging.length > 0) forced++;
      const messages = buffer.filter((held) => held.at <= at).sort(compare).map(({ message }) => message);
      buffer = buffer.filter((held) => held.at > at);
      doneThrough = at;
      const behind = new Set(lagging.filter((source) => (marks.get(source) ?? 0) > 0 && at - (marks.get(source) ?? 0) > options.behindAfterMs));
      return { at: epochMs(at), messages, lagging, behind };
    },
    overdue: (now) => {
      const at = overdueAt(now);
      return canBe(at) ? epochMs(at) : undefined;
    },
    nextDeadline: () => {
      const next = (doneThrough ?? boundaryAtOrBefore(buffer[0]?.at ?? Infinity)) + tickEveryMs + latenessMs;
      // Nothing is forced while sources start: an overdue tick would otherwise be asked for without end.
      return Number.isFinite(next) ? epochMs(Math.max(next, options.startedAt + options.startGraceMs)) : undefined;
    },
    stats: () => ({ buffered: buffer.length, late, forced, ahead }),
    save: () => ({ marks: [...marks], lastAt: [...lastAt], transfers, buffer: [...buffer], doneThrough, forcedThrough }),
  };
}
