import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `depth-drop`. */
export const depthDropConfig = z
  .strictObject({
    /** Fires when bids within 2 % are below this share of the day's high. */
    below: z.number().positive().max(1).default(defaults.depthDrop),
    /** Clears when they are at or above this share. Above `below`. */
    clear: z.number().positive().max(1).default(defaults.depthDropClear),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .refine((c) => c.clear > c.below, { message: 'must be above below', path: ['clear'] })
  .readonly();
/** Settings of `depth-drop`. */
export type DepthDropConfig = z.infer<typeof depthDropConfig>;
