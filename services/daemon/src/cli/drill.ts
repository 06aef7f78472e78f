import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@breakwater/models/core';
import { formatSpan, lossLines } from '@breakwater/contracts';
import { messageOf } from '@breakwater/platform/errors';
import { scenarios, type Scenario } from '@breakwater/simulator/scenarios';
import type { KafkaPlace } from '../drill/drill-config.ts';
import { forgetTopics } from '../drill/drill-topics.ts';
import { crashOf } from '../drill/drill-figures.ts';
import { runDrill, type DrillEvents, type DrillResult } from '../drill/run-drill.ts';
import { warningsHash } from '../drill/warnings-hash.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { brokersAtHand, influxAtHand } from './dev-broker.ts';
import { startProgress } from './progress.ts';
import { onSignals } from './signals.ts';

/** Flags of `drill`, as parsed. */
export interface DrillFlags {
  readonly seed: number;
  readonly keep: boolean;
  readonly out?: string;
  readonly kills: number;
  readonly failures: number;
  readonly comparable: boolean;
  readonly killSeed: number;
  readonly json: boolean;
  readonly influx?: string;
  readonly cluster: boolean;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const hrtimeMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** `breakwater drill <scenario>`: plays a crash and prints the timeline of warnings, with the lead each had. */
export async function drillCommand(context: CommandContext, name: string, flags: DrillFlags): Promise<void> {
  const make = scenarios[name];
  if (make === undefined) throw new CommandError(`no scenario '${name}': there are ${Object.keys(scenarios).join(', ')}. Run \`breakwater drill om-2025\`.`, 2);
  const scenario = make(flags.seed, flags.comparable || flags.kills > 0);
  const out = flags.out ?? mkdtempSync(join(tmpdir(), 'breakwater-drill-'));
  const say = (text: string): void => void (flags.json ? context.stderr : context.stdout).write(`${text}\n`);
  const stopping = new AbortController();
  const forgetSignals = onSignals(() => stopping.abort());
  const part = { context, flags, out, say, signal: stopping.signal };
  let cluster: Cluster | undefined;
  try {
    if (flags.cluster) cluster = await clusterAtHand(context, flags.influx, say);
    const inMemory = cluster === undefined ? undefined : warningsHash((await playSilently(part, make(flags.seed, flags.comparable || flags.kills > 0))).warnings);
    introduce(say, name, flags, scenario);
    const began = hrtimeMs();
    const result = await play(part, scenario, cluster);
    const seconds = (hrtimeMs() - began) / 1_000;
    const hash = warningsHash(result.warnings);
    if (flags.json) printJson(context, { scenario: name, seed: flags.seed, steps: result.steps, seconds, kills: result.kills, onset: result.crash?.onset ?? null, leadMs: result.leadMs, warnings: result.warnings, reproduction: result.reproduction, losses: result.losses, receivers: result.receivers, hash, ...(inMemory === undefined ? {} : { inMemory }), out });
    else printSummary(say, result, seconds, hash, out);
    if (inMemory !== undefined) compare(say, hash, inMemory, out);
  } finally {
    forgetSignals();
    await cluster?.stop();
  }
}

function introduce(say: (text: string) => void, name: string, flags: DrillFlags, scenario: Scenario): void {
  const crash = crashOf(scenario);
  say(`Drill ${name}, seed ${flags.seed}: ${scenario.config.venues.join(', ')} and an EVM chain on 127.0.0.1; ${scenario.steps().length} steps of market time from ${new Date(scenario.start).toISOString()}.`);
  say('Made up for this drill:');
  for (const assumption of scenario.assumptions) say(`  - ${assumption}`);
  say(crash === undefined
    ? '\nNothing in this scenario is a crash by its definition, so there is no lead time. Times are UTC.\n'
    : `\nTimes are relative to the onset of the crash, ${new Date(crash.onset).toISOString().slice(0, 19).replace('T', ' ')} UTC.\n`);
}

/** What a drill is played with. */
interface Playing {
  readonly context: CommandContext;
  readonly flags: DrillFlags;
  readonly out: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the stages meet on when each has a process of its own. */
interface Cluster {
  readonly kafka: KafkaPlace;
  readonly influx: string;
  stop(): Promise<void>;
}

async function clusterAtHand(context: CommandContext, influx: string | undefined, say: (text: string) => void): Promise<Cluster> {
  const brokers = await brokersAtHand(context);
  const stops = [(): Promise<void> => brokers.stop()];
  const stop = async (): Promise<void> => {
    for (const end of stops) await end();
  };
  try {
    // Of this drill alone, so that drills share brokers and databases.
    const prefix = `drill-${randomBytes(4).toString('hex')}`;
    const database = influx === undefined ? await influxAtHand(context) : undefined;
    if (database !== undefined) stops.push(() => database.stop());
    if (!brokers.own) stops.unshift(() => forgetTopics(brokers.brokers, prefix));
    const place = influx ?? `${database?.url ?? ''}/${prefix}`;
    say(`Kafka at ${brokers.brokers.join(', ')}, names begin with ${prefix}; series go to ${place}.`);
    return { kafka: { brokers: brokers.brokers, prefix }, influx: place, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const silent: DrillEvents = { onWarning: () => undefined, onFeed: () => undefined, onCrash: () => undefined, onStep: () => undefined, onKill: () => undefined, onConsole: () => undefined, onKept: () => undefined };

/** The same scenario in one process without kills: what it warns of is what every other way of running it must. */
async function playSilently({ context, flags, out, say, signal }: Playing, scenario: Scenario): Promise<DrillResult> {
  say('First the same in memory, in one process, to compare with.');
  const folder = join(out, 'in-memory');
  const progress = startProgress(context, 'in memory', scenario.steps().length, 'steps', hrtimeMs);
  try {
    return await runDrill({ scenario, out: folder, kills: 0, failures: 0, rng: createRng(flags.killSeed), signal, keep: false, wait, events: { ...silent, onStep: (done) => progress.update(done) } });
  } catch (error) {
    throw drillError(error, signal, folder, 0);
  } finally {
    progress.stop();
  }
}

async function play({ context, flags, out, say, signal }: Playing, scenario: Scenario, cluster: Cluster | undefined): Promise<DrillResult> {
  const progress = startProgress(context, 'market time', scenario.steps().length, 'steps', hrtimeMs);
  let revisions = 0;
  try {
    return await runDrill({
      scenario, out, kills: flags.kills, failures: flags.failures, rng: createRng(flags.killSeed), signal, keep: flags.keep, influx: cluster?.influx ?? flags.influx, kafka: cluster?.kafka, wait,
      events: {
        onWarning: (_, line) => {
          revisions++;
          say(line);
        },
        onFeed: (_, line) => say(line), onCrash: say, onStep: (done) => progress.update(done),
        onKill: (count, at, part) => say(`            ${part === 'all' ? 'daemon' : part} killed (${count} of ${flags.kills}) at ${new Date(at).toISOString().slice(11, 19)} UTC, started again`),
        onConsole: (address) => say(`Console: ${address} while the drill runs${flags.keep ? ' and after it, until Ctrl-C' : '; --keep leaves it open'}.\n`),
        onKept: (places) => say(`\nThe drill has played to its end and stays up until Ctrl-C: ${places}`),
      },
    });
  } catch (error) {
    throw drillError(error, signal, out, revisions);
  } finally {
    progress.stop();
  }
}

function drillError(error: unknown, signal: AbortSignal, out: string, revisions: number): CommandError {
  if (signal.aborted) return new CommandError(`The drill was stopped after ${revisions} revisions of warnings: what the daemon stored, the warnings it sent and its log are in ${out}. Run it again for a whole timeline.`);
  return new CommandError(`the drill did not finish: ${messageOf(error)}. The daemon's log is in ${out}.`);
}

function compare(say: (text: string) => void, hash: string, inMemory: string, out: string): void {
  if (hash === inMemory) say('In memory, in one process: the same warnings, to the id.');
  else throw new CommandError(`the warnings through Kafka differ from those in memory, whose hash is ${inMemory}. Compare ${join(out, 'terminal.jsonl')} with ${join(out, 'in-memory', 'terminal.jsonl')}.`);
}

function printSummary(say: (text: string) => void, result: DrillResult, seconds: number, hash: string, out: string): void {
  say('');
  for (const severity of result.crash === undefined ? [] : (['watch', 'warning', 'critical'] as const)) {
    const lead = result.leadMs[severity];
    say(`first ${severity.padEnd(8)} ${lead === null ? 'none' : lead >= 0 ? `${formatSpan(-lead)} before the crash`.replace('T-', '') : `${formatSpan(-lead)} after the onset`}`);
  }
  if (result.reproduction.length > 0) {
    say(`\nReproduction number, how many dollars of forced sales each forced dollar breeds (they feed themselves from 1 on): ${result.reproduction.map(({ beforeMs, value }) => `${value.toFixed(2)} at ${formatSpan(-beforeMs)}`).join(', ')}`);
  }
  const losses = lossLines(result.losses.map(({ beforeMs, ...of }) => ({ when: formatSpan(-beforeMs), ...of })));
  if (losses.length > 0) say(`\n${losses.join('\n')}`);
  const count = new Set(result.warnings.map((w) => w.id)).size;
  say(`\n${result.warnings.length} revisions of ${count} warning${count === 1 ? '' : 's'}, ${result.steps} steps in ${seconds.toFixed(0)} s. Hash of warnings: ${hash}`);
  const { webhook, telegram } = result.receivers;
  say(`The webhook receiver took ${webhook.warnings.length} revisions and ${webhook.heartbeats} signs of life, ${webhook.unverified === 0 ? 'every signature verified' : `${webhook.unverified} NOT verified`}; the Telegram chat ${telegram.messages.length} messages, ${telegram.pictures} with a picture.`);
  say(`Store, warnings and log: ${out}`);
}
