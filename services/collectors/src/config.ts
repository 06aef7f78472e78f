import { assetId, epochMs } from '@breakwater/models/core';
import { z } from 'zod';
import type { AssetRule } from './registry.ts';
import { reserveConfig } from './chains/evm/reserve/config.ts';
import { rescueConfig } from './rescue/config.ts';
import { ccxtFeedConfig } from './venues/ccxt/config.ts';

/** Addresses that replace a venue's own: for a mirror, a test network or a simulated venue. */
const endpoints = z
  .strictObject({
    rest: z.url().optional().describe('Base address of REST requests, without a trailing slash.'),
    ws: z.record(z.string(), z.url()).optional().describe('Base addresses of sockets by role, e.g. linear.'),
  })
  .readonly();

/** One venue of the config's `venues:`. */
export const venueConfig = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether the venue is collected.'),
    markets: z.array(z.string()).readonly().optional().describe('Market types to collect, of those that `breakwater venues` lists; all by default.'),
    feed: z.enum(['native', 'ccxt']).default('native').describe('native: the built-in feed; ccxt: the generic feed, for venues without a built-in one.'),
    ccxt: ccxtFeedConfig.readonly().optional().describe('How the venue is read when feed is ccxt.'),
    accounts: z.boolean().default(true).describe('Whether the positions of accounts are read, where the venue shows them to everybody (Hyperliquid).'),
    knownAccounts: z.array(z.string().regex(/^0x[0-9a-fA-F]{40}$/).transform((address) => address.toLowerCase())).max(20_000).readonly().default([]).describe('Addresses of accounts to begin with; others are learnt from trades.'),
    endpoints: z.record(z.string(), endpoints).optional().describe('Addresses that replace the public ones, by market type.'),
  })
  .readonly();
/** One venue of the config's `venues:`. */
export type VenueConfig = z.infer<typeof venueConfig>;

const isoTime = z.iso.datetime({ offset: true }).or(z.iso.date());

/** Who holds an asset, from its transfers. */
const holdersConfig = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether the holders of the asset are kept.'),
    limit: z.number().int().min(1_000).max(5_000_000).default(200_000).describe('Most addresses kept for a token on a chain; beyond that those with least are folded into one sum.'),
    everySeconds: z.number().min(1).max(86_400).default(60).describe('Least time of the chain between two messages of who holds it, seconds; large deposits and those of the issuer are told at once.'),
    atOnceShare: z.number().positive().max(1).default(0.001).describe('A deposit to an exchange of at least this share of the supply is told at once.'),
    dormantWeight: z.number().min(0).max(1).default(0.5).describe('Part of what has not moved for a year that does not count for the effective float.'),
    createdBlock: z.record(z.string(), z.number().int().nonnegative()).default({}).describe('Block in which the token was made, by chain: holdings are exact when following began at or before it.'),
    snapshots: z.boolean().optional().describe('Whether the token keeps snapshots of what everybody holds (ERC20Snapshot): each is read, a few addresses with every poll, and what transfers add up to is held against it. By default where a reserve is watched behind the token.'),
  })
  .readonly();
/** Who holds an asset, from its transfers. */
export type HoldersConfig = z.infer<typeof holdersConfig>;

const unlockConfig = z
  .strictObject({
    at: isoTime.describe('When units become free.'),
    units: z.number().positive().describe('How many.'),
    sellShare: z.number().min(0).max(1).default(0.5).describe('Share of them that is expected to be sold.'),
    what: z.string().min(1).max(64).default('unlock').describe('Whose or which they are, for people.'),
  })
  .readonly();

/** Units that were sold over the counter. */
const otcConfig = z
  .strictObject({
    to: z.string().trim().min(1).max(96).transform((name) => name.toLowerCase()).describe('Who bought: a label, as in fund:laser, or one of its addresses.'),
    units: z.number().positive().describe('How many.'),
    at: isoTime.describe('When it became known.'),
    price: z.number().positive().optional().describe('US dollars for one unit; held against the market of the moment.'),
    discount: z.number().min(0).lt(1).optional().describe('How far below the market it was, 0 to 1, where the price is not known.'),
  })
  .refine(({ price, discount }) => (price === undefined) !== (discount === undefined), 'give a price or a discount')
  .readonly();
/** Units that were sold over the counter. */
export type OtcConfig = z.infer<typeof otcConfig>;

/** New units by a rate of the supply, and among whom they are shared out. */
const emissionConfig = z
  .strictObject({
    startAt: isoTime.describe('When it begins.'),
    ratePerYear: z.number().positive().max(10).describe('New units a year as a share of the supply at its beginning, without compounding within a year; 0.05 is 5 %.'),
    everyDays: z.number().min(1).max(366).default(1).describe('How often they are handed out, days.'),
    split: z
      .array(z.strictObject({ to: z.string().min(1).max(48).describe('Who gets it.'), share: z.number().min(0).max(1).describe('Share of what is new.'), sellShare: z.number().min(0).max(1).default(0.5).describe('Share of it that is expected to be sold.') }).readonly())
      .min(1)
      .max(16)
      .readonly()
      .refine((parts) => Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9, 'shares must sum to 1')
      .describe('Who gets what is new.'),
  })
  .readonly();

/** One asset of the config's `assets:`. */
export const assetConfig = z
  .strictObject({
    float: z.number().positive().optional().describe('Units in circulation.'),
    unlockUnits: z.number().positive().optional().describe('Units that become free next; scenarios of the tail take a part of them for sold.'),
    otcUnits: z.number().positive().optional().describe('Units that were sold over the counter at a discount; a scenario of the tail brings them to market.'),
    tokens: z
      .array(
        z.strictObject({
          chain: z.string().describe('CAIP-2 id of the chain, e.g. eip155:1.'),
          address: z.string().optional().describe('Address of the token contract; on an Antelope chain <contract>:<SYMBOL>, e.g. eosio.token:EOS. Absent where native is true.'),
          decimals: z.number().int().min(0).max(36).describe('Decimals of the token.'),
          native: z.boolean().optional().describe('The asset is the coin of the EVM chain: what transactions themselves move is watched, not what contracts move inside of them.'),
          standard: z.enum(['erc20', 'erc721']).optional().describe('How the contract writes transfers; default erc20.'),
          from: isoTime.optional().describe('First moment at which the contract is the asset: earlier transfers are not counted.'),
          until: isoTime.optional().describe('First moment at which it no longer is, e.g. after a migration to another contract.'),
          multiplier: z.number().positive().optional().describe('Units of the asset in one token; 1 by default.'),
        }).readonly(),
      )
      .readonly()
      .default([])
      .describe('Token contracts whose transfers are watched.'),
    rescue: z.array(rescueConfig).max(16).readonly().default([]).describe('Capital that was declared to help when the price falls; it is told how much of it is there in time.'),
    reserve: reserveConfig.optional().describe('The reserve that the token can be redeemed from, where it has one.'),
    aliases: z.array(z.string()).readonly().default([]).describe('Other names of the same coin at venues.'),
    identities: z
      .array(
        z.strictObject({
          symbol: z.string().describe('Name of the coin at venues.'),
          from: isoTime.optional().describe('First moment of this name.'),
          until: isoTime.optional().describe('First moment after this name.'),
          multiplier: z.number().positive().optional().describe('Units of the asset in one coin of this name; 1 by default.'),
        }).readonly(),
      )
      .readonly()
      .default([])
      .describe('Names with dates, for coins that were renamed or redenominated.'),
    instruments: z
      .strictObject({
        include: z.array(z.string()).readonly().default([]).describe('Markets (bybit:linear:OMUSDT) that are this asset whatever their name; the way to watch what expires, and Hyperliquid\'s spot pairs (hyperliquid:spot:@107), whose coins anybody could name.'),
        exclude: z.array(z.string()).readonly().default([]).describe('Markets, market types (bybit:spot) or venues (bybit) where the name means another coin.'),
      })
      .readonly()
      .optional()
      .describe('Markets pinned or left out.'),
    issuers: z.array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a name of labels, as mantra in issuer:mantra')).max(16).readonly().default([]).describe('Names by which labels call its issuer, as mantra in issuer:mantra and treasury:mantra. With none, every issuer that no other asset names so counts as its own.'),
    holders: holdersConfig.prefault({}).describe('Who holds the asset, from its transfers.'),
    unlocks: z.array(unlockConfig).max(256).readonly().default([]).describe('Dates at which units become free.'),
    otc: z.array(otcConfig).max(256).readonly().default([]).describe('Units that were sold over the counter, and at what price.'),
    emission: emissionConfig.optional().describe('New units by a rate of the supply.'),
  })
  .readonly();
/** One asset of the config's `assets:`. */
export type AssetConfig = z.infer<typeof assetConfig>;

/** Timing and limits of collecting. */
export const collectConfig = z
  .strictObject({
    watermarkEveryMs: z.number().int().min(10).default(1_000).describe('How often a source promises that no earlier message follows, milliseconds.'),
    watermarkDelayMs: z.number().int().min(0).default(100).describe('How far behind the clock that promise is, milliseconds.'),
    deepEveryMs: z.number().int().min(1_000).default(15_000).describe('Time between deep snapshots of one book, milliseconds.'),
    pollEveryMs: z.number().int().min(1_000).default(10_000).describe('Time between polls of figures without a stream, milliseconds.'),
    refreshEveryMs: z.number().int().min(60_000).default(3_600_000).describe('Time between reads of the instrument lists, milliseconds.'),
    canaryEveryMs: z.number().int().min(3_600_000).default(86_400_000).describe('Time between checks of each venue’s addresses and answers against what is expected of them, milliseconds; the lists are compared at each read.'),
    maxFrameBytes: z.number().int().min(1_024).default(16_777_216).describe('Larger frames are rejected, bytes.'),
    shards: z.number().int().min(1).max(64).default(1).describe('Processes among which the venues are shared out, each with its number (`start --stage collect --shard`); chains are with number 0. With 1 the number 0 lets processes stand by for one another.'),
    maxLevels: z.number().int().min(100).default(20_000).describe('Most levels kept on a side of a book.'),
  })
  .readonly();
/** Timing and limits of collecting. */
export type CollectConfig = z.infer<typeof collectConfig>;

/** The collectors' part of the config file. */
export const collectorsShape = {
  venues: z.record(z.string().regex(/^[a-z0-9-]{1,32}$/), venueConfig).default({}).describe('Venues to collect.'),
  assets: z.record(z.string().regex(/^[A-Z0-9.]{1,32}$/), assetConfig).default({}).describe('Assets to watch, by id.'),
  collect: collectConfig.prefault({}).describe('Timing and limits of collecting.'),
} as const;
/** The collectors' part of the config file, as a schema of its own. */
export const collectorsConfig = z.strictObject(collectorsShape).readonly();
/** The collectors' part of the config file. */
export type CollectorsConfig = z.infer<typeof collectorsConfig>;

/** The registry's rules from the config's assets. */
export function assetRules(assets: Readonly<Record<string, AssetConfig>>): readonly AssetRule[] {
  return Object.entries(assets).map(([id, asset]): AssetRule => ({
    id: assetId(id),
    aliases: asset.aliases,
    identities: asset.identities.map((i) => ({
      symbol: i.symbol,
      ...(i.from === undefined ? {} : { from: epochMs(Date.parse(i.from)) }),
      ...(i.until === undefined ? {} : { until: epochMs(Date.parse(i.until)) }),
      ...(i.multiplier === undefined ? {} : { multiplier: i.multiplier }),
    })),
    include: asset.instruments?.include ?? [],
    exclude: asset.instruments?.exclude ?? [],
  }));
}
