import type { PollPlan } from '../venue.ts';
import type { PollDeps, Polls } from './polls.ts';
import { startPolls } from './polls.ts';

/** What polling of rates needs. */
export interface RatePollDeps extends Omit<PollDeps, 'polls'> {
  /** The polls wanted now: they change as markets in other quote currencies come and go, at this venue or another. */
  readonly wanted: () => readonly PollPlan[];
}

/** Polls of rates that run. */
export interface RatePolls extends Omit<Polls, 'change'> {
  /** Compares what runs with what is wanted, and starts anew when they differ. Call at moments that depend on the clock alone, so that a run can be repeated. */
  look(): void;
}

/** Keeps the polls of rates that are wanted running; none before the first look. */
export function createRatePolls(deps: RatePollDeps): RatePolls {
  let running: Polls | undefined;
  let names = '';
  const past = { answered: 0, failed: 0, skipped: 0 };
  const sum = (): ReturnType<Polls['stats']> => {
    const now = running?.stats();
    return { answered: past.answered + (now?.answered ?? 0), failed: past.failed + (now?.failed ?? 0), skipped: past.skipped + (now?.skipped ?? 0) };
  };
  const stop = (): void => {
    Object.assign(past, sum());
    running?.stop();
    running = undefined;
  };
  return {
    look: () => {
      const polls = deps.wanted();
      const wanted = polls.map((poll) => poll.name).join();
      if (wanted === names) return;
      names = wanted;
      stop();
      if (polls.length > 0) running = startPolls({ ...deps, polls });
      // What failed is not asked for any more.
      else deps.onHealth('rates', 'ok', '', deps.clock.now());
    },
    stop,
    stats: sum,
  };
}
