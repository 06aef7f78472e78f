/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-call -- answers are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { om2025, randomScenario } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { MarketSpec } from '../world/market.ts';
import { createWorld } from '../world/world.ts';
import { venueEndpoints } from './index.ts';

const lira: MarketSpec = { venue: 'binance', marketType: 'spot', symbol: 'OMTRY', base: 'OM', quote: 'TRY', kind: 'spot', tick: 0.001, lot: 0.01, contractSize: 1, maxLeverage: 1, depthUsd: 4_000_000, spreadBps: 10, basisBps: 0, openInterestUsd: 0, volumeUsdPerMinute: 100_000 };

/** The fall of OM with a euro at 1.10 dollars, a lira at 0.025 and USDT at par, and a market in lira at Binance. */
function setup() {
  const plain = om2025(1);
  const scenario: Scenario = { ...plain, markets: [...plain.markets, lira], conditions: (t) => ({ ...plain.conditions(t), usdtUsd: 1, usdPer: { EUR: 1.1, TRY: 0.025 } }) };
  const world = createWorld(scenario);
  const endpoints = venueEndpoints(world);
  const get = async (host: 'binance-spot' | 'bybit' | 'okx', url: string): Promise<any> => {
    const { status, body } = await endpoints[host].request({ method: 'GET', url });
    return { status, body: JSON.parse(body) };
  };
  return { world, get };
}

describe('markets between currencies', () => {
  it('are listed beside the scenario\'s as each venue has them, and nowhere without such currencies', async () => {
    const { get } = setup();
    const binance = (await get('binance-spot', '/api/v3/exchangeInfo')).body.symbols;
    expect(binance.map((s: any) => `${s.symbol} ${s.baseAsset} ${s.quoteAsset} ${s.status}`)).toEqual(['OMUSDT OM USDT TRADING', 'OMTRY OM TRY TRADING', 'EURUSDT EUR USDT TRADING', 'USDTTRY USDT TRY TRADING']);
    const bybit = (await get('bybit', '/v5/market/instruments-info?category=spot')).body.result.list;
    expect(bybit.map((s: any) => `${s.symbol} ${s.baseCoin} ${s.quoteCoin}`).slice(-2)).toEqual(['USDTEUR USDT EUR', 'USDTTRY USDT TRY']);
    expect((await get('bybit', '/v5/market/instruments-info?category=linear')).body.result.list).toHaveLength(1);
    const okx = (await get('okx', '/api/v5/public/instruments?instType=SPOT')).body.data;
    expect(okx.map((s: any) => `${s.instId} ${s.baseCcy} ${s.quoteCcy} ${s.state}`)).toEqual(['OM-USDT OM USDT live', 'USDT-EUR USDT EUR live', 'USDT-TRY USDT TRY live']);
    expect((await get('okx', '/api/v5/public/instruments?instType=SWAP')).body.data).toHaveLength(1);
  });

  it('are quoted a few basis points around what the currencies are worth', async () => {
    const { world, get } = setup();
    // 1.1 less and more 0.02 %, on ticks of 0.0001.
    expect(await get('binance-spot', '/api/v3/ticker/bookTicker?symbol=EURUSDT')).toEqual({ status: 200, body: { symbol: 'EURUSDT', bidPrice: '1.09970000', bidQty: '1000.00000000', askPrice: '1.10030000', askQty: '1000.00000000' } });
    expect((await get('binance-spot', '/api/v3/ticker/bookTicker?symbol=USDTTRY')).body).toMatchObject({ bidPrice: '39.99000000', askPrice: '40.01000000' });
    const bybit = (await get('bybit', '/v5/market/tickers?category=spot&symbol=USDTTRY')).body;
    expect(bybit).toMatchObject({ retCode: 0, time: world.now(), result: { category: 'spot', list: [{ symbol: 'USDTTRY', bid1Price: '39.99', ask1Price: '40.01', usdIndexPrice: '' }] } });
    // One over 1.1 is 0.90909.
    expect((await get('okx', '/api/v5/market/ticker?instId=USDT-EUR')).body).toMatchObject({ code: '0', data: [{ instId: 'USDT-EUR', bidPx: '0.9089', askPx: '0.9093', ts: String(world.now()) }] });
  });

  it('answer beside the scenario\'s own markets, and for others as each venue does', async () => {
    const { get } = setup();
    const own = (await get('binance-spot', '/api/v3/ticker/bookTicker?symbol=OMUSDT')).body;
    expect(Number(own.bidPrice)).toBeLessThan(Number(own.askPrice));
    expect((await get('bybit', '/v5/market/tickers?category=spot&symbol=OMUSDT')).body.result.list[0]).toMatchObject({ symbol: 'OMUSDT', bid1Price: expect.any(String), ask1Price: expect.any(String) });
    expect((await get('okx', '/api/v5/market/ticker?instId=OM-USDT-SWAP')).body.data).toHaveLength(1);
    expect(await get('binance-spot', '/api/v3/ticker/bookTicker?symbol=GBPUSDT')).toEqual({ status: 400, body: { code: -1121, msg: 'Invalid symbol.' } });
    expect(await get('bybit', '/v5/market/tickers?category=spot&symbol=USDTGBP')).toMatchObject({ status: 200, body: { retCode: 10001, retMsg: 'Not supported symbols', result: {} } });
    expect(await get('okx', '/api/v5/market/ticker?instId=USDT-GBP')).toEqual({ status: 200, body: { code: '51001', msg: "Instrument ID, Instrument ID code, or Spread ID doesn't exist.", data: [] } });
    expect((await get('okx', '/api/v5/market/ticker')).body.code).toBe('50014');
  });
});

describe('a market in another currency', () => {
  it('has its prices in it: a fortieth of a dollar makes forty times the price', async () => {
    const { world } = setup();
    const middle = (symbol: string): number => {
      const state = world.market('binance', 'spot', symbol);
      return ((state?.book.bids[0]?.[0] ?? NaN) + (state?.book.asks[0]?.[0] ?? NaN)) / 2 * (state?.spec.tick ?? NaN);
    };
    expect(middle('OMTRY') / middle('OMUSDT') / 40).toBeCloseTo(1, 2);
  });

  it('is in some of the invented scenarios, each with what the currency is worth', () => {
    const scenarios = Array.from({ length: 200 }, (_, seed) => randomScenario(seed));
    const withForeign = scenarios.filter((s) => s.markets.some(({ quote }) => quote === 'EUR' || quote === 'TRY'));
    expect(withForeign.length).toBeGreaterThan(50);
    expect(withForeign.length).toBeLessThan(140);
    for (const s of withForeign) {
      const { usdPer } = s.conditions(s.end);
      for (const { quote } of s.markets) if (quote === 'EUR' || quote === 'TRY') expect((usdPer[quote] ?? NaN) / (quote === 'EUR' ? 1.1 : 0.025)).toBeCloseTo(1, 1);
    }
  });
});
