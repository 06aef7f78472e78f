import { describe, expect, it } from '@jest/globals';
import { nativeFeeds } from '@breakwater/collectors';
import { shardOf } from './collect-seat.ts';
import { parseConfig, type Config } from './config.ts';
import { expectedSources } from './settings.ts';

function configOf(venues: readonly string[]): Config {
  const parsed = parseConfig(JSON.stringify({
    assets: { OM: { tokens: [{ chain: 'eip155:1', address: `0x${'a'.repeat(40)}`, decimals: 18 }] } }, venues: { ...Object.fromEntries(venues.map((id) => [id, {}])), mexc: { feed: 'ccxt' } },
    chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'] } },
  }), () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

describe('the shards of a config', () => {
  it('have every source once between them, and chains with the first', () => {
    const config = configOf([...new Set(nativeFeeds.map(({ venue }) => venue.venue))]);
    for (const count of [1, 2, 3, 7]) {
      const shards = Array.from({ length: count }, (_, index) => shardOf(config, { index, count }));
      const sources = shards.flatMap((shard) => expectedSources(shard));
      expect([...sources].sort()).toEqual([...expectedSources(config)].sort());
      expect(shards.map(({ chains }) => Object.keys(chains).length)).toEqual([1, ...Array.from({ length: count - 1 }, () => 0)]);
      // What is not of venues and chains is the same for all.
      for (const shard of shards) expect(shard.assets).toBe(config.assets);
    }
  });
});
