import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `reserve-unlock`. */
export const reserveUnlockConfig = z
  .strictObject({
    /** Fires when the lock ends within so many days, or has ended. */
    watchDays: z.number().positive().max(365).default(defaults.unlockWatchDays),
    /** Within so many it is a warning. */
    warningDays: z.number().nonnegative().max(365).default(defaults.unlockWarningDays),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .refine((c) => c.warningDays <= c.watchDays, { message: 'must not be above watchDays', path: ['warningDays'] })
  .readonly();
/** Settings of `reserve-unlock`. */
export type ReserveUnlockConfig = z.infer<typeof reserveUnlockConfig>;
