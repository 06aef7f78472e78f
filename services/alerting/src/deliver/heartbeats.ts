import type { Activity } from '@breakwater/platform/activity';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Heartbeat, Notifier } from '../notifiers/notifier.ts';
import { withTimeout } from './with-timeout.ts';

/** What sending signs of life needs. */
export interface HeartbeatsDeps {
  /** Those without `heartbeat` are left out. */
  readonly notifiers: readonly Notifier[];
  readonly clock: Clock;
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  /** One heartbeat may take this long, milliseconds. */
  readonly timeoutMs: number;
  /** Ends the one in hand and drops what waits. */
  readonly signal: AbortSignal;
}

/** Signs of life on their way out. */
export interface Heartbeats {
  /** Hands `beat` to every recipient that takes them. One that is still busy with the last gets it afterwards, unless a newer one has come by then. */
  send(beat: Heartbeat): void;
  /** Resolves when none is on its way. */
  settled(): Promise<void>;
}

/**
 * Sends heartbeats beside the outbox, one at a time a recipient and none twice: what fails is counted, and the next one replaces it. A
 * recipient that hangs keeps neither others nor its own warnings waiting.
 */
export function createHeartbeats(deps: HeartbeatsDeps): Heartbeats {
  const { clock, signal } = deps;
  const count = deps.metrics.counter('breakwater_heartbeats_total', 'Signs of life for each recipient, by what came of them', ['recipient', 'outcome']);
  const stopped = (): boolean => signal.aborted;
  const waiting = new Map<string, Heartbeat>();
  const busy = new Map<string, Promise<void>>();

  const sendOne = async (recipient: string, call: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await withTimeout(clock, signal, deps.timeoutMs, 'heartbeat', call);
      count.inc({ recipient, outcome: 'delivered' });
    } catch (error) {
      if (stopped()) return;
      count.inc({ recipient, outcome: 'failed' });
      deps.log.warn('heartbeat failed', { recipient, error: messageOf(error) });
    }
  };
  const run = async (notifier: Notifier): Promise<void> => {
    // Marked without a break until nothing waits, so that a simulated clock does not move between two.
    const end = deps.activity.begin(`heartbeat ${notifier.name}`);
    try {
      for (let beat = waiting.get(notifier.name); beat !== undefined && !stopped(); beat = waiting.get(notifier.name)) {
        const next = beat;
        waiting.delete(notifier.name);
        await sendOne(notifier.name, async (inner) => notifier.heartbeat?.(next, inner));
      }
    } finally {
      busy.delete(notifier.name);
      end();
    }
  };
  return {
    send: (beat) => {
      if (stopped()) return;
      for (const notifier of deps.notifiers) {
        if (notifier.heartbeat === undefined) continue;
        if (waiting.has(notifier.name)) count.inc({ recipient: notifier.name, outcome: 'replaced' });
        waiting.set(notifier.name, beat);
        if (!busy.has(notifier.name)) busy.set(notifier.name, run(notifier));
      }
    },
    settled: async () => {
      await Promise.all(busy.values());
    },
  };
}
