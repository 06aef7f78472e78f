import { botCommandNames, phrasesOf } from '@breakwater/contracts';
import type { AssetId, Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Journal } from '@breakwater/platform/store';
import { supervise } from '@breakwater/platform/supervise';
import type { Notifier } from '../notifier.ts';
import type { Sources } from './answers.ts';
import { createAnswering } from './answering.ts';
import type { TelegramApi } from './api.ts';
import type { Bot } from './bot.ts';
import { createBotMetrics } from './bot.ts';
import { createChatMemories } from './chat-memory.ts';
import { createChatNotifier } from './chat-notifier.ts';
import type { TelegramConfig } from './config.ts';
import { createPace } from './pace.ts';
import type { Picture } from './pictures.ts';
import { createPictures } from './pictures.ts';
import { identify, readUpdates } from './updates.ts';

/** What the Telegram bot needs. */
export interface TelegramDeps {
  readonly config: Omit<TelegramConfig, 'token' | 'apiRoot'>;
  /** The Bot API: `createGrammyApi` of `@breakwater/alerting/telegram` with the token and the root of the config; an entry point of its own, so that only a bot loads grammY. */
  readonly api: TelegramApi;
  /** Remembers messages, mutes and how far commands were read. */
  readonly journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Assets that are watched: only those can be muted. */
  readonly assets: readonly AssetId[];
  /** What answers to commands are made of. */
  readonly sources: Sources;
  /** Draws the picture of a warning; without it warnings are texts. */
  readonly picture?: Picture;
}

/** The Telegram bot. */
export interface Telegram {
  /** One a chat, `telegram:<chat>`. */
  readonly notifiers: readonly Notifier[];
  /** Reads and answers commands until `signal` aborts, then resolves; at once where the config wants none. Rejects with our own bugs. Warnings do not need it. */
  run(signal: AbortSignal): Promise<void>;
}

/** Waits between tries to read commands, milliseconds. [A] */
const backoff = { baseMs: 1_000, maxMs: 60_000 } as const;

/** Makes the bot: a notifier a chat, all under one bot's limits, and the commands. */
export function createTelegram(deps: TelegramDeps): Telegram {
  const { config, log, clock } = deps;
  const chats = [...new Set(config.chats.map(String))];
  const metrics = createBotMetrics(deps.metrics);
  const draw = config.pictures ? deps.picture : undefined;
  const pace = createPace();
  const bot: Bot = {
    api: deps.api, clock, log, metrics, pace, assets: deps.assets, commands: config.commands,
    chats: createChatMemories({ journal: deps.journal, log, onRead: (chat, memory) => pace.restore(memory.migratedTo ?? chat, memory.recent) }),
    pictures: createPictures({ draw, log, onFailure: () => metrics.pictureFailures.inc({}) }),
  };

  const listen = async (signal: AbortSignal, onBug: (error: unknown) => void): Promise<void> => {
    const answering = createAnswering({ bot, sources: deps.sources, muteHours: config.muteHours }, chats, signal, onBug);
    await supervise({ name: 'telegram commands', clock, rng: deps.rng, log, signal, backoff }, async () => {
      for (const chat of chats) await bot.chats.read(chat);
      const identity = await identify(deps.api, signal);
      await setMenu(bot, signal);
      await readUpdates({ api: deps.api, journal: deps.journal, clock, reader: answering }, identity, signal);
    });
    await answering.settled();
  };
  return {
    notifiers: chats.map((chat) => createChatNotifier(bot, chat)),
    run: (signal) => (config.commands ? new Promise((resolve, reject) => void listen(signal, reject).then(resolve, reject)) : Promise.resolve()),
  };
}

/** Sets the bot's menu. Without it the commands work all the same. */
async function setMenu(bot: Bot, signal: AbortSignal): Promise<void> {
  const { menu } = phrasesOf('en').commands;
  const answer = await bot.api.setCommands(botCommandNames.map((command) => ({ command, description: menu[command] })), signal);
  if (!answer.ok) bot.log.warn('the menu of the bot was not set', { error: answer.error.why });
}
