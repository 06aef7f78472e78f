import { assert } from '@breakwater/models/core';
import type { Book, Level, MarketSpec } from './market.ts';

// Taken once: a lookup of a global costs more than the arithmetic where modules run in their own context.
const { abs, ceil, exp, floor, imul, log2, max, min, round } = Math;

/** What a book is made from. */
export interface BookInputs {
  readonly spec: MarketSpec;
  /** Quote units per base unit at the middle. */
  readonly mid: number;
  /** Multiplier of the stated depth. */
  readonly depth: number;
  /** Stream of the market: differs by seed and market. */
  readonly key: number;
  readonly step: number;
  /** Levels a side wanted near the touch and beyond. */
  readonly near: number;
  readonly far: number;
}

/** How far the book reaches from the touch: 1 % in fine levels, then coarse ones to here. A stated assumption: real books end in this range. */
const NEAR_REACH = 0.01;
const FAR_REACH = 0.08;
/** Steps for which a level keeps its size: about a quarter of the book changes at each step. */
const REFRESH_STEPS = 4;

/** A deterministic book: a function of its inputs alone. Levels sit on an absolute grid, so that a small move of the price keeps most of them. O(levels). */
export function buildBook(inputs: BookInputs): Book {
  const { spec } = inputs;
  const midTicks = inputs.mid / spec.tick;
  const half = max(0.5, (spec.spreadBps / 20_000) * midTicks);
  const bestBid = max(1, floor(midTicks - half));
  const bestAsk = max(bestBid + 1, ceil(midTicks + half));
  return { bids: buildSide(inputs, midTicks, bestBid, -1), asks: buildSide(inputs, midTicks, bestAsk, 1) };
}

function buildSide(inputs: BookInputs, midTicks: number, best: number, direction: 1 | -1): readonly Level[] {
  const fine = gridStep((NEAR_REACH * midTicks) / inputs.near);
  const coarse = max(fine, gridStep(((FAR_REACH - NEAR_REACH) * midTicks) / inputs.far));
  const levels: Level[] = [[best, levelLots(inputs, midTicks, best, best, fine)]];
  let at = best;
  for (;;) {
    const step = abs(at - best) < NEAR_REACH * midTicks ? fine : coarse;
    const next = direction < 0 ? ceil(at / step - 1) * step : floor(at / step + 1) * step;
    if (next < 1 || abs(next - best) > FAR_REACH * midTicks) return levels;
    levels.push([next, levelLots(inputs, midTicks, best, next, abs(next - at))]);
    at = next;
    assert(levels.length < 4 * (inputs.near + inputs.far) + 8, 'a side of a simulated book is bounded');
  }
}

/** The largest power of two not above `ticks`, at least 1: grids of different prices nest. */
function gridStep(ticks: number): number {
  return ticks <= 1 ? 1 : 2 ** floor(log2(ticks));
}

/** Lots at a level that stands for `width` ticks of the grid. The shape is thin at the touch, level from 1 %, thinner again far out. */
function levelLots(inputs: BookInputs, midTicks: number, best: number, ticks: number, width: number): number {
  const { spec } = inputs;
  const distance = abs(ticks - best) / midTicks;
  const shape = (0.3 + min(distance / NEAR_REACH, 1)) * exp(-max(0, distance - 0.02) / 0.1);
  // The integral of the shape over the first 2 % is 0.3 * 0.01 + 0.5 * 0.01 + 1.3 * 0.01 = 0.021, so depthUsd is what stands there.
  const quote = spec.depthUsd * inputs.depth * (shape / 0.021) * (width / midTicks);
  const phase = mix(inputs.key, ticks, 0x51ed) % REFRESH_STEPS;
  const noise = 0.6 + 0.8 * (mix(inputs.key, ticks, floor((inputs.step + phase) / REFRESH_STEPS)) / 4294967296);
  return max(1, round((quote * noise) / (ticks * spec.tick * spec.lot * spec.contractSize)));
}

/** The changes that turn one side into another, both best first; quantity 0 removes. O(levels). */
export function diffSide(before: readonly Level[], after: readonly Level[]): readonly Level[] {
  const left = new Map(before.map(([ticks, lots]) => [ticks, lots]));
  const changes: Level[] = [];
  for (const [ticks, lots] of after) {
    if (left.get(ticks) !== lots) changes.push([ticks, lots]);
    left.delete(ticks);
  }
  for (const ticks of left.keys()) changes.push([ticks, 0]);
  return changes;
}

/** A 32-bit mix of three whole numbers; constants from the "lowbias32" finaliser (https://github.com/skeeto/hash-prospector, read 2026-11). */
export function mix(a: number, b: number, c: number): number {
  let x = (imul(a, 0x9e3779b1) ^ imul(b + 0x7f4a7c15, 0x85ebca6b) ^ imul(c + 0x165667b1, 0xc2b2ae35)) >>> 0;
  x = imul(x ^ (x >>> 16), 0x21f0aaad) >>> 0;
  x = imul(x ^ (x >>> 15), 0x735a2d97) >>> 0;
  return (x ^ (x >>> 15)) >>> 0;
}
