import { describe, expect, it } from '@jest/globals';
import { clusterDeposits, reason } from '@breakwater/contracts';
import { ownerReasons } from './owner-reasons.ts';

const owner = clusterDeposits.parse({ cluster: 'fund:laser', label: 'fund:laser', addressCount: 2, dayUnits: 1e6, dayUsd: 6e6, weekUnits: 1e6, weekUsd: 6e6, dayFloatShare: 0.03, weekFloatShare: 0.03, ofThreshold: 1.2, risk: null });

describe('what is said of an owner that deposited', () => {
  it('names what it had bought over the counter where that was below the market', () => {
    const reasons = ownerReasons({ ...owner, otc: { units: 1e7, discount: 0.5 as never } });
    expect(reasons).toContainEqual({ code: 'otc-bought', cluster: 'fund:laser', units: 1e7, discount: 0.5 });
    expect(reasons.map((one) => reason.parse(one))).toEqual(reasons);
    expect(ownerReasons({ ...owner, otc: { units: 1e7, discount: 0 as never } }).map(({ code }) => code)).toEqual(['cluster-deposits']);
    expect(ownerReasons(owner).map(({ code }) => code)).toEqual(['cluster-deposits']);
  });
});
