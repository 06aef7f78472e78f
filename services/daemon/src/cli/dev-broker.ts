import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandError, type CommandContext } from './context.ts';

/** Brokers for a command, and how to be done with them. */
export interface BrokersAtHand {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** Starts a broker of the checkout's own; it ends with its input, and so with this process. */
const SERVE = resolve(import.meta.dirname, '../../../../infra/dev/dist/serve-kafka.js');

/** The brokers that `BREAKWATER_KAFKA` names, or else one started here, which takes about ten seconds and needs Java and Maven. */
export async function brokersAtHand(context: CommandContext): Promise<BrokersAtHand> {
  const given = context.env.kafka;
  if (given !== undefined && given !== '') return { brokers: given.split(',').map((part) => part.trim()), stop: async () => undefined };
  if (!existsSync(SERVE)) throw new CommandError('no Kafka: this is not a built checkout, which could start one. Set BREAKWATER_KAFKA=host:port.', 2);
  const child = spawn(process.execPath, [SERVE, '--until-input-ends'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = `${said}${data.toString('utf8')}`.slice(-2_000)));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await Promise.race([new Promise<string>((done) => createInterface({ input: child.stdout }).once('line', done)), ended]);
  if (line === undefined) throw new CommandError(`no Kafka: it did not start. ${said.trim()} It needs Java 17 and Maven (apt-get install default-jre-headless maven); or set BREAKWATER_KAFKA=host:port.`);
  return {
    brokers: (JSON.parse(line) as { readonly brokers: readonly string[] }).brokers,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
