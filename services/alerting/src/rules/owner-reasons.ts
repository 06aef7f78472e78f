import type { ClusterDeposits, Reason } from '@breakwater/contracts';
import { ratio } from '@breakwater/models/core';

/** Features that a reason names: those that make a fall likelier, the weightiest first. */
const mostFeatures = 3;

/** What an owner deposited against the float and the threshold, and where it could be judged how likely a fall is after it. */
export function ownerReasons(owner: ClusterDeposits): readonly Reason[] {
  const { cluster, addressCount, dayUsd, weekUsd, dayFloatShare, weekFloatShare, ofThreshold, risk, otc } = owner;
  const features = (risk?.reasons ?? []).filter(({ logOdds }) => logOdds > 0).slice(0, mostFeatures).map(({ feature }) => feature);
  return [
    { code: 'cluster-deposits', cluster, addressCount, dayUsd, weekUsd, dayFloatShare, weekFloatShare, ofThreshold },
    ...(otc === undefined || !(otc.discount > 0) ? [] : [{ code: 'otc-bought', cluster, ...otc } as const]),
    ...(risk === null ? [] : [{ code: 'address-risk', cluster, probability: ratio(risk.probability), baseRate: ratio(risk.baseRate), features } as const]),
  ];
}
