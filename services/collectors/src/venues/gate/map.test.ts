import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { parseGateDepth } from './books.ts';
import { gateBtc, gateSpot, gateUsdt } from './feed.ts';
import { parseGateTickers } from './map.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const spot = (value: unknown) => gateSpot.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const usdt = (value: unknown) => gateUsdt.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const update = (channel: string, result: unknown, more: object = {}) => ({ time: Math.floor(T / 1000), time_ms: T + 3, channel, event: 'update', result, ...more });
const one = (event: object) => ({ kind: 'events', events: [event] });
const rejected = (reason: string) => expect.objectContaining({ kind: 'rejected', reason });

describe('Gate book frames', () => {
  const book = { kind: 'book', origin: 'live', symbol: 'BTC_USDT', eventTime: T };

  it('reads full pushes and ranges of the 400 level stream, also those that change nothing', () => {
    const full = { t: T, full: true, s: 'ob.BTC_USDT.400', u: 100, b: [['63700', '10000'], ['63699.9', '2']], a: [['63700.1', '2500']] };
    expect(usdt({ channel: 'futures.obu', result: full, time_ms: T + 3 })).toEqual(usdt(update('futures.obu', full)));
    expect(usdt(update('futures.obu', full))).toEqual(one({ ...book, snapshot: true, last: 100, bids: [63700, 10000, 63699.9, 2], asks: [63700.1, 2500] }));
    const delta = { t: T, s: 'ob.BTC_USDT.400', U: 101, u: 130, b: [['63700', '0.7']], a: [['63700.1', '0']] };
    expect(spot(update('spot.obu', delta))).toEqual(one({ ...book, snapshot: false, first: 101, last: 130, bids: [63700, 0.7], asks: [63700.1, 0] }));
    expect(usdt(update('futures.obu', { t: T, s: 'ob.BTC_USDT.400', U: 131, u: 138 }))).toEqual(one({ ...book, snapshot: false, first: 131, last: 138, bids: [], asks: [] }));
  });

  it('reads ranges of the 100 level stream, with levels as pairs on spot and as objects with numbers or texts on futures', () => {
    expect(spot(update('spot.order_book_update', { t: T, e: 'depthUpdate', E: 1_799_999_999, s: 'BTC_USDT', U: 48776301, u: 48776306, b: [['19137.74', '0.0001'], ['19088.37', '0']], a: [['19137.75', '0.6135']] })))
      .toEqual(one({ ...book, snapshot: false, first: 48776301, last: 48776306, bids: [19137.74, 0.0001, 19088.37, 0], asks: [19137.75, 0.6135] }));
    expect(usdt(update('futures.order_book_update', { t: T, s: 'BTC_USDT', U: 5, u: 6, l: '100', b: [{ p: '54672.1', s: 0 }, { p: '54664.5', s: '58794.5' }], a: [] })))
      .toEqual(one({ ...book, snapshot: false, first: 5, last: 6, bids: [54672.1, 0, 54664.5, 58794.5], asks: [] }));
    expect(usdt(update('futures.order_book_update', { t: T, full: true, l: '100', s: 'BTC_USDT', U: 5, u: 6, b: [{ p: '1', s: 3 }], a: [] }))).toMatchObject({ events: [{ snapshot: true, last: 6 }] });
  });

  it('reads the older limited book, its changes by the sign of their size, and calls one without an id legacy', () => {
    const rows = { contract: 'BTC_USDT', asks: [{ p: '97.1', s: 2245 }], bids: [{ p: '97', s: 1 }] };
    expect(usdt({ channel: 'futures.order_book', event: 'all', time: 1, time_ms: T, result: { t: T, id: 93973511, ...rows } }))
      .toEqual(one({ ...book, snapshot: true, last: 93973511, bids: [97, 1], asks: [97.1, 2245] }));
    expect(usdt({ channel: 'futures.order_book', event: 'all', time: 1_799_999_999, result: rows })).toEqual(rejected('legacy-format'));
    expect(usdt({ channel: 'futures.order_book', event: 'all', time: 1, time_ms: T, result: { asks: [], bids: [], contract: 'NEW_USDT', id: 0, t: 0 } })).toEqual({ kind: 'events', events: [] });
    const change = (p: string, s: number, id: number) => ({ p, s, c: 'BTC_USDT', id });
    expect(usdt(update('futures.order_book', [change('97', 5, 7), change('98', -3, 8), change('96', 0, 9)])))
      .toEqual(one({ ...book, eventTime: T + 3, snapshot: false, first: 7, last: 9, bids: [97, 5, 96, 0], asks: [98, 3, 96, 0] }));
    expect(usdt(update('futures.order_book', [change('97', 5, 7), { ...change('98', 1, 8), c: 'ETH_USDT' }]))).toEqual(rejected('missing-field'));
    expect(usdt(update('futures.order_book', [{ ...change('97', 5, 7), id: undefined }]))).toEqual(rejected('legacy-format'));
  });

  it('reads REST books: spot in milliseconds, futures in seconds, and a recorder\'s among the frames', () => {
    const rest = (more: object) => JSON.stringify({ id: 48776300, bids: [['1', '3']], asks: [['2', '1']], ...more });
    expect(parseGateDepth(rest({ current: T + 9, update: T }), 'BTC_USDT', 'seed')).toEqual(one({ ...book, origin: 'seed', snapshot: true, last: 48776300, bids: [1, 3], asks: [2, 1] }));
    // A deep book is as fresh as the answer.
    expect(parseGateDepth(rest({ current: T, update: T - 60_000 }), 'BTC_USDT', 'deep')).toMatchObject({ events: [{ origin: 'deep', eventTime: T }] });
    const futures = JSON.stringify({ id: 7, current: (T + 9) / 1000, update: T / 1000, bids: [{ p: '1', s: 3 }], asks: [{ p: '2', s: '1.5' }] });
    expect(parseGateDepth(futures, 'BTC_USDT', 'seed')).toMatchObject({ events: [{ eventTime: T, bids: [1, 3], asks: [2, 1.5], last: 7 }] });
    expect(spot({ channel: 'spot.order_book_update', event: 'snapshot', symbol: 'BTC_USDT', result: { id: 9, current: T + 4, update: T, asks: [], bids: [['1', '3']] } }))
      .toEqual(one({ ...book, origin: 'seed', snapshot: true, last: 9, bids: [1, 3], asks: [] }));
    expect(usdt({ channel: 'futures.order_book_update', event: 'snapshot', contract: 'BTC_USDT', result: { id: 9, current: (T + 4) / 1000, update: T / 1000, asks: [], bids: [{ p: '1', s: 3 }] } }))
      .toEqual(one({ ...book, origin: 'seed', snapshot: true, last: 9, bids: [1, 3], asks: [] }));
    // Answers of 2021 had no times.
    expect(parseGateDepth(rest({}), 'BTC_USDT', 'seed', epochMs(T + 20))).toMatchObject({ events: [{ eventTime: T + 20, last: 48776300 }] });
    expect(parseGateDepth(rest({}), 'BTC_USDT', 'deep')).toEqual(rejected('bad-time'));
    expect(parseGateDepth('{"label":"INVALID_CURRENCY_PAIR","message":"x"}', 'X', 'deep')).toEqual(rejected('unknown-shape'));
    expect(parseGateDepth('nothing', 'X', 'deep')).toEqual(rejected('not-json'));
    expect(parseGateDepth('{"current":1,"bids":[],"asks":[]}', 'X', 'deep')).toEqual(rejected('bad-time'));
  });

  it('refuses what is malformed', () => {
    const delta = { t: T, s: 'ob.BTC_USDT.400', U: 101, u: 130, b: [['1', '1']], a: [] };
    expect(usdt(update('futures.obu', { ...delta, U: undefined }))).toEqual(rejected('bad-number'));
    expect(usdt(update('futures.obu', { ...delta, u: 100 }))).toEqual(rejected('bad-number'));
    expect(usdt(update('futures.obu', { ...delta, t: 5 }))).toEqual(rejected('bad-time'));
    expect(usdt(update('futures.obu', { ...delta, s: '' }))).toEqual(rejected('missing-field'));
    for (const b of [[['-1', '1']], [['1', '-1']], [['1']], [5], 'x']) expect(usdt(update('futures.obu', { ...delta, b }))).toEqual(rejected('bad-number'));
  });
});

describe('Gate trades', () => {
  const trade = { kind: 'trade', eventTime: T };

  it('reads spot trades by side and futures trades by the sign of their size', () => {
    expect(spot(update('spot.trades', { id: 309143071, create_time: 1_799_999_999, create_time_ms: `${T}.4578`, side: 'sell', currency_pair: 'GT_USDT', amount: '16.4700000000', price: '0.4705' })))
      .toEqual(one({ ...trade, symbol: 'GT_USDT', id: '309143071', price: 0.4705, qty: 16.47, side: 'sell' }));
    const row = { size: -108, id: 27753479, create_time: 1_799_999_999, create_time_ms: T, price: '96.4', contract: 'BTC_USDT' };
    expect(usdt(update('futures.trades', [row, { ...row, size: '0.5', id: 27753480 }]))).toEqual({
      kind: 'events',
      events: [
        { ...trade, symbol: 'BTC_USDT', id: '27753479', price: 96.4, qty: 108, side: 'sell' },
        { ...trade, symbol: 'BTC_USDT', id: '27753480', price: 96.4, qty: 0.5, side: 'buy' },
      ],
    });
    // Before 2021 in whole seconds.
    expect(usdt(update('futures.trades', [{ ...row, create_time_ms: undefined }]))).toMatchObject({ events: [{ eventTime: 1_799_999_999_000 }] });
  });

  it('leaves takeovers by the fund and auto-deleveraging out: they do not come from the book', () => {
    const row = { size: -108, id: 1, create_time_ms: T, price: '96.4', contract: 'BTC_USDT', is_internal: true };
    expect(usdt(update('futures.trades', [row]))).toEqual({ kind: 'events', events: [] });
  });

  it('refuses what is malformed', () => {
    const row = { size: 1, id: 1, create_time_ms: T, price: '96.4', contract: 'BTC_USDT' };
    expect(usdt(update('futures.trades', [{ ...row, size: 0 }]))).toEqual(rejected('bad-number'));
    expect(usdt(update('futures.trades', [{ ...row, price: '0' }]))).toEqual(rejected('bad-number'));
    expect(usdt(update('futures.trades', [{ ...row, contract: 5 }]))).toEqual(rejected('missing-field'));
    expect(usdt(update('futures.trades', [{ ...row, create_time_ms: 7 }]))).toEqual(rejected('bad-time'));
    expect(usdt(update('futures.trades', [[row]]))).toEqual(rejected('unknown-shape'));
    expect(spot(update('spot.trades', { id: 1, create_time_ms: String(T), side: 'both', currency_pair: 'GT_USDT', amount: '1', price: '1' }))).toEqual(rejected('missing-field'));
  });
});

describe('Gate figures', () => {
  const row = {
    contract: 'BTC_USDT', last: '62914.3', mark_price: '62914.5', index_price: '62937.6', funding_rate: '0.000033', funding_rate_indicative: '-0.00004',
    funding_interval: 28800, funding_next_apply: 1_800_000_000, total_size: '651185722', quanto_base_rate: '',
  };
  const ticker = {
    kind: 'ticker', symbol: 'BTC_USDT', last: 62914.3, mark: 62914.5, index: 62937.6, openInterest: 651185722, fundingRate: 0.000033, nextFundingRate: -0.00004, fundingTime: 1_800_000_000_000,
  };

  it('reads a ticker with all of them, and the same from REST at the time of its receipt', () => {
    expect(usdt(update('futures.tickers', [row]))).toEqual(one({ ...ticker, eventTime: T + 3 }));
    // Between 2021 and 2022 one row by itself, and times in seconds.
    expect(usdt({ time: 1_799_999_999, channel: 'futures.tickers', event: 'update', result: row })).toEqual(one({ ...ticker, eventTime: 1_799_999_999_000 }));
    const watched = new Set(['BTC_USDT']);
    expect(parseGateTickers(JSON.stringify([{ ...row, highest_bid: '1', lowest_size: '5' }, { contract: 'ETH_USDT', last: 'x' }]), watched, now)).toEqual(one({ ...ticker, eventTime: now }));
    expect(parseGateTickers(JSON.stringify([{ ...row, last: 'x' }]), watched, now)).toEqual(rejected('bad-number'));
    expect(parseGateTickers('[5]', watched, now)).toEqual(rejected('unknown-shape'));
    expect(parseGateTickers('{"label":"CONTRACT_NOT_FOUND"}', watched, now)).toEqual(rejected('unknown-shape'));
    expect(parseGateTickers('<', watched, now)).toEqual(rejected('not-json'));
    expect(spot(update('spot.tickers', { currency_pair: 'GT_USDT', last: '0.47', lowest_ask: '0.471', highest_bid: '0.469' }))).toEqual(one({ kind: 'ticker', symbol: 'GT_USDT', eventTime: T + 3, last: 0.47 }));
  });

  it('leaves out what is absent and refuses what is no number', () => {
    expect(usdt(update('futures.tickers', [{ contract: 'X_USDT', last: '0', mark_price: '', total_size: '0' }]))).toEqual(one({ kind: 'ticker', symbol: 'X_USDT', eventTime: T + 3, openInterest: 0 }));
    for (const wrong of [{ last: 'x' }, { mark_price: '-1' }, { total_size: 'NaN' }, { funding_rate: '01' }]) expect(usdt(update('futures.tickers', [{ ...row, ...wrong }]))).toEqual(rejected('bad-number'));
  });

  it('reads liquidations by the side of their order: complete since August 2026, a sample before', () => {
    const order = { price: '215.1', size: '-124.5', time: T, contract: 'BTC_USDT' };
    const event = { kind: 'liquidation', symbol: 'BTC_USDT', eventTime: T, price: 215.1, qty: 124.5, side: 'sell', disclosure: 'complete' };
    expect(usdt(update('futures.public_liquidates', [order, { ...order, price: '215.2', size: 10, time: T + 5 }])))
      .toEqual({ kind: 'events', events: [event, { ...event, price: 215.2, qty: 10, side: 'buy', eventTime: T + 5 }] });
    expect(usdt(update('futures.public_liquidates', [{ price: '215.1', size: -124, time: 1_741_486_601, contract: 'BTC_USDT' }]))).toMatchObject({ events: [{ eventTime: 1_741_486_601_000, disclosure: 'sampled' }] });
    expect(usdt(update('futures.public_liquidates', [{ price: 215.1, size: -124, time: 1_741_486_601, time_ms: 1_741_486_601_123, contract: 'BTC_USDT' }]))).toMatchObject({ events: [{ eventTime: 1_741_486_601_123, disclosure: 'sampled' }] });
    expect(usdt(update('futures.public_liquidates', [{ ...order, size: '0' }]))).toEqual(rejected('bad-number'));
  });
});

describe('Gate frames without market data', () => {
  it('are told apart', () => {
    expect(usdt({ time: 1, time_ms: 0, channel: 'futures.obu', event: 'subscribe', payload: ['ob.BTC_USDT.400'], result: { status: 'success' } }))
      .toEqual({ kind: 'control', control: 'acknowledgement', channels: ['futures.obu:ob.BTC_USDT.400'] });
    expect(usdt({ time: 1, channel: 'futures.obu', event: 'subscribe', payload: ['ob.BTC_USDT.400'], error: { code: 2, message: 'Alert sub ob.BTC_USDT.400' }, result: { status: 'fail' } }))
      .toEqual({ kind: 'control', control: 'refused', channels: ['futures.obu:ob.BTC_USDT.400'], detail: '{"code":2,"message":"Alert sub ob.BTC_USDT.400"}' });
    expect(usdt({ time: 1, channel: 'futures.trades', event: 'subscribe', error: null, result: { status: 'success' } })).toEqual({ kind: 'control', control: 'acknowledgement' });
    expect(usdt({ time: 1, channel: '', event: '', error: { code: 1, message: 'request message need json scheme' }, result: null })).toMatchObject({ kind: 'control', control: 'refused' });
    expect(usdt({ time: 1, channel: 'futures.pong', event: '', result: null })).toEqual({ kind: 'control', control: 'pong' });
    expect(usdt(update('futures.system', { type: 'upgrade', msg: 'The connection will soon be closed' }))).toMatchObject({ kind: 'control', control: 'notice' });
    expect(usdt(update('futures.book_ticker', { s: 'BTC_USDT' }))).toEqual({ kind: 'ignored', channel: 'futures.book_ticker' });
    expect(spot(update('spot.candlesticks', {}))).toEqual({ kind: 'ignored', channel: 'spot.candlesticks' });
    expect(spot(update('futures.trades', []))).toEqual({ kind: 'ignored', channel: 'other-market:futures.trades' });
    expect(usdt(update('futures.nope', {}))).toEqual(rejected('unknown-shape'));
    expect(usdt({ channel: 'futures.trades', event: 'forget', result: [] })).toEqual(rejected('unknown-shape'));
    expect(spot({ method: 'depth.update', params: [true, {}, 'X'], id: null })).toEqual(rejected('legacy-format'));
    expect(spot({ error: null, result: { status: 'success' }, id: 12312 })).toEqual(rejected('legacy-format'));
    expect(spot('{')).toEqual(rejected('not-json'));
    expect(spot([1])).toEqual(rejected('unknown-shape'));
    expect(spot({ hello: 1 })).toEqual(rejected('unknown-shape'));
  });
});

describe('Gate instruments', () => {
  it('lists pairs by decimals', () => {
    const pair = { id: 'OM_USDT', base: 'OM', quote: 'USDT', amount_precision: 2, precision: 5, trade_status: 'tradable', min_base_amount: '1' };
    const common = { marketKind: 'spot', quote: 'USDT', settle: 'USDT', contractSize: 1, dated: false };
    expect(gateSpot.parseInstruments(JSON.stringify([pair, { ...pair, id: 'XY_USDT', base: 'XY', trade_status: 'sellable', amount_precision: 0 }, { ...pair, id: 'BAD_USDT', precision: '5' }, { ...pair, id: '币_USDT' }]))).toEqual({
      ok: true,
      value: [
        { ...common, symbol: 'OM_USDT', base: 'OM', tickSize: 0.00001, lotSize: 0.01, trading: true },
        { ...common, symbol: 'XY_USDT', base: 'XY', tickSize: 0.00001, lotSize: 1, trading: false },
      ],
    });
    expect(gateSpot.parseInstruments('{"label":"X"}').ok).toBe(false);
    expect(gateSpot.parseInstruments('no').ok).toBe(false);
  });

  it('lists contracts: coins of a linear one, a dollar of the inverse one', () => {
    const linear = { name: 'ETH_USDT', type: 'direct', quanto_multiplier: '0.01', order_price_round: '0.01', leverage_max: '100', in_delisting: false, status: 'trading', order_size_min: 1 };
    const common = { contractSize: 0.01, tickSize: 0.01, lotSize: 1, maxLeverage: 100, trading: true, dated: false };
    expect(gateUsdt.parseInstruments(JSON.stringify([linear, { ...linear, name: 'SOL_USDT', enable_decimal: true, order_size_min: '0.1' }, { ...linear, name: 'OLD_USDT', in_delisting: true }, { ...linear, name: 'NEW_USDT', status: 'prelaunch' }, { ...linear, name: 'NIL_USDT', quanto_multiplier: '0' }]))).toEqual({
      ok: true,
      value: [
        { ...common, symbol: 'ETH_USDT', marketKind: 'linear', base: 'ETH', quote: 'USDT', settle: 'USDT' },
        { ...common, symbol: 'SOL_USDT', marketKind: 'linear', base: 'SOL', quote: 'USDT', settle: 'USDT', lotSize: 0.1 },
        { ...common, symbol: 'OLD_USDT', marketKind: 'linear', base: 'OLD', quote: 'USDT', settle: 'USDT', trading: false },
        { ...common, symbol: 'NEW_USDT', marketKind: 'linear', base: 'NEW', quote: 'USDT', settle: 'USDT', trading: false },
      ],
    });
    const classes = gateUsdt.parseInstruments(JSON.stringify(['', 'stocks', 'metals', undefined].map((contract_type) => ({ ...linear, contract_type }))));
    expect(classes.ok ? classes.value.map((i) => i.freelyNamed) : []).toEqual([undefined, true, true, undefined]);
    const inverse = { ...linear, name: 'BTC_USD', type: 'inverse', quanto_multiplier: '0', order_price_round: '0.1' };
    expect(gateBtc.parseInstruments(JSON.stringify([inverse, { ...inverse, name: 'ETH_USD', type: 'quanto', quanto_multiplier: '0.000001' }]))).toEqual({
      ok: true, value: [{ ...common, symbol: 'BTC_USD', marketKind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', contractSize: 1, tickSize: 0.1 }],
    });
  });
});
