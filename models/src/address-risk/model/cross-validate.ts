import { brierOf, type Brier } from './calibration.ts';
import { overFolds, type Fold } from './folds.ts';
import type { Learner } from './learners.ts';
import { pick, rowsOf, type Matrix } from './matrix.ts';
import { accuracyOf, areaUnderRoc, precisionRecall, type Auc, type PrecisionRecall } from './ranking.ts';

/** A figure over folds with its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** How a learner did on rows it had not seen. */
export interface Evaluation {
  readonly name: string;
  readonly folds: number;
  /** Of probabilities against one half, area under the ROC curve, average precision: means over folds. */
  readonly accuracy: Estimate;
  readonly auc: Estimate;
  readonly precisionRecall: Estimate;
  /** Average precision of each fold, in the order of the folds, to compare learners pair by pair. */
  readonly foldAreas: readonly number[];
  /** Over all rows that were asked about, together. */
  readonly pooled: { readonly auc: Auc; readonly precisionRecall: PrecisionRecall; readonly brier: Brier };
  /** The probability of each row when it was asked about; NaN where it never was. */
  readonly probabilities: Float64Array;
}

/** Figures of probabilities, fold by fold: means with standard errors over folds. */
export type FoldFigures = Pick<Evaluation, 'accuracy' | 'auc' | 'precisionRecall' | 'foldAreas'>;

/** The figures of given probabilities of all rows over the rows that folds ask about, only `among` them where given. What a fold has too few of (no case, no row) is left out of the means. O(rows log rows). */
export function figuresOver(folds: readonly Fold[], probabilities: ArrayLike<number>, labels: ArrayLike<number>, among: (row: number) => boolean = () => true): FoldFigures {
  const figures = folds.map(({ test }) => {
    const rows = test.filter(among);
    const [found, own] = [pick(probabilities, rows), pick(labels, rows)];
    return { accuracy: accuracyOf(found, own), auc: areaUnderRoc(found, own).auc, area: precisionRecall(found, own).area };
  });
  return { accuracy: overFolds(figures.map((f) => f.accuracy)), auc: overFolds(figures.map((f) => f.auc)), precisionRecall: overFolds(figures.map((f) => f.area)), foldAreas: figures.map((f) => f.area) };
}

/** Learns from each fold and asks about the rest of it, one after another. `onFold` hears after each. O(folds) fits. */
export async function crossValidate(learner: Learner, rows: Matrix, labels: ArrayLike<number>, folds: readonly Fold[], onFold: (done: number) => void = () => undefined): Promise<Evaluation> {
  const probabilities = new Float64Array(rows.rows).fill(NaN);
  for (const [fold, { train, test }] of folds.entries()) {
    const learned = await learner.learn(rowsOf(rows, train), pick(labels, train));
    const found = learned.probabilities(rowsOf(rows, test));
    test.forEach((row, i) => (probabilities[row] = found[i] ?? NaN));
    onFold(fold + 1);
  }
  const asked = Array.from(probabilities, (_, i) => i).filter((i) => !Number.isNaN(probabilities[i] ?? NaN));
  const [p, y] = [pick(probabilities, asked), pick(labels, asked)];
  return {
    name: learner.name, folds: folds.length, ...figuresOver(folds, probabilities, labels),
    pooled: { auc: areaUnderRoc(p, y), precisionRecall: precisionRecall(p, y), brier: brierOf(p, y) }, probabilities,
  };
}

/**
 * Whether one learner may replace another: it is better in average precision by more than one standard error of the difference, fold by fold. Anything else, with too few folds too, is no.
 */
export function winsBy(challenger: Evaluation, holder: Evaluation): { readonly wins: boolean; readonly difference: Estimate } {
  const difference = overFolds(challenger.foldAreas.map((area, i) => area - (holder.foldAreas[i] ?? NaN)));
  return { wins: difference.mean > difference.standardError, difference };
}
