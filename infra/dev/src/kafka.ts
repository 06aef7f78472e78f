import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inCi, kafkaBrokers, root } from './env.ts';
import { freePorts } from './servers.ts';

/** Versions the project is held to: the last with ZooKeeper's successor beside the old protocol versions, and one that has dropped these (KIP-896). */
export type KafkaVersion = '3.9.1' | '4.1.1';
/** Both versions, oldest first. */
export const kafkaVersions: readonly KafkaVersion[] = ['3.9.1', '4.1.1'];

/** A broker for tests and for people without Docker. */
export interface KafkaServer {
  /** `host:port`, to be given to clients. */
  readonly brokers: readonly string[];
  /** Whether it was started here. One that the environment names is left alone: everything below resolves and does nothing. */
  readonly own: boolean;
  /** Ends it in an orderly way, by force after ten seconds, and removes its folder. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would; its data stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data and waits until it answers. */
  restart(): Promise<void>;
  /** Stops its process from running without ending it. */
  pause(): void;
  resume(): void;
}

/** How a broker is started. */
export interface KafkaOptions {
  readonly version?: KafkaVersion;
  /** Most heap in megabytes, default 512. */
  readonly heapMb?: number;
}

const run = promisify(execFile);
/** Jars are kept here between runs; `npm ci` removes it, and Maven's own cache fills it again. */
const cache = join(root, 'node_modules/.cache/breakwater');
/** A start on a busy machine took up to 20 s. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;

const pom = (version: KafkaVersion): string => `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>breakwater</groupId><artifactId>kafka-server</artifactId><version>1</version>
<dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version></dependency></dependencies></project>
`;

/** The folder of the broker's jars; Maven brings them on first use (46 MB). Several processes may ask at once: a folder is complete once it has its name. */
async function jarsOf(version: KafkaVersion): Promise<string> {
  const folder = join(cache, `kafka-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(`${folder}.part-`);
  try {
    writeFileSync(join(own, 'pom.xml'), pom(version));
    await run('mvn', ['-B', '-q', '-f', join(own, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${join(own, 'libs')}`, '-DincludeScope=runtime'], { timeout: 300_000 });
    renameSync(join(own, 'libs'), folder);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return folder;
}

/** One node with both roles. Small threads and buffers: it shares a machine with the tests. */
const properties = (folder: string, port: number, controllerPort: number): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=200
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
`;

/** Whether the broker answers a metadata request (version 5) and names itself: it is then registered with its controller. https://kafka.apache.org/protocol (read 2026-11-27). */
function answers(port: number): Promise<boolean> {
  const request = Buffer.from([0, 0, 0, 18, 0, 3, 0, 5, 0, 0, 0, 1, 0, 3, 0x64, 0x65, 0x76, 0, 0, 0, 0, 0]);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let answer = Buffer.alloc(0);
    const end = (ok: boolean): void => {
      socket.destroy();
      resolve(ok);
    };
    // Size, correlation id, throttle time, then the count of brokers, each four bytes.
    socket.on('data', (data) => {
      answer = Buffer.concat([answer, data]);
      if (answer.length >= 16) end(answer.readInt32BE(12) > 0);
    });
    socket.on('error', () => end(false)).on('close', () => end(false)).setTimeout(2_000, () => end(false));
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const javaFlags = (heapMb: number): readonly string[] => [`-Xmx${heapMb}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** Starts the process and resolves when it answers; rejects with the end of its output when it ends first. */
async function launch(folder: string, jars: string, port: number, heapMb: number): Promise<Running> {
  const output = openSync(join(folder, 'output.txt'), 'a');
  const child = spawn('java', [...javaFlags(heapMb), '-cp', join(jars, '*'), 'kafka.Kafka', join(folder, 'server.properties')], { stdio: ['ignore', output, output] });
  closeSync(output);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      process.off('exit', killIt);
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  // A broker must not outlive whoever started it.
  const killIt = (): void => void child.kill('SIGKILL');
  process.once('exit', killIt);
  const isOver = (): boolean => over;
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += 200) {
    if (isOver()) throw new Error(`Kafka ended while starting:\n${readFileSync(join(folder, 'output.txt'), 'utf8').slice(-2_000)}`);
    if (await answers(port)) return { child, ended };
    await pause(200);
  }
  child.kill('SIGKILL');
  await ended;
  throw new Error(`Kafka did not answer within ${START_TIMEOUT_MS / 1_000} s`);
}

/** Starts a single node in a temporary folder on free ports of 127.0.0.1, about 8 s; or returns the brokers that `BREAKWATER_KAFKA` names. Rejects when Java or Maven are missing. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const given = kafkaBrokers();
  const nothing = async (): Promise<void> => undefined;
  if (given !== undefined) return { brokers: given, own: false, stop: nothing, kill: nothing, restart: nothing, pause: () => undefined, resume: () => undefined };
  const heapMb = options.heapMb ?? 512;
  const jars = await jarsOf(options.version ?? '4.1.1');
  for (let attempt = 1; ; attempt++) {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-kafka-'));
    const [port = 0, controllerPort = 0] = await freePorts(2);
    try {
      const file = join(folder, 'server.properties');
      writeFileSync(file, properties(folder, port, controllerPort));
      await run('java', [...javaFlags(256), '-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', file], { timeout: START_TIMEOUT_MS });
      return handle(folder, jars, port, heapMb, await launch(folder, jars, port, heapMb));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      // Another process may have taken a port in between.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function handle(folder: string, jars: string, port: number, heapMb: number, first: Running): KafkaServer {
  let running: Running | undefined = first;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const { child, ended } = running ?? {};
    if (child === undefined) return;
    running = undefined;
    // A paused process takes no orderly end.
    child.kill('SIGCONT');
    child.kill(signal);
    const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(forced);
  };
  return {
    brokers: [`127.0.0.1:${port}`], own: true,
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      running = await launch(folder, jars, port, heapMb);
    },
    pause: () => void running?.child.kill('SIGSTOP'),
    resume: () => void running?.child.kill('SIGCONT'),
  };
}

/** Sixteen random bytes as Kafka writes ids: base64 for URLs without padding, never with a leading dash, which its command line takes for a flag. */
function clusterId(): string {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith('-') ? `A${id.slice(1)}` : id;
}

/**
 * A broker for a test file. On a machine without Java or Maven it is undefined, with a line that says how to get them; in continuous integration that is a failure.
 */
export async function kafkaForTests(version: KafkaVersion): Promise<KafkaServer | undefined> {
  if (kafkaBrokers() === undefined) {
    for (const tool of ['java', 'mvn']) {
      const found = await run(tool, ['-version'], { timeout: 60_000 }).then(() => true, () => false);
      if (found) continue;
      if (inCi) throw new Error(`${tool} is not here: continuous integration needs Java 17 and Maven (apt-get install default-jre-headless maven)`);
      console.warn(`skipped: no Kafka ${version}, because ${tool} is not here (apt-get install default-jre-headless maven, or set BREAKWATER_KAFKA=host:port)`);
      return undefined;
    }
  }
  return startKafka({ version });
}
