import { adlPrice, isAdlTriggered, withFundEquity, type AdlCandidate, type PositionSide } from '../../market/index.ts';
import type { Account, Fill, Posting } from './path.ts';
import { deleveragedLots, type DynamicPolicy } from './policy.ts';
import type { ReferenceMarket, ReferencePosition } from './reference-market.ts';

/** What the reference simulation writes down. */
export interface ReferenceNotes {
  second: number;
  readonly fills: Fill[];
}

/** What a lot is worth. */
export function worthAt(of: ReferenceMarket, tick: number): number {
  return of.market.kind === 'inverse' ? -1 / tick : tick;
}

/** Books a fill. */
export function book(of: ReferenceMarket, notes: ReferenceNotes, fill: Omit<Fill, 'second' | 'market' | 'postings'>, postings: readonly Posting[]): void {
  for (const { account, cash, lots } of postings) {
    const old = of.accounts[account];
    of.accounts[account] = { cash: old.cash + cash, lots: old.lots + lots };
  }
  notes.fills.push({ second: notes.second, market: of.m, ...fill, postings });
}

const clamp = (tick: number): number => Math.max(1, Math.min(0x7fffffff, tick));
const shiftOf = (of: ReferenceMarket, side: PositionSide): number => Math.round(of.shift[side]);
const bankruptcyShift = (of: ReferenceMarket): number => Math.round(of.shift.bankruptcy);

/** Lots of the first order under `fraction`. */
function firstCut(of: ReferenceMarket, lots: number, mark: number): number {
  const { partial } = of.market.margin;
  if (partial.kind !== 'fraction') return lots;
  const { market } = of;
  const value = market.kind === 'inverse' ? lots * (market.lotSize * market.contractSize) : lots * (market.lotSize * market.tickSize) * mark;
  return value > partial.minNotionalUsd ? Math.max(1, Math.min(lots, Math.round(lots * partial.step))) : lots;
}

function openOrder(of: ReferenceMarket, p: ReferencePosition, lots: number, second: number, hold: number): void {
  Object.assign(p, { left: lots, size: lots, value: 0, firedAt: second });
  of.totals[p.side].fired += lots;
  if (lots === 0) {
    finish(of, p);
    return;
  }
  p.status = hold === 0 ? 'open' : 'held';
  p.releaseAt = second + hold;
  if (hold === 0) p.sentAs = of.counter++;
}

/** Positions of one side become orders, the first to fire first, then staged rests in the order they were staged. */
export function fireAll(of: ReferenceMarket, side: PositionSide, second: number, hold: number): void {
  const mark = of.marks[side];
  const isReached = (p: ReferencePosition): boolean => p.sign * (p.tick + shiftOf(of, side)) >= p.sign * mark;
  const own = of.positions.filter((p) => p.side === side);
  const waiting = own.filter((p) => p.status === 'waiting' && isReached(p));
  for (const p of waiting.sort((a, b) => a.sign * (b.tick - a.tick))) {
    if (p.lots + p.rest === 0) {
      p.status = 'gone';
      continue;
    }
    p.limit = clamp(p.bankruptcy + bankruptcyShift(of));
    const lots = firstCut(of, p.lots, mark);
    if (of.market.margin.partial.kind === 'fraction') p.rest = p.lots - lots;
    openOrder(of, p, lots, second, hold);
  }
  const staged = own.filter((p) => p.status === 'staged' && isReached(p));
  for (const p of staged.sort((a, b) => a.stagedAs - b.stagedAs)) {
    const { partial } = of.market.margin;
    const [next, ...further] = p.tail;
    const lots = partial.kind === 'fraction' ? (second - p.firedAt <= partial.cooldownSeconds ? p.rest : firstCut(of, p.rest, mark)) : Math.min(p.rest, Math.max(1, next?.lots ?? p.rest));
    p.tail = further;
    p.rest -= lots;
    p.limit = clamp(p.bankruptcy + bankruptcyShift(of));
    openOrder(of, p, lots, second, hold);
  }
}

/** Orders whose time of being held is over. */
export function releaseHeld(of: ReferenceMarket, side: PositionSide, second: number): void {
  for (const p of heldOf(of, side)) {
    if (p.releaseAt > second) continue;
    p.status = 'open';
    p.sentAs = of.counter++;
  }
}

/** Held orders, the first to be released first. */
export function heldOf(of: ReferenceMarket, side: PositionSide): readonly ReferencePosition[] {
  return of.positions.filter((p) => p.side === side && p.status === 'held').sort((a, b) => a.releaseAt - b.releaseAt);
}

/** Open orders in the order they are filled. */
export function openOf(of: ReferenceMarket, side: PositionSide): readonly ReferencePosition[] {
  const byLimit = of.market.liquidationOrder === 'limitAtBankruptcy';
  return of.positions.filter((p) => p.side === side && p.status === 'open').sort((a, b) => (byLimit ? a.sign * (b.limit - a.limit) : a.sentAs - b.sentAs));
}

/** Closes lots of an order at a tick. */
export function close(of: ReferenceMarket, notes: ReferenceNotes, p: ReferencePosition, lots: number, tick: number, kind: 'book' | 'cross' | 'buffer' | 'adl'): void {
  const { liquidationFee, surplus } = of.market.margin;
  const signed = p.sign * lots;
  const [price, limit] = [worthAt(of, tick), worthAt(of, p.limit)];
  const charged = kind === 'adl' ? 0 : liquidationFee * lots * (of.market.kind === 'inverse' ? 1 / tick : tick);
  const postings: Posting[] = [{ account: kind === 'adl' ? 'winners' : 'makers', cash: -signed * price, lots: signed }];
  const isWhole = p.rest === 0;
  if (isWhole) {
    const flow = signed * (price - limit);
    const fee = Math.min(charged, Math.max(0, flow));
    const toTrader = surplus === 'trader' ? Math.max(0, flow - fee) : 0;
    postings.push({ account: 'positions', cash: signed * limit + toTrader, lots: -signed }, { account: 'fund', cash: flow - fee - toTrader, lots: 0 });
    if (fee > 0) postings.push({ account: 'fees', cash: fee, lots: 0 });
  } else {
    postings.push({ account: 'positions', cash: signed * price - charged, lots: -signed });
    if (charged > 0) postings.push({ account: 'fees', cash: charged, lots: 0 });
    p.value += lots * price - p.sign * charged;
  }
  book(of, notes, { kind, lots, tick, liquidated: { side: p.side, bankruptcyTick: p.limit, whole: isWhole } }, postings);
  of.totals[p.side][kind === 'adl' ? 'adl' : 'filled'] += lots;
  lower(of, p, lots);
}

/** The fund takes lots of an order at the bankruptcy price. */
export function takeOverBy(of: ReferenceMarket, notes: ReferenceNotes, p: ReferencePosition, lots: number): void {
  const cost = lots * worthAt(of, p.limit);
  book(of, notes, { kind: 'takeover', lots, tick: p.limit, liquidated: { side: p.side, bankruptcyTick: p.limit, whole: p.rest === 0 } }, [
    { account: 'positions', cash: p.sign * cost, lots: -p.sign * lots }, { account: 'fund', cash: -p.sign * cost, lots: p.sign * lots },
  ]);
  p.value += cost;
  of.totals[p.side].taken += lots;
  lower(of, p, lots);
}

function lower(of: ReferenceMarket, p: ReferencePosition, lots: number): void {
  p.left -= lots;
  if (p.left === 0) finish(of, p);
}

/** The order is done: the position is gone, or its rest waits where its equity says. */
function finish(of: ReferenceMarket, p: ReferencePosition): void {
  p.status = 'gone';
  if (p.rest === 0) return;
  const old = worthAt(of, p.limit);
  const worth = old - (p.value - p.size * old) / p.rest;
  const bankruptcy = of.market.kind !== 'inverse' ? worth : worth < 0 ? -1 / worth : Infinity;
  const [next] = p.tail;
  const trigger = bankruptcy * (of.market.margin.partial.kind === 'fraction' || next === undefined ? p.firstRatio : next.tick / next.bankruptcyTick);
  p.status = 'staged';
  p.stagedAs = of.counter++;
  p.tick = clamp(p.sign === 1 ? Math.ceil(trigger - 1e-6) : Math.floor(trigger + 1e-6)) - shiftOf(of, p.side);
  p.bankruptcy = clamp(p.sign === 1 ? Math.floor(bankruptcy + 1e-6) : Math.ceil(bankruptcy - 1e-6)) - bankruptcyShift(of);
}

/** The fund's equity, with what has left the book and is not yet taken over. */
export function fundEquityOf(of: ReferenceMarket): number {
  const price = worthAt(of, of.marks.nearest);
  let equity = of.accounts.fund.cash + of.accounts.fund.lots * price;
  for (const side of ['long', 'short'] as const) for (const p of expiredOf(of, side)) equity += p.sign * p.left * (price - worthAt(of, p.limit));
  return equity;
}

/** What has left the book, in the order it did. */
function expiredOf(of: ReferenceMarket, side: PositionSide): readonly ReferencePosition[] {
  return of.positions.filter((p) => p.side === side && p.status === 'expired').sort((a, b) => a.sentAs - b.sentAs);
}

/** Funds and deleveraging at the end of a second. */
export function endOfSecond(of: ReferenceMarket, notes: ReferenceNotes, policy: DynamicPolicy): void {
  const { second } = notes;
  const equity = fundEquityOf(of);
  of.history = withFundEquity(of.history, second * 1_000, equity);
  const { adl, margin } = of.market;
  for (const side of ['long', 'short'] as const) {
    const mark = of.marks[side];
    const open = [...openOf(of, side)].sort((a, b) => a.firedAt - b.firedAt || of.positions.indexOf(a) - of.positions.indexOf(b));
    const expired = expiredOf(of, side);
    const isBankrupt = (p: ReferencePosition): boolean => p.sign * mark < p.sign * p.limit;
    const isTriggered = isAdlTriggered({ ...adl, ...(adl.minDropUsd === undefined ? {} : { minDropUsd: adl.minDropUsd / of.unit }) }, { equity, history: of.history, accountEquity: 0 });
    const due = adl.trigger === 'socialised' ? [] : adl.trigger === 'negativeEquity' ? [...expired, ...open].filter(isBankrupt)
      : isTriggered ? [...expired, ...open.filter((p) => p.firedAt < second || isBankrupt(p))] : [];
    if (adl.trigger === 'negativeEquity') due.forEach((p) => wholePosition(of, p));
    if (due.length > 0) againstWinners(of, notes, due, side === 'long' ? 'short' : 'long', equity, policy);
    for (const p of expired) if (p.status === 'expired') takeOverBy(of, notes, p, p.left);
    if (margin.partial.kind !== 'fraction') continue;
    for (const p of open) {
      if (p.status !== 'open' || p.sign * mark > p.sign * backstop(p, margin.partial.backstopShare)) continue;
      wholePosition(of, p);
      takeOverBy(of, notes, p, p.left);
    }
  }
  const held = of.accounts.fund.lots;
  const share = 1 - 2 ** (-1 / margin.workOffHalfLife);
  const orders = of.orders.fund;
  const free = Math.abs(held) - (held > 0 ? orders.sell : orders.buy);
  if (held === 0 || share === 0 || free <= 0) return;
  orders[held > 0 ? 'sell' : 'buy'] += Math.min(free, Math.ceil(free * share));
}

function wholePosition(of: ReferenceMarket, p: ReferencePosition): void {
  of.totals[p.side].fired += p.rest;
  p.left += p.rest;
  p.size += p.rest;
  p.rest = 0;
}

function backstop(p: ReferencePosition, share: number): number {
  return p.limit / (1 - p.sign * share * p.firstRate);
}

function againstWinners(of: ReferenceMarket, notes: ReferenceNotes, due: readonly ReferencePosition[], winnersSide: PositionSide, equity: number, policy: DynamicPolicy): void {
  const mark = of.marks.nearest;
  const scale = of.market.kind === 'inverse' ? mark * mark : 1;
  const winners = of.positions.filter((p) => p.side === winnersSide);
  const candidates = winners.flatMap((p, row): AdlCandidate[] => {
    const size = p.lots + p.rest;
    if (p.status !== 'waiting' || size === 0) return [];
    const own = p.sign * size * (worthAt(of, mark) - worthAt(of, p.bankruptcy + bankruptcyShift(of))) * scale;
    return [{ id: String(row).padStart(10, '0'), side: p.side, size, entryPrice: p.entry, equity: own, maintenance: p.firstRate * size * mark }];
  });
  let pool = 0;
  for (const { id, lots } of deleveragedLots(candidates, due.reduce((sum, p) => sum + p.left, 0), mark, of.market.adl.rank, policy.allocate)) {
    const p = winners[Number(id)];
    if (p === undefined) throw new Error('no such winner');
    const further = Math.min(lots, p.rest);
    p.rest -= further;
    p.lots -= lots - further;
    pool += lots;
  }
  if (pool === 0) return;
  of.first.adl ??= notes.second;
  of.adlHit = Math.min(1, of.adlHit + pool / of.totals[winnersSide].start);
  for (const p of due) {
    const lots = Math.min(pool, p.left);
    if (lots === 0) break;
    pool -= lots;
    close(of, notes, p, lots, adlPrice(of.market.adl, { bankruptcy: p.limit, mark, previousMark: of.marks.previous, fundDepleted: equity <= 0 }), 'adl');
  }
}

/** The accounts that order, in the order they are served. */
export const ORDERING: readonly Account[] = ['exogenous', 'hedgers', 'arbitrage', 'carry', 'fund'];
