import { assert, createRng, type Rng } from '../../core/index.ts';
import { logit, sigmoid } from './logistic.ts';
import type { Matrix } from './matrix.ts';
import { binned, mostBins, type Binned } from './tree-bins.ts';

/** One node: a leaf where `column` is -1. Rows whose value is at most `cut` (the largest number where every known value does) go left; those where it is not known go left where `unknownLeft`. All finite, so that JSON holds it. */
export interface TreeNode {
  readonly column: number;
  readonly cut: number;
  readonly unknownLeft: boolean;
  readonly left: number;
  readonly right: number;
  /** What a leaf adds to the log odds, with the learning rate in it. */
  readonly value: number;
}

/** Boosted trees as data: the log odds are the intercept and one leaf of each tree. Node 0 is the root. */
export interface TreeModel {
  readonly intercept: number;
  readonly trees: readonly (readonly TreeNode[])[];
}

/** Settings of the fit. */
export interface TreeOptions {
  readonly trees: number;
  readonly learningRate: number;
  readonly depth: number;
  /** L2 penalty of a leaf's value, and the least sum of second derivatives in a leaf. */
  readonly penalty: number;
  readonly leastWeight: number;
  /** Shares of rows and columns that each tree sees, in (0, 1]. */
  readonly rowShare: number;
  readonly columnShare: number;
  readonly seed: number;
}

/** What does well on tables of a few thousand rows: slow learning, shallow trees, each on a part of rows and columns (Friedman 2002, "Stochastic gradient boosting"). */
export const defaultTrees: TreeOptions = { trees: 400, learningRate: 0.06, depth: 6, penalty: 1, leastWeight: 1, rowShare: 0.8, columnShare: 0.5, seed: 1 };

/** Gradient and curvature summed by column and bin: `2 * (column * mostBins + bin)`. */
type Histogram = Float64Array;

interface Growing {
  readonly data: Binned;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  readonly columns: readonly number[];
  readonly options: TreeOptions;
  readonly nodes: TreeNode[];
}

interface Split {
  readonly column: number;
  /** Last bin that goes left. */
  readonly bin: number;
  readonly unknownLeft: boolean;
  readonly gain: number;
}

function histogramOf({ data, gradient, curvature, columns }: Growing, rows: Uint32Array): Histogram {
  const histogram = new Float64Array(2 * columns.length * mostBins);
  for (let c = 0; c < columns.length; c++) {
    const bins = data.bins[columns[c] ?? -1];
    if (bins === undefined) continue;
    const base = c * mostBins;
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r] ?? 0;
      const at = 2 * (base + (bins[row] ?? 0));
      histogram[at] = (histogram[at] ?? 0) + (gradient[row] ?? 0);
      histogram[at + 1] = (histogram[at + 1] ?? 0) + (curvature[row] ?? 0);
    }
  }
  return histogram;
}

/** The best split of one column, or undefined. `g` and `h` are the sums of the node. */
function bestOfColumn(growing: Growing, histogram: Histogram, c: number, g: number, h: number): Split | undefined {
  const { penalty, leastWeight } = growing.options;
  const column = growing.columns[c] ?? -1;
  const base = c * mostBins;
  const [unknownG, unknownH] = [histogram[2 * base] ?? 0, histogram[2 * base + 1] ?? 0];
  const whole = (g * g) / (h + penalty);
  let best: Split | undefined;
  let [leftG, leftH] = [0, 0];
  const cuts = growing.data.cuts[column]?.length ?? 0;
  const consider = (bin: number, lg: number, lh: number, unknownLeft: boolean): void => {
    const [rg, rh] = [g - lg, h - lh];
    if (lh < leastWeight || rh < leastWeight) return;
    const gain = (lg * lg) / (lh + penalty) + (rg * rg) / (rh + penalty) - whole;
    if (gain > (best?.gain ?? 1e-9)) best = { column, bin, unknownLeft, gain };
  };
  for (let bin = 1; bin <= cuts; bin++) {
    leftG += histogram[2 * (base + bin)] ?? 0;
    leftH += histogram[2 * (base + bin) + 1] ?? 0;
    consider(bin, leftG, leftH, false);
    if (unknownH > 0) consider(bin, leftG + unknownG, leftH + unknownH, true);
  }
  // Known against not known.
  if (unknownH > 0) consider(cuts + 1, g - unknownG, h - unknownH, false);
  return best;
}

function partition(bins: Uint8Array, rows: Uint32Array, { bin, unknownLeft }: Split): readonly [Uint32Array, Uint32Array] {
  const [left, right] = [new Uint32Array(rows.length), new Uint32Array(rows.length)];
  let [l, r] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const at = bins[row] ?? 0;
    if (at === 0 ? unknownLeft : at <= bin) left[l++] = row;
    else right[r++] = row;
  }
  return [left.subarray(0, l), right.subarray(0, r)];
}

/** Grows a node and what is below it; its number. */
function grow(growing: Growing, rows: Uint32Array, histogram: Histogram, depth: number): number {
  const { options, nodes, data } = growing;
  let [g, h] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    g += growing.gradient[rows[i] ?? 0] ?? 0;
    h += growing.curvature[rows[i] ?? 0] ?? 0;
  }
  const own = nodes.length;
  const leaf: TreeNode = { column: -1, cut: 0, unknownLeft: false, left: -1, right: -1, value: (-options.learningRate * g) / (h + options.penalty) };
  nodes.push(leaf);
  if (depth === 0) return own;
  let best: Split | undefined;
  for (let c = 0; c < growing.columns.length; c++) {
    const found = bestOfColumn(growing, histogram, c, g, h);
    if (found !== undefined && found.gain > (best?.gain ?? 0)) best = found;
  }
  const bins = best === undefined ? undefined : data.bins[best.column];
  if (best === undefined || bins === undefined) return own;
  const [left, right] = partition(bins, rows, best);
  if (left.length === 0 || right.length === 0) return own;
  // Only the smaller side is counted: the other is what remains.
  const smaller = left.length <= right.length ? left : right;
  const counted = depth > 1 ? histogramOf(growing, smaller) : histogram;
  if (depth > 1) for (let i = 0; i < histogram.length; i++) histogram[i] = (histogram[i] ?? 0) - (counted[i] ?? 0);
  const [leftHistogram, rightHistogram] = smaller === left ? [counted, histogram] : [histogram, counted];
  const leftNode = grow(growing, left, leftHistogram, depth - 1);
  const rightNode = grow(growing, right, rightHistogram, depth - 1);
  nodes[own] = { ...leaf, column: best.column, cut: data.cuts[best.column]?.[best.bin - 1] ?? Number.MAX_VALUE, unknownLeft: best.unknownLeft, left: leftNode, right: rightNode };
  return own;
}

/** A share of 0 to n - 1, at least one of them, drawn without repeats, in rising order. */
function drawn(rng: Rng, n: number, share: number): readonly number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  const take = Math.max(1, Math.round(share * n));
  if (take >= n) return all;
  for (let i = 0; i < take; i++) {
    const j = i + rng.int(n - i);
    [all[i], all[j]] = [all[j] ?? 0, all[i] ?? 0];
  }
  return all.slice(0, take).sort((a, b) => a - b);
}

/** What a tree says of one row; `row` is where its values begin in `values`. */
function leafOf(tree: readonly TreeNode[], values: Float64Array, row: number): number {
  let node = tree[0];
  while (node !== undefined && node.column >= 0) {
    const x = values[row + node.column] ?? NaN;
    node = tree[(Number.isNaN(x) ? node.unknownLeft : x <= node.cut) ? node.left : node.right];
  }
  return node?.value ?? 0;
}

/**
 * Gradient boosted trees for labels of 0 and 1: second-order boosting of the logistic loss (Chen and Guestrin 2016, "XGBoost", arXiv 1603.02754, equations 6 and 7) over histograms of at most 255 bins, a side learned for what
 * is not known (NaN). Deterministic for a seed. O(trees depth rows columns).
 */
export function fitTrees(rows: Matrix, labels: ArrayLike<number>, options: TreeOptions = defaultTrees): TreeModel {
  assert(labels.length === rows.rows && rows.rows > 0, `a label a row, got ${labels.length} of ${rows.rows}`);
  const data = binned(rows);
  const usable = data.cuts.flatMap((cuts, j) => (cuts.length > 0 || (data.bins[j]?.includes(0) === true && data.bins[j].some((bin) => bin > 0)) ? [j] : []));
  const positives = Array.from(labels).reduce((a, b) => a + b, 0);
  const intercept = logit(Math.min(1 - 1e-6, Math.max(1e-6, positives / rows.rows)));
  const scores = new Float64Array(rows.rows).fill(intercept);
  const [gradient, curvature] = [new Float64Array(rows.rows), new Float64Array(rows.rows)];
  const rng = createRng(options.seed).fork('trees');
  const trees: TreeNode[][] = [];
  for (let t = 0; t < options.trees; t++) {
    for (let i = 0; i < rows.rows; i++) {
      const p = sigmoid(scores[i] ?? 0);
      gradient[i] = p - (labels[i] ?? 0);
      curvature[i] = p * (1 - p);
    }
    const columns = drawn(rng, usable.length, options.columnShare).map((c) => usable[c] ?? 0);
    const growing: Growing = { data, gradient, curvature, columns: usable.length === 0 ? [] : columns, options, nodes: [] };
    const seen = Uint32Array.from(drawn(rng, rows.rows, options.rowShare));
    grow(growing, seen, histogramOf(growing, seen), options.depth);
    trees.push(growing.nodes);
    for (let i = 0; i < rows.rows; i++) scores[i] = (scores[i] ?? 0) + leafOf(growing.nodes, rows.values, i * rows.columns);
  }
  return { intercept, trees };
}

/** The log odds of every row. O(rows trees depth). */
export function treeScores({ intercept, trees }: TreeModel, { rows, columns, values }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => trees.reduce((sum, tree) => sum + leafOf(tree, values, i * columns), intercept));
}
