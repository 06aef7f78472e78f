import { assertNever } from '../../core/index.ts';
import { adlPrice, at, type AdlCandidate } from '../../market/index.ts';
import { closeAgainstWinners, takeOver } from './close-positions.ts';
import { isFundDown, seeFund } from './fund-watch.ts';
import { FUND, worth } from './ledger.ts';
import { backstopTick, callIn, type LiquidationSide } from './liquidation-side.ts';
import { deleveragedLots, type AdlAllocator } from './policy.ts';
import { equityOfFund, place, type Venue } from './venue.ts';

/**
 * The end of a second for the fund. Where the venue's trigger holds, liquidations are taken off the book against winners of the other side: what is past its limit, and
 * orders that have met the book once or whose bankruptcy price the mark has passed; on venues that look at the account itself, only the latter. What is past its limit and
 * finds no winner, and positions past the venue's backstop, go to the fund, which then sells part of what it holds. O(1) when nothing is open.
 */
export function deleverageAndTakeOver(v: Venue, second: number, allocate: AdlAllocator | null): void {
  const { long, short, watch, marker, ledger } = v;
  const isOpen = long.openLots > 0 || short.openLots > 0 || long.expired.length > 0 || short.expired.length > 0;
  if (watch !== null || isOpen) {
    const equity = equityOfFund(v, marker.nearest);
    if (watch !== null) seeFund(watch, second, equity);
    if (isOpen) {
      closeSide(v, long, short, second, equity, allocate);
      closeSide(v, short, long, second, equity, allocate);
    }
  }
  const inventory = at(ledger.lots, FUND);
  if (inventory !== 0 && v.workOff > 0) workOff(v, inventory);
}

function closeSide(v: Venue, s: LiquidationSide, winners: LiquidationSide, second: number, equity: number, allocate: AdlAllocator | null): void {
  if (s.openLots === 0 && s.expired.length === 0) return;
  const mark = s.sign === 1 ? v.marker.long : v.marker.short;
  const due = dueRows(v, s, second, equity, mark);
  // Where the account is what counts, all of it is closed and not the order alone.
  if (v.rule.trigger === 'negativeEquity') for (const row of due) callInOpen(s, row);
  if (due.length > 0) closeAgainst(v, s, winners, due, second, equity, allocate);
  for (const { row } of s.expired) if (at(s.left, row) > 0) takeOver(s, row, at(s.left, row));
  s.expired.length = 0;
  let closed = due.length;
  if (s.partial.kind === 'fraction') {
    for (const row of byAge(s)) {
      if (at(s.left, row) === 0 || !(s.sign * mark <= s.sign * backstopTick(s, row))) continue;
      callInOpen(s, row);
      s.openLots -= at(s.left, row);
      takeOver(s, row, at(s.left, row));
      closed++;
    }
  }
  if (closed > 0) s.orders.retain((row) => at(s.left, row) > 0);
}

/** Adds the rest of a position to its order, open or expired. */
function callInOpen(s: LiquidationSide, row: number): void {
  const isExpired = s.expired.some((order) => order.row === row);
  if (!isExpired) s.openLots += at(s.rest, row);
  callIn(s, row);
}

/** Rows that deleveraging closes now: expired ones in the order they expired, then open orders by age and row. */
function dueRows(v: Venue, s: LiquidationSide, second: number, equity: number, mark: number): readonly number[] {
  const isBankrupt = (row: number): boolean => s.sign * mark < s.sign * at(s.limit, row);
  const expired = s.expired.map(({ row }) => row);
  const { trigger } = v.rule;
  switch (trigger) {
    case 'socialised':
      return [];
    case 'negativeEquity':
      return [...expired, ...byAge(s)].filter(isBankrupt);
    case 'fundEmpty':
    case 'fundPeakDrawdown8h':
    case 'fundMeanDrawdown8h': {
      const isTriggered = v.watch === null ? equity <= 0 : isFundDown(v.watch);
      return isTriggered ? [...expired, ...byAge(s).filter((row) => at(s.firedAt, row) < second || isBankrupt(row))] : [];
    }
    default:
      return assertNever(trigger);
  }
}

function byAge(s: LiquidationSide): readonly number[] {
  return Array.from(s.orders.rows()).sort((a, b) => at(s.firedAt, a) - at(s.firedAt, b) || a - b);
}

function closeAgainst(v: Venue, s: LiquidationSide, winners: LiquidationSide, due: readonly number[], second: number, equity: number, allocate: AdlAllocator | null): void {
  const asked = due.reduce((sum, row) => sum + at(s.left, row), 0);
  const mark = v.marker.nearest;
  let pool = 0;
  for (const { id, lots } of deleveragedLots(candidatesOf(v, winners, mark), asked, mark, v.rule.rank, allocate)) {
    pool += lots;
    const row = Number(id);
    const ofTail = Math.min(lots, at(winners.rest, row));
    winners.rest[row] = at(winners.rest, row) - ofTail;
    winners.lots[row] = at(winners.lots, row) - (lots - ofTail);
  }
  if (pool === 0) return;
  if (v.firstAdl < 0) v.firstAdl = second;
  v.adlHit = Math.min(1, v.adlHit + pool / winners.startLots);
  const expiredRows = new Set(s.expired.map(({ row }) => row));
  for (const row of due) {
    const lots = Math.min(pool, at(s.left, row));
    if (lots === 0) break;
    pool -= lots;
    if (!expiredRows.has(row)) s.openLots -= lots;
    closeAgainstWinners(s, row, lots, adlPrice(v.rule, { bankruptcy: at(s.limit, row), mark, previousMark: v.previousMark, fundDepleted: equity <= 0 }));
  }
}

/** Positions of a side that have not fired, as candidates: sizes in lots, prices in ticks, amounts in lots x ticks at the mark. */
function candidatesOf(v: Venue, s: LiquidationSide, mark: number): readonly AdlCandidate[] {
  const { inverse } = v.ledger;
  // An amount in coin is worth mark^2 as much in lots x ticks, when one lot is one unit of face.
  const scale = inverse ? mark * mark : 1;
  const candidates: AdlCandidate[] = [];
  for (let row = s.next; row < s.ticks.length; row++) {
    const size = at(s.lots, row) + at(s.rest, row);
    if (size === 0) continue;
    const [tick, bankruptcy] = [at(s.ticks, row), at(s.bankruptcyTicks, row)];
    const equity = s.sign * size * (worth(inverse, mark) - worth(inverse, bankruptcy + Math.round(s.bankruptcyShift))) * scale;
    candidates.push({ id: String(row).padStart(10, '0'), side: s.side, size, entryPrice: at(s.entryTicks, row), equity, maintenance: s.sign * (1 - bankruptcy / tick) * size * mark });
  }
  return candidates;
}

function workOff(v: Venue, inventory: number): void {
  const direction = inventory > 0 ? -1 : 1;
  const free = Math.abs(inventory) - at(v.pending, 2 * FUND + (direction === 1 ? 1 : 0));
  if (free > 0) place(v, FUND, direction, Math.min(free, Math.ceil(free * v.workOff)));
}
