export type * from './inference-types.ts';
export * from './leverage-prior.ts';
export * from './prior-density.ts';
