import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRng, epochMs, warningId } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import type { SimulatedClock } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import type { OutboxEntry } from '@breakwater/platform/store';
import { defaultAlertingConfig } from '../config.ts';
import { createDelivery } from '../deliver/delivery.ts';
import type { Notifier } from '../notifiers/notifier.ts';
import { awkwardWarnings } from './awkward-warnings.ts';
import { sampleTime } from './sample.ts';
import { sampleHeartbeat } from './sample-heartbeat.ts';
import { sampleEntry, sampleWarning } from './sample-warning.ts';

/** What a notifier under test stands on. */
export interface NotifierWorld {
  /** Stands at `sampleTime` and moves only when nothing is in flight. */
  readonly clock: SimulatedClock;
  readonly activity: Activity;
}

/** A notifier and its recipient. */
export interface NotifierPlace {
  readonly notifier: Notifier;
  /** What the recipient took, in order of arrival, one text a thing. Refused tries are not in it. */
  received(): readonly string[] | Promise<readonly string[]>;
  /** The delivery id that a received text carries, where the recipient can tell. */
  readonly idOf?: (text: string) => string;
  /** The recipient refuses the next `tries`, for a reason that may pass. Needed for the trait `refuses`. */
  failNext?(tries: number): void;
  /** The recipient leaves the next try without an answer. Needed for the trait `hangs`. */
  hangNext?(): void;
  /** Texts that no error message may hold. */
  readonly secrets?: readonly string[];
  dispose(): void | Promise<void>;
}

/** What a recipient can do: refuse a try, leave one without an answer, take signs of life. Decides which of the tests apply. */
export type NotifierTrait = 'refuses' | 'hangs' | 'beats';

const outcomeOf = (promise: Promise<void>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

/** Tests that every notifier passes. `make` gives a new notifier with a new recipient. */
export function describeNotifier(name: string, traits: readonly NotifierTrait[], make: (world: NotifierWorld) => NotifierPlace | Promise<NotifierPlace>): void {
  const can = (trait: NotifierTrait): boolean => traits.includes(trait);
  describe(`notifier: ${name}`, () => {
    let world: NotifierWorld;
    let place: NotifierPlace;
    const { signal } = new AbortController();
    beforeEach(async () => {
      const activity = createActivity();
      world = { activity, clock: createSimulatedClock({ start: epochMs(sampleTime), activity }) };
      place = await make(world);
    });
    afterEach(async () => {
      await place.dispose();
    });
    /** Delivers as the outbox does: when the recipient's limits allow it. */
    const deliver = async (entry: OutboxEntry, within: AbortSignal = signal): Promise<void> => {
      const at = place.notifier.notBefore?.(world.clock.now());
      if (at !== undefined && at > world.clock.now()) await world.clock.advanceTo(at);
      await place.notifier.deliver(entry, within);
    };
    const expectWorldError = (error: unknown): void => {
      expect(error).toBeInstanceOf(BreakwaterError);
      for (const secret of place.secrets ?? []) expect((error as BreakwaterError).message).not.toContain(secret);
    };

    it('has a name fit for the outbox, and the traits it is tested for', () => {
      expect(place.notifier.name).toMatch(/^[a-z0-9:_-]{1,64}$/);
      expect([place.failNext !== undefined, place.hangNext !== undefined, place.notifier.heartbeat !== undefined]).toEqual([can('refuses'), can('hangs'), can('beats')]);
    });

    it('delivers every kind, state and severity, and figures that are not known, as one thing each', async () => {
      let before = (await place.received()).length;
      for (const [what, warning] of awkwardWarnings()) {
        await deliver({ ...sampleEntry(), warning });
        const received = await place.received();
        expect([what, received.length]).toEqual([what, before + 1]);
        // Labels come from outside; line ends and colours of our own are all that may steer a screen.
        expect([what, (received.at(-1) ?? '').replace(/\n|\u001b\[[0-9;]*m/g, '')]).toEqual([what, expect.not.stringMatching(/[\u0000-\u001f\u007f]/)]);
        before = received.length;
      }
    });

    it('gives the same thing again for the same entry', async () => {
      await deliver(sampleEntry());
      await deliver(sampleEntry({}, 3));
      const [first, second] = await place.received();
      expect(second).toBe(first);
    });

    if (can('refuses')) {
      it('says that a recipient failed, without its secrets, and delivers on a later try', async () => {
        place.failNext?.(1);
        const error = await outcomeOf(deliver(sampleEntry()));
        expectWorldError(error);
        expect((error as BreakwaterError).retryable).toBe(true);
        expect(await place.received()).toEqual([]);
        await world.clock.advanceTo(epochMs(world.clock.now() + 60_000));
        await deliver(sampleEntry({}, 1));
        expect((await place.received()).length).toBe(1);
      });
    }

    it('ends when it was told to stop before it began', async () => {
      const stopped = new AbortController();
      stopped.abort();
      const error = await outcomeOf(deliver(sampleEntry(), stopped.signal));
      if (error !== undefined) expectWorldError(error);
      expect((await place.received()).length).toBe(error === undefined ? 1 : 0);
    });

    if (can('hangs')) {
      it('stops waiting for an answer when it is told to', async () => {
        place.hangNext?.();
        const stopped = new AbortController();
        const pending = outcomeOf(deliver(sampleEntry(), stopped.signal));
        setImmediate(() => stopped.abort());
        expectWorldError(await pending);
        expect(world.activity.pending()).toEqual([]);
      });
    }

    it('names a time for its limits that comes', () => {
      const at = place.notifier.notBefore?.(world.clock.now());
      if (at !== undefined) expect(at - world.clock.now()).toBeLessThan(3_600_000);
    });

    if (can('beats')) {
      it('takes signs of life, and says when one was refused', async () => {
        await place.notifier.heartbeat?.(sampleHeartbeat(1), signal);
        expect((await place.received()).length).toBe(1);
        if (!can('refuses')) return;
        place.failNext?.(1);
        expectWorldError(await outcomeOf(place.notifier.heartbeat?.(sampleHeartbeat(2), signal) ?? Promise.resolve()));
        expect((await place.received()).length).toBe(1);
      });
    }

    it('brings everything in order through the outbox, past refusals', async () => {
      const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
      const stop = new AbortController();
      const delivery = createDelivery({ ...world, journal, notifiers: [place.notifier], rng: createRng(7), log: silentLog, metrics: createMetrics(), config: defaultAlertingConfig.delivery, signal: stop.signal });
      const done = delivery.run();
      place.failNext?.(4);
      const ids = [1, 2, 3].map((i) => warningId(`BW-OM-20250413-0000000${String(i)}`));
      const warnings = [1, 2, 3].flatMap((revision) => ids.map((id) => sampleWarning({ id, revision })));
      await journal.commitWarnings({ warnings, recipients: [place.notifier.name], checkpoints: {}, at: world.clock.now() });
      delivery.wake();
      await world.clock.advanceTo(epochMs(world.clock.now() + 3_600_000));
      expect(await journal.nextDue(place.notifier.name)).toBeUndefined();
      stop.abort();
      await done;
      const received = await place.received();
      expect(received.length).toBe(9);
      const { idOf } = place;
      if (idOf === undefined) return;
      const committed = warnings.map(({ id, revision }) => `${id}#${String(revision)}`);
      const arrived = received.map(idOf);
      if (place.notifier.order === 'all') expect(arrived).toEqual(committed);
      else for (const id of ids) expect(arrived.filter((each) => each.startsWith(id))).toEqual(committed.filter((each) => each.startsWith(id)));
    });
  });
}
