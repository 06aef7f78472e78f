import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { parseKucoinBook } from './books.ts';
import { kucoinFutures, kucoinSpot } from './feed.ts';
import { readNanos } from './fields.ts';
import { parseKucoinFigures } from './map.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const spot = (value: unknown) => kucoinSpot.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const futures = (value: unknown) => kucoinFutures.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const message = (topic: string, subject: string, data: unknown) => ({ topic, type: 'message', subject, data });
const one = (event: object) => ({ kind: 'events', events: [event] });
const rejected = (reason: string) => expect.objectContaining({ kind: 'rejected', reason });

describe('KuCoin books', () => {
  const book = { kind: 'book', origin: 'live', snapshot: false, eventTime: T };

  it('reads a spot range with its changes in the order of their numbers, and without those that have no level', () => {
    const changes = { asks: [['84271.2', '0', '38110279538']], bids: [['82003.8', '0.5', '38110279537'], ['82003.8', '0.7', '38110279536'], ['0', '0', '38110279535']] };
    const data = { changes, sequenceEnd: 38110279538, sequenceStart: 38110279535, symbol: 'BTC-USDT', time: T };
    const event = { ...book, symbol: 'BTC-USDT', bids: [82003.8, 0.7, 82003.8, 0.5], asks: [84271.2, 0], first: 38110279535, last: 38110279538 };
    expect(spot(message('/market/level2:BTC-USDT', 'trade.l2update', data))).toEqual(one(event));
    // Before 2023 without a time; the venue's example has the ends the other way round.
    expect(spot(message('/market/level2:BTC-USDT', 'trade.l2update', { ...data, time: undefined, sequenceStart: 38110279538, sequenceEnd: 38110279535 }))).toEqual(one({ ...event, eventTime: now }));
    expect(spot(message('/market/level2:BTC-USDT', 'trade.l2update', { ...data, changes: { asks: [['0', '0', '5']], bids: [] } }))).toEqual(one({ ...event, bids: [], asks: [] }));
  });

  it('reads a futures change and its number', () => {
    const change = (text: unknown) => futures({ ...message('/contractMarket/level2:XBTUSDTM', 'level2', { sequence: 1709400450243, change: text, timestamp: T }), sn: 1709400450243 });
    const event = { ...book, symbol: 'XBTUSDTM', first: 1709400450243, last: 1709400450243 };
    expect(change('90631.2,sell,2')).toEqual(one({ ...event, bids: [], asks: [90631.2, 2] }));
    expect(change('90631.2,buy,0')).toEqual(one({ ...event, bids: [90631.2, 0], asks: [] }));
    expect(change('0,buy,0')).toEqual(one({ ...event, bids: [], asks: [] }));
    for (const wrong of ['90631.2,both,2', '90631.2', '90631.2,sell,2,3', 5]) expect(change(wrong)).toEqual(rejected('missing-field'));
    for (const wrong of ['x,sell,2', '1,sell,-2', '1,sell', ',sell,2', '1,buy,']) expect(change(wrong)).toEqual(rejected('bad-number'));
  });

  it('reads REST books, whole to begin with and as a part to complete', () => {
    const body = (data: unknown) => JSON.stringify({ code: '200000', data });
    const seed = { ...book, origin: 'seed', symbol: 'BTC-USDT', bids: [1, 3], asks: [2, 1], last: 14610502970 };
    const spotBook = { time: T, sequence: '14610502970', bids: [['1', '3']], asks: [['2', '1']] };
    expect(parseKucoinBook('spot', body(spotBook), 'BTC-USDT', 'whole')).toEqual(one({ ...seed, snapshot: true }));
    expect(parseKucoinBook('spot', body(spotBook), 'BTC-USDT', 'part')).toEqual(one(seed));
    expect(parseKucoinBook('futures', body({ symbol: 'XBTUSDTM', sequence: 17, bids: [[1, 3]], asks: [[2, 1]], ts: T * 1e6 }), 'XBTUSDTM', 'whole'))
      .toEqual(one({ ...seed, snapshot: true, symbol: 'XBTUSDTM', last: 17 }));
    expect(futures(message('/contractMarket/level2Snapshot:XBTUSDTM', 'level2Snapshot', { symbol: 'XBTUSDTM', sequence: 17, bids: [[1, 3]], asks: [[2, 1]], ts: T * 1e6 })))
      .toEqual(one({ ...seed, snapshot: true, symbol: 'XBTUSDTM', last: 17 }));
    expect(parseKucoinBook('spot', '{"code":"400100","msg":"symbol not exists"}', 'X', 'whole')).toEqual(rejected('unknown-shape'));
    expect(parseKucoinBook('spot', body({ time: T, sequence: null, bids: null, asks: null }), 'X', 'whole')).toEqual(rejected('bad-number'));
    expect(parseKucoinBook('spot', '<html>', 'X', 'whole')).toEqual(rejected('not-json'));
  });

  it('refuses what is malformed', () => {
    const data = { changes: { asks: [], bids: [['1', '1', '5']] }, sequenceEnd: 5, sequenceStart: 5, symbol: 'BTC-USDT', time: T };
    const range = (more: object) => spot(message('/market/level2:BTC-USDT', 'trade.l2update', { ...data, ...more }));
    expect(range({ symbol: 3 })).toEqual(rejected('missing-field'));
    expect(range({ changes: [] })).toEqual(rejected('missing-field'));
    expect(range({ sequenceEnd: 'x' })).toEqual(rejected('bad-number'));
    expect(range({ time: 12 })).toEqual(rejected('bad-time'));
    for (const bids of [[['-1', '1', '5']], [['1', 'x', '5']], [5], 'x']) expect(range({ changes: { asks: [], bids } })).toEqual(rejected('bad-number'));
  });
});

describe('KuCoin trades', () => {
  it('reads matches of both market types, with times in nanoseconds', () => {
    const event = { kind: 'trade', eventTime: T, price: 67523, qty: 0.003, side: 'buy', id: '11067996711960577' };
    const match = { makerOrderId: 'm', price: '67523', sequence: '1', side: 'buy', size: '0.003', symbol: 'BTC-USDT', takerOrderId: 't', time: `${T}999999`, tradeId: '11067996711960577', type: 'match' };
    expect(spot(message('/market/match:BTC-USDT', 'trade.l3match', match))).toEqual(one({ ...event, symbol: 'BTC-USDT' }));
    const fill = { symbol: 'XBTUSDTM', sequence: 1, side: 'sell', size: 24, price: '67523', takerOrderId: 't', makerOrderId: 'm', tradeId: '9', ts: T * 1e6 };
    expect(futures(message('/contractMarket/execution:XBTUSDTM', 'match', fill))).toEqual(one({ ...event, symbol: 'XBTUSDTM', qty: 24, side: 'sell', id: '9' }));
    expect(futures(message('/contractMarket/execution:XBTUSDTM', 'match', { ...fill, ts: undefined, time: `${T}000000`, matchSize: 5 }))).toEqual(rejected('legacy-format'));
    expect(spot(message('/market/match:BTC-USDT', 'trade.l3match', { ...match, side: 'both' }))).toEqual(rejected('missing-field'));
    expect(spot(message('/market/match:BTC-USDT', 'trade.l3match', { ...match, price: '0' }))).toEqual(rejected('bad-number'));
    expect(spot(message('/market/match:BTC-USDT', 'trade.l3match', { ...match, time: T }))).toEqual(rejected('bad-time'));
  });

  it('reads a nanosecond time as the millisecond it falls in, although a number holds it coarsely', () => {
    for (let ms = T; ms < T + 1_000; ms++) expect(readNanos(JSON.parse(`${ms}000000`))).toBe(ms);
    expect(readNanos(JSON.parse(`${T}999000`))).toBe(T);
    expect(readNanos(`${T}999999`)).toBe(T);
    for (const wrong of [T, String(T), 'x', `${T}00000`, -1, null]) expect(readNanos(wrong)).toBeUndefined();
  });
});

describe('KuCoin figures', () => {
  const ticker = { kind: 'ticker', symbol: 'XBTUSDTM', eventTime: T };

  it('reads mark and index price, and the rate of the running period as it stands and as it is settled', () => {
    const instrument = (subject: string, data: object) => futures(message('/contract/instrument:XBTUSDTM', subject, { ...data, timestamp: T }));
    expect(instrument('mark.index.price', { markPrice: 90445.02, indexPrice: 90445.1, granularity: 1000 })).toEqual(one({ ...ticker, mark: 90445.02, index: 90445.1 }));
    expect(instrument('funding.rate', { granularity: 60000, fundingRate: -0.002966 })).toEqual(one({ ...ticker, fundingRate: -0.002966 }));
    expect(instrument('funding.rate', { granularity: 28800000, fundingRate: 0.0001 })).toEqual(one({ ...ticker, fundingRate: 0.0001 }));
    expect(instrument('mark.index.price', { markPrice: -1, indexPrice: 1 })).toEqual(rejected('bad-number'));
    expect(instrument('premium.index', {})).toEqual({ kind: 'ignored', channel: '/contract/instrument:premium.index' });
  });

  it('reads open interest and funding of the contracts asked for from the list of all', () => {
    const row = { symbol: 'XBTUSDTM', openInterest: '9295921', fundingFeeRate: 0.000038, predictedFundingFeeRate: null, nextFundingRateDateTime: 1_800_003_600_000, lastTradePrice: 39615 };
    const body = JSON.stringify({ code: '200000', data: [row, { symbol: 'ETHUSDTM', openInterest: 'x' }] });
    expect(parseKucoinFigures(body, new Set(['XBTUSDTM']), now)).toEqual(one({ ...ticker, eventTime: now, last: 39615, openInterest: 9295921, fundingRate: 0.000038, fundingTime: 1_800_003_600_000 }));
    expect(parseKucoinFigures(body, new Set(['ETHUSDTM']), now)).toEqual(rejected('bad-number'));
    expect(parseKucoinFigures(body, new Set(), now)).toEqual({ kind: 'events', events: [] });
    expect(parseKucoinFigures('{"code":"429000"}', new Set(), now)).toEqual(rejected('unknown-shape'));
  });

  it('reads the last price of spot, also from the ticker of all markets', () => {
    const data = { bestAsk: '2667.61', bestAskSize: '10', bestBid: '2667.6', bestBidSize: '0.8', price: '2667.64', sequence: '23242050174', size: '0.002', time: T };
    expect(spot(message('/market/ticker:ETH-USDT', 'trade.ticker', data))).toEqual(one({ ...ticker, symbol: 'ETH-USDT', last: 2667.64 }));
    expect(spot(message('/market/ticker:all', 'ETH-USDT', data))).toEqual(one({ ...ticker, symbol: 'ETH-USDT', last: 2667.64 }));
    expect(spot(message('/market/ticker:ETH-USDT', 'trade.ticker', { ...data, price: null }))).toEqual({ kind: 'events', events: [] });
  });
});

describe('KuCoin frames without market data', () => {
  it('are told apart', () => {
    expect(spot({ id: 'hQvf8jkno', type: 'welcome' })).toEqual({ kind: 'control', control: 'welcome' });
    expect(spot({ id: '1', type: 'ack' })).toMatchObject({ kind: 'control', control: 'acknowledgement' });
    expect(spot({ id: 'ping', type: 'pong', timestamp: 1_790_113_097_236_506 })).toEqual({ kind: 'control', control: 'pong' });
    expect(spot({ id: '2', type: 'error', code: 404, data: 'topic does not exist' })).toEqual({ kind: 'control', control: 'refused', detail: '404 topic does not exist' });
    expect(spot(message('/market/candles:BTC-USDT_1min', 'trade.candles.update', {}))).toEqual({ kind: 'ignored', channel: '/market/candles' });
    expect(spot(message('/spotMarket/level2Depth50:BTC-USDT', 'level2', {}))).toEqual({ kind: 'ignored', channel: '/spotMarket/level2Depth50' });
    expect(futures(message('/contractMarket/tickerV2:XBTUSDTM', 'tickerV2', {}))).toEqual({ kind: 'ignored', channel: '/contractMarket/tickerV2' });
    expect(futures({ topic: '/contract/announcement', subject: 'funding.begin', data: {} })).toEqual({ kind: 'ignored', channel: '/contract/announcement' });
    expect(futures(message('/market/match:BTC-USDT', 'trade.l3match', {}))).toEqual({ kind: 'ignored', channel: 'other-market:/market/match' });
    expect(spot(message('/contractMarket/level2:X', 'level2', {}))).toEqual({ kind: 'ignored', channel: 'other-market:/contractMarket/level2' });
    expect(spot(message('/market/level3:BTC-USDT', 'trade.l3received', {}))).toEqual(rejected('legacy-format'));
    expect(spot(message('/market/nope:BTC-USDT', 'x', {}))).toEqual(rejected('unknown-shape'));
    expect(spot(message('/market/match:BTC-USDT', 'trade.l3match', []))).toEqual(rejected('unknown-shape'));
    expect(spot({ type: 'tea' })).toEqual(rejected('unknown-shape'));
    expect(spot('{')).toEqual(rejected('not-json'));
    expect(spot([1])).toEqual(rejected('unknown-shape'));
  });
});

describe('KuCoin instruments', () => {
  it('lists spot markets by the present name of their coin', () => {
    const row = { symbol: 'BCHSV-USDT', name: 'BSV-USDT', baseCurrency: 'BCHSV', quoteCurrency: 'USDT', baseIncrement: '0.0001', priceIncrement: '0.01', enableTrading: true };
    const common = { marketKind: 'spot', quote: 'USDT', settle: 'USDT', tickSize: 0.01, lotSize: 0.0001, contractSize: 1, dated: false };
    expect(kucoinSpot.parseInstruments(JSON.stringify({ code: '200000', data: [row, { ...row, symbol: 'OM-USDT', name: '', baseCurrency: 'OM', enableTrading: false }, { ...row, priceIncrement: 'x' }] }))).toEqual({
      ok: true, value: [{ ...common, symbol: 'BCHSV-USDT', base: 'BSV', trading: true }, { ...common, symbol: 'OM-USDT', base: 'OM', trading: false }],
    });
    expect(kucoinSpot.parseInstruments('{"code":"400"}').ok).toBe(false);
    // An order book is no list.
    expect(kucoinSpot.parseInstruments('{"code":"200000","data":{"sequence":"1","bids":[],"asks":[]}}').ok).toBe(false);
  });

  it('lists contracts, inverse ones too, and names bitcoin as everybody does', () => {
    const row = {
      symbol: 'XBTUSDTM', type: 'FFWCSX', baseCurrency: 'XBT', quoteCurrency: 'USDT', settleCurrency: 'USDT', lotSize: 1, tickSize: 0.1, multiplier: 0.001,
      isQuanto: true, isInverse: false, status: 'Open', maxLeverage: 125,
    };
    const inverse = { ...row, symbol: 'XBTUSDM', quoteCurrency: 'USD', settleCurrency: 'XBT', multiplier: -1, isInverse: true };
    const common = { base: 'BTC', tickSize: 0.1, lotSize: 1, maxLeverage: 125, trading: true, dated: false };
    expect(kucoinFutures.parseInstruments(JSON.stringify({
      code: '200000',
      data: [row, inverse, { ...inverse, symbol: 'XBTMZ26', type: 'FFICSX' }, { ...row, symbol: 'OLDUSDTM', baseCurrency: 'OLD', status: 'Paused' }, { ...row, symbol: 'QUANTO', settleCurrency: 'XBT' }, { ...row, symbol: 'ODD', multiplier: -1 }],
    }))).toEqual({
      ok: true,
      value: [
        { ...common, symbol: 'XBTUSDTM', marketKind: 'linear', quote: 'USDT', settle: 'USDT', contractSize: 0.001 },
        { ...common, symbol: 'XBTUSDM', marketKind: 'inverse', quote: 'USD', settle: 'BTC', contractSize: 1 },
        { ...common, symbol: 'XBTMZ26', marketKind: 'inverse', quote: 'USD', settle: 'BTC', contractSize: 1, dated: true },
        { ...common, symbol: 'OLDUSDTM', marketKind: 'linear', base: 'OLD', quote: 'USDT', settle: 'USDT', contractSize: 0.001, trading: false },
      ],
    });
  });
});
