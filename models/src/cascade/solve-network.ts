import { defined, type Rng } from '../core/index.ts';
import { at } from '../market/index.ts';
import { ladderOf } from './cascade-market.ts';
import { createNetworkSolver, type NetworkSolver } from './network-solver.ts';
import type { NetworkSystem } from './network-system.ts';

/** Where one market of a system ends, in whole ticks and lots. Shock + liquidated + sold elsewhere's = taken by the book + bought + unfilled. */
export interface NetworkMarketOutcome {
  readonly level: number;
  readonly tick: number;
  /** Ticks from the best price, >= 0. */
  readonly dropTicks: number;
  readonly liquidatedLots: number;
  /** Lots bought here by arbitrage, and sold here by arbitrage and by hedges that are unwound. */
  readonly boughtLots: number;
  readonly soldLots: number;
  /** Lots for which visible depth was not enough. */
  readonly unfilledLots: number;
  /** Visible depth ended: the price is a bound (too high for a sale, too low for a purchase). */
  readonly exhausted: boolean;
}

/** Where a system ends. */
export interface NetworkOutcome {
  readonly markets: readonly NetworkMarketOutcome[];
  /** Levels and triggers passed on the way. */
  readonly operations: number;
}

/**
 * The greatest assignment of ticks at which every market of a system holds under `shockLots` (one whole number >= 0 a market). Liquidations count as market
 * orders. See `createNetworkSolver` for the method; `order` draws the order of the worklist, which changes nothing.
 */
export function solveNetwork(system: NetworkSystem, shockLots: ArrayLike<number>, order?: Rng): NetworkOutcome {
  const solver = createNetworkSolver(system);
  solver.raise(shockLots, order);
  return { markets: outcomesOf(system, solver), operations: solver.operations() };
}

/** What a solver has come to, market by market. */
export function outcomesOf(system: NetworkSystem, solver: NetworkSolver): readonly NetworkMarketOutcome[] {
  return system.markets.map((_, m) => {
    const { ticks } = ladderOf(defined(system.markets[m], 'market'), system.side);
    const tick = at(ticks, solver.level(m));
    const short = solver.shock(m) - solver.capacity(m);
    return {
      level: solver.level(m), tick, dropTicks: Math.abs(at(ticks, 0) - tick), liquidatedLots: solver.fired(m), boughtLots: solver.bought(m), soldLots: solver.sold(m),
      unfilledLots: Math.max(0, short), exhausted: short > 0,
    };
  });
}
