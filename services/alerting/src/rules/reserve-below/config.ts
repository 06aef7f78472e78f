import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `reserve-below`. */
export const reserveBelowConfig = z
  .strictObject({
    /** Clears when the price is at least this share above the floor less the haircut; it fires below that floor. */
    clear: z.number().nonnegative().max(1).default(defaults.belowFloorClear),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .readonly();
/** Settings of `reserve-below`. */
export type ReserveBelowConfig = z.infer<typeof reserveBelowConfig>;
