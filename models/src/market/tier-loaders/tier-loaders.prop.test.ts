import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  readBinanceBrackets, readBinanceCoinBrackets, readBinancePublicBrackets, readBitgetPositionTiers, readBitgetUnifiedTiers, readBybitRiskLimits, readDeribitInstruments,
  readGateRiskLimitTiers, readHyperliquidMeta, readKrakenInstruments, readKucoinRiskLimits, readOkxPositionTiers, type TierLoadResult,
} from './index.ts';

/** Every loader with its venue's envelope around rows. */
const venues: readonly (readonly [(answer: unknown) => TierLoadResult, (rows: readonly unknown[]) => unknown])[] = [
  [readBinanceBrackets, (r) => [{ symbol: 'X', brackets: r }]], [readBinanceCoinBrackets, (r) => ({ symbol: 'X', brackets: r })],
  [readBinancePublicBrackets, (r) => ({ code: '000000', data: { brackets: [{ symbol: 'X', riskBrackets: r }] } })],
  [readBitgetPositionTiers, (r) => ({ code: '00000', data: r })], [(a) => readBitgetUnifiedTiers(a, 'X'), (r) => ({ code: '00000', data: r })],
  [readBybitRiskLimits, (r) => ({ retCode: 0, result: { list: r } })], [readDeribitInstruments, (r) => ({ result: r })], [(a) => readGateRiskLimitTiers(a, 'X'), (r) => r],
  [readHyperliquidMeta, (r) => ({ universe: r.slice(0, 1), marginTables: [[50, { marginTiers: r }]] })], [readKucoinRiskLimits, (r) => ({ code: '200000', data: r })],
  [readKrakenInstruments, (r) => ({ result: 'success', instruments: [{ symbol: 'X', type: 'flexible_futures', marginLevels: r }] })],
  [(a) => readOkxPositionTiers(a, () => 1), (r) => ({ code: '0', data: r })],
];
/** Rows as any venue might send them, lawful or not, with every venue's names for the same thing. */
const value = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 2_000 }) }, { weight: 6, arbitrary: fc.double({ min: 0, max: 1.1, noNaN: true }) }, { weight: 1, arbitrary: fc.constantFrom(null, '', 'NaN', '-1', '1e400', '0x10', -0.5, NaN, {}, [], true) });
const text = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | string> => fc.tuple(arbitrary, fc.boolean()).map(([v, asText]) => (asText && typeof v === 'number' ? String(v) : v));
const row = fc.tuple(text(value), text(value), text(value), text(value)).map(([bound, rate, leverage, deduction]) => ({
  symbol: 'X', instFamily: 'X', name: 'X', marginTableId: 50, bracket: 1,
  notionalFloor: bound, qtyFloor: bound, bracketNotionalFloor: bound, minSz: bound, riskLimitValue: bound, risk_limit: bound, startUnit: bound, minTierValue: bound, minRiskLimit: bound, lowerBound: bound, numNonContractUnits: bound,
  maintMarginRatio: rate, bracketMaintenanceMarginRate: rate, mmr: rate, maintenanceMargin: rate, maintenance_rate: rate, keepMarginRate: rate, maintainMargin: rate,
  initialLeverage: leverage, maxOpenPosLeverage: leverage, maxLever: leverage, maxLeverage: leverage, leverage_max: leverage, leverage, max_leverage: leverage,
  initialMargin: typeof leverage === 'number' && leverage > 0 ? 1 / leverage : leverage, cum: deduction, cumFastMaintenanceAmount: deduction, mmDeduction: '',
  instrument_name: 'X', instrument_type: 'linear', settlement_period: 'perpetual', base_currency: 'BTC',
}));
/** Rows without a deduction and with the lowest bound at 0 half of the time, so that many make a table. */
const rows = fc.tuple(fc.array(row, { maxLength: 4 }), fc.boolean()).map(([list, kind]) => (kind ? list.map((r, i) => ({ ...r, ...(i === 0 ? row0 : {}), cum: undefined, cumFastMaintenanceAmount: undefined })) : list));
const row0 = { notionalFloor: 0, qtyFloor: 0, bracketNotionalFloor: 0, minSz: 0, startUnit: 0, minTierValue: 0, minRiskLimit: 0, lowerBound: 0, numNonContractUnits: 0 };

describe('tier loaders, laws', () => {
  it('never throw, whatever the answer', () => {
    fc.assert(fc.property(fc.constantFrom(...venues), fc.oneof(fc.jsonValue(), fc.anything()), fc.boolean(), ([load, wrap], answer, wrapped) => typeof load(wrapped ? wrap([answer]) : answer).ok === 'boolean'), { numRuns: 3_000 });
  });

  it('give lawful tables only: bounds from 0 and rising, rates in (0, 1) that do not fall, a requirement that does not fall', () => {
    let taken = 0;
    fc.assert(fc.property(fc.constantFrom(...venues), rows, ([load, wrap], drawn) => {
      const result = load(wrap(drawn));
      if (!result.ok) return;
      for (const { tiers, maxLeverage } of result.value.tables.values()) {
        taken++;
        expect(tiers[0]).toMatchObject({ from: 0, deduction: 0 });
        expect(maxLeverage > 0 && Number.isFinite(maxLeverage)).toBe(true);
        tiers.forEach((tier, i) => {
          const below = tiers[i - 1];
          const lawful = tier.rate > 0 && tier.rate < 1 && (below === undefined || (tier.from > below.from && tier.rate >= below.rate && tier.rate * tier.from - tier.deduction >= below.rate * tier.from - below.deduction - 1e-9 * tier.from));
          expect(lawful).toBe(true);
        });
      }
    }), { numRuns: 5_000 });
    expect(taken).toBeGreaterThan(150);
  });
});
