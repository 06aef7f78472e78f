import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AssetMessage } from '@breakwater/contracts';
import fc from 'fast-check';
import type { Bus, OpenedPartition, PartitionMessage } from '../bus/index.ts';
import { labelOf, testTrade, testWarning, testWatermark } from './messages.ts';

/** Tests that every bus passes. `make` gives a new, empty bus; the suite closes it. `runs` is how often the property is tried, default 30: fewer for a bus that is slow to make. */
export function describeBus(name: string, make: () => Bus | Promise<Bus>, runs = 30): void {
  describe(`bus: ${name}`, () => {
    let bus: Bus;
    beforeEach(async () => {
      bus = await make();
    });
    afterEach(() => bus.close());
    const collect = (group: string): AssetMessage[] => {
      const seen: AssetMessage[] = [];
      bus.subscribe('assets', { group, handler: (batch) => void seen.push(...batch) });
      return seen;
    };

    it('gives every group every message, in order, as it was published', async () => {
      const [a, b] = [collect('a'), collect('b')];
      const sent = Array.from({ length: 50 }, (_, i) => testTrade(i));
      sent.forEach((message) => bus.publish('assets', message));
      await bus.idle();
      expect(a).toEqual(sent);
      expect(b).toEqual(sent);
    });

    it('keeps topics apart', async () => {
      const assets = collect('a');
      const global: number[] = [];
      bus.subscribe('global', { group: 'a', handler: (batch) => void global.push(...batch.map((message) => message.seq)) });
      bus.publish('global', testWatermark(7));
      bus.publish('assets', testTrade(1));
      await bus.idle();
      expect(assets.map(labelOf)).toEqual(['OM trade 1']);
      expect(global).toEqual([7]);
    });

    it('shares the keys among the subscribers of a group, each message to one of them', async () => {
      const parts = [collect('shared'), collect('shared')];
      const assets = ['OM', 'ARB', 'SOL', 'DOGE', 'APE', 'UNI', 'LDO', 'CRV'];
      for (let i = 0; i < 80; i++) bus.publish('assets', testTrade(i, assets[i % assets.length]));
      await bus.idle();
      expect(parts.flat().map((message) => message.seq).sort((x, y) => x - y)).toEqual(Array.from({ length: 80 }, (_, i) => i));
      const [first, second] = parts.map((part) => new Set(part.map((message) => message.asset)));
      expect([...(first ?? [])].filter((asset) => second?.has(asset) === true)).toEqual([]);
    });

    it('gives everything to each of those who read alone, whatever their group is called', async () => {
      const seen = (['new', 'kept', undefined] as const).map((alone) => {
        const own: number[] = [];
        bus.subscribe('assets', { group: 'view', alone, handler: (batch) => void own.push(...batch.map(({ seq }) => seq)) });
        return own;
      });
      for (let i = 0; i < 20; i++) bus.publish('assets', testTrade(i));
      await bus.idle();
      for (const own of seen) expect(own).toEqual(Array.from({ length: 20 }, (_, i) => i));
    });

    it('holds the next batch back until the handler has finished', async () => {
      let running = 0;
      let most = 0;
      const seen: number[] = [];
      bus.subscribe('assets', {
        group: 'slow',
        handler: async (batch) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          seen.push(...batch.map((message) => message.seq));
          running--;
        },
      });
      for (let i = 0; i < 5; i++) {
        bus.publish('assets', testTrade(i));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await bus.idle();
      expect(most).toBe(1);
      expect(seen).toEqual([0, 1, 2, 3, 4]);
    });

    it('carries messages published inside a handler, in order', async () => {
      const seen = collect('last');
      bus.subscribe('global', { group: 'a', handler: (batch) => batch.forEach((message) => bus.publish('assets', testTrade(message.seq))) });
      for (let i = 0; i < 10; i++) bus.publish('global', testWatermark(i));
      await bus.idle();
      expect(seen.map((message) => message.seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it('has handed over what was published durably once it is idle', async () => {
      const seen: number[] = [];
      bus.subscribe('warnings', { group: 'a', handler: (batch) => void seen.push(...batch.map((message) => message.revision)) });
      await bus.publishDurable('warnings', [testWarning(1, 1), testWarning(1, 2)]);
      await bus.publishDurable('warnings', []);
      await bus.idle();
      expect(seen).toEqual([1, 2]);
    });

    it('stops the subscription whose handler fails, tells its owner, and goes on with the others', async () => {
      const healthy = collect('healthy');
      const errors: unknown[] = [];
      const calls: number[] = [];
      bus.subscribe('assets', {
        group: 'failing',
        handler: async (batch) => {
          calls.push(...batch.map((message) => message.seq));
          throw new Error('broken stage');
        },
        onError: (error) => errors.push(error),
      });
      bus.publish('assets', testTrade(1));
      await bus.idle();
      bus.publish('assets', testTrade(2));
      await bus.idle();
      expect(calls).toEqual([1]);
      expect(errors).toEqual([new Error('broken stage')]);
      expect(healthy.map((message) => message.seq)).toEqual([1, 2]);
    });

    it('calls a stopped subscriber no more', async () => {
      const seen: number[] = [];
      const subscription = bus.subscribe('assets', { group: 'a', handler: (batch) => void seen.push(...batch.map((message) => message.seq)) });
      bus.publish('assets', testTrade(1));
      await bus.idle();
      await subscription.stop();
      bus.publish('assets', testTrade(2));
      await bus.idle();
      expect(seen).toEqual([1]);
    });

    it('counts', async () => {
      collect('a');
      for (let i = 0; i < 3; i++) bus.publish('assets', testTrade(i));
      await bus.idle();
      expect(bus.stats().assets).toMatchObject({ published: 3, handled: 3, conflated: 0 });
      expect(bus.stats().scores).toMatchObject({ published: 0, handled: 0, conflated: 0 });
    });

    /** A reader of partitions that remembers what it was given, by partition, and when it was opened and closed. */
    const holder = (name: string, log: string[], seen = new Map<number, PartitionMessage[]>(), handle: () => Promise<void> | undefined = () => undefined) => {
      const opened: OpenedPartition[] = [];
      const subscription = bus.subscribePartitions({
        group: 'holders',
        open: async (partition) => {
          opened.push(partition);
          log.push(`${name} opens`);
          const own = seen.get(partition.partition) ?? [];
          seen.set(partition.partition, own);
          return {
            // What others handled before counts: nothing is asked for again.
            from: partition.handled ?? partition.kept.until,
            handler: async (batch) => {
              await handle();
              own.push(...batch);
            },
            close: async () => void log.push(`${name} closes`),
          };
        },
      });
      return { subscription, seen, opened };
    };
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const opens = async (of: { readonly opened: readonly OpenedPartition[] }): Promise<void> => {
      while (of.opened.length === 0) await pause();
      await bus.idle();
    };

    it('gives whoever holds partitions everything about their assets and everything global, in one order', async () => {
      const log: string[] = [];
      const { seen, opened, subscription } = holder('a', log);
      await opens({ opened });
      for (let i = 0; i < 60; i += 3) {
        bus.publish('assets', testTrade(i, 'OM'));
        bus.publish('assets', testTrade(i + 1, 'ARB'));
        bus.publish('global', testWatermark(i + 2));
        if (i % 12 === 0) await pause();
      }
      await bus.idle();
      await subscription.stop();
      expect(seen.size).toBe(opened.length);
      for (const { partition, holds } of opened) {
        const messages = seen.get(partition) ?? [];
        const trades = messages.filter((message) => message.kind === 'trade');
        const expected = Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 3 !== 2 && holds(i % 3 === 0 ? 'OM' : 'ARB'));
        for (const asset of ['OM', 'ARB']) expect(trades.filter((message) => message.asset === asset).map(({ seq }) => seq)).toEqual(expected.filter((i) => (i % 3 === 0 ? 'OM' : 'ARB') === asset));
        const marks = messages.flatMap((message, at) => (message.kind === 'watermark' ? [{ seq: message.seq, at }] : []));
        expect(marks.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i * 3 + 2));
        // What was published before a watermark is before it.
        for (const mark of marks) expect(messages.slice(mark.at).filter((message) => message.kind === 'trade' && message.seq < mark.seq)).toEqual([]);
      }
      expect([...seen.values()].flat().filter((message) => message.kind === 'trade')).toHaveLength(40);
      expect(log.filter((line) => line === 'a closes')).toHaveLength(opened.length);
    });

    it('hands partitions over when their holder leaves: closed before they are opened, nothing lost and nothing twice', async () => {
      const log: string[] = [];
      const seen = new Map<number, PartitionMessage[]>();
      const first = holder('first', log, seen, pause);
      await opens(first);
      bus.publish('assets', testTrade(1));
      bus.publish('global', testWatermark(2));
      await bus.idle();
      await first.subscription.stop();
      const leaving = log.length;
      const second = holder('second', log, seen, pause);
      await opens(second);
      bus.publish('assets', testTrade(3));
      await bus.idle();
      await second.subscription.stop();
      expect(log.slice(0, leaving).filter((line) => line.startsWith('first')).at(-1)).toBe('first closes');
      expect(log.slice(leaving).some((line) => line.startsWith('first'))).toBe(false);
      const trades = [...seen.values()].flat().filter((message) => message.kind === 'trade').map(({ seq }) => seq);
      expect(trades).toEqual([1, 3]);
      for (const messages of seen.values()) expect(messages.filter((message) => message.kind === 'watermark')).toHaveLength(1);
    });

    it('ends a reader of partitions that fails, and tells its owner', async () => {
      const errors: unknown[] = [];
      const opened: number[] = [];
      bus.subscribePartitions({
        group: 'failing', onError: (error) => errors.push(error),
        open: async ({ partition, kept }) => {
          opened.push(partition);
          return { from: kept.until, handler: () => Promise.reject(new Error('broken stage')), close: async () => undefined };
        },
      });
      while (opened.length === 0) await pause();
      await bus.idle();
      bus.publish('assets', testTrade(1));
      await bus.idle();
      expect(errors).toEqual([new Error('broken stage')]);
    });

    it('property: each group sees every message once, in order of its key', async () => {
      const step = fc.record({ asset: fc.constantFrom('OM', 'ARB', 'SOL'), pause: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (steps, members) => {
          const own = await make();
          try {
            const seen: AssetMessage[] = [];
            for (let i = 0; i < members; i++) {
              own.subscribe('assets', {
                group: 'g',
                handler: async (batch) => {
                  if (i === 0) await new Promise((resolve) => setImmediate(resolve));
                  seen.push(...batch);
                },
              });
            }
            for (const [seq, { asset, pause }] of steps.entries()) {
              own.publish('assets', testTrade(seq, asset));
              if (pause) await new Promise((resolve) => setImmediate(resolve));
            }
            await own.idle();
            for (const asset of ['OM', 'ARB', 'SOL']) {
              const expected = steps.flatMap((each, seq) => (each.asset === asset ? [seq] : []));
              expect(seen.filter((message) => message.asset === asset).map((message) => message.seq)).toEqual(expected);
            }
          } finally {
            await own.close();
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
