import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { Venue } from '../../venue.ts';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';
import { kindsUnderDamage } from '../../testing/damage.ts';

const now = epochMs(1_800_000_000_000);
const frames: readonly unknown[] = [
  { arg: { channel: 'books', instId: 'BTC-USDT' }, action: 'update', data: [{ asks: [['2', '1', '0', '1']], bids: [['1', '0', '0', '0']], ts: '1799999999990', checksum: 0, seqId: 7, prevSeqId: 6 }] },
  { arg: { channel: 'books', instId: 'BTC-USDT-SWAP' }, action: 'snapshot', data: [{ asks: [['2', '1', '0', '1']], bids: [['1', '2', '0', '1']], ts: '1799999999990', checksum: 123 }] },
  ...['BTC-USDT', 'BTC-USDT-SWAP', 'BTC-USD_UM_XPERP-310404'].flatMap((instId) => [
    { arg: { channel: 'trades', instId }, data: [{ instId, tradeId: '1', px: '2', sz: '3', side: 'buy', ts: '1799999999990' }] },
    { arg: { channel: 'tickers', instId }, data: [{ instId, last: '2', ts: '1799999999990' }] },
    { arg: { channel: 'mark-price', instId }, data: [{ instId, markPx: '2', ts: '1799999999990' }] },
    { arg: { channel: 'open-interest', instId }, data: [{ instId, oi: '2', ts: '1799999999990' }] },
    { arg: { channel: 'funding-rate', instId }, data: [{ instId, fundingRate: '0.1', nextFundingRate: '', fundingTime: '1800003600000', ts: '1799999999990' }] },
  ]),
  { arg: { channel: 'index-tickers', instId: 'USDT-USD' }, data: [{ instId: 'USDT-USD', idxPx: '0.999', ts: '1799999999990' }] },
  { arg: { channel: 'liquidation-orders', instType: 'SWAP' }, data: [{ instId: 'BTC-USDT-SWAP', details: [{ bkPx: '1', sz: '2', side: 'sell', ts: '1799999999990' }] }] },
  { arg: { channel: 'index-tickers', instId: 'BTC-USD' }, data: [{ instId: 'BTC-USD', idxPx: '64280', ts: '1680000000000' }] },
  { arg: { channel: 'liquidations', instId: 'BTC-USD-220624' }, data: [{ bkPx: '1', sz: '2', side: 'sell', ts: '1799999999990' }] },
  { event: 'subscribe', arg: { channel: 'trades', instId: 'BTC-USDT' } }, { event: 'error', code: '60012', msg: 'x' }, { event: 'notice', msg: 'x' },
];

describe.each<readonly [string, Venue]>([['spot', okxSpot], ['swap', okxSwap], ['futures', okxFutures]])('%s', (_name, venue) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames, now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
