import { describe, expect, it } from '@jest/globals';
import type { BookMessage, GlobalMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { testBook } from '@breakwater/platform/suites';
import type { Adapters } from './adapters.ts';
import { healConflated } from './heal-conflated.ts';

const start = epochMs(1_790_000_000_000);
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

function setUp(bus: Pick<Adapters['bus'], 'publish' | 'publishDurable'>, until: () => (() => boolean) | undefined = () => undefined) {
  let heal: (message: BookMessage) => void = () => undefined;
  const republished: string[] = [];
  healConflated({ bus, clock: createSimulatedClock({ start, activity: createActivity() }), onConflated: (fn) => void (heal = fn) }, { until, republish: (instrument) => republished.push(instrument) > 0 });
  return { heal: (message: BookMessage) => heal(message), republished };
}

describe('healing of books that were left out', () => {
  it('publishes a book anew once what was queued is sent, though more is always queued', async () => {
    const told: GlobalMessage[] = [];
    let taken: () => void = () => undefined;
    const { heal, republished } = setUp({
      publish: (_, message) => void told.push(message as GlobalMessage),
      publishDurable: (_, messages) => {
        told.push(...messages as readonly GlobalMessage[]);
        return new Promise((resolve) => (taken = resolve));
      },
    });
    heal(testBook(7));
    await turns();
    expect([told.map((message) => ('status' in message ? message.status : '')), republished]).toEqual([['resyncing'], []]);
    taken();
    await turns();
    expect([told.map((message) => ('status' in message ? message.status : '')), republished]).toEqual([['resyncing', 'ok'], [testBook(7).instrument]]);
  });

  it('says nothing more of a turn that is over', async () => {
    let held = true;
    const told: GlobalMessage[] = [];
    const seen: unknown[] = [];
    const { heal, republished } = setUp({
      publish: (_, message) => void told.push(message as GlobalMessage),
      publishDurable: async (_, __, until) => {
        seen.push(until?.());
        held = false;
      },
    }, () => () => held);
    heal(testBook(7));
    await turns();
    expect([told, republished, seen]).toEqual([[], [], [true]]);
  });

  it('waits in one process for whoever is slow, and goes on when one of them has failed', async () => {
    const bus = createMemoryBus({ activity: createActivity(), queueLimit: 10 });
    let release: () => void = () => undefined;
    bus.subscribe('global', { group: 'slow', handler: () => new Promise<void>((resolve) => (release = resolve)) });
    bus.subscribe('global', { group: 'failing', handler: () => Promise.reject(new Error('broken')), onError: () => undefined });
    const { heal, republished } = setUp(bus);
    heal(testBook(7));
    await turns();
    expect(republished).toEqual([]);
    release();
    await turns();
    expect(republished).toEqual([testBook(7).instrument]);
    release();
    await bus.close();
  });
});
