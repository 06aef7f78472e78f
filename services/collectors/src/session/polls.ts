import type { FeedChannel } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { everyAligned } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Intake } from '../intake/intake.ts';
import type { PollPlan } from '../venue.ts';
import type { Requests } from './requests.ts';

/** What polling needs. */
export interface PollDeps {
  readonly polls: readonly PollPlan[];
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly requests: Requests;
  readonly deepRequests: Requests;
  readonly intake: Pick<Intake, 'answer'>;
  /** A channel's polls began to fail, or all of them work again. */
  readonly onHealth: (channel: FeedChannel, status: 'ok' | 'stale', detail: string, at: EpochMs) => void;
}

/** Polls that run. */
export interface Polls {
  /** Runs these from now on: new ones at once, those that stay in their turn; a poll whose request changed in its next turn. */
  change(polls: readonly PollPlan[]): void;
  stop(): void;
  stats(): { readonly answered: number; readonly failed: number; readonly skipped: number };
}

/** Failures in a row before a channel is called stale. A design assumption: one lost answer is noise. */
const FAILURES = 3;

/** Runs every poll once at the start and then at multiples of its interval; a poll still unanswered when its turn comes again is skipped and counted. */
export function startPolls(deps: PollDeps): Polls {
  const { clock, signal, onHealth } = deps;
  const stats = { answered: 0, failed: 0, skipped: 0 };
  const running = new Set<PollPlan>();
  const failures = new Map<PollPlan, number>();
  let polls = deps.polls;

  const failing = (channel: FeedChannel): readonly PollPlan[] => polls.filter((p) => p.channel === channel && (failures.get(p) ?? 0) >= FAILURES);
  const run = async (poll: PollPlan): Promise<void> => {
    try {
      const { body, receivedAt } = await (poll.channel === 'book.deep' ? deps.deepRequests : deps.requests).get(poll.request, poll.weight);
      const parsed = poll.parse(body, receivedAt);
      if (parsed.kind === 'rejected') throw new Error(`answer not understood: ${parsed.reason} ${parsed.detail}`);
      deps.intake.answer(parsed, receivedAt);
      stats.answered++;
      failures.set(poll, 0);
      if (failing(poll.channel).length === 0) onHealth(poll.channel, 'ok', '', receivedAt);
    } catch (error) {
      if (signal.aborted) return;
      stats.failed++;
      failures.set(poll, (failures.get(poll) ?? 0) + 1);
      deps.log.warn('poll-failed', { poll: poll.name, error: messageOf(error) });
      if ((failures.get(poll) ?? 0) >= FAILURES) onHealth(poll.channel, 'stale', poll.name, clock.now());
    }
  };
  const start = (poll: PollPlan): void => {
    if (signal.aborted) return;
    if (running.has(poll)) {
      stats.skipped++;
      return;
    }
    running.add(poll);
    void run(poll).finally(() => running.delete(poll));
  };

  const stops = new Map<number, () => void>();
  const arm = (): void => {
    for (const { everyMs } of polls) {
      if (!stops.has(everyMs)) stops.set(everyMs, everyAligned(clock, everyMs, () => {
        for (const poll of polls) if (poll.everyMs === everyMs) start(poll);
      }));
    }
  };
  for (const poll of polls) start(poll);
  arm();
  return {
    change: (next) => {
      const held = new Map(polls.map((poll) => [poll.name, poll]));
      const gone = polls.filter((poll) => (failures.get(poll) ?? 0) >= FAILURES);
      polls = next.map((poll) => {
        const same = held.get(poll.name);
        return same !== undefined && sameRequest(same, poll) ? same : poll;
      });
      for (const poll of polls) if (!held.has(poll.name)) start(poll);
      arm();
      for (const poll of failures.keys()) if (!polls.includes(poll)) failures.delete(poll);
      // What failed is not asked for any more.
      for (const { channel } of gone) if (failing(channel).length === 0) onHealth(channel, 'ok', '', clock.now());
    },
    stop: () => {
      for (const stop of stops.values()) stop();
    },
    stats: () => ({ ...stats }),
  };
}

function sameRequest(a: PollPlan, b: PollPlan): boolean {
  return a.request.url === b.request.url && a.request.body === b.request.body && a.everyMs === b.everyMs;
}

/** What two sets of polls did together. */
export function addedPolls(a: ReturnType<Polls['stats']>, b: ReturnType<Polls['stats']>): ReturnType<Polls['stats']> {
  return { answered: a.answered + b.answered, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
