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
});
