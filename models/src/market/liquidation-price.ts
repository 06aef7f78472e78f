import { defined, err, ok, type Result } from '../core/index.ts';
import { maintenanceMargin, tierIndex, type MarginTier, type TierUnit } from './tiers.ts';
import type { PositionSide } from './triggers.ts';
import type { ContractType, MaintenanceBasis } from './venue-rules.ts';

/** The margin rules that fix one position's liquidation price; a `VenueRules` is one. */
export interface MarginRules {
  readonly contract: ContractType;
  readonly mmBasis: MaintenanceBasis;
  readonly closeFee: number;
  readonly tiers: readonly MarginTier[];
  /** `notional` when absent. */
  readonly tierUnit?: TierUnit;
}

/**
 * A position alone. `size` > 0: base units (linear) or US dollar face (inverse). `margin`: quote (linear) or coin (inverse), finite; for a cross
 * account what `crossMargin` gives, which can be negative.
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
 * The liquidation price of a position, quote per base. Equity is linear in the price (linear contract) or in its inverse and the requirement of a
 * marginal table convex, so there is one root; tiers are searched from the tier at entry towards it, O(tiers). Where the whole position is charged its
 * tier's rate the requirement jumps: the first price the position meets on its way is taken, which is the bound itself when the jump exhausts the margin.
 * With m, c of the tier, s the sign of the side, f the closing fee, M margin, E entry, q size, N face:
 * (L1) linear at mark: (M - s q E + c) / (q (m + f - s)); Binance's and Hyperliquid's published forms equal it.
 * (L2) linear at entry: E - s (M - m q E + c) / q.
 * (I1) inverse at mark: N (s + m + f) / (M + c + s N / E).
 * (I2) inverse at entry: 1/p = 1/E + s (M - m N / E + c) / N.
 * With maintenance at entry a closing fee is charged on the value at the bankruptcy price, as Bybit's older pages have it, and so does not move with p.
 */
export function liquidationPrice(rules: MarginRules, position: PositionTerms): Result<LiquidationPrice, LiquidationPriceError> {
  const { entryPrice, size, margin } = position;
  const lawful = entryPrice > 0 && size > 0 && Number.isFinite(entryPrice * size) && Number.isFinite(size / entryPrice) && Number.isFinite(margin);
  if (!lawful) return err({ kind: 'liquidation-price.bad-terms' });
  let tier = tierIndex(rules.tiers, tierAmount(rules, size, entryPrice));
  if (rules.mmBasis === 'entry') return found(solveAtEntry(rules, position), tier);
  if (rules.tierUnit === 'size') return found(solveInTier(rules, position, tier), tier);
  for (let direction = 0; ; ) {
    const price = solveInTier(rules, position, tier);
    const notional = price > 0 ? valueAt(rules.contract, size, price) : 0;
    const lower = defined(rules.tiers[tier], 'tier').from;
    const upper = rules.tiers[tier + 1]?.from ?? Infinity;
    const step = notional < lower ? -1 : notional >= upper ? 1 : 0;
    if (step === 0 || tier + step < 0) return found(price, tier);
    // Each tier's root lies in the other: it is their bound, reached by rounding in a continuous table and by the jump in one that is not.
    if (step === -direction) return found(priceAtValue(rules.contract, size, step === 1 ? upper : lower), tier);
    direction = step;
    tier += step;
  }
}

/**
 * The price at which equity is zero once the taker fee `takerFee` of the closing order is paid (0: Binance; some venues put it in): linear
 * (E - s M / q) / (1 - s f), inverse s N (1 + s f) / (M + s N / E). Fails like `liquidationPrice`.
 */
export function bankruptcyPrice(contract: ContractType, position: PositionTerms, takerFee: number = 0): Result<number, LiquidationPriceError> {
  const { entryPrice, size, margin } = position;
  if (!(entryPrice > 0 && size > 0 && Number.isFinite(margin))) return err({ kind: 'liquidation-price.bad-terms' });
  const s = signOf(position.side);
  const price = contract === 'linear'
    ? (entryPrice - (s * margin) / size) / (1 - s * takerFee)
    : (s * size * (1 + s * takerFee)) / (margin + (s * size) / entryPrice);
  return price > 0 && price < Infinity ? ok(price) : err({ kind: 'liquidation-price.never' });
}

/**
 * The bankruptcy price (without fee) from the liquidation price alone, for positions of which only that is known; maintenance at the mark. Linear
 * p (1 - s (m + f)) + s c / q, inverse s p / (s + m + f - c p / N). Undefined where equity would never end.
 */
export function bankruptcyFromLiquidation(rules: MarginRules, side: PositionSide, size: number, liquidation: LiquidationPrice): number | undefined {
  const s = signOf(side);
  const { rate, deduction } = effectiveTier(rules, size, liquidation.tier);
  const charge = rate + rules.closeFee;
  const { price } = liquidation;
  const bankruptcy = rules.contract === 'linear' ? price * (1 - s * charge) + (s * deduction) / size : (s * price) / (s + charge - (deduction * price) / size);
  return bankruptcy > 0 && bankruptcy < Infinity ? bankruptcy : undefined;
}

/**
 * The margin of one position of a single-asset cross account: wallet balance - maintenance of the other positions + their unrealised profit, all in
 * the margin currency and held still (Binance's WB - TMM + UPNL). For accounts whose other positions move along, see `crossAccountTrigger`.
 */
export function crossMargin(account: { readonly walletBalance: number; readonly otherMaintenance: number; readonly otherUnrealised: number }): number {
  return account.walletBalance - account.otherMaintenance + account.otherUnrealised;
}

/** Equity of the position at `price`: quote (linear) or coin (inverse). */
export function equityAt(contract: ContractType, position: PositionTerms, price: number): number {
  const s = signOf(position.side);
  const { entryPrice, size, margin } = position;
  return contract === 'linear' ? margin + s * size * (price - entryPrice) : margin + s * size * (1 / entryPrice - 1 / price);
}

/** What the venue requires at `price` (closing fee included): quote (linear) or coin (inverse). */
export function requirementAt(rules: MarginRules, position: PositionTerms, price: number): number {
  const { size, entryPrice } = position;
  const value = valueAt(rules.contract, size, rules.mmBasis === 'mark' ? price : entryPrice);
  const maintenance = rules.tierUnit === 'size' ? (maintenanceMargin(rules.tiers, size) / size) * value : maintenanceMargin(rules.tiers, value);
  if (rules.closeFee === 0) return maintenance;
  return maintenance + rules.closeFee * (rules.mmBasis === 'mark' ? value : valueAtBankruptcy(rules, position));
}

/** The value of `size` at `price`: quote (linear) or coin (inverse). */
export function valueAt(contract: ContractType, size: number, price: number): number {
  return contract === 'linear' ? size * price : size / price;
}

/** The amount that picks the position's tier at `price`: its value there, or its size where the table counts sizes. */
export function tierAmount(rules: MarginRules, size: number, price: number): number {
  return rules.tierUnit === 'size' ? size : valueAt(rules.contract, size, price);
}

/** 1 for a long, -1 for a short. */
export function signOf(side: PositionSide): 1 | -1 {
  return side === 'long' ? 1 : -1;
}

function found(price: number, tier: number): Result<LiquidationPrice, LiquidationPriceError> {
  return price > 0 && price < Infinity ? ok({ price, tier }) : err({ kind: 'liquidation-price.never' });
}

function priceAtValue(contract: ContractType, size: number, value: number): number {
  return contract === 'linear' ? value / size : size / value;
}

/** Rate and deduction on the value: a table of sizes charges (m - c / size) of it, whatever the price. */
function effectiveTier(rules: MarginRules, size: number, tier: number): { readonly rate: number; readonly deduction: number } {
  const { rate, deduction } = defined(rules.tiers[tier], 'tier');
  return rules.tierUnit === 'size' ? { rate: rate - deduction / size, deduction: 0 } : { rate, deduction };
}

/** (L1) and (I1). */
function solveInTier(rules: MarginRules, position: PositionTerms, tier: number): number {
  const { entryPrice: E, size: q, margin: M } = position;
  const { rate: m, deduction: c } = effectiveTier(rules, q, tier);
  const s = signOf(position.side);
  const f = rules.closeFee;
  return rules.contract === 'linear' ? (M - s * q * E + c) / (q * (m + f - s)) : (q * (s + m + f)) / (M + c + (s * q) / E);
}

/** (L2) and (I2). */
function solveAtEntry(rules: MarginRules, position: PositionTerms): number {
  const { entryPrice: E, size: q, margin: M } = position;
  const s = signOf(position.side);
  const spare = M - requirementAt(rules, position, E);
  return rules.contract === 'linear' ? E - (s * spare) / q : 1 / (1 / E + (s * spare) / q);
}

/** The closing order's value at the bankruptcy price; 0 where equity never ends. */
function valueAtBankruptcy(rules: MarginRules, position: PositionTerms): number {
  const bankruptcy = bankruptcyPrice(rules.contract, position, rules.closeFee);
  return bankruptcy.ok ? valueAt(rules.contract, position.size, bankruptcy.value) : 0;
}
