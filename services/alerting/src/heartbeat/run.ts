import type { EpochMs } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { everyAligned } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Journal } from '@breakwater/platform/store';
import type { LiveView } from '../api/live-view.ts';
import type { Heartbeat } from '../notifiers/notifier.ts';
import type { HeartbeatConfig } from './config.ts';
import { gapIntervals, nextBeat, noBeats } from './heartbeat.ts';
import type { BeatState } from './saved-beats.ts';
import { loadBeats, saveBeats } from './saved-beats.ts';
import type { Signer } from './sign.ts';
import { signHeartbeat } from './sign.ts';

/** What signs of life need. */
export interface HeartbeatDeps {
  readonly bus: Bus;
  readonly journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>;
  readonly clock: Clock;
  /** Is busy while one is made. */
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly config: HeartbeatConfig;
  readonly view: Pick<LiveView, 'pulses' | 'counts'>;
  readonly modelVersion: string;
  readonly signer: Signer;
  /** Two heartbeats further apart than this have a gap between them, milliseconds; default 2.5 intervals. A clock that moves in larger steps by nature needs more. */
  readonly gapAfterMs?: number;
  /** Told of each, after it is on topic `heartbeats`. */
  readonly onHeartbeat: (beat: Heartbeat) => void;
}

/** The maker of signs of life. */
export interface HeartbeatMaker {
  /** Reads what was before, then makes one at every multiple of the interval. Call once. */
  start(): Promise<void>;
  /** Makes no more; resolves when the one in hand is done. */
  stop(): Promise<void>;
  /** The latest; null before the first since the start. */
  latest(): Heartbeat | null;
}

/** The checkpoint with the number and time of the last heartbeat. */
export const heartbeatCheckpoint = 'heartbeat';

/**
 * Makes a heartbeat at every multiple of the interval by the daemon's clock; a clock that jumps over several gives one. Its number is
 * stored before it is sent, so that none is sent twice; a number that is missing belongs to one that was stored and not sent. While the
 * store fails none is made: a daemon that cannot store cannot warn either, and its silence says so.
 */
export function createHeartbeatMaker(deps: HeartbeatDeps): HeartbeatMaker {
  const { clock, journal, config, log } = deps;
  const intervalMs = config.everySeconds * 1_000;
  const count = deps.metrics.counter('breakwater_heartbeats_made_total', 'Signs of life, by what came of making them', ['outcome']);
  // From 0, so that whoever reads rates sees the first one.
  for (const outcome of ['made', 'failed']) count.inc({ outcome }, 0);
  let state: BeatState = noBeats;
  let latest: Heartbeat | null = null;
  let stopTimer = (): void => undefined;
  let turn: Promise<void> = Promise.resolve();

  const beat = async (at: EpochMs): Promise<void> => {
    // A restart within the moment of a heartbeat gives no second one of it.
    if (at === state.at) return;
    const next = nextBeat(state, {
      at, receivedAt: clock.now(), intervalSeconds: config.everySeconds, gapAfterMs: deps.gapAfterMs ?? gapIntervals * intervalMs,
      assets: deps.view.pulses(), ...deps.view.counts(), modelVersion: deps.modelVersion,
    });
    await journal.saveCheckpoints({ [heartbeatCheckpoint]: saveBeats(next.state) });
    state = next.state;
    latest = { message: next.message, signed: signHeartbeat(deps.signer, next.message) };
    deps.bus.publish('heartbeats', next.message);
    count.inc({ outcome: 'made' });
    deps.onHeartbeat(latest);
  };
  const onTime = (at: EpochMs): void => {
    const end = deps.activity.begin('heartbeat');
    turn = turn
      .then(() => beat(at))
      .catch((error: unknown) => {
        count.inc({ outcome: 'failed' });
        log.error('heartbeat not made', { error: messageOf(error) });
      })
      .finally(end);
  };
  return {
    start: async () => {
      const text = await journal.checkpoint(heartbeatCheckpoint);
      const loaded = text === undefined ? undefined : loadBeats(text);
      if (loaded?.ok === true) state = loaded.value;
      else if (loaded !== undefined) log.error('heartbeats count from 0: their checkpoint cannot be read', { error: loaded.error });
      stopTimer = everyAligned(clock, intervalMs, onTime);
    },
    stop: async () => {
      stopTimer();
      await turn;
    },
    latest: () => latest,
  };
}
