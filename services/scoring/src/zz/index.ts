export * from './aligner.ts';
export * from './asset-state.ts';
export * from './compute-score.ts';
export * from './config.ts';
export * from './rates.ts';
export * from './scoring.ts';
export * from './scorer.ts';
