import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `deposits-issuer`. */
export const depositsIssuerConfig = z
  .strictObject({
    /** Fires when the issuer's deposits of 24 h reach this share of the float. */
    floatShare: z.number().positive().max(1).default(defaults.issuerFloatShare),
    /** Clears when they are at or below this share of the level that fires. */
    clear: z.number().nonnegative().lt(1).default(0.5),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .readonly();
/** Settings of `deposits-issuer`. */
export type DepositsIssuerConfig = z.infer<typeof depositsIssuerConfig>;
