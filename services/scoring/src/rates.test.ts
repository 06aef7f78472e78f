import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import { createRates } from './rates.ts';
import { rate } from './testing/messages.ts';

const t0 = 1_700_000_000_000;
const usdt = currencyCode('USDT');

describe('rates', () => {
  it('are the median of fresh sources: the middle of three, the mean of two', () => {
    const rates = createRates(60_000);
    rates.fold(rate('a', t0, 0.98));
    rates.fold(rate('b', t0 + 1_000, 1.02));
    expect(rates.at(usdt, epochMs(t0 + 2_000))).toMatchObject({ usd: 1, low: 1, high: 1, status: 'exact', ageMs: 1_000 });
    rates.fold(rate('c', t0, 0.99));
    expect(rates.at(usdt, epochMs(t0 + 2_000))?.usd).toBe(0.99);
    // A source's later word replaces its earlier one.
    rates.fold(rate('b', t0 + 1_500, 0.5));
    expect(rates.at(usdt, epochMs(t0 + 2_000))?.usd).toBe(0.98);
  });
  it('leave stale sources out while one is fresh, and use them, saying so, when none is', () => {
    const rates = createRates(60_000);
    rates.fold(rate('a', t0, 0.9));
    rates.fold(rate('b', t0 + 30_000, 1));
    expect(rates.at(usdt, epochMs(t0 + 60_000))).toMatchObject({ usd: 0.95, status: 'exact' });
    expect(rates.at(usdt, epochMs(t0 + 60_001))).toMatchObject({ usd: 1, status: 'exact' });
    expect(rates.at(usdt, epochMs(t0 + 90_001))).toMatchObject({ usd: 0.95, status: 'stale', ageMs: 60_001 });
  });
  it('that are not known are par with a band of 3 % for a stablecoin, and nothing for anything else', () => {
    const rates = createRates(60_000);
    expect(rates.at(usdt, epochMs(t0))).toEqual({ usd: 1, low: 0.97, high: 1.03, status: 'missing', ageMs: undefined });
    expect(rates.at(currencyCode('BTC'), epochMs(t0))).toBeUndefined();
    expect(rates.at(currencyCode('EUR'), epochMs(t0))).toBeUndefined();
    expect(rates.at(currencyCode('USD'), epochMs(t0))).toMatchObject({ usd: 1, status: 'exact' });
  });
});
