import { describe, expect, it } from '@jest/globals';
import { deliveryId, type Notifier } from '@breakwater/alerting';
import { assetConfig } from '@breakwater/collectors/config';
import type { WarningMessage } from '@breakwater/contracts';
import { createRng, epochMs, type EpochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedDisk } from '@breakwater/platform/simulated';
import { randomScenario, type Scenario } from '@breakwater/simulator/scenarios';
import type { Config } from '../config.ts';
import { simulationConfig } from '../simulation/test-config.ts';
import { startDaemon, type Daemon } from '../simulation/test-daemon.ts';
import { courseSteps, squeeze, stepMs } from '../simulation/test-scenario.ts';
import { createServers } from '../simulation/test-servers.ts';
import { createRecipients } from '../simulation/test-recipients.ts';

/** The scenario's asset is XYZ; these have markets of their own at Bybit (spot and perpetual) and OKX (spot: the simulated index is XYZ's), of the same course. */
const others = ['ABC', 'DEF'];
function withOthers(scenario: Scenario): Scenario {
  const copies = others.flatMap((base) => scenario.markets.filter((m) => m.base === 'XYZ' && m.quote === 'USDT' && (m.venue === 'bybit' || (m.venue === 'okx' && m.marketType === 'spot'))).map((m) => ({ ...m, base, symbol: m.symbol.replace('XYZ', base) })));
  return { ...scenario, markets: [...scenario.markets, ...copies] };
}

/** What is done at which step: another config, and other recipients. */
interface Change {
  readonly step: number;
  readonly assets: readonly string[];
  readonly recipients: readonly string[];
}
interface Outcome {
  readonly warnings: readonly WarningMessage[];
  /** `<recipient> <id>#<revision>` in order. */
  readonly received: readonly string[];
  readonly sockets: ReadonlyMap<string, number>;
  readonly forced: number;
  readonly scored: ReadonlySet<string>;
  readonly failure: unknown;
}

async function play(seed: number, initial: Omit<Change, 'step'>, changes: readonly Change[]): Promise<Outcome> {
  const rng = createRng(seed).fork('reload');
  const scenario = withOthers(squeeze(randomScenario(seed)));
  const life: { daemon?: Daemon } = {};
  const clock: Clock = { now: () => life.daemon?.clock.now() ?? scenario.start, after: (ms, fn) => life.daemon?.clock.after(ms, fn) ?? (() => undefined) };
  const servers = createServers(scenario, {}, clock, rng.fork('servers'));
  const base = simulationConfig(scenario, servers.chain.token, servers.hosts, 'forever');
  const configOf = (assets: readonly string[]): Config => ({ ...base, assets: Object.fromEntries(assets.map((asset) => [asset, base.assets[asset] ?? assetConfig.parse({})])) });
  const received: string[] = [];
  const made = new Map<string, Notifier>();
  const notifierOf = (name: string): Notifier => {
    const notifier = made.get(name) ?? { name, deliver: async (entry) => void received.push(`${name} ${deliveryId(entry)}`) };
    made.set(name, notifier);
    return notifier;
  };
  let { recipients } = initial;
  const sockets = new Map<string, number>();
  const running = startDaemon({
    config: configOf(initial.assets), disk: createSimulatedDisk({ rng: rng.fork('disk') }), recipients: { ...createRecipients(rng.fork('recipients')), notifiers: () => recipients.map(notifierOf) },
    resolve: (url) => {
      if (url.startsWith('ws')) sockets.set(url, (sockets.get(url) ?? 0) + 1);
      return servers.resolve(url);
    },
    startAt: epochMs(scenario.start - 4_999), rng: rng.fork('life'), log: silentLog,
  });
  life.daemon = running;
  await servers.prepare();
  const runTo = async (t: EpochMs): Promise<void> => {
    await running.clock.runUntil(t, () => !running.alive());
  };
  for (let step = 0; step < courseSteps + 30; step++) {
    const t = epochMs(scenario.start + step * stepMs);
    await runTo(t);
    await servers.advance(t);
    const change = changes.find((one) => one.step === step);
    if (change === undefined) continue;
    await runTo(epochMs(t + 1_300));
    ({ recipients } = change);
    let done = false;
    const isDone = (): boolean => done;
    void running.pipeline.follow(configOf(change.assets)).finally(() => (done = true));
    // Sockets take their time to close.
    await running.clock.runUntil(epochMs(t + stepMs - 1), () => isDone() || !running.alive());
    expect([seed, step, isDone()]).toEqual([seed, step, true]);
  }
  await runTo(epochMs(running.clock.now() + stepMs));
  const warnings = (await running.journal.warnings(0, 10_000)).map((row) => row.warning);
  const outcome: Outcome = { warnings, received, sockets, forced: running.pipeline.status().forcedTicks, scored: new Set(running.observer.scores.map((score) => score.asset)), failure: running.failure() };
  running.kill();
  return outcome;
}

const compared = (w: WarningMessage): string => JSON.stringify({ ...w, receivedAt: 0 });
const of = (outcome: Outcome, ...assets: readonly string[]): readonly WarningMessage[] => outcome.warnings.filter((w) => assets.includes(w.asset));
/** Seeds whose scenario has both venues and a crash. */
const seeds = Array.from({ length: 200 }, (_, i) => i + 1).filter((seed) => {
  const { venues } = randomScenario(seed).config;
  return venues.includes('bybit') && venues.includes('okx') && randomScenario(seed).transfers.some(({ units }) => units > 400_000);
}).slice(0, 2);

describe('a reload in the middle of a run', () => {
  it.each(seeds)('changes nothing for what stays, scores and warns of what is added, and ends what is removed: seed %d', async (seed) => {
    const initial = { assets: ['XYZ', 'DEF'], recipients: ['a', 'b'] };
    const plain = await play(seed, initial, []);
    const reloaded = await play(seed, initial, [{ step: 20, assets: ['XYZ', 'DEF', 'ABC'], recipients: ['a', 'b', 'c'] }, { step: 80, assets: ['XYZ', 'ABC'], recipients: ['a', 'c'] }]);
    expect([plain.failure, reloaded.failure, plain.forced, reloaded.forced]).toEqual([undefined, undefined, 0, 0]);

    // The asset that stays: the same revisions with the same figures, to the last bit.
    expect(of(plain, 'XYZ').length).toBeGreaterThan(0);
    expect(of(reloaded, 'XYZ').map(compared)).toEqual(of(plain, 'XYZ').map(compared));
    // The one that is added is scored and warned of, which it was not before.
    expect([plain.scored, reloaded.scored]).toEqual([new Set(['XYZ', 'DEF']), new Set(['XYZ', 'DEF', 'ABC'])]);
    expect(of(reloaded, 'ABC').length).toBeGreaterThan(0);
    // The one that is removed: as it was until then; what was open then has ended, and nothing came after.
    const before = of(reloaded, 'DEF').filter((w) => !w.reasons.some(({ code }) => code === 'not-watched'));
    const ended = of(reloaded, 'DEF').filter((w) => w.reasons.some(({ code }) => code === 'not-watched'));
    expect(before.map(compared)).toEqual(of(plain, 'DEF').slice(0, before.length).map(compared));
    expect(ended.length).toBeGreaterThan(0);
    for (const warning of ended) expect([warning.state, before.some((w) => w.id === warning.id && w.revision === warning.revision - 1 && w.state === 'firing')]).toEqual(['expired', true]);
    expect(of(reloaded, 'DEF').at(-1)?.state).toBe('expired');

    // Recipients: who stays has everything once, who came has what was committed from then on, who went nothing more.
    const ids = (name: string): readonly string[] => reloaded.received.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
    expect(ids('a')).toEqual(reloaded.warnings.map((w) => `${w.id}#${w.revision}`));
    const late = ids('c');
    expect(late).toEqual(ids('a').slice(ids('a').length - late.length));
    expect(late.length).toBeGreaterThan(0);
    expect(ids('b')).toEqual(ids('a').slice(0, ids('b').length));
    expect(ids('b').length).toBeLessThan(ids('a').length);

    // Only the sockets that took on or lost markets were replaced, once for each change; at the other venues none was opened again.
    for (const [url, count] of reloaded.sockets) expect([url, count - (plain.sockets.get(url) ?? 0)]).toEqual([url, /bybit|okx/.test(url) ? 2 : 0]);
  }, 180_000);
});
