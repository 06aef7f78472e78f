import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { Venue } from '../../venue.ts';
import { kindsUnderDamage } from '../../testing/damage.ts';
import { bitgetCoin, bitgetSpot, bitgetUsdc, bitgetUsdt } from './feed.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const frames = (instType: string): readonly unknown[] => [
  { action: 'update', arg: { instType, topic: 'books', symbol: 'OMUSDT' }, data: [{ a: [['6.2', '0']], b: [['6.1', '5']], checksum: 0, seq: 12, pseq: 10, ts: String(T) }], ts: T },
  { action: 'snapshot', arg: { instType, topic: 'books', symbol: 'OMUSDT' }, data: [{ a: [['6.2', '1']], b: [['6.1', '5']], checksum: 0, seq: '1304314508780744705', pseq: 0, ts: String(T) }], ts: T },
  { action: 'update', arg: { instType: instType.toUpperCase(), channel: 'books', instId: 'OMUSDT' }, data: [{ asks: [['6.20', '0']], bids: [['6.1', '5']], checksum: -77, ts: String(T) }], ts: T },
  { action: 'snapshot', arg: { instType, channel: 'books15', instId: 'OMUSDT' }, data: [{ asks: [['6.20', '3']], bids: [['6.1', '5']], ts: String(T) }], ts: T },
  { action: 'update', arg: { instType, topic: 'publicTrade', symbol: 'OMUSDT' }, data: [{ p: '6', S: 'sell', T: String(T), v: '5', i: '42' }], ts: T },
  { action: 'update', arg: { instType, channel: 'trade', instId: 'OMUSDT' }, data: [{ ts: String(T), price: '6', size: '5', side: 'buy', tradeId: '42' }], ts: T },
  { action: 'snapshot', arg: { instType, topic: 'ticker', symbol: 'OMUSDT' }, data: [{ lastPrice: '6.1', markPrice: '6.15', indexPrice: '6.14', fundingRate: '-0.0001', openInterest: '200', nextFundingTime: String(T) }], ts: T },
  { action: 'snapshot', arg: { instType, channel: 'ticker', instId: 'OMUSDT' }, data: [{ lastPr: '6.1', markPrice: '6', indexPrice: '6', holdingAmount: '3', fundingRate: '0', nextFundingTime: String(T), symbolType: 1, ts: String(T) }], ts: T },
  { action: 'update', arg: { instType, topic: 'liquidation' }, data: [{ symbol: 'APEUSDT', side: 'buy', price: '0.1649', amount: '13.70319', ts: String(T) }], ts: T },
  { event: 'subscribe', arg: { instType, topic: 'books', symbol: 'OMUSDT' } }, { event: 'error', code: 30001, msg: 'x' },
];

describe.each<readonly [string, Venue, string]>([['spot', bitgetSpot, 'spot'], ['usdt', bitgetUsdt, 'usdt-futures'], ['usdc', bitgetUsdc, 'usdc-futures'], ['coin', bitgetCoin, 'coin-futures']])('%s', (_name, venue, instType) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames(instType), now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
