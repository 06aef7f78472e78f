import { addressFeatures, type AddressFeature, type AddressModel, type FeatureWeight } from '@breakwater/models/address-risk';
import { err, ok, type Result } from '@breakwater/models/core';
import { z } from 'zod';

const finite = z.number();
const weight = z.strictObject({ centre: finite, scale: z.number().positive(), offset: finite, slope: finite }).readonly();
const rising = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value >= (values[i - 1] ?? value));
const calibration = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('beta'), a: z.number().nonnegative(), b: z.number().nonnegative(), c: finite }).readonly(),
  z.strictObject({ kind: z.literal('isotonic'), from: z.array(finite).min(1).max(100_000).readonly(), value: z.array(z.number().min(0).max(1)).min(1).max(100_000).readonly() }).readonly()
    .refine(({ from, value }) => from.length === value.length && rising(from) && rising(value), 'steps and values must rise, as many of each'),
]);
const weights = z.strictObject(Object.fromEntries(addressFeatures.map((name) => [name, weight])) as Record<AddressFeature, typeof weight>).readonly();
const model = z.strictObject({ version: z.string().min(1).max(64), intercept: finite, prevalence: z.number().gt(0).lt(0.5), weights, calibration: calibration.optional() }).readonly();
/** What `train --out` writes has more in it. */
const file = z.object({ addressModel: z.unknown() });

/** Reads a model of addresses from the text of a file: the model itself, or what `breakwater train address-risk --out` wrote. The error says what is wrong with it. */
export function readAddressModel(text: string): Result<AddressModel, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err('must be JSON, as `breakwater train address-risk --out` writes it');
  }
  const written = file.safeParse(json);
  const parsed = model.safeParse(written.success ? written.data.addressModel : json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return err(`must be a model of addresses: ${issue === undefined ? 'it is none' : `${issue.path.join('.') || 'the file'}: ${issue.message}`.slice(0, 160)}`);
  }
  const { calibration: curve, ...rest } = parsed.data;
  return ok({ ...rest, weights: rest.weights satisfies Readonly<Record<AddressFeature, FeatureWeight>>, ...(curve === undefined ? {} : { calibration: curve }) });
}
