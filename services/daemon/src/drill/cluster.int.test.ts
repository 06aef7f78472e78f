import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { playClusterFaults } from '@breakwater/dev/cluster-faults';
import { root } from '../../../../infra/dev/src/env.ts';
import { kafkaForTests } from '../../../../infra/dev/src/kafka.ts';
import { builtMain } from './test-built.ts';

/** A daemon of one stage, with what it has logged. */
interface Started {
  /** Resolves once its log has the text; rejects when it ends before. */
  logged(text: string): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly afterMs: number }>;
  log(): string;
}

function start(main: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, [main, 'start', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  let text = '';
  let looks: (() => void)[] = [];
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    for (const look of looks) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => {
    process.off('exit', reap);
    resolve(code);
  }));
  return {
    log: () => text,
    logged: (wanted) => new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`never logged ${wanted}: ${text.slice(-3_000)}`)), 40_000);
      const look = (): void => {
        if (!text.includes(wanted)) return;
        clearTimeout(late);
        looks = looks.filter((other) => other !== look);
        resolve();
      };
      looks.push(look);
      look();
      void ended.then(() => reject(new Error(`ended before it logged ${wanted}: ${text.slice(-2_000)}`)));
    }),
    stop: async (signal) => {
      const sentAt = process.hrtime.bigint();
      child.kill(signal);
      return { code: await ended, afterMs: Number(process.hrtime.bigint() - sentAt) / 1e6 };
    },
  };
}

describe('a system of one process for each stage, on a real Kafka', () => {
  it('loses no warning when the broker is killed, and then its scoring worker; `npm run faults -- cluster` plays every fault over a whole day', async () => {
    const plan = { scenario: 'random', seed: 1, steps: 51, faults: ['kafka-then-score-killed'], main: builtMain(root), say: () => undefined } as const;
    const results = await playClusterFaults(plan, (result) => console.log(JSON.stringify(result)));
    // Said why, where there is no Kafka; in continuous integration that is an error.
    if (results === undefined) return;
    for (const { fault, warnings, lost, equal } of results) {
      expect({ fault, lost, equal }).toEqual({ fault, lost: { terminal: 0, file: 0, webhook: 0, telegram: 0 }, equal: true });
      expect(warnings).toBeGreaterThan(1);
    }
  }, 300_000);

  it('hands alerting over at once when an instance is asked to end, which then ends', async () => {
    const active = '"msg":"alert-active"';
    const main = builtMain(root);
    const kafka = await kafkaForTests('4.1.1');
    if (kafka === undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-hand-over-'));
    // Port 1 (tcpmux) is not served: nothing of the market comes.
    const dead = { rest: 'http://127.0.0.1:1', ws: { public: 'ws://127.0.0.1:1' } };
    const instance = (name: string): Started => {
      const config = join(folder, `${name}.yaml`);
      writeFileSync(config, JSON.stringify({
        assets: { OM: {} }, venues: { okx: { markets: ['spot'], endpoints: { spot: dead } } }, bus: { kafka: { brokers: kafka.brokers, prefix: `hand-over-${process.pid}` } },
        probes: { port: 0 }, alerting: { api: { port: 0 } }, store: { path: join(folder, `${name}.db`) },
      }));
      return start(main, ['--config', config, '--stage', 'alert']);
    };
    const started: Started[] = [];
    try {
      const first = instance('first');
      started.push(first);
      await first.logged(active);
      const second = instance('second');
      started.push(second);
      await second.logged('kafka-connected');
      // It asks for the lease twice a second.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(second.log()).not.toContain(active);
      const ended = await first.stop('SIGTERM');
      expect({ code: ended.code, inTime: ended.afterMs < 5_000 }).toEqual({ code: 0, inTime: true });
      await second.logged(active);
      expect((await second.stop('SIGTERM')).code).toBe(0);
    } finally {
      await Promise.all(started.map((each) => each.stop('SIGKILL')));
      await kafka.stop();
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
