import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seriesCatalogue } from '@breakwater/contracts';
import { startOwnInflux } from '@breakwater/dev/influx';
import { epochMs } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { openDatabase } from '@breakwater/platform/store/embedded';
import { createInfluxSeries } from '@breakwater/platform/store/influx';
import { root } from '../../../../infra/dev/src/env.ts';
import { compareRuns, playDrill, type RunRecord } from './compare-runs.ts';
import { builtMain } from './test-built.ts';

/** A seed whose day has four warnings of three kinds in eleven revisions, one of them resolved. */
const seed = 1;

let [folder, main] = ['', ''];
beforeAll(() => {
  main = builtMain(root);
  folder = mkdtempSync(join(tmpdir(), 'breakwater-drill-test-'));
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly afterMs: number;
  readonly out: string;
  readonly err: string;
}

/** Starts the command and sends a signal once `until` has been printed; how it ended, and how long after the signal. */
function signalled(args: readonly string[], signal: NodeJS.Signals, until: (printed: string) => boolean, onReady: (child: ChildProcess) => void = () => undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    let sentAt: bigint | undefined;
    const look = (): void => {
      if (sentAt !== undefined || !until(out + err)) return;
      onReady(child);
      sentAt = process.hrtime.bigint();
      child.kill(signal);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      look();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      look();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (sentAt === undefined) reject(new Error(`ended by itself with exit code ${String(code)}: ${err}`));
      else resolve({ code, afterMs: Number(process.hrtime.bigint() - sentAt) / 1e6, out, err });
    });
  });
}

/** Processes below one, all generations. */
function descendants(pid: number): readonly number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): readonly number[] => table.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a drill against a real node and sockets', () => {
  let whole: RunRecord;

  it('gives the same warnings twice', async () => {
    whole = await playDrill({ scenario: 'random', seed, kills: 0, killSeed: 1, main, out: join(folder, 'whole') });
    const again = await playDrill({ scenario: 'random', seed, kills: 0, killSeed: 1, main, out: join(folder, 'again') });
    const states: Record<string, number> = {};
    for (const { warning, state } of whole.stored) states[`${warning} ${state}`] = (states[`${warning} ${state}`] ?? 0) + 1;
    console.log(JSON.stringify({ seed, revisions: whole.stored.length, states, hash: whole.hash }));
    expect(Object.keys(states).length).toBeGreaterThan(2);
    expect(compareRuns(whole, again)).toEqual([]);
    for (const deliveries of Object.values(again.recipients)) expect(deliveries).toHaveLength(again.stored.length);
  }, 120_000);

  it('has every point of its series in InfluxDB, which was killed on the way and came back', async () => {
    const influx = await startOwnInflux();
    if (influx === undefined) return;
    try {
      const out = join(folder, 'influx');
      let waited = 0;
      const over = new AbortController();
      // Twice on the way: away for a hundred steps of market time and more.
      const outages = (async () => {
        // Not before it takes the first points: how long the drill takes to begin is the machine's.
        const hasPoints = async (): Promise<boolean> => (await (await fetch(`${influx.url}/query?db=drill&q=SHOW+MEASUREMENTS`)).text()).includes('"price"');
        while (!over.signal.aborted && !(await hasPoints())) await new Promise((resolve) => setTimeout(resolve, 100));
        for (const pauseMs of [0, 1_500]) {
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          await influx.kill();
          await new Promise((resolve) => setTimeout(resolve, 2_000));
          const spool = join(out, 'spool');
          waited += existsSync(spool) ? readdirSync(spool).reduce((bytes, name) => bytes + statSync(join(spool, name)).size, 0) : 0;
          await influx.restart();
        }
      })();
      const run = await playDrill({ scenario: 'random', seed, kills: 0, killSeed: 1, main, out, influx: `${influx.url}/drill` }).finally(() => over.abort());
      await outages;
      expect(waited).toBeGreaterThan(1_000);
      expect(compareRuns(whole, run)).toEqual([]);
      const series = createInfluxSeries({ url: influx.url, database: 'drill', retentionDays: 0, wall: createSystemClock() });
      const kept = openDatabase(join(folder, 'whole/breakwater.db'), { readOnly: true });
      const rows = kept.all('select series.name, series.labels, points.time, points.value from points join series on series.id = points.series order by series.id, points.time');
      kept.close();
      const bySeries = new Map<string, [number, number][]>();
      for (const row of rows) {
        const key = `${String(row['name'])}\n${String(row['labels'])}`;
        bySeries.set(key, [...(bySeries.get(key) ?? []), [Number(row['time']), Number(row['value'])]]);
      }
      console.log(JSON.stringify({ series: bySeries.size, points: rows.length, spooledBytes: waited }));
      // The scenario is shorter than a day, so that nothing is compared with the day before, has too few liquidations to tell branching from, and its coin has no reserve, no schedule of unlocks and no chain whose producers are elected.
      expect(new Set([...bySeries.keys()].map((key) => key.split('\n')[0]))).toEqual(new Set(Object.keys(seriesCatalogue).filter((name) => !/^(ignition_of_day_ago|branching_ratio.*|producers_.*|reserve_.*|unlock_overhang)$/.test(name))));
      for (const [key, points] of bySeries) {
        const [name = '', labels = ''] = key.split('\n');
        const found = await series.range(name, Object.fromEntries(JSON.parse(labels) as [string, string][]), epochMs(0), epochMs(Number.MAX_SAFE_INTEGER / 1_000));
        expect([key, found.map(({ time, value }) => [time, value])]).toEqual([key, points]);
      }
    } finally {
      await influx.stop();
    }
  }, 180_000);

  it('loses nothing and ends in the same states when the daemon is killed thirty times while a third of what its receivers are asked for fails', async () => {
    const killed = await playDrill({ scenario: 'random', seed, kills: 30, killSeed: 1, failures: 1 / 3, main, out: join(folder, 'killed') });
    console.log(JSON.stringify({ kills: killed.kills, hash: killed.hash, delivered: Object.fromEntries(Object.entries(killed.recipients).map(([name, all]) => [name, all.length])) }));
    expect(killed.kills).toBe(30);
    expect(compareRuns(whole, killed)).toEqual([]);
    // Failures and kills did bring repeats, and only of what had been sent: `compareRuns` knows every revision of every recipient.
    expect(killed.recipients.webhook.length + killed.recipients.telegram.length).toBeGreaterThan(2 * killed.stored.length);
  }, 480_000);

  it('ends within five seconds of Ctrl-C, takes its processes with it and says where things are', async () => {
    const out = join(folder, 'stopped');
    let pids: readonly number[] = [];
    const ended = await signalled(
      ['drill', 'random', '--seed', String(seed), '--out', out], 'SIGINT',
      (printed) => printed.includes('Times are relative') && existsSync(join(out, 'daemon.log')) && readFileSync(join(out, 'daemon.log'), 'utf8').includes('"watching"'),
      (child) => (pids = descendants(child.pid ?? -1)),
    );
    // The node and the daemon.
    expect(pids.length).toBeGreaterThanOrEqual(2);
    expect(pids.filter(isAlive)).toEqual([]);
    expect({ code: ended.code, inTime: ended.afterMs < 5_000 }).toEqual({ code: 1, inTime: true });
    expect(ended.err).toContain(`The drill was stopped after`);
    expect(ended.err).toContain(`are in ${out}.`);
  }, 30_000);
});

describe('breakwater start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends by itself within five seconds of %s and says what was saved, whatever its venues do', async (signal) => {
    const config = join(folder, `${signal}.yaml`);
    const store = join(folder, `${signal}.db`);
    // Port 1 (tcpmux) is not served.
    const dead = { rest: 'http://127.0.0.1:1', ws: { public: 'ws://127.0.0.1:1' } };
    writeFileSync(config, JSON.stringify({ assets: { OM: {} }, venues: { okx: { markets: ['spot', 'swap'], endpoints: { spot: dead, swap: dead } } }, chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'] } }, store: { path: store }, alerting: { api: { port: 0 } } }));
    const ended = await signalled(['start', '--config', config], signal, (printed) => printed.includes('"msg":"starting"'));
    expect({ code: ended.code, out: ended.out, inTime: ended.afterMs < 5_000 }).toEqual({ code: 0, out: '', inTime: true });
    expect(ended.err).toContain(`Stopped (${signal})`);
    expect(ended.err).toContain(`are saved in ${store}`);
  }, 30_000);
});
