import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { findProgram, inCi } from './env.ts';

/** A server of another project, run for tests and for people without Docker. */
export interface DevServer {
  /** Where it answers: `http://127.0.0.1:<port>`. The same after a restart. */
  readonly url: string;
  /** Ends it and deletes its data; a server that was found running is left alone. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would; its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data and ports, ending it first where it runs; resolves when it answers. */
  restart(): Promise<void>;
}

/** How a server is started. */
export interface ServerPlan {
  /** For messages. */
  readonly name: string;
  /** A program on the path. */
  readonly program: string;
  /** Its arguments; `folder` is empty at the first start and its own. */
  readonly args: (folder: string) => readonly string[];
  readonly url: string;
  /** A path that answers with status 2xx once the server is ready. */
  readonly readyPath: string;
  /** How long it may take to be ready, milliseconds. */
  readonly readyWithinMs: number;
}

const clock = createSystemClock();
/** Characters kept of what a server said, for the message when it does not start. */
const keptOutput = 4_000;

/** Ports that nobody uses at the moment, on 127.0.0.1. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  return Promise.all(held.map((server) => new Promise<number>((resolve) => {
    const bound = server.address();
    server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
  })));
}

/** Starts a server in a temporary folder and waits until it answers. Throws, with what it last said, when it ends or does not answer in time. It is killed when this process exits. */
export async function startServer(plan: ServerPlan): Promise<DevServer> {
  const folder = mkdtempSync(join(tmpdir(), `breakwater-${plan.name.toLowerCase()}-`));
  let running: Running | undefined;
  const start = async (): Promise<void> => {
    running = launch(plan, folder);
    await running.ready();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await running?.end(signal);
    running = undefined;
  };
  const stop = async (): Promise<void> => {
    await end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: plan.url, stop, kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
  };
}

/** A server named by a variable of the environment; it cannot be ended from here. Throws when it does not answer. */
export async function foundServer(name: string, url: string, readyPath: string): Promise<DevServer> {
  const base = url.replace(/\/$/, '');
  if (!(await answers(`${base}${readyPath}`))) throw new Error(`${name} at ${base} does not answer`);
  const refuse = (): Promise<never> => Promise.reject(new Error(`${name} at ${base} was not started here and is left running`));
  return { url: base, stop: async () => undefined, kill: refuse, restart: refuse };
}

/** Whether a program is here. Where it is not: an error in continuous integration, elsewhere one line that says how to get it. */
export function requireProgram(program: string, how: string): boolean {
  if (findProgram(program) !== undefined) return true;
  const text = `${program} is not on this machine: ${how}`;
  if (inCi) throw new Error(text);
  console.warn(`skipped: ${text}`);
  return false;
}

interface Running {
  ready(): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
}

function launch(plan: ServerPlan, folder: string): Running {
  const child: ChildProcess = spawn(plan.program, plan.args(folder), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let ended: string | undefined;
  const keep = (chunk: Buffer): void => void (said = `${said}${chunk.toString()}`.slice(-keptOutput));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended ??= error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      ended ??= `exit ${code ?? signal ?? 'unknown'}`;
      resolve();
    });
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void gone.then(() => process.removeListener('exit', kill));
  return {
    ready: async () => {
      const deadline = clock.now() + plan.readyWithinMs;
      while (!(await answers(`${plan.url}${plan.readyPath}`))) {
        if (ended !== undefined || clock.now() > deadline) throw new Error(`${plan.name} not started: ${ended ?? `no answer within ${plan.readyWithinMs} ms`}\n${said}`);
        await pause(50);
      }
    },
    end: async (signal) => {
      if (ended === undefined) child.kill(signal);
      const grace = setTimeout(kill, 10_000);
      await gone;
      clearTimeout(grace);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
