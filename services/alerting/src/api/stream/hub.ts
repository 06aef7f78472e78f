import type { AssetDetail, AssetSummary, DaemonStatus } from '@breakwater/contracts';
import type { AssetId, Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { LiveView, ViewChange } from '../live-view.ts';
import type { Connection, StreamSink } from './connection.ts';
import { createConnection } from './connection.ts';
import { eventText, pingText, retryMs } from './event-text.ts';
import type { WarningTail } from './warning-tail.ts';

/** What the hub needs. */
export interface StreamHubDeps {
  readonly view: LiveView;
  readonly tail: WarningTail;
  /** The daemon's clock, told with every event. */
  readonly clock: Clock;
  /** Wall time, for how often is sent: the daemon's may run in steps. */
  readonly wall: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly maxStreams: number;
  /** Bytes that may wait for one reader; default 1 MiB. */
  readonly maxBuffered?: number;
}

/** What one reader asks for. */
export interface StreamTerms {
  /** Takes the connection over; called only for a reader that is taken in. */
  readonly sink: () => StreamSink;
  readonly asset: AssetId | undefined;
  /** The cursor after which its warnings begin; those to come when undefined. */
  readonly after: number | undefined;
  readonly status: () => DaemonStatus;
}

/** Everyone who reads the live stream. */
export interface StreamHub {
  start(): Promise<void>;
  /** Takes a reader in: the state of everything first, then changes. Nothing is written to one that is refused. */
  open(terms: StreamTerms): Promise<Result<void, 'too-many-streams'>>;
  /** Ends every stream at once; none is taken in any more. */
  close(): void;
}

/** Least time between two summaries of assets, and what looks for assets that fell silent and shows how far feeds have come, milliseconds. */
const flushEveryMs = 250;
const staleEveryMs = 1_000;
const feedsEveryMs = 5_000;
const pingEveryMs = 15_000;

/** Makes the hub. A state is written once for all its readers; while nobody reads nothing is computed. */
export function createStreamHub(deps: StreamHubDeps): StreamHub {
  const { view, tail, clock, wall, log, metrics } = deps;
  const open = new Map<Connection, StreamSink>();
  const dirty = new Set<AssetId>();
  const shown = new Map<AssetId, AssetSummary['state']>();
  const timers = new Map<string, () => void>();
  let feedsChanged = false;
  let flushedAt = -Infinity;
  let advancing: Promise<void> | undefined;
  let wanted = 0;
  let cancelRetry = (): void => undefined;
  let closed = false;
  let stopListening = (): void => undefined;
  const streams = metrics.gauge('breakwater_api_streams', 'Live streams open');
  const ended = metrics.counter('breakwater_api_streams_ended_total', 'Live streams that ended, by why', ['reason']);

  const assetsText = (assets: readonly AssetSummary[]): string => eventText({ kind: 'assets', now: clock.now(), assets });
  const detailText = (detail: AssetDetail): string => eventText({ kind: 'asset', now: clock.now(), detail });
  const feedsText = (): string => eventText({ kind: 'feeds', now: clock.now(), feeds: view.feeds() });
  const toAll = (text: string): void => {
    for (const connection of open.keys()) connection.show(text);
  };
  const setTimer = (name: string, delayMs: number, fn: () => void): void => {
    timers.get(name)?.();
    timers.set(name, wall.after(delayMs, () => {
      timers.delete(name);
      fn();
    }));
  };
  const every = (name: string, ms: number, fn: () => void): void =>
    setTimer(name, ms, () => {
      fn();
      if (open.size > 0) every(name, ms, fn);
    });

  const flush = (): void => {
    flushedAt = wall.now();
    const assets = view.summaries().filter(({ asset }) => dirty.has(asset));
    dirty.clear();
    if (assets.length > 0) {
      for (const { asset, state } of assets) shown.set(asset, state);
      toAll(assetsText(assets));
      for (const { asset } of assets) {
        const readers = [...open.keys()].filter((connection) => connection.asset === asset);
        const detail = readers.length === 0 ? undefined : view.detail(asset);
        if (detail === undefined) continue;
        const text = detailText(detail);
        for (const reader of readers) reader.show(text);
      }
    }
    if (feedsChanged) toAll(feedsText());
    feedsChanged = false;
  };
  const flushSoon = (): void => {
    if (!timers.has('flush')) setTimer('flush', Math.max(0, flushedAt + flushEveryMs - wall.now()), flush);
  };
  const followed = async (): Promise<void> => {
    const isNew = await tail.advance();
    if (isNew) for (const connection of open.keys()) connection.follow();
  };
  /** Reads on in the log; what is asked for meanwhile is read afterwards. */
  const advance = (): Promise<void> => {
    wanted++;
    advancing ??= (async () => {
      try {
        for (let done = 0; done !== wanted && !closed;) {
          done = wanted;
          await followed();
        }
      } catch (error) {
        log.warn('warnings not read for streams, trying again', { error: messageOf(error) });
        retry();
      } finally {
        advancing = undefined;
      }
    })();
    return advancing;
  };
  const retry = (): void => {
    cancelRetry();
    if (!closed) cancelRetry = wall.after(staleEveryMs, () => void advance());
  };
  const onChange = (change: ViewChange): void => {
    if (change.kind === 'warning') void advance();
    if (open.size === 0) return;
    if (change.kind === 'heartbeat') toAll(eventText({ kind: 'heartbeat', now: clock.now(), heartbeat: change.heartbeat }));
    if (change.kind === 'asset') dirty.add(change.asset);
    if (change.kind === 'feeds') feedsChanged = true;
    if (change.kind === 'asset' || change.kind === 'feeds') flushSoon();
  };
  const startTimers = (): void => {
    every('ping', pingEveryMs, () => [...open.keys()].forEach((connection) => connection.ping(pingText)));
    every('feeds', feedsEveryMs, () => {
      feedsChanged = true;
      flushSoon();
    });
    // An asset turns stale by the clock alone: nothing comes that would say so.
    every('stale', staleEveryMs, () => {
      for (const { asset, state } of view.summaries()) if (shown.get(asset) !== state) dirty.add(asset);
      if (dirty.size > 0) flushSoon();
    });
  };
  const present = (asset: AssetId | undefined): readonly string[] => {
    const detail = asset === undefined ? undefined : view.detail(asset);
    const assets = view.summaries();
    for (const summary of assets) shown.set(summary.asset, summary.state);
    return [assetsText(assets), ...(detail === undefined ? [] : [detailText(detail)])];
  };
  const forget = (connection: Connection, reason: string): void => {
    if (!open.delete(connection)) return;
    ended.inc({ reason });
    streams.set({}, open.size);
    if (open.size > 0) return;
    for (const cancel of timers.values()) cancel();
    timers.clear();
    dirty.clear();
  };

  return {
    start: async () => {
      stopListening = view.onChange(onChange);
      await tail.start();
    },
    open: async ({ sink: takeOver, asset, after, status }) => {
      if (after !== undefined && after > tail.end()) await advance();
      if (closed || open.size >= deps.maxStreams) return err('too-many-streams');
      // A cursor beyond the end is of another store: what comes from now on is all that can be given.
      const from = Math.min(after ?? tail.end(), tail.end());
      const sink = takeOver();
      const connection = createConnection({
        sink, tail, after: from, asset, maxBuffered: deps.maxBuffered ?? 1_048_576,
        present: () => [...present(asset), feedsText()],
        onEnd: (reason) => forget(connection, reason),
      });
      sink.onClose(() => forget(connection, 'reader'));
      open.set(connection, sink);
      streams.set({}, open.size);
      if (open.size === 1) startTimers();
      // The first event carries the cursor, so that a reader that is cut off before the first warning resumes from here.
      connection.show(`retry: ${retryMs}\n${eventText({ kind: 'status', status: status() }, from)}`);
      for (const text of present(asset)) connection.show(text);
      connection.follow();
      return ok(undefined);
    },
    close: () => {
      closed = true;
      stopListening();
      cancelRetry();
      for (const [connection, sink] of open) {
        forget(connection, 'server');
        sink.end();
      }
    },
  };
}
