import { assert } from '@breakwater/models/core';
import { sleep, type Clock } from '../clock/index.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { SeriesPoint, SeriesStore } from './index.ts';
import { recordPoints, type Spool, type SpoolBatch } from './spool.ts';

/** What a spooled store stands on. */
export interface SpooledSeriesDeps {
  /** Where the points belong; it may be away. Repeating an append must change nothing. */
  readonly inner: SeriesStore;
  readonly spool: Spool;
  /** Real time: the database's, also in a drill. */
  readonly wall: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** How the database is, as a person would say it. */
export interface SpooledSeriesStatus {
  /** `delivering`: it takes points. `away`: it does not, and they wait on the disk. `no-space`: nor can they be written there, and the newest wait in memory. */
  readonly state: 'delivering' | 'away' | 'no-space';
  /** Points that wait, on the disk and in memory. */
  readonly waiting: number;
  readonly waitingInMemory: number;
  /** Points lost since the start: over the bound of the disk or of memory. */
  readonly dropped: number;
  readonly reason?: string | undefined;
}

/** A series store that takes points at once and delivers them behind. */
export interface SpooledSeries extends SeriesStore {
  status(): SpooledSeriesStatus;
  /** Delivers what waits, for at most `withinMs`, and stops. What is left is delivered after the next start. */
  close(withinMs: number): Promise<void>;
}

/** Points delivered at once. */
const batchPoints = 5_000;
/** Points kept in memory while the disk takes none: about a minute of fifty assets with ten series each, some ten megabytes. [A] */
const memoryPoints = 30_000;
/** Waits between tries, milliseconds: doubling from the first to the last. */
const firstWaitMs = 250;
const longestWaitMs = 30_000;
/** How long a delivery under way is waited for at the end, milliseconds. What it was is still in the spool. */
const stopWaitMs = 1_000;
/** How long a read waits for what was appended before it, milliseconds. */
const readWaitMs = 2_000;

/**
 * Joins a store that may be away with a spool. An append is done when the spool has it; one worker delivers in order, in batches, and waits longer and longer while the store does not take
 * them. A full disk is no error of the append either: as many of its points as fit the bound wait in memory, are written as soon as there is space again, and the oldest beyond it are
 * lost and counted. Reads see what was appended before them when the store is there; of a backlog, what has been delivered.
 */
export function createSpooledSeries(deps: SpooledSeriesDeps): SpooledSeries {
  const { inner, spool, wall, log } = deps;
  const metrics = measures(deps.metrics);
  // From 0, so that whoever reads rates sees the first one.
  for (const outcome of ['accepted', 'delivered', 'dropped']) metrics.points.inc({ outcome }, 0);
  const stopping = new AbortController();
  let inMemory: readonly SeriesPoint[] = [];
  let lostFromMemory = 0;
  let reportedDrops = 0;
  let away: string | undefined;
  let full: string | undefined;
  let settled = 0;
  let failures = 0;
  let working: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const wakers: (() => void)[] = [];
  let cutWait = (): void => undefined;

  const waiting = (): number => spool.stats().points + inMemory.length;
  const changed = (): void => {
    const { points, bytes, dropped } = spool.stats();
    metrics.waiting.set({ place: 'disk' }, points);
    metrics.waiting.set({ place: 'memory' }, inMemory.length);
    metrics.bytes.set({}, bytes);
    metrics.away.set({}, away === undefined ? 0 : 1);
    metrics.full.set({}, full === undefined ? 0 : 1);
    const lost = dropped + lostFromMemory - reportedDrops;
    if (lost > 0) {
      metrics.points.inc({ outcome: 'dropped' }, lost);
      reportedDrops += lost;
      settled += lost;
      log.warn('points of series lost: more waited than the spool may hold', { points: lost });
    }
    for (const wake of wakers.splice(0)) wake();
  };

  /** Writes to the disk what waits in memory and then `points`, in this order; what it does not take waits in memory. */
  const put = async (points: readonly SeriesPoint[]): Promise<void> => {
    let rest = inMemory.length === 0 ? points : [...inMemory, ...points];
    try {
      while (rest.length > 0) {
        await spool.append(rest.slice(0, recordPoints));
        rest = rest.slice(recordPoints);
      }
      inMemory = [];
      if (full !== undefined) log.info('points of series are written to the spool again', {});
      full = undefined;
    } catch (error) {
      const reason = messageOf(error);
      if (full === undefined) log.error('points of series wait in memory: the spool does not take them', { reason });
      full = reason;
      const over = Math.max(0, rest.length - memoryPoints);
      inMemory = rest.slice(over);
      lostFromMemory += over;
    }
    changed();
  };
  const inTurn = (points: readonly SeriesPoint[]): Promise<void> => (writing = writing.then(() => put(points)));

  const deliver = async (points: readonly SeriesPoint[], done: () => Promise<void>): Promise<boolean> => {
    try {
      await inner.append(points);
    } catch (error) {
      const reason = messageOf(error);
      if (away === undefined) log.warn('series are kept in the spool: the database does not take them', { reason });
      away = reason;
      failures++;
      metrics.failures.inc({});
      changed();
      return false;
    }
    if (away !== undefined) log.info('series are delivered again', { waiting: spool.stats().points });
    away = undefined;
    settled += points.length;
    metrics.points.inc({ outcome: 'delivered' }, points.length);
    // Delivered: when the file cannot be made smaller, it comes again after a restart, which does no harm.
    await done().catch((error: unknown) => log.warn('spool of series not made smaller', { reason: messageOf(error) }));
    changed();
    return true;
  };
  /** What waits in memory comes after what waits on the disk. No append waits for it: it may be written meanwhile, and is then delivered twice, which does no harm. */
  const deliverMemory = async (): Promise<boolean> => {
    const points = inMemory.slice(0, batchPoints);
    if (points.length === 0) return true;
    const given = new Set(points);
    return deliver(points, async () => void (inMemory = inMemory.filter((point) => !given.has(point))));
  };
  const pause = async (attempt: number): Promise<void> => {
    const cut = new AbortController();
    cutWait = () => cut.abort();
    await sleep(wall, Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 10)), AbortSignal.any([cut.signal, stopping.signal])).catch(() => undefined);
    cutWait = () => undefined;
  };
  const work = async (): Promise<void> => {
    let held: SpoolBatch | undefined;
    let attempt = 0;
    const isStopped = (): boolean => stopping.signal.aborted;
    while (!isStopped()) {
      if (inMemory.length > 0) await inTurn([]);
      try {
        held ??= await spool.take(batchPoints);
      } catch (error) {
        log.error('spool of series not read, trying again', { reason: messageOf(error) });
        await pause(attempt++);
        continue;
      }
      const batch = held;
      const isDelivered = batch === undefined ? inMemory.length === 0 || (await deliverMemory()) : await deliver(batch.points, () => spool.done(batch));
      if (isDelivered) {
        if (waiting() === 0) return;
        held = undefined;
        attempt = 0;
      } else await pause(attempt++);
    }
  };
  const start = (): void => {
    if (working !== undefined || stopping.signal.aborted) return;
    working = work().finally(() => {
      working = undefined;
      // Something may have been appended after the last look and before this.
      if (waiting() > 0) start();
      else for (const wake of wakers.splice(0)) wake();
    });
  };
  const settle = async (withinMs: number): Promise<void> => {
    const target = settled + waiting();
    const failuresBefore = failures;
    const wait = { isOver: false };
    const cancel = wall.after(withinMs, () => {
      wait.isOver = true;
      for (const wake of wakers.splice(0)) wake();
    });
    while (settled < target && failures === failuresBefore && away === undefined && !wait.isOver) await new Promise<void>((resolve) => wakers.push(resolve));
    cancel();
  };
  const within = (task: Promise<void> | undefined, ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = wall.after(ms, resolve);
      void (task ?? Promise.resolve()).finally(() => {
        cancel();
        resolve();
      });
    });

  changed();
  if (waiting() > 0) start();
  return {
    append: async (points) => {
      for (const point of points) assert(Number.isFinite(point.value), `point of ${point.series} is not a finite number`);
      if (points.length === 0) return;
      metrics.points.inc({ outcome: 'accepted' }, points.length);
      await inTurn(points);
      start();
    },
    range: async (...query) => {
      await settle(readWaitMs);
      return inner.range(...query);
    },
    extremes: async (...query) => {
      await settle(readWaitMs);
      return inner.extremes(...query);
    },
    prune: async (before) => {
      await settle(readWaitMs);
      await spool.forgetDone();
      return inner.prune(before);
    },
    status: () => {
      const { dropped } = spool.stats();
      return {
        state: full !== undefined ? 'no-space' : away !== undefined ? 'away' : 'delivering', waiting: waiting(), waitingInMemory: inMemory.length,
        dropped: dropped + lostFromMemory, reason: full ?? away,
      };
    },
    close: async (withinMs) => {
      cutWait();
      // The worker ends when nothing waits. Of a database that is away nothing is hoped for.
      if (away === undefined) await within(working, withinMs);
      stopping.abort();
      await within(working, stopWaitMs);
      await inTurn([]);
      await spool.forgetDone().catch(() => undefined);
    },
  };
}

function measures(metrics: Metrics) {
  return {
    points: metrics.counter('breakwater_series_points_total', 'Points of series, by what became of them: accepted, delivered to the database, dropped because more waited than the spool may hold', ['outcome']),
    failures: metrics.counter('breakwater_series_delivery_failures_total', 'Deliveries of series to the database that failed and are tried again'),
    waiting: metrics.gauge('breakwater_series_waiting_points', 'Points of series that wait for the database, by where', ['place']),
    bytes: metrics.gauge('breakwater_series_spool_bytes', 'Size of the spool of series'),
    away: metrics.gauge('breakwater_series_database_away', '1 while the database of series takes nothing'),
    full: metrics.gauge('breakwater_series_spool_full', '1 while the spool of series cannot be written and points wait in memory'),
  };
}
