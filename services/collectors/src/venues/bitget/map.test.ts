import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import type { ParsedFrame, RatePair } from '../../venue.ts';
import type { BitgetMarket } from './instruments.ts';
import { parseBitgetInstruments } from './instruments.ts';
import { parseBitgetDepth, parseBitgetFrame, parseBitgetQuote } from './map.ts';

// Frames written for these tests from the documented formats.
const T = 1_799_999_999_990;
const parse = (frame: unknown, market: BitgetMarket = 'usdt'): ParsedFrame => parseBitgetFrame(market, typeof frame === 'string' ? frame : JSON.stringify(frame));
const v3 = (topic: string, rows: readonly unknown[], over: Readonly<Record<string, unknown>> = {}): unknown => ({ data: rows, arg: { instType: 'usdt-futures', symbol: 'OMUSDT', topic, ...over }, action: over['action'] ?? 'update', ts: T });
const v2 = (channel: string, rows: readonly unknown[], action = 'update', instType = 'USDT-FUTURES'): unknown => ({ action, arg: { instType, channel, instId: 'OMUSDT' }, data: rows, ts: T });

describe('Bitget books', () => {
  it('of the third version are numbered, of the second proven by a checksum of what was printed', () => {
    expect(parse(v3('books', [{ a: [['6.20', '0']], b: [['6.1', '5']], checksum: 77, seq: 12, pseq: 10, ts: String(T - 5) }]))).toEqual({
      kind: 'events', events: [{ kind: 'book', origin: 'live', snapshot: false, symbol: 'OMUSDT', eventTime: T - 5, bids: [6.1, 5], asks: [6.2, 0], last: 12, previous: 10 }],
    });
    expect(parse(v2('books', [{ asks: [['6.20', '0.400']], bids: [], checksum: -5, seq: 12, ts: String(T) }], 'snapshot'))).toEqual({
      kind: 'events',
      events: [{ kind: 'book', origin: 'live', snapshot: true, symbol: 'OMUSDT', eventTime: T, bids: [], asks: [6.2, 0.4], checksum: -5, printedBids: [], printedAsks: ['6.20', '0.400'] }],
    });
    // Of the first version only the books have this form.
    expect(parse(v2('books', [{ asks: [], bids: [['6.1', '5']], checksum: 9, ts: String(T) }], 'update', 'mc'))).toMatchObject({ events: [{ symbol: 'OMUSDT', checksum: 9 }] });
    expect(parse(v3('books', [{ a: [], b: [], seq: 1, ts: String(T) }]))).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
    expect(parse(v3('books', [{ a: [], b: [], seq: 1, pseq: -1, ts: String(T) }]))).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });

  it('keep the last fifteen digits of numbers that a double does not hold, printed as number or as text', () => {
    // The documentation's own example: as doubles these two would be one number.
    const text = (seq: string): string => `{"data":[{"a":[],"b":[],"checksum":0,"pseq":1304314508780744704,"seq":${seq},"ts":"${T}"}],"arg":{"instType":"usdt-futures","symbol":"OMUSDT","topic":"books"},"action":"update","ts":${T}}`;
    expect(parse(text('1304314508780744705'))).toMatchObject({ events: [{ last: 314508780744705, previous: 314508780744704 }] });
    expect(parse(text('"1304314508780744705"'))).toMatchObject({ events: [{ last: 314508780744705, previous: 314508780744704 }] });
    expect(parse(text('1304314508780744705.5'))).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(parse(text('1e300'))).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });

  it('of fifteen or fifty levels are whole and unnumbered; the top alone is not carried', () => {
    expect(parse(v2('books15', [{ asks: [['7', '1']], bids: [['6', '1']], checksum: 0, ts: String(T) }], 'snapshot'))).toEqual({
      kind: 'events', events: [{ kind: 'book', origin: 'live', snapshot: true, symbol: 'OMUSDT', eventTime: T, bids: [6, 1], asks: [7, 1] }],
    });
    expect(parse(v2('books15', [{ asks: [], bids: [], ts: String(T) }]))).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse(v3('books1', [{}]))).toEqual({ kind: 'ignored', channel: 'books1' });
  });
});

describe('Bitget trades, tickers and liquidations', () => {
  it('reads the taker\'s side and the id of trades', () => {
    expect(parse(v3('publicTrade', [{ p: '6', S: 'sell', T: String(T), v: '5', i: '42', L: '43' }]))).toEqual({ kind: 'events', events: [{ kind: 'trade', symbol: 'OMUSDT', eventTime: T, id: '42', price: 6, qty: 5, side: 'sell' }] });
    expect(parse(v2('trade', [{ ts: String(T), price: '6', size: '5', side: 'buy', tradeId: '42' }]))).toMatchObject({ events: [{ id: '42', side: 'buy' }] });
    // Of coin-margined contracts the third version prints values, the second base units as everywhere.
    const coin = JSON.stringify({ action: 'update', arg: { instType: 'coin-futures', topic: 'publicTrade', symbol: 'BTCUSD' }, data: [{ p: '50000', S: 'buy', T: String(T), v: '125', i: '42' }], ts: T });
    expect(parseBitgetFrame('coin', coin)).toEqual({ kind: 'events', events: [{ kind: 'trade', symbol: 'BTCUSD', eventTime: T, id: '42', price: 50_000, qty: 0.0025, printedQty: 125, side: 'buy' }] });
    const second = JSON.stringify({ action: 'update', arg: { instType: 'COIN-FUTURES', channel: 'trade', instId: 'DOGEUSD' }, data: [{ ts: String(T), price: '0.168385', size: '447', side: 'buy', tradeId: '1' }], ts: T });
    expect(parseBitgetFrame('coin', second)).toMatchObject({ events: [{ qty: 447 }] });
    expect(parse(v2('trade', [{ ts: String(T), price: '6', size: '5', side: 'none', tradeId: '42' }]))).toMatchObject({ reason: 'missing-field' });
    expect(parse(v2('trade', [{ ts: '5', price: '6', size: '5', side: 'buy' }]))).toMatchObject({ reason: 'bad-time' });
    expect(parse(v2('trade', [{ ts: String(T), price: '0', size: '5', side: 'buy' }]))).toMatchObject({ reason: 'bad-number' });
  });

  it('reads every figure of a perpetual, and the last price alone of spot', () => {
    const row = { lastPrice: '6.1', markPrice: '6.15', indexPrice: '6.14', fundingRate: '-0.0001', openInterest: '200', nextFundingTime: String(T + 10), deliveryTime: '' };
    expect(parse(v3('ticker', [row]))).toEqual({
      kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: T, last: 6.1, mark: 6.15, index: 6.14, openInterest: 200, fundingRate: -0.0001, fundingTime: T + 10 }],
    });
    expect(parse(v3('ticker', [row], { instType: 'spot' }), 'spot')).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: T, last: 6.1 }] });
    expect(parse(v2('ticker', [{ lastPr: '6.1', markPrice: '', indexPrice: '0', holdingAmount: '0', fundingRate: '0', nextFundingTime: String(T), symbolType: 1, ts: String(T - 1) }]))).toEqual({
      kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: T - 1, last: 6.1, openInterest: 0, fundingRate: 0, fundingTime: T }],
    });
    expect(parse(v3('ticker', [{ bid1Price: '6' }]))).toEqual({ kind: 'events', events: [] });
    expect(parse(v3('ticker', [{ markPrice: '-6' }]))).toMatchObject({ reason: 'bad-number' });
  });

  it('says nothing of the funding of deliveries', () => {
    for (const extra of [{ symbolType: '2' }, { deliveryTime: String(T) }, { nextFundingTime: '0' }]) {
      expect(parse(v3('ticker', [{ lastPrice: '6', fundingRate: '0', ...extra }]))).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: T, last: 6 }] });
    }
  });

  it('turns the side of a liquidated position into that of its order, and its value into a quantity', () => {
    const frame = (side: string, amount = '13.70319'): unknown => ({ data: [{ symbol: 'APEUSDT', side, price: '0.1649', amount, ts: String(T) }], arg: { instType: 'usdt-futures', topic: 'liquidation' }, action: 'update', ts: T });
    // 83.1 x 0.1649 = 13.70319. A long position was liquidated: it is sold.
    expect(parse(frame('buy'))).toEqual({ kind: 'events', events: [{ kind: 'liquidation', symbol: 'APEUSDT', eventTime: T, price: 0.1649, qty: 83.1, printedQty: 13.70319, side: 'sell', disclosure: 'sampled' }] });
    expect(parse(frame('sell'))).toMatchObject({ events: [{ side: 'buy' }] });
    expect(parse(frame('both'))).toMatchObject({ reason: 'missing-field' });
    expect(parse(frame('buy', '0'))).toMatchObject({ reason: 'bad-number' });
    expect(parse(frame('buy'), 'coin')).toEqual({ kind: 'ignored', channel: 'other-market:liquidation' });
  });
});

describe('Bitget frames without figures', () => {
  it('tells control, other markets, uncarried, legacy and garbage apart', () => {
    expect(parse('pong')).toEqual({ kind: 'control', control: 'pong' });
    expect(parse({ event: 'subscribe', arg: { instType: 'usdt-futures', topic: 'books', symbol: 'OMUSDT' } })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['books:OMUSDT'] });
    expect(parse({ op: 'unsubscribe', args: [] })).toEqual({ kind: 'control', control: 'acknowledgement' });
    expect(parse({ event: 'error', arg: { instType: 'SPOT', channel: 'x', instId: 'Y' }, code: 30001, msg: 'channel does not exist' })).toEqual({ kind: 'control', control: 'refused', channels: ['x:Y'], detail: '30001 channel does not exist' });
    expect(parse(v3('books', [{}], { instType: 'spot' }))).toEqual({ kind: 'ignored', channel: 'other-market:books' });
    expect(parse(v3('candle1m', []))).toEqual({ kind: 'ignored', channel: 'candle1m' });
    expect(parse(v2('trade', [['1649290077777', '0.005', '890', 'buy']], 'update', 'sp'))).toMatchObject({ kind: 'rejected', reason: 'legacy-format' });
    expect(parse(v2('ticker', [{ last: '6' }], 'snapshot', 'mc'))).toMatchObject({ reason: 'legacy-format' });
    expect(parse(v3('nonsense', [{}]))).toMatchObject({ reason: 'unknown-shape' });
    expect(parse(v3('books', [{ a: [], b: [], seq: 1, pseq: 0, ts: T }], { symbol: '' }))).toMatchObject({ reason: 'missing-field' });
    expect(parse({ event: 'surprise' })).toMatchObject({ reason: 'unknown-shape' });
    expect(parse([1])).toMatchObject({ reason: 'unknown-shape' });
    expect(parse('{')).toMatchObject({ reason: 'not-json' });
  });
});

describe('Bitget answers', () => {
  it('reads merged books, also with numbers for texts, and refusals', () => {
    const body = { code: '00000', msg: 'success', data: { asks: [[6.5, 1], [7, 2]], bids: [['6', '3']], ts: String(T), scale: '0.1', precision: 'scale2' } };
    expect(parseBitgetDepth(JSON.stringify(body), 'OMUSDT', 1)).toEqual({
      kind: 'events', events: [{ kind: 'book', origin: 'deep', snapshot: true, layer: 1, symbol: 'OMUSDT', eventTime: T, bids: [6, 3], asks: [6.5, 1, 7, 2] }],
    });
    expect(parseBitgetDepth(JSON.stringify({ code: '40034', msg: 'Parameter does not exist', data: null }), 'OMUSDT', 0)).toMatchObject({ kind: 'rejected', detail: 'Parameter does not exist' });
  });

  it('reads a rate at the time of the ticker, else of the answer', () => {
    const pair: RatePair = { symbol: 'USDTBRL', base: currencyCode('USDT'), quote: currencyCode('BRL'), currency: currencyCode('BRL') };
    const answer = (row: Readonly<Record<string, unknown>>): string => JSON.stringify({ code: '00000', requestTime: T, data: [{ symbol: 'USDTBRL', bid1Price: '4.9', ask1Price: '5.1', ...row }] });
    expect(parseBitgetQuote(answer({}), pair)).toMatchObject({ events: [{ kind: 'rate.cross', eventTime: T, rate: { currency: 'BRL', price: 0.2 } }] });
    expect(parseBitgetQuote(answer({ ts: String(T - 7) }), pair)).toMatchObject({ events: [{ eventTime: T - 7 }] });
    expect(parseBitgetQuote(answer({ symbol: 'BTCUSDT' }), pair)).toMatchObject({ reason: 'unknown-symbol' });
  });
});

describe('Bitget instruments', () => {
  const list = (...data: readonly unknown[]): string => JSON.stringify({ code: '00000', msg: 'success', data });
  const perpetual = { symbol: 'OMUSDT', category: 'USDT-FUTURES', baseCoin: 'OM', quoteCoin: 'USDT', pricePrecision: '4', quantityPrecision: '0', priceMultiplier: '0.0005', quantityMultiplier: '10', type: 'perpetual', status: 'online', maxLeverage: '50' };

  it('reads the list of the third version: steps, leverage, state, deliveries', () => {
    const coin = { ...perpetual, symbol: 'BTCUSDZ26', category: 'COIN-FUTURES', baseCoin: 'BTC', quoteCoin: 'USD', type: 'delivery', status: 'limit_open' };
    expect(parseBitgetInstruments('usdt', list(perpetual, coin, { symbol: 'BAD', category: 'USDT-FUTURES' }))).toEqual({
      ok: true, value: [{ symbol: 'OMUSDT', marketKind: 'linear', base: 'OM', quote: 'USDT', settle: 'USDT', tickSize: 0.0005, lotSize: 10, contractSize: 1, maxLeverage: 50, trading: true, dated: false }],
    });
    expect(parseBitgetInstruments('coin', list(perpetual, coin))).toMatchObject({ value: [{ symbol: 'BTCUSDZ26', marketKind: 'linear', quote: 'USD', settle: 'BTC', trading: false, dated: true }] });
    const spot = { symbol: 'OMUSDT', category: 'SPOT', baseCoin: 'OM', quoteCoin: 'USDT', pricePrecision: '4', quantityPrecision: '2', status: 'online' };
    expect(parseBitgetInstruments('spot', list(spot))).toMatchObject({ value: [{ marketKind: 'spot', tickSize: 0.0001, lotSize: 0.01, contractSize: 1, dated: false }] });
  });

  it('tells deliveries and what is no coin apart where both have a type', () => {
    const rows = [
      { ...perpetual, symbolType: 'crypto', isRwa: 'NO' }, { ...perpetual, symbolType: 'crypto', type: 'delivery' }, { ...perpetual, symbolType: 'stock', isRwa: 'YES' },
      { ...perpetual, symbolType: 'metal' }, { ...perpetual, symbolType: 'perpetual', isRwa: 'yes' }, { ...perpetual, type: undefined, symbolType: 'delivery' },
    ];
    const read = parseBitgetInstruments('usdt', list(...rows));
    expect(read.ok ? read.value.map((i) => [i.dated, i.freelyNamed]) : []).toEqual([[false, undefined], [true, undefined], [false, true], [false, true], [false, true], [true, undefined]]);
  });

  it('reads the lists of the versions before', () => {
    const second = { symbol: 'BTCUSDT', baseCoin: 'BTC', quoteCoin: 'USDT', priceEndStep: '5', pricePlace: '1', volumePlace: '2', sizeMultiplier: '0.01', symbolType: 'perpetual', symbolStatus: 'normal', maxLever: '125' };
    const first = { symbol: 'ETHUSD_DMCBL', baseCoin: 'ETH', quoteCoin: 'USD', priceEndStep: '5', pricePlace: '2', volumePlace: '3' };
    const usdc = { ...second, symbol: 'BTCPERP', quoteCoin: 'USD', symbolStatus: 'maintain' };
    const spot = { symbol: 'GOGUSDT_SPBL', symbolName: 'GOGUSDT', baseCoin: 'GOG', quoteCoin: 'USDT', priceScale: '4', quantityScale: '2', status: 'online' };
    const all = list(second, first, usdc, spot);
    expect(parseBitgetInstruments('usdt', all)).toMatchObject({ value: [{ symbol: 'BTCUSDT', tickSize: 0.5, lotSize: 0.01, maxLeverage: 125, trading: true }] });
    expect(parseBitgetInstruments('coin', all)).toMatchObject({ value: [{ symbol: 'ETHUSD', tickSize: 0.05, lotSize: 0.001, settle: 'ETH' }] });
    expect(parseBitgetInstruments('usdc', all)).toMatchObject({ value: [{ symbol: 'BTCPERP', quote: 'USDC', settle: 'USDC', trading: false }] });
    expect(parseBitgetInstruments('spot', all)).toMatchObject({ value: [{ symbol: 'GOGUSDT', tickSize: 0.0001, lotSize: 0.01 }] });
    for (const bad of ['{}', 'no', '{"code":"40034","data":[]}']) expect(parseBitgetInstruments('usdt', bad).ok).toBe(false);
  });
});
