import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StageChoice } from '../stages.ts';

/** A daemon in a process of its own, which can be killed like any other. */
export interface DaemonProcess {
  readonly pid: number | undefined;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  /** SIGSTOP pauses it, SIGCONT lets it go on. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Asks it to end, and ends it when it has not within `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** Starts `breakwater start` with a config and a drill to take the time from. `onLine` gets every complete line it prints; its log goes to a file. */
export function startDaemonProcess(options: { readonly main?: string | undefined; readonly config: string; readonly stage: StageChoice; readonly lockstep: string; readonly logPath: string; readonly onLine: (line: string) => void }): DaemonProcess {
  const main = options.main ?? fileURLToPath(new URL('../main.js', import.meta.url));
  const log: WriteStream = createWriteStream(options.logPath, { flags: 'a' });
  const child: ChildProcess = spawn(process.execPath, [main, 'start', '--json', '--config', options.config, '--stage', options.stage, '--lockstep', options.lockstep], { stdio: ['ignore', 'pipe', 'pipe'] });
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    rest += text;
    const lines = rest.split('\n');
    // A line that the process did not live to finish is not a line: what it said comes again.
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') options.onLine(line);
  });
  child.stderr?.pipe(log);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  // Whatever ends this process takes the daemon with it.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  void exited.then(() => process.off('exit', reap));
  return {
    pid: child.pid, exited, kill: (signal) => void child.kill(signal),
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const grace = setTimeout(reap, graceMs);
      await exited;
      clearTimeout(grace);
    },
  };
}
