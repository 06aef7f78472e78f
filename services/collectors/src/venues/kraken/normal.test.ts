import { describe, expect, it } from '@jest/globals';
import type { Normalized } from '../../normalize.ts';
import { normalizeMessages } from '../../normalize.ts';
import { krakenFutures, krakenSpot } from './feed.ts';

const read = (exchange: string, messages: readonly unknown[]): readonly Normalized[] => {
  const result = normalizeMessages(exchange, messages, [krakenSpot, krakenFutures]);
  return result.ok ? result.value : [];
};

describe('Kraken in the interchange form', () => {
  it('keeps the name of a market as each version prints it', () => {
    expect(read('kraken', [
      [0, { b: [['5541.2', '0', '1799999999.3']], c: '974942666' }, 'book-1000', 'XBT/USD'],
      { channel: 'trade', type: 'update', data: [{ symbol: 'BTC/USD', side: 'sell', price: 5541.2, qty: 0.5, ord_type: 'market', trade_id: 7, timestamp: '2027-01-15T07:59:59.990123Z' }] },
      { event: 'heartbeat' },
    ])).toEqual([
      { index: 0, messages: [{ type: 'book_change', symbol: 'XBT/USD', exchange: 'kraken', timestamp: '2027-01-15T07:59:59.300Z', isSnapshot: false, bids: [{ price: 5541.2, amount: 0 }], asks: [] }] },
      { index: 1, messages: [{ type: 'trade', symbol: 'BTC/USD', exchange: 'kraken', timestamp: '2027-01-15T07:59:59.990Z', id: '7', price: 5541.2, amount: 0.5, side: 'sell' }] },
      { index: 2, messages: [], control: 'heartbeat' },
    ]);
  });

  it('finds derivatives under the name that archives have for them', () => {
    expect(read('cryptofacilities', [{ feed: 'trade', product_id: 'PI_XBTUSD', uid: 'u', side: 'sell', type: 'liquidation', seq: 1, time: 1_799_999_999_990, qty: 440, price: 34893 }])).toEqual([
      { index: 0, messages: [
        { type: 'trade', symbol: 'PI_XBTUSD', exchange: 'cryptofacilities', timestamp: '2027-01-15T07:59:59.990Z', id: 'u', price: 34893, amount: 440, side: 'sell' },
        { type: 'liquidation', symbol: 'PI_XBTUSD', exchange: 'cryptofacilities', timestamp: '2027-01-15T07:59:59.990Z', price: 34893, amount: 440, side: 'sell' },
      ] },
    ]);
  });

  it('has the rate of funding as archives carry it: in currency until 2022-09-29', () => {
    const ticker = { feed: 'ticker', product_id: 'PI_XBTUSD', tag: 'perpetual', index: 34803.45, markPrice: 34844.25, openInterest: 5, funding_rate: 3.891007752e-9, funding_rate_prediction: 4.2233756e-9, relative_funding_rate: 0.000135046879166667, relative_funding_rate_prediction: 0.000146960125 };
    const [then, since] = read('cryptofacilities', [{ ...ticker, time: 1_612_270_825_253 }, { ...ticker, time: 1_680_811_086_487 }]);
    expect(then?.messages).toMatchObject([{ type: 'derivative_ticker', fundingRate: 3.891007752e-9, predictedFundingRate: 4.2233756e-9, openInterest: 5 }]);
    expect(since?.messages).toMatchObject([{ type: 'derivative_ticker', fundingRate: 0.000135046879166667, predictedFundingRate: 0.000146960125 }]);
  });
});
