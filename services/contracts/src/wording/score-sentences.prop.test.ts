import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScoreMessage } from '../messages/score.ts';
import { scoreSentences } from './index.ts';

const bad = /NaN|undefined|Infinity|null|\[object|!/;
const money = fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constant(0));
const ratio = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
const price = fc.double({ min: 1e-18, max: 1e12, noNaN: true, minExcluded: true });
const label = fc.stringMatching(/^[A-Za-z0-9:.-]{0,90}$/);
const estimate = (value: fc.Arbitrary<number>) => fc.option(value.map((middle) => ({ value: middle, low: middle * 0.7, high: middle * 1.4, status: 'inferred' })));
const window = fc.record({ windowSeconds: fc.constantFrom(900, 86_400), units: money, usd: fc.option(money), count: fc.nat(200) });
/** Any score the schema allows, as far as sentences read it. */
const score = fc.record({
  eventTime: fc.nat(), horizonSeconds: fc.integer({ min: 1, max: 90_000 }), price: estimate(price), ignitionUsd: estimate(money), landingPrice: estimate(price), amplification: estimate(ratio),
  ignitedAtZero: fc.boolean(), depth2pctUsd: fc.option(money), openInterestUsd: fc.option(money), forcedShare: fc.option(ratio), issuerFloatShare: fc.option(ratio),
  deposits: fc.record({ horizon: window, day: window, issuerDay: window, largest: fc.option(fc.record({ toLabel: label, fromLabel: label, usd: fc.option(money) })) }),
  earlier: fc.record({ ignitionUsdDayAgo: fc.option(money), depth2pctUsdDayHigh: fc.option(money), priceHourAgo: fc.option(price) }),
  inputs: fc.array(fc.record({ name: label, status: fc.constantFrom('exact', 'inferred', 'stale', 'missing'), ageMs: fc.nat() }), { maxLength: 30 }),
}) as unknown as fc.Arbitrary<ScoreMessage>;

describe('a score in words', () => {
  it('says any score without gaps in the figures and without raising its voice', () => {
    fc.assert(
      fc.property(score, fc.constantFrom('community', 'committee'), (s, audience) => {
        const { headline, why, howSure } = scoreSentences(s, { language: 'en', audience });
        for (const part of [headline, howSure, ...why]) expect(part).not.toMatch(bad);
        expect(headline).toMatch(/^[A-Z].{20,}\.$/);
        expect(why.length).toBeLessThanOrEqual(8);
        expect(new Set(why).size).toBe(why.length);
      }),
      { numRuns: 1_500 },
    );
  });
});
