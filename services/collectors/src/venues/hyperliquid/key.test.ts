import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { hyperliquidPerp } from './feed.ts';

describe('Hyperliquid against an independent answer key', () => {
  it('agrees on every message', () => {
    const file = readKey('hyperliquid');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [hyperliquidPerp], {
      inputs: {
        0: 'the key drops the first trades of each coin, which repeat recent ones after a subscription; here they are carried with their ids',
        2: 'as 0',
      },
    });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(results.filter((r) => r.ignored !== undefined).map((r) => r.ignored)).toEqual(['activeSpotAssetCtx', 'bbo', 'bbo']);
    expect(compared).toEqual({ trade: 2, book_change: 2, derivative_ticker: 1 });
    console.log('hyperliquid', JSON.stringify(compared));
  });
});
