import { AssertionError } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import { compose, type Daemon } from '../compose.ts';
import { parseConfigFile, readConfig } from './check-config.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { createFeedIncidents } from './feed-incidents.ts';
import { onHangUp, onSignals } from './signals.ts';
import { isStageChoice, storePathOf } from '../stages.ts';

/** Clean shutdown takes at most this long, and one part of it at most so much of it. */
const shutdownMs = 4_500;
const partMs = 2_500;

/** How long what is left open may keep a process that has stopped. */
const lingerMs = 500;

interface End {
  readonly why: string;
  readonly error?: unknown;
}

/** `breakwater start`: runs until Ctrl-C, SIGTERM, the end of its drill, or something it cannot recover from. */
export async function startCommand(context: CommandContext, options: { readonly config: string; readonly stage: string; readonly shard?: number; readonly port?: number; readonly address?: string; readonly lockstep?: string; readonly json: boolean }): Promise<void> {
  const { stage } = options;
  if (!isStageChoice(stage)) throw new CommandError(`no stage '${stage}': give collect, score, alert or all.`, 2);
  const config = readConfig(options.config);
  if (stage !== 'all' && config.bus.kafka === undefined) throw new CommandError(`--stage ${stage} was not started: one stage alone meets the others on Kafka, and ${options.config} names no brokers. Give bus.kafka.brokers, or run without --stage.`);
  const { shards } = config.collect;
  if (options.shard !== undefined && stage !== 'collect') throw new CommandError(`--shard ${options.shard} was not started: shards are of --stage collect.`, 2);
  if (options.shard !== undefined && options.shard >= shards) throw new CommandError(`--shard ${options.shard} was not started: collect.shards is ${shards}, so there are 0 to ${shards - 1}.`, 2);
  if (shards > 1 && options.shard === undefined && stage !== 'score' && stage !== 'alert') throw new CommandError(`--stage ${stage} was not started: ${options.config} shares the venues out among ${shards} processes. Give --stage collect and --shard 0 to ${shards - 1}.`, 2);
  let end: (why: string, error?: unknown) => void = () => undefined;
  const ended = new Promise<End>((resolve) => (end = (why, error) => resolve({ why, error })));
  const forgetSignals = onSignals(end);
  let reload = async (): Promise<void> => undefined;
  // Also before anything runs: without a handler the signal would end the process.
  const forgetReloads = onHangUp(() => void reload());
  const incidents = createFeedIncidents((message) => printJson(context, message));
  try {
    const daemon = await compose(config, {
      stage, shard: options.shard, port: options.port, address: options.address, lockstep: options.lockstep, write: (text) => void context.stdout.write(text), colour: context.stdout.isTTY && !context.env.noColor, json: options.json,
      ...(options.json ? { onHealth: incidents } : {}), reread: () => parseConfigFile(options.config),
      onServed: (address) => {
        // Machines have it in the log.
        if (!options.json) context.stderr.write(`Console: ${address}\n`);
      }, stopped: ended, onEnd: () => end('the drill ended'), onFatal: (error) => end('failed', error),
    });
    daemon.log.info('starting', { stage, assets: Object.keys(config.assets).join(' '), venues: Object.keys(config.venues).join(' '), store: storePathOf(config.store.path, stage) });
    daemon.pipeline.start().then(() => {
      // What came of it is in the log; a failure ends the daemon.
      reload = () => daemon.reload().then(() => undefined, () => undefined);
    }, (error: unknown) => end('failed', error));
    await shutDown(context, storePathOf(config.store.path, stage), daemon, await ended, options.json);
  } catch (error) {
    if (!(error instanceof BreakwaterError && error.code === 'aborted')) throw error;
    context.stderr.write(`Stopped before anything began: nothing new was stored.\n`);
  } finally {
    forgetSignals();
    forgetReloads();
  }
}

async function shutDown(context: CommandContext, saved: string, { pipeline, log, lifecycle }: Daemon, { why, error }: End, json: boolean): Promise<void> {
  const before = pipeline.status();
  const clock = createSystemClock();
  let cancel: () => void = () => undefined;
  const tooLong = new Promise<'late'>((resolve) => (cancel = clock.after(shutdownMs, () => resolve('late'))));
  const outcome = await Promise.race([lifecycle.close({ timeoutMs: partMs, clock }), tooLong]);
  cancel();
  log.info('stopped', { why, ...before, failures: outcome === 'late' ? -1 : outcome.length, saved });
  // Machines have it in the log.
  if (!json) context.stderr.write(`Stopped (${why}): ${before.scores} scores computed; warnings, what is still to be delivered and the place to go on from are saved in ${saved}.\n`);
  // What a client left open does not keep a process that has stopped: the timer fires only while something does.
  setTimeout(() => process.exit(), lingerMs).unref();
  if (error instanceof AssertionError) throw error;
  if (why === 'failed') throw new CommandError(`breakwater stopped: ${messageOf(error)}. Everything promised is in ${saved}; start it again.`);
  if (outcome === 'late') {
    context.stderr.write(`Some parts did not end within ${shutdownMs / 1_000} s and were given up: ${lifecycle.open().join(', ') || 'the last one'}. Start again, it goes on from what was saved.\n`);
    process.exit(1);
  }
}
