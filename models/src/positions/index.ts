export * from './leverage-prior.ts';
export * from './prior-density.ts';
