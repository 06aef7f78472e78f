import {
  createFileNotifier, createTelegram, createTerminalNotifier, createWebhookNotifier, openNodeAppendFile, type Notifier, type Telegram,
} from '@breakwater/alerting';
import type { LiveView } from '@breakwater/alerting/api';
import { createGrammyApi } from '@breakwater/alerting/telegram';
import type { WarningMessage } from '@breakwater/contracts';
import { assetId, type Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Lifecycle } from '@breakwater/platform/lifecycle';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Outgoing } from '@breakwater/platform/network/outgoing';
import type { Journal } from '@breakwater/platform/store';
import type { Recipients } from './adapters.ts';
import type { Config } from './config.ts';

/** What recipients are made of. */
export interface RecipientDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly journal: Journal;
  readonly outgoing: Outgoing;
  readonly lifecycle: Lifecycle;
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

/** Everyone the config names: terminal, file, webhooks, Telegram chats. */
export function recipientsOf(deps: RecipientDeps, view: LiveView): Recipients {
  const { terminal, file, webhooks } = deps.config.alerting.notifiers;
  const notifiers: Notifier[] = [];
  if (terminal.enabled) {
    notifiers.push(deps.json
      ? { name: 'terminal', deliver: async (entry) => deps.write(`${JSON.stringify(entry.warning)}\n`) }
      : createTerminalNotifier({ write: deps.write, colour: deps.colour, details: true }));
  }
  if (file !== undefined) {
    const notifier = createFileNotifier({ path: file.path, open: openNodeAppendFile });
    deps.lifecycle.onClose('file notifier', () => notifier.close());
    notifiers.push(notifier);
  }
  for (const [name, config] of Object.entries(webhooks)) notifiers.push(createWebhookNotifier({ name, config, outgoing: deps.outgoing, clock: deps.clock }));
  const telegram = telegramOf(deps, view);
  if (telegram !== undefined) notifiers.push(...telegram.notifiers);
  return { notifiers, run: (signal) => telegram?.run(signal) ?? Promise.resolve() };
}

function telegramOf(deps: RecipientDeps, view: LiveView): Telegram | undefined {
  const config = deps.config.alerting.notifiers.telegram;
  if (config === undefined) return undefined;
  const { journal, clock, log, metrics } = deps;
  return createTelegram({
    config, api: createGrammyApi({ token: config.token, apiRoot: config.apiRoot }), journal, clock, rng: deps.rng.fork('telegram'), log: log.with({ stage: 'telegram' }), metrics,
    assets: Object.keys(deps.config.assets).map(assetId), picture: deps.picture,
    sources: { status: () => view.heartbeat(), warning: (id) => journal.warning(id) },
  });
}
