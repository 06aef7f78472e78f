import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { Venue } from '../../venue.ts';
import { hyperliquidPerp, hyperliquidSpot } from './feed.ts';
import { kindsUnderDamage } from '../../testing/damage.ts';

const now = epochMs(1_800_000_000_000);
const frames: readonly unknown[] = [
  { channel: 'l2Book', data: { coin: 'OM', time: 1_799_999_999_500, levels: [[{ px: '0.19', sz: '10', n: 2 }], [{ px: '0.2', sz: '3', n: 1 }]] } },
  { channel: 'l2Book', data: { coin: '@107', time: 1_799_999_999_500, levels: [[{ px: '0.19', sz: '10', n: 2 }], []] } },
  { channel: 'trades', data: [{ coin: 'OM', side: 'A', px: '0.2', sz: '5', time: 1_799_999_999_000, tid: 42 }] },
  { channel: 'activeAssetCtx', data: { coin: 'OM', ctx: { funding: '-0.00001', openInterest: '18617460.0', oraclePx: '0.1995', markPx: '0.19963', midPx: null } } },
  { channel: 'subscriptionResponse', data: { method: 'subscribe', subscription: { type: 'l2Book', coin: 'OM' } } }, { channel: 'error', data: 'x' }, { channel: 'pong' },
];

describe.each<readonly [string, Venue]>([['perpetuals', hyperliquidPerp], ['spot', hyperliquidSpot]])('%s', (_name, venue) => {
  it('never throws on a damaged frame and never lets an unsound number through', () => {
    const kinds = kindsUnderDamage(venue, frames, now);
    expect(kinds['events'] ?? 0).toBeGreaterThan(100);
    expect(kinds['rejected'] ?? 0).toBeGreaterThan(500);
  });
});
