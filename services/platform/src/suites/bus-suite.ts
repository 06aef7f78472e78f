import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AssetMessage } from '@breakwater/contracts';
import fc from 'fast-check';
import type { Bus } from '../bus/index.ts';
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
