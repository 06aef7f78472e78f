import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `cascade-ignition`. */
export const cascadeIgnitionConfig = z
  .strictObject({
    /** Fires when deposits of the horizon reach this share of the ignition threshold. */
    reach: z.number().positive().max(10).default(defaults.ignitionReach),
    /** Clears when they are at or below this share of it. Below `reach`. */
    clear: z.number().nonnegative().max(10).default(defaults.ignitionClear),
    /** A landing at least this far below the price makes it critical, as a share of the price. */
    criticalFall: z.number().positive().lt(1).default(defaults.criticalFall),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .refine((c) => c.clear < c.reach, { message: 'must be below reach', path: ['clear'] })
  .readonly();
/** Settings of `cascade-ignition`. */
export type CascadeIgnitionConfig = z.infer<typeof cascadeIgnitionConfig>;
