import { defined } from '../core/index.ts';
import { at } from '../market/index.ts';
import { depthWithin, isWithin, ladderOf, quoteValue, signOf, triggersOf } from './cascade-market.ts';
import { markTickOf } from './mark-of.ts';
import type { NetworkSystem } from './network-system.ts';
import { perronRoot } from './perron.ts';

/** How forced sales breed forced sales, to first order around the present prices. */
export interface Reproduction {
  /** Dollars forced for each forced dollar, over all rounds' leading mode: forced selling dies out below 1 and feeds itself at 1. */
  readonly number: number;
  /** Which markets the leading mode lives in: non-negative, sum 1, in the order of markets; null when the number is 0. */
  readonly vector: readonly number[] | null;
  /** What one unit sold in each market forces in all of them: column sums of `next`. */
  readonly byMarket: readonly number[];
  /** The next-generation matrix: entry (v, w) is what one unit sold in w forces in v. */
  readonly next: readonly (readonly number[])[];
}

/** How far a market is moved to see what fires. */
const step = 0.01;

/**
 * The reproduction number of a system: N = S K with K(v, w) the value of v's positions that fire when w alone falls 1 %, over the value of w's usable depth on the way
 * (at least one lot), and S = 1 + H adding the hedges that are unwound. O(markets^2 x triggers near the price).
 */
export function reproductionOf(system: NetworkSystem): Reproduction {
  const { side, markets } = system;
  const sign = signOf(side);
  const ticksOf = markets.map((market) => ladderOf(market, side).ticks);
  const best = ticksOf.map((ticks) => at(ticks, 0));
  const moved = ticksOf.map((ticks, m) => {
    let level = 0;
    while (level + 1 < ticks.length && isWithin(at(ticks, level + 1), defined(best[m], 'best'), step)) level++;
    return at(ticks, level);
  });
  const depth = markets.map((market, m) => Math.max(depthWithin(market, side, step).quote, quoteValue(market, 1, defined(best[m], 'best'))));
  /** Value of v's positions that fire when `w` is at its moved tick and all others at their best; all at their best without `w`. */
  const firedIn = (v: number, w: number | null): number => {
    const market = defined(markets[v], 'market');
    const tickOf = (m: number): number => defined((m === w ? moved : best)[m], 'tick');
    const rule = system.marks[v] ?? null;
    const mark = rule === null ? tickOf(v)
      : markTickOf(rule.rule, rule.markets.map((m) => tickOf(m) * defined(markets[m], 'market').tickSize), rule.weights, market.tickSize, sign);
    const triggers = triggersOf(market, side);
    let lots = 0;
    for (let k = 0; k < triggers.ticks.length && sign * at(triggers.ticks, k) >= sign * mark; k++) lots += at(triggers.lots, k);
    return quoteValue(market, lots, defined(best[v], 'best'));
  };
  const still = markets.map((_, v) => firedIn(v, null));
  const direct = markets.map((_, v) => markets.map((__, w) => (firedIn(v, w) - defined(still[v], 'value')) / defined(depth[w], 'depth')));
  const next = direct.map((row, x) =>
    row.map((value, w) => value + system.hedges.filter(({ to }) => to === x).reduce((sum, { from, share }) => sum + share * (direct[from]?.[w] ?? 0), 0)));
  const { radius, vector } = perronRoot(next);
  return { number: radius, vector, byMarket: markets.map((_, w) => next.reduce((sum, row) => sum + (row[w] ?? 0), 0)), next };
}
