import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WarningMessage } from '../messages/warning.ts';
import { formatDuration, formatMove, formatPrice, formatShare, formatSpan, formatUsd, formatUsdBand, formatUtc, timelineLine, warningSentences, warningText } from './index.ts';

const bad = /NaN|undefined|Infinity|null|\[object|!/;
const money = fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.double({ min: -1e300, max: 1e300, noNaN: true }), fc.constant(0));
const ratio = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
const price = fc.double({ min: 1e-30, max: 1e30, noNaN: true, minExcluded: true });
const word = fc.stringMatching(/^[A-Za-z0-9:.-]{0,90}$/);
const time = fc.integer({ min: 0, max: 8.64e15 });
const estimate = (value: fc.Arbitrary<number>) => fc.option(fc.record({ value, low: value, high: value, status: fc.constant('inferred') }));
const reason = fc.oneof(
  fc.record({ code: fc.constant('depth-fell'), share: ratio, sinceMs: fc.integer({ min: 0, max: 1e12 }) }),
  fc.record({ code: fc.constant('forced-share'), share: ratio, belowPrice: price }),
  fc.record({ code: fc.constant('amplification'), amplification: ratio }),
  fc.record({ code: fc.constant('deposits'), usd: money, windowSeconds: fc.nat(), count: fc.nat() }),
  fc.record({ code: fc.constant('issuer-deposits'), floatShare: ratio, usd: fc.option(money) }),
  fc.record({ code: fc.constant('threshold-fell'), from: money, to: money, sinceMs: fc.nat() }),
  fc.record({ code: fc.constant('ignited-at-zero') }),
  fc.record({ code: fc.constant('reverted-transfer'), tx: word, usd: fc.option(money) }),
  fc.record({ code: fc.constant('not-final'), state: fc.constantFrom('included', 'safe'), undone: ratio }),
  fc.record({ code: fc.constant('inputs-dropped'), names: fc.array(word, { maxLength: 4 }) }),
);
/** Any warning the schema allows, and some figures that it does not. */
const warning = fc.record({
  kind: fc.constant('warning'), source: fc.constant('alerting'), seq: fc.nat(), eventTime: time, receivedAt: time, id: fc.stringMatching(/^BW-[A-Z0-9.]{1,32}-\d{8}-[0-9a-f]{8}$/),
  revision: fc.integer({ min: 1, max: 99 }), state: fc.constantFrom('firing', 'acknowledged', 'resolved', 'retracted', 'expired'), severity: fc.constantFrom('watch', 'warning', 'critical'),
  warning: fc.constantFrom('cascade.ignition', 'ignition.drop', 'deposits.issuer', 'depth.drop'), asset: fc.stringMatching(/^[A-Z0-9.]{1,32}$/), onset: time, horizonSeconds: fc.double({ min: 1, max: 1e9, noNaN: true }),
  price: estimate(price), ignitionUsd: estimate(money), landingPrice: estimate(price), amplification: estimate(ratio),
  trigger: fc.option(fc.record({ chain: word, tx: word, logIndex: fc.nat(), to: word, toLabel: word, units: money, usd: fc.option(money), eventTime: time, state: word })),
  depositsUsd: fc.option(money), reasons: fc.array(reason, { maxLength: 12 }),
  inputs: fc.array(fc.record({ name: fc.oneof(word, word.map((w) => `book.${w}`), word.map((w) => `positions.${w}`)), status: fc.constantFrom('exact', 'inferred', 'stale', 'missing'), ageMs: fc.nat() }), { maxLength: 30 }),
  reproduction: estimate(ratio), venues: fc.constant([]), modelVersion: fc.constant(''), inputHash: fc.constant(''),
}) as unknown as fc.Arbitrary<WarningMessage>;

describe('wording', () => {
  it('says any warning in under 900 characters, without gaps in the figures and without raising its voice', () => {
    fc.assert(
      fc.property(warning, fc.constantFrom('community', 'committee'), fc.option(time, { nil: undefined }), (w, audience, now) => {
        const options = { language: 'en', audience, ...(now === undefined ? {} : { now }) } as const;
        const s = warningSentences(w, options);
        const text = warningText(w, { ...options, commands: true });
        for (const part of [s.title, s.headline, ...s.why, s.howSure, s.footer, text, timelineLine(w), timelineLine(w, now)]) expect(part).not.toMatch(bad);
        expect(text.length).toBeLessThan(900);
        expect(text).toContain(w.id);
        expect(text.startsWith(s.title)).toBe(true);
        expect(s.headline.length).toBeGreaterThan(20);
        expect(timelineLine(w)).not.toContain('\n');
      }),
      { numRuns: 1_500 },
    );
  });
  it('formats any number at all', () => {
    const any = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, Number.MAX_VALUE, Number.MIN_VALUE));
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        for (const text of [formatUsd(a), formatUsdBand(a, b, c), formatPrice(a), formatMove(a), formatShare(a), formatDuration(a), formatSpan(a), formatUtc(a, b)]) {
          expect(text).not.toMatch(bad);
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThan(60);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
