import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { toBook, toFailure, toFunding, toMarket, toOpenInterest, toTrade } from './map.ts';

const swap = { id: 'OM_USDT', symbol: 'OM/USDT:USDT', base: 'OM', quote: 'USDT', settle: 'USDT', spot: false, swap: true, linear: true, inverse: false, active: true, contractSize: 10, precision: { price: 0.0001, amount: 1 }, limits: { leverage: { max: 50 } } };
const listing = { symbol: 'OM_USDT', marketKind: 'linear', base: 'OM', quote: 'USDT', settle: 'USDT', tickSize: 0.0001, lotSize: 1, contractSize: 10, maxLeverage: 50, trading: true, dated: false };

describe('toMarket', () => {
  it('reads linear and inverse swaps and spot', () => {
    expect(toMarket(swap, 4)).toEqual({ ok: true, value: { unified: 'OM/USDT:USDT', type: 'swap', listing } });
    expect(toMarket({ ...swap, inverse: true, settle: 'OM', contractSize: 1 }, 4)).toMatchObject({ ok: true, value: { listing: { marketKind: 'inverse', settle: 'OM', contractSize: 1 } } });
    const spot = toMarket({ ...swap, spot: true, swap: false, settle: undefined, contractSize: undefined, precision: { price: 4, amount: 0 }, limits: {} }, 2);
    expect(spot).toMatchObject({ ok: true, value: { type: 'spot', listing: { marketKind: 'spot', settle: 'USDT', contractSize: 1, tickSize: 0.0001, lotSize: 1 } } });
  });
  it('names what it refuses', () => {
    expect(toMarket({ ...swap, swap: false, future: true }, 4)).toEqual({ ok: false, error: 'other-type' });
    expect(toMarket({ ...swap, contractSize: undefined }, 4)).toEqual({ ok: false, error: 'no-contract-size' });
    expect(toMarket({ ...swap, id: 5 }, 4)).toEqual({ ok: false, error: 'not-a-market' });
    expect(toMarket(null, 4).ok).toBe(false);
  });
});

describe('toBook', () => {
  it('copies the best levels', () => {
    const live = { bids: [[10, 1], [9, 2], [8, 3]], asks: [[11, 1, 7], [12, 0], [13, 2]], timestamp: 5 };
    expect(toBook(live, 2)).toEqual({ ok: true, value: { bids: [10, 1, 9, 2], asks: [11, 1], eventTime: 5 } });
  });
  it('refuses what is not a book', () => {
    for (const [book, problem] of [
      [{ bids: [[10, 1]], asks: [[10, 1]] }, 'crossed-book'], [{ bids: [[9, 1], [10, 1]], asks: [[11, 1]] }, 'unordered-levels'],
      [{ bids: [[10, 1]], asks: [[12, 1], [11, 1]] }, 'unordered-levels'], [{ bids: [[NaN, 1]], asks: [] }, 'bad-number'],
      [{ bids: [[10, -1]], asks: [] }, 'bad-number'], [{ bids: [], asks: [] }, 'empty-book'], [undefined, 'bad-number'],
    ] as const) expect(toBook(book, 10)).toEqual({ ok: false, error: problem });
  });
});

describe('trades, funding and open interest', () => {
  it('are read where they are whole', () => {
    expect(toTrade({ id: 'a', price: 2, amount: 3, side: 'sell', timestamp: 9 }, 'OM_USDT')).toEqual({ ok: true, value: { kind: 'trade', symbol: 'OM_USDT', id: 'a', price: 2, qty: 3, side: 'sell', eventTime: 9 } });
    expect(toTrade({ price: 0, amount: 3, side: 'sell', timestamp: 9 }, 'x')).toEqual({ ok: false, error: 'bad-number' });
    expect(toTrade({ price: 1, amount: 3, timestamp: 9 }, 'x')).toEqual({ ok: false, error: 'missing-field' });
    expect(toTrade({ price: 1, amount: 3, side: 'buy' }, 'x')).toEqual({ ok: false, error: 'bad-time' });
    expect(toFunding({ markPrice: 2, indexPrice: undefined, fundingRate: -0.01, fundingTimestamp: 8 })).toEqual({ mark: 2, fundingRate: -0.01, fundingTime: 8 });
    expect(toFunding(null)).toEqual({});
  });
  it('open interest is in contracts, or absent where its unit cannot be told', () => {
    const linear = { ...listing, marketKind: 'linear' as const } as Parameters<typeof toOpenInterest>[1];
    // 1,000 base units of 10 a contract: 100 contracts; $2,000 at a price of 2 are the same 100.
    expect(toOpenInterest({ openInterestAmount: 1000 }, linear, 'base', undefined)).toBe(100);
    expect(toOpenInterest({ openInterestAmount: 100 }, linear, 'contracts', undefined)).toBe(100);
    expect(toOpenInterest({ openInterestAmount: 7, openInterestValue: 2000 }, linear, 'auto', 2)).toBe(100);
    expect(toOpenInterest({ openInterestAmount: 7 }, linear, 'auto', 2)).toBeUndefined();
    expect(toOpenInterest({ openInterestAmount: 7 }, { ...linear, contractSize: 1 }, 'auto', undefined)).toBe(7);
    // Inverse: contracts of 100 quote units.
    expect(toOpenInterest({ openInterestValue: 5000 }, { ...linear, marketKind: 'inverse', contractSize: 100 }, 'auto', undefined)).toBe(50);
    expect(toOpenInterest({ openInterestAmount: -1 }, linear, 'contracts', undefined)).toBeUndefined();
  });
});

describe('toFailure', () => {
  it('maps the real classes of ccxt, the nearest ancestor deciding', () => {
    expect(toFailure(new ccxt.AuthenticationError('x'))).toEqual({ reason: 'authentication', retry: false });
    expect(toFailure(new ccxt.PermissionDenied('x'))).toEqual({ reason: 'authentication', retry: false });
    expect(toFailure(new ccxt.NotSupported('x'))).toEqual({ reason: 'not-supported', retry: false });
    expect(toFailure(new ccxt.BadSymbol('x'))).toEqual({ reason: 'bad-symbol', retry: false });
    expect(toFailure(new ccxt.RateLimitExceeded('x'))).toEqual({ reason: 'rate-limited', retry: true });
    expect(toFailure(new ccxt.OnMaintenance('x'))).toEqual({ reason: 'exchange-unavailable', retry: true });
    expect(toFailure(new ccxt.ChecksumError('x'))).toEqual({ reason: 'checksum-mismatch', retry: true });
    expect(toFailure(new ccxt.ExchangeClosedByUser('x'))).toEqual({ reason: 'socket-closed', retry: true });
    expect(toFailure(new TypeError('x'))).toEqual({ reason: 'failed', retry: true });
    expect(toFailure('text')).toEqual({ reason: 'failed', retry: true });
  });
});
