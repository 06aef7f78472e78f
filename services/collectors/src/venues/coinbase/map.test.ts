import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { ParsedFrame } from '../../venue.ts';
import { parseCoinbaseInstruments } from './instruments.ts';
import { parseIntxFrame, parseIntxInstruments } from './intx.ts';
import { parseCoinbaseFrame } from './map.ts';
import { readIso } from './read.ts';

// Frames written for these tests from the documented formats.
const now = epochMs(1_800_000_000_000);
const AT = '2027-01-15T07:59:59.990123Z';
const T = 1_799_999_999_990;
const parse = (frame: unknown): ParsedFrame => parseCoinbaseFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), now);
const advanced = (channel: string, events: readonly unknown[], number: unknown = 7): ParsedFrame => parse({ channel, client_id: '', timestamp: '2027-01-15T07:59:59.990123456Z', sequence_num: number, events });

describe('times', () => {
  it('are read to the millisecond, rounded down, and the year 1 is none', () => {
    expect(readIso('2027-01-15T07:59:59.9909Z')).toBe(T);
    expect(readIso('2027-01-15T07:59:59Z')).toBe(T - 990);
    expect(readIso('2027-01-15T07:59:59.99Z')).toBe(T);
    for (const bad of ['0001-01-01T00:00:00.000000Z', '2027-01-15 07:59:59Z', '2027-01-15T07:59:59', '2027-13-15T07:59:59Z', T, null]) expect(readIso(bad)).toBeUndefined();
  });
});

describe('Advanced Trade', () => {
  it('reads whole books and changes, with the number of the frame', () => {
    const level = (side: string, price: string, qty: string): unknown => ({ side, event_time: AT, price_level: price, new_quantity: qty });
    const updates = [level('bid', '6.1', '5'), level('bid', '6', '0'), level('offer', '6.2', '3')];
    const book = { kind: 'book', origin: 'live', symbol: 'OM-USD', eventTime: T, last: T };
    expect(advanced('l2_data', [{ type: 'update', product_id: 'OM-USD', updates }])).toEqual({ kind: 'events', frameNumber: 7, events: [{ ...book, snapshot: false, bids: [6.1, 5, 6, 0], asks: [6.2, 3] }] });
    expect(advanced('l2_data', [{ type: 'snapshot', product_id: 'OM-USD', updates }])).toEqual({ kind: 'events', frameNumber: 7, events: [{ ...book, snapshot: true, bids: [6.1, 5], asks: [6.2, 3] }] });
    expect(advanced('l2_data', [{ type: 'update', product_id: 'OM-USD', updates: [level('ask', '6', '1')] }])).toMatchObject({ reason: 'missing-field' });
    expect(advanced('l2_data', [{ type: 'update', product_id: 'OM-USD', updates: [level('bid', '6', '-1')] }])).toMatchObject({ reason: 'bad-number' });
  });

  it('turns the maker\'s side into the taker\'s', () => {
    const trade = { trade_id: '42', product_id: 'OM-USD', price: '6', size: '5', side: 'SELL', time: AT };
    expect(advanced('market_trades', [{ type: 'update', trades: [trade, { ...trade, trade_id: '43', side: 'BUY' }] }])).toMatchObject({
      events: [{ kind: 'trade', symbol: 'OM-USD', id: '42', price: 6, qty: 5, side: 'buy', eventTime: T }, { id: '43', side: 'sell' }],
    });
    expect(advanced('market_trades', [{ trades: [{ ...trade, side: 'UNKNOWN_ORDER_SIDE' }] }])).toMatchObject({ reason: 'missing-field' });
  });

  it('reads last prices, and dollars of currencies at the middle of their best quotes', () => {
    const ticker = (product: string, extra: Readonly<Record<string, unknown>> = {}): ParsedFrame => advanced('ticker', [{ type: 'update', tickers: [{ type: 'ticker', product_id: product, price: '0.9991', best_bid: '0.999', best_ask: '0.9994', ...extra }] }]);
    expect(ticker('USDT-USD')).toMatchObject({ events: [{ kind: 'ticker', last: 0.9991 }, { kind: 'rate', symbol: 'USDT-USD', currency: 'USDT', usd: 0.9992, eventTime: T }] });
    expect(ticker('OM-USD')).toMatchObject({ events: [{ kind: 'ticker' }] });
    // Without both quotes, or with crossed ones, there is no rate.
    for (const extra of [{ best_bid: '0' }, { best_ask: '' }, { best_bid: '1.01' }]) expect(ticker('USDT-USD', extra)).toMatchObject({ events: [{ kind: 'ticker' }] });
    expect(ticker('OM-USD', { price: 'x' })).toMatchObject({ reason: 'bad-number' });
  });

  it('numbers every frame, also those without figures', () => {
    expect(advanced('heartbeats', [{ heartbeat_counter: 3 }])).toEqual({ kind: 'control', control: 'heartbeat', frameNumber: 7 });
    expect(advanced('subscriptions', [{ subscriptions: { level2: ['OM-USD'] } }])).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['level2:OM-USD'], frameNumber: 7 });
    expect(advanced('candles', [])).toEqual({ kind: 'ignored', channel: 'candles', frameNumber: 7 });
    expect(advanced('nonsense', [])).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(advanced('heartbeats', [], 'x')).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(parse({ channel: 'l2_data', timestamp: 'soon', sequence_num: 1, events: [] })).toMatchObject({ reason: 'bad-time' });
  });
});

describe('Coinbase Exchange', () => {
  it('reads snapshots, changes, and the defects of both', () => {
    expect(parse({ type: 'snapshot', product_id: 'OM-USD', bids: [['6.1', '5'], ['6.0', '0.-10000']], asks: [['6.2', '3']], time: AT })).toEqual({
      kind: 'events', events: [{ kind: 'book', origin: 'live', snapshot: true, symbol: 'OM-USD', eventTime: T, last: T, bids: [6.1, 5], asks: [6.2, 3] }],
    });
    expect(parse({ type: 'l2update', product_id: 'OM-USD', changes: [['buy', '6.1', '0.00'], ['sell', '6.2', '4']], time: AT })).toMatchObject({ events: [{ snapshot: false, eventTime: T, last: T, bids: [6.1, 0], asks: [6.2, 4] }] });
    // The year 1 is no time; anything else that is none is an error.
    const unstamped = parse({ type: 'l2update', product_id: 'OM-USD', changes: [], time: '0001-01-01T00:00:00.000000Z' });
    expect(unstamped).toEqual({ kind: 'events', events: [{ kind: 'book', origin: 'live', snapshot: false, symbol: 'OM-USD', eventTime: now, bids: [], asks: [] }] });
    expect(parse({ type: 'l2update', product_id: 'OM-USD', changes: [], time: 'x' })).toMatchObject({ reason: 'bad-time' });
    expect(parse({ type: 'l2update', product_id: 'OM-USD', changes: [['bid', '1', '1']], time: AT })).toMatchObject({ reason: 'missing-field' });
    expect(parse({ type: 'l2update', product_id: 'OM-USD', changes: [['buy', '1', '-1']], time: AT })).toMatchObject({ reason: 'bad-number' });
  });

  it('turns the maker\'s side of a match into the taker\'s', () => {
    const match = { type: 'match', trade_id: 42, side: 'sell', size: '5', price: '6', product_id: 'OM-USD', sequence: 50, time: AT };
    expect(parse(match)).toEqual({ kind: 'events', events: [{ kind: 'trade', symbol: 'OM-USD', eventTime: T, id: '42', price: 6, qty: 5, side: 'buy' }] });
    expect(parse({ ...match, type: 'last_match', side: 'buy' })).toMatchObject({ events: [{ id: '42', side: 'sell' }] });
    expect(parse({ ...match, trade_id: '42' })).toMatchObject({ reason: 'missing-field' });
  });

  it('reads tickers, also of a product that never traded', () => {
    expect(parse({ type: 'ticker', sequence: 1, product_id: 'BTC-USD', price: '60000', best_bid: '59999', best_ask: '60003', time: AT, trade_id: 1 })).toMatchObject({
      events: [{ kind: 'ticker', last: 60_000, eventTime: T }, { kind: 'rate', currency: 'BTC', usd: 60_001 }],
    });
    expect(parse({ type: 'ticker', product_id: 'NEW-USD', price: '0' })).toEqual({ kind: 'events', events: [] });
    expect(parse({ type: 'ticker', product_id: 'OM-USD', price: '6', time: 5 })).toMatchObject({ reason: 'bad-time' });
  });

  it('tells control, uncarried and garbage apart', () => {
    expect(parse({ type: 'subscriptions', channels: [{ name: 'matches', product_ids: ['OM-USD'] }] })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['matches:OM-USD'] });
    expect(parse({ type: 'heartbeat', sequence: 90, last_trade_id: 20, product_id: 'OM-USD', time: AT })).toEqual({ kind: 'control', control: 'heartbeat' });
    expect(parse({ type: 'error', message: 'Failed to subscribe', reason: 'level2, level3, and full channels now require authentication.' })).toEqual({
      kind: 'control', control: 'refused', detail: 'Failed to subscribe level2, level3, and full channels now require authentication.',
    });
    expect(parse({ type: 'received', order_id: 'x' })).toEqual({ kind: 'ignored', channel: 'received' });
    for (const unknown of [{ type: 'surprise' }, {}, [1]]) expect(parse(unknown)).toMatchObject({ reason: 'unknown-shape' });
    expect(parse('{')).toMatchObject({ reason: 'not-json' });
  });
});

describe('Coinbase International Exchange', () => {
  const intx = (frame: Readonly<Record<string, unknown>>): ParsedFrame => parseIntxFrame(JSON.stringify({ sequence: 9, product_id: 'OM-PERP', type: 'UPDATE', time: AT, ...frame }));

  it('reads books, trades, risk and hourly funding', () => {
    expect(intx({ channel: 'LEVEL2', type: 'SNAPSHOT', bids: [['6', '1']], asks: [['7', '2']] })).toEqual({ kind: 'events', events: [{ kind: 'book', origin: 'live', snapshot: true, symbol: 'OM-PERP', eventTime: T, last: 9, bids: [6, 1], asks: [7, 2] }] });
    expect(intx({ channel: 'LEVEL2', changes: [['BUY', '6', '0'], ['SELL', '7', '1']] })).toMatchObject({ events: [{ snapshot: false, bids: [6, 0], asks: [7, 1] }] });
    expect(intx({ channel: 'MATCH', match_id: '3', trade_price: '6', trade_qty: '5', aggressor_side: 'SELL' })).toMatchObject({ events: [{ kind: 'trade', id: '3', side: 'sell' }] });
    expect(intx({ channel: 'RISK', mark_price: '6', index_price: '6.1', open_interest: '0' })).toMatchObject({ events: [{ mark: 6, index: 6.1, openInterest: 0 }] });
    expect(intx({ channel: 'RISK', type: 'SNAPSHOT', limit_up: '7' })).toEqual({ kind: 'events', events: [] });
    // Of the hour that ends at eight.
    expect(intx({ channel: 'FUNDING', funding_rate: '-0.00001', is_final: false })).toMatchObject({ events: [{ fundingRate: -0.00001, fundingTime: 1_800_000_000_000 }] });
    expect(intx({ channel: 'FUNDING', funding_rate: '0', is_final: true, time: '2027-01-15T08:00:00Z' })).toMatchObject({ events: [{ fundingTime: 1_800_000_000_000 }] });
  });

  it('tells the rest apart', () => {
    expect(intx({ channel: 'LEVEL1' })).toEqual({ kind: 'ignored', channel: 'LEVEL1' });
    expect(intx({ channel: 'CANDLES_ONE_MINUTE' })).toMatchObject({ kind: 'ignored' });
    expect(intx({ channel: 'SUBSCRIPTIONS', type: 'SNAPSHOT' })).toEqual({ kind: 'control', control: 'acknowledgement' });
    expect(intx({ channel: 'SUBSCRIPTIONS', type: 'REJECT', message: 'Failed to subscribe', reason: 'Unauthorized User' })).toMatchObject({ control: 'refused', detail: 'Failed to subscribe Unauthorized User' });
    expect(intx({ channel: 'LEVEL9' })).toMatchObject({ reason: 'unknown-shape' });
    expect(intx({ channel: 'LEVEL2', changes: [['BID', '6', '0']] })).toMatchObject({ reason: 'missing-field' });
    expect(intx({ channel: 'MATCH', trade_price: '0', trade_qty: '5', aggressor_side: 'SELL' })).toMatchObject({ reason: 'bad-number' });
    expect(intx({ channel: 'RISK', product_id: '' })).toMatchObject({ reason: 'missing-field' });
  });

  it('lists perpetuals', () => {
    const row = { symbol: 'OM-PERP', type: 'PERP', base_asset_name: 'OM', quote_asset_name: 'USDC', base_increment: '0.1', quote_increment: '0.001', default_imf: 0.1, trading_state: 'PAUSED' };
    expect(parseIntxInstruments(JSON.stringify([row, { ...row, type: 'SPOT' }, {}]))).toEqual({
      ok: true, value: [{ symbol: 'OM-PERP', marketKind: 'linear', base: 'OM', quote: 'USDC', settle: 'USDC', tickSize: 0.001, lotSize: 0.1, contractSize: 1, maxLeverage: 10, trading: false, dated: false }],
    });
    expect(parseIntxInstruments('{}').ok).toBe(false);
  });
});

describe('Coinbase instruments', () => {
  it('reads both lists, and no book twice', () => {
    const product = { product_id: 'OM-USD', base_currency_id: 'OM', quote_currency_id: 'USD', price_increment: '0.0001', quote_increment: '0.01', base_increment: '0.1', status: 'online', product_type: 'SPOT', alias: '', cancel_only: false };
    const list = { products: [product, { ...product, product_id: 'OM-USDC', alias: 'OM-USD' }, { ...product, product_id: 'OM-EUR', quote_currency_id: 'EUR', cancel_only: true }, { ...product, product_id: 'BIT-28NOV26-CDE', product_type: 'FUTURE' }, {}] };
    const expected = { symbol: 'OM-USD', marketKind: 'spot', base: 'OM', quote: 'USD', settle: 'USD', tickSize: 0.0001, lotSize: 0.1, contractSize: 1, trading: true, dated: false };
    expect(parseCoinbaseInstruments(JSON.stringify(list))).toEqual({ ok: true, value: [expected, { ...expected, symbol: 'OM-EUR', quote: 'EUR', settle: 'EUR', trading: false }] });
    expect(parseCoinbaseInstruments(JSON.stringify([{ id: 'OM-USD', base_currency: 'OM', quote_currency: 'USD', quote_increment: '0.0001', base_increment: '0.1', status: 'online' }]))).toEqual({ ok: true, value: [expected] });
    for (const bad of ['no', '{}', '{"products":1}']) expect(parseCoinbaseInstruments(bad).ok).toBe(false);
  });
});
