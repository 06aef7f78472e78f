import { describe, expect, it } from '@jest/globals';
import { createStream } from '../core/index.ts';
import { at, bankruptcyFromLiquidation, BINANCE, BYBIT_INVERSE, tierAmount, tierIndex } from '../market/index.ts';
import { randomMarket } from './bench/random-positions.ts';
import { DEFAULT_FLOWS } from './inference-settings.ts';
import type { InferenceSettings, ObservedMinute, PositionInference, SavedInference, TriggerTerms } from './inference-types.ts';
import { createPositionInference } from './position-inference.ts';

const market = randomMarket(77, 0.3, 0.4);
const last = market.minutes.at(-1)?.close ?? 1;
const given = { practice: { sampling: market.sampling, windowMs: 1_000 }, draws: 30, flows: DEFAULT_FLOWS.slice(1, 3) } as const;
const terms: Omit<TriggerTerms, 'side'> = { markPrice: last, tickSize: 0.0001, lotSize: 1, bucketTicks: 25, rules: BINANCE };
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

function observed(minutes: readonly ObservedMinute[] = market.minutes, settings: Partial<InferenceSettings> = {}): PositionInference {
  const inference = createPositionInference({ ...given, ...settings });
  for (const minute of minutes) inference.observe(minute);
  return inference;
}

describe('an inference of hidden positions', () => {
  it('says nothing before the first minute, and the prior before anything was liquidated', () => {
    const inference = createPositionInference(given);
    expect(inference.triggers({ ...terms, side: 'long' })).toBeUndefined();
    expect(inference.steps('long', last, [0, 0.1])).toBeUndefined();
    const first = market.minutes[0];
    if (first === undefined) throw new Error('a minute');
    inference.observe(first);
    const book = inference.triggers({ ...terms, side: 'long', markPrice: first.close });
    expect(sum(book?.lots ?? []) + (book?.unreachableLots ?? 0)).toBe(Math.round(first.openInterest));
    // All of it is the prior's, and said to be.
    expect(sum(book?.priorOnlyLots ?? []) / sum(book?.lots ?? [])).toBeGreaterThan(0.95);
  });

  const inference = observed();
  const fit = inference.fit();

  it.each(['long', 'short'] as const)('gives %s triggers that are the open interest in whole lots, with bands, first to fire first', (side) => {
    const book = inference.triggers({ ...terms, side, openInterestLots: 123_456 });
    if (book === undefined) throw new Error('triggers');
    const sign = side === 'long' ? 1 : -1;
    expect(sum(book.lots) + book.unreachableLots).toBe(123_456);
    expect(book.ticks.length).toBeGreaterThan(50);
    for (let i = 0; i < book.ticks.length; i++) {
      const tick = at(book.ticks, i);
      if (i > 0) expect(sign * (at(book.ticks, i - 1) - tick)).toBeGreaterThan(0);
      expect(tick % 25).toBe(0);
      // Rounded to the edge that fires first, a bucket may touch the mark.
      expect(sign * (last / 0.0001 - tick)).toBeGreaterThan(-25);
      expect(at(book.low, i)).toBeLessThanOrEqual(at(book.lots, i));
      expect(at(book.high, i)).toBeGreaterThanOrEqual(at(book.lots, i));
      expect(at(book.priorOnlyLots, i)).toBeLessThanOrEqual(at(book.lots, i));
      expect(sign * (tick - at(book.bankruptcyTicks, i))).toBeGreaterThanOrEqual(0);
    }
    // Far away no price has been.
    expect(sum(book.priorOnlyLots)).toBeGreaterThan(0);
  });

  it('takes bankruptcy prices from liquidation prices by the venue’s rules, linear and inverse', () => {
    for (const rules of [BINANCE, BYBIT_INVERSE]) {
      const book = inference.triggers({ ...terms, rules, side: 'long', bucketTicks: 1 });
      const i = Math.floor((book?.ticks.length ?? 0) / 2);
      const price = (book?.ticks[i] ?? 0) * 0.0001;
      const size = rules.contract === 'linear' ? 10_000 / price : 10_000 * price;
      const exact = bankruptcyFromLiquidation(rules, 'long', size, { price, tier: tierIndex(rules.tiers, tierAmount(rules, size, price)) }) ?? 0;
      expect(Math.abs((book?.bankruptcyTicks[i] ?? 0) - exact / 0.0001)).toBeLessThanOrEqual(2);
    }
  });

  it('draws both sides jointly, each the whole open interest or less, by number and not by order', () => {
    const draws = inference.draws(6, terms, createStream(3, 'positions'));
    const book = inference.triggers({ ...terms, side: 'short' });
    expect(new Set(draws.map((d) => d.long.lots.join())).size).toBeGreaterThan(1);
    for (const { long, short } of draws) {
      expect(short.ticks).toEqual(book?.ticks);
      for (const side of [long, short]) {
        expect(side.lots.every((lots) => Number.isSafeInteger(lots) && lots >= 0)).toBe(true);
        expect(sum(side.lots)).toBeLessThanOrEqual(Math.round(market.minutes.at(-1)?.openInterest ?? 0));
      }
    }
    expect(inference.draws(3, terms, createStream(3, 'positions'))).toEqual(draws.slice(0, 3));
  });

  it('marks the classes no price crossed, and never gives them nothing', () => {
    for (const side of [fit.long, fit.short]) {
      expect(sum(side.map((c) => c.weight))).toBeCloseTo(1, 9);
      expect(side.at(-1)).toMatchObject({ distance: Infinity, crossed: 0, priorOnly: true });
      for (const c of side) {
        expect(c.weight).toBeGreaterThan(0);
        expect(c.low).toBeLessThanOrEqual(c.high);
        if (c.crossed === 0) expect(c.priorOnly).toBe(true);
      }
    }
    expect([...fit.long, ...fit.short].some((c) => !c.priorOnly)).toBe(true);
    expect(sum(fit.flowWeights)).toBeCloseTo(1, 9);
    // Where nothing is published nothing is learned.
    const silent = observed(market.minutes.slice(0, 100), { practice: { sampling: 'none', windowMs: 1_000 } }).fit();
    expect([...silent.long, ...silent.short].every((c) => c.priorOnly && c.crossed === 0)).toBe(true);
    expect(silent.evidence).toBe(0);
  });

  it('is a function of settings and minutes, and goes on from a saved state to the last bit', () => {
    const half = Math.floor(market.minutes.length / 2);
    const [a, b] = [observed(market.minutes.slice(0, half)), observed(market.minutes.slice(0, half))];
    expect(a.fit()).toEqual(b.fit());
    const saved = JSON.stringify(a.state());
    expect(saved).toBe(JSON.stringify(b.state()));
    expect(saved.length).toBeLessThan(250_000);
    const [c, d] = [createPositionInference(given, JSON.parse(saved) as SavedInference), createPositionInference(given, JSON.parse(saved) as SavedInference)];
    for (const minute of market.minutes.slice(half)) for (const each of [a, c, d]) each.observe(minute);
    for (const each of [a, c, d]) each.fit();
    expect(JSON.stringify(c.state())).toBe(JSON.stringify(d.state()));
    expect(c.minutes()).toBe(market.minutes.length);
    // What is saved is rounded: the restored one is near the one that was not interrupted.
    const edges = [0, 0.05, 0.1, 0.2, 0.4, 0.8];
    const [whole, restored] = [a, c].map((each) => each.steps('long', last, edges)?.value ?? []);
    for (let i = 0; i + 1 < edges.length; i++) expect(Math.abs((restored?.[i] ?? 0) / (whole?.[i] ?? 1) - 1)).toBeLessThan(0.1);
  });

  it('takes gaps, minutes without trading, a market that closes and one that opens again', () => {
    const minute = (at0: number, openInterest: number, volume: number): ObservedMinute => ({ at: at0 * 60_000, open: 1, high: 1.001, low: 0.999, close: 1, openInterest, volume, liquidations: null });
    const odd = createPositionInference(given);
    for (const [i, openInterest] of [0, 1_000, 1_000, 0, 0, 500, 500].entries()) {
      odd.observe(minute(i * 700 + 1, openInterest, i % 2 === 0 ? 0 : 50));
      for (const side of ['long', 'short'] as const) {
        const book = odd.triggers({ ...terms, markPrice: 1, side });
        expect(sum(book?.lots ?? []) + (book?.unreachableLots ?? 0)).toBe(openInterest);
        if (openInterest > 0) expect(sum(book?.lots ?? [])).toBeGreaterThan(0.3 * openInterest);
        expect([...(odd.steps(side, 1, [0, 0.1, 0.5])?.value ?? [])].every((x) => Number.isFinite(x) && x >= 0)).toBe(true);
      }
    }
    expect(() => odd.observe(minute(1, 500, 0))).toThrow('minutes come in order');
  });

  it('takes what a gap crossed for no evidence that nobody is leveraged', () => {
    const none = { windows: 60, count: 0, volume: 0, squares: 0 };
    const minute = (at0: number, price: number): ObservedMinute => ({ at: at0 * 60_000, open: price, high: price, low: price, close: price, openInterest: 1_000, volume: 5, liquidations: { long: none, short: none } });
    const [gap, watched] = [createPositionInference(given), createPositionInference(given)];
    for (const each of [gap, watched]) for (let i = 0; i < 30; i++) each.observe(minute(i, 1));
    // A fall of a tenth: in an hour nobody watched, and in the next minute, in which nothing was liquidated.
    gap.observe(minute(90, 0.9));
    watched.observe(minute(30, 0.9));
    const [unknown, seen] = [gap.fit(), watched.fit()];
    const near = (fit: typeof seen): number => sum(fit.long.filter((c) => c.distance < 0.09).map((c) => c.weight));
    expect(near(seen)).toBeLessThan(0.5 * near(unknown));
    expect(unknown.long.filter((c) => c.distance > 0.05).every((c) => c.priorOnly)).toBe(true);
  });
});
