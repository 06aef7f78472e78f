import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `reserve-floor`. */
export const reserveFloorConfig = z
  .strictObject({
    /** Fires when the floor has fallen by this share of what it was a day ago. */
    fall: z.number().positive().lt(1).default(defaults.reserveFloorFall),
    /** Such a fall is critical. */
    criticalFall: z.number().positive().lt(1).default(defaults.criticalFall),
    /** Clears when the fall is at or below this share of the level that fires. */
    clear: z.number().nonnegative().lt(1).default(0.5),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .readonly();
/** Settings of `reserve-floor`. */
export type ReserveFloorConfig = z.infer<typeof reserveFloorConfig>;
