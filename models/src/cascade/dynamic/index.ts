export * from './depth-multiplier.ts';
export * from './dynamic-state.ts';
export * from './dynamic-system.ts';
export * from './path.ts';
export * from './policy.ts';
export * from './position-book.ts';
export * from './scenario.ts';
export * from './simulate.ts';
