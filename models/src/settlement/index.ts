export * from './delay-law.ts';
