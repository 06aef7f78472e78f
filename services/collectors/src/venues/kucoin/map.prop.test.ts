import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { kindsUnderDamage } from '../../testing/damage.ts';
import type { Venue } from '../../venue.ts';
import { kucoinFutures, kucoinSpot } from './feed.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const message = (topic: string, subject: string, data: unknown) => ({ topic, type: 'message', subject, data });
const spot: readonly unknown[] = [
  message('/market/level2:BTC-USDT', 'trade.l2update', { changes: { asks: [['2', '0', '7']], bids: [['1', '2', '6'], ['0', '0', '5']] }, sequenceEnd: 7, sequenceStart: 5, symbol: 'BTC-USDT', time: T }),
  message('/market/level2Snapshot:BTC-USDT', 'trade.l2Snapshot', { time: T, sequence: '17', bids: [['1', '3']], asks: [['2', '1']] }),
  message('/market/match:BTC-USDT', 'trade.l3match', { price: '67523', side: 'buy', size: '0.003', symbol: 'BTC-USDT', time: `${T}000000`, tradeId: '1', type: 'match' }),
  message('/market/ticker:ETH-USDT', 'trade.ticker', { bestAsk: '2', bestBid: '1', price: '1.5', time: T }),
];
const futures: readonly unknown[] = [
  message('/contractMarket/level2:XBTUSDTM', 'level2', { sequence: 17, change: '90631.2,sell,2', timestamp: T }),
  message('/contractMarket/level2Snapshot:XBTUSDTM', 'level2Snapshot', { symbol: 'XBTUSDTM', sequence: 17, bids: [[1, 3]], asks: [[2, 1]], ts: T * 1e6 }),
  message('/contractMarket/execution:XBTUSDTM', 'match', { symbol: 'XBTUSDTM', sequence: 1, side: 'sell', size: 24, price: '67523', tradeId: '9', ts: T * 1e6 }),
  message('/contract/instrument:XBTUSDTM', 'mark.index.price', { markPrice: 90445.02, indexPrice: 90445.1, granularity: 1000, timestamp: T }),
  message('/contract/instrument:XBTUSDTM', 'funding.rate', { granularity: 60000, fundingRate: -0.002966, timestamp: T }),
];
const controls: readonly unknown[] = [{ id: '1', type: 'welcome' }, { id: '1', type: 'ack' }, { id: '1', type: 'error', code: 404, data: 'x' }, { id: '1', type: 'pong' }];

describe.each<readonly [string, Venue, readonly unknown[]]>([['spot', kucoinSpot, spot], ['futures', kucoinFutures, futures]])('%s', (_name, venue, frames) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, [...frames, ...controls], now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(300);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
    expect(kinds['control'] ?? 0).toBeGreaterThan(100);
  });
});
