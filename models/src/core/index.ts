export * from './assert.ts';
export * from './cholesky.ts';
export * from './ids.ts';
export * from './normal.ts';
export * from './result.ts';
export * from './rng.ts';
export * from './streams.ts';
export * from './units.ts';
