import { defined } from '../../core/index.ts';
import type { Direction } from './book-walk.ts';
import type { DynamicMarketState } from './dynamic-state.ts';
import type { DynamicMarket } from './dynamic-system.ts';

/** The book of the reference simulation: where it is, and nothing that can be computed from it. */
export interface ReferenceBook {
  readonly levels: (side: Direction) => readonly { readonly tick: number; readonly lots: number; readonly offset: number }[];
  kappa: number;
  logFundamental: number;
  side: Direction;
  level: number;
  u: number;
  /** Lots of the level that are taken, when they are not to be read from `u`: a part that is not whole, and whole lots. */
  taken: { readonly part: number; readonly whole: number } | null;
}

/** A book of a market in a state: the level is the first that reaches as far as the displacement. */
export function referenceBook(market: DynamicMarket, state: DynamicMarketState): ReferenceBook {
  const rows = (side: Direction): readonly { readonly tick: number; readonly lots: number }[] => {
    const { ticks, lots } = side === 1 ? market.asks : market.bids;
    return Array.from(ticks, (tick, i) => ({ tick, lots: lots[i] ?? 0 }));
  };
  const [bids, asks] = [rows(-1), rows(1)];
  const bestBid = bids[0]?.tick ?? defined(asks[0], 'level').tick - 0.5;
  const bestAsk = asks[0]?.tick ?? bestBid + 0.5;
  const middle = Math.sqrt(bestBid * bestAsk);
  const placed = (list: typeof bids): ReturnType<ReferenceBook['levels']> => list.map((row) => ({ ...row, offset: Math.abs(Math.log(row.tick / middle)) }));
  const halves = { bids: placed(bids), asks: placed(asks) };
  const wanted = state.displacement < 0 || (state.displacement === 0 && state.touch === 'bid') ? -1 : 1;
  const side: Direction = wanted === -1 ? (bids.length > 0 ? -1 : 1) : asks.length > 0 ? 1 : -1;
  const levels = (of: Direction): ReturnType<ReferenceBook['levels']> => (of === 1 ? halves.asks : halves.bids);
  const reached = levels(side).findIndex(({ offset }) => offset >= Math.abs(state.displacement));
  return { levels, kappa: state.kappa, logFundamental: state.logFundamental, side, level: reached < 0 ? levels(side).length - 1 : reached, u: state.displacement, taken: null };
}

/** The tick of a level now. */
export function tickOf(book: ReferenceBook, side: Direction = book.side, level: number = book.level): number {
  return Math.max(1, Math.round(defined(book.levels(side)[level], 'level').tick * Math.exp(book.logFundamental)));
}

function usable(book: ReferenceBook): number {
  return Math.floor(book.kappa * defined(book.levels(book.side)[book.level], 'level').lots + 1e-9);
}

function edges(book: ReferenceBook): { readonly near: number; readonly far: number } {
  return { near: book.levels(book.side)[book.level - 1]?.offset ?? 0, far: defined(book.levels(book.side)[book.level], 'level').offset };
}

/** Reads what is taken from the displacement, unless it is known in lots. */
export function known(book: ReferenceBook): { readonly part: number; readonly whole: number } {
  if (book.taken !== null) return book.taken;
  const { near, far } = edges(book);
  return { part: usable(book) * Math.min(1, Math.max(0, (Math.abs(book.u) - near) / (far - near))), whole: 0 };
}

/** Lots to be had at the present tick. */
export function lotsAt(book: ReferenceBook, direction: Direction): number {
  const { part, whole } = known(book);
  const taken = part + whole;
  return Math.max(0, Math.floor((book.side === direction ? usable(book) - taken : taken) + 1e-9));
}

/** Where the book goes on in a direction, or null. */
export function beyond(book: ReferenceBook, direction: Direction): { readonly side: Direction; readonly level: number } | null {
  const next = book.side === direction ? { side: book.side, level: book.level + 1 } : book.level > 0 ? { side: book.side, level: book.level - 1 } : { side: direction, level: 0 };
  return next.level < book.levels(next.side).length ? next : null;
}

/** Goes there: a level ahead is untouched, a level behind was taken whole. */
export function goTo(book: ReferenceBook, direction: Direction, { side, level }: { readonly side: Direction; readonly level: number }): void {
  book.side = side;
  book.level = level;
  book.taken = { part: side === direction ? 0 : usable(book), whole: 0 };
}

/** Takes lots at the present tick. */
export function take(book: ReferenceBook, direction: Direction, lots: number): void {
  const { part, whole } = known(book);
  book.taken = { part, whole: whole + (book.side === direction ? lots : -lots) };
}

/** After an execution: the first level that holds what is taken, and the displacement from it. */
export function comeToRest(book: ReferenceBook, direction: Direction): void {
  while (book.side !== direction && book.level > 0 && known(book).part + known(book).whole <= 1e-9) goTo(book, direction, { side: book.side, level: book.level - 1 });
  const { near, far } = edges(book);
  const taken = known(book);
  const all = usable(book);
  const share = all > 0 ? Math.min(1, Math.max(0, (taken.part + taken.whole) / all)) : book.side === direction ? 1 : 0;
  book.taken = taken;
  book.u = book.side * (near + (far - near) * share);
}

/** The book grows back for a second. */
export function growBack(book: ReferenceBook, resilience: number): void {
  const keep = Math.exp(-resilience);
  if (book.u === 0 || keep === 1) return;
  book.u = Math.abs(book.u * keep) < 1e-15 ? 0 : book.u * keep;
  book.taken = null;
  const distance = Math.abs(book.u);
  while (book.level > 0 && (book.levels(book.side)[book.level - 1]?.offset ?? 0) >= distance) book.level--;
}
