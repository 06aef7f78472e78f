import { z } from 'zod';

/** Capital that somebody has declared they would help an asset with: a treasury's, a market maker's. */
export const rescueConfig = z
  .strictObject({
    amountUsd: z.number().positive().max(1e13).describe('How much, US dollars.'),
    from: z.string().regex(/^(venue|exchange|eip155:[1-9]\d{0,15}|antelope:[0-9a-f]{32})$/, 'venue, exchange, or a CAIP-2 id such as eip155:1').describe('Where it is: a chain by its CAIP-2 id, exchange (another one than where it is needed) or venue (there already).'),
    what: z.string().min(1).max(64).default('capital').describe('Whose it is, for people.'),
  })
  .readonly();
/** Capital that somebody has declared they would help with. */
export type RescueConfig = z.infer<typeof rescueConfig>;
