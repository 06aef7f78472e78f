import { defined } from '../core/index.ts';

/** The Perron root of a non-negative matrix and the eigenvector that goes with it. */
export interface PerronRoot {
  /** Spectral radius, >= 0. */
  readonly radius: number;
  /** Right eigenvector, non-negative, sum 1; the mean over classes when several share the radius; null when the radius is 0. */
  readonly vector: readonly number[] | null;
}

type Matrix = readonly (readonly number[])[];
const cell = (matrix: Matrix, i: number, j: number): number => matrix[i]?.[j] ?? 0;
/** Radii closer than this share of the larger count as shared. */
const sameRadius = 1e-12;
/** Noda's iteration converges quadratically: far fewer steps than this are ever taken. */
const maxSteps = 200;

/**
 * Spectral radius and right eigenvector of a non-negative square matrix. The matrix is split into its irreducible classes (strongly connected components), of
 * which only those with a cycle have a radius above 0, exactly; within a class Noda's iteration (Noda 1971, Numer. Math. 17) converges from above. A class's vector
 * reaches the classes that lead to it. O(n^3) a step of a class of n.
 */
export function perronRoot(matrix: Matrix): PerronRoot {
  const n = matrix.length;
  const classes = stronglyConnected(matrix).filter((members) => members.length > 1 || cell(matrix, members[0] ?? 0, members[0] ?? 0) > 0);
  const roots = classes.map((members) => ({ members, ...nodaOf(members.map((i) => members.map((j) => cell(matrix, i, j)))) }));
  const radius = roots.reduce((largest, root) => Math.max(largest, root.radius), 0);
  if (radius === 0) return { radius: 0, vector: null };
  const largest = roots.filter((root) => root.radius >= radius * (1 - sameRadius));
  const vectors = largest.map((root) => extended(matrix, root, radius)).filter((vector) => vector !== null);
  const sums = Array.from({ length: n }, (_, i) => vectors.reduce((sum, vector) => sum + (vector[i] ?? 0), 0));
  return { radius, vector: normalised(sums) };
}

/** Strongly connected components by Tarjan's algorithm (1972); an edge goes from i to j where the matrix has an entry. */
function stronglyConnected(matrix: Matrix): readonly (readonly number[])[] {
  const n = matrix.length;
  const index = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const onStack = new Uint8Array(n);
  const stack: number[] = [];
  const found: number[][] = [];
  let counter = 0;
  const visit = (i: number): void => {
    index[i] = low[i] = counter++;
    stack.push(i);
    onStack[i] = 1;
    for (let j = 0; j < n; j++) {
      if (!(cell(matrix, i, j) > 0)) continue;
      if (index[j] === -1) {
        visit(j);
        low[i] = Math.min(low[i] ?? 0, low[j] ?? 0);
      } else if (onStack[j] === 1) low[i] = Math.min(low[i] ?? 0, index[j] ?? 0);
    }
    if (low[i] !== index[i]) return;
    const members: number[] = [];
    for (let j = -1; j !== i; ) {
      j = defined(stack.pop(), 'component');
      onStack[j] = 0;
      members.push(j);
    }
    found.push(members.sort((a, b) => a - b));
  };
  for (let i = 0; i < n; i++) if (index[i] === -1) visit(i);
  return found;
}

function nodaOf(matrix: Matrix): { readonly radius: number; readonly vector: readonly number[] } {
  const n = matrix.length;
  if (n === 1) return { radius: cell(matrix, 0, 0), vector: [1] };
  // Entries of very different size make the start far off: a few plain steps, shifted so that cycles do not swing, come first.
  let vector: readonly number[] = Array.from({ length: n }, () => 1 / n);
  for (let i = 0; i < 10; i++) vector = normalised(times(matrix, vector).map((x, k) => x + (vector[k] ?? 0)));
  for (let step = 0; step < maxSteps; step++) {
    const product = times(matrix, vector);
    const quotients = product.map((x, i) => x / (vector[i] ?? 1));
    const [high, low] = [Math.max(...quotients), Math.min(...quotients)];
    if (high - low <= 1e-15 * high) return { radius: (high + low) / 2, vector };
    // Just above the largest quotient the shifted matrix is a regular M-matrix: the solution is positive.
    const shift = high * (1 + 1e-15);
    const next = normalised(solve(matrix.map((row, i) => row.map((x, j) => (i === j ? shift : 0) - x)), vector).map(Math.abs));
    const moved = next.reduce((largest, x, i) => Math.max(largest, Math.abs(x - (vector[i] ?? 0))), 0);
    vector = next;
    if (moved <= 1e-16) break;
  }
  const product = times(matrix, vector);
  return { radius: product.reduce((a, b) => a + b, 0), vector };
}

/**
 * The eigenvector of a class over the whole matrix: its own, and in the classes that lead to it the solution of (r - N) x = what flows in. Null when one of those
 * has the radius too: then there is no non-negative eigenvector that belongs to this class.
 */
function extended(matrix: Matrix, root: { readonly members: readonly number[]; readonly vector: readonly number[] }, radius: number): readonly number[] | null {
  const n = matrix.length;
  const inside = new Set(root.members);
  // Rows whose entries reach the class: i leads to it when some entry (i, j) is positive with j in it or leading to it.
  const leading = new Set<number>();
  for (let grown = true; grown; ) {
    grown = false;
    for (let i = 0; i < n; i++) {
      if (inside.has(i) || leading.has(i)) continue;
      if (matrix[i]?.some((x, j) => x > 0 && (inside.has(j) || leading.has(j))) !== true) continue;
      leading.add(i);
      grown = true;
    }
  }
  const upstream = [...leading].sort((a, b) => a - b);
  const own = new Map(root.members.map((member, k) => [member, root.vector[k] ?? 0]));
  const inflow = upstream.map((i) => root.members.reduce((sum, j) => sum + cell(matrix, i, j) * (own.get(j) ?? 0), 0));
  const block = upstream.map((i) => upstream.map((j) => cell(matrix, i, j)));
  if (block.length > 0 && perronRoot(block).radius >= radius * (1 - sameRadius)) return null;
  const rest = block.length === 0 ? [] : solve(block.map((row, i) => row.map((x, j) => (i === j ? radius : 0) - x)), inflow);
  const vector = Array.from({ length: n }, () => 0);
  for (const [member, x] of own) vector[member] = x;
  for (const [k, i] of upstream.entries()) vector[i] = Math.max(0, rest[k] ?? 0);
  return normalised(vector);
}

function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, x, j) => sum + x * (vector[j] ?? 0), 0));
}

function normalised(vector: readonly number[]): readonly number[] {
  const sum = vector.reduce((a, b) => a + b, 0);
  return vector.map((x) => x / sum);
}

/** Solves a square system by elimination with row pivots. */
function solve(matrix: Matrix, right: readonly number[]): readonly number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(cell(rows, i, k)) > Math.abs(cell(rows, pivot, k))) pivot = i;
    const [above, chosen] = [defined(rows[k], 'row'), defined(rows[pivot], 'row')];
    rows[k] = chosen;
    rows[pivot] = above;
    // A pivot that rounded to nothing: the shift sits on the eigenvalue, and any tiny number keeps the direction.
    const entry = chosen[k] ?? 0;
    const head = entry === 0 ? Number.EPSILON : entry;
    for (let i = k + 1; i < n; i++) {
      const row = defined(rows[i], 'row');
      const factor = (row[k] ?? 0) / head;
      if (factor === 0) continue;
      for (let j = k; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (chosen[j] ?? 0);
    }
    chosen[k] = head;
  }
  const x = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i--) {
    const row = defined(rows[i], 'row');
    let sum = row[n] ?? 0;
    for (let j = i + 1; j < n; j++) sum -= (row[j] ?? 0) * (x[j] ?? 0);
    x[i] = sum / (row[i] ?? 1);
  }
  return x;
}
