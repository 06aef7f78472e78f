import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatFactor, formatLevel, formatMove, formatPrice, formatShare, formatSpan, formatUsd, formatUsdBand, formatUtc, inputOf, ownerName } from './index.ts';

describe('formats', () => {
  it('money is short', () => {
    const cases: readonly (readonly [number, string])[] = [[4.1e6, '$4.1 m'], [12.8e6, '$12.8 m'], [21e6, '$21 m'], [310e6, '$310 m'], [5.6e9, '$5.6 bn'], [940_000, '$940 k'], [950, '$950'], [0, '$0'], [-2e9, '-$2 bn'], [999_960, '$1 m'], [99.96e6, '$100 m'], [0.4, '$0'], [-0.4, '$0']];
    for (const [value, text] of cases) expect(formatUsd(value)).toBe(text);
  });
  it('a band has the unit of its value where it can', () => {
    expect(formatUsdBand(4.1e6, 3.2e6, 5.6e6)).toBe('3.2 to 5.6');
    expect(formatUsdBand(1.2e6, 0.8e6, 5.6e6)).toBe('0.8 to 5.6');
    expect(formatUsdBand(4.1e6, 20_000, 5.6e6)).toBe('$20 k to $5.6 m');
    expect(formatUsdBand(4.1e6, 3e6, 2.5e9)).toBe('$3 m to $2.5 bn');
  });
  it('prices have sensible digits', () => {
    const cases: readonly (readonly [number, string])[] = [[0.92, '$0.92'], [4.9, '$4.90'], [1.6, '$1.60'], [84_000.4, '$84,000'], [0.0000123, '$0.0000123'], [0.05, '$0.05'], [0.5234, '$0.523'], [1234, '$1,234'], [1e-20, '$1.00e-20']];
    for (const [value, text] of cases) expect(formatPrice(value)).toBe(text);
  });
  it('moves have a sign, shares none', () => {
    expect([formatMove(-0.836), formatMove(0.031), formatMove(-0.3), formatMove(0), formatMove(-1e-9)]).toEqual(['-84 %', '+3.1 %', '-30 %', '0 %', '0 %']);
    expect([formatShare(0.71), formatShare(0.021), formatShare(1)]).toEqual(['71 %', '2.1 %', '100 %']);
  });
  it('factors have about two digits and no unit', () => {
    const cases: readonly (readonly [number, string])[] = [[0.8, '0.8'], [0.119, '0.12'], [2.45, '2.5'], [25.1, '25'], [9.96, '10'], [1, '1'], [0.0042, '0.004'], [0.0001, '0'], [0, '0'], [1_234, '1,234'], [3e7, '3.0e+7'], [NaN, 'unknown']];
    for (const [value, text] of cases) expect(formatFactor(value)).toBe(text);
  });
  it('levels keep their decimals, at most two', () => {
    expect([0.975, 0.99, 0.9999, 0.5, 1, 0.29, NaN].map(formatLevel)).toEqual(['97.5 %', '99 %', '99.99 %', '50 %', '100 %', '29 %', 'unknown']);
  });
  it('times have their age beside them', () => {
    const at = Date.UTC(2025, 3, 13, 18, 2, 11);
    expect(formatUtc(at)).toBe('18:02:11 UTC');
    expect(formatUtc(at, at + 40_000)).toBe('18:02:11 UTC, 40 s ago');
    expect(formatUtc(at, at + 20 * 3_600_000)).toBe('2025-04-13 18:02:11 UTC, 20 h ago');
    expect([90_000, 900_000, 5_400_000, 7_200_000, 3 * 86_400_000].map(formatDuration)).toEqual(['90 s', '15 min', '90 min', '2 h', '3 d']);
    expect([-112_800_000, -59_000, 0, 3_600_000].map(formatSpan)).toEqual(['T-31h 20m', 'T+00h 00m', 'T+00h 00m', 'T+01h 00m']);
  });
  it('reads names of inputs and labels', () => {
    expect(inputOf('book.okx:swap:OM-USDT-SWAP')).toEqual({ group: 'book', place: 'okx' });
    expect(inputOf('book.deep.okx')).toEqual({ group: 'book', place: 'okx' });
    expect(inputOf('transfers.eip155:1')).toEqual({ group: 'transfers', place: 'eip155:1' });
    expect(inputOf('constructor').group).toBe('other');
    expect([ownerName('exchange:okx'), ownerName('exchange:constructor'), ownerName('issuer:mantra'), ownerName('')]).toEqual(['OKX', 'Constructor', 'Mantra', '']);
  });
});
