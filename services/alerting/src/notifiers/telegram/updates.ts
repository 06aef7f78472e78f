import type { EpochMs, Result } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Journal } from '@breakwater/platform/store';
import type { BotIdentity, IncomingMessage, IncomingUpdate, TelegramApi } from './api.ts';
import type { Refusal } from './refusal.ts';
import { loadUpdates, saveUpdates } from './saved-chat.ts';

/** Who reads messages to the bot. */
export interface UpdateReader {
  /** Whether a message is for the bot: a command from a chat of the config, or news about such a chat. Counts what is left out. Such a message must not be taken twice. */
  wants(message: IncomingMessage, bot: BotIdentity): boolean;
  /** Acts on it in its turn; called after it is stored that it was read. Returns at once. */
  take(message: IncomingMessage, bot: BotIdentity): void;
}

/** What reading updates needs. */
export interface UpdatesDeps {
  readonly api: TelegramApi;
  readonly journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>;
  readonly clock: Clock;
  readonly reader: UpdateReader;
}

/** Name of the checkpoint. */
const checkpoint = 'telegram:updates';
/** A wait for updates, seconds. A connection that says nothing for longer may be cut by what lies between. [A] */
const pollSeconds = 25;
/** A poll that was over sooner than this and brought nothing new is followed by as long a wait, so that a server that does not wait is not hammered. [A] */
const leastPollMs = 1_000;
/** How long a bot that another one shares its token with, or whose token is refused, waits before it reads again. [A] */
const slowRetryMs = 60_000;
/**
 * After a week without updates the next one has a random number (https://core.telegram.org/bots/api#update, read 2026-11), so numbers are
 * compared for less than that, and only with those just before.
 */
const comparableMs = 6 * 86_400_000;
const comparableSpan = 100_000;

/**
 * Reads what is written to the bot, one long poll after another, until `signal` aborts or a call fails (it then rejects, to be run again). That a
 * command was read is stored before it is taken: it is taken at most once, whatever crashes; one that a crash loses is asked again by who wrote it.
 */
export async function readUpdates(deps: UpdatesDeps, bot: BotIdentity, signal: AbortSignal): Promise<void> {
  const { api, journal, clock, reader } = deps;
  const saved = loadUpdates((await journal.checkpoint(checkpoint)) ?? '');
  let stored = saved !== null && saved.bot === bot.id && clock.now() - saved.at < comparableMs ? saved.last : null;
  let offset: number | null = null;
  let heardAt: EpochMs = clock.now();
  const store = async (last: number): Promise<void> => {
    if (stored === last) return;
    await journal.saveCheckpoints({ [checkpoint]: saveUpdates({ bot: bot.id, last, at: clock.now() }) });
    stored = last;
  };
  while (!signal.aborted) {
    // Without an offset Telegram gives what it has not seen confirmed, whatever its numbers are.
    if (clock.now() - heardAt > comparableMs) offset = stored = null;
    const began = clock.now();
    const expected: number | null = offset;
    const updates: readonly IncomingUpdate[] = valueOf(await api.updates(expected, pollSeconds, signal)).filter((u) => expected === null || u.id >= expected);
    if (updates.length === 0 && clock.now() - began < leastPollMs) await sleep(clock, leastPollMs, signal);
    for (const update of updates) {
      heardAt = clock.now();
      const wasRead: boolean = stored !== null && update.id <= stored && update.id > stored - comparableSpan;
      if (!wasRead && update.message !== null && reader.wants(update.message, bot)) {
        await store(update.id);
        reader.take(update.message, bot);
      }
      offset = update.id + 1;
    }
  }
}

/** Asks who the bot is. Rejects like a call. */
export async function identify(api: TelegramApi, signal: AbortSignal): Promise<BotIdentity> {
  return valueOf(await api.me(signal));
}

/** The value, or a rejection that says how long to wait. */
function valueOf<T>(answer: Result<T, Refusal>): T {
  if (answer.ok) return answer.value;
  const { error } = answer;
  const slow = error.kind === 'token' || error.kind === 'conflict';
  const retryAfterMs = error.kind === 'limited' ? error.retryAfterMs : slow ? slowRetryMs : 0;
  throw new BreakwaterError(error.kind === 'limited' ? 'rate-limited' : 'http-failed', `commands are not read: ${error.why}`, { retryAfterMs });
}
