import type { Rule } from '../condition.ts';
import { backgroundReasons, conditionOf, depthFell, droppedReasons } from '../condition.ts';
import { ofGroups } from '../inputs.ts';
import type { DepthDropConfig } from './config.ts';

/**
 * Bids near the price are far below the day's high. A watch and no more: books thin out on quiet nights and before announcements without
 * anything following, and what thin bids mean for forced sales is in the ignition threshold, which has a `warning` of its own.
 * A book that dropped out takes its bids with it, so with one out it says nothing.
 */
export const depthDrop: Rule<DepthDropConfig> = {
  name: 'depth-drop',
  kind: 'depth.drop',
  evaluate: (score, config, view) => {
    const dropped = ofGroups(view.dropped, ['book', 'rate']);
    const fell = depthFell(score);
    const rest = {
      severity: 'watch' as const,
      reasons: [...(fell === null ? [] : [fell]), ...backgroundReasons(score).filter((r) => r.code !== 'depth-fell'), ...droppedReasons(dropped)],
      trigger: null,
      dropped,
      depositsBelow: false,
    };
    if (fell === null || dropped.length > 0) return conditionOf('unknown', rest);
    const left = 1 - fell.share;
    if (left < config.below) return conditionOf('active', rest);
    return conditionOf(left >= config.clear ? 'clear' : 'between', rest);
  },
};
