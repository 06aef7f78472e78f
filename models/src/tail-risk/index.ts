export * from './crash.ts';
