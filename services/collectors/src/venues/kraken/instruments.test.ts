import { describe, expect, it } from '@jest/globals';
import { parseKrakenContracts, parseKrakenPairs } from './instruments.ts';

describe('Kraken spot markets', () => {
  it('bear the names of today, with steps from decimals', () => {
    const row = { altname: 'XBTUSD', wsname: 'XBT/USD', aclass_base: 'currency', base: 'XXBT', aclass_quote: 'currency', quote: 'ZUSD', pair_decimals: 1, lot_decimals: 8, tick_size: '0.1', status: 'online' };
    const body = JSON.stringify({ error: [], result: {
      XXBTZUSD: row, XDGEUR: { ...row, wsname: 'XDG/EUR', pair_decimals: 7, tick_size: undefined, status: 'cancel_only' }, 'XXBTZUSD.d': { ...row, wsname: undefined },
      BAD: { ...row, lot_decimals: 'x' }, WORSE: { ...row, tick_size: '0' }, NONE: null,
    } });
    expect(parseKrakenPairs(body)).toEqual({ ok: true, value: [
      { symbol: 'BTC/USD', marketKind: 'spot', base: 'BTC', quote: 'USD', settle: 'USD', tickSize: 0.1, lotSize: 1e-8, contractSize: 1, trading: true, dated: false },
      { symbol: 'DOGE/EUR', marketKind: 'spot', base: 'DOGE', quote: 'EUR', settle: 'EUR', tickSize: 1e-7, lotSize: 1e-8, contractSize: 1, trading: false, dated: false },
    ] });
    expect(parseKrakenPairs('{"error":["EGeneral:Internal error"]}')).toMatchObject({ ok: false });
    expect(parseKrakenPairs('{')).toMatchObject({ ok: false });
  });
});

describe('Kraken contracts', () => {
  it('count base units when linear and dollars when inverse', () => {
    const linear = {
      symbol: 'PF_XBTUSD', type: 'flexible_futures', tickSize: '1', contractSize: '1', contractValueTradePrecision: 4, tradeable: true, pair: 'XBT:USD', base: 'BTC', quote: 'USD',
      marginLevels: [{ numNonContractUnits: '0E-20', initialMargin: '0.02', maintenanceMargin: '0.01' }],
    };
    const inverse = { symbol: 'pi_xbtusd', type: 'futures_inverse', tickSize: 0.5, contractSize: 1, tradeable: true, underlying: 'rr_xbtusd', marginLevels: [{ contracts: 0, initialMargin: 0.06, maintenanceMargin: 0.03 }] };
    const body = JSON.stringify({ result: 'success', instruments: [
      linear, inverse, { ...inverse, symbol: 'fi_ethusd_261225', lastTradingTime: '2026-12-25T16:00:00.000Z', tradeable: false, marginLevels: [] },
      { ...linear, symbol: 'PF_PEPEUSD', base: 'PEPE', contractValueTradePrecision: -3, marginLevels: undefined }, { ...linear, type: 'futures_vanilla' }, { symbol: 'in_xbtusd', type: 'spot index', tradeable: false },
      { ...linear, tickSize: 0 }, { ...inverse, symbol: 'odd' }, 7,
    ] });
    expect(parseKrakenContracts(body)).toEqual({ ok: true, value: [
      { symbol: 'PF_XBTUSD', marketKind: 'linear', base: 'BTC', quote: 'USD', settle: 'USD', tickSize: 1, lotSize: 0.0001, contractSize: 1, maxLeverage: 50, trading: true, dated: false },
      { symbol: 'PI_XBTUSD', marketKind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', tickSize: 0.5, lotSize: 1, contractSize: 1, maxLeverage: 16.67, trading: true, dated: false },
      { symbol: 'FI_ETHUSD_261225', marketKind: 'inverse', base: 'ETH', quote: 'USD', settle: 'ETH', tickSize: 0.5, lotSize: 1, contractSize: 1, trading: false, dated: true },
      { symbol: 'PF_PEPEUSD', marketKind: 'linear', base: 'PEPE', quote: 'USD', settle: 'USD', tickSize: 1, lotSize: 1_000, contractSize: 1, trading: true, dated: false },
    ] });
    // Expired ones remain tradeable, and an index of shares may be named like a coin.
    expect(parseKrakenContracts(JSON.stringify({ instruments: [{ ...linear, isExpired: true, tradfi: false }, { ...linear, symbol: 'PF_SPXUSD', base: 'SPX', tradfi: true }] })))
      .toMatchObject({ value: [{ trading: false }, { base: 'SPX', trading: true, freelyNamed: true }] });
    expect(parseKrakenContracts('{"result":"error","error":"apiLimitExceeded"}')).toMatchObject({ ok: false });
  });
});
