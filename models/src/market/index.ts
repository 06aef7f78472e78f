export * from './at.ts';
export * from './cross-rate.ts';
export * from './ladder.ts';
export * from './liquidation-price.ts';
export * from './order-book.ts';
export * from './triggers.ts';
export * from './venue-rules.ts';
export * from './venues/index.ts';
