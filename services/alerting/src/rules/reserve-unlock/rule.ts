import type { Reason, ScoreMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { DAY } from '@breakwater/models/core';
import type { Rule } from '../condition.ts';
import { conditionOf } from '../condition.ts';
import type { ReserveUnlockConfig } from './config.ts';

/**
 * The lock on the liquidity of the token's market ends soon, has ended, or holds nothing any more (an end of 0): whoever owns it can take it away, or has. What was said of a lock stays so while the reserve cannot be read (an end is put off, never moved nearer), so it
 * fires all the same; it clears only when the lock is read and ends later.
 */
export const reserveUnlock: Rule<ReserveUnlockConfig> = {
  name: 'reserve-unlock',
  kind: 'reserve.unlock',
  evaluate: ({ reserve, eventTime }, config) => {
    const until = reserve?.liquidityLockedUntil ?? null;
    const left = until === null ? Infinity : until - eventTime;
    const rest = {
      severity: left <= config.warningDays * DAY ? ('warning' as const) : ('watch' as const),
      reasons: unlockReasons(reserve?.events ?? [], until),
      trigger: null, dropped: [], depositsBelow: false,
    };
    if (reserve === undefined || reserve === null) return conditionOf('unknown', rest);
    if (left <= config.watchDays * DAY) return conditionOf('active', rest);
    return conditionOf(reserve.status === 'exact' ? 'clear' : 'unknown', rest);
  },
};

/** When the lock ends; where it holds nothing any more, when that was taken out of it, as long as that is among the events. */
function unlockReasons(events: NonNullable<ScoreMessage['reserve']>['events'], until: EpochMs | null): readonly Reason[] {
  const at = until === 0 ? events.findLast(({ event }) => event === 'unlock')?.eventTime : until;
  return at === null || at === undefined ? [] : [{ code: 'liquidity-unlock', at }];
}
