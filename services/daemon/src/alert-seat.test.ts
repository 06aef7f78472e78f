import { describe, expect, it } from '@jest/globals';
import { createSigner, type Notifier } from '@breakwater/alerting';
import { createLiveView } from '@breakwater/alerting/api';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { BreakwaterError, type ErrorCode } from '@breakwater/platform/errors';
import { createMemoryLeases } from '@breakwater/platform/lease/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk, createSimulatedNetwork } from '@breakwater/platform/simulated';
import type { Journal } from '@breakwater/platform/store';
import { createAlertSeat } from './alert-seat.ts';
import { parseConfig, type Config } from './config.ts';

function configOf(everySeconds: number): Config {
  const parsed = parseConfig(JSON.stringify({ venues: { okx: {} }, assets: { OM: {} }, alerting: { lifecycle: { updateEverySeconds: everySeconds } } }), () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** A seat among several, with a recipient that any other config takes out: its outbox is then emptied, which fails once with `code`. */
function setUp(code: ErrorCode) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity });
  const rng = createRng(1);
  const { journal: base, series } = createSimulatedDisk({ rng }).open();
  const state = { broken: false, turns: [] as Config[], retired: 0, failures: [] as unknown[] };
  const journal: Journal = {
    ...base, close: async () => undefined,
    pending: async (...of) => {
      if (!state.broken) return base.pending(...of);
      state.broken = false;
      throw new BreakwaterError(code, 'not read');
    },
  };
  const bus = createMemoryBus({ activity, queueLimit: 100 });
  const stop = new AbortController();
  const metrics = createMetrics();
  const notifier = (name: string): Notifier => ({ name, deliver: async () => undefined });
  const adapters = {
    clock, rng, network: createSimulatedNetwork({ clock, rng, latencyMs: [1, 5], resolve: () => undefined }), bus, journal, series, activity, log: silentLog, metrics, labels: new Map(), signer: createSigner(new Uint8Array(32)),
    serve: async () => async () => undefined, onConflated: () => undefined,
    instances: { leases: createMemoryLeases(clock), instance: 'a', address: '', clock, journal: { copy: base, ready: async () => undefined, close: async () => undefined, writer: () => null, take: async () => journal } },
  };
  const seat = createAlertSeat({
    adapters, config: configOf(60), log: () => silentLog, signal: stop.signal, onFatal: (error) => void state.failures.push(error), run: (work) => void work.catch((error: unknown) => state.failures.push(error)),
    view: createLiveView({ bus, journal: base, clock, log: silentLog, assets: [], sources: [], chains: [], tickEveryMs: 1_000 }),
    recipientsOf: (_view, { config }) => {
      state.turns.push(config);
      return { notifiers: [notifier('a'), notifier('b')], run: async () => undefined, close: async () => undefined, follow: () => ({ notifiers: [], retire: async () => void (state.retired += 1) }) };
    },
  });
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  return { seat, state, stop, pass };
}

describe('a reload that meets the end of a turn of alerting', () => {
  it('is no failure: the next turn begins under the new config', async () => {
    const { seat, state, stop, pass } = setUp('fenced');
    await seat.start();
    await pass(2_000);
    await seat.ready();
    state.broken = true;
    const next = configOf(90);
    const followed = seat.follow(next);
    await pass(1_000);
    await followed;
    expect(state.broken).toBe(false);
    await pass(30_000);
    expect([state.turns.map(({ alerting }) => alerting.lifecycle.updateEverySeconds), state.retired, state.failures]).toEqual([[60, 90], 1, []]);
    stop.abort();
    await pass(1_000);
  });
  it('rejects with what has nothing to do with that', async () => {
    const { seat, state, stop, pass } = setUp('aborted');
    await seat.start();
    await pass(2_000);
    await seat.ready();
    state.broken = true;
    const failed = expect(seat.follow(configOf(90))).rejects.toMatchObject({ code: 'aborted' });
    await pass(1_000);
    await failed;
    stop.abort();
    await pass(1_000);
  });
});
