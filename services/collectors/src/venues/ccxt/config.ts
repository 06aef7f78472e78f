import { z } from 'zod';

/** How a venue is read through ccxt. All values are design choices. */
export const ccxtFeedConfig = z.strictObject({
  /** The exchange's id in ccxt when it differs from the venue's, e.g. `kucoinfutures`. */
  exchange: z.string().regex(/^[a-z0-9]{1,32}$/).optional().describe('The exchange id in ccxt, when it is not the name of the venue.'),
  /** Market types read. */
  markets: z.array(z.enum(['spot', 'swap'])).min(1).default(['spot', 'swap']).describe('Market types to collect.'),
  /** Levels asked for; exchanges allow different values, absent is the exchange's own default. */
  bookLimit: z.number().int().positive().optional().describe('Book levels to ask for; the default is the exchange\'s own.'),
  maxLevels: z.number().int().positive().default(1_000).describe('Most levels kept on a side of a book.'),
  booksPerSecond: z.number().positive().max(100).default(4).describe('Most snapshots of one book published in a second.'),
  pollEveryMs: z.number().int().min(1_000).default(30_000).describe('Time between polls of funding and open interest, milliseconds.'),
  silentAfterMs: z.number().int().min(1_000).default(60_000).describe('A book without an update for this long is an incident and reconnects, milliseconds.'),
  backoffMs: z.number().int().positive().default(1_000).describe('Longest first wait after an error, milliseconds; it doubles.'),
  maxBackoffMs: z.number().int().positive().default(60_000).describe('Longest wait after an error, milliseconds.'),
  watermarkEveryMs: z.number().int().min(10).default(1_000).describe('How often the source promises that no earlier message follows, milliseconds.'),
  watermarkDelayMs: z.number().int().min(0).default(500).describe('How far behind the clock that promise is, milliseconds.'),
  /** ccxt passes on what each exchange prints: contracts at some, base units at others. `auto` publishes it where the two are the same and otherwise derives it from the value in quote currency. */
  openInterestUnit: z.enum(['auto', 'contracts', 'base']).default('auto').describe('What the exchange counts open interest in.'),
});
/** How a venue is read through ccxt. */
export type CcxtFeedConfig = z.infer<typeof ccxtFeedConfig>;
