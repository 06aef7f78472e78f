export { assignVenues } from './assign.ts';
export { runShard } from './run-shard.ts';
export type { ShardDeps, ShardTerm } from './run-shard.ts';
export type { SourceTails } from './source-tails.ts';
