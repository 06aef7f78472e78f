import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { ethereumReorgs, nakamotoReversal, rollupReversal, rosenfeldReversal, shouldEmit, stakeReversal } from './reversal.ts';

describe('how likely a block is undone', () => {
  it('Nakamoto\'s table: q = .1 z = 5 .0009137, z = 6 .0002428, z = 10 1.2e-6; q = .3 z = 5 .1773523, z = 10 .0416605', () => {
    const rows = [[0.1, 0, 1], [0.1, 5, 0.0009137], [0.1, 6, 0.0002428], [0.1, 10, 0.0000012], [0.3, 5, 0.1773523], [0.3, 10, 0.0416605]] as const;
    for (const [q, z, p] of rows) expect(nakamotoReversal(q, z)).toBeCloseTo(p, 7);
  });

  it('Nakamoto at depths whose e^-mean is less than any double: q = .49 z = 1000 .331452328, summed with 60 digits', () => {
    expect(nakamotoReversal(0.49, 1_000)).toBeCloseTo(0.331452328149, 9);
    for (const z of [700, 800, 2_000, 5_000]) expect(nakamotoReversal(0.49, z)).toBeGreaterThan(nakamotoReversal(0.49, z + 100));
    // Both forms agree that these are rarer than any double can say.
    for (const reversal of [nakamotoReversal, rosenfeldReversal]) expect(reversal(0.01, 10_000)).toBe(0);
  });

  it('Rosenfeld exactly: q = .1, z = 1 to 6: .2 .056 .01712 .005456 .0017818 .0005914', () => {
    for (const [i, p] of [0.2, 0.056, 0.01712, 0.005456, 0.0017818, 0.0005914].entries()) expect(Math.abs(rosenfeldReversal(0.1, i + 1) - p)).toBeLessThan(1e-7);
  });

  it('the exact form is the published sum, and the race when it is run', () => {
    const choose = (n: number, k: number): number => Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1);
    for (const q of [0.05, 0.2, 0.4]) {
      for (const n of [1, 3, 8]) {
        const p = 1 - q;
        const published = 1 - Array.from({ length: n + 1 }, (_, m) => choose(m + n - 1, m) * (p ** n * q ** m - p ** m * q ** n)).reduce((a, b) => a + b, 0);
        expect(rosenfeldReversal(q, n)).toBeCloseTo(published, 10);
      }
    }
    const rng = createRng(7);
    const [q, depth, runs] = [0.3, 3, 8_000];
    let won = 0;
    for (let run = 0; run < runs; run++) {
      let [attacker, honest] = [0, 0];
      while (honest < depth) if (rng.chance(q)) attacker++; else honest++;
      // A lead is needed no more than a draw in this convention; a race that is 60 behind is lost.
      while (attacker < honest && honest - attacker < 60) if (rng.chance(q)) attacker++; else honest++;
      if (attacker >= honest) won++;
    }
    const exact = rosenfeldReversal(q, depth);
    expect(Math.abs(won / runs - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / runs));
  });

  it('half the hash rate always wins, none never does, depth makes it rarer, and what is no share is refused', () => {
    for (const reversal of [nakamotoReversal, rosenfeldReversal]) {
      expect([reversal(0.5, 6), reversal(0.7, 100), reversal(0, 1), reversal(0.2, 0)]).toEqual([1, 1, 0, 1]);
      for (let z = 1; z < 60; z++) expect(reversal(0.25, z + 1)).toBeLessThan(reversal(0.25, z));
      expect(() => reversal(1.1, 1)).toThrow();
      expect(() => reversal(0.1, 1.5)).toThrow();
    }
  });

  it('proof of stake: 0 once final unless finality stalls; before, what reorganisations took', () => {
    expect(stakeReversal('final', 64, ethereumReorgs, false)).toBe(0);
    expect(stakeReversal('final', 1, ethereumReorgs, true)).toBeGreaterThan(0);
    expect(stakeReversal('included', 1, ethereumReorgs, false)).toBeCloseTo(0.000595, 5);
    expect(stakeReversal('included', 2, ethereumReorgs, false)).toBeCloseTo(4 / 2_370_000, 12);
    expect(stakeReversal('included', 3, ethereumReorgs, false)).toBeLessThan(1e-8);
    expect([stakeReversal('seen', 0, ethereumReorgs, false), stakeReversal('reverted', 9, ethereumReorgs, false)]).toEqual([1, 1]);
  });

  it('rollups: soft, posted, final below and proven are told apart, each safer', () => {
    const trust = { softReversal: 1e-4, baseReversal: 6e-4, disputed: 1e-5 };
    const states = (['soft', 'posted', 'l1-final', 'proven'] as const).map((state) => rollupReversal(state, trust));
    expect(states[0]).toBeCloseTo(1 - (1 - 1e-4) * (1 - 6e-4) * (1 - 1e-5), 12);
    for (const [i, p] of states.slice(1).entries()) expect(p).toBeLessThan(states[i] ?? 0);
    expect(states[3]).toBe(0);
  });

  it('emit when P_rev x C_false <= C_delay x dt', () => {
    const costs = { falseAlarm: 1_000, delayPerSecond: 0.5 };
    expect(shouldEmit(0.01, 20, costs)).toBe(true);
    expect(shouldEmit(0.0101, 20, costs)).toBe(false);
    expect(shouldEmit(0, 0, costs)).toBe(true);
    // A transfer in the newest block of Ethereum, 13 minutes before it is final: a false alarm may cost a million seconds' delay.
    expect(shouldEmit(stakeReversal('included', 1, ethereumReorgs, false), 768, { falseAlarm: 1e6, delayPerSecond: 1 })).toBe(true);
    expect(shouldEmit(rosenfeldReversal(0.3, 1), 600, { falseAlarm: 1e6, delayPerSecond: 1 })).toBe(false);
  });
});
