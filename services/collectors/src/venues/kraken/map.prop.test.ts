import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { kindsUnderDamage } from '../../testing/damage.ts';
import type { Venue } from '../../venue.ts';
import { krakenFutures, krakenSpot } from './feed.ts';

const TIME = '2027-01-15T07:59:59.990123Z';
const T = 1_799_999_999_990;
const spot: readonly unknown[] = [
  { channel: 'book', type: 'snapshot', data: [{ symbol: 'BTC/USD', bids: [{ price: 1, qty: 2 }], asks: [{ price: 3, qty: 4 }], checksum: 5, timestamp: TIME }] },
  { channel: 'book', type: 'update', data: [{ symbol: 'BTC/USD', bids: [{ price: '1.0', qty: '0' }], asks: [], checksum: 5, timestamp: TIME }] },
  { channel: 'trade', type: 'update', data: [{ symbol: 'BTC/USD', side: 'buy', price: 2, qty: 3, ord_type: 'limit', trade_id: 1, timestamp: TIME }] },
  { channel: 'ticker', type: 'update', data: [{ symbol: 'EUR/USD', bid: 1.1, ask: 1.11, last: 1.1 }] },
  { channel: 'heartbeat' }, { method: 'subscribe', result: { channel: 'book', symbol: 'BTC/USD' }, success: true }, { event: 'subscriptionStatus', channelName: 'trade', pair: 'XBT/USD', status: 'subscribed' },
  [0, { as: [['3.0', '4.0', '1799999999.1']], bs: [['1.0', '2.0', '1799999999.2']] }, 'book-10', 'XBT/USD'],
  [0, { a: [['3.0', '0.0', '1799999999.1']] }, { b: [['1.0', '2.0', '1799999999.2']], c: '5' }, 'book-10', 'XBT/USD'],
  [0, [['5.2', '0.1', '1799999999.9', 's', 'l', '']], 'trade', 'XBT/USD'], [0, { c: ['1.5', '3'] }, 'ticker', 'XBT/USD'],
];
const book = { feed: 'book', product_id: 'PF_XBTUSD', timestamp: T, seq: 7 };
const trade = { feed: 'trade', product_id: 'PF_XBTUSD', uid: 'a', side: 'sell', type: 'liquidation', seq: 1, time: T, qty: 2, price: 3 };
const futures: readonly unknown[] = [
  { ...book, feed: 'book_snapshot', bids: [{ price: 1, qty: 2 }], asks: [{ price: 3, qty: 4 }] }, { ...book, side: 'buy', price: 1, qty: 0 }, { ...book, side: 'sell', price: 3, qty: 2 },
  trade, { feed: 'trade_snapshot', product_id: 'PF_XBTUSD', trades: [trade] },
  { feed: 'ticker', product_id: 'PF_XBTUSD', time: T, last: 1, markPrice: 2, index: 3, openInterest: 4, relative_funding_rate: -0.1, relative_funding_rate_prediction: 0.1, next_funding_rate_time: T, tag: 'perpetual' },
  { event: 'subscribed', feed: 'book', product_ids: ['PF_XBTUSD'] }, { event: 'error', message: 'Invalid product id' },
];

describe.each<readonly [string, Venue, readonly unknown[]]>([['spot', krakenSpot, spot], ['futures', krakenFutures, futures]])('%s', (_name, venue, frames) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames, epochMs(1_800_000_000_000));
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
