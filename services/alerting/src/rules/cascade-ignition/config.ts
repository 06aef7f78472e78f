import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `cascade-ignition`. */
export const cascadeIgnitionConfig = z
  .strictObject({
    /** Fires when deposits of the horizon reach this share of the ignition threshold. */
    reach: z.number().positive().max(10).default(defaults.ignitionReach),
    /** Clears when they are at or below this share of it. Below `reach`. */
    clear: z.number().nonnegative().max(10).default(defaults.ignitionClear),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .refine((c) => c.clear < c.reach, { message: 'must be below reach', path: ['clear'] })
  .readonly();
/** Settings of `cascade-ignition`. */
export type CascadeIgnitionConfig = z.infer<typeof cascadeIgnitionConfig>;
