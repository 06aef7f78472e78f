import { assert, defined } from '../../core/index.ts';
import { at, triggersFromRows, type Ladder, type Triggers } from '../../market/index.ts';
import { kappa, NO_WITHDRAWAL } from '../withdrawal.ts';
import { ladderOf, signOf, triggersOf, type CascadeMarket } from '../cascade-market.ts';
import type { AssetShare } from '../network-response.ts';
import type { NetworkSystem } from '../network-system.ts';
import type { FactorValues } from './factors.ts';

/** The system that scenarios depart from. Plain data: it can be sent to another thread. */
export interface ScenarioBase {
  readonly system: NetworkSystem;
  readonly share: AssetShare;
  /** US dollars for one unit of each market's quote currency, > 0. */
  readonly usdPerQuote: readonly number[];
  /** Share of each market's positions, in [0, 1], whose collateral is what may lose its peg. */
  readonly collateralShare: readonly number[];
}

/** One scenario: the system as its factors leave it, in the frame of the market's own move. */
export interface ScenarioSystem {
  readonly system: NetworkSystem;
  readonly shockLots: readonly number[];
  /** What a tick of the system is worth over a tick of the base: prices move with the market, and the frame moves along. */
  readonly priceScale: number;
}

/** Makes scenarios of one base. */
export interface ScenarioMaker {
  /** O(levels + triggers). */
  at(values: FactorValues): ScenarioSystem;
}

const maxTick = 0x7fffffff;

/**
 * Scenarios of a base. The market's move is a change of frame: books keep their ticks, as their quotes move along, and triggers come nearer by the same factor,
 * so a mark that is homogeneous in prices (every rule is) fires what it would have fired. Makers' withdrawal is worked out once and scaled by the
 * scenario. Everything stays whole: depth is rounded down, the running sum of positions to the nearest lot. At `depthScale` 1 and no change otherwise
 * a scenario's outcome is that of the base, to the lot.
 */
export function createScenarios(base: ScenarioBase): ScenarioMaker {
  const { system, share, usdPerQuote, collateralShare } = base;
  const n = system.markets.length;
  assert([share.lotsPerUnit, share.priceWeights, usdPerQuote, collateralShare].every((list) => list.length === n), 'a base has one figure a market');
  const sign = signOf(system.side);
  const prepared = system.markets.map((market) => ({ market, depth: withdrawn(market, ladderOf(market, system.side)), totals: runningTotals(triggersOf(market, system.side)) }));
  return {
    at: (values) => {
      const priceScale = Math.exp(-sign * values.shift);
      const markets = prepared.map(({ market, depth, totals }, m): CascadeMarket => {
        const ladder = { ticks: ladderOf(market, system.side).ticks, lots: depth.map((lots) => Math.floor(values.depthScale * lots + 1e-9)) };
        const triggers = triggersAt(market, system, totals, values, defined(collateralShare[m], 'share'));
        const walked = system.side === 'sell' ? { bids: ladder, longTriggers: triggers } : { asks: ladder, shortTriggers: triggers };
        return { ...market, ...walked, withdrawal: NO_WITHDRAWAL };
      });
      return {
        priceScale, shockLots: share.lotsPerUnit.map((lots) => Math.min(Number.MAX_SAFE_INTEGER, Math.floor(lots * values.saleUnits * (1 + 1e-12) + 1e-9))),
        system: {
          ...system, markets, edges: system.edges.map((edge) => ({ ...edge, capacityQty: edge.capacityQty * values.capacityScale })),
          hedges: system.hedges.map((hedge) => ({ ...hedge, share: moreLikely(hedge.share, values.hedgeLogOdds) })),
        },
      };
    },
  };
}

/** Depth after makers' withdrawal, not yet in whole lots: kappa x lots. */
function withdrawn(market: CascadeMarket, { ticks, lots }: Ladder): Float64Array {
  return lots.map((count, i) => kappa(market.withdrawal, at(ticks, 0), at(ticks, i)) * count);
}

function runningTotals({ lots }: Triggers): Float64Array {
  let sum = 0;
  return lots.map((count) => (sum += count));
}

/** A probability with `logOdds` added to its log-odds; 0 and 1 stay. */
function moreLikely(p: number, logOdds: number): number {
  return p === 0 || p === 1 ? p : p / (p + (1 - p) * Math.exp(-logOdds));
}

/** Positions scaled, a part of them brought nearer by what their collateral lost, all brought nearer by the market's move. */
function triggersAt(market: CascadeMarket, system: NetworkSystem, totals: Float64Array, values: FactorValues, exposed: number): Triggers {
  const base = triggersOf(market, system.side);
  const sign = signOf(system.side);
  const nearer = Math.exp(sign * values.shift);
  const toFrame = (tick: number): number => Math.max(0, Math.min(maxTick, sign * Math.floor(sign * tick * nearer + 1e-9)));
  const lots = scaled(totals, values.densityScale);
  const [ticks, bankruptcyTicks] = [base.ticks.map(toFrame), base.bankruptcyTicks.map(toFrame)];
  if (values.depeg === 0 || exposed === 0) return { ticks, lots, bankruptcyTicks };
  // Equity of a position at the best price is its distance to bankruptcy there; its collateral is taken to be worth that [A: entered at the best price],
  // so losing a share of it moves trigger and bankruptcy price by that share of the distance.
  const best = at(ladderOf(market, system.side).ticks, 0);
  const rows: [number, number, number][] = [];
  let [total, movedSoFar] = [0, 0];
  for (let k = 0; k < lots.length; k++) {
    total += at(lots, k);
    const moved = Math.floor(exposed * total + 1e-9) - movedSoFar;
    movedSoFar += moved;
    const still = at(lots, k) - moved;
    const loss = sign * values.depeg * Math.max(0, sign * (best - at(base.bankruptcyTicks, k)));
    if (still > 0) rows.push([at(ticks, k), still, at(bankruptcyTicks, k)]);
    if (moved > 0) rows.push([toFrame(at(base.ticks, k) + loss), moved, toFrame(at(base.bankruptcyTicks, k) + loss)]);
  }
  return triggersFromRows(rows, system.side === 'sell' ? 'long' : 'short');
}

/** Lots whose running total is the nearest whole number to `scale` times the running total given. */
function scaled(totals: Float64Array, scale: number): Float64Array {
  let before = 0;
  return totals.map((total) => {
    const now = Math.round(scale * total);
    const lots = now - before;
    before = now;
    return lots;
  });
}
