import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topics } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createKafkaBus } from '@breakwater/platform/bus/kafka';
import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createScorer } from '@breakwater/scoring';
import { scaleAssets, scaleConfig, scaleFrom, scaleSources, scaleStream } from './bench-scale-stream.ts';
import type { ScaleWorkerAnswer, ScaleWorkerTerms } from './bench-scale-worker.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { brokersAtHand } from './dev-broker.ts';
import { startProgress } from './progress.ts';

/** One measurement: so many assets on so many workers. */
interface ScaleRun {
  readonly assets: number;
  readonly workers: number;
  /** Assets of each worker. */
  readonly shares: readonly number[];
  readonly scores: number;
  /** Whether every score is the one of one process, by the hash of its inputs, and none is missing. */
  readonly same: boolean;
  readonly seconds: number;
  /** Processor time of all workers for one asset and one second of market data: reading, folding, one score, telling it. */
  readonly cpuMsPerAsset: number;
  /** What workers hold for one asset. */
  readonly memoryMbPerAsset: number;
}

/** What `bench scale` prints. */
interface ScaleBench {
  readonly bench: 'scale';
  readonly ticks: number;
  readonly runs: readonly ScaleRun[];
  /** Whether in every run each worker's share is within one asset of every other's. */
  readonly divided: boolean;
  readonly same: boolean;
  /** What an asset costs among 64 as a multiple of what one costs among 8, on one worker: at most 1 where growth is linear or better. */
  readonly cpuGrowth: number;
  readonly memoryGrowth: number;
}

const TICKS = 12;
/** Growth on one worker, then the same assets on more. */
const plan = [{ assets: 8, workers: 1 }, { assets: 24, workers: 1 }, { assets: 64, workers: 1 }, { assets: 64, workers: 2 }, { assets: 64, workers: 4 }] as const;
const POLL_MS = 50;
const READY_MS = 120_000;
const RUN_MS = 600_000;

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const clock = createSystemClock();
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

/** `breakwater bench scale`: scoring workers in processes of their own on a real Kafka. */
export async function benchScaleCommand(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const kafka = await brokersAtHand(context);
  const progress = startProgress(context, 'measuring', plan.length, 'runs', nowMs);
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-scale-'));
  try {
    const runs: ScaleRun[] = [];
    for (const { assets, workers } of plan) {
      runs.push(await measure(kafka.brokers, folder, assets, workers, `scale-${process.pid}-${clock.now()}.`));
      progress.update(runs.length);
    }
    const result = conclude(runs);
    if (options.json) printJson(context, result);
    else {
      printTable(context, ['assets', 'workers', 'shares', 'scores', 'same', 'seconds', 'CPU ms an asset', 'MB an asset'], runs.map((run) => [run.assets, run.workers, run.shares.join(' '), run.scores, run.same ? 'yes' : 'no', run.seconds, run.cpuMsPerAsset, run.memoryMbPerAsset] as const));
      context.stdout.write(`an asset among 64 costs ${result.cpuGrowth} times the CPU and ${result.memoryGrowth} times the memory of one among 8\n`);
    }
  } finally {
    progress.stop();
    rmSync(folder, { recursive: true, force: true });
    await kafka.stop();
  }
}

function conclude(runs: readonly ScaleRun[]): ScaleBench {
  const alone = (assets: number): ScaleRun | undefined => runs.find((run) => run.workers === 1 && run.assets === assets);
  const growth = (of: (run: ScaleRun) => number): number => {
    const [few, many] = [alone(8), alone(64)];
    return few === undefined || many === undefined ? NaN : rounded(of(many) / of(few));
  };
  return {
    bench: 'scale', ticks: TICKS, runs, divided: runs.every(({ shares }) => Math.max(...shares) - Math.min(...shares) <= 1), same: runs.every(({ same }) => same),
    cpuGrowth: growth((run) => run.cpuMsPerAsset), memoryGrowth: growth((run) => run.memoryMbPerAsset),
  };
}

/** The scores of one process: tick and asset, and the hash of what the score was computed from. */
function inOneProcess(assets: number): ReadonlyMap<string, string> {
  const config = scaleConfig(assets);
  const scorer = createScorer(config, scaleFrom, { startGraceMs: 1e9 });
  for (const asset of config.assets) scorer.watch(asset);
  for (const source of scaleSources) scorer.aligner.expect(source);
  const told = new Map<string, string>();
  for (const { message } of scaleStream(assets, TICKS)) {
    scorer.push(message);
    if (message.kind !== 'watermark') continue;
    for (let due = scorer.due(epochMs(0)); due !== undefined; due = scorer.due(epochMs(0))) for (const score of due.scores) told.set(`${score.asset} ${score.eventTime}`, score.inputHash);
  }
  return told;
}

async function measure(brokers: readonly string[], folder: string, assets: number, workers: number, prefix: string): Promise<ScaleRun> {
  const expected = inOneProcess(assets);
  const bus = createKafkaBus({ connection: { brokers, clientId: 'scale', log: silentLog }, prefix, assets: scaleAssets(assets), clock, rng: createRng(1), log: silentLog, bufferLimit: 1_000_000, start: 'earliest' });
  const told = new Map<string, string>();
  bus.subscribe('scores', { group: 'bench', handler: (batch) => batch.forEach(({ asset, eventTime, inputHash }) => told.set(`${asset} ${eventTime}`, inputHash)) });
  const all = Array.from({ length: workers }, (_, i) => startWorker({ brokers, prefix, assets, store: join(folder, `${prefix}${i}.db`) }));
  try {
    const before = await until(READY_MS, 'workers did not share the partitions', () => askAll(all), (answers) => answers.every(({ partitions }) => partitions === topics.assets.partitions / workers));
    const began = nowMs();
    const stream = scaleStream(assets, TICKS);
    for (const [i, sent] of stream.entries()) {
      if (sent.topic === 'assets') bus.publish('assets', sent.message);
      else bus.publish('global', sent.message);
      if (i % 2_000 === 0) await sleep(clock, 1);
    }
    await until(RUN_MS, 'scores were missing', async () => told.size, (count) => count >= expected.size);
    const seconds = (nowMs() - began) / 1_000;
    const after = await askAll(all);
    const grown = (of: (answer: ScaleWorkerAnswer) => number): number => after.reduce((sum, answer, i) => sum + of(answer) - of(before[i] ?? answer), 0);
    return {
      assets, workers, shares: after.map((answer) => answer.assets.length), scores: told.size, seconds: rounded(seconds),
      same: told.size === expected.size && [...expected].every(([key, hash]) => told.get(key) === hash),
      cpuMsPerAsset: rounded(grown(({ cpuMs }) => cpuMs) / assets / TICKS), memoryMbPerAsset: rounded(grown(({ memoryMb }) => memoryMb) / assets),
    };
  } finally {
    for (const child of all) child.kill('SIGKILL');
    await bus.close();
  }
}

function startWorker(terms: ScaleWorkerTerms): ChildProcess {
  return fork(join(import.meta.dirname, 'bench-scale-worker.js'), [JSON.stringify(terms)], { execArgv: ['--expose-gc'] });
}

function askAll(all: readonly ChildProcess[]): Promise<readonly ScaleWorkerAnswer[]> {
  return Promise.all(all.map((child) => new Promise<ScaleWorkerAnswer>((resolve, reject) => {
    const ended = (): void => {
      reject(new CommandError('bench scale ended: a worker died. Its message is above.'));
    };
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      resolve(answer as ScaleWorkerAnswer);
    });
    child.send('how are you');
  })));
}

async function until<T>(limitMs: number, otherwise: string, ask: () => Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  for (const began = nowMs(); nowMs() - began < limitMs;) {
    const value = await ask();
    if (isEnough(value)) return value;
    await sleep(clock, POLL_MS);
  }
  throw new CommandError(`bench scale ended: ${otherwise} within ${limitMs / 1_000} s. The machine may be too busy.`);
}
