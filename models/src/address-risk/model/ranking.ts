import { assert } from '../../core/index.ts';

/** Area under the ROC curve with DeLong's standard error and 95 % interval (of the logit, so that it stays inside 0 to 1; DeLong's own where the area is 0 or 1). */
export interface Auc {
  readonly auc: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Ranks from 1, ties their mean rank. O(n log n). */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => (values[a] ?? NaN) - (values[b] ?? NaN));
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j + 1 < order.length && values[order[j + 1] ?? 0] === values[order[i] ?? 0]) j++;
    for (let k = i; k <= j; k++) ranks[order[k] ?? 0] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return ranks;
}

function varianceOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
}

/**
 * How often a score of a case (label 1) is above one of a control (0), ties half; NaN without both. Crashes on unequal lengths. O(n log n).
 * Source: DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44(3), by the midranks of Sun and Xu 2014, IEEE Signal Processing Letters 21(11).
 */
export function areaUnderRoc(scores: ArrayLike<number>, labels: ArrayLike<number>): Auc {
  assert(scores.length === labels.length, 'a score a label');
  const rows = Array.from({ length: scores.length }, (_, i) => i);
  const [cases, controls] = [rows.filter((i) => labels[i] === 1), rows.filter((i) => labels[i] !== 1)];
  const [m, n] = [cases.length, controls.length];
  if (m === 0 || n === 0) return { auc: NaN, standardError: NaN, low: NaN, high: NaN };
  const of = (which: readonly number[]): Float64Array => Float64Array.from(which, (i) => scores[i] ?? NaN);
  const [all, ofCases, ofControls] = [midRanks(scores), midRanks(of(cases)), midRanks(of(controls))];
  // The share of controls below each case, and of cases above each control.
  const below = Float64Array.from(cases, (row, k) => ((all[row] ?? NaN) - (ofCases[k] ?? NaN)) / n);
  const above = Float64Array.from(controls, (row, k) => 1 - ((all[row] ?? NaN) - (ofControls[k] ?? NaN)) / m);
  const auc = below.reduce((a, b) => a + b, 0) / m;
  const standardError = Math.sqrt(varianceOf(below) / m + varianceOf(above) / n);
  if (auc <= 0 || auc >= 1) return { auc, standardError, low: Math.max(0, auc - 1.959964 * standardError), high: Math.min(1, auc + 1.959964 * standardError) };
  const [odds, spread] = [Math.log(auc / (1 - auc)), (1.959964 * standardError) / (auc * (1 - auc))];
  return { auc, standardError, low: 1 / (1 + Math.exp(spread - odds)), high: 1 / (1 + Math.exp(-spread - odds)) };
}

/** Area under the curve of precision over recall, and the line it has to be above: what any score has that says nothing. */
export interface PrecisionRecall {
  readonly area: number;
  readonly prevalence: number;
}

/** Rows by falling score. */
export function byScore(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[b] ?? NaN) - (scores[a] ?? NaN) || a - b);
}

/**
 * Average precision: the mean over cases of the precision at the score at which the case is found (tied scores are found together, so no order of rows matters). NaN without cases. O(n log n).
 * Source: Davis and Goadrich 2006, ICML, on why the points are not joined by straight lines.
 */
export function precisionRecall(scores: ArrayLike<number>, labels: ArrayLike<number>): PrecisionRecall {
  assert(scores.length === labels.length, 'a score a label');
  const order = byScore(scores);
  let [found, area] = [0, 0];
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i] ?? 0];
    let here = 0;
    for (; i < order.length && scores[order[i] ?? 0] === score; i++) here += labels[order[i] ?? 0] === 1 ? 1 : 0;
    found += here;
    area += (here * found) / i;
  }
  return { area: found === 0 ? NaN : area / found, prevalence: scores.length === 0 ? NaN : found / scores.length };
}

/** A score with who it is of and when, for a budget of alerts. */
export interface Alert {
  readonly score: number;
  readonly label: number;
  readonly token: number | string;
  readonly day: number;
}

/** Of the at most `budget` highest scores of each token and week (7 days from day 0), the share that were right, and the share of all cases that were among them; NaN without any. O(n log n). */
export function precisionAtBudget(alerts: readonly Alert[], budget = 3): { readonly precision: number; readonly recall: number; readonly alerts: number } {
  const weeks = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = `${alert.token} ${Math.floor(alert.day / 7)}`;
    const known = weeks.get(key);
    if (known === undefined) weeks.set(key, [alert]);
    else known.push(alert);
  }
  const told = [...weeks.values()].flatMap((week) => week.toSorted((a, b) => b.score - a.score).slice(0, budget));
  const right = told.filter((alert) => alert.label === 1).length;
  return { precision: right / told.length, recall: right / alerts.filter((alert) => alert.label === 1).length, alerts: told.length };
}

/**
 * Net benefit of acting on every probability of at least `threshold`, per row: cases found less false alarms weighed by the odds of the threshold. Beside it what acting always would give; acting never gives 0.
 * Source: Vickers and Elkin 2006, Medical Decision Making 26(6).
 */
export function netBenefit(probabilities: ArrayLike<number>, labels: ArrayLike<number>, threshold: number): { readonly benefit: number; readonly always: number } {
  assert(threshold > 0 && threshold < 1 && probabilities.length === labels.length, `a threshold in (0, 1), got ${threshold}`);
  let [hits, alarms, cases] = [0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    const is = labels[i] === 1;
    if (is) cases++;
    if ((probabilities[i] ?? NaN) < threshold) continue;
    if (is) hits++;
    else alarms++;
  }
  const odds = threshold / (1 - threshold);
  return { benefit: (hits - odds * alarms) / labels.length, always: (cases - odds * (labels.length - cases)) / labels.length };
}

/** Share of rows whose probability is on the right side of one half. */
export function accuracyOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if ((probabilities[i] ?? NaN) >= 0.5 === (labels[i] === 1)) right++;
  return right / labels.length;
}
