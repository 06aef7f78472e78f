import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { kindsUnderDamage } from '../../testing/damage.ts';
import type { Venue } from '../../venue.ts';
import { gateBtc, gateSpot, gateUsdt } from './feed.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const update = (channel: string, result: unknown) => ({ time: 1_799_999_999, time_ms: T, channel, event: 'update', result });
const spot: readonly unknown[] = [
  update('spot.obu', { t: T, full: true, s: 'ob.BTC_USDT.400', u: 100, b: [['1', '2']], a: [['2', '1']] }),
  update('spot.order_book_update', { t: T, e: 'depthUpdate', E: 1_799_999_999, s: 'BTC_USDT', U: 5, u: 6, b: [['1', '0']], a: [] }),
  update('spot.trades', { id: 1, create_time: 1_799_999_999, create_time_ms: `${T}.5`, side: 'sell', currency_pair: 'GT_USDT', amount: '16', price: '0.4' }),
  update('spot.tickers', { currency_pair: 'GT_USDT', last: '0.47' }),
  { channel: 'spot.order_book_update', event: 'snapshot', symbol: 'BTC_USDT', result: { id: 9, current: T, update: T, asks: [['2', '1']], bids: [['1', '3']] } },
];
const futures: readonly unknown[] = [
  update('futures.obu', { t: T, s: 'ob.BTC_USDT.400', U: 101, u: 130, b: [['1', '0.5']], a: [['2', '0']] }),
  update('futures.order_book_update', { t: T, s: 'BTC_USDT', U: 5, u: 6, b: [{ p: '1', s: 3 }], a: [{ p: '2', s: '1' }] }),
  { channel: 'futures.order_book', event: 'all', time: 1, time_ms: T, result: { t: T, id: 9, contract: 'BTC_USDT', asks: [{ p: '2', s: 1 }], bids: [{ p: '1', s: 1 }] } },
  update('futures.order_book', [{ p: '1', s: 3, c: 'X', id: 4 }, { p: '2', s: -3, c: 'X', id: 5 }]),
  update('futures.trades', [{ size: -108, id: 2, create_time: 1_799_999_999, create_time_ms: T, price: '96.4', contract: 'X' }]),
  update('futures.tickers', [{ contract: 'X', last: '1', mark_price: '2', index_price: '3', funding_rate: '0.1', funding_rate_indicative: '-0.1', funding_next_apply: 1_800_000_000, total_size: '5' }]),
  update('futures.public_liquidates', [{ price: '215.1', size: '-124.5', time: T, contract: 'X' }]),
];
const controls: readonly unknown[] = [
  { time: 1, channel: 'futures.obu', event: 'subscribe', payload: ['ob.X.400'], error: { code: 2, message: 'x' }, result: { status: 'fail' } },
  update('futures.system', { type: 'upgrade' }), { time: 1, channel: 'spot.pong', event: '', result: null },
];

describe.each<readonly [string, Venue, readonly unknown[]]>([['spot', gateSpot, spot], ['usdt', gateUsdt, futures], ['btc', gateBtc, futures]])('%s', (_name, venue, frames) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, [...frames, ...controls], now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(300);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
    expect(kinds['control'] ?? 0).toBeGreaterThan(100);
  });
});
