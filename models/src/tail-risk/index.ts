export * from './chi-square.ts';
export * from './crash.ts';
export * from './es-backtest.ts';
export * from './garch.ts';
export * from './gpd.ts';
export * from './var-backtest.ts';
