import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { Venue } from '../../venue.ts';
import { binanceCoinm, binanceSpot, binanceUsdm } from './feed.ts';
import { kindsUnderDamage } from '../../testing/damage.ts';

const now = epochMs(1_800_000_000_000);
const frames: readonly unknown[] = [
  { stream: 'omusdt@depth@100ms', data: { e: 'depthUpdate', E: 1_799_999_999_990, T: 1_799_999_999_985, s: 'OMUSDT', U: 157, u: 160, pu: 149, b: [['0.0024', '10']], a: [['0.0026', '0']] } },
  { stream: 'omusdt@depthSnapshot', data: { lastUpdateId: 160, bids: [['0.0024', '10']], asks: [['0.0026', '3']] } },
  { e: 'aggTrade', E: 1_799_999_999_990, s: 'OMUSDT', a: 1, p: '0.001', q: '100', f: 1, l: 2, T: 1_799_999_999_985, m: true },
  { e: 'trade', E: 1_799_999_999_990, s: 'OMUSDT', t: 1, p: '0.001', q: '100', T: 1_799_999_999_985, X: 'MARKET', m: true },
  { e: 'markPriceUpdate', E: 1_799_999_999_990, s: 'OMUSDT', p: '1.1', i: '1.2', r: '-0.0001', T: 1_800_003_600_000 },
  { e: 'forceOrder', E: 1_799_999_999_990, o: { s: 'OMUSDT', S: 'SELL', q: '2', p: '9', ap: '9', X: 'FILLED', T: 1_799_999_999_985 } },
  { stream: 'omusdt@openInterest', data: { symbol: 'OMUSDT', openInterest: '5', time: 1_799_999_999_990 } },
  { e: '24hrTicker', E: 1_799_999_999_990, s: 'OMUSDT', c: '0.0025' },
  { e: 'indexPriceUpdate', E: 1_799_999_999_990, i: 'OMUSD', p: '1.2' },
  { stream: 'omusd@markPrice', data: [{ e: 'markPriceUpdate', E: 1_799_999_999_990, s: 'OMUSD_PERP', p: '1.1', P: '1.1', i: '1.2', r: '', T: 0 }] },
  { result: null, id: 1 }, { error: { code: 3, msg: 'x' }, id: 1 }, { code: 2, msg: 'x' },
];

describe.each<readonly [string, Venue]>([['spot', binanceSpot], ['USD-M', binanceUsdm], ['COIN-M', binanceCoinm]])('%s', (_name, venue) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames, now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
