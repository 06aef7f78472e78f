import { describe, expect, it } from '@jest/globals';
import { assert, createRng, epochMs } from '@breakwater/models/core';
import { sleep } from './clock/index.ts';
import { BreakwaterError } from './errors.ts';
import { silentLog } from './log.ts';
import { createSimulatedClock } from './simulated/clock.ts';
import { backoffDelay, createTokenBucket, retry, supervise } from './supervise.ts';
import type { SuperviseOptions } from './supervise.ts';

const at = epochMs;
const backoff = { baseMs: 100, maxMs: 10_000 };
/** Delays are their upper ends, so that times can be worked by hand. */
const steady = { ...createRng(1), next: () => 1 };

describe('backoffDelay', () => {
  it('doubles its upper end up to the bound', () => {
    expect([0, 1, 2, 6, 7, 50, 5_000].map((n) => backoffDelay(n, steady, backoff))).toEqual([100, 200, 400, 6_400, 10_000, 10_000, 10_000]);
    expect(backoffDelay(2, steady, { ...backoff, factor: 3 })).toBe(900);
  });
  it('is uniform below it', () => {
    const rng = createRng(3);
    const draws = Array.from({ length: 10_000 }, () => backoffDelay(1, rng, backoff));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(200);
    // Mean of uniform(0, 200) is 100, standard error 0.58; four of them.
    expect(Math.abs(draws.reduce((a, b) => a + b, 0) / draws.length - 100)).toBeLessThan(2.4);
  });
});

describe('supervise', () => {
  const setup = (more: Partial<SuperviseOptions> = {}) => {
    const clock = createSimulatedClock({ start: at(0) });
    const controller = new AbortController();
    const restarts: number[] = [];
    const options: SuperviseOptions = {
      name: 'feed', clock, rng: steady, log: silentLog, signal: controller.signal, backoff, onRestart: ({ delayMs }) => restarts.push(delayMs), ...more,
    };
    return { clock, controller, restarts, options };
  };

  it('restarts after rejections, throws and ends, waiting longer each time, until aborted', async () => {
    const { clock, controller, restarts, options } = setup();
    const runs: string[] = [];
    const done = supervise(options, (attempt) => {
      runs.push(`${String(attempt)}@${String(clock.now())}`);
      if (attempt === 0) return Promise.reject(new BreakwaterError('socket-failed', 'lost: reset'));
      if (attempt === 1) throw new TypeError('thrown');
      return Promise.resolve();
    });
    await clock.advanceTo(at(750));
    controller.abort();
    await done;
    // Waits of 100, 200, 400: runs at 0, 100, 300, 700.
    expect(runs).toEqual(['0@0', '1@100', '2@300', '3@700']);
    expect(restarts).toEqual([100, 200, 400, 800]);
    expect(clock.nextTimer()).toBeUndefined();
  });

  it('starts the waits anew after a healthy run', async () => {
    const { clock, controller, restarts, options } = setup({ backoff: { ...backoff, healthyMs: 5_000 } });
    let run = 0;
    const attempts: number[] = [];
    const done = supervise(options, async (attempt, signal) => {
      attempts.push(attempt);
      await sleep(clock, run++ === 3 ? 5_000 : 10, signal);
    });
    await clock.advanceTo(at(6_000));
    controller.abort();
    await done;
    expect(restarts.slice(0, 5)).toEqual([100, 200, 400, 100, 200]);
    expect(attempts.slice(0, 5)).toEqual([0, 1, 2, 3, 1]);
  });

  it('waits as long as the other side asked, within reason', async () => {
    const { clock, controller, restarts, options } = setup();
    const asked = [30_000, 1e12];
    const done = supervise(options, async () => {
      const retryAfterMs = asked.shift();
      throw new BreakwaterError('rate-limited', 'slow down: 429', retryAfterMs === undefined ? {} : { retryAfterMs });
    });
    await clock.advanceTo(at(3_700_000));
    controller.abort();
    await done;
    expect(restarts.slice(0, 3)).toEqual([30_000, 3_600_000, 400]);
  });

  it('ends with our own bug', async () => {
    const { options } = setup();
    await expect(supervise(options, async () => assert(false, 'broken invariant'))).rejects.toThrow('broken invariant');
    const bugs: unknown[] = [];
    await supervise({ ...options, onBug: (bug) => bugs.push(bug) }, async () => assert(false, 'broken invariant'));
    expect(bugs).toMatchObject([{ message: 'broken invariant' }]);
  });

  it('does not run at all when aborted before', async () => {
    const { options } = setup({ signal: AbortSignal.abort() });
    let runs = 0;
    await supervise(options, async () => { runs++; });
    expect(runs).toBe(0);
  });
});

describe('retry', () => {
  const setup = () => {
    const clock = createSimulatedClock({ start: at(0) });
    return { clock, options: { clock, rng: steady, backoff, attempts: 3 } };
  };
  const settled = async <T>(promise: Promise<T>): Promise<string> => promise.then((v) => `value ${String(v)}`, (e: unknown) => `error ${(e as Error).message}`);

  it('repeats what is retryable and gives up after the last attempt', async () => {
    const { clock, options } = setup();
    const calls: number[] = [];
    const fails = settled(retry(async () => {
      calls.push(clock.now());
      throw new BreakwaterError('http-timeout', 'slow');
    }, options));
    await clock.advanceTo(at(1_000));
    expect(await fails).toBe('error slow');
    expect(calls).toEqual([0, 100, 300]);
    const succeeds = settled(retry(async (attempt) => {
      if (attempt < 2) throw new BreakwaterError('http-failed', 'refused', { retryAfterMs: 700 });
      return clock.now();
    }, options));
    await clock.advanceTo(at(9_000));
    expect(await succeeds).toBe('value 2400');
  });

  it('passes on at once what is not retryable or not of the world', async () => {
    const { options } = setup();
    let calls = 0;
    const failing = (error: Error) => settled(retry(async () => {
      calls++;
      throw error;
    }, options));
    expect(await failing(new BreakwaterError('http-too-large', 'large'))).toBe('error large');
    expect(await failing(new TypeError('bug'))).toBe('error bug');
    expect(calls).toBe(2);
  });

  it('stops waiting when aborted', async () => {
    const { clock, options } = setup();
    const controller = new AbortController();
    const outcome = settled(retry(async () => {
      throw new BreakwaterError('http-failed', 'refused');
    }, { ...options, signal: controller.signal }));
    await clock.advanceTo(at(50));
    controller.abort();
    expect(await outcome).toBe('error wait cancelled: the caller stopped');
    expect(await settled(retry(async () => 1, { ...options, signal: controller.signal }))).toBe('error call not repeated: the caller stopped');
  });
});

describe('token bucket', () => {
  const setup = (perSecond: number, burst: number, maxWaiting?: number) => {
    const clock = createSimulatedClock({ start: at(0) });
    const bucket = createTokenBucket({ clock, perSecond, burst, ...(maxWaiting === undefined ? {} : { maxWaiting }) });
    const served: string[] = [];
    const take = (name: string, weight: number, signal?: AbortSignal) => void bucket.take(weight, signal).then(
      () => served.push(`${name}@${String(clock.now())}`), (e: unknown) => served.push(`${name} ${(e as BreakwaterError).code}@${String(clock.now())}`));
    return { clock, bucket, served, take };
  };

  it('serves a burst without a timer, then at its rate, in order', async () => {
    const { clock, bucket, served, take } = setup(10, 5);
    take('a', 3);
    take('b', 2);
    expect(clock.nextTimer()).toBeUndefined();
    take('c', 4); // 4 units at 10 a second: 400 ms
    take('d', 1); // could be had earlier, but c came first: 100 ms more
    expect(bucket.waiting()).toBe(2);
    await clock.advanceTo(at(10_000));
    expect(served).toEqual(['a@0', 'b@0', 'c@400', 'd@500']);
  });

  it('never gives more than burst + rate * time', async () => {
    const { clock, bucket } = setup(7, 20);
    const rng = createRng(5);
    const given: { at: number; weight: number }[] = [];
    const request = (): void => {
      const weight = 1 + rng.int(10);
      void bucket.take(weight).then(() => given.push({ at: clock.now(), weight }));
      if (clock.now() < 60_000) clock.after(rng.int(2_000), request);
    };
    request();
    await clock.advanceTo(at(400_000));
    expect(bucket.waiting()).toBe(0);
    for (let i = 0; i < given.length; i++) {
      let sum = 0;
      for (const { at: t, weight } of given.slice(i)) {
        sum += weight;
        expect(sum).toBeLessThanOrEqual(20 + (7 * (t - (given[i]?.at ?? 0))) / 1_000 + 1e-6);
      }
    }
  });

  it('lets a waiting caller go when aborted, and those behind move up', async () => {
    const { clock, served, take } = setup(1, 5);
    take('a', 5);
    const controller = new AbortController();
    take('b', 5, controller.signal);
    take('c', 1);
    await clock.advanceTo(at(2_000));
    controller.abort();
    await clock.advanceTo(at(2_001));
    expect(served).toEqual(['a@0', 'b aborted@2000', 'c@2000']);
  });

  it('bounds its queue and pauses', async () => {
    const { clock, bucket, served, take } = setup(1, 1, 1);
    bucket.pause(5_000);
    bucket.pause(1_000);
    take('a', 1);
    take('b', 1);
    await clock.advanceTo(at(20_000));
    expect(served).toEqual(['b queue-full@0', 'a@5000']);
    expect(() => bucket.take(2)).toThrow('can never be served');
  });
});
