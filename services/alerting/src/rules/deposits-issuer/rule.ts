import type { Rule } from '../condition.ts';
import { conditionOf, droppedReasons } from '../condition.ts';
import { ofGroups } from '../inputs.ts';
import type { DepositsIssuerConfig } from './config.ts';

/**
 * The issuer's addresses moved a notable share of the float to exchanges within a day. A watch: it says who could sell, not that the
 * market would break. Deposits that were read stay read, so it fires with inputs out too; it clears only when none is.
 */
export const depositsIssuer: Rule<DepositsIssuerConfig> = {
  name: 'deposits-issuer',
  kind: 'deposits.issuer',
  evaluate: (score, config, view) => {
    const dropped = ofGroups(view.dropped, ['transfers']);
    const share = score.issuerFloatShare;
    const rest = {
      severity: 'watch' as const,
      reasons: [...(share === null ? [] : [{ code: 'issuer-deposits', floatShare: share, usd: score.deposits.issuerDay.usd } as const]), ...droppedReasons(dropped)],
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
