import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { nativeFeeds } from '../feeds.ts';
import { mutations } from '../testing/mutate.ts';
import { isSound } from '../testing/sound.ts';
import type { RatePair, VenueInstrument } from '../venue.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
/** Answers of REST, by venue: books, figures and instrument lists. Written from the documented formats. */
const answers: Readonly<Record<string, readonly unknown[]>> = {
  binance: [
    { lastUpdateId: 160, E: T, bids: [['0.0024', '10']], asks: [['0.0026', '3']] }, { symbol: 'OMUSDT', openInterest: '5', time: T }, { symbol: 'USDTTRY', bidPrice: '39.6', askPrice: '40.4' },
    { symbols: [{ symbol: 'OMUSDT', status: 'TRADING', contractStatus: 'TRADING', contractSize: 10, contractType: 'PERPETUAL', baseAsset: 'OM', quoteAsset: 'USDT', marginAsset: 'USDT', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.01' }, { filterType: 'LOT_SIZE', stepSize: '1' }] }] },
  ],
  bybit: [
    { retCode: 0, result: { s: 'OMUSDT', b: [['6', '1']], a: [['7', '1']], ts: T, u: 3 } }, { retCode: 10_001, retMsg: 'params error', result: {} },
    { retCode: 0, result: { category: 'spot', list: [{ symbol: 'USDTTRY', bid1Price: '39.6', ask1Price: '40.4' }] }, time: T },
    { retCode: 0, result: { category: 'linear', nextPageCursor: 'x', list: [{ symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: '0.01' }, lotSizeFilter: { qtyStep: '1' } }] } },
  ],
  okx: [
    { code: '0', msg: '', data: [{ asks: [['2', '1', '0', '1']], bids: [['1', '2', '0', '1']], ts: String(T), seqId: 7 }] }, { code: '51001', msg: 'no such instrument', data: [] },
    { code: '0', data: [{ instId: 'USDTTRY', bidPx: '39.6', askPx: '40.4', ts: String(T) }] },
    { code: '0', data: [{ instType: 'SWAP', instId: 'OM-USDT-SWAP', uly: 'OM-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '1', ctMult: '1', ctValCcy: 'OM', tickSz: '0.01', lotSz: '1', lever: '50', state: 'live' }, { instType: 'FUTURES', instId: 'OM-USD-261225', uly: 'OM-USD', settleCcy: 'OM', ctType: 'inverse', ctVal: '10', ctMult: '1', ctValCcy: 'USD', tickSz: '0.01', lotSz: '1', lever: '20', state: 'live', ruleType: 'normal' }, { instType: 'SPOT', instId: 'OM-USDT', baseCcy: 'OM', quoteCcy: 'USDT', tickSz: '0.01', lotSz: '1', state: 'live' }] },
  ],
  deribit: [
    { jsonrpc: '2.0', result: [
      { instrument_name: 'OM_USDC-PERPETUAL', kind: 'future', instrument_type: 'linear', base_currency: 'OM', quote_currency: 'USDC', settlement_currency: 'USDC', tick_size: 0.01, min_trade_amount: 1, is_active: true, max_leverage: 25 },
      { instrument_name: 'BTC-PERPETUAL', kind: 'future', instrument_type: 'reversed', base_currency: 'BTC', quote_currency: 'USD', settlement_currency: 'BTC', tick_size: 0.5, min_trade_amount: 10, is_active: true, max_leverage: 50 },
      { instrument_name: 'BTC-25SEP26-40000-P', kind: 'option', instrument_type: 'reversed', base_currency: 'BTC', quote_currency: 'BTC', settlement_currency: 'BTC', tick_size: 0.0005, min_trade_amount: 0.1, is_active: true },
    ] },
  ],
  kraken: [
    { error: [], result: { USDTTRY: { a: ['40.4', '9', '9.0'], b: ['39.6', '4', '4.0'], c: ['40', '1'] } } }, { error: ['EQuery:Unknown asset pair'] },
    { error: [], result: { XXBTZUSD: { altname: 'XBTUSD', wsname: 'XBT/USD', base: 'XXBT', quote: 'ZUSD', pair_decimals: 1, lot_decimals: 8, tick_size: '0.1', status: 'online' } } },
    { result: 'success', instruments: [{ symbol: 'PF_XBTUSD', type: 'flexible_futures', tickSize: 1, contractSize: 1, contractValueTradePrecision: 4, tradeable: true, base: 'BTC', quote: 'USD', marginLevels: [{ numNonContractUnits: 0, initialMargin: 0.02, maintenanceMargin: 0.01 }] }] },
  ],
  bitget: [
    { code: '00000', msg: 'success', requestTime: T, data: { asks: [[6.5, 1]], bids: [['6', '3']], ts: String(T), scale: '0.1' } }, { code: '40034', msg: 'Parameter does not exist', data: null },
    { code: '00000', requestTime: T, data: [{ category: 'SPOT', symbol: 'USDTTRY', bid1Price: '39.6', ask1Price: '40.4' }] },
    { code: '00000', data: ['USDT', 'USDC', 'COIN'].map((coin) => ({ symbol: 'OMUSDT', category: `${coin}-FUTURES`, baseCoin: 'OM', quoteCoin: 'USDT', priceMultiplier: '0.01', quantityMultiplier: '1', type: 'perpetual', status: 'online', maxLeverage: '50' })) },
    { code: '00000', data: [{ symbol: 'OMUSDT', category: 'SPOT', baseCoin: 'OM', quoteCoin: 'USDT', pricePrecision: '4', quantityPrecision: '2', status: 'online' }, { symbol: 'OMUSDT_UMCBL', baseCoin: 'OM', quoteCoin: 'USDT', priceEndStep: '5', pricePlace: '1', volumePlace: '2' }] },
  ],
  coinbase: [
    { pricebook: { product_id: 'USDTTRY', bids: [{ price: '39.6', size: '2' }], asks: [{ price: '40.4', size: '1' }], time: '2027-01-15T07:59:59.990000Z' } },
    { products: [{ product_id: 'OM-USD', base_currency_id: 'OM', quote_currency_id: 'USD', price_increment: '0.0001', base_increment: '0.01', status: 'online', product_type: 'SPOT', alias: '' }] },
    [{ id: 'OM-USD', base_currency: 'OM', quote_currency: 'USD', quote_increment: '0.0001', base_increment: '0.01', status: 'online' }],
  ],
  gate: [
    { id: 7, current: T, update: T, asks: [['7', '1']], bids: [['6', '1']] }, [{ currency_pair: 'USDTTRY', highest_bid: '39.6', lowest_ask: '40.4' }], { label: 'INVALID', message: 'x' },
    [{ contract: 'OMUSDT', last: '1', mark_price: '2', index_price: '3', total_size: '5', funding_rate: '0.1', funding_rate_indicative: '0.1' }],
    [{ id: 'OM_USDT', base: 'OM', quote: 'USDT', precision: 4, amount_precision: 2, trade_status: 'tradable' }, { name: 'BTC_USD', type: 'inverse', quanto_multiplier: '0', order_price_round: '0.1', leverage_max: '100' }],
    [{ name: 'OM_USDT', type: 'direct', quanto_multiplier: '10', order_price_round: '0.0001', leverage_max: '20', in_delisting: false, status: 'trading' }],
  ],
  kucoin: [
    { code: '200000', data: { time: T, ts: T * 1e6, sequence: '17', bids: [['6', '1']], asks: [['7', '1']] } }, { code: '400100', msg: 'symbol not exists' },
    { code: '200000', data: { time: T, bestBid: '39.6', bestAsk: '40.4' } },
    { code: '200000', data: [{ symbol: 'OM-USDT', name: 'OM-USDT', baseCurrency: 'OM', quoteCurrency: 'USDT', priceIncrement: '0.01', baseIncrement: '0.1', enableTrading: true }] },
    { code: '200000', data: [{ symbol: 'OMUSDT', type: 'FFWCSX', baseCurrency: 'OM', quoteCurrency: 'USDT', settleCurrency: 'USDT', lotSize: 1, tickSize: 0.01, multiplier: 10, isInverse: false, status: 'Open', maxLeverage: 20, openInterest: '5', fundingFeeRate: 0.0001, lastTradePrice: 1 }] },
  ],
  hyperliquid: [
    { coin: 'OM', time: T, levels: [[{ px: '0.19', sz: '10', n: 2 }], [{ px: '0.2', sz: '3', n: 1 }]] },
    [{ universe: [{ name: 'OM', szDecimals: 1, maxLeverage: 5 }] }, []], { tokens: [{ name: 'USDC', szDecimals: 8, index: 0 }, { name: 'HYPE', szDecimals: 2, index: 150 }], universe: [{ name: '@107', tokens: [150, 0], index: 107 }] },
  ],
};
const market: VenueInstrument = { symbol: 'OMUSDT', marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false };
const lira: RatePair = { symbol: 'USDTTRY', base: currencyCode('USDT'), quote: currencyCode('TRY'), currency: currencyCode('TRY') };

describe.each(nativeFeeds.map(({ venue, endpoints }) => [venue.source, venue, endpoints] as const))('answers of %s', (_name, venue, endpoints) => {
  it('never throws on a damaged answer and never lets an unsound number through', () => {
    const options = { endpoints, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
    const plan = venue.plan([market], options);
    const rate = venue.ratePoll?.(lira, options);
    const resync = plan.resync(market.symbol);
    const polls = [...plan.polls, ...(resync.kind === 'request' ? [resync.poll] : []), ...(rate === undefined ? [] : [rate])];
    const request = venue.instrumentRequests(endpoints)[0] ?? { method: 'GET' as const, url: endpoints.rest };
    let events = 0;
    let rates = 0;
    let listed = 0;
    fc.assert(
      fc.property(mutations(answers[venue.venue] ?? []), (body) => {
        for (const poll of polls) {
          const parsed = poll.parse(body, now);
          if (parsed.kind !== 'events') continue;
          events++;
          if (poll === rate) rates++;
          for (const event of parsed.events) expect(isSound(event)).toBe(true);
        }
        const list = venue.parseInstruments(body);
        if (list.ok) {
          for (const i of list.value) {
            listed++;
            expect([i.tickSize, i.lotSize, i.contractSize, i.maxLeverage ?? 1].every((n) => n > 0 && Number.isFinite(n))).toBe(true);
          }
        }
        const next = venue.nextInstrumentPage?.(body, request);
        if (next !== undefined) expect(URL.canParse(next.url)).toBe(true);
      }),
      { numRuns: 4_000, seed: 20261121 },
    );
    // Where streams carry everything, nothing is polled.
    if (polls.length > 0) expect(events).toBeGreaterThan(50);
    if (rate !== undefined) expect(rates).toBeGreaterThan(30);
    expect(listed).toBeGreaterThan(50);
  });
});
