import type { AdlRule, FundingRule, FundRule, IndexRule, MarkRule, PartialLiquidation, VenueRules } from '../../market/index.ts';
import { at } from '../../market/index.ts';
import { ladderOf, type CascadeMarket, type ShockSide } from '../cascade-market.ts';
import type { ArbitrageEdge, HedgeLink, MarkSources, NetworkSystem } from '../network-system.ts';
import { STATIC_DEPTH, type DepthDynamics } from './depth-multiplier.ts';
import { noPositions, positionsOf, type PositionBook } from './position-book.ts';

/** Markets of the system and their weights (> 0), side by side. */
export interface WeightedMarkets {
  readonly markets: readonly number[];
  readonly weights: readonly number[];
}

/** An index price: what joins which markets of the system. Exclusion remembers who was left out; staleness does not arise, every market has a price. */
export interface DynamicIndex extends WeightedMarkets {
  readonly rule: IndexRule;
}

/**
 * A mark price. `own`: the market's own price. `sources`: the static engine's instantaneous rule. `venue`: by a venue's rule with its windows; other venues'
 * perpetuals (for the rule of Hyperliquid) in `perps`. A window starts as if the basis had always been the one at the start.
 */
export type DynamicMark =
  | { readonly kind: 'own' }
  | { readonly kind: 'sources'; readonly sources: MarkSources }
  | { readonly kind: 'venue'; readonly rule: MarkRule; readonly perps?: WeightedMarkets };

/** How positions are closed. */
export interface DynamicMargin {
  /** `fraction` is simulated by its own rule; the others by the tranches of each position. */
  readonly partial: PartialLiquidation;
  /** Per value closed, in [0, 1). */
  readonly liquidationFee: number;
  readonly surplus: FundRule['surplus'];
  /** The maintenance rate at which funding moves triggers, in (0, 1). Default 0.02 [A]. */
  readonly maintenanceRate: number;
  /** Seconds in which the fund sells half of the positions it took over; Infinity: it holds them [A]. */
  readonly workOffHalfLife: number;
}

/** Funding of a perpetual: rule and period (seconds, > 0). */
export interface DynamicFunding {
  readonly rule: FundingRule;
  readonly period: number;
}

/** One market of the dynamic engine. `withdrawal`, `longTriggers` and `shortTriggers` of a cascade market are not used: `depth`, `longs` and `shorts` are. */
export interface DynamicMarket extends CascadeMarket {
  readonly longs: PositionBook;
  readonly shorts: PositionBook;
  readonly depth: DepthDynamics;
  /** How far the fundamental follows the common return. Default 1. */
  readonly returnBeta: number;
  /** Null: the market's own price is its index. */
  readonly index: DynamicIndex | null;
  readonly mark: DynamicMark;
  readonly margin: DynamicMargin;
  readonly adl: AdlRule;
  /** Null: no funding (spot). */
  readonly funding: DynamicFunding | null;
}

/**
 * Arbitrage that buys in `from` and sells in `to`, as far as `slopeQtyPerLog` x (gap - cost) and its capital `capacityQty` (and what arrives) allow. Capital in use
 * is freed with a half-life, as transfers between the venues complete: seconds, default 900, Infinity for the static engine [A].
 */
export interface DynamicEdge extends ArbitrageEdge {
  readonly releaseHalfLife: number;
}

/** A carry position: `lots` > 0 is short `perp` and long `spot`, < 0 the reverse. Equal lot sizes. */
export interface CarryPosition {
  readonly perp: number;
  readonly spot: number;
  readonly lots: number;
  /** |ln(perp / spot)| beyond which it is unwound, > 0. Default 0.05 [A]. */
  readonly stopBasis: number;
  /** The perpetual's log-price move against it that takes its margin, > 0; Infinity: margin is no constraint. */
  readonly marginLog: number;
  /** Seconds an unwinding takes, >= 1. Default 60 [A]. */
  readonly unwindSeconds: number;
}

/** Markets and what joins them. Indices are into `markets`. */
export interface DynamicSystem {
  readonly markets: readonly DynamicMarket[];
  readonly edges: readonly DynamicEdge[];
  /** Shares of liquidated lots whose hedge in another market is unwound, as in the static engine: liquidated longs are followed by sales. */
  readonly hedges: readonly HedgeLink[];
  /** psi: shares of lots closed by auto-deleveraging whose other leg is unwound (winning shorts sell spot, winning longs buy it). Default share 0.5 [A]. */
  readonly adlHedges: readonly HedgeLink[];
  readonly carries: readonly CarryPosition[];
}

const plainMargin: DynamicMargin = { partial: { kind: 'none' }, liquidationFee: 0, surplus: 'fund', maintenanceRate: 0.02, workOffHalfLife: Infinity };
const noAdl: AdlRule = { trigger: 'socialised', rank: 'profitTimesLeverage', price: 'bankruptcy' };

/**
 * A dynamic market from what is known of it: the triggers of the cascade market as positions opened at the best price, a static book, own price as mark, whole
 * liquidations without fee, no auto-deleveraging and no funding unless said otherwise.
 */
export function dynamicMarket(market: CascadeMarket, known: Partial<DynamicMarket> = {}): DynamicMarket {
  const start = market.bids.ticks.length > 0 ? at(market.bids.ticks, 0) : at(market.asks.ticks, 0);
  return {
    ...market, longs: positionsOf(market.longTriggers, start), shorts: positionsOf(market.shortTriggers, start), depth: STATIC_DEPTH, returnBeta: 1,
    index: null, mark: { kind: 'own' }, margin: plainMargin, adl: noAdl, funding: null, ...known,
  };
}

/** A perpetual by its venue's rules: order type, partial liquidation, fee, fund, auto-deleveraging, index, mark and funding. */
export function dynamicVenue(market: CascadeMarket, rules: VenueRules, index: WeightedMarkets, known: Partial<DynamicMarket> & { readonly perps?: WeightedMarkets } = {}): DynamicMarket {
  const { perps, ...rest } = known;
  return dynamicMarket(market, {
    liquidationOrder: rules.liquidationOrder, index: { rule: rules.index, ...index },
    mark: perps === undefined ? { kind: 'venue', rule: rules.mark } : { kind: 'venue', rule: rules.mark, perps },
    margin: { ...plainMargin, partial: rules.partial, liquidationFee: rules.liquidationFee, surplus: rules.fund.surplus },
    adl: rules.adl, funding: { rule: rules.funding, period: rules.funding.periodHours * 3_600 }, ...rest,
  });
}

/**
 * A static system as a dynamic one whose outcome is the same when cleared to fixed points: its usable depth as ladder, the positions of its side, kappa = 1, rho = 0,
 * instantaneous marks, capital that stays in use. Start it at the touch its side walks from.
 */
export function dynamicSystemOf(system: NetworkSystem, usable: (market: CascadeMarket, side: ShockSide) => Float64Array): DynamicSystem {
  const markets = system.markets.map((market, m) => {
    const ladder = { ticks: ladderOf(market, system.side).ticks, lots: usable(market, system.side) };
    const sources = system.marks[m] ?? null;
    const mark = sources === null ? { kind: 'own' as const } : { kind: 'sources' as const, sources };
    return system.side === 'sell' ? dynamicMarket({ ...market, bids: ladder }, { mark, shorts: noPositions() }) : dynamicMarket({ ...market, asks: ladder }, { mark, longs: noPositions() });
  });
  return { markets, edges: system.edges.map((edge) => ({ ...edge, releaseHalfLife: Infinity })), hedges: system.hedges, adlHedges: [], carries: [] };
}
