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

/** Learns from each fold and asks about the rest of it, one after another. `onFold` hears after each. O(folds) fits. */
export async function crossValidate(learner: Learner, rows: Matrix, labels: ArrayLike<number>, folds: readonly Fold[], onFold: (done: number) => void = () => undefined): Promise<Evaluation> {
  const probabilities = new Float64Array(rows.rows).fill(NaN);
  const figures: { accuracy: number; auc: number; area: number }[] = [];
  for (const { train, test } of folds) {
    const learned = await learner.learn(rowsOf(rows, train), pick(labels, train));
    const found = learned.probabilities(rowsOf(rows, test));
    const own = pick(labels, test);
    test.forEach((row, i) => (probabilities[row] = found[i] ?? NaN));
    figures.push({ accuracy: accuracyOf(found, own), auc: areaUnderRoc(found, own).auc, area: precisionRecall(found, own).area });
    onFold(figures.length);
  }
  const asked = Array.from(probabilities, (_, i) => i).filter((i) => !Number.isNaN(probabilities[i] ?? NaN));
  const [p, y] = [pick(probabilities, asked), pick(labels, asked)];
  return {
    name: learner.name, folds: folds.length, accuracy: overFolds(figures.map((f) => f.accuracy)), auc: overFolds(figures.map((f) => f.auc)), precisionRecall: overFolds(figures.map((f) => f.area)),
    foldAreas: figures.map((f) => f.area), pooled: { auc: areaUnderRoc(p, y), precisionRecall: precisionRecall(p, y), brier: brierOf(p, y) }, probabilities,
  };
}

/**
 * Whether one learner may replace another: it is better in average precision by more than one standard error of the difference, fold by fold. Anything else, with too few folds too, is no.
 */
export function winsBy(challenger: Evaluation, holder: Evaluation): { readonly wins: boolean; readonly difference: Estimate } {
  const difference = overFolds(challenger.foldAreas.map((area, i) => area - (holder.foldAreas[i] ?? NaN)));
  return { wins: difference.mean > difference.standardError, difference };
}
