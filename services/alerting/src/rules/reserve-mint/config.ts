import { defaults } from '@breakwater/contracts';
import { z } from 'zod';

/** Settings of `reserve-mint`. */
export const reserveMintConfig = z
  .strictObject({
    /** Mints that together lower the floor by this share are a warning, less is to watch. */
    warningDilution: z.number().nonnegative().lt(1).default(defaults.mintDilution),
    /** By this share they are critical. */
    criticalDilution: z.number().positive().lt(1).default(defaults.mintDilutionCritical),
    /** How long after a mint it is warned of, seconds of event time. */
    forSeconds: z.number().int().min(60).max(604_800).default(defaults.mintForSeconds),
    clearForSeconds: z.number().int().nonnegative().max(86_400).default(defaults.clearForSeconds),
  })
  .refine((c) => c.warningDilution <= c.criticalDilution, { message: 'must not be above criticalDilution', path: ['warningDilution'] })
  .readonly();
/** Settings of `reserve-mint`. */
export type ReserveMintConfig = z.infer<typeof reserveMintConfig>;
