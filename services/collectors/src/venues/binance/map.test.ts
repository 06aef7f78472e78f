import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { binanceCoinm, binanceSpot, binanceUsdm } from './feed.ts';

const now = epochMs(1_800_000_000_000);
const E = 1_799_999_999_990;
const spot = (value: unknown) => binanceSpot.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const usdm = (value: unknown) => binanceUsdm.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const coinm = (value: unknown) => binanceCoinm.parseFrame(JSON.stringify(value), now);

describe('Binance book frames', () => {
  const diff = { e: 'depthUpdate', E, s: 'OMUSDT', U: 157, u: 160, b: [['0.0024', '10']], a: [['0.0026', '0.00000000']] };
  const event = { kind: 'book', origin: 'live', snapshot: false, symbol: 'OMUSDT', eventTime: E, bids: [0.0024, 10], asks: [0.0026, 0], first: 157, last: 160 };

  it('reads differences, combined or raw', () => {
    expect(spot({ stream: 'omusdt@depth@100ms', data: diff })).toEqual({ kind: 'events', events: [event] });
    expect(spot(diff)).toEqual({ kind: 'events', events: [event] });
    expect(usdm({ stream: 'omusdt@depth@100ms', data: { ...diff, T: E - 5, pu: 149 } })).toEqual({ kind: 'events', events: [{ ...event, previous: 149 }] });
  });

  it('wants pu on futures and sound numbers everywhere', () => {
    for (const futures of [usdm, coinm]) expect(futures(diff)).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
    expect(spot({ ...diff, u: 100 })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...diff, b: [['0.0024']] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...diff, b: [['0', '1']] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot({ ...diff, E: 17 })).toMatchObject({ kind: 'rejected', reason: 'bad-time' });
    expect(spot({ ...diff, s: '' })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  it('does not take partial books for differences', () => {
    expect(usdm({ stream: 'omusdt@depth20@100ms', data: { ...diff, pu: 149 } })).toEqual({ kind: 'ignored', channel: 'depth20@100ms' });
    expect(usdm({ stream: 'omusdt@rpiDepth@500ms', data: { ...diff, pu: 149 } })).toEqual({ kind: 'ignored', channel: 'rpiDepth@500ms' });
    for (const channel of ['depth', 'depth@500ms', 'depth@0ms']) expect(usdm({ stream: `omusdt@${channel}`, data: { ...diff, pu: 149 } })).toMatchObject({ kind: 'events' });
    expect(spot({ stream: 'omusdt@depth5', data: { lastUpdateId: 1, bids: [], asks: [] } })).toEqual({ kind: 'ignored', channel: 'depth5' });
  });

  it('reads recorded and polled snapshots', () => {
    const body = { lastUpdateId: 1027024, E: E - 100, T: E - 110, bids: [['4.0', '431']], asks: [['4.2', '12']] };
    const snapshot = { kind: 'book', origin: 'seed', snapshot: true, symbol: 'OMUSDT', eventTime: E - 100, bids: [4, 431], asks: [4.2, 12], last: 1027024 };
    // A recorded one is dated by the last transaction in it, an answer by when it was given: a quiet book is not old.
    expect(usdm({ stream: 'omusdt@depthSnapshot', generated: true, data: body })).toEqual({ kind: 'events', events: [{ ...snapshot, eventTime: E - 110 }] });
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

describe('Binance COIN-M frames', () => {
  it('count contracts, and name the pair beside the contract', () => {
    const diff = { e: 'depthUpdate', E, T: E - 5, s: 'BTCUSD_PERP', ps: 'BTCUSD', U: 157, u: 160, pu: 149, b: [['9498.9', '13']], a: [] };
    expect(coinm({ stream: 'btcusd_perp@depth@100ms', data: diff })).toMatchObject({ events: [{ kind: 'book', symbol: 'BTCUSD_PERP', bids: [9498.9, 13], first: 157, last: 160, previous: 149 }] });
    expect(coinm({ e: 'aggTrade', E, s: 'BTCUSD_PERP', a: 424951, p: '9643.5', q: '2', f: 606073, l: 606073, T: E - 5, m: false })).toMatchObject({ events: [{ kind: 'trade', id: '424951', price: 9643.5, qty: 2, side: 'buy' }] });
    const order = { s: 'BTCUSD_PERP', ps: 'BTCUSD', S: 'SELL', o: 'LIMIT', f: 'IOC', q: '3', p: '9425.5', ap: '9496.5', X: 'FILLED', l: '1', z: '1', T: E - 1 };
    expect(coinm({ e: 'forceOrder', E, o: order })).toMatchObject({ events: [{ kind: 'liquidation', symbol: 'BTCUSD_PERP', price: 9425.5, qty: 3, side: 'sell', disclosure: 'sampled' }] });
  });

  it('carry mark, index and funding of one contract, or of all contracts of a pair in a list', () => {
    const perpetual = { e: 'markPriceUpdate', E, s: 'BTCUSD_PERP', p: '10934.6', P: '10962.1', i: '10933.6', r: '0.0001', T: 1_800_003_600_000 };
    const quarterly = { ...perpetual, s: 'BTCUSD_261225', r: '', T: 0 };
    const events = [
      { kind: 'ticker', symbol: 'BTCUSD_PERP', eventTime: E, mark: 10934.6, index: 10933.6, fundingRate: 0.0001, fundingTime: 1_800_003_600_000 },
      { kind: 'ticker', symbol: 'BTCUSD_261225', eventTime: E, mark: 10934.6, index: 10933.6 },
    ];
    expect(coinm(perpetual)).toEqual({ kind: 'events', events: events.slice(0, 1) });
    expect(coinm({ stream: 'btcusd@markPrice@1s', data: [perpetual, quarterly] })).toEqual({ kind: 'events', events });
    expect(coinm([perpetual, quarterly])).toEqual({ kind: 'events', events });
    expect(coinm({ stream: 'btcusd@markPrice@1s', data: [perpetual, { ...quarterly, p: 'x' }] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(coinm({ stream: 'btcusd@markPrice@1s', data: [] })).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
  });

  it('carry the index of a pair for all its contracts', () => {
    expect(coinm({ stream: 'btcusd@indexPrice@1s', data: { e: 'indexPriceUpdate', E, i: 'BTCUSD', p: '9636.57860000' } })).toEqual({ kind: 'events', events: [{ kind: 'index', symbol: 'BTCUSD', eventTime: E, price: 9636.5786 }] });
    expect(coinm({ e: 'indexPriceUpdate', E, p: '1' })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
    expect(coinm({ e: 'indexPriceUpdate', E, i: 'BTCUSD', p: '-1' })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
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
    expect(usdm({ stream: 'omusdt@recentTrades', generated: true, data: [{ id: 1, price: '1' }] })).toEqual({ kind: 'ignored', channel: 'recentTrades' });
    expect(usdm({ stream: 'omusdt@topLongShortAccountRatio', generated: true, data: { symbol: 'OMUSDT' } })).toEqual({ kind: 'ignored', channel: 'topLongShortAccountRatio' });
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
    // What is no coin may share its name with one.
    expect(result.ok ? result.value.map((i) => i.freelyNamed) : []).toEqual([undefined, true, undefined]);
    expect(result.ok ? result.value.map((i) => [i.symbol, i.base, i.marketKind, i.dated, i.trading]) : []).toEqual([
      ['1000PEPEUSDT', '1000PEPE', 'linear', false, true], ['TSLAUSDT', '1000PEPE', 'linear', false, true], ['BTCUSDT_261225', '1000PEPE', 'linear', true, true],
    ]);
  });

  it('sizes COIN-M contracts in dollars', () => {
    const row = { pair: 'BTCUSD', contractType: 'PERPETUAL', contractStatus: 'TRADING', contractSize: 100, baseAsset: 'BTC', quoteAsset: 'USD', marginAsset: 'BTC', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.1' }, { filterType: 'LOT_SIZE', stepSize: '1' }] };
    const result = binanceCoinm.parseInstruments(JSON.stringify({ symbols: [
      { ...row, symbol: 'BTCUSD_PERP' }, { ...row, symbol: 'BTCUSD_261225', contractType: 'CURRENT_QUARTER' },
      { ...row, symbol: 'ETHUSD_PERP', pair: 'ETHUSD', baseAsset: 'ETH', marginAsset: 'ETH', contractSize: 10, contractStatus: 'PENDING_TRADING' }, { ...row, symbol: 'XUSD_PERP', contractSize: undefined },
    ] }));
    const common = { marketKind: 'inverse', quote: 'USD', tickSize: 0.1, lotSize: 1 };
    expect(result).toEqual({ ok: true, value: [
      { ...common, symbol: 'BTCUSD_PERP', base: 'BTC', settle: 'BTC', contractSize: 100, trading: true, dated: false },
      { ...common, symbol: 'BTCUSD_261225', base: 'BTC', settle: 'BTC', contractSize: 100, trading: true, dated: true },
      { ...common, symbol: 'ETHUSD_PERP', base: 'ETH', settle: 'ETH', contractSize: 10, trading: false, dated: false },
    ] });
    expect(result.ok ? result.value.map((i) => binanceCoinm.indexName?.(i)) : []).toEqual(['BTCUSD', 'BTCUSD', 'ETHUSD']);
  });
});
