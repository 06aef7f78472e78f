import type { ComparedModel, Universe, Verdict } from '@breakwater/models/tail-risk';
import { aloneModelName, compareModels, createCriticalValues, daysOf, gridOf, liveModelName, passes, protocol, referenceModelName, sumOfTallies, usualModels, verdictOf } from '@breakwater/models/tail-risk';
import type { Compute } from '@breakwater/platform/compute';
import { poolTask, runTask, type RunAnswer } from './backtest-tasks.ts';
import { CommandError } from './context.ts';

/** Forecasts that a market must have to be tested: fewer say nothing of one in a hundred. */
export const leastForecasts = 250;
/** Markets of one task. */
const CHUNK = 8;

/** What the backtest of a universe found. */
export interface UniverseBacktest {
  readonly symbols: readonly string[];
  /** Markets with too few bars. */
  readonly skipped: readonly string[];
  readonly models: readonly (ComparedModel & { readonly seconds: number })[];
  /** By market, then by model. */
  readonly verdicts: readonly { readonly symbol: string; readonly models: readonly (Verdict & { readonly name: string; readonly passed: ReturnType<typeof passes> })[] }[];
  /** Z2 must not be below it, for the most usual number of forecasts. */
  readonly critical: number;
  readonly forecasts: number;
}

/** Terms of a backtest. */
export interface UniverseBacktestOptions {
  readonly universe: Universe;
  readonly compute: Compute;
  /** Hears model runs done of those there are. */
  readonly progress: (done: number) => void;
}

/** Model runs that `backtestUniverse` reports: one a market for each model, and one for the pool's fit. */
export function unitsOf({ symbols }: Universe): number {
  return symbols.length * (Object.keys(usualModels).length + 3);
}

/** Runs every model over every market by the protocol. The pool is fitted while the models that need none run. Rejects with a `CommandError` when no market has enough bars. */
export async function backtestUniverse({ universe, compute, progress }: UniverseBacktestOptions): Promise<UniverseBacktest> {
  const { start } = protocol;
  const all = universe.symbols.map((_, k) => k);
  const bars = (k: number): number => (universe.starts[k + 1] ?? 0) - (universe.starts[k] ?? 0);
  const markets = all.filter((k) => bars(k) - start - 1 >= leastForecasts);
  if (markets.length === 0) throw new CommandError(`nothing to test: no market has ${start + 1 + leastForecasts} bars of five minutes (${start} returns to begin with, and ${leastForecasts} forecasts). Give a longer time.`);
  const grid = gridOf(universe);
  const terms = { universe, protocol, days: daysOf(grid), grid };
  const chunks = Array.from({ length: Math.ceil(markets.length / CHUNK) }, (_, i) => markets.slice(i * CHUNK, (i + 1) * CHUNK));
  let done = 0;
  const advance = (by: number): void => {
    done += by;
    progress(done);
  };
  const run = async (model: string, pool: Promise<Awaited<ReturnType<typeof fitted>>> | null): Promise<readonly RunAnswer[]> => {
    const history = pool === null ? null : (await pool).history;
    return Promise.all(chunks.map(async (chunk) => {
      const answer = await compute.run(runTask, { ...terms, markets: chunk, model, pool: history });
      advance(chunk.length);
      return answer;
    }));
  };
  const fitted = async (): Promise<{ readonly history: Parameters<typeof runTask.fn>[0]['pool']; readonly seconds: number }> => {
    const pool = await compute.run(poolTask, { universe, schedule: protocol });
    advance(universe.symbols.length);
    return pool;
  };
  // The fit is the longest piece that cannot be divided: first.
  const pool = fitted();
  const names = [...Object.keys(usualModels), aloneModelName, liveModelName];
  const answers = await Promise.all(names.map((name) => run(name, name === liveModelName || name === aloneModelName ? pool : null)));
  const records = names.map((name, m) => {
    const own = answers[m] ?? [];
    return { name, markets: own.flatMap(({ tallies }) => tallies), scoreSums: added(own.map(({ scoreSums }) => scoreSums)), scoreCounts: added(own.map(({ scoreCounts }) => scoreCounts)) };
  });
  const verdicts = markets.map((k, i) => ({ symbol: universe.symbols[k] ?? '', of: records.map(({ name, markets: tallies }) => ({ name, ...verdictOf(sumOfTallies(tallies[i] ?? new Float64Array())) })) }));
  const forecasts = usual(verdicts.map(({ of }) => of[0]?.forecasts ?? 0));
  const critical = createCriticalValues(forecasts);
  const fitSeconds = (await pool).seconds;
  return {
    symbols: markets.map((k) => universe.symbols[k] ?? ''),
    skipped: all.filter((k) => !markets.includes(k)).map((k) => universe.symbols[k] ?? ''),
    models: compareModels(records, referenceModelName, critical).map((model, m) => ({ ...model, seconds: (answers[m] ?? []).reduce((sum, { seconds }) => sum + seconds, model.name === liveModelName ? fitSeconds : 0) })),
    verdicts: verdicts.map(({ symbol, of }) => ({ symbol, models: of.map((verdict) => ({ ...verdict, passed: passes(verdict, critical) })) })),
    critical: critical(forecasts), forecasts,
  };
}

function added(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: parts[0]?.length ?? 0 }, (_, i) => parts.reduce((sum, part) => sum + (part[i] ?? 0), 0));
}

/** The most frequent number; of several the largest. */
function usual(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const n of numbers) counts.set(n, (counts.get(n) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] || (next[1] === best[1] && next[0] > best[0]) ? next : best))[0];
}
