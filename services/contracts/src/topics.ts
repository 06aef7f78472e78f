/**
 * THE MAP OF THE SYSTEM. Everything that flows between the stages flows through one of these topics:
 *
 *   collect --assets--> score --scores--> alert --warnings, heartbeats--> console, API
 *        \---global---->/
 *
 * `assets` is one ordered log per asset: every message about it, from every venue and chain, under the asset's id; positions of accounts among them, where a venue shows them; who holds it, the reserve behind it, and who makes the blocks of its chain where they are elected.
 * `global` is for everybody: health of feeds, rates of quote currencies, watermarks. Where `assets` is spread over several logs, each of them also has every message of `global`, after what its
 * process had published before it: so one log is all that a scoring worker needs for the assets in it.
 * `scores` is what scoring says of an asset at an event time, `snapshots` now and then the market it said it of. `warnings` has every revision of every warning, `heartbeats` the signs of life between them.
 *
 * In one process a topic is a queue; between processes it is a log that several readers share, and the table below also says how that log is laid out.
 */
import type { z } from 'zod';
import type { HoldersMessage, LabelReviewMessage } from './messages/holders.ts';
import { holdersMessage, labelReviewMessage } from './messages/holders.ts';
import type { HeartbeatMessage } from './messages/heartbeat.ts';
import { heartbeatMessage } from './messages/heartbeat.ts';
import type { CrossRateMessage, FeedHealthMessage, RateMessage, WatermarkMessage } from './messages/global.ts';
import { crossRateMessage, feedHealthMessage, rateMessage, watermarkMessage } from './messages/global.ts';
import type { AccountPositionMessage, BookMessage, DeepBookMessage, InstrumentMessage, LiquidationMessage, TickDueMessage, TickerMessage, TradeMessage, TransferMessage } from './messages/market.ts';
import { accountPositionMessage, bookMessage, deepBookMessage, instrumentMessage, liquidationMessage, tickDueMessage, tickerMessage, tradeMessage, transferMessage } from './messages/market.ts';
import type { ProducersMessage } from './messages/producers.ts';
import { producersMessage } from './messages/producers.ts';
import type { ReserveEventMessage, ReserveMessage } from './messages/reserve.ts';
import { reserveEventMessage, reserveMessage } from './messages/reserve.ts';
import type { ScoreMessage } from './messages/score.ts';
import { scoreMessage } from './messages/score.ts';
import type { SnapshotMessage } from './messages/snapshot.ts';
import { snapshotMessage } from './messages/snapshot.ts';
import type { WarningMessage } from './messages/warning.ts';
import { warningMessage } from './messages/warning.ts';

/** A message about one asset. */
export type AssetMessage = InstrumentMessage | BookMessage | DeepBookMessage | TradeMessage | TickerMessage | LiquidationMessage | AccountPositionMessage | TransferMessage | HoldersMessage | LabelReviewMessage | ReserveMessage | ReserveEventMessage | ProducersMessage | TickDueMessage;
/** A message that every scoring worker reads. */
export type GlobalMessage = FeedHealthMessage | RateMessage | CrossRateMessage | WatermarkMessage;

/** What each topic carries. */
export interface TopicMessages {
  readonly assets: AssetMessage;
  readonly global: GlobalMessage;
  readonly scores: ScoreMessage;
  readonly snapshots: SnapshotMessage;
  readonly warnings: WarningMessage;
  readonly heartbeats: HeartbeatMessage;
}
/** The name of a topic. */
export type Topic = keyof TopicMessages;
/** Any message of any topic. */
export type Message = TopicMessages[Topic];

/** How a topic is laid out as a log. */
export interface TopicTerms {
  /** The field that orders it. Messages of one key keep their order; across keys there is none. */
  readonly key: 'asset' | 'source';
  /** Logs it is spread over, and so the most readers that can share it: 24 is divided evenly by 2, 3, 4, 6, 8 and 12 (design assumption). Of 1 the whole topic is in one order. */
  readonly partitions: number;
  /** How long it is kept, hours; `latest`: the last message of each key for good, those before it for a while (compaction). */
  readonly keep: number | 'latest';
  /** Schemas of what it carries, told apart by `kind`. */
  readonly carries: readonly z.ZodType<Message>[];
}

/** A replay after a long outage of scoring reads this far back (design assumption). */
const REPLAY_HOURS = 6;
/** Warnings are few, and asked for long after. */
const QUARTER_HOURS = 24 * 92;

/** Every topic: what orders it, how it is laid out and kept, and the schemas of what it carries. */
export const topics = {
  assets: { key: 'asset', partitions: 24, keep: REPLAY_HOURS, carries: [instrumentMessage, bookMessage, deepBookMessage, tradeMessage, tickerMessage, liquidationMessage, accountPositionMessage, transferMessage, holdersMessage, labelReviewMessage, reserveMessage, reserveEventMessage, producersMessage, tickDueMessage] },
  global: { key: 'source', partitions: 1, keep: REPLAY_HOURS, carries: [feedHealthMessage, rateMessage, crossRateMessage, watermarkMessage] },
  scores: { key: 'asset', partitions: 24, keep: REPLAY_HOURS, carries: [scoreMessage] },
  snapshots: { key: 'asset', partitions: 24, keep: 'latest', carries: [snapshotMessage] },
  warnings: { key: 'asset', partitions: 1, keep: QUARTER_HOURS, carries: [warningMessage] },
  heartbeats: { key: 'source', partitions: 1, keep: 'latest', carries: [heartbeatMessage] },
} as const satisfies Readonly<Record<Topic, TopicTerms>>;

/** The key of a message on its topic. */
export function keyOf<T extends Topic>(topic: T, message: TopicMessages[T]): string {
  return topic === 'global' || !('asset' in message) || message.asset === undefined ? message.source : message.asset;
}
