import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import type { Journal } from '@breakwater/platform/store';
import type { Alerting } from './alerting.ts';
import { createAlerting } from './alerting.ts';
import { alertingConfig } from './config.ts';
import { createDelivery } from './deliver/delivery.ts';
import { warningIdOf } from './lifecycle.ts';
import type { Notifier } from './notifiers/notifier.ts';
import { deliveryId } from './notifiers/notifier.ts';
import type { SampleTerms } from './testing/sample.ts';
import { sampleDeposit, sampleScore, sampleTime } from './testing/sample.ts';

const config = alertingConfig.parse({ rules: { cascadeIgnition: { clearForSeconds: 120 } } });

/** Two assets that fire, change trigger, are retracted, resolve and fire again. */
function story(): readonly ScoreMessage[] {
  const terms: readonly SampleTerms[] = [
    {}, { deposits: 12 }, { deposits: 12 }, { deposits: 13, reverted: [sampleDeposit(12).tx], trigger: sampleDeposit(13, '0xnew') }, { deposits: 1 },
    {}, {}, {}, {}, { depth: 1, deposits: 11 }, { issuerShare: 0.03, deposits: 0, reverted: [sampleDeposit(11).tx] }, {}, { deposits: 12, threshold: 3 },
  ];
  return terms.flatMap((t, i) => ['OM', 'TIA'].map((asset) => sampleScore({ ...t, asset, at: i * 60 + (asset === 'TIA' ? 7 : 0) })));
}
const compared = (w: WarningMessage): string => JSON.stringify({ ...w, receivedAt: 0 });

interface World {
  readonly disk: ReturnType<typeof createSimulatedDisk>;
  /** Ids with revision of everything a recipient took, in order, repeats included. */
  readonly taken: string[];
  readonly published: WarningMessage[];
}
interface Process {
  readonly acknowledge: Alerting['acknowledge'];
  readonly send: (score: ScoreMessage) => Promise<void>;
  readonly settle: () => Promise<void>;
  readonly kill: () => void;
}

/** Starts the stage on a disk as a start of the daemon does. `killAfter` calls to the journal the process is dead: nothing is answered any more. */
async function start(world: World, killAfter: number, rng = createRng(1)): Promise<Process> {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const bus = createMemoryBus({ activity, queueLimit: 1_000 });
  const stop = new AbortController();
  const store = world.disk.open();
  let calls = 0;
  let dead = false;
  const isDead = (): boolean => dead;
  const kill = (): void => {
    dead = true;
    world.disk.crash();
    stop.abort();
  };
  const journal = new Proxy(store.journal, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => {
        if (dead) return new Promise(() => undefined);
        const answer: unknown = method.apply(target, args);
        // The process dies with this call on its way: the disk decides whether it arrived.
        if (++calls === killAfter) kill();
        return isDead() ? new Promise((_, reject) => { Promise.resolve(answer).catch(reject); }) : answer;
      };
    },
  }) satisfies Journal;
  const metrics = createMetrics();
  const notifier: Notifier = { name: 'committee', deliver: async (entry) => { if (!dead) world.taken.push(deliveryId(entry)); } };
  const delivery = createDelivery({ journal, notifiers: [notifier], clock, rng, activity, log: silentLog, metrics, config: config.delivery, signal: stop.signal });
  const alerting = createAlerting({ bus, journal, clock, activity, log: silentLog, metrics, config, recipients: ['committee'], signal: stop.signal, onCommitted: delivery.wake, onError: () => undefined });
  bus.subscribe('warnings', { group: 'console', handler: (batch) => { if (!dead) world.published.push(...batch); } });
  const died = new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(new Error('killed'))));
  died.catch(() => undefined);
  const alive = <T>(work: Promise<T>): Promise<T> => Promise.race([work, died]);
  alive(delivery.run()).catch(() => undefined);
  await alive(alerting.restore());
  return { kill, acknowledge: (id, by, note) => alive(alerting.acknowledge(id, by, note)), send: (score) => alive(bus.publishDurable('scores', [score])), settle: () => alive(clock.advanceTo(epochMs(clock.now() + 5_000))) };
}

async function stored(world: World): Promise<readonly WarningMessage[]> {
  const store = world.disk.open();
  const rows = await store.journal.warnings(0, 1_000);
  await store.close();
  return rows.map((r) => r.warning);
}
const newWorld = (seed: number): World => ({ disk: createSimulatedDisk({ rng: createRng(seed) }), taken: [], published: [] });

async function uninterrupted(): Promise<{ readonly world: World; readonly warnings: readonly WarningMessage[] }> {
  const world = newWorld(0);
  const process = await start(world, -1);
  for (const score of story()) await process.send(score);
  await process.settle();
  process.kill();
  return { world, warnings: await stored(world) };
}

describe('createAlerting', () => {
  it('commits, publishes and delivers every revision once when nothing fails', async () => {
    const { world, warnings } = await uninterrupted();
    expect(warnings.filter((w) => w.asset === 'OM').map((w) => `${w.warning} #${w.revision} ${w.state}`)).toEqual([
      'cascade.ignition #1 firing', 'cascade.ignition #2 firing', 'cascade.ignition #3 resolved', 'depth.drop #1 firing', 'cascade.ignition #1 firing',
      'deposits.issuer #1 firing', 'cascade.ignition #2 retracted', 'cascade.ignition #1 firing',
    ]);
    expect(world.published.map(compared)).toEqual(warnings.map(compared));
    expect(world.taken).toEqual(warnings.map((warning) => deliveryId({ warning })));
  });

  it('loses and doubles nothing when the process dies at any call to the store', async () => {
    const expected = (await uninterrupted()).warnings.map(compared);
    const ids = (await uninterrupted()).warnings.map((warning) => deliveryId({ warning }));
    let survived = false;
    // Every call of the whole story in turn, until there is none left to die at.
    for (let killAfter = 1; !survived; killAfter++) {
      let deaths = 0;
      const world = newWorld(killAfter);
      const scores = story();
      let next = 0;
      for (let life = 0; next < scores.length; life++) {
        try {
          const process = await start(world, life === 0 ? killAfter : -1);
          // Scoring repeats from its own checkpoint, which may be well before the score in hand.
          for (next = Math.max(0, next - 6); next < scores.length; next++) await process.send(scores[next] ?? sampleScore());
          await process.settle();
          process.kill();
        } catch (error) {
          expect((error as Error).message).toBe('killed');
          deaths++;
          if (next === scores.length) next--;
        }
      }
      expect((await stored(world)).map(compared)).toEqual(expected);
      expect([...new Set(world.taken)].sort()).toEqual([...ids].sort());
      // Each warning's revisions first arrive in order, and the last one taken is the last there is.
      for (const id of new Set(ids.map((i) => i.split('#')[0]))) {
        const firsts = [...new Set(world.taken.filter((t) => t.startsWith(`${id ?? ''}#`)))];
        expect(firsts).toEqual([...firsts].sort());
      }
      expect([...new Set(world.published.map(compared))].sort()).toEqual([...expected].sort());
      expect(world.taken.length).toBeLessThanOrEqual(ids.length + 1);
      expect(deaths).toBeLessThanOrEqual(1);
      survived = deaths === 0;
      if (survived) expect(killAfter).toBeGreaterThan(80);
    }
  });

  it('holds the publisher back while the store fails, and neither loses nor doubles when acknowledgements are lost', async () => {
    const expected = (await uninterrupted()).warnings.map(compared);
    for (let seed = 1; seed <= 20; seed++) {
      const world = newWorld(seed);
      world.disk.setFaults({ failBefore: 0.1, loseAck: 0.1 });
      const process = await start(world, -1, createRng(seed));
      for (const score of story()) await process.send(score);
      await process.settle();
      world.disk.setFaults({ failBefore: 0, loseAck: 0 });
      process.kill();
      expect((await stored(world)).map(compared)).toEqual(expected);
      expect(world.published.map(compared)).toEqual(expected);
      expect(world.disk.stats().failedBefore + world.disk.stats().lostAcks).toBeGreaterThan(0);
      expect(new Set(world.taken).size).toBe(expected.length);
    }
  });
});

describe('acknowledging', () => {
  const fired = sampleScore({ deposits: 12 });
  const id = warningIdOf(fired.asset, 'cascade-ignition', fired.eventTime);

  it('commits, publishes and delivers a revision of its own, once, and says what cannot be acknowledged', async () => {
    const world = newWorld(1);
    const process = await start(world, -1);
    await process.send(fired);
    expect(await process.acknowledge(id, 'ada', 'on it')).toMatchObject({ ok: true, value: { id, revision: 2, state: 'acknowledged', acknowledgedBy: 'ada', acknowledgedNote: 'on it' } });
    expect(await process.acknowledge(id, 'bob')).toMatchObject({ ok: true, value: { revision: 2, acknowledgedBy: 'ada' } });
    expect(await process.acknowledge(warningIdOf(fired.asset, 'depth-drop', fired.eventTime), 'ada')).toEqual({ ok: false, error: 'unknown-warning' });
    for (let minute = 1; minute <= 5; minute++) await process.send(sampleScore({ at: minute * 60 }));
    expect(await process.acknowledge(id, 'ada')).toEqual({ ok: false, error: 'not-open' });
    await process.settle();
    process.kill();
    const warnings = await stored(world);
    expect(warnings.map((w) => `#${w.revision} ${w.state}`)).toEqual(['#1 firing', '#2 acknowledged', '#3 resolved']);
    expect(world.published.map(compared)).toEqual(warnings.map(compared));
    expect(world.taken).toEqual(warnings.map((warning) => deliveryId({ warning })));
  });

  it('goes between two scores, however many come and whoever else acknowledges', async () => {
    const world = newWorld(1);
    const process = await start(world, -1);
    await process.send(fired);
    const scores = Array.from({ length: 20 }, (_, i) => process.send(sampleScore({ at: i + 1, deposits: 12 })));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => process.acknowledge(id, `caller ${i}`)));
    await Promise.all(scores);
    // One of them said it; the others are told who.
    expect(new Set(answers.map((a) => (a.ok ? `${a.value.revision} ${a.value.acknowledgedBy ?? ''}` : a.error)))).toEqual(new Set(['2 caller 0']));
    process.kill();
    expect((await stored(world)).map((w) => `#${w.revision} ${w.state}`)).toEqual(['#1 firing', '#2 acknowledged']);
  });

  it('survives the end of the process wherever it comes, once answered, and is done once when it is asked again', async () => {
    let answeredAtAll = 0;
    for (let killAfter = 1; killAfter <= 40; killAfter++) {
      const world = newWorld(killAfter);
      let answered = false;
      try {
        const process = await start(world, killAfter);
        await process.send(fired);
        answered = (await process.acknowledge(id, 'ada')).ok;
        await process.settle();
        process.kill();
      } catch (error) {
        expect((error as Error).message).toBe('killed');
      }
      if (answered) {
        answeredAtAll++;
        expect((await stored(world)).at(-1)?.state).toBe('acknowledged');
      }
      const process = await start(world, -1);
      await process.send(fired);
      expect(await process.acknowledge(id, 'ada')).toMatchObject({ ok: true, value: { revision: 2 } });
      await process.settle();
      process.kill();
      expect((await stored(world)).map((w) => `#${w.revision} ${w.state}`)).toEqual(['#1 firing', '#2 acknowledged']);
    }
    expect(answeredAtAll).toBeGreaterThan(10);
  });

  it('is stored once when the store fails and loses acknowledgements of its own', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const world = newWorld(seed);
      const process = await start(world, -1, createRng(seed));
      await process.send(fired);
      world.disk.setFaults({ failBefore: 0.3, loseAck: 0.3 });
      expect(await process.acknowledge(id, 'ada')).toMatchObject({ ok: true, value: { revision: 2 } });
      world.disk.setFaults({ failBefore: 0, loseAck: 0 });
      process.kill();
      expect((await stored(world)).map((w) => w.revision)).toEqual([1, 2]);
    }
  });
});
