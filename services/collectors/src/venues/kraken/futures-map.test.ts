import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { parseKrakenFuturesFrame } from './futures-map.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const parse = (value: unknown) => parseKrakenFuturesFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const one = (...events: readonly object[]) => ({ kind: 'events', events });

describe('Kraken derivatives: books', () => {
  const base = { kind: 'book', origin: 'live', symbol: 'PI_XBTUSD', eventTime: T, last: 326_072_249 };
  const frame = { product_id: 'PI_XBTUSD', timestamp: T, seq: 326_072_249 };

  it('are whole, or one level of one side', () => {
    expect(parse({ ...frame, feed: 'book_snapshot', tickSize: null, bids: [{ price: 34892.5, qty: 6385 }, { price: 34892, qty: 10924 }], asks: [{ price: 34911.5, qty: 20598 }] }))
      .toEqual(one({ ...base, snapshot: true, bids: [34892.5, 6385, 34892, 10924], asks: [34911.5, 20598] }));
    expect(parse({ ...frame, feed: 'book', side: 'sell', price: 34981, qty: 0 })).toEqual(one({ ...base, snapshot: false, bids: [], asks: [34981, 0] }));
    expect(parse({ ...frame, feed: 'book', side: 'buy', price: 34981, qty: 7 })).toEqual(one({ ...base, snapshot: false, bids: [34981, 7], asks: [] }));
    // A quantity below zero is none, and no hole in the sequence.
    expect(parse({ ...frame, feed: 'book', side: 'buy', price: 34981, qty: -7 })).toEqual(one({ ...base, snapshot: false, bids: [34981, 0], asks: [] }));
    expect(parse({ ...frame, feed: 'book_snapshot', bids: [{ price: 34892.5, qty: -6385 }], asks: [] })).toMatchObject({ events: [{ bids: [34892.5, 0] }] });
    // Recorded before frames had a time.
    expect(parse({ ...frame, timestamp: undefined, feed: 'book', side: 'buy', price: 34981, qty: 7 })).toMatchObject({ events: [{ eventTime: now }] });
  });

  it('are rejected when malformed', () => {
    const good = { ...frame, feed: 'book', side: 'buy', price: 1, qty: 2 };
    for (const [wrong, reason] of [[{ seq: 'x' }, 'missing-field'], [{ side: 'both' }, 'missing-field'], [{ price: 0 }, 'bad-number'], [{ qty: 'x' }, 'bad-number'], [{ timestamp: 7 }, 'bad-time'], [{ product_id: '' }, 'missing-field']] as const) {
      expect(parse({ ...good, ...wrong })).toMatchObject({ kind: 'rejected', reason });
    }
    expect(parse({ ...frame, feed: 'book_snapshot', bids: [] })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });
});

describe('Kraken derivatives: trades and figures', () => {
  const row = { feed: 'trade', product_id: 'PF_ETHUSD', uid: '05af78ac-a774-478c-a50c-8b9c234e071e', side: 'sell', type: 'fill', seq: 653355, time: T, qty: 1.5, price: 3493 };
  const trade = { kind: 'trade', symbol: 'PF_ETHUSD', eventTime: T, id: row.uid, price: 3493, qty: 1.5, side: 'sell' };

  it('tell every liquidation of a taker, and no other close', () => {
    expect(parse(row)).toEqual(one(trade));
    expect(parse({ ...row, type: 'liquidation' })).toEqual(one(trade, { kind: 'liquidation', symbol: 'PF_ETHUSD', eventTime: T, id: row.uid, price: 3493, qty: 1.5, side: 'sell', disclosure: 'complete' }));
    for (const type of ['termination', 'assignment', 'block']) expect(parse({ ...row, type })).toEqual(one(trade));
    for (const [wrong, reason] of [[{ price: 0 }, 'bad-number'], [{ qty: null }, 'bad-number'], [{ side: 'x' }, 'missing-field'], [{ time: 1 }, 'bad-time'], [{ product_id: 7 }, 'missing-field']] as const) {
      expect(parse({ ...row, ...wrong })).toMatchObject({ kind: 'rejected', reason });
    }
  });

  it('give the trades of a new subscription in their order, with ids that tell what is known', () => {
    expect(parse({ feed: 'trade_snapshot', product_id: 'PF_ETHUSD', trades: [{ ...row, uid: 'b', time: T, type: 'liquidation' }, { ...row, uid: 'a', time: T - 5 }] })).toMatchObject(
      one({ kind: 'trade', id: 'a', eventTime: T - 5 }, { kind: 'trade', id: 'b', eventTime: T }, { kind: 'liquidation', id: 'b' }),
    );
    expect(parse({ feed: 'trade_snapshot', product_id: 'PF_ETHUSD' })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  const ticker = {
    feed: 'ticker', product_id: 'PI_XBTUSD', time: T, bid: 34832.5, ask: 34847.5, tag: 'perpetual', pair: 'XBT:USD', index: 34803.45, markPrice: 34844.25, last: 34852, openInterest: 107_706_940,
    funding_rate: 1.18588737106e-7, funding_rate_prediction: 1.1852486794e-7, relative_funding_rate: 0.004127374999999, relative_funding_rate_prediction: 0.004117483333333, next_funding_rate_time: 1_800_003_600_000,
  };
  const figures = { kind: 'ticker', symbol: 'PI_XBTUSD', eventTime: T, last: 34852, mark: 34844.25, index: 34803.45, openInterest: 107_706_940 };

  it('are the rates relative to the price, of which an absent one is zero on a perpetual', () => {
    expect(parse(ticker)).toEqual(one({ ...figures, fundingRate: 0.004127374999999, nextFundingRate: 0.004117483333333, fundingTime: 1_800_003_600_000 }));
    const zero = { ...ticker, funding_rate: undefined, funding_rate_prediction: undefined, relative_funding_rate: undefined, relative_funding_rate_prediction: undefined };
    expect(parse(zero)).toEqual(one({ ...figures, fundingRate: 0, nextFundingRate: 0, fundingTime: 1_800_003_600_000 }));
    expect(parse({ ...zero, product_id: 'FI_XBTUSD_210625', tag: 'quarter', next_funding_rate_time: undefined })).toEqual(one({ ...figures, symbol: 'FI_XBTUSD_210625' }));
    expect(parse({ ...zero, last: 0, markPrice: undefined, next_funding_rate_time: 3_600_000 })).toEqual(one({ kind: 'ticker', symbol: 'PI_XBTUSD', eventTime: T, index: 34803.45, openInterest: 107_706_940, fundingRate: 0, nextFundingRate: 0 }));
    for (const [wrong, reason] of [[{ markPrice: 'x' }, 'bad-number'], [{ index: -1 }, 'bad-number'], [{ openInterest: -1 }, 'bad-number'], [{ relative_funding_rate: {} }, 'bad-number'], [{ time: null }, 'bad-time']] as const) {
      expect(parse({ ...ticker, ...wrong })).toMatchObject({ kind: 'rejected', reason });
    }
  });

  it('have no rate where only the one in currency is printed, which archives carried until 2022-09-29', () => {
    const old = { ...ticker, relative_funding_rate: undefined, relative_funding_rate_prediction: undefined, next_funding_rate_time: undefined };
    expect(parse(old)).toEqual(one(figures));
    const then = Date.UTC(2020, 1, 1);
    expect(parse({ ...old, time: then })).toEqual(one({ ...figures, eventTime: then, printedFundingRate: 1.18588737106e-7, printedNextFundingRate: 1.1852486794e-7 }));
    expect(parse({ ...ticker, time: then })).toMatchObject({ events: [{ fundingRate: 0.004127374999999, printedFundingRate: 1.18588737106e-7 }] });
    expect(parse({ ...ticker, time: then, funding_rate: {} })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });

  it('are told apart from frames without data', () => {
    expect(parse({ event: 'info', version: 1 })).toEqual({ kind: 'control', control: 'welcome' });
    expect(parse({ event: 'subscribed ', feed: 'trade', product_ids: ['PI_XBTUSD'] })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['trades:PI_XBTUSD'] });
    expect(parse({ event: 'error', message: 'Invalid product id' })).toEqual({ kind: 'control', control: 'refused', detail: 'error Invalid product id' });
    expect(parse({ event: 'subscribed_failed', feed: 'book', product_ids: ['X'] })).toMatchObject({ control: 'refused', channels: ['book:X'] });
    expect(parse({ event: 'alert', message: 'Bad websocket message' })).toMatchObject({ control: 'notice' });
    expect(parse({ event: 'alert', message: 'rate_limited' })).toMatchObject({ control: 'refused' });
    expect(parse({ feed: 'heartbeat', time: T })).toEqual({ kind: 'control', control: 'heartbeat' });
    expect(parse({ feed: 'ticker_lite', product_id: 'PI_XBTUSD' })).toEqual({ kind: 'ignored', channel: 'ticker_lite' });
    for (const strange of [{ feed: 'new' }, { event: 'new' }, {}, []]) expect(parse(strange)).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse('{')).toMatchObject({ kind: 'rejected', reason: 'not-json' });
  });
});
