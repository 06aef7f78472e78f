import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ratio } from '../core/index.ts';
import { fundEquity, fundFlow, fundHistory, insuranceFund, isAdlTriggered, settleFill, takeOver, withFundEquity, workOff, type FundHistory } from './insurance-fund.ts';
import { BINANCE, BYBIT, DERIBIT, HYPERLIQUID, OKX } from './venues/index.ts';

describe('insurance fund', () => {
  it('Bybit Insurance-Fund: a long bankrupt at 6,950 pays in at 6,980 and takes at 6,930', () => {
    expect(fundFlow('long', 2, 6_980, 6_950)).toBe(60);
    expect(fundFlow('long', 2, 6_930, 6_950)).toBe(-40);
    expect(fundFlow('short', 2, 6_930, 6_950)).toBe(40);
    // Hyperliquid and Deribit leave the rest with the trader.
    expect([fundFlow('long', 2, 6_980, 6_950, 'trader'), fundFlow('long', 2, 6_930, 6_950, 'trader')]).toEqual([0, -40]);
  });

  it('KuCoin 26686139092889: bankrupt at 39,000, closed at 38,850: 150 from the fund', () => {
    expect(fundEquity(settleFill(insuranceFund(1_000), fundFlow('long', 1, 38_850, 39_000)), 0)).toBe(850);
  });

  it('holds what it took over at the mark: cash + sum of J (mark - p_bk)', () => {
    const fund = takeOver(takeOver(insuranceFund(1_000), 'long', 10, 90), 'short', 4, 110);
    // 10 (85 - 90) - 4 (85 - 110) = 50.
    expect(fundEquity(fund, 85)).toBe(1_050);
    expect(fundEquity(fund, 90)).toBe(1_080);
  });

  it('taking over and working off at a price is the same as a fill there, and working off moves no equity', () => {
    const number = fc.integer({ min: 1, max: 100_000 });
    fc.assert(fc.property(fc.constantFrom('long' as const, 'short' as const), number, number, number, fc.integer({ min: 0, max: 100 }), (side, quantity, price, bankruptcy, share) => {
      const taken = takeOver(insuranceFund(5), side, quantity, bankruptcy);
      const scale = quantity * Math.max(price, bankruptcy);
      expect(Math.abs(workOff(taken, 1, price).cash - settleFill(insuranceFund(5), fundFlow(side, quantity, price, bankruptcy)).cash)).toBeLessThanOrEqual(1e-9 * scale);
      expect(Math.abs(fundEquity(workOff(taken, share / 100, price), price) - fundEquity(taken, price))).toBeLessThanOrEqual(1e-9 * scale);
    }));
  });
});

const minute = 60_000;
function historyOf(...values: readonly number[]): FundHistory {
  return values.reduce((h, v, i) => withFundEquity(h, i * minute, v), fundHistory());
}

describe('what starts auto-deleveraging', () => {
  it('OKX auto-deleveraging: an average of 400k of 8 hours means a threshold of 280k', () => {
    const history = historyOf(...new Array<number>(480).fill(400_000));
    expect(isAdlTriggered(OKX.adl, { equity: 280_000, history, accountEquity: 1 })).toBe(false);
    expect(isAdlTriggered(OKX.adl, { equity: 279_999, history, accountEquity: 1 })).toBe(true);
    // A small fund must lose $50k, which 30 % of it is not.
    const small = historyOf(...new Array<number>(480).fill(100_000));
    expect(isAdlTriggered(OKX.adl, { equity: 50_001, history: small, accountEquity: 1 })).toBe(false);
    expect(isAdlTriggered(OKX.adl, { equity: 49_999, history: small, accountEquity: 1 })).toBe(true);
    expect(isAdlTriggered(OKX.adl, { equity: 0, history: historyOf(10, 0), accountEquity: 1 })).toBe(true);
  });

  it('Bybit: 30 % below the highest of the last 8 hours, which is forgotten after them', () => {
    let history = withFundEquity(fundHistory(), 0, 10e6);
    history = withFundEquity(history, minute, 8e6);
    expect(isAdlTriggered(BYBIT.adl, { equity: 7_000_001, history, accountEquity: 1 })).toBe(false);
    expect(isAdlTriggered(BYBIT.adl, { equity: 7e6, history, accountEquity: 1 })).toBe(true);
    const later = withFundEquity(history, 480 * minute, 7e6);
    expect(later.values.length).toBe(480);
    expect(isAdlTriggered(BYBIT.adl, { equity: 7e6, history: later, accountEquity: 1 })).toBe(false);
    // The older text: all of it.
    expect(isAdlTriggered({ ...BYBIT.adl, threshold: ratio(1) }, { equity: 1, history, accountEquity: 1 })).toBe(false);
    expect(isAdlTriggered({ ...BYBIT.adl, threshold: ratio(1) }, { equity: 0, history, accountEquity: 1 })).toBe(true);
  });

  it('Binance when the fund is empty, Hyperliquid when the account is under water, Deribit never', () => {
    const history = historyOf(100);
    const moments = [{ equity: 1, accountEquity: 1 }, { equity: 0, accountEquity: 1 }, { equity: 1, accountEquity: -1 }].map((m) => ({ ...m, history }));
    expect(moments.map((m) => isAdlTriggered(BINANCE.adl, m))).toEqual([false, true, false]);
    expect(moments.map((m) => isAdlTriggered(HYPERLIQUID.adl, m))).toEqual([false, false, true]);
    expect(moments.map((m) => isAdlTriggered(DERIBIT.adl, m))).toEqual([false, false, false]);
  });

  it('keeps the last value of a slot, repeats it through a pause and ignores what is older', () => {
    let history = historyOf(5, 6);
    history = withFundEquity(history, minute + 30_000, 4);
    expect(history.values).toEqual([5, 4]);
    expect(withFundEquity(history, 10, 99)).toBe(history);
    expect(withFundEquity(history, minute * 2, NaN)).toBe(history);
    expect(withFundEquity(history, minute * 4, 1).values).toEqual([5, 4, 4, 4, 1]);
    expect(withFundEquity(history, minute * 1e6, 1).values.filter((v) => v !== 4)).toEqual([1]);
  });
});
