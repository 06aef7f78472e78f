import { assert } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { newFlow, type Arbitrage } from './arbitrage.ts';
import { advance, offsetOf, refresh, room, type Direction, type DynamicBook } from './book-walk.ts';
import type { DynamicSystem } from './dynamic-system.ts';
import { execute, ordered } from './execute.ts';
import { hedge, type Hedging } from './hedging.ts';
import { logPrice, setPrice, type PriceBoard } from './index-source.ts';
import { ARBITRAGE, type Recorder } from './ledger.ts';
import { fire } from './liquidation-side.ts';
import { updateMarker } from './marker.ts';
import { place, type Venue } from './venue.ts';

/** What the clearing works on. */
export interface ClearingTable {
  readonly system: DynamicSystem;
  readonly venues: readonly Venue[];
  readonly arbitrage: Arbitrage;
  readonly hedging: Hedging;
  readonly board: PriceBoard;
  readonly recorder: Recorder;
}

/** Crashes unless a system can be cleared to a fixed point: marks without windows, whole liquidations by market orders. */
export function assertClearable({ markets }: DynamicSystem): void {
  for (const { mark, margin, liquidationOrder } of markets) {
    assert(mark.kind !== 'venue' && margin.partial.kind === 'none' && liquidationOrder === 'market', 'clearing to a fixed point needs instantaneous marks and whole market orders');
  }
}

/**
 * One second's orders, liquidations, hedges and arbitrage together: every market goes on in `direction` while what its levels gave does not cover its orders and those that
 * liquidations, hedges and arbitrage add at the prices all markets are at. Prices never turn back within the second, so it ends, in the greatest assignment of ticks at
 * which every market holds, as `createNetworkSolver` does. O((levels + triggers) x markets).
 */
export function clearToFixedPoint(table: ClearingTable, direction: Direction, second: number): void {
  const { venues, board } = table;
  const cursors = venues.map(({ book }) => {
    refresh(book);
    return { ...book };
  });
  const held = Float64Array.from(cursors, (cursor) => room(cursor, direction));
  const isSpent = venues.map(() => false);
  for (let moves = true; moves; ) {
    moves = false;
    fireAll(table, second);
    const net = netOrders(table, direction);
    for (const [m, cursor] of cursors.entries()) {
      const v = venues[m];
      if (v === undefined || isSpent[m] === true || at(held, m) >= at(net, m)) continue;
      if (!advance(cursor, direction)) {
        isSpent[m] = true;
        continue;
      }
      held[m] = at(held, m) + room(cursor, direction);
      setPrice(board, v.m, v.tickSize, cursor.tick);
      moves = true;
    }
  }
  commit(table, direction, cursors);
}

/** Fires until the marks at the present prices reach nothing more. */
function fireAll({ venues, hedging, recorder }: ClearingTable, second: number): void {
  for (const v of venues) {
    updateMarker(v.marker, second, v.fundingRate, v.untilFunding);
    fire(v.long, second, v.marker.long, 0);
    fire(v.short, second, v.marker.short, 0);
  }
  hedge(hedging, venues, 'firedLots', recorder.fired);
}

/** By how many lots each market's orders of a direction exceed those of the other, with arbitrage at the present prices. */
function netOrders(table: ClearingTable, direction: Direction): Float64Array {
  const net = Float64Array.from(table.venues, (v) => ordered(v, direction) - ordered(v, direction === 1 ? -1 : 1));
  for (const [e, { from, to }] of table.system.edges.entries()) {
    const lots = flowOf(table, e, direction);
    net[from] = at(net, from) - lots;
    net[to] = at(net, to) + lots;
  }
  return net;
}

/** An edge relieves `from` and burdens `to`: under sales it buys where it is cheap, under purchases it sells where it is dear. */
function flowOf({ system, arbitrage, venues, board }: ClearingTable, e: number, direction: Direction): number {
  const edge = system.edges[e];
  const from = edge === undefined ? undefined : venues[edge.from];
  if (edge === undefined || from === undefined) return 0;
  return newFlow(arbitrage, e, edge, -direction * (logPrice(board, edge.to) - logPrice(board, edge.from)), from.market.lotSize);
}

function commit(table: ClearingTable, direction: Direction, cursors: readonly DynamicBook[]): void {
  const { system, venues, arbitrage, board } = table;
  const flows = system.edges.map((_, e) => flowOf(table, e, direction));
  const opposite = direction === 1 ? -1 : 1;
  for (const [e, lots] of flows.entries()) {
    const edge = system.edges[e];
    const [from, to] = edge === undefined ? [] : [venues[edge.from], venues[edge.to]];
    if (from === undefined || to === undefined) continue;
    arbitrage.inUse[e] = at(arbitrage.inUse, e) + lots;
    place(from, ARBITRAGE, opposite, lots);
    place(to, ARBITRAGE, direction, lots);
  }
  for (const [m, cursor] of cursors.entries()) {
    const v = venues[m];
    if (v === undefined) continue;
    execute(v, cursor.tick);
    settleAt(v.book, cursor, direction);
    setPrice(board, v.m, v.tickSize, v.book.tick);
  }
}

/** A market that went further than its net orders took it (a flow grew with the price) rests where it holds, on an untouched level. */
function settleAt(book: DynamicBook, cursor: DynamicBook, direction: Direction): void {
  const reached = (b: DynamicBook): number => (b.side === direction ? b.level : -1 - b.level);
  if (reached(book) >= reached(cursor)) return;
  const before = offsetOf(cursor.side === 1 ? cursor.asks : cursor.bids, cursor.side === direction ? cursor.level - 1 : cursor.level);
  Object.assign(book, { ...cursor, taken: cursor.side === direction ? 0 : cursor.usable, moved: 0, displacement: cursor.side * before, stale: false });
}
