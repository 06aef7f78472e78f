import { AssertionError } from './assert.ts';

/**
 * Branded numbers. A value of one of these types has passed its constructor, so it is finite and has a lawful sign.
 * All are float64: right for analytics, never for settlement.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Quote currency per base unit, > 0. */
export type Price = Unit<'Price'>;
/** A quantity in the instrument's own unit (base units for spot and linear, contracts where the venue counts contracts), >= 0. */
export type Qty = Unit<'Qty'>;
/** A quantity in base units of the asset, >= 0. */
export type BaseQty = Unit<'BaseQty'>;
/** An amount of a quote currency (which one is said beside it), any sign. */
export type QuoteAmount = Unit<'QuoteAmount'>;
/** US dollars, any sign. Made only by converting a quote currency at its live rate (`toUsd`). */
export type Usd = Unit<'Usd'>;
/** US dollars per unit of a quote currency, > 0. */
export type UsdRate = Unit<'UsdRate'>;
/** Basis points (1e-4), any sign. */
export type Bps = Unit<'Bps'>;
/** A dimensionless ratio, any sign; 0.05 is 5 %. */
export type Ratio = Unit<'Ratio'>;
/** Milliseconds since 1970-01-01 UTC, >= 0. */
export type EpochMs = Unit<'EpochMs'>;
/** A span of time in milliseconds, >= 0. */
export type DurationMs = Unit<'DurationMs'>;
/** A price in whole ticks of its market. */
export type Ticks = Unit<'Ticks'>;
/** A quantity in whole lots of its market, >= 0. */
export type Lots = Unit<'Lots'>;

function checked<Name extends string>(value: number, name: Name, lawful: boolean): Unit<Name> {
  if (!lawful) throw new AssertionError(`${name}: unlawful value ${String(value)}`);
  return value as Unit<Name>;
}

/** True when `value` could be a `Price`: finite and > 0. */
export function isPrice(value: number): value is Price {
  return value > 0 && value < Infinity;
}
/** True when `value` could be a `Qty`: finite and >= 0. */
export function isQty(value: number): value is Qty {
  return value >= 0 && value < Infinity;
}
/** Makes a `Price`; crashes unless finite and > 0. */
export function price(value: number): Price {
  return checked(value, 'Price', value > 0 && value < Infinity);
}
/** Makes a `Qty`; crashes unless finite and >= 0. */
export function qty(value: number): Qty {
  return checked(value, 'Qty', value >= 0 && value < Infinity);
}
/** Makes a `BaseQty`; crashes unless finite and >= 0. */
export function baseQty(value: number): BaseQty {
  return checked(value, 'BaseQty', value >= 0 && value < Infinity);
}
/** Makes a `QuoteAmount`; crashes unless finite. */
export function quoteAmount(value: number): QuoteAmount {
  return checked(value, 'QuoteAmount', Number.isFinite(value));
}
/** Makes a `UsdRate`; crashes unless finite and > 0. */
export function usdRate(value: number): UsdRate {
  return checked(value, 'UsdRate', value > 0 && value < Infinity);
}
/** Makes a `Bps`; crashes unless finite. */
export function bps(value: number): Bps {
  return checked(value, 'Bps', Number.isFinite(value));
}
/** Makes a `Ratio`; crashes unless finite. */
export function ratio(value: number): Ratio {
  return checked(value, 'Ratio', Number.isFinite(value));
}
/** Makes an `EpochMs`; crashes unless finite and >= 0. */
export function epochMs(value: number): EpochMs {
  return checked(value, 'EpochMs', value >= 0 && value < Infinity);
}
/** Makes a `DurationMs`; crashes unless finite and >= 0. */
export function durationMs(value: number): DurationMs {
  return checked(value, 'DurationMs', value >= 0 && value < Infinity);
}
/** Makes `Ticks`; crashes unless a safe integer. */
export function ticks(value: number): Ticks {
  return checked(value, 'Ticks', Number.isSafeInteger(value));
}
/** Makes `Lots`; crashes unless a safe integer >= 0. */
export function lots(value: number): Lots {
  return checked(value, 'Lots', Number.isSafeInteger(value) && value >= 0);
}

/** Price times base quantity: an amount of the quote currency. */
export function notional(p: Price, q: BaseQty): QuoteAmount {
  return quoteAmount(p * q);
}
/** The only way to make dollars: an amount of a quote currency at its live rate. */
export function toUsd(amount: QuoteAmount, rate: UsdRate): Usd {
  return checked(amount * rate, 'Usd', Number.isFinite(amount * rate));
}
/** A sum or scaling of dollars that is again dollars; crashes unless finite. */
export function usd(value: number): Usd {
  return checked(value, 'Usd', Number.isFinite(value));
}
/** A later moment. */
export function plus(t: EpochMs, span: DurationMs): EpochMs {
  return epochMs(t + span);
}
/** The time from `from` to `to`, 0 when `to` is not later. */
export function elapsed(from: EpochMs, to: EpochMs): DurationMs {
  return durationMs(Math.max(0, to - from));
}

/** Milliseconds in an hour and a day. */
export const HOUR: DurationMs = durationMs(3_600_000);
export const DAY: DurationMs = durationMs(86_400_000);
