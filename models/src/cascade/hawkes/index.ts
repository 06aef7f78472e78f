export * from './choose-pieces.ts';
export * from './disagreement.ts';
export * from './fit-hawkes.ts';
export * from './hawkes-model.ts';
export * from './quick-branching.ts';
export * from './simulate-hawkes.ts';
