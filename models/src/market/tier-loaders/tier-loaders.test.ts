import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { dataFile } from '../../../../infra/dev/src/env.ts';
import { defined } from '../../core/index.ts';
import { maintenanceMargin } from '../tiers.ts';
import {
  readBinanceBrackets, readBinanceCoinBrackets, readBinancePublicBrackets, readBitgetPositionTiers, readBitgetUnifiedTiers, readBybitRiskLimits, readDeribitInstruments,
  readGateRiskLimitTiers, readHyperliquidMeta, readKrakenInstruments, readKucoinRiskLimits, readOkxPositionTiers, type LoadedTiers, type TierLoadResult, type TierTable,
} from './index.ts';

function loaded(result: TierLoadResult): LoadedTiers {
  if (!result.ok) throw new Error(`${result.error.kind} at ${result.error.path}: ${result.error.got}`);
  return result.value;
}
const tableOf = (result: TierLoadResult, market: string): TierTable => defined(loaded(result).tables.get(market), market);
const rows = (table: TierTable): number[][] => table.tiers.map((t) => [t.from, Number(t.rate.toPrecision(12)), Number(t.deduction.toPrecision(12))]);

describe('Binance', () => {
  const bracket = (n: number, floor: number, rate: number, leverage: number, cum: number): object => ({ bracket: n, initialLeverage: leverage, notionalCap: floor * 2 + 5_000, notionalFloor: floor, maintMarginRatio: rate, cum });
  const answer = [{ symbol: 'XYZUSDT', notionalCoef: 1, brackets: [bracket(1, 0, 0.01, 50, 0), bracket(2, 5_000, 0.025, 20, 75), bracket(3, 25_000, 0.05, 10, 700)] }];

  it('USD-M leverageBracket, all markets or one', () => {
    expect(rows(tableOf(readBinanceBrackets(answer), 'XYZUSDT'))).toEqual([[0, 0.01, 0], [5_000, 0.025, 75], [25_000, 0.05, 700]]);
    expect(tableOf(readBinanceBrackets(answer[0]), 'XYZUSDT')).toMatchObject({ maxLeverage: 50, tierUnit: 'notional' });
  });

  it('COIN-M leverageBracket: bounds in coin', () => {
    const coin = [{ symbol: 'XYZUSD_PERP', brackets: [{ bracket: 1, initialLeverage: 20, qtyCap: 50, qtyFloor: 0, maintMarginRatio: 0.025, cum: 0 }, { bracket: 2, initialLeverage: 10, qtyCap: 100, qtyFloor: 50, maintMarginRatio: 0.05, cum: 1.25 }] }];
    expect(rows(tableOf(readBinanceCoinBrackets(coin), 'XYZUSD_PERP'))).toEqual([[0, 0.025, 0], [50, 0.05, 1.25]]);
  });

  it('the web page\'s brackets, with text for numbers and the highest tier first', () => {
    const web = { code: '000000', message: null, data: { brackets: [{ symbol: 'XYZUSDT', updateTime: 1, notionalLimit: 100, riskBrackets: [
      { bracketSeq: 2, bracketNotionalFloor: '300000', bracketNotionalCap: 800_000, bracketMaintenanceMarginRate: '0.005', cumFastMaintenanceAmount: '300', minOpenPosLeverage: 76, maxOpenPosLeverage: 100 },
      { bracketSeq: 1, bracketNotionalFloor: 0, bracketNotionalCap: 300_000, bracketMaintenanceMarginRate: 0.004, cumFastMaintenanceAmount: 0, minOpenPosLeverage: 101, maxOpenPosLeverage: 125 },
    ] }] }, success: true };
    expect(rows(tableOf(readBinancePublicBrackets(web), 'XYZUSDT'))).toEqual([[0, 0.004, 0], [300_000, 0.005, 300]]);
    expect(readBinancePublicBrackets({ code: '100001', data: null })).toEqual({ ok: false, error: { kind: 'tiers.venue-error', path: 'code', got: '100001' } });
  });

  it('rejects one market and keeps the others', () => {
    const bad = { symbol: 'BADUSDT', brackets: [bracket(1, 0, 0.01, 50, 0), bracket(2, 5_000, 0.025, 20, 80)] };
    const { tables, rejected } = loaded(readBinanceBrackets([bad, ...answer]));
    expect([...tables.keys()]).toEqual(['XYZUSDT']);
    expect(rejected).toEqual([{ kind: 'tiers.deduction', path: '[0].brackets[1]', got: '80, not 75' }]);
  });

  it('an error of the venue, as without a key, is an error', () => {
    expect(readBinanceBrackets({ code: -2014, msg: 'API-key format invalid.' })).toEqual({ ok: false, error: { kind: 'tiers.venue-error', path: 'code', got: '-2014' } });
    expect(readBinanceBrackets([{ brackets: [] }])).toMatchObject({ ok: false, error: { kind: 'tiers.shape', path: '[0].symbol' } });
  });
});

describe('OKX', () => {
  const row = (tier: number, minSz: string, maxSz: string, mmr: string, maxLever: string, family = 'ADA-USDT'): object => ({ uly: family, instFamily: family, instId: '', tier: String(tier), minSz, maxSz, mmr, imr: '0.02', maxLever, optMgnFactor: '', quoteMaxLoan: '', baseMaxLoan: '' });
  const answer = { code: '0', msg: '', data: [row(1, '0', '1500', '0.005', '75'), row(2, '1501', '3000', '0.0075', '50'), row(3, '3001', '6000', '0.01', '40'), row(1, '0', '10', '0.01', '20', 'NEW-USDT')] };

  it('position-tiers: contracts become the position\'s own size, the whole position is charged', () => {
    const result = readOkxPositionTiers(answer, (family) => (family === 'ADA-USDT' ? 100 : undefined));
    const table = tableOf(result, 'ADA-USDT');
    expect(rows(table)).toEqual([[0, 0.005, 0], [150_100, 0.0075, 0], [300_100, 0.01, 0]]);
    expect(table).toMatchObject({ tierUnit: 'size', maxLeverage: 75 });
    expect(loaded(result).rejected).toEqual([{ kind: 'tiers.context', path: 'data{NEW-USDT}', got: 'contract value undefined' }]);
    expect(readOkxPositionTiers({ code: '50014', msg: 'Parameter instFamily can not be empty', data: [] }, () => 1)).toMatchObject({ ok: false, error: { kind: 'tiers.venue-error', got: '50014' } });
  });
});

describe('Bybit', () => {
  const row = (id: number, symbol: string, limit: string, mm: string, im: string, leverage: string, deduction: string): object => ({ id, symbol, riskLimitValue: limit, maintenanceMargin: mm, initialMargin: im, isLowestRisk: id === 1 ? 1 : 0, maxLeverage: leverage, mmDeduction: deduction });
  const page = (category: string, list: readonly object[], nextPageCursor = ''): object => ({ retCode: 0, retMsg: 'OK', result: { category, list, nextPageCursor }, retExtInfo: {}, time: 1 });

  it('risk-limit linear: limits are upper bounds, deductions are checked where printed', () => {
    const answer = page('linear', [row(2, 'XYZUSDT', '1000000', '0.01', '0.02', '50.00', '1000'), row(1, 'XYZUSDT', '200000', '0.005', '0.01', '100.00', ''), row(3, 'XYZUSDT', '2000000', '0.02', '0.0333', '30.00', '11000')], 'next%3D15');
    expect(rows(tableOf(readBybitRiskLimits(answer), 'XYZUSDT'))).toEqual([[0, 0.005, 0], [200_000, 0.01, 1_000], [1_000_000, 0.02, 11_000]]);
    expect(loaded(readBybitRiskLimits(answer))).toMatchObject({ nextPage: 'next%3D15', rejected: [] });
  });

  it('risk-limit inverse in per cent, as the documented example prints it, is told by its leverage', () => {
    const answer = page('inverse', [row(1, 'BTCUSD', '150', '0.5', '1', '100.00', ''), row(2, 'BTCUSD', '300', '1', '1.5', '66.67', '')]);
    expect(rows(tableOf(readBybitRiskLimits(answer), 'BTCUSD'))).toEqual([[0, 0.005, 0], [150, 0.01, 0.75]]);
    const odd = loaded(readBybitRiskLimits(page('inverse', [row(1, 'BTCUSD', '150', '0.5', '3', '100.00', '')])));
    expect(odd.rejected).toEqual([{ kind: 'tiers.number', path: 'result.list{BTCUSD}.initialMargin', got: '3 at 100x' }]);
    expect(readBybitRiskLimits({ retCode: 10001, retMsg: 'params error', result: {} })).toMatchObject({ ok: false, error: { kind: 'tiers.venue-error', path: 'retCode' } });
    expect(readBybitRiskLimits({ retCode: 0, result: {} })).toMatchObject({ ok: false, error: { kind: 'tiers.shape', path: 'result.list' } });
  });
});

describe('Gate, Bitget, KuCoin', () => {
  it('Gate risk_limit_tiers, marginal: 1.2 m at 0.3, 0.4, 0.5 % from 0, 0.1 m, 1 m needs 4,900', () => {
    const row = (tier: number, limit: string, rate: string, leverage: string): object => ({ maintenance_rate: rate, tier, initial_rate: '0.008', leverage_max: leverage, risk_limit: limit });
    const answer = [row(1, '100000', '0.003', '125'), row(2, '1000000', '0.004', '100'), row(3, '5000000', '0.005', '75')];
    const table = tableOf(readGateRiskLimitTiers(answer, 'XYZ_USDT'), 'XYZ_USDT');
    expect(maintenanceMargin(table.tiers, 1_200_000)).toBeCloseTo(4_900, 9);
    expect(tableOf(readGateRiskLimitTiers(answer.map((r) => ({ ...r, contract: 'ABC_USDT' }))), 'ABC_USDT').maxLeverage).toBe(125);
    expect(loaded(readGateRiskLimitTiers(answer)).rejected).toEqual([{ kind: 'tiers.shape', path: '{}', got: 'rows without a market' }]);
    expect(readGateRiskLimitTiers({ label: 'CONTRACT_NOT_FOUND' })).toEqual({ ok: false, error: { kind: 'tiers.venue-error', path: 'label', got: 'CONTRACT_NOT_FOUND' } });
  });

  it('Bitget query-position-lever and the unified account\'s position-tier', () => {
    const classic = { code: '00000', msg: 'success', requestTime: 1, data: [
      { symbol: 'XYZUSDT', level: '1', startUnit: '0', endUnit: '150000', leverage: '125', keepMarginRate: '0.004' },
      { symbol: 'XYZUSDT', level: '2', startUnit: '150000', endUnit: '900000', leverage: '100', keepMarginRate: '0.005' },
    ] };
    expect(rows(tableOf(readBitgetPositionTiers(classic), 'XYZUSDT'))).toEqual([[0, 0.004, 0], [150_000, 0.005, 150]]);
    const unified = { code: '00000', data: [{ tier: '1', minTierValue: '0', maxTierValue: '150000', leverage: '125', mmr: '0.004' }, { tier: '2', minTierValue: '150000', maxTierValue: '900000', leverage: '100', mmr: '0.005' }] };
    expect(rows(tableOf(readBitgetUnifiedTiers(unified, 'XYZUSDT'), 'XYZUSDT'))).toEqual([[0, 0.004, 0], [150_000, 0.005, 150]]);
    expect(readBitgetPositionTiers({ code: '40034', msg: 'Parameter does not exist', data: null })).toMatchObject({ ok: false, error: { kind: 'tiers.venue-error' } });
  });

  it('KuCoin risk-limit, classic and unified: the whole position at its level\'s rate', () => {
    const classic = { code: '200000', data: [
      { symbol: 'XYZUSDTM', level: 1, maxRiskLimit: 300_000, minRiskLimit: 0, maxLeverage: 100, initialMargin: 0.01, maintainMargin: 0.005 },
      { symbol: 'XYZUSDTM', level: 2, maxRiskLimit: 500_000, minRiskLimit: 300_000, maxLeverage: 75, initialMargin: 0.0133, maintainMargin: 0.007 },
    ] };
    const table = tableOf(readKucoinRiskLimits(classic), 'XYZUSDTM');
    expect(rows(table)).toEqual([[0, 0.005, 0], [300_000, 0.007, 0]]);
    const unified = { code: '200000', data: [{ symbol: 'XYZUSDTM', tier: 1, minSize: '0', maxSize: '250000', maxLeverage: '125', initialMarginRate: '0.0080000000', maintainMarginRate: '0.0040000000' }] };
    expect(rows(tableOf(readKucoinRiskLimits(unified), 'XYZUSDTM'))).toEqual([[0, 0.004, 0]]);
    expect(readKucoinRiskLimits({ code: '400100', msg: 'symbol not exists' })).toMatchObject({ ok: false, error: { kind: 'tiers.venue-error', got: '400100' } });
  });
});

describe('Hyperliquid and Deribit', () => {
  it('meta: tables by id, single tiers below 50, delisted coins left out', () => {
    const meta = {
      universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40, marginTableId: 56 }, { name: 'ATOM', szDecimals: 2, maxLeverage: 5, marginTableId: 5 }, { name: 'OLD', maxLeverage: 20, marginTableId: 20, isDelisted: true }, { name: 'LOST', maxLeverage: 60, marginTableId: 77 }],
      marginTables: [[56, { description: 'tiered 40x', marginTiers: [{ lowerBound: '0.0', maxLeverage: 40 }, { lowerBound: '150000000.0', maxLeverage: 20 }] }]], collateralToken: 0,
    };
    const result = readHyperliquidMeta(meta);
    expect(rows(tableOf(result, 'BTC'))).toEqual([[0, 0.0125, 0], [150_000_000, 0.025, 1_875_000]]);
    expect(tableOf(result, 'ATOM')).toMatchObject({ tiers: [{ from: 0, rate: 0.1, deduction: 0 }], maxLeverage: 5 });
    expect(loaded(result).rejected).toEqual([{ kind: 'tiers.context', path: 'universe[3].marginTableId', got: '77' }]);
    expect([...loaded(result).tables.keys()]).toEqual(['BTC', 'ATOM']);
    expect(readHyperliquidMeta({ universe: [] })).toMatchObject({ ok: false, error: { path: 'marginTables' } });
  });

  it('instruments: half of the initial margin, growing with the position; futures are left out', () => {
    const perpetual = { kind: 'future', is_active: true, instrument_name: 'BTC-PERPETUAL', instrument_type: 'reversed', settlement_period: 'perpetual', base_currency: 'BTC', max_leverage: 50, max_liquidation_commission: 0.0075, contract_size: 10 };
    const answer = { jsonrpc: '2.0', id: 1, result: [perpetual, { ...perpetual, instrument_name: 'BTC-29SEP23', settlement_period: 'month' }, { ...perpetual, instrument_name: 'SOL_USDC-PERPETUAL', instrument_type: 'linear', base_currency: 'SOL', max_leverage: 25 }, { ...perpetual, instrument_name: 'XYZ_USDC-PERPETUAL', instrument_type: 'linear', base_currency: 'XYZ', max_leverage: 10 }] };
    const result = readDeribitInstruments(answer);
    expect([...loaded(result).tables.keys()]).toEqual(['BTC-PERPETUAL', 'SOL_USDC-PERPETUAL', 'XYZ_USDC-PERPETUAL']);
    // 25 BTC: 1.125 % of it; 6,000 SOL: (2 % + 3 %) of it. Chords are above by 1.6 % of the growing part at most.
    expect(maintenanceMargin(tableOf(result, 'BTC-PERPETUAL').tiers, 25) / 25).toBeCloseTo(0.011_25, 4);
    expect(maintenanceMargin(tableOf(result, 'SOL_USDC-PERPETUAL').tiers, 6_000) / 6_000).toBeCloseTo(0.05, 3);
    expect(tableOf(result, 'SOL_USDC-PERPETUAL').tierUnit).toBe('size');
    expect(rows(tableOf(result, 'XYZ_USDC-PERPETUAL'))).toEqual([[0, 0.05, 0]]);
    expect(tableOf(readDeribitInstruments({ ...answer, result: perpetual }), 'BTC-PERPETUAL').maxLeverage).toBe(50);
    expect(readDeribitInstruments({ jsonrpc: '2.0', error: { code: 10028, message: 'too_many_requests' } })).toMatchObject({ ok: false, error: { kind: 'tiers.venue-error' } });
    expect(loaded(readDeribitInstruments({ result: [{ ...perpetual, max_leverage: '50x' }, { ...perpetual, instrument_type: 'odd' }] })).rejected.map((e) => e.path)).toEqual(['result[0].max_leverage', 'result[1].instrument_type']);
  });
});

describe('recorded answers', () => {
  it('all 349 markets of Binance load, their deductions checked by the loader', () => {
    const file = dataFile('margin-tiers/binance_leverage_tiers.json');
    if (file === undefined) return;
    const markets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly { readonly info: object }[]>;
    const { tables, rejected } = loaded(readBinanceBrackets(Object.entries(markets).map(([symbol, tiers]) => ({ symbol, brackets: tiers.map((t) => t.info) }))));
    expect(rejected).toEqual([]);
    expect(tables.size).toBe(349);
    expect([...tables.values()].reduce((sum, t) => sum + t.tiers.length, 0)).toBe(2805);
  });

  it('Bybit\'s BTCPERP loads', () => {
    const file = dataFile('margin-tiers/bybit_BTCPERP_2025-12-29.csv');
    if (file === undefined) return;
    const list = readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1).map((line, i) => {
      const [riskLimitValue, maintenanceMargin, maxLeverage, mmDeduction] = line.split(',');
      return { id: i + 1, symbol: 'BTCPERP', riskLimitValue, maintenanceMargin, initialMargin: String(1 / Number(maxLeverage)), maxLeverage, mmDeduction };
    });
    const result = loaded(readBybitRiskLimits({ retCode: 0, result: { category: 'linear', list, nextPageCursor: '' } }));
    expect(result.rejected).toEqual([]);
    expect(result.tables.get('BTCPERP')).toMatchObject({ maxLeverage: 125, tiers: { length: 30 } });
  });
});

describe('Kraken', () => {
  const linear = { symbol: 'PF_XBTUSD', type: 'flexible_futures', marginLevels: [
    { numNonContractUnits: '500000.00000000000000000000', initialMargin: '0.04', maintenanceMargin: '0.02' }, { numNonContractUnits: '0E-20', initialMargin: '0.02', maintenanceMargin: '0.01' },
  ] };
  const inverse = { symbol: 'pi_xbtusd', type: 'futures_inverse', marginLevels: [{ contracts: 0, initialMargin: 0.02, maintenanceMargin: 0.01 }, { contracts: 500_000, initialMargin: 0.04, maintenanceMargin: 0.02 }] };
  const answer = { result: 'success', serverTime: 'x', instruments: [linear, inverse, { symbol: 'in_xbtusd', type: 'spot index', tradeable: false }, { ...inverse, symbol: 'PV_X', type: 'futures_vanilla' }, { ...linear, symbol: 'PF_NEWUSD', marginLevels: [] }] };

  it('instruments: value of linear contracts, contracts of inverse ones, the whole position charged', () => {
    const result = readKrakenInstruments(answer);
    expect([...loaded(result).tables.keys()]).toEqual(['PF_XBTUSD', 'PI_XBTUSD']);
    expect(rows(tableOf(result, 'PF_XBTUSD'))).toEqual([[0, 0.01, 0], [500_000, 0.02, 0]]);
    expect(tableOf(result, 'PF_XBTUSD')).toMatchObject({ tierUnit: 'notional', maxLeverage: 50 });
    expect(rows(tableOf(result, 'PI_XBTUSD'))).toEqual([[0, 0.01, 0], [500_000, 0.02, 0]]);
    expect(tableOf(result, 'PI_XBTUSD').tierUnit).toBe('size');
  });

  it('rejects a market and keeps the others; an error of the venue is an error', () => {
    const wrong = (level: object): object => ({ ...linear, symbol: 'PF_BADUSD', marginLevels: [{ numNonContractUnits: 0, initialMargin: 0.02, maintenanceMargin: 0.01, ...level }] });
    for (const [level, path] of [[{ numNonContractUnits: 5 }, 'tiers.bounds'], [{ maintenanceMargin: 2 }, 'tiers.rates'], [{ initialMargin: 0 }, 'tiers.number'], [{ initialMargin: 'x' }, 'tiers.number'], [{ numNonContractUnits: undefined, contracts: 0 }, 'tiers.number']] as const) {
      const { tables, rejected } = loaded(readKrakenInstruments({ ...answer, instruments: [wrong(level), inverse] }));
      expect([[...tables.keys()], rejected.map((e) => e.kind)]).toEqual([['PI_XBTUSD'], [path]]);
    }
    expect(readKrakenInstruments({ result: 'error', error: 'apiLimitExceeded' })).toMatchObject({ ok: false, error: { kind: 'tiers.venue-error' } });
    expect(readKrakenInstruments({ result: 'success', instruments: [7] })).toMatchObject({ ok: false, error: { kind: 'tiers.shape' } });
  });
});
