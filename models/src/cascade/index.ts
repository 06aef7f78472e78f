export * from './bucket-bounds.ts';
export * from './cascade-market.ts';
export * from './extend-depth.ts';
export * from './merge.ts';
export * from './response-curve.ts';
export * from './solve-static.ts';
export * from './static-profile.ts';
export * from './withdrawal.ts';
