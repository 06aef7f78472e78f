import { describe, expect, it } from '@jest/globals';
import { createRng, ratio } from '../../core/index.ts';
import { isAdlTriggered, withFundEquity, type AdlRule, type FundHistory } from '../../market/index.ts';
import { createFundWatch, isFundDown, seeFund } from './fund-watch.ts';

describe('a fund watched without allocation', () => {
  it('is down when isAdlTriggered says so of the history kept by withFundEquity: 300 funds, longer than their window', () => {
    let [down, up] = [0, 0];
    for (let seed = 1; seed <= 300; seed++) {
      const rng = createRng(seed);
      const unit = rng.pick([1, 0.5]);
      const rule: AdlRule = { trigger: rng.pick(['fundPeakDrawdown8h', 'fundMeanDrawdown8h']), threshold: ratio(0.3), minDropUsd: rng.pick([0, 40]), rank: 'profit', price: 'bankruptcy' };
      const empty: FundHistory = { slots: 2 + rng.int(6), everyMs: rng.pick([1_000, 3_000]), values: [] };
      const start = rng.chance(0.5) ? empty : { ...empty, values: [100, 120].slice(0, empty.slots), lastSlot: -1 - rng.int(3) };
      const watch = createFundWatch(rule, start, unit);
      if (watch === null) throw new Error('these rules look back');
      let history: FundHistory = { ...start, values: start.values.map((v) => v / unit) };
      for (let second = 0; second < 60; second++) {
        const equity = Math.round(100 + 60 * rng.normal()) / unit;
        history = withFundEquity(history, second * 1_000, equity);
        seeFund(watch, second, equity);
        const expected = isAdlTriggered({ ...rule, minDropUsd: (rule.minDropUsd ?? 0) / unit }, { equity, history, accountEquity: 0 });
        expect({ seed, second, isDown: isFundDown(watch) }).toEqual({ seed, second, isDown: expected });
        if (expected) down++;
        else up++;
      }
    }
    expect(Math.min(down, up)).toBeGreaterThan(3_000);
  });

  it('there is nothing to watch for the other rules', () => {
    for (const trigger of ['fundEmpty', 'negativeEquity', 'socialised'] as const) expect(createFundWatch({ trigger, rank: 'profit', price: 'bankruptcy' }, { slots: 2, everyMs: 1_000, values: [] }, 1)).toBeNull();
  });
});
