import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignVenues } from './assign.ts';

const venues = fc.uniqueArray(fc.stringMatching(/^[a-z]{2,12}$/), { minLength: 1, maxLength: 30 });

describe('which process reads which venue', () => {
  it('is one for every venue, even to within one, whatever the order of the config', () => {
    fc.assert(fc.property(venues, fc.integer({ min: 1, max: 8 }), (names, shards) => {
      const table = assignVenues(names, shards);
      expect([...table.keys()].sort()).toEqual([...names].sort());
      expect(assignVenues([...names].reverse(), shards)).toEqual(table);
      const load = Array.from({ length: shards }, (_, shard) => [...table.values()].filter((each) => each === shard).length);
      expect(Math.max(...load)).toBeLessThanOrEqual(Math.ceil(names.length / shards));
    }));
  });

  it('keeps to pins, and to none that names a shard that is not there', () => {
    const table = assignVenues(['binance', 'bybit', 'okx', 'gate'], 2, { binance: 1, bybit: 1, gate: 7 });
    expect([table.get('binance'), table.get('bybit')]).toEqual([1, 1]);
    expect([table.get('okx'), table.get('gate')]).toEqual([0, 0]);
  });

  it('moves few of the others when a venue comes', () => {
    const names = ['binance', 'bybit', 'okx', 'gate', 'bitget', 'kucoin', 'deribit', 'kraken', 'coinbase', 'hyperliquid'];
    const before = assignVenues(names, 3);
    const after = assignVenues([...names, 'mexc'], 3);
    expect(names.filter((name) => before.get(name) !== after.get(name)).length).toBeLessThanOrEqual(3);
  });
});
