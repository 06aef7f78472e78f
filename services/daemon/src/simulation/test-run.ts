import type { WarningMessage } from '@breakwater/contracts';
import { createRng, defined, epochMs, type EpochMs, type Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import { silentLog, type Log } from '@breakwater/platform/log';
import type { Tracer } from '@breakwater/platform/trace';
import { createSimulatedDisk, type SimulatedDisk } from '@breakwater/platform/simulated';
import { randomScenario, type Scenario } from '@breakwater/simulator/scenarios';
import { checkEnd, checkLog } from './test-checks.ts';
import { simulationConfig } from './test-config.ts';
import { lawfulEnd, startDaemon, type Daemon } from './test-daemon.ts';
import { drawCrashes, drawCrashesBetweenTicks, drawFaults, noFaults, planAt, type Faults } from './test-plan.ts';
import { createRecipients, type Recipients } from './test-recipients.ts';
import { courseSteps, squeeze, stepMs } from './test-scenario.ts';
import { createServers, venueHosts, type Servers } from './test-servers.ts';

/**
 * `faults`: everything goes wrong, and the market goes on while the daemon is down. `quiet`: nothing goes wrong. `split`: the same, with each stage a
 * pipeline and a disk of its own. `killed` and
 * `killed-between-ticks`: only the daemon dies, at any moment or at any but the computation of a score, and market time waits while it is
 * down, as in a drill.
 */
export type Mode = 'faults' | 'quiet' | 'split' | 'killed' | 'killed-between-ticks';

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  /** Every revision in the store, in the order of commits. */
  readonly warnings: readonly WarningMessage[];
  /** `<id>#<revision>` of every delivery by recipient, repeats included. */
  readonly received: ReadonlyMap<string, readonly string[]>;
  /** Broken rules, in words; none is a pass. */
  readonly violations: readonly string[];
  /** How often each fault happened. */
  readonly counts: Readonly<Record<string, number>>;
  readonly scores: number;
}

/** How a run is made. */
export interface RunOptions {
  readonly mode: Mode;
  readonly log?: Log;
  readonly tracer?: Tracer;
}

/** Steps after the last fault before the system must have settled, and at most how many more until every delivery is done. */
const settleSteps = 36;
const drainSteps = 120;
/** How far before the moment of its death a daemon starts again while the market waits: time to connect and subscribe. */
const warmUpMs = 4_999;

/** Runs the scenario of `seed`. The same seed and mode give the same outcome. */
export async function simulate(seed: number, options: RunOptions): Promise<Outcome> {
  return createRun(seed, options).play();
}

interface Run {
  play(): Promise<Outcome>;
}

function faultsOf(mode: Mode, rng: Rng, hosts: readonly string[], scenario: Scenario): Faults {
  switch (mode) {
    case 'faults': return drawFaults(rng, hosts, scenario);
    case 'killed': return { ...noFaults, incidents: drawCrashes(rng.fork('crashes'), 3, false) };
    case 'killed-between-ticks': return { ...noFaults, incidents: drawCrashesBetweenTicks(rng.fork('crashes'), 4) };
    case 'quiet':
    case 'split': return noFaults;
  }
}

function createRun(seed: number, options: RunOptions): Run {
  const rng = createRng(seed).fork('simulation');
  const scenario = squeeze(randomScenario(seed));
  let daemon: Daemon | undefined;
  let now: EpochMs = scenario.start;
  let lives = 0;
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  const count = (kind: string, by = 1): void => void (counts[kind] = (counts[kind] ?? 0) + by);
  // What servers hold back belongs to connections of the running daemon, and goes by its time.
  const clock: Clock = { now: () => daemon?.clock.now() ?? now, after: (ms, fn) => daemon?.clock.after(ms, fn) ?? (() => undefined) };
  const faults = faultsOf(options.mode, rng.fork('faults'), venueHosts(scenario), scenario);
  const servers: Servers = createServers(scenario, faults.clockOffsets, clock, rng.fork('servers'));
  const disk: SimulatedDisk = createSimulatedDisk({ rng: rng.fork('disk') });
  const split = options.mode === 'split' ? { collect: createSimulatedDisk({ rng: rng.fork('disk of collect') }), score: createSimulatedDisk({ rng: rng.fork('disk of score') }) } : undefined;
  const recipients: Recipients = createRecipients(rng.fork('recipients'));
  const config = simulationConfig(scenario, servers.chain.token, servers.hosts, options.mode === 'faults' ? 'usual' : 'forever');

  const launch = (at: EpochMs): void => {
    daemon = startDaemon({ config, disk, split, recipients, resolve: (url) => servers.resolve(url), startAt: at, rng: rng.fork(`life ${String(lives++)}`), log: options.log ?? silentLog, tracer: options.tracer });
  };
  /** Clears away a daemon that has died. */
  const bury = async (dead: Daemon): Promise<void> => {
    const failure = dead.failure();
    if (failure !== undefined && !lawfulEnd(failure)) violations.push(`the daemon ended by itself at ${new Date(dead.clock.now()).toISOString()}: ${messageOf(failure)}${failure instanceof Error ? ` ${failure.stack ?? ''}` : ''}`);
    count(failure === undefined ? 'crash' : 'ended-by-store');
    count('conflated', dead.conflated());
    violations.push(...dead.observer.violations);
    servers.hangUp();
    // What it had begun ends before the next one starts, as a process's threads do.
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    daemon = undefined;
  };
  let downUntil = -1;
  /** Lets the daemon run to `t`, burying and starting it as often as it dies. */
  const runTo = async (t: EpochMs, step: number): Promise<void> => {
    while (daemon !== undefined) {
      const running: Daemon = daemon;
      await running.clock.runUntil(t, () => !running.alive());
      if (running.alive()) break;
      const diedAt = running.clock.now();
      await bury(running);
      if (options.mode !== 'faults') launch(epochMs(diedAt - warmUpMs));
      else if (downUntil <= step) launch(diedAt);
    }
    now = t;
  };

  const begin = (step: number): void => {
    for (const [name, endpoint] of servers.faulty) {
      const plan = planAt(faults, name, step);
      if (JSON.stringify(plan) !== JSON.stringify(endpoint.plan()) || plan.silence !== undefined) endpoint.set(plan);
    }
    const active = (kind: string): boolean => faults.episodes.some((episode) => episode.kind === kind && step >= episode.from && step < episode.until);
    for (const episode of faults.episodes) {
      if (episode.from !== step) continue;
      if (episode.kind === 'server' && episode.restart === true) servers.faulty.get(episode.target)?.disconnectAll();
      if (episode.kind === 'partition' && daemon !== undefined) {
        count('partition');
        daemon.network.partition(new RegExp(`^${episode.target}\\.sim$`), epochMs(scenario.start + episode.until * stepMs));
      }
    }
    disk.setFaults({ failBefore: active('disk-fails') ? 0.3 : 0, loseAck: active('disk-loses-acks') ? 0.3 : 0 });
    Object.assign(recipients.faults, { fails: active('recipient-fails'), losesAcks: active('recipient-loses-acks'), hangs: active('recipient-hangs'), fileFails: active('file-fails') });
    servers.lie(active('lie-foreign') ? 'foreign' : active('lie-chain-id') ? 'chain-id' : 'none');
  };

  /** What happens in the middle of a step. */
  const incidents = async (step: number, t: EpochMs): Promise<void> => {
    for (const incident of faults.incidents) {
      if (incident.at !== step) continue;
      if (incident.kind === 'reorg') {
        count(incident.reinclude ? 'reorg-reincluded' : 'reorg');
        await servers.chain.reorg(incident.depth, { reinclude: incident.reinclude });
        continue;
      }
      downUntil = Math.max(downUntil, step + incident.downSteps);
      await runTo(epochMs(Math.max(now, t + incident.afterMs)), step);
      if (incident.points > 0) daemon?.armCrash(incident.points, incident.from);
      else daemon?.kill();
    }
  };

  const takeStep = async (step: number): Promise<void> => {
    const t = epochMs(scenario.start + step * stepMs);
    await runTo(t, step);
    if (options.mode === 'killed-between-ticks' && daemon?.armed() === true) {
      daemon.kill();
      await runTo(t, step);
    }
    if (daemon === undefined && downUntil <= step) launch(t);
    begin(step);
    await servers.advance(t);
    await incidents(step, t);
  };

  const drained = async (): Promise<boolean> => {
    if (daemon === undefined) return false;
    const dues = await Promise.all([...recipients.received().keys()].map((name) => defined(daemon, 'a daemon').journal.nextDue(name)));
    return dues.every((due) => due === undefined);
  };

  const stop = async (running: Daemon): Promise<void> => {
    let stopped = false;
    // Read through a function: it changes while the clock runs.
    const isStopped = (): boolean => stopped;
    void running.pipeline.stop().then(() => {
      stopped = true;
    }, (error: unknown) => violations.push(`the pipeline did not stop cleanly: ${messageOf(error)}`));
    await running.clock.runUntil(epochMs(now + 120_000), isStopped);
    if (!isStopped()) violations.push('the pipeline did not stop within two minutes');
  };

  const play = async (): Promise<Outcome> => {
    await servers.prepare();
    launch(epochMs(scenario.start - warmUpMs));
    let step = 0;
    for (; step < courseSteps + settleSteps; step++) await takeStep(step);
    for (const last = step + drainSteps; step < last && !(await drained()); step++) await takeStep(step);
    await runTo(epochMs(now + stepMs - 1), step);
    const running: Daemon | undefined = daemon;
    if (running === undefined) throw new Error('no daemon at the end of a run');
    if (!(await drained())) violations.push('a delivery was not done at the end');
    violations.push(...(await checkEnd({ servers, observer: running.observer, journal: running.journal, now })));
    await stop(running);
    violations.push(...running.observer.violations);
    count('conflated', running.conflated());
    const warnings = (await running.journal.warnings(0, 10_000)).map((row) => row.warning);
    const received = recipients.received();
    violations.push(...checkLog(warnings, received));
    for (const endpoint of servers.faulty.values()) for (const [kind, n] of Object.entries(endpoint.counts())) count(kind, n);
    const { failedBefore, lostAcks } = disk.stats();
    count('disk-failed', failedBefore);
    count('disk-ack-lost', lostAcks);
    count('lie', servers.lies());
    for (const [kind, n] of Object.entries(recipients.counts)) count(`recipient-${kind}`, n);
    count('clock-offset', Object.values(faults.clockOffsets).filter((offset) => offset !== 0).length);
    count('venue-silence', scenario.silences.length);
    return { seed, warnings, received, violations: [...new Set(violations)], counts, scores: running.observer.scores.length };
  };
  return { play };
}
