import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `ignition-drop`. */
export const ignitionDropConfig = z
  .strictObject({
    /** Fires when the threshold is below this share of what it was a day ago. */
    below: z.number().positive().max(1).default(defaults.ignitionDrop),
    /** Clears when it is at or above this share. Above `below`. */
    clear: z.number().positive().max(10).default(defaults.ignitionDropClear),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .refine((c) => c.clear > c.below, { message: 'must be above below', path: ['clear'] })
  .readonly();
/** Settings of `ignition-drop`. */
export type IgnitionDropConfig = z.infer<typeof ignitionDropConfig>;
