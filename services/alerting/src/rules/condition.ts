import type { DepositReading, Reason, ScoreMessage, Severity, Unsettled, WarningKind } from '@breakwater/contracts';
import { DAY, ratio } from '@breakwater/models/core';
import type { InputView } from './inputs.ts';

/** The names of the rules. */
export const ruleNames = ['cascade-ignition', 'ignition-drop', 'deposits-issuer', 'depth-drop', 'deposits-cluster', 'reserve-floor', 'reserve-mint', 'reserve-unlock', 'reserve-below'] as const;
/** The name of a rule; part of the hash in a warning's id, so it never changes. */
export type RuleName = (typeof ruleNames)[number];

/**
 * What a rule makes of one score. At most one of `active`, `clear` and `unknown` is true; when none is, the figures lie between the
 * level that fires and the level that clears, and a warning stays as it is.
 */
export interface Condition {
  /** The figures are past the level that fires. */
  readonly active: boolean;
  /** The figures are past the level that clears, and every input they need was read. */
  readonly clear: boolean;
  /** The inputs do not allow a statement: an open warning is held as it is, none is opened. */
  readonly unknown: boolean;
  /** How bad, when active. */
  readonly severity: Severity;
  readonly reasons: readonly Reason[];
  /** The transfer that set it off, where one did. */
  readonly trigger: DepositReading | null;
  /** Inputs this rule needs that were read before and are not now. */
  readonly dropped: readonly string[];
  /**
   * For rules that a transfer sets off: the deposits left in the window are known and do not reach the threshold as far as it is known.
   * Enough to retract a warning whose transfer was reverted even while other inputs are out.
   */
  readonly depositsBelow: boolean;
}

/** A rule: a pure function of a score, its config and what is known of the inputs before this score. */
export interface Rule<C> {
  readonly name: RuleName;
  readonly kind: WarningKind;
  readonly evaluate: (score: ScoreMessage, config: C, view: InputView) => Condition;
}

/** What every rule's config has. */
export interface RuleConfig {
  /** How long the condition must have been clear before its warning resolves, seconds of event time. */
  readonly clearForSeconds: number;
}

/** Whether the score could be computed at all, so that a null threshold means that nothing ignites. */
export function isMeasured(score: ScoreMessage): boolean {
  return score.price !== null && score.depth2pctUsd !== null && score.openInterestUsd !== null;
}

/** Fills a condition from its three-valued outcome. */
export function conditionOf(outcome: 'active' | 'clear' | 'between' | 'unknown', rest: Omit<Condition, 'active' | 'clear' | 'unknown'>): Condition {
  return { active: outcome === 'active', clear: outcome === 'clear', unknown: outcome === 'unknown', ...rest };
}

/** Reasons that help to understand any warning about forced sales: depth that is gone, positions in the way, amplification. */
export function backgroundReasons(score: ScoreMessage): readonly Reason[] {
  const reasons: Reason[] = [];
  const depth = depthFell(score);
  if (depth !== null && depth.share >= 0.2) reasons.push(depth);
  if (score.forcedShare !== null && score.forcedShare > 0 && score.landingPrice !== null) {
    reasons.push({ code: 'forced-share', share: score.forcedShare, belowPrice: score.landingPrice.value });
  }
  if (score.amplification !== null && score.amplification.value > 1) reasons.push({ code: 'amplification', amplification: score.amplification.value });
  return reasons;
}

/** How far depth is below the day's high, as a reason; null when either is not known or the high is zero. */
export function depthFell(score: ScoreMessage): Extract<Reason, { code: 'depth-fell' }> | null {
  const now = score.depth2pctUsd;
  const high = score.earlier.depth2pctUsdDayHigh;
  if (now === null || high === null || !(high > 0)) return null;
  return { code: 'depth-fell', share: ratio(Math.max(0, 1 - now / high)), sinceMs: DAY };
}

/** A reason that names dropped inputs, when there are any; at most 16 names. */
export function droppedReasons(dropped: readonly string[]): readonly Reason[] {
  return dropped.length === 0 ? [] : [{ code: 'inputs-dropped', names: dropped.slice(0, 16) }];
}

/** A reason that says how far deposits that set it off are from final: of several figures the least settled one; none where all are. */
export function finalityReasons(of: readonly (Unsettled | undefined)[]): readonly Reason[] {
  const worst = of.reduce<Unsettled | undefined>((a, b) => (b !== undefined && b.undone > (a?.undone ?? 0) ? b : a), undefined);
  return worst === undefined ? [] : [{ code: 'not-final', ...worst }];
}
