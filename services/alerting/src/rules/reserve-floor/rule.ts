import { DAY } from '@breakwater/models/core';
import type { Rule } from '../condition.ts';
import { conditionOf } from '../condition.ts';
import type { ReserveFloorConfig } from './config.ts';

/**
 * What is behind one token is less than a day ago, in the vault's own currency: a burn that is paid its share leaves it as it is, so somebody took from the vault, or minted. What dollars do is no matter here.
 * Of a reserve that is not read now nothing is said.
 */
export const reserveFloor: Rule<ReserveFloorConfig> = {
  name: 'reserve-floor',
  kind: 'reserve.floor',
  evaluate: ({ reserve }, config) => {
    const before = reserve?.floorDayAgo ?? null;
    const known = reserve !== undefined && reserve !== null && reserve.status === 'exact' && before !== null && before > 0;
    const fall = known ? 1 - reserve.floor / before : 0;
    const rest = {
      severity: fall >= config.criticalFall ? ('critical' as const) : ('warning' as const),
      reasons: known ? [{ code: 'floor-fell', currency: reserve.currency, from: before, to: reserve.floor, sinceMs: DAY } as const] : [],
      trigger: null, dropped: [], depositsBelow: false,
    };
    if (!known) return conditionOf('unknown', rest);
    if (fall >= config.fall) return conditionOf('active', rest);
    return conditionOf(fall <= config.clear * config.fall ? 'clear' : 'between', rest);
  },
};
