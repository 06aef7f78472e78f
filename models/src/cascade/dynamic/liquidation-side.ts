import { at, type PartialLiquidation, type PositionSide, type Tranche } from '../../market/index.ts';
import type { Direction } from './book-walk.ts';
import type { DynamicMarket } from './dynamic-system.ts';
import { createEntryHeap, type EntryHeap } from './entry-heap.ts';
import { tickWorth, worth, type Ledger } from './ledger.ts';
import type { PositionBook } from './position-book.ts';

const maxTick = 0x7fffffff;
/** Slack of a tick's rounding, as in the stress contract. */
const tickSlack = 1e-6;

/**
 * The positions of one side of a market while a simulation runs. A row waits (from `next` on), has an order (held, open, or closed in part), is staged (cut in
 * part, the rest waiting for its own trigger), or is gone. Lots are whole, in float64.
 */
export interface LiquidationSide {
  readonly side: PositionSide;
  /** 1 for longs. */
  readonly sign: Direction;
  /** Direction of the orders that close positions. */
  readonly closes: Direction;
  readonly byLimit: boolean;
  readonly partial: PartialLiquidation;
  readonly fee: number;
  readonly toTrader: boolean;
  /** Quote value of a lot, for each tick of its price (linear) or at any price (inverse). */
  readonly quotePerLot: number;
  readonly ledger: Ledger;
  /** Lots at the start, tails included. */
  readonly startLots: number;
  ticks: Int32Array;
  lots: Float64Array;
  bankruptcyTicks: Int32Array;
  entryTicks: Int32Array;
  tails: readonly (readonly Tranche[] | undefined)[];
  next: number;
  /** Times the sign: the tick of what fires next, waiting or staged; -Infinity when nothing will. */
  ahead: number;
  /** Ticks by which funding moved triggers and bankruptcy prices, not whole; and the former rounded. */
  shift: number;
  shiftTicks: number;
  bankruptcyShift: number;
  /** The present order of a row: lots left, lots in all, worth of what was closed, bankruptcy tick, second it fired. `rest`: lots of the row that are in no order yet. */
  left: Float64Array;
  size: Float64Array;
  value: Float64Array;
  rest: Float64Array;
  limit: Int32Array;
  firedAt: Int32Array;
  /** How many further tranches were used, and where the next one fires (funding's moves taken off). */
  steps: Int32Array;
  stageTick: Int32Array;
  stageBankruptcy: Int32Array;
  /** Rows whose rest waits, in the order they were staged. */
  staged: Int32Array;
  stagedCount: number;
  /** The first of their triggers to fire. */
  nextStage: number;
  readonly orders: EntryHeap;
  readonly held: EntryHeap;
  sequence: number;
  /** Lots in open and in held orders, and lots past their limit that the fund or the winners must take. */
  openLots: number;
  heldLots: number;
  readonly expired: { readonly row: number; readonly lots: number }[];
  firedLots: number;
  filledLots: number;
  takenLots: number;
  adlLots: number;
}

/** The positions of one side, none of them fired. */
export function createLiquidationSide(market: DynamicMarket, positions: PositionBook, side: PositionSide, ledger: Ledger): LiquidationSide {
  const n = positions.ticks.length;
  const { margin } = market;
  const rest = new Float64Array(n);
  for (const [row, tail] of positions.tails.entries()) for (const tranche of tail ?? []) rest[row] = at(rest, row) + tranche.lots;
  const lots = positions.lots.slice();
  const isFraction = margin.partial.kind === 'fraction';
  // The rule `fraction` cuts by itself: a staircase is put together again.
  if (isFraction) for (let row = 0; row < n; row++) lots[row] = at(lots, row) + at(rest, row);
  if (isFraction) rest.fill(0);
  const made: LiquidationSide = {
    side, sign: side === 'long' ? 1 : -1, closes: side === 'long' ? -1 : 1, byLimit: market.liquidationOrder === 'limitAtBankruptcy',
    partial: margin.partial, fee: margin.liquidationFee, toTrader: margin.surplus === 'trader', ledger,
    quotePerLot: market.kind === 'inverse' ? market.lotSize * market.contractSize : market.lotSize * market.tickSize,
    startLots: lots.reduce((sum, q) => sum + q, 0) + rest.reduce((sum, q) => sum + q, 0),
    ticks: positions.ticks, lots, bankruptcyTicks: positions.bankruptcyTicks, entryTicks: positions.entryTicks, tails: isFraction ? [] : positions.tails,
    next: 0, ahead: -Infinity, shift: 0, shiftTicks: 0, bankruptcyShift: 0,
    left: new Float64Array(n), size: new Float64Array(n), value: new Float64Array(n), rest, limit: new Int32Array(n), firedAt: new Int32Array(n),
    steps: new Int32Array(n), stageTick: new Int32Array(n), stageBankruptcy: new Int32Array(n), staged: new Int32Array(n), stagedCount: 0, nextStage: 0,
    orders: createEntryHeap(n), held: createEntryHeap(n), sequence: 0, openLots: 0, heldLots: 0, expired: [], firedLots: 0, filledLots: 0, takenLots: 0, adlLots: 0,
  };
  lookAhead(made);
  return made;
}

/** Fires what the mark (in whole ticks) has reached, held for `hold` seconds: waiting rows in order, then staged rests in the order they were staged. */
export function fire(s: LiquidationSide, second: number, markTick: number, hold: number): void {
  const reached = s.sign * (markTick - s.shiftTicks);
  if (s.ahead < reached) return;
  while (s.next < s.ticks.length && s.sign * at(s.ticks, s.next) >= reached) fireRow(s, s.next++, second, markTick, hold);
  if (s.stagedCount > 0 && s.sign * s.nextStage >= reached) fireStaged(s, second, markTick, hold, reached);
  lookAhead(s);
}

/** Brings `ahead` up to date. */
export function lookAhead(s: LiquidationSide): void {
  const waiting = s.next < s.ticks.length ? s.sign * at(s.ticks, s.next) : -Infinity;
  s.ahead = s.stagedCount > 0 ? Math.max(waiting, s.sign * s.nextStage) : waiting;
}

function fireRow(s: LiquidationSide, row: number, second: number, markTick: number, hold: number): void {
  const lots = at(s.lots, row);
  if (lots + at(s.rest, row) === 0) return;
  s.limit[row] = wholeTick(at(s.bankruptcyTicks, row) + Math.round(s.bankruptcyShift));
  if (s.partial.kind !== 'fraction') {
    open(s, row, lots, second, hold);
    return;
  }
  const cut = cutOf(s, lots, markTick);
  s.rest[row] = lots - cut;
  open(s, row, cut, second, hold);
}

function fireStaged(s: LiquidationSide, second: number, markTick: number, hold: number, reached: number): void {
  let kept = 0;
  s.nextStage = s.sign === 1 ? 0 : maxTick;
  for (let i = 0; i < s.stagedCount; i++) {
    const row = at(s.staged, i);
    if (s.sign * at(s.stageTick, row) < reached) {
      s.staged[kept++] = row;
      s.nextStage = s.sign * Math.max(s.sign * s.nextStage, s.sign * at(s.stageTick, row));
      continue;
    }
    const rest = at(s.rest, row);
    const lots = s.partial.kind === 'fraction'
      ? (second - at(s.firedAt, row) <= s.partial.cooldownSeconds ? rest : cutOf(s, rest, markTick))
      : Math.min(rest, Math.max(1, s.tails[row]?.[at(s.steps, row)]?.lots ?? rest));
    s.steps[row] = at(s.steps, row) + 1;
    s.rest[row] = rest - lots;
    s.limit[row] = wholeTick(at(s.stageBankruptcy, row) + Math.round(s.bankruptcyShift));
    open(s, row, lots, second, hold);
  }
  s.stagedCount = kept;
}

/** Lots of the first order for a position of `lots` under the rule `fraction`: a share of a large one, at least 1, or all. */
function cutOf({ partial, quotePerLot, ledger }: LiquidationSide, lots: number, markTick: number): number {
  if (partial.kind !== 'fraction') return lots;
  const notional = lots * quotePerLot * (ledger.inverse ? 1 : markTick);
  return notional > partial.minNotionalUsd ? Math.max(1, Math.min(lots, Math.round(lots * partial.step))) : lots;
}

function open(s: LiquidationSide, row: number, lots: number, second: number, hold: number): void {
  s.left[row] = lots;
  s.size[row] = lots;
  s.value[row] = 0;
  s.firedAt[row] = second;
  s.firedLots += lots;
  s.ledger.recorder.fired++;
  if (lots === 0) complete(s, row);
  else if (hold === 0) send(s, row);
  else {
    s.held.add(row, second + hold);
    s.heldLots += lots;
  }
}

function send(s: LiquidationSide, row: number): void {
  // Limit orders meet the book by bankruptcy price, market orders in the order they came.
  s.orders.add(row, s.byLimit ? -s.sign * at(s.limit, row) : s.sequence++);
  s.openLots += at(s.left, row);
}

/** Sends the orders whose time of being held is over. */
export function release(s: LiquidationSide, second: number): void {
  while (s.held.size() > 0 && s.held.topKey() <= second) {
    const row = s.held.top();
    s.held.pop();
    s.heldLots -= at(s.left, row);
    send(s, row);
  }
}

/** What is left of a row once an order of it is done: nothing, or a rest that fires where the money it kept says. */
export function complete(s: LiquidationSide, row: number): void {
  const rest = at(s.rest, row);
  if (rest === 0) return;
  const { inverse } = s.ledger;
  const old = worth(inverse, at(s.limit, row));
  // Equity at the old bankruptcy price is 0 for the whole; what was closed better or worse than it is spread over the rest.
  const bankruptcy = tickWorth(inverse, old - (at(s.value, row) - at(s.size, row) * old) / rest);
  const tranche = s.tails[row]?.[at(s.steps, row)];
  const ratio = s.partial.kind === 'fraction' || tranche === undefined ? at(s.ticks, row) / at(s.bankruptcyTicks, row) : tranche.tick / tranche.bankruptcyTick;
  const trigger = ratio * bankruptcy;
  const isLong = s.sign === 1;
  s.stageTick[row] = wholeTick(isLong ? Math.ceil(trigger - tickSlack) : Math.floor(trigger + tickSlack)) - s.shiftTicks;
  s.stageBankruptcy[row] = wholeTick(isLong ? Math.floor(bankruptcy + tickSlack) : Math.ceil(bankruptcy - tickSlack)) - Math.round(s.bankruptcyShift);
  s.nextStage = s.stagedCount === 0 ? at(s.stageTick, row) : s.sign * Math.max(s.sign * s.nextStage, s.sign * at(s.stageTick, row));
  s.staged[s.stagedCount++] = row;
  lookAhead(s);
}

/** Makes one order of all that a position still is: an order that is open, or out of the heap, grows by the rest. */
export function callIn(s: LiquidationSide, row: number): void {
  const rest = at(s.rest, row);
  s.rest[row] = 0;
  s.left[row] = at(s.left, row) + rest;
  s.size[row] = at(s.size, row) + rest;
  s.firedLots += rest;
  s.ledger.recorder.fired++;
}

/** The tick at which the venue's own vault takes a position over instead of the book: equity = share of the requirement. NaN where there is no such rule. */
export function backstopTick(s: LiquidationSide, row: number): number {
  if (s.partial.kind !== 'fraction') return NaN;
  const rate = s.sign * (1 - at(s.bankruptcyTicks, row) / at(s.ticks, row));
  return at(s.limit, row) / (1 - s.sign * s.partial.backstopShare * rate);
}

function wholeTick(tick: number): number {
  return Math.max(1, Math.min(maxTick, tick));
}
