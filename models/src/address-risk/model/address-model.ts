import type { Calibration } from './calibration.ts';
import type { AddressFeature } from './features.ts';

/** What one feature adds to the log odds when it is known: `offset + slope * (x - centre) / scale`, x as the model takes it (`transformed`); nothing when it is not known. */
export interface FeatureWeight {
  readonly centre: number;
  readonly scale: number;
  readonly offset: number;
  readonly slope: number;
}

/** A fitted model of addresses, as data. */
export interface AddressModel {
  /** Names it in every score: what it was fitted on and in which version. */
  readonly version: string;
  /** Log odds when nothing is known. */
  readonly intercept: number;
  readonly weights: Readonly<Record<AddressFeature, FeatureWeight>>;
  /** How often the label is 1 among what it was fitted on, in (0, 1): another prevalence shifts its log odds from there. */
  readonly prevalence: number;
  /** What makes probabilities of its log odds, fitted on a later block than the weights; absent where log odds are taken as they are. */
  readonly calibration?: Calibration;
}
