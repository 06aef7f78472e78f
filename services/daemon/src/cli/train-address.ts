import { addressFeatures, trainAddressModel, transformed, type AddressFeatures, type Brier, type TrainedAddressModel } from '@breakwater/models/address-risk';
import type { LabelledTable } from './train-table.ts';

/** Whether a table has every feature of the address model as a column of that name: then a model can be fitted that scores transfers. */
export function isAddressTable({ columns }: Pick<LabelledTable, 'columns'>): boolean {
  return addressFeatures.every((name) => columns.includes(name));
}

/** The rows of such a table as the model takes them; `isTransformed` where they are so already. Empty cells are not known. */
export function addressRowsOf({ columns, rows: { rows, columns: width, values } }: Pick<LabelledTable, 'columns' | 'rows'>, isTransformed: boolean): readonly Float64Array[] {
  const places = addressFeatures.map((name) => columns.indexOf(name));
  return Array.from({ length: rows }, (_, row) => {
    const own = Float64Array.from(places, (place) => values[row * width + place] ?? NaN);
    if (isTransformed) return own;
    return transformed(Object.fromEntries(addressFeatures.map((name, i) => [name, Number.isNaN(own[i] ?? NaN) ? null : own[i]])) as AddressFeatures);
  });
}

/** Trains a model that scores transfers, where a table has what it takes: undefined where it lacks a feature, or cases in a block. */
export function addressModelOf(table: LabelledTable, isTransformed: boolean, seed: number): TrainedAddressModel | undefined {
  if (!isAddressTable(table)) return undefined;
  const { labels, days, groups } = table;
  return trainAddressModel({ rows: addressRowsOf(table, isTransformed), labels: Array.from(labels), days, groups, seed }, `address-logistic-${isTransformed ? `simulated-seed-${seed}` : 'own'}`);
}

const round = (x: number): number => Number(x.toFixed(5));
const brierJson = ({ score, calibrationError }: Brier): Record<string, number> => ({ brier: round(score), calibrationError: round(calibrationError) });

/** What `--json` says of it. */
export function addressJson({ model: { version, prevalence, calibration }, rows, check }: TrainedAddressModel): Record<string, unknown> {
  return { version, prevalence: round(prevalence), calibration: calibration ?? null, rows, cases: check.cases, auc: round(check.auc), raw: brierJson(check.raw), calibrated: brierJson(check.calibrated) };
}

/** The same in words. */
export function addressText({ model, rows, check }: TrainedAddressModel): string {
  const figures = ({ score, calibrationError }: Brier): string => `Brier ${score.toFixed(4)}, calibration error ${calibrationError.toFixed(4)}`;
  return `${model.version}, which can score transfers (scoring.risk.model_file): weights from ${rows.fit} rows, calibration from the ${rows.calibration} after them, asked about the last ${rows.check} (${check.cases} cases): AUC ${check.auc.toFixed(4)}; as it is ${figures(check.raw)}; ${model.calibration === undefined ? 'too few cases to calibrate' : `calibrated ${figures(check.calibrated)}`}.`;
}
