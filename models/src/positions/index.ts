export { benchPositions, positionsTrial, positionsFigures, type MarketTrial, type PositionsFigures } from './bench/bench-positions.ts';
export { randomMarket, type HiddenPosition, type RandomMarket } from './bench/random-positions.ts';
export { fitWeights, type ClassPrior, type ExposureData, type FittedWeights } from './expectation-maximisation.ts';
export { DEFAULT_FLOWS, type GivenSettings } from './inference-settings.ts';
export type * from './inference-types.ts';
export * from './known.ts';
export * from './leverage-prior.ts';
export { createPositionInference } from './position-inference.ts';
export * from './prior-density.ts';
