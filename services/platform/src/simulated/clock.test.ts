import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '../activity.ts';
import { sleep } from '../clock/index.ts';
import { createSimulatedClock } from './clock.ts';
import { createTimerQueue } from './timer-queue.ts';

const at = epochMs;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('simulated clock', () => {
  it('fires timers in the order of time, then of setting, and stands at the time asked for', async () => {
    const clock = createSimulatedClock({ start: at(1_000) });
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${String(clock.now())}`);
    clock.after(20, note('c'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(50, note('late'));
    expect(clock.nextTimer()).toBe(1_010);
    await clock.advanceTo(at(1_030));
    expect(seen).toEqual(['a@1010', 'b@1010', 'c@1020']);
    expect(clock.now()).toBe(1_030);
    expect(clock.nextTimer()).toBe(1_050);
  });

  it('cancels, also a later timer of the same moment, and twice', async () => {
    const clock = createSimulatedClock({ start: at(0) });
    const seen: string[] = [];
    clock.after(5, () => cancel());
    const cancel = clock.after(5, () => seen.push('cancelled'));
    cancel.call(undefined);
    cancel();
    clock.after(5, () => other());
    const other = clock.after(5, () => seen.push('other'));
    await clock.advanceTo(at(10));
    expect(seen).toEqual([]);
    expect(clock.nextTimer()).toBeUndefined();
  });

  it('lets promise chains run out before time moves', async () => {
    const clock = createSimulatedClock({ start: at(0) });
    const seen: string[] = [];
    void (async () => {
      for (let i = 0; i < 3; i++) {
        await sleep(clock, 10);
        for (let k = 0; k < 20; k++) await Promise.resolve();
        seen.push(`step ${String(i)}@${String(clock.now())}`);
      }
    })();
    clock.after(15, () => seen.push(`timer@${String(clock.now())}`));
    await clock.advanceTo(at(100));
    expect(seen).toEqual(['step 0@10', 'timer@15', 'step 1@20', 'step 2@30']);
  });

  it('waits for work in flight', async () => {
    const activity = createActivity();
    const clock = createSimulatedClock({ start: at(0), activity });
    const seen: string[] = [];
    clock.after(10, () => {
      const end = activity.begin('answer');
      void (async () => {
        for (let i = 0; i < 10; i++) await turn();
        seen.push(`answered@${String(clock.now())}`);
        end();
      })();
    });
    clock.after(11, () => seen.push(`timer@${String(clock.now())}`));
    await clock.advanceTo(at(20));
    expect(seen).toEqual(['answered@10', 'timer@11']);
  });

  it('setNow fires nothing; overdue timers fire at the next advance and see the new time', async () => {
    const clock = createSimulatedClock({ start: at(0) });
    const seen: number[] = [];
    clock.after(10, () => seen.push(clock.now()));
    clock.setNow(at(40));
    await turn();
    expect(seen).toEqual([]);
    expect(clock.now()).toBe(40);
    expect(clock.nextTimer()).toBe(10);
    await clock.advanceTo(at(40));
    expect(seen).toEqual([40]);
    expect(() => clock.setNow(at(39))).toThrow('cannot go back');
  });

  it('stops early when the condition of runUntil holds', async () => {
    const clock = createSimulatedClock({ start: at(0) });
    let count = 0;
    const tick = (): void => {
      count++;
      clock.after(10, tick);
    };
    clock.after(10, tick);
    expect(await clock.runUntil(at(1_000), () => count === 3)).toBe(true);
    expect(clock.now()).toBe(30);
    expect(await clock.runUntil(at(55))).toBe(false);
    expect(clock.now()).toBe(55);
  });

  it('fires timers set for the same moment in the same advance', async () => {
    const clock = createSimulatedClock({ start: at(0) });
    const seen: string[] = [];
    clock.after(5, () => {
      clock.after(0, () => seen.push(`inner@${String(clock.now())}`));
      seen.push('outer');
    });
    clock.after(5, () => seen.push('second'));
    await clock.advanceTo(at(5));
    expect(seen).toEqual(['outer', 'second', 'inner@5']);
  });

  it('rejects with what a timer threw, and a second advance at the same time', async () => {
    const clock = createSimulatedClock({ start: at(0) });
    clock.after(1, () => {
      throw new Error('boom');
    });
    const first = clock.advanceTo(at(2));
    await expect(clock.advanceTo(at(2))).rejects.toThrow('already advancing');
    await expect(first).rejects.toThrow('boom');
    await clock.advanceTo(at(3));
    expect(clock.now()).toBe(3);
  });
});

describe('timer queue', () => {
  it('agrees with a sorted list under random setting, cancelling and taking', () => {
    const rng = createRng(7);
    const queue = createTimerQueue();
    let model: { at: number; order: number; cancel: () => void }[] = [];
    for (let step = 0; step < 20_000; step++) {
      const kind = rng.int(10);
      if (kind < 5) {
        const order = queue.nextOrder();
        const time = rng.int(50);
        model.push({ at: time, order, cancel: queue.set(time, () => undefined) });
      } else if (kind < 8 && model.length > 0) {
        const victim = rng.pick(model);
        victim.cancel();
        model = model.filter((m) => m !== victim);
      } else {
        model.sort((a, b) => a.at - b.at || a.order - b.order);
        const expected = model.shift();
        const taken = queue.take();
        expect([taken?.at, taken?.order]).toEqual([expected?.at, expected?.order]);
      }
    }
  });
});
