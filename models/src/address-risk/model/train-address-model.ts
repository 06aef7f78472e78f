import { assert, createRng } from '../../core/index.ts';
import type { AddressModel } from './address-model.ts';
import { brierOf, calibrated, fitBeta, fitStretch, type Brier } from './calibration.ts';
import { addressFeatures } from './features.ts';
import { fitAddressRows, shippedPenalty } from './fit-address-model.ts';
import { sigmoid } from './logistic.ts';
import { areaUnderRoc } from './ranking.ts';

/** Labelled rows, of which each has its features as `transformed` gives them. */
export interface AddressRows {
  readonly rows: readonly Float64Array[];
  /** 0 or 1. */
  readonly labels: readonly number[];
  /** Days since any moment; undefined where no time is known: then blocks are of groups, drawn by the seed. */
  readonly days: ArrayLike<number> | undefined;
  readonly groups: readonly (string | number)[];
  readonly seed: number;
}

/** A model with what it was found to be worth on the last block, of which neither its weights nor its calibration saw anything. */
export interface TrainedAddressModel {
  readonly model: AddressModel;
  readonly rows: { readonly fit: number; readonly calibration: number; readonly check: number };
  readonly check: { readonly cases: number; readonly auc: number; readonly raw: Brier; readonly calibrated: Brier };
}

/** Shares of the rows that weights and calibration are fitted on, the earliest first; the rest is asked about [A]. */
const shares = { fit: 0.6, calibration: 0.2 } as const;
/** Days that are left out at the end of a block, as labels look a day ahead. */
const embargoDays = 1;
/** Log odds are not stretched by fewer cases than the first, and a beta curve, which can bend far at the few highest forecasts, is not fitted to fewer than the second [A]. */
const fewestCases = { stretch: 20, beta: 200 } as const;

/** Log odds of a row by a model, before any calibration. */
function logOddsOf(model: AddressModel, row: Float64Array): number {
  return addressFeatures.reduce((sum, name, i) => {
    const x = row[i] ?? NaN;
    const { centre, scale, offset, slope } = model.weights[name];
    return Number.isNaN(x) ? sum : sum + offset + (slope * (x - centre)) / scale;
  }, model.intercept);
}

/** Where each row stands in the order of blocks: its day, or, without days, a number drawn for its group. */
function orderOf({ days, groups, seed }: AddressRows): readonly number[] {
  if (days !== undefined) return Array.from(days);
  const rng = createRng(seed).fork('blocks');
  const drawn = new Map<string | number, number>();
  return groups.map((group) => {
    const known = drawn.get(group) ?? rng.next();
    drawn.set(group, known);
    return known;
  });
}

/** The three blocks as numbers of rows. What shares a day, or a group, is in one block. */
function blocksOf(of: AddressRows): readonly [fit: readonly number[], calibration: readonly number[], check: readonly number[]] {
  const order = orderOf(of);
  const sorted = [...order].sort((a, b) => a - b);
  const begin = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Infinity;
  const [second, third] = [begin(shares.fit), begin(shares.fit + shares.calibration)];
  const gap = of.days === undefined ? 0 : embargoDays;
  const rows = order.map((at, i): readonly [number, number] => [at, i]);
  const between = (from: number, to: number): readonly number[] => rows.filter(([at]) => at >= from && at < to).map(([, i]) => i);
  return [between(-Infinity, second - gap), between(second, third - gap), between(third, Infinity)];
}

/**
 * A model of addresses in three blocks, the later ones for what the earlier ones cannot say of themselves: weights on the first, a calibration on the second (a beta curve; of fewer than 200 cases one that only stretches log odds; none of fewer than 20, or that does not rise), figures on
 * the last. Its prevalence is that of the block its probabilities are made for. Undefined where a block is without cases or without others. Deterministic; seconds for 50,000 rows.
 */
export function trainAddressModel(of: AddressRows, version: string): TrainedAddressModel | undefined {
  assert(of.rows.length === of.labels.length && of.groups.length === of.labels.length, 'a label and a group for each row');
  const [fit, calibration, check] = blocksOf(of);
  const labelsOf = (rows: readonly number[]): readonly number[] => rows.map((row) => of.labels[row] ?? NaN);
  const both = (rows: readonly number[]): boolean => labelsOf(rows).includes(0) && labelsOf(rows).includes(1);
  if (!both(fit) || !both(check)) return undefined;
  const rowsOf = (rows: readonly number[]): readonly Float64Array[] => rows.map((row) => of.rows[row] ?? new Float64Array());
  const { model: raw } = fitAddressRows(rowsOf(fit), labelsOf(fit), version, shippedPenalty);
  const oddsOf = (rows: readonly number[]): readonly number[] => rowsOf(rows).map((row) => logOddsOf(raw, row));
  const cases = labelsOf(calibration).reduce((a, b) => a + b, 0);
  const fitted = cases < fewestCases.beta ? fitStretch : fitBeta;
  const curve = cases < fewestCases.stretch || !both(calibration) ? undefined : fitted(oddsOf(calibration).map(sigmoid), labelsOf(calibration));
  // One that is flat would say the same of everybody.
  const model: AddressModel = curve === undefined || curve.a + curve.b <= 0 ? raw : { ...raw, prevalence: cases / calibration.length, calibration: { kind: 'beta', ...curve } };
  const [odds, labels] = [oddsOf(check), labelsOf(check)];
  return {
    model, rows: { fit: fit.length, calibration: calibration.length, check: check.length },
    check: {
      cases: labels.reduce((a, b) => a + b, 0), auc: areaUnderRoc(odds, labels).auc, raw: brierOf(odds.map(sigmoid), labels),
      calibrated: brierOf(odds.map((one) => sigmoid(calibrated(model.calibration, one))), labels),
    },
  };
}
