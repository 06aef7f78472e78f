import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandError, type CommandContext } from './context.ts';

/** Brokers for a command, and how to be done with them. */
export interface BrokersAtHand {
  readonly brokers: readonly string[];
  /** Whether they were started here, and their data go with them. */
  readonly own: boolean;
  stop(): Promise<void>;
}

/** A database of series for a command. */
export interface InfluxAtHand {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server of the checkout's own, which ends with its input, and so with this process. */
interface DevServer {
  /** Its first line. */
  readonly line: string;
  stop(): Promise<void>;
}

/** Scripts of the checkout that start a server of its own. */
const scripts = resolve(import.meta.dirname, '../../../../infra/dev/dist');

/** The brokers that `BREAKWATER_KAFKA` names, or else one started here, which takes about ten seconds and needs Java and Maven. */
export async function brokersAtHand(context: CommandContext): Promise<BrokersAtHand> {
  const given = context.env.kafka;
  if (given !== undefined && given !== '') return { brokers: given.split(',').map((part) => part.trim()), own: false, stop: async () => undefined };
  const server = await serve('Kafka', 'serve-kafka.js', 'BREAKWATER_KAFKA=host:port', 'Java 17 and Maven (apt-get install default-jre-headless maven)');
  return { brokers: (JSON.parse(server.line) as { readonly brokers: readonly string[] }).brokers, own: true, stop: () => server.stop() };
}

/** The InfluxDB that `BREAKWATER_INFLUX` names, or else one started here, in a second. */
export async function influxAtHand(context: CommandContext): Promise<InfluxAtHand> {
  const given = context.env.influx;
  if (given !== undefined && given !== '') return { url: given.replace(/\/$/, ''), stop: async () => undefined };
  const server = await serve('InfluxDB', 'serve-influx.js', 'BREAKWATER_INFLUX=http://host:port', 'InfluxDB 1.x (apt-get install influxdb)');
  return { url: (JSON.parse(server.line) as { readonly url: string }).url, stop: () => server.stop() };
}

async function serve(name: string, script: string, instead: string, needs: string): Promise<DevServer> {
  const path = resolve(scripts, script);
  if (!existsSync(path)) throw new CommandError(`no ${name}: this is not a built checkout, which could start one. Set ${instead}.`, 2);
  const child = spawn(process.execPath, [path, '--until-input-ends'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = `${said}${data.toString('utf8')}`.slice(-2_000)));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await Promise.race([new Promise<string>((done) => createInterface({ input: child.stdout }).once('line', done)), ended]);
  if (line === undefined) throw new CommandError(`no ${name}: it did not start. ${said.trim()} It needs ${needs}; or set ${instead}.`);
  return {
    line,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
