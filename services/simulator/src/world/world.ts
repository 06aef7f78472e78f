import type { EpochMs, Rng } from '@breakwater/models/core';
import { assert, createRng, defined, hash32 } from '@breakwater/models/core';
import type { Conditions, Scenario } from '../scenarios/scenario.ts';
import { ACCOUNT_SHARE, nextAccounts } from './accounts.ts';
import { buildBook } from './book.ts';
import type { Book, MarketSpec, MarketState, SimulatedLiquidation, SimulatedTrade } from './market.ts';

/** The simulated outside world: moves from one event time to the next when told and never by itself. */
export interface World {
  readonly scenario: Scenario;
  now(): EpochMs;
  /** Steps taken since the start. */
  step(): number;
  conditions(): Conditions;
  markets(): readonly MarketState[];
  market(venue: string, marketType: string, symbol: string): MarketState | undefined;
  /** Moves to `t` and tells every listener; nothing happens when `t` is not later than now. The same seed and times give the same states. O(markets x levels). */
  advance(t: EpochMs): void;
  /** Calls `listener` after each step, in order of registration. Returns a function that stops it. */
  onStep(listener: () => void): () => void;
}

/** Makes a world at the scenario's start. */
export function createWorld(scenario: Scenario): World {
  const listeners = new Set<() => void>();
  let now = scenario.start;
  let step = 0;
  let conditions = scenario.conditions(now);
  let states = scenario.markets.map((spec) => nextState(scenario, spec, undefined, conditions, now, 0));
  return {
    scenario,
    now: () => now,
    step: () => step,
    conditions: () => conditions,
    markets: () => states,
    market: (venue, marketType, symbol) => states.find(({ spec }) => spec.venue === venue && spec.marketType === marketType && spec.symbol === symbol),
    advance: (t) => {
      if (t <= now) return;
      now = t;
      step += 1;
      conditions = scenario.conditions(t);
      states = states.map((state) => nextState(scenario, state.spec, state, conditions, t, step));
      for (const listener of [...listeners]) listener();
    },
    onStep: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function nextState(scenario: Scenario, spec: MarketSpec, before: MarketState | undefined, now: Conditions, time: EpochMs, step: number): MarketState {
  const key = hash32(`${spec.venue}:${spec.marketType}:${spec.symbol}`, hash32(String(scenario.seed)));
  const rng = createRng(key).fork(String(step));
  const reference = now.price * tethersIn(spec.quote, now);
  const mid = reference * (1 + spec.basisBps / 10_000 + 0.0002 * rng.normal());
  const book = buildBook({ spec, mid, depth: now.depth[spec.venue], key, step, near: scenario.book.near, far: scenario.book.far });
  const openInterestLots = spec.kind === 'spot' ? 0 : oiLots(scenario, spec, now);
  const minutes = before === undefined ? 0 : (time - before.time) / 60_000;
  const trades = before === undefined ? [] : makeTrades(spec, book, before, minutes, step, rng);
  const last = trades.at(-1)?.ticks ?? before?.lastTicks ?? defined(book.bids[0], 'best bid')[0];
  const volume = trades.reduce((sum, { lots }) => sum + lots * spec.lot * spec.contractSize, 0);
  const lastPrice = last * spec.tick;
  const day = before?.day ?? { open: lastPrice, high: lastPrice, low: lastPrice, volume: 0, turnover: 0 };
  // Half of the market's premium over the index: what a mark built from smoothed basis shows between two steps.
  const mark = (mid + reference) / 2;
  return {
    spec, time, step, book, previous: before?.book, trades,
    liquidations: before === undefined ? [] : makeLiquidations(spec, book, before, openInterestLots, rng),
    accounts: spec.venue === 'hyperliquid' && spec.kind !== 'spot' ? nextAccounts({ spec, before: before?.accounts ?? [], mark, openInterestLots, share: scenario.accountShare ?? ACCOUNT_SHARE, step, rng: rng.fork('accounts') }) : [],
    lastTicks: last, index: reference, mark, openInterestLots, fundingRate: now.fundingRate,
    day: { open: day.open, high: Math.max(day.high, lastPrice), low: Math.min(day.low, lastPrice), volume: day.volume + volume, turnover: day.turnover + volume * lastPrice },
  };
}

/** Units of `quote` for one USDT. */
function tethersIn(quote: string, { usdtUsd, usdPer }: Conditions): number {
  if (quote === 'USDT') return 1;
  return quote === 'USD' ? usdtUsd : usdtUsd / defined(usdPer[quote], `dollars for one ${quote}`);
}

function oiLots(scenario: Scenario, spec: MarketSpec, now: Conditions): number {
  const atStart = scenario.conditions(scenario.start).price;
  return Math.round((spec.openInterestUsd / atStart / (spec.lot * spec.contractSize)) * now.openInterest);
}

function bestOf(book: Book): { readonly bid: number; readonly ask: number } {
  return { bid: defined(book.bids[0], 'best bid')[0], ask: defined(book.asks[0], 'best ask')[0] };
}

/** Trades of one step: one to four orders, on the side the price went, larger when it moved. */
function makeTrades(spec: MarketSpec, book: Book, before: MarketState, minutes: number, step: number, rng: Rng): readonly SimulatedTrade[] {
  const best = bestOf(book);
  const move = Math.log(best.bid / bestOf(before.book).bid);
  const count = 1 + rng.int(4);
  const quote = (spec.volumeUsdPerMinute * minutes * (1 + 40 * Math.abs(move)) * (0.5 + rng.next())) / count;
  return Array.from({ length: count }, (_, i): SimulatedTrade => {
    const side = rng.chance(0.5 + Math.max(-0.45, Math.min(0.45, 60 * move))) ? 'buy' : 'sell';
    const ticks = side === 'buy' ? best.ask : best.bid;
    return { id: step * 8 + i, ticks, side, lots: Math.max(1, Math.round(quote / (ticks * spec.tick * spec.lot * spec.contractSize))) };
  });
}

/** Open interest is closed by force when it shrinks while the price falls by more than this in a step; part of it is then forced. Assumptions. */
const FORCED_MOVE = 0.003;
const FORCED_SHARE = 0.7;
/** Orders of one step, and the size aimed at. */
const MOST_LIQUIDATIONS = 40;
const LIQUIDATION_USD = 60_000;

function makeLiquidations(spec: MarketSpec, book: Book, before: MarketState, openInterestLots: number, rng: Rng): readonly SimulatedLiquidation[] {
  const best = bestOf(book);
  const move = Math.log(best.bid / bestOf(before.book).bid);
  const closed = before.openInterestLots - openInterestLots;
  if (closed <= 0 || move > -FORCED_MOVE) return [];
  const forced = Math.round(closed * FORCED_SHARE);
  const lotUsd = best.bid * spec.tick * spec.lot * spec.contractSize;
  const count = Math.min(MOST_LIQUIDATIONS, Math.max(1, Math.round((forced * lotUsd) / LIQUIDATION_USD)));
  const weights = Array.from({ length: count }, () => 0.2 + rng.next());
  const total = weights.reduce((a, b) => a + b, 0);
  const from = bestOf(before.book).bid;
  assert(count > 0, 'at least one forced order');
  return weights
    .map((w, i): SimulatedLiquidation => ({ side: 'sell', lots: Math.round((forced * w) / total), ticks: Math.max(1, Math.round(from + ((best.bid - from) * (i + 1)) / count)) }))
    .filter(({ lots }) => lots > 0);
}
