import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { Venue } from '../../venue.ts';
import { kindsUnderDamage } from '../../testing/damage.ts';
import { coinbaseIntx, coinbaseSpot } from './feed.ts';

const now = epochMs(1_800_000_000_000);
const time = '2027-01-15T07:59:59.990123Z';
const advanced = (channel: string, events: readonly unknown[]): unknown => ({ channel, timestamp: time, sequence_num: 7, events });
const intx = (frame: Readonly<Record<string, unknown>>): unknown => ({ sequence: 9, product_id: 'OM-PERP', type: 'UPDATE', time, ...frame });
const spotFrames: readonly unknown[] = [
  advanced('l2_data', [{ type: 'update', product_id: 'OM-USD', updates: [{ side: 'bid', event_time: time, price_level: '6.1', new_quantity: '5' }] }]),
  advanced('market_trades', [{ type: 'update', trades: [{ trade_id: '42', product_id: 'OM-USD', price: '6', size: '5', side: 'SELL', time }] }]),
  advanced('ticker', [{ type: 'update', tickers: [{ product_id: 'USDT-USD', price: '0.9991', best_bid: '0.999', best_ask: '0.9994' }] }]),
  advanced('heartbeats', [{ heartbeat_counter: 3 }]), advanced('subscriptions', [{ subscriptions: { level2: ['OM-USD'] } }]),
  { type: 'snapshot', product_id: 'OM-USD', bids: [['6.1', '5']], asks: [['6.2', '3']], time },
  { type: 'l2update', product_id: 'OM-USD', changes: [['buy', '6.1', '0.00'], ['sell', '6.2', '4']], time },
  { type: 'match', trade_id: 42, side: 'sell', size: '5', price: '6', product_id: 'OM-USD', sequence: 50, time },
  { type: 'ticker', product_id: 'BTC-USD', price: '60000', best_bid: '59999', best_ask: '60003', time },
  { type: 'subscriptions', channels: [{ name: 'matches', product_ids: ['OM-USD'] }] }, { type: 'error', message: 'x', reason: 'y' },
];
const intxFrames: readonly unknown[] = [
  intx({ channel: 'LEVEL2', type: 'SNAPSHOT', bids: [['6', '1']], asks: [['7', '2']] }), intx({ channel: 'LEVEL2', changes: [['BUY', '6', '0']] }),
  intx({ channel: 'MATCH', match_id: '3', trade_price: '6', trade_qty: '5', aggressor_side: 'SELL' }), intx({ channel: 'RISK', mark_price: '6', index_price: '6.1', open_interest: '3' }),
  intx({ channel: 'FUNDING', funding_rate: '-0.00001', is_final: false }), intx({ channel: 'SUBSCRIPTIONS', type: 'SNAPSHOT' }), intx({ channel: 'SUBSCRIPTIONS', type: 'REJECT', reason: 'x' }),
];

describe.each<readonly [string, Venue, readonly unknown[]]>([['spot', coinbaseSpot, spotFrames], ['intx', coinbaseIntx, intxFrames]])('%s', (_name, venue, frames) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames, now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
