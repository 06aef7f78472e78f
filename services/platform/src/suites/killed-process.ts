import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Lets a plain Node process import the TypeScript sources. */
const hooks = (swc: string): string => `
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
const swc = createRequire(import.meta.url)(${JSON.stringify(swc)});
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const { code } = await swc.transform(text, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
  return { format: 'module', source: code, shortCircuit: true };
}
`;
const register = `import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);`;

/** A program that is run in a process of its own and killed. */
export interface KilledProcess {
  /** Runs it with `argument` until it has printed `count` lines, kills it with SIGKILL, and returns the last line that was whole. Rejects when it ends by itself. */
  killAfter(argument: string, count: number, beforeKill?: () => void): Promise<string>;
  /** Runs it with `argument`, in the hands of the caller. */
  start(argument: string): RunningProgram;
}

/** A program in a process of its own. */
export interface RunningProgram {
  /** Whole lines it has printed so far. */
  lines(): readonly string[];
  /** Resolves once it has printed `count` lines, with the last of them; rejects when it ends before. */
  printed(count: number): Promise<string>;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Writes a program, whose text may import the TypeScript sources, into `folder`. */
export function createKilledProcess(folder: string, program: string): KilledProcess {
  writeFileSync(join(folder, 'hooks.mjs'), hooks(createRequire(import.meta.url).resolve('@swc/core')));
  writeFileSync(join(folder, 'register.mjs'), register);
  writeFileSync(join(folder, 'program.mjs'), program);
  const run = (argument: string): ReturnType<typeof spawn> =>
    spawn(process.execPath, ['-C', 'source', '--import', pathToFileURL(join(folder, 'register.mjs')).href, join(folder, 'program.mjs'), argument], { stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    start: (argument) => {
      const child = run(argument);
      let [output, errors, over] = ['', '', false];
      let waiting: (() => void)[] = [];
      const wake = (): void => {
        const woken = waiting;
        waiting = [];
        for (const fn of woken) fn();
      };
      const lines = (): readonly string[] => output.split('\n').slice(0, -1);
      const isOver = (): boolean => over;
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        wake();
      });
      child.stderr?.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
      const ended = new Promise<void>((resolve) => child.once('close', () => {
        over = true;
        wake();
        resolve();
      }));
      const killIt = (): void => void child.kill('SIGKILL');
      process.once('exit', killIt);
      void ended.then(() => process.off('exit', killIt));
      return {
        lines, ended,
        printed: async (count) => {
          while (lines().length < count) {
            if (isOver()) throw new Error(`the program ended after ${lines().length} lines: ${errors}`);
            await new Promise<void>((resolve) => waiting.push(resolve));
          }
          return lines()[count - 1] ?? '';
        },
        signal: (signal) => void child.kill(signal),
      };
    },
    killAfter: (argument, count, beforeKill) =>
      new Promise((resolve, reject) => {
        const child = run(argument);
        let output = '';
        let errors = '';
        child.stdout?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (child.killed || output.split('\n').length <= count) return;
          beforeKill?.();
          child.kill('SIGKILL');
        });
        child.stderr?.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
        child.on('close', (_code, signal) => {
          const whole = output.slice(0, output.lastIndexOf('\n')).split('\n');
          if (signal === 'SIGKILL') resolve(whole.at(-1) ?? '');
          else reject(new Error(`the program ended by itself: ${errors}`));
        });
      }),
  };
}
