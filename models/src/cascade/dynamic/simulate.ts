import { assert, defined, type Rng } from '../../core/index.ts';
import { arbitrage, createArbitrage, type Arbitrage } from './arbitrage.ts';
import { recover, setKappa, type Direction } from './book-walk.ts';
import { fillHeld } from './close-positions.ts';
import { depthTarget, nextKappa, nextVariance } from './depth-multiplier.ts';
import { deleverageAndTakeOver } from './deleveraging.ts';
import type { DynamicState } from './dynamic-state.ts';
import type { DynamicSystem } from './dynamic-system.ts';
import { execute } from './execute.ts';
import { applyArrivals, applyExogenous, createExogenous, type Exogenous } from './exogenous.ts';
import { assertClearable, clearToFixedPoint } from './fixed-point.ts';
import { createCarries, payFunding, unwindCarries, type Carries } from './funding-and-carry.ts';
import { createHedging, hedge, type Hedging } from './hedging.ts';
import { createBoard, setPrice, type PriceBoard } from './index-source.ts';
import type { Recorder } from './ledger.ts';
import { fire, release, type LiquidationSide } from './liquidation-side.ts';
import { updateMarker } from './marker.ts';
import type { DynamicPath } from './path.ts';
import { createPathLog, noteSecond, pathsOf, type PathLog } from './path-log.ts';
import type { DynamicPolicy } from './policy.ts';
import type { Scenario } from './scenario.ts';
import { bookOf, createVenue, type Venue } from './venue.ts';

/**
 * Simulates a system second by second. Every second, in this order: (1) exogenous returns and orders; (2) variance and depth multiplier; (3) orders walk the books; (4)
 * displacements recede; (5) index and mark; (6) triggers become orders by each venue's rules, hedges follow; (7) funds, deleveraging; (8) arbitrage with the capital that is
 * there, arriving capital and collateral; (9) funding and carry; (10) the path. What (6) to (9) order is executed in the next second's (3). Whole ticks and lots; money,
 * volatility and displacement in float64. A function of its arguments: the same seed gives the same bytes, and random numbers do not depend on state or policy, so that
 * runs that differ only in those share them. O(seconds x markets + levels walked + triggers). Crashes on a system or scenario that is not lawful.
 */
export function simulate(system: DynamicSystem, state: DynamicState, scenario: Scenario, policy: DynamicPolicy, rng: Rng): DynamicPath {
  const run = createRun(system, state, scenario, policy, rng);
  for (let second = 0; second < scenario.seconds; second++) step(run, second);
  return { seconds: scenario.seconds, sampleSeconds: scenario.sampleSeconds, markets: pathsOf(run.log, run.venues), fills: run.recorder.fills ?? [] };
}

/** Everything a run is made of. */
interface Run {
  readonly system: DynamicSystem;
  readonly scenario: Scenario;
  readonly policy: DynamicPolicy;
  readonly venues: readonly Venue[];
  readonly board: PriceBoard;
  readonly outside: Exogenous;
  readonly arbitrage: Arbitrage;
  readonly hedging: Hedging;
  readonly adlHedging: Hedging;
  readonly carries: Carries;
  readonly log: PathLog;
  readonly recorder: Recorder;
}

function createRun(system: DynamicSystem, state: DynamicState, scenario: Scenario, policy: DynamicPolicy, rng: Rng): Run {
  const n = system.markets.length;
  assert(state.markets.length === n, 'a state for each market');
  if (scenario.clearing.kind === 'fixedPoint') assertClearable(system);
  const recorder: Recorder = { second: 0, fired: 0, deleveraged: 0, fills: scenario.recordFills ? [] : null };
  const board = createBoard(n);
  const placed = system.markets.map((market, m) => {
    const own = defined(state.markets[m], 'state');
    return { market, own, book: bookOf(market, own) };
  });
  for (const [m, { market, book }] of placed.entries()) setPrice(board, m, market.tickSize, book.tick);
  const venues = placed.map(({ market, own, book }, m) => createVenue(market, own, m, book, board, policy, recorder));
  return {
    system, scenario, policy, venues, board, recorder, outside: createExogenous(system, scenario, rng), arbitrage: createArbitrage(system), hedging: createHedging(system.hedges),
    adlHedging: createHedging(system.adlHedges), carries: createCarries(system.carries, board), log: createPathLog(n, scenario),
  };
}

/** One second, in the order above. */
function step(run: Run, second: number): void {
  const { system, scenario: { clearing }, policy, venues, board, outside, recorder } = run;
  const isSequential = clearing.kind === 'sequential';
  recorder.second = second;
  applyExogenous(outside, second, venues);
  if (isSequential) walkBooks(venues, board);
  else clearSecond(run, second, clearing.side === 'sell' ? -1 : 1);
  markAndTrigger(venues, second, isSequential ? policy : null);
  hedge(run.hedging, venues, 'firedLots', recorder.fired);
  for (const v of venues) deleverageAndTakeOver(v, second, policy.allocate);
  hedge(run.adlHedging, venues, 'adlLots', recorder.deleveraged);
  applyArrivals(outside, second, run.arbitrage.capital, venues);
  if (isSequential) arbitrage(run.arbitrage, system.edges, venues, board);
  for (const v of venues) payFunding(v);
  unwindCarries(run.carries, system.carries, venues, board);
  noteSecond(run.log, second, venues);
}

/** (2) to (4), market by market: they do not look at one another. */
function walkBooks(venues: readonly Venue[], board: PriceBoard): void {
  for (const v of venues) {
    adjustDepth(v);
    execute(v);
    recover(v.book, v.keep);
    setPrice(board, v.m, v.tickSize, v.book.tick);
  }
}

/** (5) and (6); without a policy nothing fires any more, it has. */
function markAndTrigger(venues: readonly Venue[], second: number, policy: DynamicPolicy | null): void {
  for (const v of venues) {
    v.previousMark = v.marker.nearest;
    updateMarker(v.marker, second, v.fundingRate, v.untilFunding);
    if (policy !== null) trigger(v, second, policy);
    if (v.firstLiquidation < 0 && v.long.firedLots + v.short.firedLots > 0) v.firstLiquidation = second;
  }
}

/** (2) to (8) of a second cleared to its fixed point, deleveraging apart. */
function clearSecond(run: Run, second: number, direction: Direction): void {
  const { venues, board } = run;
  for (const v of venues) {
    adjustDepth(v);
    setPrice(board, v.m, v.tickSize, v.book.tick);
  }
  clearToFixedPoint(run, direction, second);
  for (const v of venues) {
    recover(v.book, v.keep);
    setPrice(board, v.m, v.tickSize, v.book.tick);
  }
}

/** Variance from the last second's move of fundamental and displacement, then the depth multiplier. Deleveraged makers come back as depth does. */
function adjustDepth(v: Venue): void {
  const { book, depth } = v;
  const logPrice = v.logFundamental + book.displacement;
  v.variance = nextVariance(v.variance, logPrice - v.lastLog);
  v.lastLog = logPrice;
  if (v.adlHit > 0) v.adlHit -= v.adlHit * v.regrowth;
  setKappa(book, nextKappa(book.kappa, depthTarget(depth, v.variance, v.adlHit), v.regrowth));
}

function trigger(v: Venue, second: number, policy: DynamicPolicy): void {
  fire(v.long, second, v.marker.long, policy.bufferSeconds);
  fire(v.short, second, v.marker.short, policy.bufferSeconds);
  if (policy.bufferSeconds === 0) return;
  bidForHeld(v, v.long, v.marker.long, second, policy);
  bidForHeld(v, v.short, v.marker.short, second, policy);
}

function bidForHeld(v: Venue, s: LiquidationSide, markTick: number, second: number, policy: DynamicPolicy): void {
  if (s.heldLots === 0) return;
  if (policy.bufferBid !== null) {
    const lots = policy.bufferBid({ market: v.m, side: s.side, second, heldLots: s.heldLots, markTick });
    assert(Number.isSafeInteger(lots) && lots >= 0 && lots <= s.heldLots, `a bid for held orders is for whole lots that are held, got ${lots}`);
    if (lots > 0) fillHeld(s, lots, markTick);
  }
  release(s, second);
}
