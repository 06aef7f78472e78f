import { dealerCategories, defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `deposits-cluster`. */
export const depositsClusterConfig = z
  .strictObject({
    /** Fires when one owner's deposits of 24 h reach this share of the effective float... */
    floatShare: z.number().positive().max(1).default(defaults.clusterFloatShare),
    /** ...or this multiple of the ignition threshold... */
    reach: z.number().positive().max(100).default(defaults.clusterReach),
    /** ...and a fall after them is given at least this many times what is usual: by odds where that is more than even. */
    risk: z.number().nonnegative().max(100).default(defaults.clusterRisk),
    /** Owners of whom it is less sure that they are one are left out. */
    confidence: z.number().min(0).max(1).default(defaults.clusterConfidence),
    /** Clears when deposits are at or below this share of the levels that fire. */
    clear: z.number().nonnegative().lt(1).default(0.5),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
    /** Categories of labels whose deposits are their trade, or have a rule of their own. */
    ignore: z.array(z.string().min(1).max(32)).max(32).readonly().default([...dealerCategories, 'issuer']),
  })
  .readonly();
/** Settings of `deposits-cluster`. */
export type DepositsClusterConfig = z.infer<typeof depositsClusterConfig>;
