export * from './defaults.ts';
export * from './messages/common.ts';
export * from './messages/global.ts';
export * from './messages/market.ts';
export * from './messages/score.ts';
export * from './messages/warning.ts';
export * from './topics.ts';
export * from './wording/index.ts';
