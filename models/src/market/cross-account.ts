import { defined, err, ok, type Result } from '../core/index.ts';
import { requirementAt, signOf, tierAmount, valueAt, type MarginRules } from './liquidation-price.ts';
import { tierIndex } from './tiers.ts';
import type { PositionSide } from './triggers.ts';

/**
 * Accounts whose positions and collateral share one margin. Prices move together along a direction, P_a(x) = P_a exp(-beta_a x) with x >= 0, so that
 * one number says when the account is liquidated: falling collateral (beta of the collateral asset > 0) is nothing special.
 */

/** Coins held as collateral: `quantity` >= 0 of an asset at `price` now, counted at (1 - haircut) of its value, haircut in [0, 1]. */
export interface Collateral {
  readonly quantity: number;
  readonly price: number;
  readonly haircut: number;
  readonly beta: number;
}

/** One linear position of the account: `size` > 0 base units, `price` the mark now, `rules` of its own market with maintenance at the mark. */
export interface CrossPosition {
  readonly side: PositionSide;
  readonly size: number;
  readonly entryPrice: number;
  readonly price: number;
  readonly beta: number;
  readonly rules: MarginRules;
}

/** A cross account in one quote currency: cash of any sign, coins, positions. */
export interface CrossAccount {
  readonly cash: number;
  readonly collateral: readonly Collateral[];
  readonly positions: readonly CrossPosition[];
}

/** Why an account has no trigger on the way: it is healthy up to `reach`, or it has no position or a lawless number in it. */
export type CrossAccountError = { readonly kind: 'cross-account.never' | 'cross-account.bad-account' };

/** Where an account is liquidated: `x`, and what equity and requirement are there (equal but for rounding, or where the requirement jumps). */
export interface CrossTrigger {
  readonly x: number;
  readonly equity: number;
  readonly requirement: number;
}

/** Equity at x: cash + haircut collateral + unrealised profit of all positions. O(account). */
export function crossEquity(account: CrossAccount, x: number): number {
  let equity = account.cash;
  for (const c of account.collateral) equity += c.quantity * c.price * Math.exp(-c.beta * x) * (1 - c.haircut);
  for (const p of account.positions) equity += signOf(p.side) * p.size * (p.price * Math.exp(-p.beta * x) - p.entryPrice);
  return equity;
}

/** Maintenance of all positions at x, closing fees included. O(account x tiers). */
export function crossRequirement(account: CrossAccount, x: number): number {
  let sum = 0;
  for (const p of account.positions) sum += requirementAt(p.rules, { side: p.side, size: p.size, entryPrice: p.entryPrice, margin: 0 }, p.price * Math.exp(-p.beta * x));
  return sum;
}

/** Shortest step of the search, as a share of its reach: two crossings closer together than this may be taken for none. */
const FINEST = 1 / 4096;
/** Iterations of the bracketed Newton search; bisection alone needs about 50 for full precision. */
const MOST_ITERATIONS = 100;

/**
 * The first x in [0, reach] at which equity does not cover the requirement; 0 when it already does not. A hedged account can be liquidated, and be
 * healthy again farther on, so the search goes outward: from x the spare margin cannot run out within spare / (its steepest fall over the rest of the
 * step), and that is how far it jumps (a jump of the requirement, where a venue charges whole positions, is found at the step's resolution). Once a step
 * lands at or below zero the crossing is bracketed and Newton's steps give it to the precision of doubles. `reach` > 0 in log-price at beta 1; 3 (a fall of 95 %) by default.
 */
export function crossAccountTrigger(account: CrossAccount, reach: number = 3): Result<CrossTrigger, CrossAccountError> {
  if (account.positions.length === 0 || !isLawful(account)) return err({ kind: 'cross-account.bad-account' });
  const spare = (x: number): number => crossEquity(account, x) - crossRequirement(account, x);
  const at = (x: number): Result<CrossTrigger, CrossAccountError> => ok({ x, equity: crossEquity(account, x), requirement: crossRequirement(account, x) });
  let low = 0;
  let value = spare(0);
  if (value <= 0) return at(0);
  while (low < reach) {
    const furthest = Math.min(reach, low + reach / 16);
    const steepest = steepestFall(account, low, furthest);
    const step = steepest <= 0 ? furthest - low : Math.min(furthest - low, Math.max(value / steepest, reach * FINEST));
    const high = Math.min(reach, low + step);
    value = spare(high);
    if (value <= 0) return at(bracketedNewton(account, spare, low, high));
    low = high;
  }
  return err({ kind: 'cross-account.never' });
}

/** Newton's steps inside [low, high], spare margin > 0 at `low` and <= 0 at `high`; a step that leaves the bracket or does not halve it in two is a bisection. */
function bracketedNewton(account: CrossAccount, spare: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let x = (a + b) / 2;
  let widthBefore = 2 * (b - a);
  for (let i = 0; i < MOST_ITERATIONS; i++) {
    const value = spare(x);
    if (value > 0) a = x;
    else b = x;
    const newton = x - value / slope(account, x);
    const slow = i % 2 === 1 && b - a > widthBefore / 2;
    if (i % 2 === 1) widthBefore = b - a;
    const next = newton > a && newton < b && !slow ? newton : (a + b) / 2;
    if (Math.abs(next - x) <= 1e-15 * Math.max(1, x)) return next;
    x = next;
  }
  return b;
}

/** d(spare)/dx. */
function slope(account: CrossAccount, x: number): number {
  let sum = 0;
  for (const c of account.collateral) sum -= c.beta * c.quantity * c.price * Math.exp(-c.beta * x) * (1 - c.haircut);
  for (const p of account.positions) {
    const value = valueAt('linear', p.size, p.price * Math.exp(-p.beta * x));
    sum -= p.beta * value * (signOf(p.side) - marginalRate(p, value));
  }
  return sum;
}

/** What one more of value adds to the requirement. */
function marginalRate(p: CrossPosition, value: number): number {
  if (p.rules.tierUnit === 'size') return requirementAt(p.rules, { side: p.side, size: p.size, entryPrice: p.entryPrice, margin: 0 }, p.price) / (p.size * p.price);
  return defined(p.rules.tiers[tierIndex(p.rules.tiers, tierAmount(p.rules, p.size, value / p.size))], 'tier').rate + p.rules.closeFee;
}

/** An upper bound of -d(spare)/dx over [low, high]: every exponential at the end where it hurts most, every tier at the highest rate where that hurts. */
function steepestFall(account: CrossAccount, low: number, high: number): number {
  let fall = 0;
  const add = (coefficient: number, beta: number): void => {
    const [one, other] = [Math.exp(-beta * low), Math.exp(-beta * high)];
    fall += coefficient > 0 ? coefficient * Math.max(one, other) : coefficient * Math.min(one, other);
  };
  for (const c of account.collateral) add(c.beta * c.quantity * c.price * (1 - c.haircut), c.beta);
  for (const p of account.positions) {
    const value = p.size * p.price;
    add(p.beta * value * signOf(p.side), p.beta);
    // The requirement falls with a falling price, which helps by nothing at least; it grows with a rising one, by its highest rate at most.
    const highest = defined(p.rules.tiers.at(-1), 'tier').rate + p.rules.closeFee;
    if (p.beta < 0) add(-p.beta * value * highest, p.beta);
  }
  return fall;
}

function isLawful(account: CrossAccount): boolean {
  const finite = (...values: readonly number[]): boolean => values.every(Number.isFinite);
  return finite(account.cash)
    && account.collateral.every((c) => finite(c.quantity, c.price, c.beta) && c.quantity >= 0 && c.price > 0 && c.haircut >= 0 && c.haircut <= 1)
    && account.positions.every((p) => finite(p.size, p.price, p.entryPrice, p.beta) && p.size > 0 && p.price > 0 && p.entryPrice > 0 && p.rules.contract === 'linear' && p.rules.mmBasis === 'mark');
}
