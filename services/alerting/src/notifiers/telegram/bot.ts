import type { AssetId } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { CounterMetric, GaugeMetric, Metrics } from '@breakwater/platform/metrics';
import type { TelegramApi } from './api.ts';
import type { ChatMemories } from './chat-memory.ts';
import type { Pace } from './pace.ts';
import type { Pictures } from './pictures.ts';

/** What every chat of the bot shares. */
export interface Bot {
  readonly api: TelegramApi;
  readonly pace: Pace;
  readonly chats: ChatMemories;
  readonly pictures: Pictures;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: BotMetrics;
  /** Assets that are watched. */
  readonly assets: readonly AssetId[];
  /** Whether commands are answered, and so named in messages. */
  readonly commands: boolean;
}

/** What the bot counts. */
export interface BotMetrics {
  readonly sent: CounterMetric<'chat' | 'form'>;
  readonly muted: CounterMetric<'chat'>;
  readonly refused: CounterMetric<'chat' | 'kind'>;
  readonly pictureFailures: CounterMetric<never>;
  readonly commands: CounterMetric<'command' | 'outcome'>;
  readonly tokenRefused: GaugeMetric<never>;
}

/** Registers the bot's metrics. Call once for a registry. */
export function createBotMetrics(metrics: Metrics): BotMetrics {
  const made: BotMetrics = {
    sent: metrics.counter('breakwater_telegram_sent_total', 'Warnings that Telegram took, by chat and form: photo, text, or plain (without markup, after a refusal)', ['chat', 'form']),
    muted: metrics.counter('breakwater_telegram_muted_total', 'Revisions not sent because their asset is muted in the chat; they count as delivered', ['chat']),
    refused: metrics.counter('breakwater_telegram_refused_total', 'Warnings that Telegram did not take, by chat and kind of refusal', ['chat', 'kind']),
    pictureFailures: metrics.counter('breakwater_telegram_picture_failures_total', 'Pictures that could not be made or were too large: the text went without'),
    commands: metrics.counter('breakwater_telegram_commands_total', 'Commands, by what came of them', ['command', 'outcome']),
    tokenRefused: metrics.gauge('breakwater_telegram_token_refused', '1 while Telegram refuses the token of the bot, so that nothing can be sent'),
  };
  made.tokenRefused.set({}, 0);
  return made;
}
