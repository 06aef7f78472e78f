import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { emissionWait, ethereumReorgs, reversalAt, reversalCurve, rosenfeldReversal, shouldEmit, stakeReversal, type EmissionCosts, type ReversalCurve, type SettlementSpec } from './index.ts';

/** A false alarm is as bad as a quarter of an hour of delay. */
const costs: EmissionCosts = { falseAlarm: 900, delayPerSecond: 1 };
/** Proof of work with blocks of 13 s and an attacker with three tenths of the hash rate. */
const deep: SettlementSpec = { class: 'btc', figures: { blockSeconds: 13, confirmations: 40, attackerShare: 0.3 } };

describe('how likely a transfer is undone, by its age', () => {
  it('proof of stake: what reorganisations took, a slot at a time, and nothing once final', () => {
    const curve = reversalCurve({ class: 'l1-pos' });
    const at = (seconds: number): number => reversalAt(curve, seconds);
    expect([at(-5), at(0), at(11.9)]).toEqual(Array.from({ length: 3 }, () => stakeReversal('included', 1, ethereumReorgs, false)));
    expect(at(12)).toBe(stakeReversal('included', 2, ethereumReorgs, false));
    expect(at(767)).toBeGreaterThan(0);
    expect([at(768), at(1e9)]).toEqual([0, 0]);
  });
  it('proof of work: the race at each confirmation, to the last that is asked for', () => {
    const curve = reversalCurve({ class: 'btc', figures: { confirmations: 6 } });
    expect(curve.map(({ seconds }) => seconds)).toEqual([0, 600, 1_200, 1_800, 2_400, 3_000]);
    expect(curve.map(({ probability }) => Number(probability.toPrecision(5)))).toEqual([0.2, 0.056, 0.01712, 0.005456, 0.0017818, 0.00059141]);
    expect(reversalCurve({ class: 'btc', figures: { confirmations: 1 } })).toEqual([{ seconds: 0, probability: rosenfeldReversal(0.1, 1) }]);
    expect(reversalCurve({ class: 'btc', figures: { confirmations: 100_000, attackerShare: 0.6 } }).length).toBeLessThan(600);
  });
  it('others have one figure', () => {
    for (const name of ['sidechain', 'optimistic-rollup', 'zk-rollup', 'plasma', 'dag', 'internal'] as const) {
      const curve = reversalCurve({ class: name });
      expect(curve).toHaveLength(1);
      expect(emissionWait(curve, { falseAlarm: 1e9, delayPerSecond: 1 })).toBe(0);
    }
    expect(reversalCurve({ class: 'sidechain', figures: { validatorReversal: 0.25 } })).toEqual([{ seconds: 0, probability: 0.25 }]);
  });
});

describe('when a transfer is told', () => {
  it('at once on Ethereum and Bitcoin, after some confirmations where reorganisations are deep', () => {
    expect(emissionWait(reversalCurve({ class: 'l1-pos' }), costs)).toBe(0);
    expect(emissionWait(reversalCurve({ class: 'btc' }), costs)).toBe(0);
    const blocks = emissionWait(reversalCurve(deep), costs) / 13;
    expect(Number.isInteger(blocks)).toBe(true);
    expect(blocks).toBeGreaterThan(4);
    expect(blocks).toBeLessThan(20);
  });
  it('where the sum of both costs is least, by trying every moment', () => {
    const rng = createRng(11);
    for (let run = 0; run < 300; run++) {
      let [seconds, probability] = [0, rng.next()];
      const curve = Array.from({ length: 1 + Math.floor(rng.next() * 12) }, () => {
        const step = { seconds, probability };
        seconds += 0.1 + rng.next() * 20;
        probability *= rng.next();
        return step;
      });
      const any: EmissionCosts = { falseAlarm: 10 ** (4 * rng.next() - 1), delayPerSecond: rng.next() };
      const total = (one: ReversalCurve[number]): number => one.probability * any.falseAlarm + any.delayPerSecond * one.seconds;
      const chosen = curve.find((step) => step.seconds === emissionWait(curve, any));
      const least = Math.min(...curve.map(total));
      expect(chosen === undefined ? NaN : total(chosen)).toBeCloseTo(least, 6);
    }
  });
  it('never later for a false alarm that costs less, and at once where delay alone counts', () => {
    const curve = reversalCurve(deep);
    const waits = [0, 1, 10, 100, 1_000, 1e4, 1e6, 1e9].map((falseAlarm) => emissionWait(curve, { falseAlarm, delayPerSecond: 1 }));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBe(0);
    expect(waits.at(-1)).toBe(39 * 13);
  });
  it('and then the rule of models with the delay until finality holds too', () => {
    for (const curve of [reversalCurve({ class: 'l1-pos' }), reversalCurve(deep)]) {
      const wait = emissionWait(curve, costs);
      const last = curve.at(-1) ?? { seconds: 0, probability: 0 };
      expect(shouldEmit(reversalAt(curve, wait) - last.probability, last.seconds - wait, costs)).toBe(true);
    }
    // What the rule alone would not see: in the newest block it tells of a transfer that one more block makes far safer.
    const curve: ReversalCurve = [{ seconds: 0, probability: 0.5 }, { seconds: 10, probability: 0.001 }, { seconds: 1_000, probability: 0 }];
    expect(shouldEmit(0.5, 1_000, costs)).toBe(true);
    expect(emissionWait(curve, costs)).toBe(10);
  });
});
