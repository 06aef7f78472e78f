import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSigner, signingKeyOf, verifyHeartbeat, webhookProblem } from '@breakwater/alerting';
import { signedHeartbeat, type Severity, type WarningState } from '@breakwater/contracts';
import type { EpochMs, Rng } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { startTelegramServer, startWebhookReceiver, type TelegramServer, type WebhookReceiver } from '@breakwater/simulator';
import { loadSigningSeed } from '../signing-key.ts';

/** One delivery of a revision to a recipient, in the order in which it came. */
export interface Delivered {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly severity: string;
}

/** Where the receivers of a drill are, for the config of its daemon. */
export interface ReceiverPlaces {
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly telegramRoot: string;
  readonly telegramToken: string;
  readonly telegramChat: number;
}

/** What the receivers of a drill got. */
export interface ReceiverTally {
  /** Posts that were taken, how many were of warnings and of signs of life, and how many had a bad signature (none should). */
  readonly webhook: { readonly taken: number; readonly warnings: readonly Delivered[]; readonly heartbeats: number; readonly unverified: number; readonly attempts: number };
  readonly telegram: { readonly messages: readonly Pick<Delivered, 'id' | 'revision'>[]; readonly pictures: number; readonly limitsBroken: number; readonly calls: number };
}

/** The receivers of a drill, on loopback: an exchange's webhook and a community's Telegram chat. */
export interface DrillReceivers {
  readonly places: ReceiverPlaces;
  /** What they got so far; `keyPath` is where the daemon keeps the key that signs heartbeats. */
  tally(keyPath: string): ReceiverTally;
  /** From now on nothing fails. */
  heal(): void;
  /** Writes what they got: posts as they came into `webhook.jsonl`, what messages name into `telegram.jsonl`. */
  save(folder: string, keyPath: string): void;
  close(): Promise<void>;
}

/** A secret of the drill's own, of no worth outside it: 32 bytes in base64. */
export const webhookSecret = `whsec_${Buffer.from('breakwater drill: not a secret!!').toString('base64')}`;
const telegramToken = '4242:breakwater-drill-token-of-no-worth';
const telegramChat = 7_001;

/**
 * Starts the receivers. `failures` in [0, 1] is the share of requests that fail: errors, resets, lost answers and "too fast", drawn from the seed. `now` is market
 * time, by which limits are counted.
 */
export async function startReceivers(deps: { readonly rng: Rng; readonly failures: number; readonly now: () => EpochMs }): Promise<DrillReceivers> {
  const { rng, failures } = deps;
  const webhook = await startWebhookReceiver({
    rng: rng.fork('webhook'), faults: { errors: failures / 3, resets: failures / 6, lostAnswers: failures / 6, rateLimited: failures / 3, retryAfterSeconds: 2 },
  });
  const clock: Clock = { now: deps.now, after: () => () => undefined };
  const telegram = await startTelegramServer({
    clock, rng: rng.fork('telegram'), token: telegramToken, chats: [{ id: telegramChat, kind: 'private' }],
    faults: failures === 0 ? {} : { rateLimited: { probability: failures / 3, retryAfterSeconds: [1, 5] }, serverError: failures / 3, reset: failures / 6, lostAnswer: failures / 6 },
  });
  const tally = (keyPath: string): ReceiverTally => ({ webhook: webhookTally(webhook, keyPath), telegram: telegramTally(telegram) });
  return {
    places: { webhookUrl: webhook.url, webhookSecret, telegramRoot: telegram.root, telegramToken, telegramChat },
    tally,
    heal: () => {
      webhook.setFaults({ errors: 0, resets: 0, lostAnswers: 0, rateLimited: 0 });
      telegram.setFaults({});
    },
    save: (folder, keyPath) => {
      const got = tally(keyPath);
      const lines = (items: readonly unknown[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');
      writeFileSync(join(folder, 'webhook.jsonl'), lines(webhook.taken().map(({ headers, body }) => ({ headers, body }))));
      writeFileSync(join(folder, 'telegram.jsonl'), lines(got.telegram.messages));
    },
    close: async () => {
      await Promise.all([webhook.close(), telegram.close()]);
    },
  };
}

interface Posted {
  readonly type: string;
  readonly data: { readonly warningId: string; readonly revision: number; readonly state: WarningState; readonly severity: Severity; readonly signed?: unknown };
}

function webhookTally(receiver: WebhookReceiver, keyPath: string): ReceiverTally['webhook'] {
  const key = signingKeyOf(createSigner(loadSigningSeed(keyPath)));
  const taken = receiver.taken();
  const warnings: Delivered[] = [];
  let heartbeats = 0;
  let unverified = 0;
  for (const { headers, body } of taken) {
    // Time is the market's, so each is verified at the time it names.
    const at = epochMs(Number(headers['webhook-timestamp'] ?? 0) * 1_000);
    if (webhookProblem(webhookSecret, headers, body, at) !== undefined) unverified++;
    const delivered = deliveredIn(body);
    if (delivered !== undefined) {
      warnings.push(delivered);
      continue;
    }
    heartbeats++;
    const signed = signedHeartbeat.safeParse((JSON.parse(body) as Posted).data.signed);
    if (!signed.success || !verifyHeartbeat(signed.data, key)) unverified++;
  }
  return { taken: taken.length, warnings, heartbeats, unverified, attempts: receiver.requests.length };
}

/** The revision that a posted document is of; undefined for a sign of life. */
export function deliveredIn(body: string): Delivered | undefined {
  const { type, data } = JSON.parse(body) as Posted;
  return type === 'io.breakwater.warning.v1' ? { id: data.warningId, revision: data.revision, state: data.state, severity: data.severity } : undefined;
}

function telegramTally(server: TelegramServer): ReceiverTally['telegram'] {
  const taken = server.messages();
  return {
    messages: taken.map(({ text }) => {
      const [, id = '', revision = '1'] = /(BW-[A-Z0-9.]+-\d{8}-[0-9a-f]{8})(?:#(\d+))?/.exec(text) ?? [];
      return { id, revision: Number(revision) };
    }),
    pictures: taken.filter(({ pictureBytes }) => pictureBytes > 0).length,
    limitsBroken: Object.values(server.violations()).reduce((sum, n) => sum + n, 0),
    calls: Object.values(server.calls()).reduce((sum, n) => sum + n, 0),
  };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
