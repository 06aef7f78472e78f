import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import { chooseRatePairs, rateMarkets, wantedRates } from './rate-pairs.ts';
import type { VenueInstrument } from './venue.ts';

const spot = (base: string, quote: string, over: Partial<VenueInstrument> = {}): VenueInstrument => ({
  symbol: `${base}${quote}`, marketKind: 'spot', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(quote), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false, ...over,
});
const codes = (...names: string[]) => names.map(currencyCode);
const choose = (list: readonly VenueInstrument[], ...wanted: string[]) => chooseRatePairs(rateMarkets(list), codes(...wanted)).pairs.map((p) => `${p.currency} from ${p.symbol} (${p.base}/${p.quote})`);

describe('the markets that tell rates', () => {
  it('are wanted for every quote currency without dollars of its own, those of most markets first', () => {
    expect(wantedRates(codes('USDT', 'TRY', 'EUR', 'USD', 'EUR', 'BTC', 'USDC', 'TRY', 'EUR'))).toEqual(['EUR', 'TRY', 'BTC']);
    expect(wantedRates(codes('USDT', 'USDC', 'USD'))).toEqual([]);
  });

  it('have the currency as base or as quote, against USDT before USDC before USD', () => {
    // As the lists of Binance (EURUSDT, USDTTRY), OKX (USDT-EUR) and Bybit (USDCGBP and USDTGBP) have them.
    expect(choose([spot('EUR', 'USDT'), spot('USDT', 'TRY')], 'EUR', 'TRY')).toEqual(['EUR from EURUSDT (EUR/USDT)', 'TRY from USDTTRY (USDT/TRY)']);
    expect(choose([spot('USDC', 'GBP'), spot('USDT', 'GBP')], 'GBP')).toEqual(['GBP from USDTGBP (USDT/GBP)']);
    expect(choose([spot('USD1', 'USDC'), spot('USDC', 'USD1')], 'USD1')).toEqual(['USD1 from USD1USDC (USD1/USDC)']);
    expect(choose([spot('BTC', 'USD'), spot('BTC', 'USDC')], 'BTC')).toEqual(['BTC from BTCUSDC (BTC/USDC)']);
    expect(choose([spot('BTC', 'USD')], 'BTC')).toEqual(['BTC from BTCUSD (BTC/USD)']);
  });

  it('are trading spot markets, and none is made up', () => {
    const list = [spot('EUR', 'USDT', { trading: false }), spot('EUR', 'USDT', { symbol: 'EURUSDT-PERP', marketKind: 'linear' }), spot('EUR', 'USDT', { symbol: 'EURUSDT-26', dated: true }), spot('USDC', 'USDT'), spot('OM', 'EUR')];
    expect(rateMarkets(list)).toEqual([]);
    expect(choose(list, 'EUR', 'VAI')).toEqual([]);
  });

  it('are bounded, and the order of the list changes nothing', () => {
    const list = [spot('USDT', 'TRY'), spot('EUR', 'USDC'), spot('EUR', 'USDT'), spot('USDT', 'BRL')];
    const wanted = codes('TRY', 'EUR', 'BRL');
    const chosen = chooseRatePairs(rateMarkets(list), wanted, 2);
    expect(chosen).toEqual({ pairs: [expect.objectContaining({ symbol: 'EURUSDT' }), expect.objectContaining({ symbol: 'USDTTRY' })], left: ['BRL'] });
    expect(chooseRatePairs(rateMarkets([...list].reverse()), wanted, 2)).toEqual(chosen);
  });
});
