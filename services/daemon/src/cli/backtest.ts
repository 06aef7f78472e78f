import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createCriticalValues, createLiveForecaster, fitPoolOnce, judgeRun, liveModelName, marketModel, passes, protocol, runMarket, sumOfTallies, usualModels, verdictOf, type TailCoefficients } from '@breakwater/models/tail-risk';
import { createInlineCompute } from '@breakwater/platform/compute/inline';
import { createWorkerCompute } from '@breakwater/platform/compute/workers';
import { backtestUniverse, leastForecasts, unitsOf, type UniverseBacktest } from './backtest-universe.ts';
import { readCandles } from './candles-file.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';
import { startProgress } from './progress.ts';

/** Flags of `backtest`, as parsed. */
export interface BacktestFlags {
  readonly universe?: string;
  readonly threads?: number;
  readonly coefficients?: string;
  readonly json: boolean;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
/** Threads beyond this leave nothing to do: the fit of the pool is one piece. */
const MOST_THREADS = 8;
/** Tasks of the largest file that is read wait at once. */
const QUEUE = 100_000;

/** `breakwater backtest var`: how well forecasts of the next five minutes' losses would have held, by model. */
export async function backtestCommand(context: CommandContext, what: string, candles: string | undefined, flags: BacktestFlags): Promise<void> {
  if (what !== 'var') throw new CommandError(`no backtest '${what}': there is var. Run \`breakwater backtest --help\`.`, 2);
  if ((candles === undefined) === (flags.universe === undefined)) throw new CommandError('give one file: bars of one market, or of many with --universe. Run `breakwater backtest --help`.', 2);
  if (flags.coefficients !== undefined) {
    if (flags.universe === undefined) throw new CommandError('--coefficients are fitted over many markets: give them with --universe. Run `breakwater backtest --help`.', 2);
    return writeCoefficients(context, flags.universe, flags.coefficients);
  }
  if (flags.universe !== undefined) return backtestFile(context, flags.universe, flags);
  return backtestOne(context, candles ?? '', flags);
}

async function backtestFile(context: CommandContext, path: string, flags: BacktestFlags): Promise<void> {
  const began = nowMs();
  const universe = await readCandles(path);
  const threads = Math.min(MOST_THREADS, flags.threads ?? availableParallelism());
  const compute = threads > 1 ? createWorkerCompute({ size: threads, queueLimit: QUEUE }) : createInlineCompute();
  const progress = startProgress(context, 'testing', unitsOf(universe), 'runs', nowMs);
  try {
    const result = await backtestUniverse({ universe, compute, progress: (done) => progress.update(done) });
    progress.stop();
    const seconds = Number(((nowMs() - began) / 1_000).toFixed(1));
    if (flags.json) printUniverseJson(context, result, seconds);
    else printUniverse(context, result, seconds);
  } finally {
    progress.stop();
    await compute.close();
  }
}

/** One fit of all markets, as `pooledDefaults` holds it: six significant digits. Tests nothing. */
async function writeCoefficients(context: CommandContext, path: string, to: string): Promise<void> {
  const { together, alone, laws } = fitPoolOnce(await readCandles(path));
  const plain = (of: TailCoefficients | null): unknown => of && { valueAtRisk: digits(of.valueAtRisk), shortfall: digits(of.shortfall) };
  const text = `${JSON.stringify({ together: plain(together), alone: plain(alone), laws: plain(laws) })}\n`;
  try {
    writeFileSync(to, text);
  } catch (error) {
    throw new CommandError(`${to} was not written: ${reasonOf(error)}. Check the path.`);
  }
  context.stderr.write(`${to}: coefficients of the live model from ${path}\n`);
}

const digits = (of: ArrayLike<number>): number[] => Array.from(of, (x) => Number(x.toPrecision(6)));
const round = (x: number, places: number): number => Number(x.toFixed(places));

function printUniverseJson(context: CommandContext, result: UniverseBacktest, seconds: number): void {
  printJson(context, { protocol: { ...protocol, forecasts: result.forecasts, z2Critical: round(result.critical, 4) }, skipped: result.skipped });
  for (const { symbol, models } of result.verdicts) {
    printJson(context, { symbol, models: models.map(({ name, exceedances, kupiec, independence, z2, dynamicQuantile, fz0, passed }) => ({
      name, exceedances, kupiec: round(kupiec.pValue, 5), independence: round(independence.pValue, 5), z2: round(z2, 4), dynamicQuantile: round(dynamicQuantile.pValue, 5), fz0: round(fz0, 5), passed,
    })) });
  }
  printJson(context, { leaveOneDayOut: Object.fromEntries(result.models.map(({ name, leaveOneDayOut }) => [name, { ...leaveOneDayOut, fz0: leaveOneDayOut.fz0.map((x) => round(x, 5)) }])) });
  printJson(context, {
    symbols: result.symbols.length,
    models: result.models.map(({ name, kupiec, independence, z2, all, allAndDq, fz0, fz0VsReference, seconds: own }) => ({
      name, kupiec, independence, z2, all, allAndDq, fz0: round(fz0, 5), fz0VsGarch: fz0VsReference === null ? { difference: 0, t: 0 } : { difference: round(fz0VsReference.difference, 5), t: round(fz0VsReference.t, 2) }, seconds: round(own, 1),
    })),
    live: liveModelName, seconds,
  });
}

function printUniverse(context: CommandContext, result: UniverseBacktest, seconds: number): void {
  const { symbols, skipped, models, forecasts, critical } = result;
  context.stdout.write(`${symbols.length} markets, ${forecasts} forecasts each after ${protocol.start} returns, a fit every ${protocol.refit} bars. Markets that pass at 5 %: 99 % VaR by Kupiec and independence, 97.5 % ES by Z2 (not below ${critical.toFixed(3)}).\n`);
  if (skipped.length > 0) context.stdout.write(`Too few bars: ${skipped.join(', ')}\n`);
  context.stdout.write('\n');
  printTable(context, ['model', 'Kupiec', 'independence', 'Z2', 'all three', 'and DQ', 'FZ0', 'against GARCH', 't', 'thread s'], models.map(({ name, kupiec, independence, z2, all, allAndDq, fz0, fz0VsReference, seconds: own }) => [
    `${name}${name === liveModelName ? ' (live)' : ''}`, kupiec, independence, z2, all, allAndDq, fz0.toFixed(4), fz0VsReference === null ? '-' : fz0VsReference.difference.toFixed(4), fz0VsReference === null ? '-' : fz0VsReference.t.toFixed(1), own.toFixed(1),
  ]));
  context.stdout.write('\nWith any one day left out (exceedances come on the same days everywhere):\n\n');
  const range = ([low, high]: readonly [number, number], digits = 0): string => `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
  printTable(context, ['model', 'Kupiec', 'independence', 'Z2', 'all three', 'and DQ', 'FZ0'], models.map(({ name, leaveOneDayOut: r }) => [name, range(r.kupiec), range(r.independence), range(r.z2), range(r.all), range(r.allAndDq), range(r.fz0, 4)]));
  context.stdout.write(`\n${seconds} s. FZ0 is the Fissler-Ziegel score of VaR and ES, lower is better; t is that of Diebold and Mariano.\n`);
}

/** One market by itself: the live model with the coefficients it ships with, beside the usual ones. */
async function backtestOne(context: CommandContext, path: string, flags: BacktestFlags): Promise<void> {
  const universe = await readCandles(path);
  if (universe.symbols.length !== 1) throw new CommandError(`${path} holds ${universe.symbols.length} markets: give it with --universe.`, 2);
  const names = [...Object.keys(usualModels), liveModelName];
  const progress = startProgress(context, 'testing', names.length, 'models', nowMs);
  const runs = names.map((name, done) => {
    const usual = usualModels[name];
    const run = runMarket(universe, 0, marketModel(usual === undefined ? createLiveForecaster({ window: protocol.start }) : usual(protocol)), protocol);
    progress.update(done + 1);
    return { name, run };
  });
  progress.stop();
  const forecasts = runs[0]?.run.losses.length ?? 0;
  if (forecasts < leastForecasts) throw new CommandError(`${path} was not tested: ${forecasts} forecasts follow the first ${protocol.start} returns, and fewer than ${leastForecasts} say nothing of one in a hundred. Give a longer time.`);
  const critical = createCriticalValues(forecasts);
  const models = runs.map(({ name, run }) => {
    const first = Math.floor((run.at[0] ?? NaN) / 86_400_000);
    const verdict = verdictOf(sumOfTallies(judgeRun(run, { first, count: Math.floor((run.at.at(-1) ?? NaN) / 86_400_000) - first + 1 }).tallies));
    return { name, ...verdict, passed: passes(verdict, critical) };
  });
  if (flags.json) {
    printJson(context, { forecasts, z2Critical: round(critical(forecasts), 4), models, live: liveModelName });
    return;
  }
  context.stdout.write(`${forecasts} forecasts of the next five minutes after ${protocol.start} returns. A model is rejected at 5 % where p is below 0.05, or Z2 below ${critical(forecasts).toFixed(3)}.\n\n`);
  printTable(context, ['model', 'beyond 99 % VaR', 'Kupiec p', 'independence p', 'DQ p', 'Z2', 'FZ0', 'rejected by'], models.map((m) => [
    `${m.name}${m.name === liveModelName ? ' (live)' : ''}`, m.exceedances, m.kupiec.pValue.toFixed(3), m.independence.pValue.toFixed(3), m.dynamicQuantile.pValue.toFixed(3), m.z2.toFixed(3), m.fz0.toFixed(4), rejected(m.passed),
  ]));
  context.stdout.write(`\nExpected: ${(forecasts * 0.01).toFixed(0)} beyond the VaR. The live model is the one that the daemon runs on an asset: a market alone, by coefficients fitted once to April 2025; of that month it is no test.\n`);
}

function rejected(passed: ReturnType<typeof passes>): string {
  const names = { kupiec: 'Kupiec', independence: 'independence', z2: 'Z2', dynamicQuantile: 'DQ' } as const;
  const list = (Object.keys(names) as (keyof typeof names)[]).filter((key) => !passed[key]).map((key) => names[key]);
  return list.length === 0 ? 'none' : list.join(', ');
}
