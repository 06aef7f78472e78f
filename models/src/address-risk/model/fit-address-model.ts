import { assert } from '../../core/index.ts';
import type { AddressModel, FeatureWeight } from './address-model.ts';
import { addressFeatures, featuresOf, transformed, type AddressFeature } from './features.ts';
import { fitLogistic, type LogisticFit } from './logistic.ts';
import type { Matrix } from './matrix.ts';
import { simulateEvents, type SimulatedEvent, type SimulationSize } from './simulated-events.ts';

/** The worlds that the shipped coefficients are fitted on. */
export const shippedSize: SimulationSize = { seed: 20_261_127, tokens: 120, eventsPerToken: 200 };
/**
 * L2 penalty of the shipped fit, on columns of deviation 1 [A]. Sizes over volume, depth and threshold say nearly the same; with a small penalty one of them takes what another gives back and reasons have signs that nobody can
 * read. This one costs a little of what can be had.
 */
export const shippedPenalty = 150;

/** Centre and scale of each feature as the model takes it, over the events where it is known; scale 1 for a feature that never varies. */
export interface Standard {
  readonly centre: number;
  readonly scale: number;
}

function standardsOf(rows: readonly Float64Array[]): readonly Standard[] {
  return addressFeatures.map((_, j) => {
    const known = rows.map((row) => row[j] ?? NaN).filter((x) => !Number.isNaN(x));
    if (known.length === 0) return { centre: 0, scale: 1 };
    const centre = known.reduce((a, b) => a + b, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((a, b) => a + (b - centre) ** 2, 0) / known.length);
    return { centre, scale: deviation > 0 ? deviation : 1 };
  });
}

/** Two columns a feature: whether it is known, and by how many deviations it differs; both 0 where it is not known. So an unknown feature adds nothing, and the intercept is what holds when nothing is known. */
export function designOf(rows: readonly Float64Array[], standards: readonly Standard[]): Matrix {
  const columns = 2 * addressFeatures.length;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    standards.forEach(({ centre, scale }, j) => {
      const x = row[j] ?? NaN;
      if (Number.isNaN(x)) return;
      values[i * columns + 2 * j] = 1;
      values[i * columns + 2 * j + 1] = (x - centre) / scale;
    });
  });
  return { rows: rows.length, columns, values };
}

/** Six digits: what the shipped data has, and a test demands. */
const rounded = (x: number): number => Number(x.toPrecision(6));

/** A logistic model of events with its fit. `start` is a model to begin at: the fit is the same, sooner. Crashes without events. Deterministic; seconds for 50,000 events. */
export function fitAddressModel(events: readonly SimulatedEvent[], version: string, penalty: number = shippedPenalty, start?: AddressModel): AddressFit {
  return fitAddressRows(events.map((event) => transformed(featuresOf(event.situation))), events.map((event) => event.label), version, penalty, start);
}

/** A model and the fit that it is made of. */
export interface AddressFit {
  readonly model: AddressModel;
  readonly fit: LogisticFit;
}

/** The same of rows as `transformed` gives them, with a label of 0 or 1 each. */
export function fitAddressRows(rows: readonly Float64Array[], labels: readonly number[], version: string, penalty: number = shippedPenalty, start?: AddressModel): AddressFit {
  assert(rows.length > 0 && labels.length === rows.length, 'rows to fit on, and a label for each');
  const standards = standardsOf(rows);
  const from = start === undefined ? {} : { start: [start.intercept, ...addressFeatures.flatMap((name) => [start.weights[name].offset, start.weights[name].slope])] };
  const fit = fitLogistic(designOf(rows, standards), labels, { penalty, ...from });
  const weights = Object.fromEntries(
    addressFeatures.map((name, j): [AddressFeature, FeatureWeight] => {
      const { centre = 0, scale = 1 } = standards[j] ?? {};
      return [name, { centre: rounded(centre), scale: rounded(scale), offset: rounded(fit.coefficients[1 + 2 * j] ?? NaN), slope: rounded(fit.coefficients[2 + 2 * j] ?? NaN) }];
    }),
  ) as Record<AddressFeature, FeatureWeight>;
  return { model: { version, intercept: rounded(fit.coefficients[0] ?? NaN), weights, prevalence: rounded(labels.reduce((sum, label) => sum + label, 0) / labels.length) }, fit };
}

/** The fit that `coefficients.ts` holds as data, begun at `start`. */
export function fitShipped(start?: AddressModel): AddressFit {
  return fitAddressModel(simulateEvents(shippedSize), 'address-logistic-simulated-1', shippedPenalty, start);
}
