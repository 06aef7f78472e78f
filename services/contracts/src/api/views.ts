import { z } from 'zod';
import { feedChannel, feedStatus } from '../messages/global.ts';
import { inputStatus, priceEstimate, ratioEstimate, unit, usdEstimate } from '../messages/common.ts';
import { heartbeatMessage } from '../messages/heartbeat.ts';
import { depositReading, scoreMessage } from '../messages/score.ts';
import { severity, warningMessage } from '../messages/warning.ts';

/** One asset in a list, from its last score. */
export const assetSummary = z
  .object({
    asset: unit.asset,
    /** `waiting`: no score yet. `stale`: the last score is older than it may be, or its books are. */
    state: z.enum(['waiting', 'live', 'stale']),
    /** Event time of the last score. */
    time: unit.epochMs.nullable(),
    price: priceEstimate.nullable(),
    /** Move of the price over the last hour as a ratio: -0.031 is a fall of 3.1 %. */
    moveHour: unit.ratio.nullable(),
    ignitionUsd: usdEstimate.nullable(), landingPrice: priceEstimate.nullable(), amplification: ratioEstimate.nullable(),
    /** What could plausibly be sold within the next hour, US dollars: deposits to exchanges of the last day, at least 1 % of open interest [A]. */
    plausibleSaleUsd: unit.usd.nullable(),
    /** Ignition threshold over the plausible sale: the smaller, the nearer; assets are sorted by it. Null where either is not known. */
    margin: unit.ratio.nullable(),
    /** Worst status among the inputs. */
    status: inputStatus,
    openWarnings: z.number().int(), worst: severity.nullable(),
  })
  .readonly();
export type AssetSummary = z.infer<typeof assetSummary>;

/** Every asset, the smallest margin first. */
export const assetList = z.array(assetSummary).readonly();
export type AssetList = z.infer<typeof assetList>;

/** One asset whole: its summary and the score it comes from. */
export const assetDetail = z.object({ summary: assetSummary, score: scoreMessage.nullable() }).readonly();
export type AssetDetail = z.infer<typeof assetDetail>;

/** One moment of a timeline. Null where there was no figure. */
export const timelinePoint = z
  .object({ time: unit.epochMs, price: unit.price.nullable(), ignitionUsd: unit.usd.nullable(), ignitionLowUsd: unit.usd.nullable(), ignitionHighUsd: unit.usd.nullable() })
  .readonly();
export type TimelinePoint = z.infer<typeof timelinePoint>;

/** What happened to an asset over a window: figures (thinned, with every extreme kept), warnings (every revision, without response curves) and large transfers. */
export const assetTimeline = z
  .object({
    asset: unit.asset, from: unit.epochMs, to: unit.epochMs,
    points: z.array(timelinePoint).readonly(), warnings: z.array(warningMessage).readonly(), transfers: z.array(depositReading).readonly(),
  })
  .readonly();
export type AssetTimeline = z.infer<typeof assetTimeline>;

/** A page of warnings. */
export const warningPage = z
  .object({
    /** Latest revision of each warning, newest onset first, without response curves: the history of a warning has those. */
    warnings: z.array(warningMessage).readonly(),
    /** Give it as `before` for the next page; null at the end. */
    next: z.string().nullable(),
  })
  .readonly();
export type WarningPage = z.infer<typeof warningPage>;

/** Every revision of one warning, oldest first. */
export const warningHistory = z.object({ id: unit.warningId, revisions: z.array(warningMessage).readonly() }).readonly();
export type WarningHistory = z.infer<typeof warningHistory>;

/** How one part of a feed is: a source (`binance:usdm`, `eip155:1`), or one of its channels or instruments that is out. */
export const feedState = z
  .object({
    source: unit.source,
    /** `waiting`: nothing has come since the start. */
    status: z.union([feedStatus, z.literal('waiting')]),
    /** Event time of its last watermark: everything up to there has been read. */
    through: unit.epochMs.nullable(),
    /** What of it is out now. Empty when all is well. */
    incidents: z
      .array(z.object({ channel: feedChannel, status: feedStatus, reason: z.string(), instrument: unit.instrument.optional(), asset: unit.asset.optional(), since: unit.epochMs, detail: z.string().optional() }).readonly())
      .readonly(),
  })
  .readonly();
export type FeedState = z.infer<typeof feedState>;

/** How a database of series that may be away is. Warnings do not depend on it. */
export const seriesStatus = z
  .object({
    /** `away`: points wait on the disk. `no-space`: nor can they be written there, and the newest wait in memory. */
    state: z.enum(['delivering', 'away', 'no-space']),
    /** Points that wait, on the disk and in memory. */
    waiting: z.number().int().nonnegative(),
    waitingInMemory: z.number().int().nonnegative(),
    /** Points lost since the start, over the bound of the disk or of memory. */
    dropped: z.number().int().nonnegative(),
  })
  .readonly();
export type SeriesStatus = z.infer<typeof seriesStatus>;

/** What the daemon says of itself. */
export const daemonStatus = z
  .object({
    version: z.string(),
    /** Changes with every start of the daemon. */
    instance: z.string(),
    /** `simulated` in a drill: time then moves in steps and is not that of the reader's clock. */
    clock: z.enum(['system', 'simulated']),
    now: unit.epochMs, startedAt: unit.epochMs, horizonSeconds: z.number(),
    heartbeat: heartbeatMessage.nullable(),
    feeds: z.array(feedState).readonly(),
    /** Absent where series are in the store itself. */
    series: seriesStatus.optional(),
    /** Whether the reader may acknowledge warnings. */
    mayWrite: z.boolean(),
  })
  .readonly();
export type DaemonStatus = z.infer<typeof daemonStatus>;

/** That the process is alive and answers. */
export const liveness = z.object({ status: z.literal('ok') }).readonly();
export type Liveness = z.infer<typeof liveness>;

/** That the daemon does its work: at least one asset has a current score. What is missing is in the counts; otherwise the answer is the problem `not-ready`. */
export const readiness = z
  .object({
    status: z.literal('ready'),
    assets: z.object({ live: z.number().int(), total: z.number().int() }).readonly(),
    feeds: z.object({ ok: z.number().int(), total: z.number().int() }).readonly(),
    chains: z.object({ ok: z.number().int(), total: z.number().int() }).readonly(),
  })
  .readonly();
export type Readiness = z.infer<typeof readiness>;

/** An error as every route answers it: `code` from a closed table, what happened and why, what to do. */
export const apiProblem = z.object({ code: z.string(), message: z.string(), todo: z.string() }).readonly();
export type ApiProblem = z.infer<typeof apiProblem>;

/** What the live stream carries, as the `data` of a server-sent event whose name is `kind`. */
export const streamEvent = z.discriminatedUnion('kind', [
  /** First on every connection, and again when the state as a whole changed. */
  z.object({ kind: z.literal('status'), status: daemonStatus }),
  /** Assets whose summary changed; at most four times a second. `now` is the daemon's time. */
  z.object({ kind: z.literal('assets'), now: unit.epochMs, assets: z.array(assetSummary).readonly() }),
  /** The asset the connection asked for changed. */
  z.object({ kind: z.literal('asset'), now: unit.epochMs, detail: assetDetail }),
  /** A revision of a warning was committed; the event's id is the cursor of the feed. Without its response curve. */
  z.object({ kind: z.literal('warning'), now: unit.epochMs, warning: warningMessage }),
  z.object({ kind: z.literal('feeds'), now: unit.epochMs, feeds: z.array(feedState).readonly() }),
  z.object({ kind: z.literal('heartbeat'), now: unit.epochMs, heartbeat: heartbeatMessage }),
]);
export type StreamEvent = z.infer<typeof streamEvent>;
