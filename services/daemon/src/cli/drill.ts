import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@breakwater/models/core';
import { formatSpan } from '@breakwater/contracts';
import { messageOf } from '@breakwater/platform/errors';
import { scenarios } from '@breakwater/simulator/scenarios';
import { crashOf, runDrill, type DrillResult } from '../drill/run-drill.ts';
import { warningsHash } from '../drill/warnings-hash.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
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
}

const hrtimeMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** `breakwater drill <scenario>`: plays a crash and prints the timeline of warnings, with the lead each had. */
export async function drillCommand(context: CommandContext, name: string, flags: DrillFlags): Promise<void> {
  const make = scenarios[name];
  if (make === undefined) throw new CommandError(`no scenario '${name}': there are ${Object.keys(scenarios).join(', ')}. Run \`breakwater drill om-2025\`.`, 2);
  const scenario = make(flags.seed, flags.comparable || flags.kills > 0);
  const out = flags.out ?? mkdtempSync(join(tmpdir(), 'breakwater-drill-'));
  const say = (text: string): void => void (flags.json ? context.stderr : context.stdout).write(`${text}\n`);
  const crash = crashOf(scenario);
  say(`Drill ${name}, seed ${flags.seed}: ${scenario.config.venues.join(', ')} and an EVM chain on 127.0.0.1; ${scenario.steps().length} steps of market time from ${new Date(scenario.start).toISOString()}.`);
  say('Made up for this drill:');
  for (const assumption of scenario.assumptions) say(`  - ${assumption}`);
  say(crash === undefined
    ? '\nNothing in this scenario is a crash by its definition, so there is no lead time. Times are UTC.\n'
    : `\nTimes are relative to the onset of the crash, ${new Date(crash.onset).toISOString().slice(0, 19).replace('T', ' ')} UTC.\n`);
  const stopping = new AbortController();
  const forgetSignals = onSignals(() => stopping.abort());
  const began = hrtimeMs();
  const progress = startProgress(context, 'market time', scenario.steps().length, 'steps', hrtimeMs);
  let revisions = 0;
  let result: DrillResult;
  try {
    result = await runDrill({
      scenario, out, kills: flags.kills, failures: flags.failures, rng: createRng(flags.killSeed), signal: stopping.signal, keep: flags.keep, influx: flags.influx,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      events: {
        onWarning: (_, line) => {
          revisions++;
          say(line);
        },
        onFeed: (_, line) => say(line), onCrash: say, onStep: (done) => progress.update(done),
        onKill: (count, at) => say(`            daemon killed (${count} of ${flags.kills}) at ${new Date(at).toISOString().slice(11, 19)} UTC, started again`),
        onConsole: (address) => say(`Console: ${address} while the drill runs${flags.keep ? ' and after it, until Ctrl-C' : '; --keep leaves it open'}.\n`),
        onKept: (places) => say(`\nThe drill has played to its end and stays up until Ctrl-C: ${places}`),
      },
    });
  } catch (error) {
    if (stopping.signal.aborted) throw new CommandError(`The drill was stopped after ${revisions} revisions of warnings: what the daemon stored, the warnings it sent and its log are in ${out}. Run it again for a whole timeline.`);
    throw new CommandError(`the drill did not finish: ${messageOf(error)}. The daemon's log is ${join(out, 'daemon.log')}.`);
  } finally {
    progress.stop();
    forgetSignals();
  }
  const seconds = (hrtimeMs() - began) / 1_000;
  const hash = warningsHash(result.warnings);
  if (flags.json) printJson(context, { scenario: name, seed: flags.seed, steps: result.steps, seconds, kills: result.kills, onset: result.crash?.onset ?? null, leadMs: result.leadMs, warnings: result.warnings, reproduction: result.reproduction, receivers: result.receivers, hash, out });
  else printSummary(say, result, seconds, hash, out);
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
  const count = new Set(result.warnings.map((w) => w.id)).size;
  say(`\n${result.warnings.length} revisions of ${count} warning${count === 1 ? '' : 's'}, ${result.steps} steps in ${seconds.toFixed(0)} s. Hash of warnings: ${hash}`);
  const { webhook, telegram } = result.receivers;
  say(`The webhook receiver took ${webhook.warnings.length} revisions and ${webhook.heartbeats} signs of life, ${webhook.unverified === 0 ? 'every signature verified' : `${webhook.unverified} NOT verified`}; the Telegram chat ${telegram.messages.length} messages, ${telegram.pictures} with a picture.`);
  say(`Store, warnings and log: ${out}`);
}
