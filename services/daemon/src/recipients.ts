import {
  createFileNotifier, createTelegram, createTerminalNotifier, createWebhookNotifier, openNodeAppendFile, type Notifier, type Telegram,
} from '@breakwater/alerting';
import type { LiveView } from '@breakwater/alerting/api';
import { createGrammyApi } from '@breakwater/alerting/telegram';
import type { WarningMessage } from '@breakwater/contracts';
import { assetId, defined, type AssetId, type Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import { registeredOnce, type Metrics } from '@breakwater/platform/metrics';
import type { Outgoing } from '@breakwater/platform/network/outgoing';
import type { Journal } from '@breakwater/platform/store';
import type { Recipients } from './adapters.ts';
import type { Config } from './config.ts';
import { print } from './print-settings.ts';

/** What recipients are made of. */
export interface RecipientDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly journal: Journal;
  readonly outgoing: Outgoing;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where the terminal notifier writes. */
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** One JSON document a warning on the terminal instead of lines for people. */
  readonly json: boolean;
  /** Draws the picture of a warning. */
  readonly picture: (warning: WarningMessage) => Uint8Array | undefined;
}

/** What makes each recipient of a config what it is, by the name under which the outbox knows it: two that print alike are the same. */
export function recipientSettings(config: Config): Readonly<Record<string, unknown>> {
  const { terminal, file, webhooks, telegram } = config.alerting.notifiers;
  return {
    ...(terminal.enabled ? { terminal } : {}), ...(file === undefined ? {} : { file }),
    ...Object.fromEntries(Object.entries(webhooks).map(([name, webhook]) => [`webhook:${name}`, webhook])),
    // The chats of a bot share its settings, and each other's limits.
    ...Object.fromEntries((telegram?.chats ?? []).map((chat) => [`telegram:${String(chat)}`, { ...telegram, chats: undefined }])),
  };
}

/** A recipient that is held as long as its settings are the same. */
interface Held {
  readonly settings: string;
  readonly notifier: Notifier;
  readonly close?: () => Promise<void>;
}
/** The bot, with its chats. */
interface HeldBot {
  readonly settings: string;
  readonly telegram: Telegram;
}

/** Everyone the config names: terminal, file, webhooks, Telegram chats. */
export function recipientsOf(deps: RecipientDeps, view: LiveView): Recipients {
  /** Changed in place: the bot reads it. */
  const assets: AssetId[] = [];
  let held = new Map<string, Held>();
  /** The bot that warnings go to. */
  let bot: HeldBot | undefined;
  /** The one that reads its chats: later, when what the one before had begun to send is recorded. */
  let listening: HeldBot | undefined;
  // A bot is made anew by every reload that changes it.
  const metrics = registeredOnce(deps.metrics);
  let onBot = (): void => undefined;

  const makeOne = (name: string, config: Config): Omit<Held, 'settings'> => {
    const { file, webhooks } = config.alerting.notifiers;
    if (name === 'terminal') {
      return { notifier: deps.json ? { name, deliver: async (entry) => deps.write(`${JSON.stringify(entry.warning)}\n`) } : createTerminalNotifier({ write: deps.write, colour: deps.colour, details: true }) };
    }
    if (name === 'file') {
      const notifier = createFileNotifier({ path: defined(file, 'the file of the file notifier').path, open: openNodeAppendFile });
      return { notifier, close: () => notifier.close() };
    }
    const webhook = name.slice('webhook:'.length);
    return { notifier: createWebhookNotifier({ name: webhook, config: defined(webhooks[webhook], 'the webhook of a recipient'), outgoing: deps.outgoing, clock: deps.clock }) };
  };
  const makeBot = (config: Config): HeldBot | undefined => {
    const settings = print(config.alerting.notifiers.telegram);
    if (settings === bot?.settings) return bot;
    const telegram = telegramOf({ ...deps, metrics }, config, view, assets);
    return telegram === undefined ? undefined : { settings, telegram };
  };
  const follow: Recipients['follow'] = (config) => {
    const nextBot = makeBot(config);
    const next = new Map<string, Held>();
    for (const [name, of] of Object.entries(recipientSettings(config))) {
      if (name.startsWith('telegram:')) continue;
      const settings = print(of);
      const before = held.get(name);
      next.set(name, before?.settings === settings ? before : { settings, ...makeOne(name, config) });
    }
    const gone = [...held.values()].filter((one) => next.get(one.notifier.name) !== one);
    assets.splice(0, assets.length, ...Object.keys(config.assets).map(assetId));
    held = next;
    bot = nextBot;
    const notifiers = [...[...held.values()].map((one) => one.notifier), ...(nextBot?.telegram.notifiers ?? [])];
    return {
      notifiers,
      retire: async () => {
        if (listening !== nextBot) {
          listening = nextBot;
          onBot();
        }
        await closeAll(gone);
      },
    };
  };
  const { notifiers } = follow(deps.config);
  listening = bot;
  return {
    notifiers, follow, close: () => closeAll([...held.values()]),
    run: async (signal) => {
      // The bot is one reader of its chats: the next one begins when the one before has ended.
      while (!signal.aborted) {
        const changed = new AbortController();
        onBot = () => changed.abort();
        const until = AbortSignal.any([signal, changed.signal]);
        await listening?.telegram.run(until);
        if (!until.aborted) await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
      }
    },
  };
}

async function closeAll(recipients: readonly Held[]): Promise<void> {
  for (const { close } of recipients) await close?.();
}

function telegramOf(deps: RecipientDeps, { alerting }: Config, view: LiveView, assets: readonly AssetId[]): Telegram | undefined {
  const config = alerting.notifiers.telegram;
  if (config === undefined) return undefined;
  const { journal, clock, log, metrics } = deps;
  return createTelegram({
    config, api: createGrammyApi({ token: config.token, apiRoot: config.apiRoot }), journal, clock, rng: deps.rng.fork('telegram'), log: log.with({ stage: 'telegram' }), metrics, assets, picture: deps.picture,
    sources: { status: () => view.heartbeat(), warning: (id) => journal.warning(id) },
  });
}
