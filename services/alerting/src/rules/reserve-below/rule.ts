import { price } from '@breakwater/models/core';
import type { Rule } from '../condition.ts';
import { conditionOf, droppedReasons } from '../condition.ts';
import { ofGroups } from '../inputs.ts';
import type { ReserveBelowConfig } from './config.ts';

/**
 * The market pays less than redeeming does, even when custody is feared: either nobody can redeem, or nobody believes in the reserve. A warning. Price and floor must both be fresh: with a book or a rate out, or of a
 * reserve that is not read, nothing is said.
 */
export const reserveBelow: Rule<ReserveBelowConfig> = {
  name: 'reserve-below',
  kind: 'reserve.below',
  evaluate: (score, config, view) => {
    const dropped = ofGroups(view.dropped, ['book', 'rate']);
    const { reserve } = score;
    const floor = reserve?.trustedFloorUsd ?? null;
    const now = score.price?.value ?? null;
    const known = reserve?.status === 'exact' && floor !== null && floor > 0 && now !== null;
    const rest = {
      severity: 'warning' as const,
      reasons: [...(known ? [{ code: 'below-floor', price: price(now), floorUsd: floor } as const] : []), ...droppedReasons(dropped)],
      trigger: null, dropped, depositsBelow: false,
    };
    if (!known || dropped.length > 0) return conditionOf('unknown', rest);
    if (now < floor) return conditionOf('active', rest);
    return conditionOf(now >= floor * (1 + config.clear) ? 'clear' : 'between', rest);
  },
};
