import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { parseKrakenFrame } from './map.ts';
import { isKeyOf, krakenAltName, krakenCurrency, krakenSymbol } from './names.ts';

const now = epochMs(1_800_000_000_000);
const TIME = '2027-01-15T07:59:59.990123Z';
const T = 1_799_999_999_990;
const parse = (value: unknown) => parseKrakenFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const one = (...events: readonly object[]) => ({ kind: 'events', events });

describe('Kraken spot, second version: books', () => {
  const level = { symbol: 'MATIC/USD', checksum: 2_114_181_697, timestamp: TIME };

  it('keep the numbers as printed, with their trailing zeros, whichever way they are printed', () => {
    const text = `{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5660,"qty":1098.39475580},{"price":0.5655,"qty":0}],"asks":[],"checksum":2114181697,"timestamp":"${TIME}"}]}`;
    const event = {
      kind: 'book', origin: 'live', snapshot: false, symbol: 'MATIC/USD', eventTime: T, bids: [0.566, 1098.3947558, 0.5655, 0], asks: [], checksum: 2_114_181_697,
      printedBids: ['0.5660', '1098.39475580', '0.5655', '0'], printedAsks: [],
    };
    expect(parse(text)).toEqual(one(event));
    expect(parse(text.replace('0.5660', '"0.5660"'))).toEqual(one(event));
    // However the frame is spaced, and whatever comes first in it.
    expect(parse(text.replaceAll(':', ' : ').replace('"channel" : "book",', '').replace(/\}$/, ',"channel" : "book"}').replaceAll(/T(\d\d) : (\d\d) : /g, 'T$1:$2:'))).toEqual(one(event));
    expect(parse(text.replace('1098.39475580', '1.09839475580e3'))).toMatchObject({ events: [{ bids: [0.566, 1098.3947558, 0.5655, 0], printedBids: ['0.5660', '1.09839475580e3', '0.5655', '0'] }] });
  });

  it('are snapshots with a checksum, and of the time of receipt where they have none', () => {
    expect(parse({ channel: 'book', type: 'snapshot', data: [{ symbol: 'BTC/USD', bids: [{ price: 1, qty: 2 }], asks: [{ price: 3, qty: 4 }], checksum: 5 }] }))
      .toMatchObject(one({ snapshot: true, symbol: 'BTC/USD', eventTime: now, bids: [1, 2], asks: [3, 4], checksum: 5 }));
  });

  it('are rejected when malformed', () => {
    const row = { ...level, bids: [{ price: 1, qty: 2 }], asks: [] };
    for (const [wrong, reason] of [
      [{ symbol: 7 }, 'missing-field'], [{ timestamp: 'soon' }, 'bad-time'], [{ timestamp: null }, 'bad-time'], [{ checksum: 'x' }, 'missing-field'], [{ checksum: -1 }, 'missing-field'],
      [{ bids: [{ price: -1, qty: 1 }] }, 'bad-number'], [{ bids: [{ price: 1 }] }, 'bad-number'], [{ asks: undefined }, 'bad-number'], [{ asks: [[1, 2]] }, 'bad-number'],
    ] as const) expect(parse({ channel: 'book', type: 'update', data: [{ ...row, ...wrong }] })).toMatchObject({ kind: 'rejected', reason });
    expect(parse({ channel: 'book', data: [row] })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
    expect(parse({ channel: 'book', type: 'update', data: row })).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
  });
});

describe('Kraken spot, second version: trades and tickers', () => {
  it('reads trades with their ids', () => {
    const row = { symbol: 'DOGE/USD', side: 'sell', price: 0.5117, qty: 40, ord_type: 'market', trade_id: 4665906, timestamp: TIME };
    const trade = { kind: 'trade', symbol: 'DOGE/USD', eventTime: T, id: '4665906', price: 0.5117, qty: 40, side: 'sell' };
    expect(parse({ channel: 'trade', type: 'update', data: [row, { ...row, side: 'buy', trade_id: 4665907 }] })).toEqual(one(trade, { ...trade, side: 'buy', id: '4665907' }));
    for (const [wrong, reason] of [[{ price: 0 }, 'bad-number'], [{ qty: 'x' }, 'bad-number'], [{ side: 's' }, 'missing-field'], [{ timestamp: undefined }, 'bad-time']] as const) {
      expect(parse({ channel: 'trade', type: 'update', data: [{ ...row, ...wrong }] })).toMatchObject({ kind: 'rejected', reason });
    }
  });

  it('reads the last price, and the dollars of a currency from the middle of its quotes', () => {
    const row = { symbol: 'BTC/USD', bid: 100, bid_qty: 1, ask: 101, ask_qty: 2, last: 100.5, volume: 3, vwap: 4, low: 5, high: 6, change: 0, change_pct: 0 };
    expect(parse({ channel: 'ticker', type: 'update', data: [row] })).toEqual(one({ kind: 'ticker', symbol: 'BTC/USD', eventTime: now, last: 100.5 }));
    // Nothing traded for a day.
    expect(parse({ channel: 'ticker', type: 'snapshot', data: [{ ...row, last: 0, timestamp: TIME }] })).toEqual(one());
    const euro = { ...row, symbol: 'EUR/USD', bid: 1.125, ask: 1.15625, last: 1.13, timestamp: TIME };
    expect(parse({ channel: 'ticker', type: 'update', data: [euro] })).toEqual(one(
      { kind: 'ticker', symbol: 'EUR/USD', eventTime: T, last: 1.13 }, { kind: 'rate', symbol: 'EUR/USD', eventTime: T, currency: 'EUR', usd: 1.140625 },
    ));
    // Quotes that are no rate leave the last price.
    for (const wrong of [{ bid: 0 }, { bid: 1.2 }, { bid: 0.5 }]) expect(parse({ channel: 'ticker', type: 'update', data: [{ ...euro, ...wrong }] })).toMatchObject({ events: [{ kind: 'ticker' }] });
    expect(parse({ channel: 'ticker', type: 'update', data: [{ ...euro, ask: 'x' }] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(parse({ channel: 'ticker', type: 'update', data: [{ ...row, last: -1 }] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });

  it('tells frames without data apart', () => {
    expect(parse({ channel: 'heartbeat' })).toEqual({ kind: 'control', control: 'heartbeat' });
    expect(parse({ channel: 'status', type: 'update', data: [{ api_version: 'v2', connection_id: 1, system: 'online', version: '2.0.0' }] })).toEqual({ kind: 'control', control: 'notice', detail: 'online' });
    expect(parse({ method: 'pong', req_id: 1, time_in: TIME, time_out: TIME })).toEqual({ kind: 'control', control: 'pong' });
    expect(parse({ method: 'subscribe', result: { channel: 'book', depth: 1000, snapshot: true, symbol: 'ALGO/USD' }, success: true })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['book:ALGO/USD'] });
    expect(parse({ method: 'subscribe', result: { channel: 'trade', symbol: 'ALGO/USD' }, success: true })).toMatchObject({ channels: ['trades:ALGO/USD'] });
    expect(parse({ error: 'Currency pair not supported X/USD', method: 'subscribe', success: false, symbol: 'X/USD' })).toEqual({ kind: 'control', control: 'refused', detail: 'Currency pair not supported X/USD X/USD' });
    expect(parse({ Error: 'Exceeded msg rate' })).toMatchObject({ control: 'refused', detail: 'Exceeded msg rate' });
    expect(parse({ channel: 'instrument', type: 'snapshot', data: { assets: [], pairs: [] } })).toEqual({ kind: 'ignored', channel: 'instrument' });
    expect(parse({ channel: 'ohlc', type: 'update', data: [] })).toEqual({ kind: 'ignored', channel: 'ohlc' });
    for (const strange of [{ channel: 'new', type: 'update', data: [] }, {}, { method: 'subscribe' }, 7, null]) expect(parse(strange)).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse('{"channel":"book"')).toMatchObject({ kind: 'rejected', reason: 'not-json' });
  });
});

describe('Kraken spot, first version', () => {
  const book = { kind: 'book', origin: 'live', symbol: 'BTC/USD', printedSymbol: 'XBT/USD', depth: 1_000 };

  it('reads snapshots and changes of either side or both, under the names of today', () => {
    expect(parse([0, { as: [['5541.30000', '2.50700000', '1799999999.248123']], bs: [['5541.20000', '1.52900000', '1799999999.765432']] }, 'book-1000', 'XBT/USD'])).toEqual(one({
      ...book, snapshot: true, eventTime: 1_799_999_999_765, bids: [5541.2, 1.529], asks: [5541.3, 2.507], printedBids: ['5541.20000', '1.52900000'], printedAsks: ['5541.30000', '2.50700000'],
    }));
    expect(parse([0, { a: [['5541.3', '0.00', '1799999999.1'], ['5542.5', '0.4', '1799999999.2', 'r']] }, { b: [['5541.2', '1', '1799999999.3']], c: '974942666' }, 'book-1000', 'XBT/USD'])).toEqual(one({
      ...book, snapshot: false, eventTime: 1_799_999_999_300, bids: [5541.2, 1], asks: [5541.3, 0, 5542.5, 0.4], printedBids: ['5541.2', '1'], printedAsks: ['5541.3', '0.00', '5542.5', '0.4'], checksum: 974_942_666,
    }));
    // An empty book has no time of its own.
    expect(parse([0, { as: [], bs: [] }, 'book-10', 'ETH/CHF'])).toMatchObject(one({ snapshot: true, symbol: 'ETH/CHF', eventTime: now, depth: 10, bids: [], asks: [] }));
  });

  it('reads trades and the last price', () => {
    expect(parse([0, [['5541.2', '0.158', '1799999999.990597', 's', 'l', ''], ['6060.0', '0.02455', '1799999999.991', 'b', 'm', '']], 'trade', 'XDG/USD'])).toEqual(one(
      { kind: 'trade', symbol: 'DOGE/USD', printedSymbol: 'XDG/USD', eventTime: T, price: 5541.2, qty: 0.158, side: 'sell' }, { kind: 'trade', symbol: 'DOGE/USD', printedSymbol: 'XDG/USD', eventTime: T + 1, price: 6060, qty: 0.02455, side: 'buy' },
    ));
    expect(parse([0, { a: ['2', 1, '1'], b: ['1', 1, '1'], c: ['1.5', '3'], v: ['1', '2'] }, 'ticker', 'ETH/CHF'])).toEqual(one({ kind: 'ticker', symbol: 'ETH/CHF', eventTime: now, last: 1.5 }));
  });

  it('tells frames without data apart, and rejects what is malformed', () => {
    expect(parse({ event: 'heartbeat' })).toEqual({ kind: 'control', control: 'heartbeat' });
    expect(parse({ event: 'pong', reqid: 4 })).toEqual({ kind: 'control', control: 'pong' });
    expect(parse({ connectionID: 1, event: 'systemStatus', status: 'online', version: '1.9.0' })).toEqual({ kind: 'control', control: 'notice', detail: 'online' });
    expect(parse({ channelID: 1, channelName: 'book-1000', event: 'subscriptionStatus', pair: 'XBT/USD', status: 'subscribed', subscription: { depth: 1000, name: 'book' } })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['book:XBT/USD'] });
    expect(parse({ errorMessage: 'Subscription depth not supported', event: 'subscriptionStatus', pair: 'XBT/USD', status: 'error' })).toMatchObject({ control: 'refused', detail: 'Subscription depth not supported' });
    expect(parse({ event: 'error', errorMessage: 'Malformed request' })).toMatchObject({ control: 'refused', detail: 'Malformed request' });
    expect(parse([0, ['1', '2', '3', '4', '5'], 'spread', 'XBT/USD'])).toEqual({ kind: 'ignored', channel: 'spread' });
    expect(parse([0, [], 'ohlc-5', 'XBT/USD'])).toEqual({ kind: 'ignored', channel: 'ohlc' });
    for (const [frame, reason] of [
      [[0, { b: [['1', '2', '3']] }, 'book-10', 'XBT/USD'], 'bad-time'], [[0, { b: [[1, 2, '1799999999.1']] }, 'book-10', 'XBT/USD'], 'bad-number'], [[0, { b: [], c: 7 }, 'book-10', 'XBT/USD'], 'bad-number'],
      [[0, { as: [], b: [] }, 'book-10', 'XBT/USD'], 'unknown-shape'], [[0, {}, 'book-10', 'XBT/USD'], 'unknown-shape'], [[0, {}, 'book-10', 'XBTUSD'], 'missing-field'], [[0, {}, 'new', 'XBT/USD'], 'unknown-shape'],
      [[0, [['0', '1', '1799999999.1', 's']], 'trade', 'XBT/USD'], 'bad-number'], [[0, [['1', '1', '1799999999.1', 'x']], 'trade', 'XBT/USD'], 'missing-field'], [[0, {}, 'ticker', 'XBT/USD'], 'missing-field'], [[], 'unknown-shape'],
    ] as const) expect(parse(frame)).toMatchObject({ kind: 'rejected', reason });
    expect(parse({ event: 'new' })).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
  });
});

describe('Kraken names', () => {
  it('are those of everybody else', () => {
    expect(['XBT', 'XXBT', 'XDG', 'XXDG', 'ZUSD', 'ZEUR', 'XETH', 'USDT', 'XTZ', 'ZRX', 'XCN', 'ZETA'].map(krakenCurrency)).toEqual(['BTC', 'BTC', 'DOGE', 'DOGE', 'USD', 'EUR', 'ETH', 'USDT', 'XTZ', 'ZRX', 'XCN', 'ZETA']);
    expect(['XBT/USD', 'ADA/XBT', 'XDG/EUR', 'ETH/CHF', 'USD', 'A/B/C', '/X'].map(krakenSymbol)).toEqual(['BTC/USD', 'ADA/BTC', 'DOGE/EUR', 'ETH/CHF', undefined, undefined, undefined]);
    expect(['BTC/USD', 'USDT/EUR', 'DOGE/BTC'].map(krakenAltName)).toEqual(['XBTUSD', 'USDTEUR', 'XDGXBT']);
    expect([isKeyOf('XXBTZUSD', 'BTC/USD'), isKeyOf('USDTZUSD', 'USDT/USD'), isKeyOf('USDTEUR', 'USDT/EUR'), isKeyOf('XETHZUSD', 'BTC/USD')]).toEqual([true, true, true, false]);
  });
});
