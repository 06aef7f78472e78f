import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createActivity } from '../activity.ts';
import type { Clock } from '../clock/index.ts';
import { BreakwaterError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createSimulatedClock } from '../simulated/index.ts';
import type { Leases } from './index.ts';
import type { HeldLease } from './keep.ts';
import { leaseTiming, whileHolding } from './keep.ts';
import { createMemoryLeases } from './memory.ts';

function setUp() {
  const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity: createActivity() });
  const leases = createMemoryLeases(clock);
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  /** A process that holds the lease when it can, and notes when. */
  const start = (holder: string, own: { readonly leases?: Leases; readonly clock?: Clock } = {}) => {
    const stop = new AbortController();
    const spans: { from: number; until: number | undefined; lease: HeldLease }[] = [];
    const done = whileHolding({ leases: own.leases ?? leases, name: 'feeds', holder, clock: own.clock ?? clock, log: silentLog, signal: stop.signal }, (lease) => new Promise((resolve) => {
      const span: (typeof spans)[number] = { from: clock.now(), until: undefined, lease };
      spans.push(span);
      const end = (): void => {
        span.until = clock.now();
        resolve();
      };
      if (lease.signal.aborted) end();
      else lease.signal.addEventListener('abort', end, { once: true });
    }));
    return { stop, spans, done };
  };
  return { clock, leases, pass, start };
}

describe('holding a lease', () => {
  it('goes on for as long as it is kept, and to the next within moments of a clean stop', async () => {
    const { pass, start } = setUp();
    const [a, b] = [start('a'), start('b')];
    await pass(60_000);
    expect(a.spans).toHaveLength(1);
    expect(b.spans).toHaveLength(0);
    const stoppedAt = (a.spans[0]?.from ?? 0) + 60_000;
    a.stop.abort();
    await pass(1_000);
    await a.done;
    expect(b.spans).toHaveLength(1);
    expect((b.spans[0]?.from ?? Infinity) - stoppedAt).toBeLessThanOrEqual(leaseTiming.askEveryMs + 100);
    b.stop.abort();
    await pass(1_000);
    await b.done;
  });

  it('ends before another can have it when the holder no longer reaches the adapter', async () => {
    const { leases, pass, start } = setUp();
    let cut = false;
    const a = start('a', { leases: { claim: async (...of) => {
      if (cut) throw new BreakwaterError('socket-failed', 'cut off');
      return leases.claim(...of);
    }, release: async () => undefined } });
    const b = start('b');
    await pass(10_000);
    cut = true;
    await pass(10_000);
    const [first, second] = [a.spans[0], b.spans[0]];
    expect(first?.until).toBeDefined();
    expect(second).toBeDefined();
    expect(first?.until ?? Infinity).toBeLessThan(second?.from ?? 0);
    expect((second?.from ?? Infinity) - (first?.from ?? 0) - 10_000).toBeLessThanOrEqual(leaseTiming.ttlMs + leaseTiming.askEveryMs + 100);
    a.stop.abort();
    b.stop.abort();
    await pass(1_000);
    await Promise.all([a.done, b.done]);
  });

  it('is known to have ended by a process that was paused, before any of its timers fire', async () => {
    const { clock, pass, start } = setUp();
    // Its timers come late, as after a pause; what it asks of the clock is true.
    let paused = false;
    const late: (() => void)[] = [];
    const a = start('a', { clock: { now: () => clock.now(), after: (ms, fn) => clock.after(ms, () => {
      if (paused) late.push(fn);
      else fn();
    }) } });
    const b = start('b');
    await pass(5_000);
    expect(a.spans[0]?.lease.held()).toBe(true);
    paused = true;
    await pass(20_000);
    expect(b.spans).toHaveLength(1);
    expect(a.spans[0]?.lease.held()).toBe(false);
    paused = false;
    for (const fn of late) fn();
    await pass(1_000);
    expect(a.spans[0]?.until).toBeDefined();
    expect(a.spans).toHaveLength(1);
    a.stop.abort();
    b.stop.abort();
    await pass(1_000);
    await Promise.all([a.done, b.done]);
  });

  it('waits before it asks again when the work ended while the lease lasts', async () => {
    const { clock, leases, pass } = setUp();
    const stop = new AbortController();
    let turns = 0;
    const done = whileHolding({ leases, name: 'feeds', holder: 'a', clock, log: silentLog, signal: stop.signal }, async () => {
      turns++;
    });
    await pass(10 * leaseTiming.askEveryMs);
    expect(turns).toBeGreaterThan(5);
    expect(turns).toBeLessThanOrEqual(11);
    stop.abort();
    await pass(100);
    await done;
  });

  it('gives the lease back when the work fails, and hands the failure on', async () => {
    const { clock, leases, pass } = setUp();
    const done = whileHolding({ leases, name: 'feeds', holder: 'a', clock, log: silentLog, signal: new AbortController().signal }, async () => {
      throw new Error('broken');
    });
    const failed = expect(done).rejects.toThrow('broken');
    await pass(100);
    await failed;
    expect((await leases.claim('feeds', 'b', 1_000)).held).toBe(true);
  });
});
