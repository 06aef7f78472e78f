import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressFeatureName } from '../messages/address-score.ts';
import { riskReasonText, riskSentenceOf } from './address-reasons.ts';

describe('a reason of a risk', () => {
  it('says what was measured in its unit, and what it does to the odds', () => {
    expect(riskReasonText({ feature: 'size-over-threshold', value: 1.42, logOdds: Math.log(2.3) })).toEqual({ measured: 'size against the ignition threshold: 1.4 times', effect: 'raises the odds 2.3 times' });
    expect(riskReasonText({ feature: 'dormancy', value: 412, logOdds: -Math.log(1.5) })).toEqual({ measured: 'how long it was still: 412 d', effect: 'lowers the odds 1.5 times' });
    expect(riskReasonText({ feature: 'float-share', value: 0.021, logOdds: 0.01 })).toEqual({ measured: 'share of the effective float sent: 2.1 %', effect: 'hardly changes the odds' });
    expect(riskReasonText({ feature: 'funding', value: -0.0012, logOdds: 1 }).measured).toBe('funding: -0.1 %');
    expect(riskReasonText({ feature: 'venues-week', value: 3, logOdds: 1 }).measured).toBe('exchanges it sent to: 3');
    expect([riskReasonText({ feature: 'unlock-size', value: 1.8, logOdds: 1 }), riskReasonText({ feature: 'hour-liquidity', value: 0.42, logOdds: 1 }), riskReasonText({ feature: 'counterparties', value: 0.03, logOdds: 1 })].map(({ measured }) => measured)).toEqual([
      'size of the next unlock: 1.8 times daily volume', 'liquidity of this hour: 0.42 times the usual', 'whom it deals with: 3 % of what it received came from flagged addresses',
    ]);
    expect(riskReasonText({ feature: 'unlock-near', value: null, logOdds: -0.2 }).measured).toBe('an unlock soon: none ahead');
    expect(riskReasonText({ feature: 'age', value: null, logOdds: 0 }).measured).toBe('how long it is known: not known, taken for usual');
  });
  it('is written for every feature and any number', () => {
    fc.assert(fc.property(fc.constantFrom(...addressFeatureName.options), fc.oneof(fc.constant(null), fc.double()), fc.double(), (feature, value, logOdds) => {
      const { measured, effect } = riskReasonText({ feature, value, logOdds });
      expect(`${measured} ${effect}`).not.toMatch(/NaN|Infinity|undefined/);
    }));
  });
});

describe('a risk', () => {
  it('stands beside what is usual', () => {
    expect(riskSentenceOf({ probability: 0.24, baseRate: 0.03 })).toBe('A fall within a day after such deposits is given 24 %; after any transfer it is 3 %, so 8 times as likely.');
    expect(riskSentenceOf({ probability: 0.03, baseRate: 0.03 })).toBe('A fall within a day after such deposits is given 3 %; after any transfer it is 3 %.');
    expect(riskSentenceOf({ probability: 0.03, baseRate: 0 })).not.toMatch(/times/);
  });
});
