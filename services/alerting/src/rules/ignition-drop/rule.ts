import type { Reason, ScoreMessage } from '@breakwater/contracts';
import { DAY, usd } from '@breakwater/models/core';
import type { Rule } from '../condition.ts';
import { backgroundReasons, conditionOf, droppedReasons, isMeasured } from '../condition.ts';
import { ofGroups } from '../inputs.ts';
import type { IgnitionDropConfig } from './config.ts';

/**
 * The sale that ignites a cascade is much smaller than a day ago. A warning: nothing has been deposited, but much less would do.
 *
 * It compares two times, so it says nothing (`unknown`) unless both are of the same inputs: none dropped out and none is new since.
 */
export const ignitionDrop: Rule<IgnitionDropConfig> = {
  name: 'ignition-drop',
  kind: 'ignition.drop',
  evaluate: (score, config, view) => {
    const groups = ['book', 'positions', 'rate'] as const;
    const dropped = ofGroups(view.dropped, groups);
    const gained = ofGroups(view.gained, groups);
    const before = score.earlier.ignitionUsdDayAgo;
    const now = score.ignitionUsd === null ? null : score.ignitionUsd.value;
    const rest = { severity: 'warning' as const, reasons: reasonsOf(score, dropped), trigger: null, dropped, depositsBelow: false };
    if (dropped.length > 0 || gained.length > 0 || before === null || !(before > 0)) return conditionOf('unknown', rest);
    // No threshold although everything was measured: no sale ignites anything.
    if (now === null) return conditionOf(isMeasured(score) ? 'clear' : 'unknown', rest);
    if (now < config.below * before) return conditionOf('active', rest);
    return conditionOf(now >= config.clear * before ? 'clear' : 'between', rest);
  },
};

function reasonsOf(score: ScoreMessage, dropped: readonly string[]): readonly Reason[] {
  const before = score.earlier.ignitionUsdDayAgo;
  return [
    ...(before !== null && score.ignitionUsd !== null ? [{ code: 'threshold-fell', from: before, to: usd(score.ignitionUsd.value), sinceMs: DAY } as const] : []),
    ...backgroundReasons(score),
    ...droppedReasons(dropped),
  ];
}
