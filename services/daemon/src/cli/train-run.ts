import {
  addressFeatures, betaAt, blockedFolds, brierOf, crossValidate, defaultTrees, featuresOf, figuresOver, fitBeta, fitIsotonic, groupedFolds, isotonicAt, logisticLearner, matrixOf, netBenefit, pick, precisionAtBudget, scoreAddress,
  simulateEvents, transformed, treesLearner, winsBy, type Brier, type Evaluation, type Fold, type FoldFigures, type Learner,
} from '@breakwater/models/address-risk';
import { equalRows, type EqualRows, type LabelledTable } from './train-table.ts';

/** Models that can be trained. */
export const trainedModels = ['logistic', 'trees', 'mlp'] as const;
export type TrainedModel = (typeof trainedModels)[number];

/** Days between what is learned from and what is asked about: the label looks a day ahead. */
export const embargoDays = 1;

/** What is to be trained and how. */
export interface TrainingPlan {
  readonly table: LabelledTable;
  readonly models: readonly TrainedModel[];
  readonly folds: number;
  readonly seed: number;
}

/** One model's figures. */
export interface TrainedResult {
  readonly evaluation: Evaluation;
  /** The same figures over the rows that no other row is equal to; undefined where that is every row. */
  readonly alone: FoldFigures | undefined;
  /** `tensorflow`, `wasm` or `cpu` for the perceptron, `own` for what is written here. */
  readonly backend: string;
  /** Rows passed through a fit a second: epochs count, as trees do. */
  readonly rowsPerSecond: number;
  readonly seconds: number;
  /** Fitted on all rows. */
  readonly data: unknown;
}

/** All of them, and whether the perceptron may replace the logistic regression. */
export interface TrainingResult {
  readonly folds: readonly Fold[];
  readonly blocked: boolean;
  readonly equal: EqualRows;
  readonly results: readonly TrainedResult[];
  /** Undefined where one of the two was not trained. */
  readonly perceptron: ReturnType<typeof winsBy> | undefined;
  /** Why the perceptron was not trained natively, in words. */
  readonly fallback: string | undefined;
}

/** Folds of a table: by time and group where it has a time, else by group. */
export function foldsOf({ table, folds, seed }: TrainingPlan): readonly Fold[] {
  if (table.days === undefined) return groupedFolds(table.groups, table.labels, folds, seed);
  const tokenFolds = Math.min(2, new Set(table.groups).size);
  return blockedFolds(table.days, table.groups, { blocks: Math.max(2, Math.round(folds / tokenFolds) + 1), tokenFolds, embargo: embargoDays, seed });
}

/** How many fits a plan is, for a progress bar. */
export function fitsOf(plan: TrainingPlan): number {
  return plan.models.length * (foldsOf(plan).length + 1);
}

/** Trains and evaluates every model of a plan on the same folds, then each on all rows. `now` is a steady clock in milliseconds. The logistic regression of 5,000 rows and 40 columns takes seconds, trees and perceptron a minute. */
export async function trainTable(plan: TrainingPlan, now: () => number, onFit: (done: number) => void): Promise<TrainingResult> {
  const { table, models, seed } = plan;
  const folds = foldsOf(plan);
  const equal = equalRows(table);
  const results: TrainedResult[] = [];
  let [done, fallback] = [0, undefined as string | undefined];
  const evaluate = async (learner: Learner, backend: string, passed: () => number): Promise<void> => {
    const began = now();
    const evaluation = await crossValidate(learner, table.rows, table.labels, folds, () => onFit(++done));
    const { data } = await learner.learn(table.rows, table.labels);
    onFit(++done);
    const seconds = (now() - began) / 1_000;
    const alone = equal.rows === 0 ? undefined : figuresOver(folds, evaluation.probabilities, table.labels, (row) => !equal.has(row));
    results.push({ evaluation, alone, backend, rowsPerSecond: Math.round(passed() / seconds), seconds, data });
  };
  const seen = folds.reduce((sum, fold) => sum + fold.train.length, table.rows.rows);
  for (const model of models) {
    if (model === 'logistic') await evaluate(logisticLearner(), 'own', () => seen);
    else if (model === 'trees') await evaluate(treesLearner({ ...defaultTrees, seed }), 'own', () => seen * defaultTrees.trees);
    else {
      // Loaded only here: nothing that scores brings a library for training along.
      const { defaultMlp, loadBackend, mlpLearner } = await import('@breakwater/models/address-risk/train');
      const backend = await loadBackend();
      fallback = backend.fallback;
      let rows = 0;
      await evaluate(mlpLearner(backend, { ...defaultMlp, seed }, (more) => (rows += more)), backend.name, () => rows);
    }
  }
  const of = (name: TrainedModel): Evaluation | undefined => results.find((result) => result.evaluation.name === name)?.evaluation;
  const [mlp, logistic] = [of('mlp'), of('logistic')];
  return { folds, blocked: table.days !== undefined, equal, results, perceptron: mlp === undefined || logistic === undefined ? undefined : winsBy(mlp, logistic), fallback };
}

/** The simulated worlds as a table, and what only they can say. */
export interface SimulatedTable {
  readonly table: LabelledTable;
  /** The shipped coefficients' probability of each event. */
  readonly shipped: Float64Array;
}

/** Worlds that the shipped coefficients were not fitted on: `tokens` of 200 events each. */
export function simulatedTable(seed: number, tokens: number): SimulatedTable {
  const events = simulateEvents({ seed, tokens, eventsPerToken: 200 });
  const features = events.map((event) => featuresOf(event.situation));
  return {
    table: {
      columns: addressFeatures, rows: matrixOf(features.map((one) => [...transformed(one)]), addressFeatures.length), labels: Float64Array.from(events, (event) => event.label), groups: events.map((event) => event.token), grouped: true,
      days: Float64Array.from(events, (event) => event.day), leftOut: [], rejected: 0, firstRejected: undefined,
    },
    shipped: Float64Array.from(features, (one) => scoreAddress(one).probability),
  };
}

/** Columns that are left out to see what they are worth: the size against the threshold, and the calendar. */
export const ablations: Readonly<Record<string, readonly string[]>> = { 'without the threshold': ['size-over-threshold', 'reproduction'], 'without the calendar': ['unlock-near', 'unlock-size', 'hour-liquidity'] };

/** A table without some columns. */
export function withoutColumns(table: LabelledTable, names: readonly string[]): LabelledTable {
  const kept = table.columns.flatMap((column, j) => (names.includes(column) ? [] : [j]));
  const { rows, columns, values } = table.rows;
  return { ...table, columns: kept.map((j) => table.columns[j] ?? ''), rows: matrixOf(Array.from({ length: rows }, (_, i) => kept.map((j) => values[i * columns + j] ?? NaN)), kept.length) };
}

/** What alerts by a model would have been worth: precision and recall of the three highest of each token and week, net benefit at 2 and 5 %. Over the rows that were asked about. */
export function worthOf(table: LabelledTable, probabilities: ArrayLike<number>): { readonly budget: ReturnType<typeof precisionAtBudget>; readonly netBenefit: readonly { readonly threshold: number; readonly benefit: number; readonly always: number }[] } {
  const asked = Array.from({ length: table.labels.length }, (_, i) => i).filter((i) => !Number.isNaN(probabilities[i] ?? NaN));
  const budget = precisionAtBudget(asked.map((i) => ({ score: probabilities[i] ?? NaN, label: table.labels[i] ?? 0, token: table.groups[i] ?? i, day: table.days?.[i] ?? 0 })));
  return { budget, netBenefit: [0.02, 0.05].map((threshold) => ({ threshold, ...netBenefit(pick(probabilities, asked), pick(table.labels, asked), threshold) })) };
}

/** What calibration would make of given probabilities: Brier score and calibration error over the rows that folds ask about, as they are and by curves fitted, fold by fold, to the rows that it learns from (earlier times, other tokens). */
export function calibrationOf(folds: readonly Fold[], probabilities: ArrayLike<number>, labels: ArrayLike<number>): Readonly<Record<'raw' | 'beta' | 'isotonic', Brier>> {
  const [raw, beta, isotonic, asked]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const { train, test } of folds) {
    const [p, y] = [pick(probabilities, train), pick(labels, train)];
    const [smooth, steps] = [fitBeta(p, y), fitIsotonic(p, y)];
    for (const row of test) {
      const own = probabilities[row] ?? NaN;
      raw.push(own);
      beta.push(betaAt(smooth, own));
      isotonic.push(isotonicAt(steps, own));
      asked.push(labels[row] ?? NaN);
    }
  }
  return { raw: brierOf(raw, asked), beta: brierOf(beta, asked), isotonic: brierOf(isotonic, asked) };
}
