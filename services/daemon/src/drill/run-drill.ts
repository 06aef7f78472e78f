import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedHealthMessage, timelineCrashLine, timelineFeedLine, timelineLine, warningMessage, type FeedHealthMessage, type WarningMessage } from '@breakwater/contracts';
import type { EpochMs, Rng } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { CrashEvent } from '@breakwater/models/tail-risk';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import { createDriver, createWorld, startLoopback, venueEndpoints, type Driver } from '@breakwater/simulator';
import { startAnvil } from '@breakwater/simulator/anvil';
import type { Scenario } from '@breakwater/simulator/scenarios';
import { spoolPathOf, storePathOf, type StageChoice } from '../stages.ts';
import { drillConfig, type KafkaPlace } from './drill-config.ts';
import { crashOf, leads, readLosses, readReproduction, type Leads, type LossesBefore, type ReproductionBefore } from './drill-figures.ts';
import { deliverRest, influxPlace, type DrillInflux } from './drill-series.ts';
import { aProcessEach, createFleet, logPathOf, oneProcess, type Fleet } from './fleet.ts';
import { createLockstepDriver } from './lockstep.ts';
import { freePort, startReceivers, type DrillReceivers, type ReceiverTally } from './receivers.ts';

/** What a drill is told as it goes. */
export interface DrillEvents {
  /** A revision of a warning, once. */
  onWarning(warning: WarningMessage, line: string): void;
  /** A feed fell out or came back. */
  onFeed(health: FeedHealthMessage, line: string): void;
  /** The market crossed the onset of the crash. */
  onCrash(line: string): void;
  onStep(done: number, total: number): void;
  onKill(count: number, at: EpochMs, part: StageChoice): void;
  /** The last step is done and everything stays up until the signal. */
  onKept(places: string): void;
  /** Where the console will be, before anything is played. */
  onConsole(address: string): void;
}

/** How a drill is run. */
export interface DrillOptions {
  readonly scenario: Scenario;
  readonly out: string;
  /** Kill the daemon this many times (SIGKILL) at random moments and start it again. */
  readonly kills: number;
  /** Share of the receivers' requests that fail, 0 to 1. */
  readonly failures: number;
  readonly rng: Rng;
  /** An InfluxDB, `http://host:port/database`, that takes the series of the drill. */
  readonly influx?: string | undefined;
  /** Brokers through which the stages meet: then each runs in a process of its own. */
  readonly kafka?: KafkaPlace | undefined;
  /** The steps in which it is killed, instead of ones that are drawn. */
  readonly killSteps?: readonly number[] | undefined;
  /** The parts that are killed; any of them by default. */
  readonly victims?: readonly StageChoice[] | undefined;
  /** Something done to the system, or to what it stands on, after the frames of a step were sent. */
  readonly onStepBegun?: ((step: number, t: EpochMs, fleet: Fleet) => Promise<void>) | undefined;
  /** The compiled command of the daemon; that of this package by default. */
  readonly main?: string | undefined;
  readonly events: DrillEvents;
  /** Stops the drill: it ends within five seconds and fails with `aborted`, unless it had played to its end. */
  readonly signal: AbortSignal;
  /** Leave everything up after the last step until the signal. */
  readonly keep: boolean;
  /** Waits of real time, for the moments of kills. */
  readonly wait: (ms: number) => Promise<void>;
}

/** What came of a drill. */
export interface DrillResult {
  /** Every revision that was delivered, in order of (event time, id, revision). */
  readonly warnings: readonly WarningMessage[];
  readonly crash: CrashEvent | undefined;
  readonly leadMs: Leads;
  readonly steps: number;
  readonly kills: number;
  readonly reproduction: ReproductionBefore;
  readonly losses: LossesBefore;
  /** What the webhook receiver and the Telegram chat got. */
  readonly receivers: ReceiverTally;
}

/** How long receivers that failed are waited for at the end, in steps of market time: longer than the longest wait between two tries. */
const drainStepMs = 15_000;
const maxDrainSteps = 160;

/** What a step takes through Kafka, at least, milliseconds (measured 2026-11-27): a kill falls somewhere in it. */
const clusterStepMs = 200;
/** How long the daemon may take to end before it is killed, milliseconds: with the rest of the drill less than five seconds. */
const daemonGraceMs = 2_500;

/**
 * Plays a scenario: venues on loopback sockets, a real EVM node, and a daemon in a process of its own whose clock moves in lockstep. Market
 * time waits while the daemon is down. Every line the daemon prints is kept in `terminal.jsonl`. Fails when the daemon ends by itself, and with
 * `aborted` when the signal stops it on the way; what it started is ended in every case.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { signal } = options;
  mkdirSync(options.out, { recursive: true });
  const closers: (() => Promise<void>)[] = [];
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new BreakwaterError('aborted', 'the drill was stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => undefined);
  const played = playWith(options, (closer) => closers.push(closer));
  try {
    // What is under way when the signal comes fails when its other side is closed; nobody asks for it then.
    const result = await Promise.race([played, aborted]);
    if (options.keep) await aborted.catch(() => undefined);
    return result;
  } finally {
    played.catch(() => undefined);
    for (const close of closers.reverse()) await close().catch((error: unknown) => process.stderr.write(`closing: ${messageOf(error)}\n`));
  }
}

async function playWith(options: DrillOptions, onClose: (closer: () => Promise<void>) => void): Promise<DrillResult> {
  const { scenario, signal, out } = options;
  const world = createWorld(scenario);
  const lockstep = createLockstepDriver();
  const parts = options.kafka === undefined ? oneProcess : aProcessEach;
  const loopback = await startLoopback({ endpoints: { ...venueEndpoints(world), lockstep: lockstep.endpoint } });
  onClose(() => loopback.close());
  const chain = await startAnvil({
    chainId: Number(scenario.config.chain.split(':')[1]), genesisAt: epochMs((scenario.transfers[0]?.at ?? scenario.start) - 3_600_000), tokenName: scenario.config.token.name,
    tokenSymbol: scenario.config.token.symbol, holders: scenario.holders,
  });
  if (signal.aborted) {
    // Nobody closes any more.
    await chain.close();
    throw new BreakwaterError('aborted', 'the drill was stopped');
  }
  onClose(() => chain.close());
  // A block is dated a second after its step: what its timestamp promises then covers the step, also to a daemon that has just started and
  // whose next poll falls on the step itself.
  const driver = createDriver({ world, chain: { ...chain, mineAt: (t) => chain.mineAt(epochMs(t + 1_000)) } });
  await driver.prepare();
  // Time goes on for receivers also while they are waited for at the end.
  const now = (): EpochMs => epochMs(Math.max(driver.now(), fleet.time()));
  const receivers = await startReceivers({ rng: options.rng.fork('receivers'), failures: options.failures, now });
  onClose(() => receivers.close());
  const apiPort = await freePort();
  options.events.onConsole(`http://127.0.0.1:${String(apiPort)}/`);
  const configPath = join(out, 'drill.yaml');
  const places = { addresses: loopback.addresses, chainUrl: chain.url, token: chain.token, store: join(out, 'breakwater.db'), warnings: join(out, 'warnings.jsonl'), apiPort, receivers: receivers.places, influx: options.influx === undefined ? undefined : influxPlace(options.influx, join(out, 'spool')), kafka: options.kafka };
  // JSON is YAML.
  writeFileSync(configPath, JSON.stringify(drillConfig(scenario, places), null, 2));
  // What an earlier drill left in the folder is not this one's past.
  for (const left of readdirSync(out)) if (/^(breakwater(-\w+)?\.db(-wal|-shm)?|(terminal|warnings|webhook|telegram)\.jsonl|daemon(-\w+)?\.log|spool(-\w+)?)$/.test(left)) rmSync(join(out, left), { recursive: true });
  // In a process of its own the stage that writes series has its own spool and store.
  const own = parts === oneProcess ? 'all' : 'score';
  const influx = places.influx === undefined ? undefined : { ...places.influx, spool: spoolPathOf(places.influx.spool, own) };
  const fleet = createFleet({ parts, main: options.main, lockstep, loopback, configPath, out, onLine: (line) => play.onLine(line) });
  const play = createPlay(options, { fleet, driver, receivers, keyPath: `${places.store}.key`, storePath: storePathOf(places.store, own), influx });
  onClose(() => play.end());
  const result = await play.run();
  if (options.keep) options.events.onKept(`venues ${Object.entries(loopback.addresses).filter(([name]) => name !== 'lockstep').map(([name, { http }]) => `${name} ${http}`).join(', ')}; chain ${chain.url}; config ${configPath}`);
  return result;
}

interface Stage {
  readonly fleet: Fleet;
  readonly driver: Driver;
  readonly receivers: DrillReceivers;
  readonly keyPath: string;
  readonly storePath: string;
  readonly influx: DrillInflux | undefined;
}

interface Play {
  /** A line that one of the processes printed. */
  onLine(line: string): void;
  run(): Promise<DrillResult>;
  end(): Promise<void>;
}

function createPlay(options: DrillOptions, stage: Stage): Play {
  const { scenario, events, rng } = options;
  const victims = rng.fork('victims');
  const { fleet, driver } = stage;
  const steps = scenario.steps();
  const crash = crashOf(scenario);
  const seen = new Map<string, WarningMessage>();
  /** Since when each feed that is out now has been out. */
  const incidents = new Map<string, EpochMs>();
  let isOver = false;
  const killSteps = new Set<number>(options.killSteps);
  while (killSteps.size < Math.min(options.kills, steps.length - 2)) killSteps.add(1 + rng.int(steps.length - 2));
  let kills = 0;

  const onLine = (line: string): void => {
    appendFileSync(join(options.out, 'terminal.jsonl'), `${line}\n`);
    const value: unknown = JSON.parse(line);
    const health = feedHealthMessage.safeParse(value);
    if (health.success) {
      onHealth(health.data);
      return;
    }
    const parsed = warningMessage.safeParse(value);
    if (!parsed.success) return;
    const warning = parsed.data;
    const key = `${warning.id}#${warning.revision}`;
    if (seen.has(key)) return;
    seen.set(key, warning);
    events.onWarning(warning, timelineLine(warning, crash?.onset));
  };

  const onHealth = (health: FeedHealthMessage): void => {
    // What the end of the drill cuts off is no incident.
    if (isOver || options.signal.aborted) return;
    const key = `${health.source}|${health.channel}|${health.instrument ?? ''}`;
    const began = incidents.get(key);
    // How long nothing had come is said in the detail alone.
    const [, silentMs] = /nothing for (\d+) ms/.exec(health.detail ?? '') ?? [];
    const failedFor = silentMs === undefined ? null : Number(silentMs);
    const span = health.status === 'ok' ? (began === undefined ? null : health.eventTime - began) : failedFor;
    if (health.status === 'ok') incidents.delete(key);
    else if (began === undefined) incidents.set(key, epochMs(health.eventTime - (failedFor ?? 0)));
    events.onFeed(health, timelineFeedLine(health, scenario.config.asset, span, crash?.onset));
  };

  const startAt = async (t: EpochMs, only?: StageChoice): Promise<void> => {
    if (options.signal.aborted) throw new BreakwaterError('aborted', 'the drill was stopped');
    // A new daemon tells of every feed that is out.
    if (only === undefined || only === 'alert') incidents.clear();
    await fleet.start(t, only);
  };

  const killDuring = async (t: EpochMs): Promise<void> => {
    const victim = victims.pick(options.victims ?? fleet.parts);
    // Somewhere in the work of this step: the moment is drawn, the instant within it is the machine's.
    const delayMs = rng.int(fleet.parts.length === 1 ? 12 : clusterStepMs);
    const work = fleet.settle(t).catch(() => undefined);
    await options.wait(delayMs);
    await fleet.kill(victim);
    await work;
    kills++;
    events.onKill(kills, t, victim);
    await startAt(t, victim);
  };

  const run = async (): Promise<DrillResult> => {
    let crashed = false;
    await startAt(scenario.start);
    for (const [i, t] of steps.entries()) {
      if (options.signal.aborted) throw new BreakwaterError('aborted', 'the drill was stopped');
      // The daemon's clock moves first: a frame is never received before it was sent.
      await fleet.now(t);
      await driver.advance(t);
      await options.onStepBegun?.(i, t, fleet);
      if (killSteps.has(i)) await killDuring(t);
      await fleet.settle(t);
      const [ended] = fleet.ended();
      if (ended !== undefined) throw new Error(`the daemon ended by itself at ${new Date(t).toISOString()}: see ${logPathOf(options.out, ended)}`);
      if (!crashed && crash !== undefined && t >= crash.reachedAt) {
        crashed = true;
        const move = scenario.conditions(crash.reachedAt).price / crash.reference - 1;
        events.onCrash(timelineCrashLine(scenario.config.asset, move, crash.reachedAt - crash.onset, crash.reachedAt, crash.onset));
      }
      events.onStep(i + 1, steps.length);
    }
    isOver = !options.keep;
    // What follows is of the receivers alone: warnings of a time after the scenario are not of this drill.
    const end = steps.at(-1) ?? scenario.start;
    const warningsTo = (t: EpochMs): readonly WarningMessage[] => [...seen.values()].filter((w) => w.eventTime <= t);
    if (options.failures > 0 || options.kafka !== undefined) await drain(end, () => warningsTo(end));
    const warnings = [...warningsTo(end)].sort((a, b) => a.eventTime - b.eventTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.revision - b.revision));
    stage.receivers.save(options.out, stage.keyPath);
    return {
      warnings, crash, leadMs: leads(warnings, crash), steps: steps.length, kills, receivers: stage.receivers.tally(stage.keyPath),
      reproduction: await readReproduction(stage.storePath, stage.influx, scenario.config.asset, crash), losses: await readLosses(stage.storePath, stage.influx, scenario.config.asset, crash),
    };
  };

  /** Lets time go on, with receivers that fail no more, until they have every warning: what was due again later is sent then. */
  const drain = async (from: EpochMs, warnings: () => readonly WarningMessage[]): Promise<void> => {
    stage.receivers.heal();
    for (let i = 1; i <= maxDrainSteps; i++) {
      const { webhook, telegram } = stage.receivers.tally(stage.keyPath);
      const got = [webhook.warnings, telegram.messages].map((list) => new Set(list.map(({ id, revision }) => `${id}#${revision}`)));
      if (warnings().every(({ id, revision }) => got.every((keys) => keys.has(`${id}#${revision}`)))) return;
      await fleet.settle(epochMs(from + i * drainStepMs));
    }
  };

  const end = async (): Promise<void> => {
    await fleet.end(daemonGraceMs);
    const left = stage.influx === undefined || options.signal.aborted ? 0 : await deliverRest(stage.influx);
    if (left > 0) process.stderr.write(`${left} points of series wait in ${stage.influx?.spool ?? ''}: their database is away\n`);
  };
  return { onLine, run, end };
}
