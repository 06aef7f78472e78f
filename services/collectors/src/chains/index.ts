export * from './evm/config.ts';
export { createEvmFeed } from './evm/feed.ts';
export type { EvmFeed, EvmFeedDeps, EvmFeedStats } from './evm/feed.ts';
export type { WatchedToken } from './evm/map.ts';
export * from './labels.ts';
