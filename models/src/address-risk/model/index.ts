export * from './address-model.ts';
export * from './coefficients.ts';
export * from './features.ts';
export * from './fit-address-model.ts';
export * from './logistic.ts';
export { matrixOf, rowsOf, type Matrix } from './matrix.ts';
export * from './score.ts';
export * from './simulated-events.ts';
