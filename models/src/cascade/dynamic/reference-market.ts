import { defined } from '../../core/index.ts';
import { foldMark, indexPrice, markPrice, markState, type FundHistory, type MarkInputs, type MarkState, type PositionSide, type Tranche } from '../../market/index.ts';
import { markOf } from '../mark-of.ts';
import type { DynamicMarketState } from './dynamic-state.ts';
import type { DynamicMarket } from './dynamic-system.ts';
import { ACCOUNTS, type Account } from './path.ts';
import type { PositionBook } from './position-book.ts';
import { referenceBook, tickOf, type ReferenceBook } from './reference-book.ts';

/** One position of the reference simulation. Ticks of the first trigger and of staged ones are without what funding moved them by. */
export interface ReferencePosition {
  readonly side: PositionSide;
  readonly sign: 1 | -1;
  status: 'waiting' | 'held' | 'open' | 'expired' | 'staged' | 'gone';
  tick: number;
  bankruptcy: number;
  readonly entry: number;
  tail: readonly Tranche[];
  /** Lots of the first order while waiting; of further ones. */
  lots: number;
  rest: number;
  /** The order: lots left, lots and worth closed so far, bankruptcy tick, when it fired, is released and was sent. */
  left: number;
  size: number;
  value: number;
  limit: number;
  firedAt: number;
  releaseAt: number;
  sentAs: number;
  stagedAs: number;
  /** Of the first trigger: trigger over bankruptcy price, and the maintenance rate they imply. */
  readonly firstRatio: number;
  readonly firstRate: number;
}

/** One market of the reference simulation. */
export interface ReferenceMarket {
  readonly m: number;
  readonly market: DynamicMarket;
  readonly book: ReferenceBook;
  positions: ReferencePosition[];
  /** Orders of accounts: lots to sell and to buy. */
  readonly orders: Record<Account, { sell: number; buy: number }>;
  readonly accounts: Record<Account, { cash: number; lots: number }>;
  readonly unit: number;
  /** Log-prices at every second's start, the first one before the first second. */
  readonly logPrices: number[];
  adlHit: number;
  history: FundHistory;
  premiums: number[];
  until: number;
  rate: number;
  shift: { long: number; short: number; bankruptcy: number };
  marks: { long: number; short: number; nearest: number; previous: number };
  index: number;
  excluded: readonly string[];
  markState: MarkState | null;
  counter: number;
  readonly totals: Record<PositionSide, { fired: number; filled: number; taken: number; adl: number; readonly start: number }>;
  first: { liquidation: number | null; adl: number | null };
  readonly startTick: number;
}

const zeros = <T>(make: () => T): Record<Account, T> => {
  const entries: Partial<Record<Account, T>> = {};
  for (const account of ACCOUNTS) entries[account] = make();
  const of = (account: Account): T => defined(entries[account], account);
  return {
    exogenous: of('exogenous'), hedgers: of('hedgers'), arbitrage: of('arbitrage'), carry: of('carry'), fund: of('fund'), positions: of('positions'), makers: of('makers'), winners: of('winners'),
    fees: of('fees'),
  };
};

function positionsOf(book: PositionBook, side: PositionSide, isFraction: boolean): ReferencePosition[] {
  return Array.from(book.ticks, (tick, row) => {
    const tail = book.tails[row] ?? [];
    const [first, further] = [book.lots[row] ?? 0, tail.reduce((sum, { lots }) => sum + lots, 0)];
    const bankruptcy = book.bankruptcyTicks[row] ?? 0;
    return {
      side, sign: side === 'long' ? 1 : -1, status: 'waiting', tick, bankruptcy, entry: book.entryTicks[row] ?? 0, tail: isFraction ? [] : tail, lots: isFraction ? first + further : first, rest: isFraction ? 0 : further,
      left: 0, size: 0, value: 0, limit: 0, firedAt: 0, releaseAt: 0, sentAs: 0, stagedAs: 0, firstRatio: tick / bankruptcy, firstRate: (side === 'long' ? 1 : -1) * (1 - bankruptcy / tick),
    };
  });
}

/** A market of the reference simulation at the start, without index and mark. */
export function referenceMarket(market: DynamicMarket, m: number, state: DynamicMarketState, longs: PositionBook, shorts: PositionBook): ReferenceMarket {
  const unit = market.kind === 'inverse' ? (market.lotSize * market.contractSize) / market.tickSize : market.lotSize * market.tickSize;
  const isFraction = market.margin.partial.kind === 'fraction';
  const positions = [...positionsOf(longs, 'long', isFraction), ...positionsOf(shorts, 'short', isFraction)];
  const accounts = zeros(() => ({ cash: 0, lots: 0 }));
  accounts.fund = { cash: (state.fund.cash - state.fund.cost) / unit, lots: Math.round(state.fund.inventory / market.lotSize) };
  const book = referenceBook(market, state);
  const totals = (side: PositionSide): ReferenceMarket['totals'][PositionSide] => ({ fired: 0, filled: 0, taken: 0, adl: 0, start: positions.filter((p) => p.side === side).reduce((sum, p) => sum + p.lots + p.rest, 0) });
  const tick = tickOf(book);
  return {
    m, market, book, positions, unit, accounts, orders: zeros(() => ({ sell: 0, buy: 0 })), logPrices: [state.logFundamental + state.displacement], adlHit: state.adlHit,
    history: { ...state.fundHistory, values: state.fundHistory.values.map((v) => v / unit) }, premiums: [], until: state.untilFunding, rate: state.fundingRate,
    shift: { long: 0, short: 0, bankruptcy: 0 }, marks: { long: tick, short: tick, nearest: tick, previous: tick }, index: 0, excluded: [], markState: null, counter: 0,
    totals: { long: totals('long'), short: totals('short') }, first: { liquidation: null, adl: null }, startTick: tick,
  };
}

/** Price in quote currency. */
export function priceOf({ book, market }: ReferenceMarket): number {
  return tickOf(book) * market.tickSize;
}

/** Reads the index, in 1,024ths of a tick. */
export function readIndex(of: ReferenceMarket, all: readonly ReferenceMarket[]): void {
  const { index, tickSize } = of.market;
  if (index === null) {
    of.index = tickOf(of.book) * 1_024;
    return;
  }
  const found = indexPrice(index.rule, index.markets.map((m, i) => ({ name: String(i), price: priceOf(defined(all[m], 'market')), weight: defined(index.weights[i], 'weight') })), of.excluded);
  if (!found.ok) throw new Error('no index');
  of.excluded = found.value.excluded;
  of.index = Math.round((found.value.price / tickSize) * 1_024);
}

/** A mark state that has seen the basis (and price) of now for ever. */
export function startMark(of: ReferenceMarket): void {
  const { mark } = of.market;
  if (mark.kind !== 'venue') return;
  const { rule } = mark;
  const own = tickOf(of.book) * 1_024;
  const weights: Record<string, number> = {};
  for (const [i, weight] of (mark.perps?.weights ?? []).entries()) weights[String(i)] = weight;
  const empty = markState({ ...rule, perpWeights: weights });
  const every = rule.sampleSeconds;
  const steady = (tau: number): number => every / (1 - Math.exp(-every / tau));
  const basis = own - of.index;
  of.markState = {
    ...empty,
    basis: 'slots' in empty.basis ? { ...empty.basis, values: empty.basis.values.map(() => basis), lastSlot: -1 }
      : { ...empty.basis, denominator: steady(rule.windowSeconds), numerator: basis * steady(rule.windowSeconds), atMs: -every * 1_000 },
    book: { ...empty.book, denominator: steady(30), numerator: own * steady(30), atMs: -every * 1_000 },
  };
}

/** Reads index and mark of a second. */
export function readMark(of: ReferenceMarket, all: readonly ReferenceMarket[], second: number): void {
  readIndex(of, all);
  const { mark, tickSize, funding } = of.market;
  const own = tickOf(of.book);
  of.marks.previous = of.marks.nearest;
  if (mark.kind === 'own') {
    of.marks = { ...of.marks, long: own, short: own, nearest: own };
  } else if (mark.kind === 'sources') {
    const { rule, markets, weights } = mark.sources;
    const prices = markets.map((m) => priceOf(defined(all[m], 'market')));
    const [above, below] = [markOf(rule, prices, weights, 1) / tickSize, markOf(rule, prices, weights, -1) / tickSize];
    of.marks = { ...of.marks, long: Math.floor(above + 1e-6), short: -Math.floor(-below + 1e-6), nearest: Math.round(above) };
  } else {
    const price = own * 1_024;
    const perpMids: Record<string, number> = {};
    for (const [i, m] of (mark.perps?.markets ?? []).entries()) perpMids[String(i)] = (priceOf(defined(all[m], 'market')) / tickSize) * 1_024;
    const inputs: MarkInputs = {
      atMs: second * 1_000, index: of.index, bid: price, ask: price, last: price, perpMids, ...(funding === null ? {} : { funding: { rate: of.rate, untilNext: of.until, period: funding.period } }),
    };
    const before = defined(of.markState, 'mark');
    of.markState = second % mark.rule.sampleSeconds === 0 ? foldMark(before, inputs) : before;
    const ticks = Math.max(1, markPrice(of.markState, inputs) / 1_024);
    of.marks = { ...of.marks, long: Math.floor(ticks + 1e-6), short: Math.ceil(ticks - 1e-6), nearest: Math.round(ticks) };
  }
}
