import type { Reason, ScoreMessage } from '@breakwater/contracts';
import type { Rule } from '../condition.ts';
import { backgroundReasons, conditionOf, droppedReasons, finalityReasons, isMeasured } from '../condition.ts';
import type { InputView } from '../inputs.ts';
import { ofGroups } from '../inputs.ts';
import type { CascadeIgnitionConfig } from './config.ts';

/**
 * Deposits to exchanges within the horizon reach the sale that ignites a cascade, or it needs no sale at all.
 *
 * Critical when forced sales would end in a crash, because what it takes is already where it can be sold; a `warning` when they would end
 * sooner. When it is reached only by a threshold that fell as inputs dropped
 * out, it is a `warning` until the inputs are back or the threshold of all of them is reached too: feeds do fail in a crash, so it is not
 * left unsaid, and a feed that fails is not the market, so it is not said as loudly.
 */
export const cascadeIgnition: Rule<CascadeIgnitionConfig> = {
  name: 'cascade-ignition',
  kind: 'cascade.ignition',
  evaluate: (score, config, view) => {
    const dropped = view.dropped;
    const unmeasured = !isMeasured(score) && score.ignitionUsd === null;
    const { reached, atZero } = reachOf(score, config, score.ignitionUsd?.value ?? null, score.ignitedAtZero);
    const rest = {
      severity: isDeep(score, config) && (dropped.length === 0 || soundReached(score, config, view)) ? ('critical' as const) : ('warning' as const),
      reasons: [...reasonsOf(score, atZero, dropped), ...(reached ? finalityReasons([score.deposits.horizon.unsettled]) : [])],
      trigger: reached ? score.deposits.largest : null,
      dropped,
      depositsBelow: depositsBelow(score, config, dropped),
    };
    if (reached || atZero) return conditionOf('active', rest);
    if (unmeasured || depositsUsd(score) === null || dropped.length > 0) return conditionOf('unknown', rest);
    return conditionOf(isClear(score, config) ? 'clear' : 'between', rest);
  },
};

/** Whether forced sales would bring a crash by its definition; where known and inferred depth end first they would. */
function isDeep(score: ScoreMessage, config: CascadeIgnitionConfig): boolean {
  return score.landingPrice === null || score.price === null || 1 - score.landingPrice.value / score.price.value >= config.criticalFall;
}

/** Dollars deposited within the horizon; null when there were deposits that could not be valued. */
function depositsUsd(score: ScoreMessage): number | null {
  return score.deposits.horizon.count === 0 ? 0 : score.deposits.horizon.usd;
}

/** Whether deposits reach a threshold, and whether positions are forced with no sale at all. */
function reachOf(score: ScoreMessage, config: CascadeIgnitionConfig, threshold: number | null, ignitedAtZero: boolean): { readonly reached: boolean; readonly atZero: boolean } {
  const usd = depositsUsd(score);
  return {
    // A threshold of zero is the other case: without forced positions nothing follows from it.
    reached: usd !== null && usd > 0 && threshold !== null && threshold > 0 && usd >= config.reach * threshold,
    atZero: ignitedAtZero && score.forcedShare !== null && score.forcedShare > 0,
  };
}

/** Whether the condition also holds with the threshold of the last score that had all its inputs. */
function soundReached(score: ScoreMessage, config: CascadeIgnitionConfig, view: InputView): boolean {
  if (view.sound === null) return false;
  const { reached, atZero } = reachOf(score, config, view.sound.ignitionUsd, view.sound.ignitedAtZero);
  return reached || atZero;
}

function depositsBelow(score: ScoreMessage, config: CascadeIgnitionConfig, dropped: readonly string[]): boolean {
  const usd = depositsUsd(score);
  if (usd === null || score.ignitedAtZero || ofGroups(dropped, ['transfers']).length > 0) return false;
  return usd === 0 || (score.ignitionUsd === null ? isMeasured(score) : usd < config.reach * score.ignitionUsd.value);
}

/** Clear: nothing ignites, or deposits are at or below both the clearing share of the threshold and the low end of its band. */
function isClear(score: ScoreMessage, config: CascadeIgnitionConfig): boolean {
  const usd = depositsUsd(score);
  if (usd === null || score.ignitedAtZero) return false;
  return score.ignitionUsd === null || (usd <= config.clear * score.ignitionUsd.value && usd <= score.ignitionUsd.low);
}

function reasonsOf(score: ScoreMessage, atZero: boolean, dropped: readonly string[]): readonly Reason[] {
  const { usd, windowSeconds, count } = score.deposits.horizon;
  return [
    ...(atZero ? [{ code: 'ignited-at-zero' } as const] : []),
    ...(usd !== null && count > 1 ? [{ code: 'deposits', usd, windowSeconds, count } as const] : []),
    ...backgroundReasons(score),
    ...droppedReasons(dropped),
  ];
}
