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
}

/** Writes a program, whose text may import the TypeScript sources, into `folder`. */
export function createKilledProcess(folder: string, program: string): KilledProcess {
  writeFileSync(join(folder, 'hooks.mjs'), hooks(createRequire(import.meta.url).resolve('@swc/core')));
  writeFileSync(join(folder, 'register.mjs'), register);
  writeFileSync(join(folder, 'program.mjs'), program);
  return {
    killAfter: (argument, count, beforeKill) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ['-C', 'source', '--import', pathToFileURL(join(folder, 'register.mjs')).href, join(folder, 'program.mjs'), argument], { stdio: ['ignore', 'pipe', 'pipe'] });
        let output = '';
        let errors = '';
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (child.killed || output.split('\n').length <= count) return;
          beforeKill?.();
          child.kill('SIGKILL');
        });
        child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
        child.on('close', (_code, signal) => {
          const whole = output.slice(0, output.lastIndexOf('\n')).split('\n');
          if (signal === 'SIGKILL') resolve(whole.at(-1) ?? '');
          else reject(new Error(`the program ended by itself: ${errors}`));
        });
      }),
  };
}
