import { describe, expect, it } from '@jest/globals';
import type { Bus } from '@breakwater/platform/bus';
import { epochMs, sourceId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { leaseTiming } from '@breakwater/platform/lease/keep';
import { createMemoryLeases } from '@breakwater/platform/lease/memory';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { testTrade, testWatermark } from '@breakwater/platform/suites';
import { runShard, type ShardTerm } from './run-shard.ts';

describe('a shard of collectors', () => {
  it('publishes under its term, so that what waits to be sent when the lease ends is known to be of before', async () => {
    const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity: createActivity() });
    const memory = createMemoryBus({ activity: createActivity(), queueLimit: 100 });
    const untils: ((() => boolean) | undefined)[] = [];
    const publish: Bus['publish'] = (_topic, _message, until) => void untils.push(until);
    const publishDurable: Bus['publishDurable'] = async (_topic, _messages, until) => void untils.push(until);
    let cut = false;
    const leases = createMemoryLeases(clock);
    const terms: ShardTerm[] = [];
    const stop = new AbortController();
    const done = runShard({
      shard: 'collect-0', holder: 'a', sources: new Set([sourceId('binance:usdm')]), bus: { ...memory, publish, publishDurable }, clock, log: silentLog, signal: stop.signal, listenMs: 100,
      leases: { ...leases, claim: async (...of) => (cut ? Promise.reject(new Error('cut off')) : leases.claim(...of)) },
      createCollector: (term) => ({ run: () => new Promise((resolve) => {
        terms.push(term);
        term.signal.addEventListener('abort', () => resolve(), { once: true });
      }) }),
    });
    const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
    await pass(2_000);
    terms[0]?.publish('assets', testTrade(1));
    await terms[0]?.publishDurable('global', [testWatermark(2)]);
    expect(untils.map((until) => until?.())).toEqual([true, true]);
    // One function for the term: messages of it share records.
    expect(untils[0]).toBe(untils[1]);
    cut = true;
    await pass(leaseTiming.ttlMs);
    expect(untils.map((until) => until?.())).toEqual([false, false]);
    terms[0]?.publish('assets', testTrade(3));
    await expect(terms[0]?.publishDurable('global', [testWatermark(4)])).rejects.toMatchObject({ code: 'fenced' });
    expect(untils).toHaveLength(2);
    stop.abort();
    await pass(2_000);
    await done;
  });
});
