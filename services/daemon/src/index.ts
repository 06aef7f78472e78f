export * from './drill/compare-runs.ts';
