export * from './config.ts';
export { createCcxtExchange, createCcxtFeed } from './feed.ts';
export type { CcxtExchange, CcxtFeed, CcxtFeedDeps, CcxtFeedStats } from './feed.ts';
