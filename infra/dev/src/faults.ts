/**
 * The long fault tests: drills whose daemon is killed with SIGKILL again and again, each compared with the same drill left alone. One JSON line a
 * comparison on stdout, progress on stderr, exit code 1 when any differs. Then one process a stage plays a drill through Kafka while something is taken away,
 * and no warning may be lost. Then InfluxDB is away for ten minutes under the load of 64 assets, and no point may be missing afterwards. Arguments limit what
 * is run: `om-2025`, `random`, `cluster` or one of its faults (`kafka-killed`), `influx`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareRuns, playDrill, type RunRecord } from '@breakwater/daemon';
import { clusterFaults, playClusterFaults } from './cluster-faults.ts';
import { influxOutage } from './influx-outage.ts';

interface Plan {
  readonly scenario: string;
  readonly seed: number;
  readonly kills: number;
  readonly killSeeds: readonly number[];
}

/** Seeds of `random` whose days have warnings of several kinds and states (1, 5), of one kind (3), a few (6) and none (2). */
const plans: readonly Plan[] = [
  { scenario: 'om-2025', seed: 1, kills: 30, killSeeds: [1, 2, 3] },
  ...[1, 5, 3, 6, 2].map((seed): Plan => ({ scenario: 'random', seed, kills: 30, killSeeds: [1, 2] })),
];

/** Share of what the webhook receiver and the Telegram server are asked for that fails, in the runs with kills. */
const receiversFail = 1 / 3;

const folder = mkdtempSync(join(tmpdir(), 'breakwater-faults-'));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function play(plan: Plan, kills: number, killSeed: number): Promise<RunRecord> {
  const name = `${plan.scenario} seed ${plan.seed}, ${kills === 0 ? 'uninterrupted' : `${kills} kills, kill seed ${killSeed}`}`;
  say(`${name}: begun`);
  const record = await playDrill({
    ...plan, kills, killSeed, failures: kills === 0 ? 0 : receiversFail, out: join(folder, `${plan.scenario}-${plan.seed}-${kills}-${killSeed}`),
    onLine: (line) => {
      if (line.includes('daemon killed') || line.startsWith('market time')) say(`  ${line.trim()}`);
    },
  });
  say(`${name}: ${record.stored.length} revisions stored`);
  return record;
}

let different = 0;
const wanted = new Set(process.argv.slice(2));
for (const plan of plans.filter(({ scenario }) => wanted.size === 0 || wanted.has(scenario))) {
  const whole = await play(plan, 0, 0);
  for (const killSeed of plan.killSeeds) {
    const killed = await play(plan, plan.kills, killSeed);
    const differences = compareRuns(whole, killed);
    if (differences.length > 0) different++;
    process.stdout.write(`${JSON.stringify({
      scenario: plan.scenario, seed: plan.seed, kills: killed.kills, killSeed, equal: differences.length === 0, warnings: killed.stored.length,
      repeats: Object.fromEntries(Object.entries(killed.recipients).map(([recipient, got]) => [recipient, got.length - killed.stored.length])), hash: killed.hash, ...(differences.length === 0 ? {} : { differences }),
    })}\n`);
  }
}
const faults = clusterFaults.filter((fault) => wanted.size === 0 || wanted.has('cluster') || wanted.has(fault));
if (faults.length > 0) {
  await playClusterFaults({ scenario: 'random', seed: 1, faults, say }, (result) => {
    if (!result.equal || Object.values(result.lost).some((n) => n > 0)) different++;
    process.stdout.write(`${JSON.stringify(result)}\n`);
    say(`${result.fault}: ${Object.values(result.lost).reduce((sum, n) => sum + n, 0)} warnings lost, recovered in ${result.recoverySeconds} s`);
  });
}
if (wanted.size === 0 || wanted.has('influx')) {
  say('InfluxDB away for ten minutes: begun');
  const outage = await influxOutage(600, 64);
  if (outage !== undefined) process.stdout.write(`${JSON.stringify(outage)}\n`);
  if (outage !== undefined && outage.lost > 0) different++;
}
if (different === 0) rmSync(folder, { recursive: true });
else say(`${different} comparisons differ or lost something: stores, deliveries and logs are in ${folder}.`);
process.exitCode = different === 0 ? 0 : 1;
