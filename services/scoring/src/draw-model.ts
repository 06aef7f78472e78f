import { cascadeMarket, depthWithin, mergeMarkets, type CascadeMarket, type MergeGrid, type NetworkSystem, type Withdrawal } from '@breakwater/models/cascade';
import { at, emptyLadder, noTriggers, type Ladder, type Triggers } from '@breakwater/models/market';
import type { AssumptionDraw } from './assumptions.ts';
import type { MarketModel } from './market-model.ts';
import { linksOf } from './network-model.ts';
import { withLevel, type FloorLevel } from './reserve/floor-level.ts';

/** A market as draws are made of it. */
export interface DrawnSource {
  readonly id: string;
  readonly isSpot: boolean;
  /** False for a book that is not to be used: its positions are. */
  readonly hasBook: boolean;
  readonly model: MarketModel;
  readonly usdPerQuote: number;
}

/** Makes the joined system of an asset under a draw; all that does not depend on the draw is worked out beforehand. */
export interface DrawModel {
  /** Under one draw, on the coarse grid, US dollars and units of the asset, withdrawal taken off. O(levels + positions). */
  systemOf(draw: AssumptionDraw): NetworkSystem;
}

/** Ticks of the coarse grid up to the best price: 2.4 basis points each, a tenth of the width of a bucket of positions. */
const ticksToBest = 4096;

/** The time makers are taken to react within, 5 minutes, in days (`models/cascade/withdrawal.ts`). */
const reactionDays = 5 / 1440;

/** A book on the coarse grid, what is known of it and what is assumed beyond apart. */
interface DrawnBook {
  readonly ticks: Int32Array;
  readonly known: Float64Array;
  /** Lots at a tail factor of 1. */
  readonly beyond: Float64Array;
  /** ln(1 + how many times its usual move of the reaction time the price has fallen): makers leave exp(-beta x this). */
  readonly moves: Float64Array;
}

/** Long positions on the coarse grid, highest liquidation price first, with the band of each. */
interface DrawnPositions {
  readonly ticks: Int32Array;
  readonly lots: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

interface DrawnNode {
  readonly source: DrawnSource;
  readonly book: DrawnBook;
  readonly positions: DrawnPositions;
  /** A bid that no draw changes. */
  readonly floor: FloorLevel | undefined;
}

/**
 * Prepares draws from markets with a book and from others that only have positions, which the deepest of the former takes on. `bestUsd` is about
 * the asset's price. Undefined where none has bids. O(levels + positions).
 */
export function createDrawModel(sources: readonly DrawnSource[], grid: MergeGrid, bestUsd: number): DrawModel | undefined {
  const coarse: MergeGrid = { tickSize: Math.max(grid.tickSize, bestUsd / ticksToBest), lotSize: grid.lotSize };
  const withBook = sources.filter(({ hasBook }) => hasBook).map((source) => ({ source, book: bookOf(source, coarse) })).filter(({ book }) => book.ticks.length > 0 && at(book.ticks, 0) > 0);
  if (withBook.length === 0) return undefined;
  const depths = withBook.map(({ source }) => depthWithin(source.model.variants.high, 'sell', 0.02).quote * source.usdPerQuote);
  const deepest = depths.indexOf(Math.max(...depths));
  const bookless = sources.filter((source) => !withBook.some((other) => other.source === source));
  const nodes = withBook.map(({ source, book }, i): DrawnNode => ({ source, book, positions: positionsOf(i === deepest ? [source, ...bookless] : [source], coarse), floor: floorOf(source, coarse) }));
  return {
    systemOf: (draw) => {
      const markets = nodes.map(({ source, book, positions, floor }) => marketOf(source, coarse, withFloor(usableOf(book, draw.withdrawal, draw.tailFactor), floor), triggersUnder(positions, draw.positions)));
      const near = markets.map((market, i) => ({ isSpot: nodes[i]?.source.isSpot === true, depthUnits: depthWithin(market, 'sell', 0.02).lots * market.lotSize }));
      return { side: 'sell', markets, hedges: [], ...linksOf(near, draw.arbitrageShare) };
    },
  };
}

function marketOf({ id, isSpot }: DrawnSource, grid: MergeGrid, bids: Ladder, longTriggers: Triggers): CascadeMarket {
  return cascadeMarket({ id, kind: isSpot ? 'spot' : 'linear', ...grid, bids, asks: emptyLadder(), longTriggers });
}

function bookOf({ id, model, usdPerQuote }: DrawnSource, grid: MergeGrid): DrawnBook {
  const { high } = model.variants;
  const part = (from: number, to: number): Ladder => {
    const bids = { ticks: high.bids.ticks.subarray(from, to), lots: high.bids.lots.subarray(from, to) };
    return mergeMarkets(id, [{ market: { ...high, bids, asks: emptyLadder(), longTriggers: noTriggers(), shortTriggers: noTriggers() }, usdPerQuote }], grid).bids;
  };
  const split = Math.min(model.knownBids, high.bids.ticks.length);
  const [seen, assumed] = [part(0, split), part(split, high.bids.ticks.length)];
  // The last tick of one may be the first of the other.
  const shared = seen.ticks.length > 0 && assumed.ticks.length > 0 && seen.ticks.at(-1) === at(assumed.ticks, 0) ? 1 : 0;
  const n = seen.ticks.length + assumed.ticks.length - shared;
  const [ticks, known, beyond] = [new Int32Array(n), new Float64Array(n), new Float64Array(n)];
  ticks.set(assumed.ticks, n - assumed.ticks.length);
  beyond.set(assumed.lots, n - assumed.ticks.length);
  ticks.set(seen.ticks);
  known.set(seen.lots);
  const best = n > 0 ? at(ticks, 0) : 1;
  const usualMove = high.withdrawal.sigmaDaily * Math.sqrt(reactionDays);
  return { ticks, known, beyond, moves: Float64Array.from(ticks, (tick) => Math.log(1 + Math.log(best / tick) / usualMove)) };
}

function usableOf({ ticks, known, beyond, moves }: DrawnBook, { kappaMin, beta }: Withdrawal, tailFactor: number): Ladder {
  const lots = new Float64Array(ticks.length);
  for (let i = 0; i < lots.length; i++) lots[i] = Math.floor(Math.max(kappaMin, Math.exp(-beta * at(moves, i))) * (at(known, i) + tailFactor * at(beyond, i)) + 1e-9);
  return { ticks, lots };
}

function floorOf({ model: { floor, variants }, usdPerQuote }: DrawnSource, grid: MergeGrid): FloorLevel | undefined {
  if (floor === undefined) return undefined;
  const { tickSize, lotSize } = variants.value;
  const level = { tick: Math.floor((floor.tick * tickSize * usdPerQuote) / grid.tickSize + 1e-6), lots: Math.floor((floor.lots * lotSize) / grid.lotSize + 1e-9) };
  return level.tick >= 1 && level.lots >= 1 ? level : undefined;
}

function withFloor(bids: Ladder, floor: FloorLevel | undefined): Ladder {
  return floor === undefined ? bids : withLevel(bids, floor);
}

function positionsOf(sources: readonly DrawnSource[], grid: MergeGrid): DrawnPositions {
  const rows = sources.flatMap((source) => rowsOf(source, grid)).sort((a, b) => b.tick - a.tick);
  return { ticks: Int32Array.from(rows, (row) => row.tick), lots: Float64Array.from(rows, (row) => row.lots), low: Float64Array.from(rows, (row) => row.low), high: Float64Array.from(rows, (row) => row.high) };
}

function rowsOf({ model: { longs, variants }, usdPerQuote }: DrawnSource, grid: MergeGrid): readonly { readonly tick: number; readonly lots: number; readonly low: number; readonly high: number }[] {
  if (longs === undefined) return [];
  const { tickSize, lotSize, kind, contractSize } = variants.value;
  return Array.from(longs.ticks, (of, k) => {
    const price = of * tickSize;
    const scale = (lotSize * (kind === 'inverse' ? contractSize / price : 1)) / grid.lotSize;
    // Rounded like the levels of the book, so that every trigger that fired at a level still does.
    return { tick: Math.floor((price * usdPerQuote) / grid.tickSize + 1e-6), lots: scale * at(longs.lots, k), low: scale * at(longs.low, k), high: scale * at(longs.high, k) };
  }).filter(({ tick }) => tick >= 1);
}

/** All buckets at one place of their bands; those closest to the price first, until the centre's sum is used up. */
function triggersUnder({ ticks, lots, low, high }: DrawnPositions, place: number): Triggers {
  const drawn = new Float64Array(ticks.length);
  let left = lots.reduce((a, b) => a + b, 0);
  for (let k = 0; k < drawn.length; k++) {
    const end = place < 0 ? at(low, k) : at(high, k);
    const wanted = Math.max(0, at(lots, k) + Math.abs(place) * (end - at(lots, k)));
    drawn[k] = Math.round(Math.min(wanted, left));
    left = Math.max(0, left - at(drawn, k));
  }
  // Joined markets close positions at the market: nothing depends on where they are bankrupt.
  return { ticks, lots: drawn, bankruptcyTicks: ticks };
}
