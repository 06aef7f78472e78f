import { describe, expect, it } from '@jest/globals';
import { nativeFeeds } from '@breakwater/collectors';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSigner } from '@breakwater/alerting';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createMemoryLeases } from '@breakwater/platform/lease/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollectSeat, shardOf } from './collect-seat.ts';
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

describe('the seat of a collector in a shard', () => {
  it('fails, saying what to do, when its journal knows a later turn than the lease that it holds, and says nothing while it has no turn', async () => {
    const activity = createActivity();
    const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity });
    const { journal, series } = createSimulatedDisk({ rng: createRng(1) }).open();
    const stop = new AbortController();
    let asked = 0;
    const works: Promise<void>[] = [];
    const seat = createCollectSeat({
      adapters: {
        clock, rng: createRng(2), network: createSimulatedNetwork({ clock, rng: createRng(3), latencyMs: [1, 5], resolve: () => undefined }), bus: createMemoryBus({ activity, queueLimit: 100 }), journal, series, activity, log: silentLog, metrics: createMetrics(), labels: new Map(),
        signer: createSigner(new Uint8Array(32)), serve: async () => async () => undefined, onConflated: () => undefined, instances: undefined, states: undefined,
        shard: {
          index: 0, count: 1, leases: createMemoryLeases(clock), holder: 'a', clock, listenMs: 100,
          journal: {
            copy: journal, ready: async () => undefined, close: async () => undefined, writer: () => ({ term: 900, address: '' }),
            take: () => {
              asked++;
              return Promise.reject(new BreakwaterError('fenced', 'turn 900 has begun'));
            },
          },
        },
      },
      config: configOf(['okx']), log: () => silentLog, signal: stop.signal, run: (work) => void works.push(work),
    });
    seat.start();
    const failed = expect(works[0]).rejects.toThrow('the lease collect-0 is held with term 1, but its journal has turn 900 already');
    await clock.advanceTo(epochMs(clock.now() + 5_000));
    await failed;
    expect([asked, seat.until()?.()]).toEqual([1, false]);
    stop.abort();
  });
});
