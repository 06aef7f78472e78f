import { describe, expect, it } from '@jest/globals';
import type { AssetMessage, BookMessage } from '@breakwater/contracts';
import { createActivity } from '../activity.ts';
import { describeBus } from '../suites/bus-suite.ts';
import { labelOf, testBook, testTrade, testWarning } from '../suites/messages.ts';
import type { MemoryBus, MemoryBusOptions } from './memory.ts';
import { createMemoryBus } from './memory.ts';

const make = (options: Partial<MemoryBusOptions> = {}): MemoryBus => createMemoryBus({ activity: createActivity(), queueLimit: 1_000, ...options });
describeBus('memory', () => make());

describe('memory bus', () => {
  it('is busy from a publication until every handler has ended', async () => {
    const activity = createActivity();
    const bus = make({ activity });
    let release = (): void => undefined;
    bus.subscribe('assets', { group: 'a', handler: () => new Promise<void>((resolve) => { release = resolve; }) });
    expect(activity.pending()).toEqual([]);
    bus.publish('assets', testTrade(1));
    expect(activity.pending()).toEqual(['bus assets a']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(activity.pending()).toEqual(['bus assets a']);
    release();
    await bus.idle();
    expect(activity.pending()).toEqual([]);
    await activity.idle();
  });

  it('publishes durably: resolves after the handlers, rejects with what one of them threw', async () => {
    const bus = make();
    const seen: number[] = [];
    bus.subscribe('warnings', {
      group: 'a',
      handler: async (batch) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(batch.length);
      },
    });
    await bus.publishDurable('warnings', [testWarning(1), testWarning(2)]);
    expect(seen).toEqual([2]);
    bus.subscribe('warnings', { group: 'b', handler: () => Promise.reject(new Error('no disk')) });
    await expect(bus.publishDurable('warnings', [testWarning(3)])).rejects.toThrow('no disk');
    // The failed group is gone, the other has handled it.
    await bus.publishDurable('warnings', [testWarning(4)]);
    expect(seen).toEqual([2, 1, 1]);
  });

  it('rejects a durable publication whose subscriber stops before handling it', async () => {
    const bus = make();
    const subscription = bus.subscribe('warnings', { group: 'a', handler: () => undefined });
    const published = bus.publishDurable('warnings', [testWarning(1)]);
    await subscription.stop();
    await expect(published).rejects.toMatchObject({ code: 'aborted' });
    expect(bus.stats().warnings.lost).toBe(1);
    await bus.idle();
  });

  it('waits for the current batch when stopped, and leaves the rest', async () => {
    const bus = make();
    const log: string[] = [];
    const subscription = bus.subscribe('assets', {
      group: 'a',
      handler: async (batch) => {
        log.push(`begin ${batch.length}`);
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
        log.push('end');
      },
    });
    bus.publish('assets', testTrade(1));
    await new Promise((resolve) => setImmediate(resolve));
    bus.publish('assets', testTrade(2));
    await subscription.stop();
    expect(log).toEqual(['begin 1', 'end']);
    await bus.idle();
    expect(log).toEqual(['begin 1', 'end']);
    expect(bus.stats().assets).toMatchObject({ published: 2, handled: 1, lost: 1, queued: 0 });
  });

  it('tells the last member of a group of partitions that failed, not the first that ever joined', async () => {
    const bus = make();
    const told: string[] = [];
    const member = (name: string, handler: () => Promise<void>) => bus.subscribePartitions({
      group: 'score', open: async () => ({ from: undefined, handler, close: async () => undefined }), onError: (error) => told.push(`${name}: ${String(error)}`),
    });
    const first = member('first', async () => undefined);
    member('second', () => Promise.reject(new Error('broken')));
    await first.stop();
    bus.publish('assets', testTrade(1));
    await bus.idle();
    expect(told).toEqual(['second: Error: broken']);
  });

  it('takes nothing more when closed, and counts it', async () => {
    const bus = make();
    await bus.close();
    bus.publish('assets', testTrade(1));
    expect(bus.stats().assets.lost).toBe(1);
    await expect(bus.publishDurable('assets', [testTrade(1)])).rejects.toMatchObject({ code: 'aborted' });
    expect(() => bus.subscribe('assets', { group: 'a', handler: () => undefined })).toThrow('closed');
  });

  it('tells the owner of a full queue which book went wrong, and shows the counts', async () => {
    const wrong: [BookMessage, string][] = [];
    const bus = make({ queueLimit: 3, onConflated: (message, group) => wrong.push([message, group]) });
    const seen: AssetMessage[] = [];
    bus.subscribe('assets', { group: 'score', handler: (batch) => void seen.push(...batch) });
    bus.publish('assets', testBook(1));
    bus.publish('assets', testTrade(2));
    bus.publish('assets', testTrade(3));
    expect(bus.stats().assets.queued).toBe(3);
    bus.publish('assets', testTrade(4)); // book 1 makes room
    bus.publish('assets', testTrade(5)); // nothing can
    bus.publish('assets', testBook(6)); // of a book that is wrong already
    bus.publish('assets', testBook(7, 'OM', { snapshot: true }));
    bus.publish('assets', testBook(8)); // the snapshot makes room, and the book is wrong again
    await bus.idle();
    expect(wrong.map(([message, group]) => [message.seq, group])).toEqual([[1, 'score'], [7, 'score']]);
    expect(seen.map(labelOf)).toEqual(['OM trade 2', 'OM trade 3', 'OM trade 4', 'OM trade 5']);
    expect(bus.stats().assets).toEqual({ published: 8, handled: 4, conflated: 4, exceeded: 2, lost: 0, queued: 0 });
  });
});
