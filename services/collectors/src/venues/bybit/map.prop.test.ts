import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { Venue } from '../../venue.ts';
import { mutations } from '../../testing/mutate.ts';
import { bybitInverse, bybitLinear, bybitSpot } from './feed.ts';
import { kindsUnderDamage } from '../../testing/damage.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const frames: readonly unknown[] = [
  { topic: 'orderbook.1000.OMUSDT', type: 'delta', ts: T, data: { s: 'OMUSDT', b: [['6.10', '0']], a: [['6.2', '5']], u: 7, seq: 9 }, cts: T },
  { topic: 'tickers.BTCUSDT', type: 'snapshot', ts: T, cs: 1, data: { symbol: 'BTCUSDT', lastPrice: '50000', markPrice: '50001', indexPrice: '50002', openInterest: '200', singleOpenInterest: '100', fundingRate: '-0.0001', nextFundingTime: String(T), usdIndexPrice: '49950' } },
  { topic: 'publicTrade.OMUSDT', type: 'snapshot', ts: T, data: [{ T, s: 'OMUSDT', S: 'Buy', v: '1', p: '6', i: 'x' }] },
  { topic: 'allLiquidation.OMUSDT', type: 'snapshot', ts: T, data: [{ T, s: 'OMUSDT', S: 'Sell', v: '10', p: '5.5' }] },
  { topic: 'liquidation.OMUSDT', type: 'snapshot', ts: T, data: { updatedTime: T, symbol: 'OMUSDT', side: 'Buy', size: '1', price: '5' } },
  { success: true, ret_msg: '', conn_id: 'x', op: 'subscribe' }, { success: false, ret_msg: 'error', conn_id: 'x', op: 'subscribe' }, { success: true, ret_msg: 'pong', op: 'ping' },
];

/** Quotes as the venue prints them, and near misses. */
const quotes: readonly unknown[] = [
  { topic: 'tickers.OMUSDT', type: 'delta', data: { symbol: 'OMUSDT', bid1Price: '6.10', bid1Size: '1', ask1Price: '6.2', ask1Size: '0' }, cs: 7, ts: T },
  { topic: 'tickers.OMUSDT', type: 'delta', data: { symbol: 'OMUSDT' }, cs: 7, ts: T },
  { topic: 'tickers.OMUSDT', type: 'delta', data: { symbol: 'OMUSDT', bid1Price: '6.10', markPrice: '6.1' }, cs: 7, ts: T },
];

describe('quotes told by their print', () => {
  it('are what the whole reader makes of them', () => {
    let quick = 0;
    fc.assert(
      fc.property(mutations([...quotes, ...frames]), (text) => {
        // A space before it is the same JSON, and is never told by its print.
        const [told, read] = [bybitLinear.parseFrame(text, now), bybitLinear.parseFrame(` ${text}`, now)];
        if (told.kind === 'ignored' && told.channel === 'tickers.quotes') quick++;
        if (told.kind === 'rejected' && read.kind === 'rejected') expect(told.reason).toBe(read.reason);
        else expect(told).toEqual(read);
      }),
      { numRuns: 20_000, seed: 20261121 },
    );
    expect(quick).toBeGreaterThan(500);
  });
});

describe.each<readonly [string, Venue]>([['spot', bybitSpot], ['linear', bybitLinear], ['inverse', bybitInverse]])('%s', (_name, venue) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames, now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
