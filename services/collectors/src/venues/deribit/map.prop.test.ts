import { expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { kindsUnderDamage } from '../../testing/damage.ts';
import { deribitLinear } from './feed.ts';

const T = 1_799_999_999_990;
const push = (channel: string, data: unknown) => ({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } });
const frames: readonly unknown[] = [
  push('book.BTC-PERPETUAL.100ms', { type: 'snapshot', instrument_name: 'BTC-PERPETUAL', timestamp: T, change_id: 7, bids: [['new', 1, 2]], asks: [['new', 3, 4]] }),
  push('book.BTC-PERPETUAL.100ms', { type: 'change', instrument_name: 'BTC-PERPETUAL', timestamp: T, change_id: 8, prev_change_id: 7, bids: [['delete', 1, 0]], asks: [] }),
  push('book.BTC-FS-25SEP26_PERP.100ms', { type: 'snapshot', instrument_name: 'BTC-FS-25SEP26_PERP', timestamp: T, change_id: 7, bids: [['new', -1, 2]], asks: [] }),
  push('trades.BTC-PERPETUAL.100ms', [{ trade_id: '1', instrument_name: 'BTC-PERPETUAL', timestamp: T, price: 2, amount: 3, direction: 'buy', liquidation: 'MT' }]),
  push('ticker.BTC-PERPETUAL.100ms', { instrument_name: 'BTC-PERPETUAL', timestamp: T, last_price: 2, mark_price: 3, index_price: 4, open_interest: 5, current_funding: -0.1 }),
  { jsonrpc: '2.0', id: 1, result: ['book.BTC-PERPETUAL.100ms'] }, { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'x' } },
  { jsonrpc: '2.0', method: 'heartbeat', params: { type: 'test_request' } },
];

it('never throws on a damaged frame and never lets an unsound number through', () => {
  const kinds = kindsUnderDamage(deribitLinear, frames, epochMs(1_800_000_000_000));
  expect(kinds['events'] ?? 0).toBeGreaterThan(100);
  expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
});
