import { assert } from '../core/index.ts';
import { at, type BookSide, type Ladder } from '../market/index.ts';

/**
 * Depth beyond the last known level relative to the density of the known book's outer half: the centre and its band [A].
 * Books thin out with distance, so more than the known density (1) is not assumed.
 */
export const TAIL_FACTORS: { readonly low: 0.1; readonly centre: 0.5; readonly high: 1 } = { low: 0.1, centre: 0.5, high: 1 };

/** How far and how finely to extend. */
export interface DepthExtension {
  /** Depth density beyond the last level over the density of the known book's outer half, in [0, 1]. */
  readonly tailFactor: number;
  /** Bids are extended down to this share of the best price, asks up to the best price over it; in (0, 1). Default 0.02. */
  readonly untilFraction?: number;
  /** Distance between added levels in log-price, > 0. Default 0.005. */
  readonly logStep?: number;
}

/** A ladder whose levels from index `extendedFrom` on are inferred; `extendedFrom` is its length when nothing was added. */
export interface ExtendedLadder {
  readonly ladder: Ladder;
  readonly extendedFrom: number;
}

const MAX_TICK = 0x7fffffff;

/**
 * Continues a book beyond its last known level: lots per unit of log-price are taken from the outer half of the known
 * levels (`outerDensity`), times the tail factor, placed on log-spaced levels at the far end of the stretch each stands
 * for. A ladder of fewer than two levels is returned as it is: it has no density. O(levels + added levels).
 */
export function extendDepth(ladder: Ladder, side: BookSide, extension: DepthExtension): ExtendedLadder {
  const { tailFactor, untilFraction = 0.02, logStep = 0.005 } = extension;
  assert(tailFactor >= 0 && tailFactor <= 1 && untilFraction > 0 && untilFraction < 1 && logStep > 0, 'depth extension out of range');
  const n = ladder.ticks.length;
  const perStep = outerDensity(ladder) * tailFactor * logStep;
  if (n < 2 || perStep === 0) return { ladder, extendedFrom: n };
  const best = at(ladder.ticks, 0);
  const last = at(ladder.ticks, n - 1);
  const known = Math.abs(Math.log(best / last));
  const count = Math.max(0, Math.floor((-Math.log(untilFraction) - known) / logStep + 1e-9));
  const ticks = new Int32Array(n + count);
  const lots = new Float64Array(n + count);
  ticks.set(ladder.ticks);
  lots.set(ladder.lots);
  let end = n;
  let previous = last;
  let waiting = 0;
  for (let k = 1; k <= count; k++) {
    waiting += perStep;
    const price = last * Math.exp((side === 'bid' ? -k : k) * logStep);
    const tick = side === 'bid' ? Math.floor(price) : Math.ceil(price);
    if (tick < 1 || tick > MAX_TICK) break;
    const whole = Math.floor(waiting);
    // Where steps are finer than a tick or a step is worth less than a lot, the depth waits for the next level.
    if (tick === previous || whole < 1) continue;
    waiting -= whole;
    ticks[end] = tick;
    lots[end++] = whole;
    previous = tick;
  }
  return { ladder: { ticks: ticks.slice(0, end), lots: lots.slice(0, end) }, extendedFrom: n };
}

/**
 * Depth density of the outer half of a ladder's levels, lots per unit of log-price: the levels are taken in up to 16
 * groups, and the answer is the median of the groups' densities weighted by the log-price each covers, so that neither a wall nor a
 * crowded stretch near the best price speaks for the whole. 0 for fewer than two levels. O(levels).
 */
export function outerDensity(ladder: Ladder): number {
  const n = ladder.ticks.length;
  if (n < 2) return 0;
  const from = Math.max(1, n >> 1);
  const groups = Math.max(1, Math.min(16, (n - from) >> 2));
  const found: { readonly density: number; readonly width: number }[] = [];
  for (let g = 0; g < groups; g++) {
    const start = from + Math.floor((g * (n - from)) / groups);
    const stop = from + Math.floor(((g + 1) * (n - from)) / groups);
    const width = Math.abs(Math.log(at(ladder.ticks, start - 1) / at(ladder.ticks, stop - 1)));
    let lots = 0;
    for (let i = start; i < stop; i++) lots += at(ladder.lots, i);
    found.push({ density: lots / width, width });
  }
  found.sort((a, b) => a.density - b.density);
  const half = found.reduce((sum, g) => sum + g.width, 0) / 2;
  let covered = 0;
  for (const group of found) {
    covered += group.width;
    if (covered >= half) return group.density;
  }
  return found.at(-1)?.density ?? 0;
}

/**
 * The share of a fall (or rise) from `best` to `final` that lies beyond the last known level, in [0, 1]; 0 when there is
 * no move. All three are prices, or ticks, of one market.
 */
export function extendedShareOfMove(best: number, lastKnown: number, final: number): number {
  const move = Math.abs(best - final);
  if (move === 0) return 0;
  return Math.min(1, Math.max(0, move - Math.abs(best - lastKnown)) / move);
}
