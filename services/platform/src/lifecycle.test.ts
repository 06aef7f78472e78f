import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { Clock } from './clock/index.ts';
import { createLifecycle } from './lifecycle.ts';
import type { LogFields } from './log.ts';
import { silentLog } from './log.ts';

/** A clock whose timers run when `fire` is called. */
function manualClock(): Clock & { fire(): void } {
  let timers: (() => void)[] = [];
  return {
    now: () => epochMs(0),
    after: (_delay, fn) => {
      timers.push(fn);
      return () => { timers = timers.filter((timer) => timer !== fn); };
    },
    fire: () => {
      for (const timer of timers.splice(0)) timer();
    },
  };
}

describe('lifecycle', () => {
  it('closes in reverse, one after the other', async () => {
    const lifecycle = createLifecycle({ log: silentLog });
    const log: string[] = [];
    for (const name of ['store', 'bus', 'api']) {
      lifecycle.onClose(name, async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
      });
    }
    expect(lifecycle.open()).toEqual(['store', 'bus', 'api']);
    expect(await lifecycle.close({ timeoutMs: 100, clock: manualClock() })).toEqual([]);
    expect(log).toEqual(['api begins', 'api ends', 'bus begins', 'bus ends', 'store begins', 'store ends']);
    expect(lifecycle.open()).toEqual([]);
  });

  it('goes on when one fails or hangs, reports both, and closes once only', async () => {
    const logged: (LogFields | undefined)[] = [];
    const lifecycle = createLifecycle({ log: { ...silentLog, error: (_event, fields) => logged.push(fields) } });
    const clock = manualClock();
    const closed: string[] = [];
    lifecycle.onClose('store', () => void closed.push('store'));
    lifecycle.onClose('bus', () => { throw new Error('stuck'); });
    lifecycle.onClose('api', () => new Promise<void>(() => undefined));
    const outcome = lifecycle.close({ timeoutMs: 100, clock });
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toEqual([]);
    clock.fire();
    const failures = await outcome;
    expect(failures.map((failure) => failure.name)).toEqual(['api', 'bus']);
    expect(failures[0]?.error).toMatchObject({ code: 'aborted', message: 'closing api was given up: it took longer than 100 ms' });
    expect(closed).toEqual(['store']);
    expect(logged).toEqual([{ name: 'api', error: 'closing api was given up: it took longer than 100 ms' }, { name: 'bus', error: 'stuck' }]);
    expect(await lifecycle.close({ timeoutMs: 100, clock })).toBe(failures);
  });

  it('closes at once what is opened after the end', async () => {
    const lifecycle = createLifecycle({ log: silentLog });
    await lifecycle.close({ timeoutMs: 100, clock: manualClock() });
    let closed = false;
    lifecycle.onClose('late', () => { closed = true; });
    await Promise.resolve();
    await Promise.resolve();
    expect(closed).toBe(true);
  });
});
