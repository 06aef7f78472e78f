import { assert } from '../../core/index.ts';
import { dieboldMariano } from '../es-backtest.ts';
import { partsWithForecasts, sumOfTallies, verdictOf, type Verdict } from './tally.ts';

/** Tests are passed at this p-value and above. */
const SIGNIFICANCE = 0.05;

/** What one model did on every market. */
export interface ModelRecord {
  readonly name: string;
  /** One market each: its tallies, a day each (`judgeRun`). */
  readonly markets: readonly Float64Array[];
  /** For each moment of the grid: the sum of the FZ0 scores of the bars that began then, over all markets. */
  readonly scoreSums: Float64Array;
  /** And how many bars that were. */
  readonly scoreCounts: Float64Array;
}

/** How many markets passed, and the scores. */
export interface ModelSummary {
  readonly name: string;
  /** Markets on which each test was passed. */
  readonly kupiec: number;
  readonly independence: number;
  readonly z2: number;
  /** Those that passed all three. */
  readonly all: number;
  /** Those that passed the dynamic-quantile test with them. */
  readonly allAndDq: number;
  /** Mean over markets of the mean FZ0 score; lower is better. */
  readonly fz0: number;
}

/** What a table of models says, with the ranges that it would have had without any one day. */
export interface ComparedModel extends ModelSummary {
  /** Difference of the scores from the reference model's, and over its standard error (Diebold and Mariano, of the averages over markets in the order of time). Null for the reference itself. */
  readonly fz0VsReference: { readonly difference: number; readonly t: number } | null;
  /** Lowest and highest figure with one day left out. */
  readonly leaveOneDayOut: Readonly<Record<Exclude<keyof ModelSummary, 'name'>, readonly [low: number, high: number]>>;
}

/** Which tests a verdict passes: Kupiec and independence at 5 %, Z2 not below its critical value, and the dynamic-quantile test at 5 %. */
export function passes(verdict: Verdict, critical: (forecasts: number) => number): { readonly kupiec: boolean; readonly independence: boolean; readonly z2: boolean; readonly dynamicQuantile: boolean } {
  return {
    kupiec: verdict.kupiec.pValue >= SIGNIFICANCE, independence: verdict.independence.pValue >= SIGNIFICANCE,
    z2: verdict.z2 >= critical(verdict.forecasts), dynamicQuantile: verdict.dynamicQuantile.pValue >= SIGNIFICANCE,
  };
}

function summaryOf(name: string, verdicts: readonly Verdict[], critical: (forecasts: number) => number): ModelSummary {
  const passed = verdicts.map((verdict) => passes(verdict, critical));
  const count = (of: (p: (typeof passed)[number]) => boolean): number => passed.filter(of).length;
  const three = (p: (typeof passed)[number]): boolean => p.kupiec && p.independence && p.z2;
  return {
    name, kupiec: count((p) => p.kupiec), independence: count((p) => p.independence), z2: count((p) => p.z2), all: count(three), allAndDq: count((p) => three(p) && p.dynamicQuantile),
    fz0: verdicts.reduce((sum, { fz0 }) => sum + fz0, 0) / verdicts.length,
  };
}

/** Compares models of the same markets (one at least) and moments; `reference` is the name of one of them. `critical` says the value that Z2 must not be below. O(models markets days^2) sums. */
export function compareModels(records: readonly ModelRecord[], reference: string, critical: (forecasts: number) => number): readonly ComparedModel[] {
  const held = records.find(({ name }) => name === reference);
  assert(held !== undefined && held.markets.length > 0, `a record of ${reference} with markets`);
  const whole = new Map(records.map((record) => [record.name, summaryOf(record.name, record.markets.map((tallies) => verdictOf(sumOfTallies(tallies))), critical)]));
  return records.map((record) => {
    const summary = whole.get(record.name);
    const base = whole.get(reference);
    assert(summary !== undefined && base !== undefined, 'a summary of each model');
    return {
      ...summary,
      fz0VsReference: record === held ? null : { difference: summary.fz0 - base.fz0, t: dieboldMariano(averages(record, held), averages(held, record)).t },
      leaveOneDayOut: rangesOf(record, critical),
    };
  });
}

/** Average scores of a model at the moments at which both have some. */
function averages(record: ModelRecord, other: ModelRecord): number[] {
  return Array.from(record.scoreSums, (sum, i) => sum / (record.scoreCounts[i] ?? NaN)).filter((_, i) => (record.scoreCounts[i] ?? 0) > 0 && (other.scoreCounts[i] ?? 0) > 0);
}

function rangesOf(record: ModelRecord, critical: (forecasts: number) => number): ComparedModel['leaveOneDayOut'] {
  const days = [...new Set(record.markets.flatMap(partsWithForecasts))];
  // Of a single day nothing would be left.
  const left = days.length < 2 ? [undefined] : days;
  const without = left.map((day) => summaryOf(record.name, record.markets.map((tallies) => verdictOf(sumOfTallies(tallies, day))), critical));
  const range = (of: (summary: ModelSummary) => number): readonly [number, number] => [Math.min(...without.map(of)), Math.max(...without.map(of))];
  return { kupiec: range((s) => s.kupiec), independence: range((s) => s.independence), z2: range((s) => s.z2), all: range((s) => s.all), allAndDq: range((s) => s.allAndDq), fz0: range((s) => s.fz0) };
}
