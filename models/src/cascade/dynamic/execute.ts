import { at } from '../../market/index.ts';
import { advance, consume, refresh, rest, room, tickBeyond, type Direction } from './book-walk.ts';
import { expireBeyond, fillOpen } from './close-positions.ts';
import { keepFill, MAKERS, post, TRADERS, worth } from './ledger.ts';
import type { LiquidationSide } from './liquidation-side.ts';
import type { Fill } from './path.ts';
import type { Venue } from './venue.ts';

/**
 * Executes a market's orders: sells and buys cross at the present tick (or at `crossTick`), what is left of one side walks the book. Accounts come first, in their order, then
 * liquidations; limit orders leave the book as soon as it has gone past them. Orders for which the book ends stay. O(levels + orders).
 */
export function execute(v: Venue, crossTick: number = v.book.tick): void {
  const { book, long, short } = v;
  if (v.pendingSells + long.openLots === 0 && v.pendingBuys + short.openLots === 0) return;
  refresh(book);
  if (long.byLimit && long.openLots > 0) expireBeyond(long, crossTick);
  if (short.byLimit && short.openLots > 0) expireBeyond(short, crossTick);
  const crossed = Math.min(ordered(v, -1), ordered(v, 1));
  if (crossed > 0) {
    fill(v, -1, crossed, crossTick, 'cross');
    fill(v, 1, crossed, crossTick, 'cross');
  }
  const direction: Direction = ordered(v, -1) > 0 ? -1 : 1;
  if (ordered(v, direction) === 0) return;
  walk(v, direction);
  rest(book, direction);
}

/** Lots of one direction that want to be executed. */
export function ordered(v: Venue, direction: Direction): number {
  return direction === -1 ? v.pendingSells + v.long.openLots : v.pendingBuys + v.short.openLots;
}

function walk(v: Venue, direction: Direction): void {
  const { book } = v;
  const s: LiquidationSide = direction === -1 ? v.long : v.short;
  for (let left = ordered(v, direction); left > 0; left = ordered(v, direction)) {
    const lots = Math.min(left, room(book, direction));
    if (lots > 0) {
      fill(v, direction, lots, book.tick, 'book');
      consume(book, direction, lots);
      continue;
    }
    const beyond = tickBeyond(book, direction);
    if (Number.isNaN(beyond)) return;
    if (s.byLimit && s.openLots > 0) {
      expireBeyond(s, beyond);
      if (ordered(v, direction) === 0) return;
    }
    advance(book, direction);
  }
}

function fill(v: Venue, direction: Direction, lots: number, tick: number, kind: Fill['kind']): void {
  const { ledger, pending } = v;
  let left = lots;
  if ((direction === -1 ? v.pendingSells : v.pendingBuys) > 0) {
    const price = worth(ledger.inverse, tick);
    for (let account = 0; account < TRADERS && left > 0; account++) {
      const i = 2 * account + (direction === 1 ? 1 : 0);
      const taken = Math.min(left, at(pending, i));
      if (taken === 0) continue;
      pending[i] = at(pending, i) - taken;
      left -= taken;
      post(ledger, account, -direction * taken * price, direction * taken);
      post(ledger, MAKERS, direction * taken * price, -direction * taken);
      keepFill(ledger, kind, taken, tick);
    }
    if (direction === -1) v.pendingSells -= lots - left;
    else v.pendingBuys -= lots - left;
  }
  if (left > 0) fillOpen(direction === -1 ? v.long : v.short, left, tick, kind);
}
