/**
 * Tails of losses. The daemon reads the pooled forecast, peaks over a threshold, the next hour by simulation, cascade shortfall and most gap scenarios; `breakwater backtest` the backtests as well.
 * The rest is a library for whoever analyses by hand, tested like everything and called by no stage: block maxima (`gev.ts`), extremal index and return levels (`conditional-risk.ts`), tail dependence
 * and downside beta (`tail-dependence.ts`), optimal liquidation (`almgren-chriss.ts`), liquidity horizons and liquidity-adjusted VaR (`liquidity.ts`).
 */
export * from './almgren-chriss.ts';
export * from './cascade-shortfall.ts';
export * from './backtest/index.ts';
export * from './chi-square.ts';
export * from './conditional-risk.ts';
export * from './crash.ts';
export * from './es-backtest.ts';
export * from './forecast/index.ts';
export * from './gap-scenarios.ts';
export * from './garch.ts';
export * from './gev.ts';
export * from './gpd.ts';
export * from './horizon-losses.ts';
export * from './liquidity.ts';
export * from './tail-dependence.ts';
export * from './var-backtest.ts';
export * from './weighted-losses.ts';
