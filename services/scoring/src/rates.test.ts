import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import { createRates } from './rates.ts';
import { crossRate, rate } from './testing/messages.ts';

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

describe('rates through another currency', () => {
  const [lira, euro, fdusd] = [currencyCode('TRY'), currencyCode('EUR'), currencyCode('FDUSD')];

  it('are the market times the dollars of its other side: a lira of 0.025 USDT at 0.998 dollars is 0.02495', () => {
    const rates = createRates(60_000);
    rates.fold(rate('okx:spot', t0, 0.998));
    rates.fold(crossRate('binance:spot', t0 + 4_000, 'TRY', 'USDT', 0.025, 0.0001));
    const at = rates.at(lira, epochMs(t0 + 10_000));
    expect(at).toMatchObject({ status: 'exact', ageMs: 10_000 });
    expect(at?.usd).toBeCloseTo(0.02495, 12);
    // 0.02495 x 0.998 and 0.02505 x 0.998.
    expect(at?.low).toBeCloseTo(0.0249001, 12);
    expect(at?.high).toBeCloseTo(0.0249999, 12);
  });

  it('carry a depeg of the middle currency through', () => {
    const rates = createRates(60_000);
    rates.fold(rate('okx:spot', t0, 0.9));
    rates.fold(crossRate('binance:spot', t0, 'FDUSD', 'USDT', 1.1));
    // USDT lost 10 %; FDUSD, worth 1.1 USDT, did not: 0.99 dollars.
    expect(rates.at(fdusd, epochMs(t0))?.usd).toBeCloseTo(0.99, 12);
    expect(rates.at(fdusd, epochMs(t0))?.status).toBe('exact');
  });

  it('are stale when either link is, and as old as the older one', () => {
    const rates = createRates(60_000);
    rates.fold(rate('okx:spot', t0, 1));
    rates.fold(crossRate('binance:spot', t0 + 50_000, 'EUR', 'USDT', 1.1));
    expect(rates.at(euro, epochMs(t0 + 60_000))).toMatchObject({ status: 'exact', ageMs: 60_000 });
    // USDT was last heard of 60.001 s ago, the euro 10 s ago.
    expect(rates.at(euro, epochMs(t0 + 60_001))).toMatchObject({ usd: 1.1, status: 'stale', ageMs: 60_001 });
    rates.fold(rate('okx:spot', t0 + 100_000, 1));
    expect(rates.at(euro, epochMs(t0 + 110_000))).toMatchObject({ status: 'exact', ageMs: 60_000 });
    expect(rates.at(euro, epochMs(t0 + 110_001))).toMatchObject({ usd: 1.1, status: 'stale', ageMs: 60_001 });
  });

  it('are missing when a link is: with a band around a stablecoin at par, and not at all otherwise', () => {
    const rates = createRates(60_000);
    expect(rates.at(lira, epochMs(t0))).toBeUndefined();
    rates.fold(crossRate('binance:spot', t0, 'TRY', 'USDT', 0.025, 0.0001));
    const at = rates.at(lira, epochMs(t0));
    expect(at).toMatchObject({ status: 'missing', ageMs: undefined });
    expect(at?.usd).toBeCloseTo(0.025, 12);
    // 0.02495 x 0.97 and 0.02505 x 1.03.
    expect(at?.low).toBeCloseTo(0.0242015, 12);
    expect(at?.high).toBeCloseTo(0.0258015, 12);
    // Known against USDT, a stablecoin is better than at par; USDT itself never goes over another.
    rates.fold(crossRate('bybit:spot', t0, 'FDUSD', 'USDT', 0.95));
    expect(rates.at(fdusd, epochMs(t0))).toMatchObject({ usd: 0.95, status: 'missing' });
    rates.fold(crossRate('binance:spot', t0, 'USDT', 'USDC', 0.5));
    expect(rates.at(usdt, epochMs(t0))).toMatchObject({ usd: 1, status: 'missing' });
    // Over the euro there would be three links.
    rates.fold(crossRate('binance:spot', t0, 'VAI', 'EUR', 0.9));
    expect(rates.at(currencyCode('VAI'), epochMs(t0))).toBeUndefined();
  });

  it('against the dollar itself need no other link', () => {
    const rates = createRates(60_000);
    rates.fold(crossRate('bybit:spot', t0, 'EUR', 'USD', 1.1));
    expect(rates.at(euro, epochMs(t0 + 5_000))).toEqual({ usd: 1.1, low: 1.1, high: 1.1, status: 'exact', ageMs: 5_000 });
  });

  it('are the median of those that are best known, each end by itself', () => {
    const rates = createRates(60_000);
    rates.fold(rate('okx:spot', t0 + 100_000, 1));
    rates.fold(crossRate('a', t0 + 100_000, 'EUR', 'USDT', 1.08, 0.02));
    rates.fold(crossRate('b', t0 + 100_000, 'EUR', 'USDT', 1.1, 0.002));
    rates.fold(crossRate('c', t0 + 100_000, 'EUR', 'USDT', 1.12, 0.02));
    // Ends 1.07 1.099 1.11 and 1.09 1.101 1.13.
    const at = rates.at(euro, epochMs(t0 + 100_000));
    expect([at?.low, at?.usd, at?.high].map((x) => x?.toFixed(9))).toEqual(['1.099000000', '1.100000000', '1.101000000']);
    // A fourth over a currency that is not known, and a fifth that is stale, count for nothing beside these.
    rates.fold(crossRate('d', t0 + 100_000, 'EUR', 'USDC', 5));
    rates.fold(crossRate('e', t0, 'EUR', 'USDT', 5));
    expect(rates.at(euro, epochMs(t0 + 100_000))).toMatchObject({ usd: 1.1, status: 'exact' });
    // A market of the same venue against another currency does not replace the first: of 1.08 1.09 1.10 1.12 and 5 the middle, of the last four 1.11.
    rates.fold(rate('okx:spot', t0 + 100_000, 1, 'USDC'));
    rates.fold(crossRate('a', t0 + 100_000, 'EUR', 'USDC', 1.09));
    expect(rates.at(euro, epochMs(t0 + 100_000))?.usd).toBeCloseTo(1.1, 12);
  });

  it('give way to dollars of the currency itself, unless only they are fresh', () => {
    const btc = currencyCode('BTC');
    const rates = createRates(60_000);
    rates.fold(rate('okx:spot', t0, 80_000, 'BTC'));
    rates.fold(rate('okx:spot', t0 + 50_000, 1));
    rates.fold(crossRate('binance:spot', t0 + 50_000, 'BTC', 'USDT', 79_000));
    expect(rates.at(btc, epochMs(t0 + 60_000))).toMatchObject({ usd: 80_000, status: 'exact' });
    expect(rates.at(btc, epochMs(t0 + 60_001))).toMatchObject({ usd: 79_000, status: 'exact' });
    expect(rates.at(btc, epochMs(t0 + 110_001))).toMatchObject({ usd: 80_000, status: 'stale' });
  });

  it('that leave the numbers are none', () => {
    const rates = createRates(60_000);
    rates.fold(rate('okx:spot', t0, 1.7e308));
    rates.fold(crossRate('binance:spot', t0, 'EUR', 'USDT', 1.1));
    expect(rates.at(euro, epochMs(t0))).toBeUndefined();
  });
});
