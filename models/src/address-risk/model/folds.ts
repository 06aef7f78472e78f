import { assert, createRng } from '../../core/index.ts';

/** Which rows a fold learns from and which it is asked about. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Rows by the group they are of, in the order of first sight. */
function membersOf(groups: readonly (string | number)[]): readonly (readonly number[])[] {
  const members = new Map<string | number, number[]>();
  groups.forEach((group, row) => {
    const known = members.get(group);
    if (known === undefined) members.set(group, [row]);
    else known.push(row);
  });
  return [...members.values()];
}

const foldsOf = (rows: number, where: ArrayLike<number>, folds: number): readonly Fold[] =>
  Array.from({ length: folds }, (_, fold) => {
    const all = Array.from({ length: rows }, (_row, i) => i);
    return { train: all.filter((i) => where[i] !== fold), test: all.filter((i) => where[i] === fold) };
  });

/**
 * Folds in which the rows of a group are never on both sides, each class spread as evenly as groups allow: groups in random order (by `seed`), those with cases (label 1) first, each to the fold that has fewest of its kind.
 * Crashes with fewer groups than folds. O(groups folds + rows).
 */
export function groupedFolds(groups: readonly (string | number)[], labels: ArrayLike<number>, folds: number, seed: number): readonly Fold[] {
  assert(groups.length === labels.length && folds >= 2, `a group a label, and at least 2 folds`);
  const members = [...membersOf(groups)];
  assert(members.length >= folds, `at least as many groups as folds, got ${members.length} of ${folds}`);
  const rng = createRng(seed).fork('folds');
  for (let i = members.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [members[i], members[j]] = [members[j] ?? [], members[i] ?? []];
  }
  const counts = [new Float64Array(folds), new Float64Array(folds)];
  const where = new Int32Array(labels.length);
  const casesOf = (rows: readonly number[]): number => rows.filter((row) => labels[row] === 1).length;
  for (const rows of members.toSorted((a, b) => Number(casesOf(b) > 0) - Number(casesOf(a) > 0))) {
    const cases = casesOf(rows);
    const own = counts[cases > 0 ? 1 : 0];
    if (own === undefined) continue;
    const fold = own.indexOf(Math.min(...own));
    own[fold] = (own[fold] ?? 0) + rows.length;
    for (const row of rows) where[row] = fold;
  }
  return foldsOf(labels.length, where, folds);
}

/**
 * Folds for forecasts: time is cut into `blocks` of equally many rows; each block but the first is asked about with what came before it, without the rows of the `embargo` days before the block begins (their outcome was not
 * known then) and without any row of the tokens that are asked about in turn: tokens are in `tokenFolds` groups, and each of them is left out once. A pair of block and group without rows is left out. So a model never sees
 * the token or the time that it is asked about. O(blocks tokenFolds rows).
 */
export function blockedFolds(days: ArrayLike<number>, tokens: readonly (string | number)[], options: { readonly blocks: number; readonly tokenFolds: number; readonly embargo: number; readonly seed: number }): readonly Fold[] {
  const { blocks, tokenFolds, embargo, seed } = options;
  assert(days.length === tokens.length && blocks >= 2 && tokenFolds >= 1 && embargo >= 0, 'a day a token, and at least 2 blocks');
  const sorted = Float64Array.from(days).sort();
  const begins = Array.from({ length: blocks }, (_, b) => sorted[Math.floor((b * sorted.length) / blocks)] ?? NaN);
  const rng = createRng(seed).fork('tokens');
  const names = [...new Set(tokens)];
  const groupOf = new Map(names.map((name) => ({ name, order: rng.next() })).sort((a, b) => a.order - b.order).map(({ name }, i) => [name, i % tokenFolds]));
  const rows = Array.from({ length: days.length }, (_, i) => i);
  const day = (i: number): number => days[i] ?? NaN;
  const found: Fold[] = [];
  for (let b = 1; b < blocks; b++) {
    const [begin, end] = [begins[b] ?? NaN, begins[b + 1] ?? Infinity];
    for (let g = 0; g < tokenFolds; g++) {
      const isOf = (i: number): boolean => groupOf.get(tokens[i] ?? '') === g;
      const fold = { train: rows.filter((i) => day(i) < begin - embargo && (tokenFolds === 1 || !isOf(i))), test: rows.filter((i) => day(i) >= begin && day(i) < end && (tokenFolds === 1 || isOf(i))) };
      if (fold.train.length > 0 && fold.test.length > 0) found.push(fold);
    }
  }
  return found;
}

/** Mean over folds and its standard error, s / sqrt(n); folds share what they learn from, so that it is a little small (Bengio and Grandvalet 2004, JMLR 5). Numbers that are not finite are left out. */
export function overFolds(values: readonly number[]): { readonly mean: number; readonly standardError: number } {
  const finite = values.filter(Number.isFinite);
  const n = finite.length;
  const mean = finite.reduce((a, b) => a + b, 0) / n;
  return { mean, standardError: Math.sqrt(finite.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1) / n) };
}
