import type { EpochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { everyAligned } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Intake } from '../intake/intake.ts';
import type { AccountEvent, AccountPlan, VenueEvent } from '../venue.ts';
import type { AccountQueueStats } from './account-queue.ts';
import { createAccountQueue } from './account-queue.ts';
import type { Requests } from './requests.ts';

/** What reading accounts needs. */
export interface AccountPollDeps {
  readonly plan: AccountPlan;
  /** Accounts to begin with, addresses in lower case; others are learnt from trades. */
  readonly start: readonly string[];
  /** A budget of their own, and how much of it there is. */
  readonly requests: Requests;
  readonly weightPerMinute: number;
  /** Told now and then which accounts to begin with another time, those with most at risk first. */
  readonly remember: (accounts: readonly string[]) => void;
  readonly isWatched: (symbol: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly intake: Pick<Intake, 'answer'>;
  /** Accounts began to give no answers, or they do again. */
  readonly onHealth: (channel: 'positions', status: 'ok' | 'stale', detail: string, at: EpochMs) => void;
}

/** Accounts that are read. */
export interface AccountPolls {
  /** A frame of a socket, before it is read. */
  frame(bytes: Uint8Array): void;
  heard(event: VenueEvent): void;
  stop(): void;
  stats(): AccountPollStats;
}

/** How the reading of accounts is doing. */
export interface AccountPollStats extends AccountQueueStats {
  readonly answered: number;
  /** Requests without an answer, and answers that were not understood. */
  readonly failed: number;
  /** Positions whose liquidation price was held against the venue's rules, and those more than five basis points off. */
  readonly checked: number;
  readonly differing: number;
}

/** Accounts are chosen once a second, as the other checks of a session are. */
const TURN_MS = 1_000;
/** Requests under way at most: a venue that answers slowly is asked more rarely. */
const MOST_UNDER_WAY = 8;
/** How often accounts are remembered, milliseconds, and how many of them (design assumption: half a megabyte where each is kept as text). */
const REMEMBER_MS = 300_000;
const MOST_REMEMBERED = 10_000;
/** Failures in a row before the channel is called stale (design assumption: one lost answer is noise). */
const FAILURES = 8;
/** How far a liquidation price may be from our own, and the share of them that may be further, of so many. */
const TOLERANCE = 0.0005;
const MOST_DIFFERING = 0.01;
const CHECK_WINDOW = 1_000;

/** Reads accounts one after the other, those with most at risk most often (`account-queue.ts`), and holds the liquidation prices that the venue says against its rules. */
export function startAccountPolls(deps: AccountPollDeps): AccountPolls {
  const { plan, requests, clock, log, signal, intake, onHealth } = deps;
  const perMinute = deps.weightPerMinute / plan.weight;
  const perTurn = Math.max(1, Math.floor((perMinute * TURN_MS) / 60_000));
  const queue = createAccountQueue({ perMinute, isWatched: deps.isWatched });
  const counts = { answered: 0, failed: 0, checked: 0, differing: 0 };
  const window = { checked: 0, differing: 0 };
  let underWay = 0;
  let failures = 0;
  queue.named(deps.start);

  const check = ({ positions }: AccountEvent): void => {
    for (const { liquidationPrice, ownLiquidationPrice: own, value, qty } of positions) {
      if (own === undefined) continue;
      // A price next to nothing is as good as none: figures are rounded where they are printed.
      const tolerance = TOLERANCE * (liquidationPrice ?? value / Math.abs(qty));
      const differs = Math.abs((own ?? 0) - (liquidationPrice ?? 0)) > tolerance;
      counts.checked++;
      window.checked++;
      if (differs) {
        counts.differing++;
        window.differing++;
      }
      if (window.checked < CHECK_WINDOW) continue;
      if (window.differing > MOST_DIFFERING * window.checked) log.warn('liquidation-prices-differ', { checked: window.checked, differing: window.differing });
      window.checked = 0;
      window.differing = 0;
    }
  };
  const ask = async (account: string): Promise<void> => {
    underWay++;
    try {
      const { body, receivedAt } = await requests.get(plan.request(account), plan.weight);
      const parsed = plan.parse(body, account, receivedAt);
      if (parsed.kind === 'rejected') throw new Error(`answer not understood: ${parsed.reason} ${parsed.detail}`);
      intake.answer(parsed, receivedAt);
      for (const event of parsed.kind === 'events' ? parsed.events : []) {
        if (event.kind !== 'account') continue;
        queue.answered(event, receivedAt);
        check(event);
      }
      counts.answered++;
      failures = 0;
      onHealth('positions', 'ok', '', receivedAt);
    } catch (error) {
      if (signal.aborted) return;
      counts.failed++;
      failures++;
      if (failures === FAILURES) {
        log.warn('accounts-failed', { error: messageOf(error) });
        onHealth('positions', 'stale', messageOf(error).slice(0, 200), clock.now());
      }
    } finally {
      underWay--;
    }
  };
  const stopRemembering = everyAligned(clock, REMEMBER_MS, () => deps.remember(queue.worthKeeping(MOST_REMEMBERED)));
  const stopTurns = everyAligned(clock, TURN_MS, (at) => {
    for (let n = 0; n < perTurn && underWay < MOST_UNDER_WAY && !signal.aborted; n++) {
      const account = queue.next(at);
      if (account === undefined) return;
      void ask(account);
    }
  });
  return {
    frame: (bytes) => {
      const named = plan.namedIn(bytes);
      if (named.length > 0) queue.named(named);
    },
    heard: (event) => {
      if (event.kind === 'ticker' && event.mark !== undefined) queue.marked(event.symbol, event.mark);
    },
    stop: () => {
      stopTurns();
      stopRemembering();
    },
    stats: () => ({ ...queue.stats(clock.now()), ...counts }),
  };
}
