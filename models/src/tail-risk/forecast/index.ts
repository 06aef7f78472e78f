export * from './fit-pool.ts';
export * from './live.ts';
export * from './pooled-defaults.ts';
export * from './pooled-model.ts';
export * from './range-state.ts';
export * from './rolling-tail.ts';
export * from './types.ts';
export * from './universe.ts';
