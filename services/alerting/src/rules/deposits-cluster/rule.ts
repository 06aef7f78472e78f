import type { ClusterDeposits, ScoreMessage } from '@breakwater/contracts';
import type { Condition, Rule } from '../condition.ts';
import { conditionOf, droppedReasons, finalityReasons, isMeasured } from '../condition.ts';
import type { InputView } from '../inputs.ts';
import { ofGroups } from '../inputs.ts';
import { ownerReasons } from '../owner-reasons.ts';
import type { DepositsClusterConfig } from './config.ts';

type Outcome = 'active' | 'clear' | 'between' | 'unknown';

/** Owners whose deposits are worth a warning: one owner as far as is known, and none whose trade is to deposit. */
function candidates(score: ScoreMessage, config: DepositsClusterConfig): readonly ClusterDeposits[] {
  return (score.deposits.clusters ?? []).filter(({ label, confidence }) => !(label !== null && config.ignore.includes(label.split(':')[0] ?? '')) && (confidence ?? 1) >= config.confidence);
}

/** Deposits of an owner over the threshold: with inputs out over that of the last score that had them all, as one that fell with a feed is no smaller sale. Null where there is none. */
function reachOf({ dayUsd, ofThreshold }: ClusterDeposits, hasDropped: boolean, view: InputView): number | null {
  if (!hasDropped) return ofThreshold;
  const sound = view.sound?.ignitionUsd ?? null;
  return dayUsd === null || sound === null || !(sound > 0) ? null : dayUsd / sound;
}

/** Whether a fall is so many times as likely as usual: by probabilities while that is no more than even, by odds beyond, as no probability is twice a base rate above a half. */
function isElevated({ probability, baseRate }: NonNullable<ClusterDeposits['risk']>, times: number): boolean {
  return times * baseRate <= 0.5 ? probability >= times * baseRate : probability * (1 - baseRate) >= times * baseRate * (1 - probability);
}

function outcomeOf(owner: ClusterDeposits, reach: number | null, isThresholdKnown: boolean, config: DepositsClusterConfig): Outcome {
  const share = owner.dayFloatShare;
  const { risk } = owner;
  // A risk that could not be told keeps nothing quiet.
  const isWorse = risk === null || isElevated(risk, config.risk);
  if ((share ?? 0) >= config.floatShare || (reach ?? 0) >= config.reach) return isWorse ? 'active' : 'between';
  if (share === null || (reach === null && !isThresholdKnown)) return 'unknown';
  return share <= config.clear * config.floatShare && (reach ?? 0) <= config.clear * config.reach ? 'clear' : 'between';
}

const ranks: readonly Outcome[] = ['active', 'unknown', 'between', 'clear'];

/**
 * One owner who is not the issuer moved to exchanges within a day what is a notable share of the effective float, or would ignite a cascade if it were sold at once, and what is known of it makes a fall likelier than usual.
 * A watch, as `deposits-issuer` is. Exchanges among themselves do not count as deposits; whoever deposits for a living is left out by its label, and whose addresses may not be one owner's by how sure that is.
 * Deposits that were read stay read, so it fires with inputs out too; it clears only when none is.
 */
export const depositsCluster: Rule<DepositsClusterConfig> = {
  name: 'deposits-cluster',
  kind: 'deposits.cluster',
  evaluate: (score, config, view) => {
    const dropped = ofGroups(view.dropped, ['transfers']);
    const hasDropped = ofGroups(view.dropped, ['book', 'positions', 'rate']).length > 0;
    const judged = candidates(score, config).map((owner) => ({ owner, outcome: outcomeOf(owner, reachOf(owner, hasDropped, view), isMeasured(score) && !hasDropped, config) }));
    const active = judged.filter(({ outcome }) => outcome === 'active');
    const rest: Omit<Condition, 'active' | 'clear' | 'unknown'> = {
      severity: 'watch',
      // The one that deposited most, and one more where there are several.
      reasons: [...active.slice(0, 2).flatMap(({ owner }) => ownerReasons(owner)), ...droppedReasons(dropped), ...finalityReasons(active.map(({ owner }) => owner.unsettled))],
      trigger: null, dropped, depositsBelow: false,
    };
    if (active.length > 0) return conditionOf('active', rest);
    if (score.deposits.clusters === undefined || dropped.length > 0) return conditionOf('unknown', rest);
    return conditionOf(judged.reduce<Outcome>((worst, { outcome }) => (ranks.indexOf(outcome) < ranks.indexOf(worst) ? outcome : worst), 'clear'), rest);
  },
};
