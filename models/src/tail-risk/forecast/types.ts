/** What was traded in one bar of five minutes, in the unit of the price. */
export interface Candle {
  /** Begin of the bar, milliseconds since 1970 (UTC). */
  readonly t: number;
  readonly open: number;
  /** > 0; not below open, low and close. */
  readonly high: number;
  /** > 0; not above open, high and close. */
  readonly low: number;
  readonly close: number;
  /** Base quantity traded, >= 0. */
  readonly volume: number;
}

/** Length of the bars that the models here were measured on, milliseconds. */
export const barMs = 300_000;

/** Shares of the worst outcomes that are forecast: a 99 % value at risk, and a 97.5 % value at risk with its expected shortfall (the levels of MAR33 and of the backtests). */
export const forecastTails = { valueAtRisk: 0.01, shortfall: 0.025 } as const;

/** The law of the next bar's loss, minus the log return from close to close: 0.01 is a fall of about 1 %. */
export interface TailForecast {
  /** Scale of the next return, > 0. What it is a scale of depends on the model; only products of it with standardised losses mean anything. */
  readonly scale: number;
  /** 99 % VaR: the loss exceeded with probability 0.01. Can be 0 or below where prices hardly move. */
  readonly valueAtRisk: number;
  /** 97.5 % VaR. */
  readonly shortfallQuantile: number;
  /** 97.5 % expected shortfall: mean of the worst 2.5 %; > 0 and not below `shortfallQuantile`. */
  readonly expectedShortfall: number;
}

/** A model that hears one bar after the other and says what the next may bring. It never looks ahead: a forecast depends on the bars added before it alone. */
export interface TailForecaster {
  /** Adds the next bar, in the order of time. */
  add(candle: Candle): void;
  /** The forecast of the next bar; null while too little is known. */
  forecast(): TailForecast | null;
}
