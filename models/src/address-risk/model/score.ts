import { assert } from '../../core/index.ts';
import type { AddressModel } from './address-model.ts';
import { calibrated, priorShift } from './calibration.ts';
import { shippedCoefficients } from './coefficients.ts';
import { addressFeatures, transformed, type AddressFeature, type AddressFeatures } from './features.ts';
import { sigmoid } from './logistic.ts';

/** Why a score is what it is: the feature, its value (null where it is not known) and what it adds to the log odds. */
export interface AddressReason {
  readonly feature: AddressFeature;
  readonly value: number | null;
  readonly logOdds: number;
}

/** How likely the price falls within a day by at least a tenth and further than one day in a hundred, and why. */
export interface AddressScore {
  readonly probability: number;
  /** The same when nothing is known. */
  readonly baseRate: number;
  /** Of every feature, the weightiest first, ties in the order of `addressFeatures`: logit(probability) = logit(baseRate) + the sum of all of them + `calibration`, exactly. */
  readonly reasons: readonly AddressReason[];
  /** What calibrating adds to the log odds of the reasons together; 0 of a model without. */
  readonly calibration: number;
  readonly model: string;
}

/** What shifts log odds of a model to a population where the label is 1 as often as `prevalence` says; 0 where nothing is said. */
export function shiftTo(model: AddressModel, prevalence: number | undefined): number {
  return prevalence === undefined ? 0 : priorShift(model.prevalence, prevalence);
}

/**
 * Scores a situation: the model's log odds, calibrated where it has a calibration, and `shift` for a population with another prevalence than the fit's (`shiftTo`); default 0. The base rate is what a situation of which nothing is
 * known is given in the same way. About 3 us. An infinite value (no unlock ahead) is given as null in the reasons, whose readers take finite numbers.
 */
export function scoreAddress(features: AddressFeatures, model: AddressModel = shippedCoefficients, shift = 0): AddressScore {
  assert(Number.isFinite(shift), 'a finite shift of the log odds');
  const taken = transformed(features);
  const reasons = addressFeatures.map((feature, i): AddressReason => {
    const x = taken[i] ?? NaN;
    const value = features[feature];
    const { centre, scale, offset, slope } = model.weights[feature];
    return { feature, value: value === null || !Number.isFinite(value) ? null : value, logOdds: Number.isNaN(x) ? 0 : offset + (slope * (x - centre)) / scale };
  });
  const said = reasons.reduce((sum, reason) => sum + reason.logOdds, 0);
  const base = calibrated(model.calibration, model.intercept) + shift;
  const logOdds = calibrated(model.calibration, model.intercept + said) + shift;
  return {
    probability: sigmoid(logOdds), baseRate: sigmoid(base), reasons: reasons.toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds)), calibration: model.calibration === undefined ? 0 : logOdds - base - said,
    model: model.version,
  };
}
