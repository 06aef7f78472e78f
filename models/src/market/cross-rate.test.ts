import { describe, expect, it } from '@jest/globals';
import { currencyCode, usdRate } from '../core/index.ts';
import type { CurrencyPair, UsdBand } from './cross-rate.ts';
import { crossRate, pairRate } from './cross-rate.ts';

const [eur, lira, tether] = [currencyCode('EUR'), currencyCode('TRY'), currencyCode('USDT')];
const eurusdt: CurrencyPair = { base: eur, quote: tether };
const usdttry: CurrencyPair = { base: tether, quote: lira };
const dollars = (usd: number, low: number = usd, high: number = usd): UsdBand => ({ usd: usdRate(usd), low: usdRate(low), high: usdRate(high) });

describe('the rate of a pair', () => {
  it('is the middle of the market where the currency is its base', () => {
    // EURUSDT 1.0998 to 1.1002: a euro is 1.1 USDT, sold at once for 1.0998 and bought at once for 1.1002.
    const read = pairRate(eurusdt, eur, 1.0998, 1.1002);
    expect(read).toMatchObject({ ok: true, value: { currency: 'EUR', against: 'USDT', low: 1.0998, high: 1.1002 } });
    expect(read.ok ? read.value.price : NaN).toBeCloseTo(1.1, 12);
  });

  it('is one over the market where the currency is its quote, and the ends change places', () => {
    // USDTTRY 39 to 41, middle 40: a lira is 1/40 = 0.025 USDT; who sells lira buys USDT at 41 and gets 1/41, who buys lira pays 1/39.
    expect(pairRate(usdttry, lira, 39, 40.5)).toMatchObject({ ok: true, value: { currency: 'TRY', against: 'USDT', price: 1 / 39.75, low: 1 / 40.5, high: 1 / 39 } });
    expect(pairRate(usdttry, lira, 39.6, 40.4)).toMatchObject({ ok: true, value: { price: 0.025 } });
  });

  it('is refused with its reason', () => {
    const refused = (bid: number, ask: number, pair = eurusdt, currency = eur) => {
      const read = pairRate(pair, currency, bid, ask);
      return read.ok ? 'taken' : read.error;
    };
    expect(refused(0, 1.1)).toBe('no-quote');
    expect(refused(1.1, 0)).toBe('no-quote');
    expect(refused(NaN, 1.1)).toBe('no-quote');
    expect(refused(1.1, Infinity)).toBe('no-quote');
    expect(refused(-1, 1)).toBe('no-quote');
    expect(refused(1.2, 1.1)).toBe('crossed-quote');
    expect(refused(1.1, 1.1)).toBe('crossed-quote');
    // 1.00 to 1.06: 0.06 over 1.03 is 5.8 %; 1.00 to 1.05: 0.05 over 1.025 is 4.9 %.
    expect(refused(1, 1.06)).toBe('wide-quote');
    expect(refused(1, 1.05)).toBe('taken');
    expect(refused(1e9, 1.001e9)).toBe('out-of-range');
    expect(refused(1e9, 1.001e9, usdttry, lira)).toBe('out-of-range');
    expect(refused(5e-324, 1e-323)).toBe('wide-quote');
    expect(refused(1e-310, 1.0001e-310, usdttry, lira)).toBe('out-of-range');
  });
});

describe('a chain of two', () => {
  const rateOf = (pair: CurrencyPair, currency: typeof eur, bid: number, ask: number) => {
    const read = pairRate(pair, currency, bid, ask);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };
  it('carries a depeg through: a lira at 0.025 USDT with USDT at 0.90 dollars is 0.0225 dollars', () => {
    const chained = crossRate(rateOf(usdttry, lira, 39.6, 40.4), dollars(0.9));
    expect(chained?.usd).toBeCloseTo(0.0225, 12);
    // 0.9 / 40.4 and 0.9 / 39.6.
    expect(chained?.low).toBeCloseTo(0.022277227722772, 12);
    expect(chained?.high).toBeCloseTo(0.022727272727273, 12);
  });
  it('widens the band by what is not known of the leg: 1.0998 x 0.97 to 1.1002 x 1.03', () => {
    const chained = crossRate(rateOf(eurusdt, eur, 1.0998, 1.1002), dollars(1, 0.97, 1.03));
    expect(chained?.usd).toBeCloseTo(1.1, 12);
    expect(chained?.low).toBeCloseTo(1.066806, 12);
    expect(chained?.high).toBeCloseTo(1.133206, 12);
  });
  it('is none when it leaves the numbers', () => {
    expect(crossRate(rateOf(eurusdt, eur, 2, 2.01), dollars(1.7e308))).toBeUndefined();
    expect(crossRate(rateOf(usdttry, lira, 40, 40.1), dollars(5e-324))).toBeUndefined();
  });
});
