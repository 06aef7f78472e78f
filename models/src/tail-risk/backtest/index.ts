export * from './critical.ts';
export * from './models.ts';
export * from './run-market.ts';
export * from './summary.ts';
export * from './tally.ts';
