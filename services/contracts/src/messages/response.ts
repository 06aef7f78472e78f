import { z } from 'zod';
import { unit } from './common.ts';

/** One step of a response curve: a net sale of at most `saleUsd` US dollars, and more than that of the step before, ends at `price`. */
export const responseStep = z.object({ saleUsd: unit.usd, price: unit.price }).readonly();
export type ResponseStep = z.infer<typeof responseStep>;

/**
 * How the price of an asset answers a net sale within the horizon: step curves, thinned to at most about a hundred steps each, with the
 * jump at the threshold kept whole. `saleUsd` rises and `price` falls along each. A sale beyond the last step ends below what is known.
 */
export const responseCurve = z
  .object({
    /** Best price now, US dollars for one unit: where every curve starts. */
    price: unit.price,
    /** With forced sales, under central assumptions. */
    central: z.array(responseStep).readonly(),
    /** With forced sales, the band: the 5 and the 95 % point of the prices a sale ends at, over draws of what is not seen. */
    pessimistic: z.array(responseStep).readonly(), optimistic: z.array(responseStep).readonly(),
    /** The same book if no position were liquidated. */
    withoutForced: z.array(responseStep).readonly(),
  })
  .readonly();
export type ResponseCurve = z.infer<typeof responseCurve>;
