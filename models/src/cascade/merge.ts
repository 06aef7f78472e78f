import { assert } from '../core/index.ts';
import { at, type Ladder, type Triggers } from '../market/index.ts';
import { cascadeMarket, signOf, ladderOf, triggersOf, usableLots, type CascadeMarket, type ShockSide } from './cascade-market.ts';

/** A market and what one unit of its quote currency is worth in US dollars (> 0), its basis to the asset's price folded in if wanted. */
export interface MergeSource {
  readonly market: CascadeMarket;
  readonly usdPerQuote: number;
  /** Where the levels of each side stop being known (`ExtendedLadder.extendedFrom`); all are known when absent. */
  readonly extendedFrom?: { readonly bids: number; readonly asks: number };
}

/** The grid of a merged market: US dollars per tick and base units per lot, both > 0. */
export interface MergeGrid {
  readonly tickSize: number;
  readonly lotSize: number;
}

const MAX_TICK = 0x7fffffff;
/** Most lots of a merged market, both sides and all triggers together: sums of them, and a tenth of a lot more, are still whole numbers. */
const MAX_LOTS = 2 ** 49;

/**
 * A grid as fine as the finest source, coarsened in tens until the best price has fewer than 2^26 ticks and all that is bid, offered and liquidated is fewer than 2^49 lots (a venue that trades a hundred millionth of a coin that
 * costs a cent shows more). At least one source. O(levels + triggers).
 */
export function mergeGrid(sources: readonly MergeSource[]): MergeGrid {
  assert(sources.length > 0, 'nothing to merge');
  let tickSize = Infinity;
  let lotSize = Infinity;
  let top = 0;
  let units = 0;
  for (const { market, usdPerQuote } of sources) {
    units += allUnits(market);
    const best = Math.max(market.bids.ticks[0] ?? 0, market.asks.ticks[0] ?? 0) * market.tickSize;
    tickSize = Math.min(tickSize, market.tickSize * usdPerQuote);
    if (best > 0) lotSize = Math.min(lotSize, baseUnits(market, 1, best / market.tickSize));
    top = Math.max(top, best * usdPerQuote);
  }
  while (top / tickSize >= 2 ** 26) tickSize *= 10;
  if (!(lotSize < Infinity)) lotSize = 1;
  while (units / lotSize >= MAX_LOTS) lotSize *= 10;
  return { tickSize, lotSize };
}

/** Base units of everything that a market may trade. */
function allUnits(market: CascadeMarket): number {
  let units = 0;
  for (const { ticks, lots } of [market.bids, market.asks, market.longTriggers, market.shortTriggers]) for (let i = 0; i < ticks.length; i++) units += baseUnits(market, at(lots, i), at(ticks, i));
  return units;
}

/**
 * One market out of several, quantities in base units and prices in US dollars: what perfect arbitrage (unlimited capacity,
 * no cost) makes of them, since a common price clears all of them exactly when summed depth covers summed demand.
 * Makers' withdrawal is applied in each source, with its own best price; liquidations count as market orders.
 * Where a source's grid does not fit the common one, levels and triggers are rounded away from the best price alike, so
 * every trigger that fired at a level still does, depth is rounded down and triggered lots up: the outcome is never better
 * than the exact one. Contracts of inverse markets become base units at the price of their level or trigger. Levels and
 * triggers below 1 tick or beyond 2^31 are left out. O(n log sources) for n levels and triggers in all.
 */
export function mergeMarkets(id: string, sources: readonly MergeSource[], grid: MergeGrid = mergeGrid(sources)): CascadeMarket {
  const books = (side: ShockSide): Ladder => gathered(fold(sources.map((source) => levelRows(source, side, grid)), signOf(side)));
  const triggers = (side: ShockSide): Triggers => fold(sources.map((source) => triggerRows(source, side, grid)), signOf(side));
  return cascadeMarket({
    id, tickSize: grid.tickSize, lotSize: grid.lotSize, bids: books('sell'), asks: books('buy'), longTriggers: triggers('sell'), shortTriggers: triggers('buy'),
  });
}

/**
 * The share of all usable depth from the best prices to `finalUsd` (US dollars) that is extended and not seen, in base
 * units, 0 to 1: how far a landing price of the merged market rests on inference. 0 when there is no depth. O(levels).
 */
export function extendedShareOfDepth(sources: readonly MergeSource[], side: ShockSide, finalUsd: number): number {
  let all = 0;
  let inferred = 0;
  for (const { market, usdPerQuote, extendedFrom } of sources) {
    const { ticks } = ladderOf(market, side);
    const usable = usableLots(market, side);
    const from = (side === 'sell' ? extendedFrom?.bids : extendedFrom?.asks) ?? ticks.length;
    const limit = (finalUsd / usdPerQuote / market.tickSize) * (side === 'sell' ? 1 - 1e-12 : 1 + 1e-12);
    for (let i = 0; i < ticks.length && signOf(side) * at(ticks, i) >= signOf(side) * limit; i++) {
      const units = baseUnits(market, at(usable, i), at(ticks, i));
      all += units;
      if (i >= from) inferred += units;
    }
  }
  return all > 0 ? inferred / all : 0;
}

function baseUnits(market: CascadeMarket, lots: number, tick: number): number {
  const quantity = lots * market.lotSize;
  return market.kind === 'inverse' ? (quantity * market.contractSize) / (tick * market.tickSize) : quantity;
}

/** Rounds away from the best price; exact multiples stay what they are. */
function toTick(value: number, sign: 1 | -1): number {
  return sign * Math.floor(sign * value + 1e-6 * Math.max(1, value / 1e9));
}

function levelRows({ market, usdPerQuote }: MergeSource, side: ShockSide, grid: MergeGrid): Triggers {
  const { ticks } = ladderOf(market, side);
  const usable = usableLots(market, side);
  const scale = (market.tickSize * usdPerQuote) / grid.tickSize;
  const rows = emptyRows(ticks.length);
  let n = 0;
  for (let i = 0; i < ticks.length; i++) {
    const tick = toTick(at(ticks, i) * scale, signOf(side));
    if (tick < 1 || tick > MAX_TICK) continue;
    rows.ticks[n] = tick;
    rows.lots[n++] = Math.floor((baseUnits(market, at(usable, i), at(ticks, i)) / grid.lotSize) * (1 + 1e-12) + 1e-9);
  }
  return cut(rows, n);
}

function triggerRows({ market, usdPerQuote }: MergeSource, side: ShockSide, grid: MergeGrid): Triggers {
  const triggers = triggersOf(market, side);
  const scale = (market.tickSize * usdPerQuote) / grid.tickSize;
  const rows = emptyRows(triggers.ticks.length);
  let n = 0;
  for (let i = 0; i < triggers.ticks.length; i++) {
    const tick = toTick(at(triggers.ticks, i) * scale, signOf(side));
    if (tick < 1 || tick > MAX_TICK) continue;
    rows.ticks[n] = tick;
    rows.bankruptcyTicks[n] = Math.min(MAX_TICK, toTick(at(triggers.bankruptcyTicks, i) * scale, signOf(side)));
    rows.lots[n++] = Math.ceil((baseUnits(market, at(triggers.lots, i), at(triggers.ticks, i)) / grid.lotSize) * (1 - 1e-12) - 1e-9);
  }
  return cut(rows, n);
}

function emptyRows(n: number): Triggers {
  return { ticks: new Int32Array(n), lots: new Float64Array(n), bankruptcyTicks: new Int32Array(n) };
}

function cut(rows: Triggers, n: number): Triggers {
  return { ticks: rows.ticks.slice(0, n), lots: rows.lots.slice(0, n), bankruptcyTicks: rows.bankruptcyTicks.slice(0, n) };
}

/** Merges sorted lists pair by pair. */
function fold(lists: readonly Triggers[], sign: 1 | -1): Triggers {
  let round = lists;
  while (round.length > 1) {
    const merged: Triggers[] = [];
    for (let i = 0; i < round.length; i += 2) {
      const a = round[i] ?? emptyRows(0);
      const b = round[i + 1];
      merged.push(b === undefined ? a : mergeTwo(a, b, sign));
    }
    round = merged;
  }
  return round[0] ?? emptyRows(0);
}

function mergeTwo(a: Triggers, b: Triggers, sign: 1 | -1): Triggers {
  const n = a.ticks.length + b.ticks.length;
  const out = emptyRows(n);
  for (let i = 0, j = 0, k = 0; k < n; k++) {
    const fromA = j >= b.ticks.length || (i < a.ticks.length && sign * at(a.ticks, i) >= sign * at(b.ticks, j));
    const source = fromA ? a : b;
    const index = fromA ? i++ : j++;
    out.ticks[k] = at(source.ticks, index);
    out.lots[k] = at(source.lots, index);
    out.bankruptcyTicks[k] = at(source.bankruptcyTicks, index);
  }
  return out;
}

/** One level a tick. */
function gathered(rows: Triggers): Ladder {
  const ticks = new Int32Array(rows.ticks.length);
  const lots = new Float64Array(rows.ticks.length);
  let n = 0;
  for (let i = 0; i < rows.ticks.length; i++) {
    const tick = at(rows.ticks, i);
    if (n > 0 && at(ticks, n - 1) === tick) {
      lots[n - 1] = at(lots, n - 1) + at(rows.lots, i);
      continue;
    }
    ticks[n] = tick;
    lots[n++] = at(rows.lots, i);
  }
  return { ticks: ticks.slice(0, n), lots: lots.slice(0, n) };
}
