import { z } from 'zod';
import { stamp, unit } from './common.ts';

/** What a feed can be. `ok` ends an incident; everything else widens uncertainty downstream and never lowers a risk score. */
export const feedStatus = z.enum(['ok', 'resyncing', 'stale', 'silent', 'down']);
export type FeedStatus = z.infer<typeof feedStatus>;

/** Channels whose health is told apart. `positions` are those of accounts; `clock` is the venue's clock against ours. */
export const feedChannel = z.enum(['socket', 'instruments', 'book', 'book.deep', 'trades', 'ticker', 'openInterest', 'funding', 'liquidations', 'positions', 'rates', 'blocks', 'clock']);
export type FeedChannel = z.infer<typeof feedChannel>;

/** A change in the health of a feed: data quality is data. `instrument` and `asset` are absent when the whole source is concerned. */
export const feedHealthMessage = z
  .object({
    kind: z.literal('feed.health'), ...stamp, channel: feedChannel, status: feedStatus,
    /** Why, from a closed list per source, e.g. `sequence-gap`, `crossed-book`, `silent-channel`, `socket-closed`. Also a metric label. */
    reason: z.string(), asset: unit.asset.optional(), instrument: unit.instrument.optional(), detail: z.string().optional(),
  })
  .readonly();
export type FeedHealthMessage = z.infer<typeof feedHealthMessage>;

/** The live rate of a quote currency: `usd` US dollars for one unit. */
export const rateMessage = z.object({ kind: z.literal('rate'), ...stamp, currency: unit.currency, usd: unit.usdRate }).readonly();
export type RateMessage = z.infer<typeof rateMessage>;

/**
 * The live rate of a quote currency against another whose dollars are known: `price` units of `against` for one unit of `currency`, the middle of
 * a spot market; it is sold at once for `low` and bought at once for `high`. Its dollars are this times those of `against`, and no better known.
 */
export const crossRateMessage = z
  .object({ kind: z.literal('rate.cross'), ...stamp, currency: unit.currency, against: unit.currency, price: unit.price, low: unit.price, high: unit.price })
  .readonly();
export type CrossRateMessage = z.infer<typeof crossRateMessage>;

/** A promise of `source`: no further message of it will have an event time at or before `eventTime` (late ones are counted and folded on arrival). */
export const watermarkMessage = z.object({ kind: z.literal('watermark'), ...stamp }).readonly();
export type WatermarkMessage = z.infer<typeof watermarkMessage>;
