import { assert, defined } from '../core/index.ts';
import { bankruptcyPrice, equityAt, liquidationPrice, requirementAt, tierAmount, valueAt, type MarginRules, type PositionTerms } from './liquidation-price.ts';
import { tierIndex } from './tiers.ts';
import type { PositionSide } from './triggers.ts';
import type { PartialLiquidation } from './venue-rules.ts';

/** What decides how a position is cut; a `VenueRules` is one. */
export interface PartialRules extends MarginRules {
  readonly partial: PartialLiquidation;
  readonly liquidationFee: number;
}

/** A position in whole lots on its market's grid; `margin` as in `PositionTerms`. */
export interface LotPosition {
  readonly side: PositionSide;
  readonly entryPrice: number;
  readonly lots: number;
  readonly margin: number;
  /** Base units (linear) or US dollar face (inverse) of one lot; > 0. */
  readonly lotSize: number;
  /** Quote currency per tick; > 0. */
  readonly tickSize: number;
}

/**
 * One step of a liquidation: at `tick` the venue closes `lots`, and equity of what was held just before ends at `bankruptcyTick`. `backstopTick` is
 * where the venue's own vault takes the rest instead of the book, on venues that have one; undefined where no price does.
 */
export interface Tranche {
  readonly tick: number;
  readonly lots: number;
  readonly bankruptcyTick: number;
  readonly backstopTick?: number;
}

/** The staircase of a position, first to fire first, and the lots that no price on the grid liquidates. Tranches + `unreachableLots` = the position's lots. */
export interface Staircase {
  readonly tranches: readonly Tranche[];
  readonly unreachableLots: number;
}

const MAX_TICK = 0x7fffffff;
/** Cuts of one position at most; what is left after them goes whole with the last. More than any venue has tiers, and 0.8^24 is under 0.5 %. */
const MOST_CUTS = 24;

/**
 * A position as the staircase of orders its venue would send, under the assumption that each is executed at the very price that triggers it (mark =
 * execution): the static engine's view, and the optimistic one for the trader, since a worse fill triggers the next step sooner. After a cut of d at p
 * the margin is M + s d (p - E) less the fee on what was closed, the entry unchanged, and the next trigger follows from them. Triggers are rounded to the
 * tick that fires first, bankruptcy prices to the tick of whole equity (long floor, short ceiling). `lots` must be whole and > 0. O(cuts x tiers).
 */
export function liquidationTranches(rules: PartialRules, position: LotPosition): Staircase {
  assert(Number.isSafeInteger(position.lots) && position.lots > 0, `lots must be whole and > 0, got ${position.lots}`);
  const tranches: Tranche[] = [];
  let { lots, margin } = position;
  let mark: number | undefined;
  for (let cuts = 0; lots > 0; cuts++) {
    const terms = termsOf(position, lots, margin);
    const liquidation = liquidationPrice(rules, terms);
    // What a fee took below the new requirement fires at once, at the price the mark is at: later steps are never before earlier ones.
    const price = liquidation.ok ? laterOf(liquidation.value.price, mark, position.side) : 0;
    const tick = triggerTick(price / position.tickSize, position.side);
    if (tick < 1 || tick > MAX_TICK) return { tranches, unreachableLots: lots };
    const cut = cuts >= MOST_CUTS ? lots : lotsToCut(rules, position, { lots, margin, price, cutBefore: mark !== undefined });
    const bankruptcyTick = tickOfBankruptcy(rules, terms, position.tickSize);
    const backstop = rules.partial.kind === 'fraction' ? backstopTick(rules, terms, position.tickSize, rules.partial.backstopShare) : undefined;
    push(tranches, backstop === undefined ? { tick, lots: cut, bankruptcyTick } : { tick, lots: cut, bankruptcyTick, backstopTick: backstop });
    margin = marginAfter(rules, position, { lots, margin, price }, cut);
    lots -= cut;
    mark = price;
  }
  return { tranches, unreachableLots: 0 };
}

/** What is held when an order fires, and the price it fires and is executed at. */
interface Moment {
  readonly lots: number;
  readonly margin: number;
  readonly price: number;
  readonly cutBefore?: boolean;
}

function laterOf(price: number, mark: number | undefined, side: PositionSide): number {
  if (mark === undefined) return price;
  return side === 'long' ? Math.min(price, mark) : Math.max(price, mark);
}

/** Lots closed: between 1 and all. */
function lotsToCut(rules: PartialRules, position: LotPosition, now: Moment): number {
  const { partial } = rules;
  const { lots, price } = now;
  const size = lots * position.lotSize;
  const tier = tierIndex(rules.tiers, tierAmount(rules, size, tierPrice(rules, position, price)));
  switch (partial.kind) {
    case 'none':
      return lots;
    case 'tiers': {
      if (tier + 1 < partial.fromTier || tier === 0) return lots;
      return Math.max(1, lots - lotsBelowTier(rules, position, Math.max(1, tier + 1 - partial.step), price));
    }
    case 'satisfyingTier': {
      for (let top = tier; top >= 1; top--) {
        const kept = lotsBelowTier(rules, position, top, price);
        if (kept > 0 && kept < lots && spareAfter(rules, position, now, lots - kept, 1) > 0) return lots - kept;
      }
      return lots;
    }
    case 'fraction': {
      const large = (rules.contract === 'linear' ? size * price : size) > partial.minNotionalUsd;
      // Everything that fires after the first order is taken to fall within its cooldown: the static engine has no time.
      return large && now.cutBefore !== true ? Math.max(1, Math.min(lots, Math.round(lots * partial.step))) : lots;
    }
    case 'toCompliance':
      return compliantCut(rules, position, now, partial.targetRatio);
  }
}

/** The price that picks a position's tier: the entry's where maintenance is charged there. */
function tierPrice(rules: PartialRules, position: LotPosition, price: number): number {
  return rules.mmBasis === 'entry' ? position.entryPrice : price;
}

/** The most lots that stand below the bound that opens tier `tier` (0-based) at `price`. */
function lotsBelowTier(rules: PartialRules, position: LotPosition, tier: number, price: number): number {
  const bound = defined(rules.tiers[tier], 'tier').from / tierAmount(rules, position.lotSize, tierPrice(rules, position, price));
  // A bound belongs to the tier it opens, up to the rounding of the division.
  return Math.max(0, Math.ceil(bound * (1 - 1e-12)) - 1);
}

/**
 * The fewest lots whose sale brings requirement / equity to `target`; all of them when no cut does. Spare margin is concave in the cut (the fee is
 * linear, the requirement of a marginal table convex): its best cut is found first, then the smallest one before it that suffices. O(log lots x tiers).
 */
function compliantCut(rules: PartialRules, position: LotPosition, now: Moment, target: number): number {
  const spare = (cut: number): number => spareAfter(rules, position, now, cut, target);
  let [low, high] = [0, now.lots - 1];
  while (high - low > 2) {
    const third = Math.floor((high - low) / 3);
    if (spare(low + third) < spare(high - third)) low += third;
    else high -= third;
  }
  let best = low;
  for (let cut = low; cut <= high; cut++) if (spare(cut) > spare(best)) best = cut;
  if (spare(best) < 0 || best < 1) return now.lots;
  let [fails, complies] = [0, best];
  while (complies - fails > 1) {
    const middle = Math.floor((fails + complies) / 2);
    if (spare(middle) >= 0) complies = middle;
    else fails = middle;
  }
  return complies;
}

/** Equity after the cut x target - requirement after the cut. */
function spareAfter(rules: PartialRules, position: LotPosition, now: Moment, cut: number, target: number): number {
  const terms = termsOf(position, now.lots - cut, marginAfter(rules, position, now, cut));
  return equityAt(rules.contract, terms, now.price) * target - requirementAt(rules, terms, now.price);
}

/** Margin of what is left when `cut` lots were closed: the realised profit joins it, the liquidation fee leaves it. */
function marginAfter(rules: PartialRules, position: LotPosition, now: Moment, cut: number): number {
  if (cut === 0) return now.margin;
  const closed = termsOf(position, cut, 0);
  return now.margin + equityAt(rules.contract, closed, now.price) - rules.liquidationFee * valueAt(rules.contract, closed.size, now.price);
}

function termsOf(position: LotPosition, lots: number, margin: number): PositionTerms {
  return { side: position.side, entryPrice: position.entryPrice, size: lots * position.lotSize, margin };
}

/** Where equity is `share` of the requirement: the liquidation price under rates and deductions scaled by it. */
function backstopTick(rules: PartialRules, terms: PositionTerms, tickSize: number, share: number): number | undefined {
  const requirement = (price: number): number => equityAt(rules.contract, terms, price) - share * requirementAt(rules, terms, price);
  const [from, to] = [liquidationPrice(rules, terms), bankruptcyPrice(rules.contract, terms)];
  if (!from.ok || !to.ok) return undefined;
  let [healthy, gone] = [from.value.price, to.value];
  for (let i = 0; i < 60; i++) {
    const middle = (healthy + gone) / 2;
    if (requirement(middle) > 0) healthy = middle;
    else gone = middle;
  }
  return triggerTick(gone / tickSize, terms.side);
}

function tickOfBankruptcy(rules: PartialRules, terms: PositionTerms, tickSize: number): number {
  const bankruptcy = bankruptcyPrice(rules.contract, terms, rules.closeFee);
  if (!bankruptcy.ok) return terms.side === 'long' ? 1 : MAX_TICK;
  const ticks = bankruptcy.value / tickSize;
  return Math.max(1, Math.min(MAX_TICK, terms.side === 'long' ? Math.floor(ticks + 1e-6) : Math.ceil(ticks - 1e-6)));
}

/** The tick that fires first: up for longs, down for shorts. */
function triggerTick(ticks: number, side: PositionSide): number {
  return side === 'long' ? Math.ceil(ticks - 1e-6) : Math.floor(ticks + 1e-6);
}

/** Steps that fire at one tick and end at one are one order to whoever walks the staircase. */
function push(tranches: Tranche[], next: Tranche): void {
  const last = tranches.at(-1);
  if (last?.tick === next.tick && last.bankruptcyTick === next.bankruptcyTick) tranches[tranches.length - 1] = { ...next, lots: last.lots + next.lots };
  else tranches.push(next);
}
