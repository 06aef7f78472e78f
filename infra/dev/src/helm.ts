import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, inCi, root } from './env.ts';

/** Helm's version where it is built here. */
export const helmVersion = 'v3.22.0';

const run = promisify(execFile);
/** Where it is kept between runs; `npm ci` removes it, and Go's own cache then makes it again in seconds. */
const cache = join(root, 'node_modules/.cache/breakwater');
/** From nothing it took 80 s on a quiet machine, three minutes on a busy one. */
const buildTimeoutMs = 900_000;

/**
 * A Helm: the one on the path, or one that Go builds (https://helm.sh/docs/intro/install/, "From Source", read 2026-11-27). Undefined, after a line that says how to get one, where there is
 * neither; in continuous integration that is an error. The first build takes minutes, and says on stderr that it does.
 */
export async function findHelm(): Promise<string | undefined> {
  const found = findProgram('helm');
  if (found !== undefined) return found;
  const built = join(cache, `helm-${helmVersion}`);
  if (existsSync(built)) return built;
  const go = findProgram('go');
  if (go === undefined) {
    const text = 'helm is not on this machine: https://helm.sh/docs/intro/install/, or Go from https://go.dev/dl/, by which it is then built';
    if (inCi) throw new Error(text);
    console.warn(`skipped: ${text}`);
    return undefined;
  }
  mkdirSync(cache, { recursive: true });
  // Not by console, which a test run shows only when the file is done.
  process.stderr.write(`building helm ${helmVersion} by Go: the first time that takes minutes\n`);
  const own = mkdtempSync(`${built}.part-`);
  try {
    // Without symbols it links in half the time.
    await run('env', [`GOBIN=${own}`, 'CGO_ENABLED=0', go, 'install', '-ldflags=-s -w', `helm.sh/helm/v3/cmd/helm@${helmVersion}`], { timeout: buildTimeoutMs });
    renameSync(join(own, 'helm'), built);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return built;
}

/** Runs Helm in the repository's folder: what it printed on each stream, and whether it was content. */
export async function runHelm(helm: string, args: readonly string[]): Promise<{ readonly isContent: boolean; readonly out: string; readonly err: string }> {
  try {
    const { stdout, stderr } = await run(helm, [...args], { cwd: root, timeout: 120_000, maxBuffer: 16_777_216 });
    return { isContent: true, out: stdout, err: stderr };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { readonly stdout?: string; readonly stderr?: string };
    return { isContent: false, out: stdout, err: stderr };
  }
}
