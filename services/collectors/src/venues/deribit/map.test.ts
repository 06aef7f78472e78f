import { describe, expect, it } from '@jest/globals';
import { deribitKindOf, parseDeribitInstruments } from './instruments.ts';
import { parseDeribitFrame } from './map.ts';

const T = 1_799_999_999_990;
const parse = (value: unknown) => parseDeribitFrame(typeof value === 'string' ? value : JSON.stringify(value));
const push = (channel: string, data: unknown) => ({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } });
const one = (...events: readonly object[]) => ({ kind: 'events', events });

describe('Deribit books', () => {
  const row = { instrument_name: 'BTC-PERPETUAL', timestamp: T, change_id: 297217, bids: [['delete', 5042.34, 0], ['change', 5041.94, 30]], asks: [['new', 5042.64, 40]] };
  const book = { kind: 'book', origin: 'live', symbol: 'BTC-PERPETUAL', eventTime: T, bids: [5042.34, 0, 5041.94, 30], asks: [5042.64, 40], last: 297217 };

  it('are changes with the id of the change before, or whole', () => {
    expect(parse(push('book.BTC-PERPETUAL.100ms', { ...row, type: 'change', prev_change_id: 297216 }))).toEqual(one({ ...book, snapshot: false, previous: 297216 }));
    expect(parse(push('book.BTC-PERPETUAL.100ms', { ...row, type: 'snapshot' }))).toEqual(one({ ...book, snapshot: true }));
    // Frames of before `type` was added tell the whole book by what they lack.
    expect(parse(push('book.BTC-PERPETUAL.raw', row))).toEqual(one({ ...book, snapshot: true }));
    expect(parse(push('book.BTC-PERPETUAL.raw', { ...row, prev_change_id: 5 }))).toEqual(one({ ...book, snapshot: false, previous: 5 }));
    // A level that goes is 0 whatever is printed beside it.
    expect(parse(push('book.BTC-PERPETUAL.raw', { ...row, bids: [['delete', 5042.34, 7]], asks: [] }))).toMatchObject({ events: [{ bids: [5042.34, 0] }] });
  });

  it('are rejected when malformed', () => {
    for (const [wrong, reason] of [
      [{ instrument_name: '' }, 'missing-field'], [{ timestamp: 'soon' }, 'bad-time'], [{ change_id: undefined }, 'missing-field'], [{ prev_change_id: 'x' }, 'bad-number'],
      [{ bids: [['new', -1, 2]] }, 'bad-number'], [{ bids: [['gone', 1, 2]] }, 'bad-number'], [{ asks: [[1, 2]] }, 'bad-number'], [{ asks: null }, 'bad-number'],
    ] as const) expect(parse(push('book.BTC-PERPETUAL.100ms', { ...row, ...wrong }))).toMatchObject({ kind: 'rejected', reason });
    // A combo's prices may be negative: let go, not called wrong.
    expect(parse(push('book.BTC-FS-25SEP26_PERP.100ms', { ...row, instrument_name: 'BTC-FS-25SEP26_PERP', bids: [['new', -5.5, 10]] }))).toEqual({ kind: 'ignored', channel: 'book.combo' });
    expect(parse(push('book.BTC-PERPETUAL.none.20.100ms', { bids: [[1, 2]], asks: [] }))).toEqual({ kind: 'ignored', channel: 'book.grouped' });
  });
});

describe('Deribit trades', () => {
  const row = { trade_seq: 30289442, trade_id: '48079269', timestamp: T, price: 8950, instrument_name: 'BTC-PERPETUAL', index_price: 8955.88, direction: 'sell', amount: 10 };
  const trade = { kind: 'trade', symbol: 'BTC-PERPETUAL', eventTime: T, id: '48079269', price: 8950, qty: 10, side: 'sell' };
  const liquidation = { kind: 'liquidation', symbol: 'BTC-PERPETUAL', eventTime: T, price: 8950, qty: 10, disclosure: 'complete' };

  it('have the taker\'s side, and tell whose order was a liquidation', () => {
    expect(parse(push('trades.BTC-PERPETUAL.100ms', [row]))).toEqual(one(trade));
    expect(parse(push('trades.BTC-PERPETUAL.100ms', [{ ...row, liquidation: 'T' }]))).toEqual(one(trade, { ...liquidation, id: '48079269 sell', side: 'sell' }));
    expect(parse(push('trades.BTC-PERPETUAL.100ms', [{ ...row, liquidation: 'M' }]))).toEqual(one(trade, { ...liquidation, id: '48079269 buy', side: 'buy' }));
    expect(parse(push('trades.future.BTC.100ms', [{ ...row, liquidation: 'MT' }]))).toEqual(one(trade, { ...liquidation, id: '48079269 sell', side: 'sell' }, { ...liquidation, id: '48079269 buy', side: 'buy' }));
  });

  it('are rejected when malformed', () => {
    for (const [wrong, reason] of [[{ price: 0 }, 'bad-number'], [{ amount: '-1' }, 'bad-number'], [{ direction: 'up' }, 'missing-field'], [{ timestamp: 1 }, 'bad-time'], [{ liquidation: 'X' }, 'unknown-shape']] as const) {
      expect(parse(push('trades.BTC-PERPETUAL.100ms', [{ ...row, ...wrong }]))).toMatchObject({ kind: 'rejected', reason });
    }
    expect(parse(push('trades.BTC-PERPETUAL.100ms', row))).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse(push('trades.BTC-FS-25SEP26_PERP.100ms', [{ ...row, instrument_name: 'BTC-FS-25SEP26_PERP', price: -5 }]))).toEqual({ kind: 'ignored', channel: 'trades.combo' });
  });
});

describe('Deribit figures', () => {
  const row = { instrument_name: 'ETH_USDC-PERPETUAL', timestamp: T, state: 'open', open_interest: 45196.2, mark_price: 2288.3, last_price: 2288, index_price: 2289.1, funding_8h: 0.00003, current_funding: -0.00005 };
  const ticker = { kind: 'ticker', symbol: 'ETH_USDC-PERPETUAL', eventTime: T, last: 2288, mark: 2288.3, index: 2289.1, openInterest: 45196.2, fundingRate: -0.00005 };

  it('carry mark, index, open interest and the funding of now', () => {
    expect(parse(push('ticker.ETH_USDC-PERPETUAL.100ms', row))).toEqual(one(ticker));
    // 0 is a rate and a quantity, and no price.
    expect(parse(push('ticker.ETH_USDC-PERPETUAL.100ms', { ...row, last_price: null, mark_price: 0, open_interest: 0, current_funding: 0 })))
      .toEqual(one({ kind: 'ticker', symbol: 'ETH_USDC-PERPETUAL', eventTime: T, index: 2289.1, openInterest: 0, fundingRate: 0 }));
  });

  it('are rejected when malformed, and ignored of options', () => {
    for (const [wrong, reason] of [[{ mark_price: -1 }, 'bad-number'], [{ open_interest: 'many' }, 'bad-number'], [{ current_funding: {} }, 'bad-number'], [{ timestamp: null }, 'bad-time']] as const) {
      expect(parse(push('ticker.ETH_USDC-PERPETUAL.100ms', { ...row, ...wrong }))).toMatchObject({ kind: 'rejected', reason });
    }
    expect(parse(push('ticker.BTC-25SEP26-40000-P.100ms', { ...row, instrument_name: 'BTC-25SEP26-40000-P' }))).toEqual({ kind: 'ignored', channel: 'ticker.option' });
  });
});

describe('Deribit frames without data', () => {
  it('are answers, and heartbeats of which one kind wants an answer', () => {
    expect(parse({ jsonrpc: '2.0', method: 'heartbeat', params: { type: 'heartbeat' } })).toEqual({ kind: 'control', control: 'heartbeat' });
    const asked = parse({ jsonrpc: '2.0', method: 'heartbeat', params: { type: 'test_request' } });
    expect(asked).toMatchObject({ kind: 'control', control: 'heartbeat' });
    expect(JSON.parse(asked.kind === 'control' ? (asked.reply ?? '') : '')).toEqual({ jsonrpc: '2.0', id: 0, method: 'public/test', params: {} });
    expect(parse({ jsonrpc: '2.0', id: 0, result: { version: '1.2.26' } })).toEqual({ kind: 'control', control: 'pong' });
    expect(parse({ jsonrpc: '2.0', id: 3, result: 'ok' })).toEqual({ kind: 'control', control: 'acknowledgement' });
    expect(parse({ jsonrpc: '2.0', id: 1, result: ['book.BTC-PERPETUAL.100ms', 'platform_state'] })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['book:BTC-PERPETUAL', 'platform_state'] });
    expect(parse({ jsonrpc: '2.0', id: 1, error: { message: 'raw_subscriptions_not_available_for_unauthorized', code: 13778 } }))
      .toEqual({ kind: 'control', control: 'refused', detail: '13778 raw_subscriptions_not_available_for_unauthorized' });
  });

  it('are told apart from what is not carried, of old or not understood', () => {
    expect(parse(push('quote.BTC-PERPETUAL', {}))).toEqual({ kind: 'ignored', channel: 'quote' });
    expect(parse(push('deribit_price_index.btc_usd', {}))).toEqual({ kind: 'ignored', channel: 'deribit_price_index' });
    expect(parse({ notifications: [{ message: 'trade_event', result: [] }] })).toMatchObject({ kind: 'rejected', reason: 'legacy-format' });
    expect(parse(push('something.new', {}))).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse({ jsonrpc: '2.0' })).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse('{')).toMatchObject({ kind: 'rejected', reason: 'not-json' });
    expect(parse('[]')).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
  });
});

describe('Deribit instruments', () => {
  const base = { tick_size: 0.5, min_trade_amount: 10, contract_size: 10, is_active: true, max_leverage: 50 };
  const perpetual = { ...base, instrument_name: 'BTC-PERPETUAL', kind: 'future', instrument_type: 'reversed', settlement_period: 'perpetual', base_currency: 'BTC', quote_currency: 'USD', settlement_currency: 'BTC' };
  const linear = { ...base, instrument_name: 'SOL_USDC-PERPETUAL', kind: 'future', instrument_type: 'linear', settlement_period: 'perpetual', base_currency: 'SOL', quote_currency: 'USDC', settlement_currency: 'USDC', tick_size: 0.001, min_trade_amount: 0.1, contract_size: 0.1 };
  const option = { ...base, instrument_name: 'XRP_USDC-25SEP26-0d625-C', kind: 'option', instrument_type: 'linear', base_currency: 'XRP', quote_currency: 'USDC', settlement_currency: 'USDC', tick_size: 0.0005, min_trade_amount: 1000, contract_size: 1000 };
  const list = JSON.stringify({ jsonrpc: '2.0', result: [
    perpetual, linear, option, { ...perpetual, instrument_name: 'BTC-25SEP26', settlement_period: 'month' },
    { ...perpetual, instrument_name: 'BTC-FS-25SEP26_PERP', kind: 'future_combo' }, { ...linear, instrument_name: 'SOL_USDC', kind: 'spot' },
    // As lists were before `instrument_type` and `settlement_currency`.
    { ...base, instrument_name: 'ETH-24SEP21-2000-P', kind: 'option', base_currency: 'ETH', quote_currency: 'ETH', tick_size: 0.0005, min_trade_amount: 1, contract_size: 1 },
    { ...perpetual, min_trade_amount: 0 }, { ...perpetual, instrument_type: 'odd' }, null, 7,
  ] });

  it('are divided by what they are margined in; sizes are in the venue\'s amount', () => {
    expect(parseDeribitInstruments('inverse', list)).toEqual({ ok: true, value: [
      { symbol: 'BTC-PERPETUAL', marketKind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', tickSize: 0.5, lotSize: 10, contractSize: 1, maxLeverage: 50, trading: true, dated: false },
      { symbol: 'BTC-25SEP26', marketKind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', tickSize: 0.5, lotSize: 10, contractSize: 1, maxLeverage: 50, trading: true, dated: true },
    ] });
    expect(parseDeribitInstruments('linear', list)).toEqual({ ok: true, value: [
      { symbol: 'SOL_USDC-PERPETUAL', marketKind: 'linear', base: 'SOL', quote: 'USDC', settle: 'USDC', tickSize: 0.001, lotSize: 0.1, contractSize: 1, maxLeverage: 50, trading: true, dated: false },
    ] });
  });

  it('never take a share or a commodity for a coin of its name', () => {
    // Classes seen in the venue's own list in September 2026.
    const classes = ['crypto', 'equity', 'equity_etf', 'commodity', 'crypto_index', 'preipo', undefined];
    const read = parseDeribitInstruments('linear', JSON.stringify({ result: classes.map((c) => ({ ...linear, underlying_type: c })) }));
    expect(read.ok ? read.value.map((i) => i.freelyNamed) : []).toEqual([undefined, true, true, true, true, true, undefined]);
  });

  it('never take an option for its coin', () => {
    expect(parseDeribitInstruments('option', list)).toMatchObject({ ok: true, value: [
      { symbol: 'XRP_USDC-25SEP26-0d625-C', base: 'XRP.USDC.25SEP26.0D625.C', quote: 'USDC', settle: 'USDC', dated: true },
      { symbol: 'ETH-24SEP21-2000-P', base: 'ETH.24SEP21.2000.P', quote: 'ETH', settle: 'ETH', dated: true },
    ] });
    expect(parseDeribitInstruments('option', '{"error":{"code":10028}}')).toEqual({ ok: false, error: 'not an instrument list' });
    expect(parseDeribitInstruments('option', '{')).toMatchObject({ ok: false });
  });

  it('are known by their names', () => {
    expect(['BTC-PERPETUAL', 'BTC_USDC-PERPETUAL', 'BTC-5AUG26', 'BTC-5AUG26-580-P', 'BTC-STRD-30SEP26-20000', 'BTC-FS-30SEP26_PERP', 'BTC_USDC'].map(deribitKindOf))
      .toEqual(['perpetual', 'perpetual', 'future', 'option', 'combo', 'combo', 'spot']);
  });
});

