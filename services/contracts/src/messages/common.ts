import type { AssetId, ChainId, CurrencyCode, EpochMs, InstrumentId, Price, Qty, Ratio, SourceId, Usd, UsdRate, VenueId, WarningId } from '@breakwater/models/core';
import { isPrice } from '@breakwater/models/core';
import { z } from 'zod';

/** A schema for a branded type: `inner` states the rule that the brand's constructor enforces. */
function branded<T>(inner: z.ZodType): z.ZodType<T> {
  return inner as z.ZodType<T>;
}

/** Schemas of the branded units and ids, for decoding what arrives from outside the process. */
export const unit = {
  price: branded<Price>(z.number().refine(isPrice, 'a price is finite and > 0')),
  qty: branded<Qty>(z.number().nonnegative()),
  usd: branded<Usd>(z.number()),
  usdRate: branded<UsdRate>(z.number().positive()),
  ratio: branded<Ratio>(z.number()),
  epochMs: branded<EpochMs>(z.number().nonnegative()),
  asset: branded<AssetId>(z.string().regex(/^[A-Z0-9.]{1,32}$/)),
  venue: branded<VenueId>(z.string().regex(/^[a-z0-9-]{1,32}$/)),
  instrument: branded<InstrumentId>(z.string().min(3).max(128)),
  chain: branded<ChainId>(z.string().min(3).max(64)),
  currency: branded<CurrencyCode>(z.string().min(1).max(32)),
  source: branded<SourceId>(z.string().min(1).max(96)),
  warningId: branded<WarningId>(z.string().regex(/^BW-[A-Z0-9.]+-\d{8}-[0-9a-f]{8}$/)),
};

/** The status of an input: read directly, inferred by a model, too old, or absent. Worst last. */
export const inputStatus = z.enum(['exact', 'inferred', 'stale', 'missing']);
/** The status of an input: read directly, inferred by a model, too old, or absent. Worst last. */
export type InputStatus = z.infer<typeof inputStatus>;

/** Fields that every message has. Order within a source is `seq`; order across sources is (`eventTime`, `source`, `seq`). */
export const stamp = {
  /** What published it: `<venue>:<market type>`, a chain id, or a stage. */
  source: unit.source,
  /** Counts up by one for every message of a source since the source started; orders messages of one event time. */
  seq: z.number().int().nonnegative(),
  /** When it happened, by the clock of the venue or chain. */
  eventTime: unit.epochMs,
  /** When it reached us, by our clock. Never part of a comparison between runs. */
  receivedAt: unit.epochMs,
} as const;

/** Fields of every message about one market of an asset. */
export const marketStamp = { ...stamp, asset: unit.asset, instrument: unit.instrument } as const;

/** Of transfers that a figure rests on, the one that is least settled: where its block stands, and how likely the chain undoes it by the law of its class, which knows of no stalled finality, 0 to 1. Absent where all are final, or no law is known that would undo them. */
export const unsettled = z.object({ state: z.enum(['included', 'safe']), undone: unit.ratio }).readonly();
/** Of transfers that a figure rests on, the one that is least settled. */
export type Unsettled = z.infer<typeof unsettled>;

/** A figure with its 5-95 % band and the worst status among the inputs it rests on. `low <= value <= high`. */
function estimateOf<T>(inner: z.ZodType<T>) {
  return z.object({ value: inner, low: inner, high: inner, status: inputStatus }).readonly();
}
/** An amount in US dollars with its band. */
export const usdEstimate = estimateOf(unit.usd);
/** An amount in US dollars with its band. */
export type UsdEstimate = z.infer<typeof usdEstimate>;
/** A price in US dollars with its band. */
export const priceEstimate = estimateOf(unit.price);
/** A price in US dollars with its band. */
export type PriceEstimate = z.infer<typeof priceEstimate>;
/** A ratio with its band. */
export const ratioEstimate = estimateOf(unit.ratio);
/** A ratio with its band. */
export type RatioEstimate = z.infer<typeof ratioEstimate>;

/** One input of a score and how far it can be trusted. `ageMs` is the age at the score's event time; absent when there is no reading. */
export const inputReading = z
  .object({ name: z.string(), status: inputStatus, ageMs: z.number().nonnegative().optional(), detail: z.string().optional() })
  .readonly();
/** One input of a score and how far it can be trusted. */
export type InputReading = z.infer<typeof inputReading>;
