export * from './backend.ts';
export * from './train-mlp.ts';
