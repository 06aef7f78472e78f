export * from './labels/statement.ts';
