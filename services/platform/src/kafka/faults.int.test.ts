import { afterAll, describe, expect, it } from '@jest/globals';
import type { AssetMessage } from '@breakwater/contracts';
import { createActivity } from '../activity.ts';
import type { KafkaBus } from '../bus/kafka.ts';
import { createSystemClock } from '../clock/system.ts';
import type { LeaseClaim } from '../lease/index.ts';
import type { KafkaLeases } from '../lease/kafka.ts';
import { silentLog } from '../log.ts';
import { labelOf, testBook, testTrade, testWarning, testWatermark } from '../suites/index.ts';
import { kafkaForTests } from '../../../../infra/dev/src/kafka.ts';
import { createKafkaClient } from './client.ts';
import { busesOn, leasesOn } from './testing/cases.ts';
import { createWay } from './testing/cut.ts';

const broker = await kafkaForTests('4.1.1');
afterAll(() => broker?.stop());
const clock = createSystemClock();
const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
/** Waits until something is so; the test's own limit ends a wait in vain. */
const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await pause(20);
};
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

if (broker === undefined) describe('faults of Kafka', () => it.skip('needs a broker', () => undefined));
else {
  const make = busesOn(broker);
  const connection = { brokers: broker.brokers, clientId: 'breakwater-test', log: silentLog };
  const use = async (buses: readonly KafkaBus[], test: () => Promise<void>): Promise<void> => {
    try {
      await test();
    } finally {
      await Promise.all(buses.map((bus) => bus.close()));
    }
  };
  const collect = (bus: KafkaBus, group = 'g'): AssetMessage[] => {
    const seen: AssetMessage[] = [];
    bus.subscribe('assets', { group, handler: (batch) => void seen.push(...batch) });
    return seen;
  };

  describe('leases on Kafka', () => {
    it('go to another when their holder is cut off, and what the older one asks for later is refused', async () => {
      const prefix = `cut-${process.pid}-${clock.now()}.`;
      const way = await createWay();
      const open = leasesOn(broker);
      const ask = async (of: KafkaLeases, name: string, holder: string): Promise<LeaseClaim> => (await of.claim(name, holder, 2_000).catch(() => undefined)) ?? ask(of, name, holder);
      const [a, b] = [open({ prefix, timeoutMs: 1_000, connection: { ...connection, open: way.open } }), open({ prefix })];
      const opened = [a, b];
      try {
        // A broker that was just started makes its own topics first.
        await ask(b, 'other', 'b');
        const first = await ask(a, 'alerts', 'a');
        expect(first.held).toBe(true);
        const until = clock.now() + 2_000;
        way.cut();
        await expect(a.claim('alerts', 'a', 2_000)).rejects.toMatchObject({ code: 'bus-failed' });
        let second = await b.claim('alerts', 'b', 20_000);
        for (; !second.held; second = await b.claim('alerts', 'b', 20_000)) await pause(100);
        expect(second.term).toBeGreaterThan(first.term);
        expect(Math.abs(clock.now() - until)).toBeLessThan(1_500);
        way.mend();
        // It needs its way back first.
        expect(await ask(a, 'alerts', 'a')).toMatchObject({ held: false, term: second.term });
        expect(await b.claim('alerts', 'b', 20_000)).toMatchObject({ held: true, term: second.term });
        // One that starts now learns it from the log.
        const fresh = open({ prefix });
        opened.push(fresh);
        expect(await fresh.claim('alerts', 'c', 2_000)).toMatchObject({ held: false, term: second.term });
      } finally {
        await Promise.all(opened.map((leases) => leases.close()));
        await way.close();
      }
    });
  });

  describe('Kafka bus', () => {
    it('sends nothing of a term that ended while its process was cut off, when it is back, and goes on with what is said then', async () => {
      const prefix = `term-${process.pid}-${clock.now()}.`;
      const way = await createWay();
      const [a, b] = [make({ prefix, connection: { ...connection, open: way.open } }), make({ prefix })];
      await use([a, b], async () => {
        const seen = collect(b);
        // Its own message is sent once the reader knows where it begins.
        b.publish('assets', testTrade(0));
        await b.idle();
        let held = true;
        const lasts = (): boolean => held;
        a.publish('assets', testTrade(1), lasts);
        await a.idle();
        way.cut();
        for (const seq of [2, 3]) a.publish('assets', testTrade(seq), lasts);
        await until(() => !a.health().connected);
        held = false;
        b.publish('assets', testTrade(4));
        await b.idle();
        way.mend();
        await a.publishDurable('assets', [testTrade(5)], () => true);
        await b.idle();
        expect(seen.map(({ seq }) => seq)).toEqual([0, 1, 4, 5]);
        expect(a.stats().assets).toMatchObject({ over: 2, lost: 0 });
      });
      await way.close();
    });

    it('gives a group that comes back what it missed, and a new one what is published from then on', async () => {
      const prefix = `back-${process.pid}-${clock.now()}.`;
      const buses: KafkaBus[] = [];
      const open = (start: 'latest' | 'earliest' = 'latest'): KafkaBus => {
        const bus = make({ prefix, start });
        buses.push(bus);
        return bus;
      };
      await use(buses, async () => {
        const first = open();
        const before = collect(first, 'known');
        first.publish('assets', testTrade(1));
        await first.idle();
        await first.close();
        const second = open();
        await second.publishDurable('assets', [testTrade(2)]);
        const known = collect(second, 'known');
        const fresh = collect(second, 'fresh');
        second.publish('assets', testTrade(3));
        await second.idle();
        const third = open('earliest');
        const all = collect(third, 'all');
        await third.idle();
        expect([before, known, fresh, all].map((seen) => seen.map(({ seq }) => seq))).toEqual([[1], [2, 3], [3], [1, 2, 3]]);
      });
    });

    it('gives whoever reads alone what is kept or what is new, and knows nothing of it afterwards', async () => {
      const prefix = `alone-${process.pid}-${clock.now()}.`;
      const bus = make({ prefix, start: 'earliest' });
      const client = createKafkaClient(connection);
      await use([bus], async () => {
        await bus.publishDurable('assets', [testTrade(1)]);
        const read = (alone: 'kept' | 'new'): number[] => {
          const seen: number[] = [];
          bus.subscribe('assets', { group: 'view', alone, handler: (batch) => void seen.push(...batch.map(({ seq }) => seq)) });
          return seen;
        };
        const [kept, fresh, again] = [read('kept'), read('new'), read('kept')];
        bus.publish('assets', testTrade(2));
        await bus.idle();
        expect([kept, fresh, again]).toEqual([[1, 2], [2], [1, 2]]);
        expect((await client.committed(`${prefix}view.assets`, `${prefix}assets`)).size).toBe(0);
      });
      await client.close();
    });

    it('spreads assets by one table that all processes share, whatever each of them knows, and moves none', async () => {
      const prefix = `table-${process.pid}-${clock.now()}.`;
      const lists = [['OM', 'ARB', 'SOL', 'TIA'], ['SOL', 'DOGE', 'APE', 'OM'], ['UNI']];
      const all = [...new Set(lists.flat())];
      const buses = lists.map((assets) => make({ prefix, assets }));
      await use(buses, async () => {
        // All at once: whoever is first in the log decides, and those who came later read it.
        await Promise.all(buses.map((bus, i) => bus.partitionFor('assets', lists[i]?.[0] ?? '')));
        const places = async (bus: KafkaBus): Promise<readonly (readonly [string, number])[]> => Promise.all(all.map(async (asset) => [asset, await bus.partitionFor('assets', asset)] as const));
        const late = make({ prefix, assets: [] });
        buses.push(late);
        const table = new Map(await places(late));
        const load = [0, 1, 2, 3].map((partition) => [...table.values()].filter((place) => place === partition).length);
        expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(1);
        for (const [i, list] of lists.entries()) for (const asset of list) expect([asset, await buses[i]?.partitionFor('assets', asset)]).toEqual([asset, table.get(asset)]);
        await late.addAssets(['AAVE', 'BTC', 'OM']);
        expect(new Map(await places(late))).toEqual(table);
        const [aave, btc] = await Promise.all([late.partitionFor('assets', 'AAVE'), late.partitionFor('assets', 'BTC')]);
        expect(aave).not.toBe(btc);
        const next = make({ prefix, assets: ['BTC'] });
        buses.push(next);
        expect([await next.partitionFor('assets', 'AAVE'), await next.partitionFor('assets', 'BTC')]).toEqual([aave, btc]);
      });
    });

    it('commits the batch at hand when it is stopped', async () => {
      const bus = make();
      await use([bus], async () => {
        const seen: number[] = [];
        let release: (() => void) | undefined;
        const subscription = bus.subscribe('assets', { group: 'g', handler: (batch) => {
          seen.push(...batch.map(({ seq }) => seq));
          return new Promise<void>((resolve) => (release = resolve));
        } });
        bus.publish('assets', testTrade(1));
        await until(() => release !== undefined);
        const stopped = subscription.stop();
        await pause(100);
        release?.();
        await stopped;
        const rest = collect(bus);
        bus.publish('assets', testTrade(2));
        await bus.idle();
        expect([seen, rest.map(({ seq }) => seq)]).toEqual([[1], [2]]);
      });
    });

    it('skips what is not a message, counts it, and goes on', async () => {
      const prefix = `bad-${process.pid}-${clock.now()}.`;
      const bus = make({ prefix });
      const client = createKafkaClient(connection);
      await use([bus], async () => {
        const seen = collect(bus);
        bus.publish('assets', testTrade(1));
        await bus.idle();
        const partition = await bus.partitionFor('assets', 'OM');
        await client.send(['garbage', '{"kind":"trade"}', JSON.stringify(testWatermark(1)), ''].map((value) => ({ topic: `${prefix}assets`, partition, key: 'OM', value })));
        bus.publish('assets', testTrade(2));
        await bus.idle();
        expect(seen.map(labelOf)).toEqual(['OM trade 1', 'OM trade 2']);
        expect(bus.stats().assets).toMatchObject({ handled: 2, rejected: 4 });
      });
      await client.close();
    });

    it('commits what was handled and nothing else: another takes over from there when a process dies in a batch', async () => {
      const prefix = `dead-${process.pid}-${clock.now()}.`;
      const way = await createWay();
      const timing = { sessionTimeoutMs: 6_000 };
      const [dying, heir] = [make({ prefix, timing, connection: { ...connection, open: way.open } }), make({ prefix, timing })];
      await use([heir], async () => {
        const taken: number[] = [];
        let release = (): void => undefined;
        dying.subscribe('assets', { group: 'g', handler: (batch) => {
          taken.push(...batch.map(({ seq }) => seq));
          return taken.includes(2) ? new Promise<void>((resolve) => (release = resolve)) : undefined;
        } });
        dying.publish('assets', testTrade(1));
        await dying.idle();
        dying.publish('assets', testTrade(2));
        await until(() => taken.includes(2));
        way.cut();
        const inherited = collect(heir);
        await until(() => inherited.length > 0);
        heir.publish('assets', testTrade(3));
        await until(() => inherited.length > 1);
        expect(taken).toEqual([1, 2]);
        expect(inherited.map(({ seq }) => seq)).toEqual([2, 3]);
        // What it does once it lives again counts no more: the group has gone on.
        way.mend();
        release();
        await dying.close();
        const next = make({ prefix });
        const rest = collect(next);
        next.publish('assets', testTrade(4));
        await until(() => rest.length + inherited.length > 2);
        await next.close();
        expect([...inherited, ...rest].map(({ seq }) => seq)).toEqual([2, 3, 4]);
      });
      await way.close();
    });

    it('loses nothing and doubles nothing when the work is dealt anew', async () => {
      const prefix = `deal-${process.pid}-${clock.now()}.`;
      const [one, other] = [make({ prefix }), make({ prefix })];
      const assets = ['OM', 'ARB', 'SOL', 'DOGE', 'APE', 'UNI', 'LDO', 'CRV'];
      await use([one, other], async () => {
        const seen = collect(one);
        const parts: AssetMessage[] = [];
        let sent = 0;
        const publish = (): void => one.publish('assets', testTrade(sent, assets[sent++ % 8]));
        // Until the one who joined on the way has its part: a slow machine takes longer to deal anew.
        for (const began = clock.now(); sent < 400 || (parts.length === 0 && clock.now() - began < 90_000);) {
          publish();
          if (sent === 100) other.subscribe('assets', { group: 'g', handler: (batch) => void parts.push(...batch) });
          if (sent % 10 === 0) await pause(20);
        }
        await until(() => seen.length + parts.length >= sent);
        await other.close();
        for (let i = 0; i < 40; i++) publish();
        await until(() => seen.length + parts.length >= sent);
        expect(parts.length).toBeGreaterThan(0);
        expect([...seen, ...parts].map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(numbers(sent));
        for (const asset of assets) {
          for (const got of [seen, parts]) {
            const order = got.filter((message) => message.asset === asset).map(({ seq }) => seq);
            expect(order).toEqual([...order].sort((a, b) => a - b));
          }
        }
      });
    });

    it('replaces a consumer that is in its group and reads nothing', async () => {
      const way = await createWay();
      const restarts: string[] = [];
      const bus = make({ timing: { stallMs: 1_500, checkEveryMs: 300 }, connection: { ...connection, open: way.open }, onRestart: (topic, group, reason) => {
        restarts.push(`${topic} ${group} ${reason}`);
        way.swallow(undefined);
      } });
      await use([bus], async () => {
        const seen = collect(bus);
        bus.publish('assets', testTrade(1));
        await bus.idle();
        // Fetch has key 1; heartbeats and everything else go through.
        way.swallow(1);
        await until(() => way.swallowed() > 0);
        bus.publish('assets', testTrade(2));
        await bus.idle();
        expect(restarts).toEqual(['assets g stalled']);
        expect(seen.map(({ seq }) => seq)).toEqual([1, 2]);
      });
      await way.close();
    });

    it('is busy in the eyes of a simulated clock until everything was handled', async () => {
      const activity = createActivity();
      const bus = make({ activity });
      await use([bus], async () => {
        const seen = collect(bus);
        bus.publish('assets', testTrade(1));
        expect(activity.pending()).toEqual(['bus kafka']);
        await activity.idle();
        expect(seen.map(({ seq }) => seq)).toEqual([1]);
      });
    });

    (broker.own ? it : it.skip)('gets everything across when the broker is killed in between, and says that it was away', async () => {
      const bus = make();
      await use([bus], async () => {
        const seen = collect(bus);
        for (const seq of numbers(100)) bus.publish('assets', testTrade(seq));
        await bus.idle();
        expect(bus.health()).toMatchObject({ connected: true, error: null, waiting: 0 });
        const publishing = (async () => {
          for (const seq of numbers(200)) {
            bus.publish('assets', testTrade(100 + seq));
            await pause(10);
          }
        })();
        await pause(300);
        await broker.kill();
        const durable = bus.publishDurable('warnings', [testWarning(1)]);
        await until(() => !bus.health().connected);
        expect(bus.health().error).toMatch(/failed/);
        await broker.restart();
        await Promise.all([publishing, durable]);
        await until(() => seen.length >= 300);
        await bus.idle();
        expect(bus.health()).toMatchObject({ connected: true, error: null });
        expect([...new Set(seen.map(({ seq }) => seq))]).toEqual(numbers(300));
        expect(bus.stats().assets).toMatchObject({ published: 300, lost: 0, refused: 0 });
      });
    });

    (broker.own ? it : it.skip)('leaves out book updates alone while the broker does not answer', async () => {
      const wrong: number[] = [];
      const bus = make({ bufferLimit: 200, onConflated: (message) => wrong.push(message.seq) });
      await use([bus], async () => {
        const seen = collect(bus);
        bus.publish('assets', testTrade(0));
        await bus.idle();
        broker.pause();
        for (let seq = 1; seq <= 5_000; seq++) {
          bus.publish('assets', seq % 50 === 0 ? testTrade(seq) : testBook(seq));
          if (seq % 100 === 0) await pause(1);
        }
        broker.resume();
        await bus.idle();
        const { conflated, exceeded } = bus.stats().assets;
        expect(conflated).toBeGreaterThan(4_000);
        expect(exceeded).toBe(0);
        expect(wrong.length).toBeGreaterThan(0);
        expect(seen.filter(({ kind }) => kind === 'trade').map(({ seq }) => seq)).toEqual(numbers(101).map((i) => i * 50));
        expect(seen.length).toBe(5_001 - conflated);
      });
    });
  });
}
