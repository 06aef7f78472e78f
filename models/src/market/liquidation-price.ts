import { defined, err, ok, type Result } from '../core/index.ts';
import type { PositionSide } from './triggers.ts';
import { maintenanceMargin, tierIndex, type ContractType, type MaintenanceBasis, type MarginTier } from './venue-rules.ts';

/** The margin rules that fix one position's liquidation price; a `VenueRules` is one. */
export interface MarginRules {
  readonly contract: ContractType;
  readonly mmBasis: MaintenanceBasis;
  readonly closeFee: number;
  readonly tiers: readonly MarginTier[];
}

/**
 * A position alone. `size` > 0: base units (linear) or US dollar face (inverse). `margin` >= 0: quote (linear) or coin
 * (inverse); for a cross account pass wallet balance - other positions' maintenance + their unrealised profit.
 */
export interface PositionTerms {
  readonly side: PositionSide;
  readonly entryPrice: number;
  readonly size: number;
  readonly margin: number;
}

/** Why there is no liquidation price: the terms are unlawful, or no positive price exhausts the margin. */
export type LiquidationPriceError = { readonly kind: 'liquidation-price.bad-terms' | 'liquidation-price.never' };

/** The price at which equity falls to the maintenance requirement, and the tier the position is in there. */
export interface LiquidationPrice {
  readonly price: number;
  readonly tier: number;
}

/**
 * The liquidation price of a position, quote per base. Equity is linear and the requirement convex in the price (linear
 * contract) or in its inverse, so there is one root; tiers are searched from the tier at entry towards it, O(tiers).
 * With m, c of the tier, s the sign of the side, f the closing fee, M margin, E entry, q size, N face:
 * (L1) linear at mark: (M - s q E + c) / (q (m + f - s)); Binance's and Hyperliquid's published forms equal it.
 * (L2) linear at entry: E - s (M - m q E + c) / q.
 * (I1) inverse at mark: N (s + m + f) / (M + c + s N / E).
 * (I2) inverse at entry: 1/p = 1/E + s (M - m N / E + c) / N.
 * Tier bounds of an inverse contract are in coin.
 */
export function liquidationPrice(rules: MarginRules, position: PositionTerms): Result<LiquidationPrice, LiquidationPriceError> {
  const { entryPrice, size, margin } = position;
  const lawful = entryPrice > 0 && size > 0 && margin >= 0 && Number.isFinite(entryPrice * size) && Number.isFinite(margin);
  if (!lawful) return err({ kind: 'liquidation-price.bad-terms' });
  let tier = tierIndex(rules.tiers, notionalAt(rules.contract, size, entryPrice));
  if (rules.mmBasis === 'entry') return found(solveInTier(rules, position, tier), tier);
  for (let direction = 0; ; ) {
    const price = solveInTier(rules, position, tier);
    const notional = price > 0 ? notionalAt(rules.contract, size, price) : 0;
    const lower = defined(rules.tiers[tier], 'tier').from;
    const upper = rules.tiers[tier + 1]?.from ?? Infinity;
    const step = notional < lower ? -1 : notional >= upper ? 1 : 0;
    // A root on a bound may, by rounding, look outside both its tiers: never turn back.
    if (step === 0 || step === -direction || tier + step < 0) return found(price, tier);
    direction = step;
    tier += step;
  }
}

/**
 * The price at which equity is zero: linear E - s M / q, inverse s N / (M + s N / E). Venues that put the taker fee of
 * the closing order into it (linear only) divide by 1 - s f. Fails like `liquidationPrice`.
 */
export function bankruptcyPrice(contract: ContractType, position: PositionTerms, takerFee: number = 0): Result<number, LiquidationPriceError> {
  const { entryPrice, size, margin } = position;
  if (!(entryPrice > 0 && size > 0 && margin >= 0)) return err({ kind: 'liquidation-price.bad-terms' });
  const s = signOf(position.side);
  const price = contract === 'linear'
    ? (entryPrice - (s * margin) / size) / (1 - s * takerFee)
    : (s * size) / (margin + (s * size) / entryPrice);
  return price > 0 && price < Infinity ? ok(price) : err({ kind: 'liquidation-price.never' });
}

/** Equity of the position at `price`: quote (linear) or coin (inverse). */
export function equityAt(contract: ContractType, position: PositionTerms, price: number): number {
  const s = signOf(position.side);
  const { entryPrice, size, margin } = position;
  return contract === 'linear' ? margin + s * size * (price - entryPrice) : margin + s * size * (1 / entryPrice - 1 / price);
}

/** What the venue requires at `price` (closing fee included): quote (linear) or coin (inverse). */
export function requirementAt(rules: MarginRules, position: PositionTerms, price: number): number {
  const value = notionalAt(rules.contract, position.size, price);
  const basis = rules.mmBasis === 'mark' ? value : notionalAt(rules.contract, position.size, position.entryPrice);
  return maintenanceMargin(rules.tiers, basis) + (rules.mmBasis === 'mark' ? rules.closeFee * value : 0);
}

function found(price: number, tier: number): Result<LiquidationPrice, LiquidationPriceError> {
  return price > 0 && price < Infinity ? ok({ price, tier }) : err({ kind: 'liquidation-price.never' });
}

function signOf(side: PositionSide): 1 | -1 {
  return side === 'long' ? 1 : -1;
}

function notionalAt(contract: ContractType, size: number, price: number): number {
  return contract === 'linear' ? size * price : size / price;
}

function solveInTier(rules: MarginRules, position: PositionTerms, tier: number): number {
  const { rate: m, deduction: c } = defined(rules.tiers[tier], 'tier');
  const { entryPrice: E, size: q, margin: M } = position;
  const s = signOf(position.side);
  const f = rules.closeFee;
  if (rules.contract === 'linear') {
    return rules.mmBasis === 'mark' ? (M - s * q * E + c) / (q * (m + f - s)) : E - (s * (M - m * q * E + c)) / q;
  }
  if (rules.mmBasis === 'mark') return (q * (s + m + f)) / (M + c + (s * q) / E);
  return 1 / (1 / E + (s * (M - (m * q) / E + c)) / q);
}
