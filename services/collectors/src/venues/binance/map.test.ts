import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { binanceSpot, binanceUsdm } from './feed.ts';

const now = epochMs(1_800_000_000_000);
const E = 1_799_999_999_990;
const spot = (value: unknown) => binanceSpot.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const usdm = (value: unknown) => binanceUsdm.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);

describe('Binance book frames', () => {
  const diff = { e: 'depthUpdate', E, s: 'OMUSDT', U: 157, u: 160, b: [['0.0024', '10']], a: [['0.0026', '0.00000000']] };
  const event = { kind: 'book', origin: 'live', snapshot: false, symbol: 'OMUSDT', eventTime: E, bids: [0.0024, 10], asks: [0.0026, 0], first: 157, last: 160 };

  it('reads differences, combined or raw', () => {
    expect(spot({ stream: 'omusdt@depth@100ms', data: diff })).toEqual({ kind: 'events', events: [event] });
    expect(spot(diff)).toEqual({ kind: 'events', events: [event] });
    expect(usdm({ stream: 'omusdt@depth@100ms', data: { ...diff, T: E - 5, pu: 149 } })).toEqual({ kind: 'events', events: [{ ...event, previous: 149 }] });
  });

  it('wants pu on USD-M and sound numbers everywhere', () => {
    expect(usdm(diff)).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
    expect(spot({ ...diff, u: 100 })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...diff, b: [['0.0024']] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...diff, b: [['0', '1']] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...diff, E: 17 })).toMatchObject({ kind: 'rejected', reason: 'bad-time' });
    expect(spot({ ...diff, s: '' })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  it('does not take partial books for differences', () => {
    expect(usdm({ stream: 'omusdt@depth20@100ms', data: { ...diff, pu: 149 } })).toEqual({ kind: 'ignored', channel: 'depth20@100ms' });
    expect(spot({ stream: 'omusdt@depth5', data: { lastUpdateId: 1, bids: [], asks: [] } })).toEqual({ kind: 'ignored', channel: 'depth5' });
  });

  it('reads recorded and polled snapshots', () => {
    const body = { lastUpdateId: 1027024, E: E - 100, T: E - 110, bids: [['4.0', '431']], asks: [['4.2', '12']] };
    const snapshot = { kind: 'book', origin: 'seed', snapshot: true, symbol: 'OMUSDT', eventTime: E - 100, bids: [4, 431], asks: [4.2, 12], last: 1027024 };
    expect(usdm({ stream: 'omusdt@depthSnapshot', generated: true, data: body })).toEqual({ kind: 'events', events: [snapshot] });
    const options = { endpoints: { rest: 'http://127.0.0.1', ws: {} }, rates: false, deepEveryMs: 1, pollEveryMs: 1 };
    const resync = binanceUsdm.plan([], options).resync('OMUSDT');
    if (resync.kind !== 'request') throw new Error('a REST snapshot is expected');
    expect(resync.poll.parse(JSON.stringify(body), now)).toEqual({ kind: 'events', events: [snapshot] });
    const spotPoll = binanceSpot.plan([], options).resync('OMUSDT');
    if (spotPoll.kind !== 'request') throw new Error('a REST snapshot is expected');
    // Spot's answer carries no time.
    expect(spotPoll.poll.parse('{"lastUpdateId":7,"bids":[],"asks":[]}', now)).toMatchObject({ events: [{ eventTime: now, last: 7 }] });
    expect(spotPoll.poll.parse('{"code":-1121,"msg":"Invalid symbol."}', now)).toMatchObject({ kind: 'rejected' });
    expect(spotPoll.poll.parse('<html>', now)).toMatchObject({ kind: 'rejected', reason: 'not-json' });
  });
});

describe('Binance trades', () => {
  it('reads aggregate and single trades; the taker sold when the buyer is the maker', () => {
    const agg = { e: 'aggTrade', E, s: 'OMUSDT', a: 12345, p: '0.001', q: '100', f: 100, l: 105, T: E - 5, m: true, M: true };
    const trade = { kind: 'trade', symbol: 'OMUSDT', eventTime: E - 5, id: '12345', price: 0.001, qty: 100, side: 'sell' };
    expect(spot({ stream: 'omusdt@aggTrade', data: agg })).toEqual({ kind: 'events', events: [trade] });
    expect(spot({ e: 'trade', E, s: 'OMUSDT', t: 7, p: '0.001', q: '100', T: E - 5, m: false, M: true })).toEqual({ kind: 'events', events: [{ ...trade, id: '7', side: 'buy' }] });
    expect(spot({ ...agg, p: '0' })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...agg, m: 1 })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  it('leaves out trades that are not of the book', () => {
    const trade = { e: 'trade', E, T: E, s: 'OMUSDT', t: 7, p: '0', q: '0', m: true };
    for (const X of ['INSURANCE_FUND', 'ADL', 'NA']) expect(usdm({ ...trade, X })).toEqual({ kind: 'events', events: [] });
    expect(usdm({ ...trade, p: '1', q: '2', X: 'MARKET' })).toMatchObject({ events: [{ kind: 'trade', qty: 2 }] });
  });
});

describe('Binance derivative figures', () => {
  const mark = { e: 'markPriceUpdate', E, s: 'OMUSDT', p: '11794.15', i: '11784.62', P: '11784.25', r: '-0.00038167', T: 1_800_003_600_000 };
  const ticker = { kind: 'ticker', symbol: 'OMUSDT', eventTime: E, mark: 11794.15, index: 11784.62 };

  it('reads mark, index and funding, and no funding of delivery contracts', () => {
    expect(usdm(mark)).toEqual({ kind: 'events', events: [{ ...ticker, fundingRate: -0.00038167, fundingTime: 1_800_003_600_000 }] });
    expect(usdm({ ...mark, r: '0.00000000', T: 0 })).toEqual({ kind: 'events', events: [ticker] });
    expect(usdm({ ...mark, r: '', T: 0 })).toEqual({ kind: 'events', events: [ticker] });
    // A rate of 0 is a rate; a price of 0 is no price.
    expect(usdm({ ...mark, r: '0' })).toMatchObject({ events: [{ fundingRate: 0 }] });
    expect(usdm({ ...mark, i: '0.00000000' })).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: E, mark: 11794.15, fundingRate: -0.00038167, fundingTime: 1_800_003_600_000 }] });
    expect(usdm({ ...mark, r: 'x' })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });

  it('reads open interest, with the time of the answer where it has one', () => {
    expect(usdm({ stream: 'omusdt@openInterest', generated: true, data: { symbol: 'OMUSDT', openInterest: '26286.181' } }))
      .toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: now, openInterest: 26286.181 }] });
    expect(usdm({ stream: 'omusdt@openInterest', data: { symbol: 'OMUSDT', openInterest: '0', time: E } })).toMatchObject({ events: [{ eventTime: E, openInterest: 0 }] });
  });

  it('reads liquidations as sampled, with the side of the order', () => {
    const o = { s: 'OMUSDT', S: 'SELL', o: 'LIMIT', f: 'IOC', q: '0.014', p: '9910', ap: '9915', X: 'FILLED', l: '0.002', z: '0.014', T: E - 7 };
    expect(usdm({ stream: 'omusdt@forceOrder', data: { e: 'forceOrder', E, o } })).toEqual({
      kind: 'events', events: [{ kind: 'liquidation', symbol: 'OMUSDT', eventTime: E - 7, price: 9910, qty: 0.014, side: 'sell', disclosure: 'sampled' }],
    });
    expect(usdm({ e: 'forceOrder', E, o: { ...o, S: 'x' } })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  it('reads the last price', () => {
    expect(spot({ e: '24hrTicker', E, s: 'OMUSDT', c: '0.0025' })).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: E, last: 0.0025 }] });
  });
});

describe('Binance frames without data', () => {
  it('tells control, ignored and unreadable ones apart', () => {
    expect(spot({ result: null, id: 1 })).toEqual({ kind: 'control', control: 'acknowledgement', detail: 'id 1' });
    expect(spot({ error: { code: 3, msg: 'Invalid JSON' }, id: 1 })).toMatchObject({ kind: 'control', control: 'refused' });
    expect(spot({ code: 2, msg: 'Invalid request' })).toMatchObject({ kind: 'control', control: 'refused' });
    expect(spot({ u: 400900217, s: 'OMUSDT', b: '25.35190000', B: '31.21', a: '25.3652', A: '40.66' })).toEqual({ kind: 'ignored', channel: 'bookTicker' });
    expect(usdm({ stream: 'omusdt@kline_1m', data: { e: 'kline', E, s: 'OMUSDT', k: {} } })).toEqual({ kind: 'ignored', channel: 'kline' });
    expect(spot({ stream: '!miniTicker@arr', data: [] })).toEqual({ kind: 'ignored', channel: '!miniTicker@arr' });
    expect(spot({ e: 'somethingNew', E })).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(spot('{')).toMatchObject({ kind: 'rejected', reason: 'not-json' });
    expect(spot('[]')).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(spot('null')).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
  });
});

describe('Binance instruments', () => {
  const filters = [{ filterType: 'PRICE_FILTER', tickSize: '0.00010000' }, { filterType: 'LOT_SIZE', stepSize: '0.10000000' }];

  it('reads spot markets', () => {
    const body = { symbols: [
      { symbol: 'OMUSDT', status: 'TRADING', baseAsset: 'OM', quoteAsset: 'USDT', filters },
      { symbol: 'OLDBTC', status: 'BREAK', baseAsset: 'OLD', quoteAsset: 'BTC', filters },
      { symbol: 'NEW', status: 'PENDING', baseAsset: 'NEW', quoteAsset: 'USDT', filters: [] },
    ] };
    const common = { marketKind: 'spot', tickSize: 0.0001, lotSize: 0.1, contractSize: 1, dated: false };
    expect(binanceSpot.parseInstruments(JSON.stringify(body))).toEqual({
      ok: true,
      value: [{ ...common, symbol: 'OMUSDT', base: 'OM', quote: 'USDT', settle: 'USDT', trading: true }, { ...common, symbol: 'OLDBTC', base: 'OLD', quote: 'BTC', settle: 'BTC', trading: false }],
    });
    expect(binanceSpot.parseInstruments('{"code":-1003}').ok).toBe(false);
  });

  it('tells perpetuals from dated contracts', () => {
    const row = { status: 'TRADING', baseAsset: '1000PEPE', quoteAsset: 'USDT', marginAsset: 'USDT', filters };
    const result = binanceUsdm.parseInstruments(JSON.stringify({ symbols: [
      { ...row, symbol: '1000PEPEUSDT', contractType: 'PERPETUAL' },
      { ...row, symbol: 'TSLAUSDT', contractType: 'TRADIFI_PERPETUAL' },
      { ...row, symbol: 'BTCUSDT_261225', contractType: 'CURRENT_QUARTER' },
    ] }));
    expect(result.ok ? result.value.map((i) => [i.symbol, i.base, i.marketKind, i.dated, i.trading]) : []).toEqual([
      ['1000PEPEUSDT', '1000PEPE', 'linear', false, true], ['TSLAUSDT', '1000PEPE', 'linear', false, true], ['BTCUSDT_261225', '1000PEPE', 'linear', true, true],
    ]);
  });
});
