import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import { chooseRatePairs, rateMarkets, wantedRates } from './rate-pairs.ts';
import { captureLines } from './testing/data.ts';
import type { Venue, VenueInstrument } from './venue.ts';
import { binanceSpot } from './venues/binance/feed.ts';
import { bybitSpot } from './venues/bybit/feed.ts';
import { okxSpot } from './venues/okx/feed.ts';

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
  it('are wanted first for what reserves are held in, whether a market is quoted in it or not', () => {
    expect(wantedRates(codes('TRY', 'EUR', 'EUR', 'BTC'), codes('ETH', 'BTC', 'USDC', 'ETH'))).toEqual(['BTC', 'ETH', 'EUR', 'TRY']);
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

describe('the recorded lists of markets', () => {
  const recorded: readonly (readonly [name: string, venue: Venue, without: readonly string[]])[] = [['BINANCE', binanceSpot, ['VAI']], ['OKX', okxSpot, []], ['BYBIT', bybitSpot, []]];
  it.each(recorded)('of %s tell the rate of every quote currency but those named', async (name, venue, without) => {
    const lines = await captureLines(name);
    if (lines === undefined) return;
    const listed = new Map<string, VenueInstrument>();
    for (const line of lines) {
      const list = line.t === 'http' && venue.owns(line.url) ? venue.parseInstruments(line.data) : undefined;
      if (list?.ok === true) for (const instrument of list.value) if (instrument.marketKind === 'spot' && instrument.trading) listed.set(instrument.symbol, instrument);
    }
    const list = [...listed.values()];
    const wanted = wantedRates(list.map((i) => i.quote));
    const { pairs, left } = chooseRatePairs(rateMarkets(list), wanted, 1_000);
    const told = new Set(pairs.map((pair) => pair.currency));
    expect(wanted.filter((currency) => !told.has(currency))).toEqual(without);
    expect(left).toEqual([]);
    console.log(`${name}: ${list.length} spot markets, ${list.filter((i) => told.has(i.quote)).length} of them in ${told.size} currencies read from ${pairs.map((pair) => pair.symbol).join(' ')}`);
  });
});
