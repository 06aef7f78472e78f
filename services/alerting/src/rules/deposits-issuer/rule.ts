import type { ClusterDeposits, ScoreMessage } from '@breakwater/contracts';
import { ratio, type Ratio } from '@breakwater/models/core';
import type { Rule } from '../condition.ts';
import { conditionOf, droppedReasons, finalityReasons } from '../condition.ts';
import { ofGroups } from '../inputs.ts';
import { ownerReasons } from '../owner-reasons.ts';
import type { DepositsIssuerConfig } from './config.ts';

/** The issuer among the owners that deposited; the one that deposited most where several labels name one. */
function issuerOf({ deposits }: ScoreMessage): ClusterDeposits | undefined {
  return deposits.clusters?.find(({ label }) => label?.startsWith('issuer:') === true);
}

/** Of the float that the config gives; where it gives none, of the effective float as holders tell it. Null where neither is known. */
function shareOf(score: ScoreMessage, issuer: ClusterDeposits | undefined): Ratio | null {
  if (score.issuerFloatShare !== null) return score.issuerFloatShare;
  if (score.deposits.clusters === undefined) return null;
  return issuer === undefined ? ratio(0) : issuer.dayFloatShare;
}

/**
 * The issuer's addresses moved a notable share of the float to exchanges within a day. A watch: it says who could sell, not that the
 * market would break. Deposits that were read stay read, so it fires with inputs out too; it clears only when none is.
 */
export const depositsIssuer: Rule<DepositsIssuerConfig> = {
  name: 'deposits-issuer',
  kind: 'deposits.issuer',
  evaluate: (score, config, view) => {
    const dropped = ofGroups(view.dropped, ['transfers']);
    const issuer = issuerOf(score);
    const share = shareOf(score, issuer);
    const rest = {
      severity: 'watch' as const,
      reasons: [
        ...(issuer === undefined ? [] : ownerReasons(issuer)),
        ...(share === null ? [] : [{ code: 'issuer-deposits', floatShare: share, usd: score.deposits.issuerDay.usd } as const]), ...droppedReasons(dropped),
        ...(share !== null && share >= config.floatShare ? finalityReasons([score.deposits.issuerDay.unsettled]) : []),
      ],
      trigger: null,
      dropped,
      depositsBelow: false,
    };
    if (share === null) return conditionOf('unknown', rest);
    if (share >= config.floatShare) return conditionOf('active', rest);
    if (dropped.length > 0) return conditionOf('unknown', rest);
    return conditionOf(share <= config.clear * config.floatShare ? 'clear' : 'between', rest);
  },
};
