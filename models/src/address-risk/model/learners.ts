import { fitLogistic, linearScores, sigmoid } from './logistic.ts';
import type { Matrix } from './matrix.ts';
import { fitStandardiser, standardised } from './standardise.ts';
import { defaultTrees, fitTrees, treeScores, type TreeOptions } from './trees.ts';

/** What was learned: probabilities of rows, and the model as data that can be kept as JSON. */
export interface Learned {
  probabilities(rows: Matrix): ArrayLike<number>;
  readonly data: unknown;
}

/** A way to learn from rows (NaN is not known) and labels of 0 and 1. */
export interface Learner {
  readonly name: string;
  learn(rows: Matrix, labels: ArrayLike<number>): Promise<Learned>;
}

/** L2 penalty of the logistic regression of a table, on columns of deviation 1 [A]. */
export const tablePenalty = 1;

/** Logistic regression on standardised columns. */
export function logisticLearner(penalty: number = tablePenalty): Learner {
  return {
    name: 'logistic',
    learn: (rows, labels) => {
      const standard = fitStandardiser(rows);
      const fit = fitLogistic(standardised(standard, rows), labels, { penalty });
      return Promise.resolve({ probabilities: (asked) => linearScores(standardised(standard, asked), fit.coefficients).map(sigmoid), data: { standard, coefficients: fit.coefficients, standardErrors: fit.standardErrors } });
    },
  };
}

/** Boosted trees on the columns as they are. */
export function treesLearner(options: TreeOptions = defaultTrees): Learner {
  return {
    name: 'trees',
    learn: (rows, labels) => {
      const model = fitTrees(rows, labels, options);
      return Promise.resolve({ probabilities: (asked) => treeScores(model, asked).map(sigmoid), data: { ...model, options } });
    },
  };
}
