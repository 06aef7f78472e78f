import type { DaySpan, MarketModel, PoolHistory, PoolSchedule, Protocol, Universe } from '@breakwater/models/tail-risk';
import { aloneMarketModel, aloneModelName, fitPool, judgeRun, liveModelName, marketModel, pooledMarketModel, runMarket, usualModels } from '@breakwater/models/tail-risk';
import type { ComputeTask } from '@breakwater/platform/compute';

/** Markets `from` up to `to` of a universe by one model. */
export interface RunRequest {
  readonly universe: Universe;
  readonly markets: readonly number[];
  readonly model: string;
  readonly protocol: Protocol;
  readonly days: DaySpan;
  /** Every moment of the universe, ascending. */
  readonly grid: Float64Array;
  /** What the two forms of the live model need; null for the others. */
  readonly pool: PoolHistory | null;
}

/** What became of them. */
export interface RunAnswer {
  readonly tallies: readonly Float64Array[];
  /** Sums of scores and counts by moment of the grid. */
  readonly scoreSums: Float64Array;
  readonly scoreCounts: Float64Array;
  readonly seconds: number;
}

/** A fit of the pool over time. */
export interface PoolRequest {
  readonly universe: Universe;
  readonly schedule: PoolSchedule;
}

const seconds = (): number => Number(process.hrtime.bigint()) / 1e9;

/** Runs one model over some markets. */
export function runModel({ universe, markets, model, protocol, days, grid, pool }: RunRequest): RunAnswer {
  const began = seconds();
  const scoreSums = new Float64Array(grid.length);
  const scoreCounts = new Float64Array(grid.length);
  const indices = new Map<number, number>();
  grid.forEach((t, i) => indices.set(t, i));
  const make = (): MarketModel => {
    if (model === liveModelName && pool !== null) return pooledMarketModel(pool, protocol);
    if (model === aloneModelName && pool !== null) return aloneMarketModel(pool, protocol);
    const usual = usualModels[model];
    if (usual === undefined) throw new Error(`no model '${model}' without a pool`);
    return marketModel(usual(protocol));
  };
  const tallies = markets.map((k) => {
    const run = runMarket(universe, k, make(), protocol);
    const judged = judgeRun(run, days);
    judged.scores.forEach((score, j) => {
      const i = indices.get(run.at[j] ?? NaN) ?? NaN;
      scoreSums[i] = (scoreSums[i] ?? 0) + score;
      scoreCounts[i] = (scoreCounts[i] ?? 0) + 1;
    });
    return judged.tallies;
  });
  return { tallies, scoreSums, scoreCounts, seconds: seconds() - began };
}

/** Fits the pool over the whole of a universe's time. */
export function runPool({ universe, schedule }: PoolRequest): { readonly history: PoolHistory; readonly seconds: number } {
  const began = seconds();
  const history = fitPool(universe, schedule);
  return { history, seconds: seconds() - began };
}

/** `runModel` as a task. */
export const runTask: ComputeTask<RunRequest, RunAnswer> = { module: import.meta.url, name: 'runModel', fn: runModel };
/** `runPool` as a task. */
export const poolTask: ComputeTask<PoolRequest, { readonly history: PoolHistory; readonly seconds: number }> = { module: import.meta.url, name: 'runPool', fn: runPool };
