/**
 * THE MAP OF THE SYSTEM. Everything that flows between the stages flows through one of these topics:
 *
 *   collect --assets--> score --scores--> alert --warnings, heartbeats--> console, API
 *        \---global---->/
 *
 * `assets` is one ordered log per asset: every message about it, from every venue and chain, under the asset's id.
 * `global` is read by every scoring worker: health of feeds, rates of quote currencies, watermarks.
 * `scores` is what scoring says of an asset at an event time, `snapshots` now and then the market it said it of. `warnings` has every revision of every warning, `heartbeats` the signs of life between them.
 */
import type { HeartbeatMessage } from './messages/heartbeat.ts';
import { heartbeatMessage } from './messages/heartbeat.ts';
import type { CrossRateMessage, FeedHealthMessage, RateMessage, WatermarkMessage } from './messages/global.ts';
import { crossRateMessage, feedHealthMessage, rateMessage, watermarkMessage } from './messages/global.ts';
import type { BookMessage, DeepBookMessage, InstrumentMessage, LiquidationMessage, TickerMessage, TradeMessage, TransferMessage } from './messages/market.ts';
import { bookMessage, deepBookMessage, instrumentMessage, liquidationMessage, tickerMessage, tradeMessage, transferMessage } from './messages/market.ts';
import type { ScoreMessage } from './messages/score.ts';
import { scoreMessage } from './messages/score.ts';
import type { SnapshotMessage } from './messages/snapshot.ts';
import { snapshotMessage } from './messages/snapshot.ts';
import type { WarningMessage } from './messages/warning.ts';
import { warningMessage } from './messages/warning.ts';

/** A message about one asset. */
export type AssetMessage = InstrumentMessage | BookMessage | DeepBookMessage | TradeMessage | TickerMessage | LiquidationMessage | TransferMessage;
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

/** The key that orders a topic, and the schemas of what it carries. Messages of one key keep their order; across keys there is none. */
export const topics = {
  assets: { key: 'asset', carries: [instrumentMessage, bookMessage, deepBookMessage, tradeMessage, tickerMessage, liquidationMessage, transferMessage] },
  global: { key: 'source', carries: [feedHealthMessage, rateMessage, crossRateMessage, watermarkMessage] },
  scores: { key: 'asset', carries: [scoreMessage] },
  snapshots: { key: 'asset', carries: [snapshotMessage] },
  warnings: { key: 'asset', carries: [warningMessage] },
  heartbeats: { key: 'source', carries: [heartbeatMessage] },
} as const;

/** The key of a message on its topic. */
export function keyOf<T extends Topic>(topic: T, message: TopicMessages[T]): string {
  return topic === 'global' || !('asset' in message) || message.asset === undefined ? message.source : message.asset;
}
