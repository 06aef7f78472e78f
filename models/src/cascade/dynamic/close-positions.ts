import { at } from '../../market/index.ts';
import { FEES, FUND, keepFill, MAKERS, POSITIONS, post, sizeOfLot, WINNERS, worth } from './ledger.ts';
import { complete, type LiquidationSide } from './liquidation-side.ts';
import type { Fill } from './path.ts';

/**
 * Closes `lots` of a row's order at `tick` against makers or winners. The last order of a position ends it: its owner leaves with what a price at the bankruptcy
 * tick leaves, nothing, and the difference to the price goes into the fund or comes from it, less the fee, which never exceeds what is there. A cut before that stays in
 * the position, fee deducted. The row's `left` is the caller's to lower.
 */
function settle(s: LiquidationSide, row: number, lots: number, tick: number, kind: Fill['kind']): void {
  const { ledger, sign } = s;
  const [price, bankruptcy] = [worth(ledger.inverse, tick), worth(ledger.inverse, at(s.limit, row))];
  const against = kind === 'adl' ? WINNERS : MAKERS;
  const charged = kind === 'adl' ? 0 : s.fee * lots * sizeOfLot(ledger.inverse, tick);
  post(ledger, against, -sign * lots * price, sign * lots);
  const isWhole = at(s.rest, row) === 0;
  if (isWhole) {
    const flow = sign * lots * (price - bankruptcy);
    const fee = Math.min(charged, Math.max(0, flow));
    const toTrader = s.toTrader ? Math.max(0, flow - fee) : 0;
    post(ledger, POSITIONS, sign * lots * bankruptcy + toTrader, -sign * lots);
    post(ledger, FUND, flow - fee - toTrader, 0);
    if (fee > 0) post(ledger, FEES, fee, 0);
  } else {
    post(ledger, POSITIONS, sign * lots * price - charged, -sign * lots);
    if (charged > 0) post(ledger, FEES, charged, 0);
    s.value[row] = at(s.value, row) + lots * price - sign * charged;
  }
  if (ledger.recorder.fills !== null) keepFill(ledger, kind, lots, tick, { side: s.side, bankruptcyTick: at(s.limit, row), whole: isWhole });
}

/** Fills up to `lots` of the open orders, first come or highest bankruptcy price first, at `tick`; what was filled. */
export function fillOpen(s: LiquidationSide, lots: number, tick: number, kind: Fill['kind']): number {
  let left = Math.min(lots, s.openLots);
  const filled = left;
  s.openLots -= filled;
  s.filledLots += filled;
  while (left > 0) {
    const row = s.orders.top();
    const size = at(s.left, row);
    const taken = Math.min(left, size);
    settle(s, row, taken, tick, kind);
    s.left[row] = size - taken;
    left -= taken;
    if (taken < size) break;
    s.orders.pop();
    complete(s, row);
  }
  return filled;
}

/** Fills up to `lots` of the held orders at `tick`, the first to be released first; what was filled. */
export function fillHeld(s: LiquidationSide, lots: number, tick: number): number {
  let left = Math.min(lots, s.heldLots);
  const filled = left;
  s.heldLots -= filled;
  s.filledLots += filled;
  while (left > 0) {
    const row = s.held.top();
    const size = at(s.left, row);
    const taken = Math.min(left, size);
    settle(s, row, taken, tick, 'buffer');
    s.left[row] = size - taken;
    left -= taken;
    if (taken < size) break;
    s.held.pop();
    complete(s, row);
  }
  return filled;
}

/** Limit orders that cannot be filled at `tick` or any further one leave the book for the fund or the winners. */
export function expireBeyond(s: LiquidationSide, tick: number): void {
  // The key of a limit order is its bankruptcy tick with the sign turned: the first is the one farthest from the money.
  while (s.orders.size() > 0 && -s.orders.topKey() > s.sign * tick) {
    const row = s.orders.top();
    s.orders.pop();
    expire(s, row);
  }
}

/** Takes what is left of a row's open order, already out of the heap, off the book. */
export function expire(s: LiquidationSide, row: number): void {
  s.openLots -= at(s.left, row);
  s.expired.push({ row, lots: at(s.left, row) });
}

/** Closes `lots` of a row against winners at `tick`. The row is out of the heap; it is complete when nothing of it is left. */
export function closeAgainstWinners(s: LiquidationSide, row: number, lots: number, tick: number): void {
  settle(s, row, lots, tick, 'adl');
  s.adlLots += lots;
  s.ledger.recorder.deleveraged++;
  lower(s, row, lots);
}

/** The fund takes `lots` of a row over at its bankruptcy price. The row is out of the heap; it is complete when nothing of it is left. */
export function takeOver(s: LiquidationSide, row: number, lots: number): void {
  const { ledger, sign } = s;
  const cost = lots * worth(ledger.inverse, at(s.limit, row));
  post(ledger, POSITIONS, sign * cost, -sign * lots);
  post(ledger, FUND, -sign * cost, sign * lots);
  keepFill(ledger, 'takeover', lots, at(s.limit, row), { side: s.side, bankruptcyTick: at(s.limit, row), whole: at(s.rest, row) === 0 });
  s.value[row] = at(s.value, row) + cost;
  s.takenLots += lots;
  lower(s, row, lots);
}

function lower(s: LiquidationSide, row: number, lots: number): void {
  s.left[row] = at(s.left, row) - lots;
  if (at(s.left, row) === 0) complete(s, row);
}
