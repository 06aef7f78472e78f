import { AssertionError } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { messageOf } from '@breakwater/platform/errors';
import { compose } from '../compose.ts';
import { readConfig } from './check-config.ts';
import { CommandError, type CommandContext } from './context.ts';

/** Clean shutdown takes at most this long. */
const shutdownMs = 5_000;

/** `breakwater start`: runs until Ctrl-C, SIGTERM, the end of its drill, or something it cannot recover from. */
export async function startCommand(context: CommandContext, options: { readonly config: string; readonly stage: string; readonly lockstep?: string; readonly json: boolean }): Promise<void> {
  if (!['all', 'collect', 'score', 'alert'].includes(options.stage)) throw new CommandError(`no stage '${options.stage}': give collect, score, alert or all.`, 2);
  if (options.stage !== 'all') throw new CommandError(`--stage ${options.stage} was not started: one stage alone needs a broker, and only the bus in memory is built in. Run without --stage.`);
  const config = readConfig(options.config);
  let end: (why: string, error?: unknown) => void = () => undefined;
  const ended = new Promise<{ why: string; error?: unknown }>((resolve) => (end = (why, error) => resolve({ why, error })));
  const onSignal = (signal: NodeJS.Signals): void => end(signal);
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const daemon = await compose(config, {
    lockstep: options.lockstep, write: (text) => void context.stdout.write(text), colour: context.stdout.isTTY && !context.env.noColor, json: options.json,
    onEnd: () => end('the drill ended'), onFatal: (error) => end('failed', error),
  });
  const { pipeline, log, lifecycle } = daemon;
  log.info('starting', { assets: Object.keys(config.assets).join(' '), venues: Object.keys(config.venues).join(' '), store: config.store.path });
  pipeline.start().catch((error: unknown) => end('failed', error));
  const { why, error } = await ended;
  const before = pipeline.status();
  const failures = await lifecycle.close({ timeoutMs: shutdownMs, clock: createSystemClock() });
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  log.info('stopped', { why, ...before, failures: failures.length, saved: config.store.path });
  if (error instanceof AssertionError) throw error;
  if (why === 'failed') throw new CommandError(`breakwater stopped: ${messageOf(error)}. Everything promised is in ${config.store.path}; start it again.`);
}
