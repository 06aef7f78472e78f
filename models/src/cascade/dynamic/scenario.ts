import type { ArrivalPlan, Bridge } from '../../settlement/index.ts';
import type { ShockSide } from '../cascade-market.ts';

/** A parent order from outside: `lots` whole and > 0, spread evenly over `overSeconds` >= 1 from second `at` on. */
export interface ExogenousOrder {
  readonly market: number;
  readonly side: ShockSide;
  readonly at: number;
  readonly lots: number;
  readonly overSeconds: number;
}

/** A jump of the fundamental in second `at`: of one market, or of all (each by its `returnBeta`) when none is named. */
export interface FundamentalJump {
  readonly at: number;
  readonly logReturn: number;
  readonly market?: number;
}

/** Orders of both directions that come and go: in a second, with probability `ordersPerSecond` in [0, 1], one of exponential size with mean `meanLots`. */
export interface NoiseFlow {
  readonly ordersPerSecond: number;
  readonly meanLots: number;
}

/** Capital that reaches an arbitrage edge in second `at`, in units of quantity (settlement says when; < 0: capital that is called away). */
export interface ArbitrageArrival {
  readonly edge: number;
  readonly at: number;
  readonly qty: number;
}

/**
 * Collateral that reaches positions in second `at`: of each position of a side that has not fired and whose trigger tick is between two ticks (inclusive, either
 * order), a share in [0, 1] of its lots moves `shiftTicks` >= 0 away from the price, trigger and bankruptcy price alike. `rescueShift` says how far money moves them.
 */
export interface RescueArrival {
  readonly market: number;
  readonly side: 'long' | 'short';
  readonly at: number;
  readonly fromTick: number;
  readonly toTick: number;
  readonly share: number;
  readonly shiftTicks: number;
}

/**
 * Capital that set out in second `sentAt` and settles by a ledger: for an edge (units of quantity), as collateral of positions (as in `RescueArrival`), or to trade where it arrives: it buys against a fall (`side` buy), whole
 * lots in the second it is there. `usd` (> 0) is what it counts for at a bridge; what fits through the
 * bridge arrives by `fast`, the rest by `slow`, or not at all where that is null. `halt` in [0, 1] is held back. `expected`: in the equal parts of the plan, so that what is there by t is K F(t - sentAt) (1 - halt) to
 * half a part; `sampled`: all that goes one way at once, at a delay drawn from the plan, and nothing with probability `halt`.
 */
export interface SettlingTransfer {
  readonly to: { readonly kind: 'arbitrage'; readonly edge: number; readonly qty: number } | ({ readonly kind: 'rescue' } & Omit<RescueArrival, 'at'>) | { readonly kind: 'trade'; readonly market: number; readonly side: ShockSide; readonly lots: number };
  readonly sentAt: number;
  readonly usd: number;
  readonly fast: { readonly bridge: number; readonly plan: ArrivalPlan } | null;
  readonly slow: ArrivalPlan | null;
  readonly halt: number;
  readonly arrival: 'expected' | 'sampled';
}

/**
 * How orders meet within a second. `sequential`: each second's orders are executed once, and what they cause follows a second later. `fixedPoint`: the second is
 * iterated until every market holds under liquidations, hedges and arbitrage at the very prices it ends at, prices moving with the pressure of `side` only: the
 * static engine's equilibrium. It needs marks without windows and liquidations by market orders, whole; buffers do not apply, and capital in use stays in use.
 */
export type Clearing = { readonly kind: 'sequential' } | { readonly kind: 'fixedPoint'; readonly side: ShockSide };

/** What happens from outside, and for how long. Seconds count from 0. */
export interface Scenario {
  readonly seconds: number;
  /** Volatility (>= 0) and drift of the common log-return a second. */
  readonly sigmaPerSecond: number;
  readonly driftPerSecond: number;
  /** Common log-returns that are given instead of drawn, one a second; past the end 0. */
  readonly logReturns?: Float64Array;
  readonly jumps: readonly FundamentalJump[];
  readonly orders: readonly ExogenousOrder[];
  /** One a market; null or missing: none. */
  readonly noise: readonly (NoiseFlow | null)[];
  readonly arrivals: readonly ArbitrageArrival[];
  readonly rescues: readonly RescueArrival[];
  /** Capital on its way through ledgers, and the bridges (US dollars) that it shares. */
  readonly transfers: readonly SettlingTransfer[];
  readonly bridges: readonly Bridge[];
  readonly clearing: Clearing;
  /** Seconds between samples of the path, >= 1. */
  readonly sampleSeconds: number;
  /** Whether every fill is kept: for checks and pictures, slow. */
  readonly recordFills: boolean;
}

/** A scenario of `seconds` (whole, >= 1) in which nothing happens but what is said. Sampled every 10 s. */
export function scenario(seconds: number, known: Partial<Scenario> = {}): Scenario {
  return {
    seconds, sigmaPerSecond: 0, driftPerSecond: 0, jumps: [], orders: [], noise: [], arrivals: [], rescues: [], transfers: [], bridges: [], clearing: { kind: 'sequential' },
    sampleSeconds: 10, recordFills: false, ...known,
  };
}

/**
 * Whole ticks that `collateral` (quote currency) moves the trigger of `qty` base units of a linear position away from the price: dM / (q (1 - s m)), with s = 1
 * for longs, -1 for shorts and m the maintenance rate.
 */
export function rescueShift(collateral: number, qty: number, side: 'long' | 'short', maintenanceRate: number, tickSize: number): number {
  return Math.floor(collateral / (qty * (1 - (side === 'long' ? maintenanceRate : -maintenanceRate))) / tickSize + 1e-6);
}
