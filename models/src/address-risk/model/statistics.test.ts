import { describe, expect, test } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import {
  areaUnderRoc, betaAt, blockedFolds, brierOf, crossValidate, defaultTrees, fitBeta, fitIsotonic, fitLogistic, fitStandardiser, fitTrees, groupedFolds, isotonicAt, linearScores, logisticLearner, logit, matrixOf, midRanks, mlpScores,
  netBenefit, overFolds, precisionAtBudget, precisionRecall, priorShift, sigmoid, standardised, treeScores, treesLearner, winsBy,
} from './index.ts';

/** Challenger's 23 launches before the last: temperature in degrees Fahrenheit and whether an O-ring failed (Dalal, Fowlkes and Hoadley 1989, Journal of the American Statistical Association 84). */
const temperatures = [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58];
const failed = [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1];
const launches = matrixOf(temperatures.map((t) => [t]));

/** Rows of two informative columns and one of noise, with every eighth value of the first not known. */
function cloud(n: number, seed: number): { readonly rows: ReturnType<typeof matrixOf>; readonly labels: Float64Array } {
  const rng = createRng(seed);
  const rows: number[][] = [];
  const labels = Float64Array.from({ length: n }, (_, i) => {
    const [a, b, c] = [rng.normal(), rng.normal(), rng.normal()];
    rows.push([i % 8 === 0 ? NaN : a, b, c]);
    return rng.chance(sigmoid(1.5 * a * Math.sign(b) - 0.5)) ? 1 : 0;
  });
  return { rows: matrixOf(rows), labels };
}

describe('the Challenger O-ring regression', () => {
  const fit = fitLogistic(launches, failed);

  test('has the published coefficients, errors and deviance', () => {
    expect(fit.converged).toBe(true);
    expect(fit.coefficients[0]).toBeCloseTo(15.0429, 4);
    expect(fit.coefficients[1]).toBeCloseTo(-0.232163, 6);
    expect(fit.standardErrors[0]).toBeCloseTo(7.3786, 4);
    expect(fit.standardErrors[1]).toBeCloseTo(0.10824, 5);
    expect(fit.deviance).toBeCloseTo(20.3152, 4);
  });

  test('has area under the curve 0.78125 and Brier score 0.13853', () => {
    const p = linearScores(launches, fit.coefficients).map(sigmoid);
    expect(areaUnderRoc(p, failed).auc).toBeCloseTo(0.78125, 10);
    expect(brierOf(p, failed).score).toBeCloseTo(0.13853, 5);
  });

  test('is the same from wherever it begins', () => {
    const again = fitLogistic(launches, failed, { start: [5, -0.1] });
    expect(again.converged).toBe(true);
    fit.coefficients.forEach((b, j) => expect(again.coefficients[j]).toBeCloseTo(b, 8));
    const near = fitLogistic(launches, failed, { start: fit.coefficients });
    expect(near.iterations).toBeLessThan(fit.iterations);
  });

  test('shrinks with a penalty, and not the intercept to nothing', () => {
    const shrunk = fitLogistic(launches, failed, { penalty: 1e6 });
    expect(Math.abs(shrunk.coefficients[1] ?? NaN)).toBeLessThan(0.001);
    expect(sigmoid(linearScores(launches, shrunk.coefficients)[0] ?? NaN)).toBeCloseTo(7 / 23, 2);
  });

  test('gives a row of weight 2 what two rows give', () => {
    const twice = fitLogistic(matrixOf([...temperatures, 70].map((t) => [t])), [...failed, 1]);
    const weighed = fitLogistic(launches, failed, { weights: failed.map((_, i) => (i === 1 ? 2 : 1)) });
    twice.coefficients.forEach((b, j) => expect(weighed.coefficients[j]).toBeCloseTo(b, 8));
  });

  test('says that it did not converge on classes that are separable', () => {
    expect(fitLogistic(matrixOf([[1], [2], [3], [4]]), [0, 0, 1, 1]).converged).toBe(false);
    expect(fitLogistic(matrixOf([[1], [2], [3], [4]]), [0, 0, 1, 1], { penalty: 1 }).converged).toBe(true);
  });
});

describe('area under the curve', () => {
  test('is 0.5 within 2 standard errors when labels are shuffled', () => {
    const { rows } = cloud(2000, 1);
    const rng = createRng(5);
    const shuffled = Float64Array.from({ length: 2000 }, () => (rng.chance(0.3) ? 1 : 0));
    const half = Array.from({ length: 1000 }, (_, i) => i);
    const of = (from: number): ReturnType<typeof matrixOf> => matrixOf(half.map((i) => [rows.values[3 * (i + from) + 1] ?? 0, rows.values[3 * (i + from) + 2] ?? 0]));
    const fit = fitLogistic(of(0), shuffled.subarray(0, 1000));
    const { auc, standardError } = areaUnderRoc(linearScores(of(1000), fit.coefficients), shuffled.subarray(1000));
    expect(Math.abs(auc - 0.5)).toBeLessThan(2 * standardError);
    expect(standardError).toBeGreaterThan(0.01);
  });

  test('has the variance that DeLong gives, worked by hand', () => {
    // Cases 3, 2, 2, controls 1, 2: below each case (1, .75, .75), cases above each control (1, 2/3).
    const { auc, standardError } = areaUnderRoc([3, 2, 2, 1, 2], [1, 1, 1, 0, 0]);
    expect(auc).toBeCloseTo(5 / 6, 12);
    // Variance of (1, .75, .75) is 1/48, over 3; of (1, 2/3) 1/18, over 2.
    expect(standardError).toBeCloseTo(Math.sqrt(1 / 144 + 1 / 36), 12);
    expect([...midRanks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
    expect(areaUnderRoc([1, 2], [1, 1]).auc).toBeNaN();
  });

  test('has an interval that covers the true area about 95 times in 100', () => {
    // Normal scores that differ by 1: the area is Phi(1 / sqrt 2) = 0.76025.
    const rng = createRng(9);
    let covered = 0;
    for (let run = 0; run < 300; run++) {
      const labels = Array.from({ length: 120 }, (_, i) => (i < 40 ? 1 : 0));
      const { low, high } = areaUnderRoc(labels.map((y) => y + rng.normal()), labels);
      if (low <= 0.76025 && 0.76025 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(273);
    expect(covered).toBeLessThan(297);
  });
});

describe('precision', () => {
  test('averaged over cases, with ties found together', () => {
    // 1 of 1, 2 of 3: (1 + 2/3) / 2.
    expect(precisionRecall([4, 3, 2, 1], [1, 0, 1, 0])).toEqual({ area: (1 + 2 / 3) / 2, prevalence: 0.5 });
    expect(precisionRecall([1, 1, 1, 1], [1, 0, 0, 0]).area).toBe(0.25);
    expect(precisionRecall([1], [0]).area).toBeNaN();
  });

  test('at a budget of alerts a token and week', () => {
    const of = (score: number, label: number, day: number, token = 'a') => ({ score, label, token, day });
    const alerts = [of(0.9, 1, 0), of(0.8, 0, 1), of(0.7, 1, 6), of(0.6, 1, 2), of(0.1, 1, 7), of(0.2, 0, 3, 'b')];
    // Of token a the three highest of week 0 and the one of week 1, of b one: 3 of 5 right, 3 of 4 cases.
    expect(precisionAtBudget(alerts, 3)).toEqual({ precision: 3 / 5, recall: 3 / 4, alerts: 5 });
  });

  test('net benefit weighs false alarms by the odds of the threshold', () => {
    // At .2: 2 hits, 1 alarm at odds 1/4, of 4; always: (2 - 2/4) / 4.
    expect(netBenefit([0.9, 0.5, 0.3, 0.1], [1, 1, 0, 0], 0.2)).toEqual({ benefit: (2 - 0.25) / 4, always: (2 - 0.5) / 4 });
  });
});

describe('calibration', () => {
  test('isotonic: pools what falls, and holds the means', () => {
    const fit = fitIsotonic([1, 2, 3, 4, 5], [0, 1, 0, 1, 1]);
    expect(fit).toEqual({ from: [1, 2, 4], value: [0, 0.5, 1] });
    expect([0, 1, 2.5, 4, 9].map((x) => isotonicAt(fit, x))).toEqual([0, 0, 0.5, 1, 1]);
    // Equal scores have equal values.
    expect(fitIsotonic([1, 1, 1, 2], [0, 1, 0, 1])).toEqual({ from: [1, 2], value: [1 / 3, 1] });
  });

  test('beta: changes nothing of probabilities that are right, and mends those that are not', () => {
    const rng = createRng(3);
    const right = Float64Array.from({ length: 6000 }, () => 0.02 + 0.96 * rng.next());
    const labels = right.map((p) => (rng.chance(p) ? 1 : 0));
    const same = fitBeta(right, labels);
    for (const p of [0.1, 0.5, 0.9]) expect(Math.abs(betaAt(same, p) - p)).toBeLessThan(0.04);
    const bold = right.map((p) => sigmoid(3 * logit(p)));
    const mended = fitBeta(bold, labels);
    const after = brierOf(bold.map((p) => betaAt(mended, p)), labels);
    expect(brierOf(bold, labels).calibrationError).toBeGreaterThan(0.08);
    expect(after.calibrationError).toBeLessThan(0.03);
    expect(mended.a).toBeCloseTo(1 / 3, 1);
    // Probabilities that say the opposite are given no weight, rather than turned round.
    const against = fitBeta(right.map((p) => 1 - p), labels);
    expect([against.a, against.b]).toEqual([0, 0]);
    expect(betaAt(against, 0.1)).toBeCloseTo(labels.reduce((sum, y) => sum + y, 0) / labels.length, 12);
  });

  test('the decomposition of Brier adds up exactly', () => {
    const rng = createRng(4);
    const p = Float64Array.from({ length: 997 }, () => Math.round(20 * rng.next()) / 20);
    const labels = p.map((x) => (rng.chance(0.3 + 0.3 * x) ? 1 : 0));
    const found = brierOf(p, labels);
    expect(found.reliability - found.resolution + found.uncertainty + found.withinBins).toBeCloseTo(found.score, 12);
    // A bin for each forecast leaves nothing within bins.
    expect(Math.abs(brierOf([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1], 2).withinBins)).toBeLessThan(1e-15);
    const byHand = brierOf([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1], 2);
    expect(byHand).toMatchObject({ uncertainty: 3 / 16, resolution: 1 / 16 });
    expect(byHand.calibrationError).toBeCloseTo(0.25, 12);
  });

  test('the shift of a prevalence turns a fit on balanced rows into one of rare cases', () => {
    // Bayes: odds of 1 at a prevalence of a half are odds of 1/99 at 1 %.
    expect(sigmoid(0 + priorShift(0.5, 0.01))).toBeCloseTo(0.01, 12);
  });
});

describe('boosted trees', () => {
  const { rows, labels } = cloud(800, 1);
  const other = cloud(800, 2);
  const options = { ...defaultTrees, trees: 30, depth: 3, learningRate: 0.15 };

  test('find what no sum of columns can say, with values that are not known', () => {
    const auc = areaUnderRoc(treeScores(fitTrees(rows, labels, options), other.rows), other.labels).auc;
    const standard = fitStandardiser(rows);
    const linear = areaUnderRoc(linearScores(standardised(standard, other.rows), fitLogistic(standardised(standard, rows), labels, { penalty: 1 }).coefficients), other.labels).auc;
    expect(auc).toBeGreaterThan(0.72);
    expect(linear).toBeLessThan(0.6);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(fitTrees(rows, labels, options)).toEqual(fitTrees(rows, labels, options));
    expect(fitTrees(rows, labels, { ...options, seed: 2 })).not.toEqual(fitTrees(rows, labels, options));
  });

  test('one stump is the split with the largest gain and leaves of Newton steps', () => {
    // Labels 0 0 1 1 over 1 2 3 4: intercept 0, gradients .5 .5 -.5 -.5, curvature .25 each; split at 2.5, leaves -1 / (.5 + 1) and its opposite.
    const { intercept, trees } = fitTrees(matrixOf([[1], [2], [3], [4]]), [0, 0, 1, 1], { ...defaultTrees, trees: 1, depth: 1, learningRate: 1, leastWeight: 0, rowShare: 1, columnShare: 1 });
    expect(intercept).toBeCloseTo(0, 12);
    expect(trees[0]?.[0]).toMatchObject({ column: 0, cut: 2.5 });
    expect([...treeScores({ intercept, trees }, matrixOf([[0], [2.4], [2.6], [NaN]]))].map((x) => Math.round(1e6 * x) / 1e6).slice(0, 3)).toEqual([-0.666667, -0.666667, 0.666667]);
  });

  test('learn that not being known says something', () => {
    const known = matrixOf(Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? NaN : 7]));
    const scores = treeScores(fitTrees(known, Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : 0)), { ...options, leastWeight: 0 }), matrixOf([[NaN], [7]]));
    expect(scores[0]).toBeGreaterThan(1);
    expect(scores[1]).toBeLessThan(-1);
  });

  test('say the same after they were kept as JSON, a split of known from not known too', () => {
    const rows = matrixOf(Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? NaN : i]));
    const fitted = fitTrees(rows, Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : 0)), { ...options, leastWeight: 0 });
    expect(fitted.trees.flat().some((node) => node.column === 0 && node.cut === Number.MAX_VALUE)).toBe(true);
    const kept = JSON.parse(JSON.stringify(fitted)) as typeof fitted;
    expect(kept).toEqual(fitted);
    expect(treeScores(kept, rows)).toEqual(treeScores(fitted, rows));
  });
});

test('the perceptron: forward pass worked by hand', () => {
  const model = { layers: [{ inputs: 2, outputs: 2, kernel: [1, -1, 2, 1], bias: [0.5, 0] }, { inputs: 2, outputs: 1, kernel: [2, 3], bias: [-1] }] };
  // (1, 1): (1 + 2 + .5, -1 + 1) = (3.5, 0) -> 7 - 1 = 6. (-1, 0): (-.5 -> 0, 1) -> 3 - 1 = 2.
  expect([...mlpScores(model, matrixOf([[1, 1], [-1, 0]]))]).toEqual([6, 2]);
});

describe('folds', () => {
  const groups = Array.from({ length: 200 }, (_, i) => `address ${i % 90}`);
  const labels = groups.map((_, i) => (i % 90 < 30 ? 1 : 0));

  test('never split a group, ask about each row once, and spread the cases', () => {
    const folds = groupedFolds(groups, labels, 10, 1);
    expect(folds.flatMap((fold) => fold.test).toSorted((a, b) => a - b)).toEqual(groups.map((_, i) => i));
    for (const { train, test: asked } of folds) {
      const own = new Set(asked.map((i) => groups[i]));
      expect(train.some((i) => own.has(groups[i]))).toBe(false);
      expect(train.length + asked.length).toBe(200);
      const cases = asked.filter((i) => labels[i] === 1).length;
      expect(cases).toBeGreaterThanOrEqual(5);
      expect(cases).toBeLessThanOrEqual(10);
    }
    expect(groupedFolds(groups, labels, 10, 1)).toEqual(folds);
  });

  test('of forecasts see no later day, no day of the embargo and no token they are asked about', () => {
    const days = Array.from({ length: 300 }, (_, i) => i / 3);
    const tokens = Array.from({ length: 300 }, (_, i) => i % 12);
    const folds = blockedFolds(days, tokens, { blocks: 5, tokenFolds: 3, embargo: 1, seed: 1 });
    expect(folds.length).toBe(12);
    for (const { train, test: asked } of folds) {
      const begin = Math.min(...asked.map((i) => days[i] ?? NaN));
      expect(Math.max(...train.map((i) => days[i] ?? NaN))).toBeLessThan(begin - 1 + 1e-9);
      expect(train.some((i) => asked.some((j) => tokens[i] === tokens[j]))).toBe(false);
    }
  });

  test('give a mean with its standard error', () => {
    expect(overFolds([1, 2, 3, NaN])).toEqual({ mean: 2, standardError: Math.sqrt(1 / 3) });
  });

  test('let a learner win only by more than one standard error', async () => {
    const { rows, labels: own } = cloud(600, 6);
    const folds = groupedFolds(Array.from(own, (_, i) => i), own, 3, 1);
    const [linear, trees] = [await crossValidate(logisticLearner(), rows, own, folds), await crossValidate(treesLearner({ ...defaultTrees, trees: 30, depth: 3, learningRate: 0.15 }), rows, own, folds)];
    expect(winsBy(trees, linear).wins).toBe(true);
    expect(winsBy(linear, trees).wins).toBe(false);
    expect(winsBy(linear, linear).wins).toBe(false);
    expect(linear.probabilities.every((p) => p > 0 && p < 1)).toBe(true);
  });
});
