export type * from './inference-types.ts';
export * from './known.ts';
export * from './leverage-prior.ts';
export * from './prior-density.ts';
