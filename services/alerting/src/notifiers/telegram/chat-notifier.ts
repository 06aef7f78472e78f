import type { WarningMessage } from '@breakwater/contracts';
import { warningText } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { assertNever } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { OutboxEntry } from '@breakwater/platform/store';
import type { Notifier } from '../notifier.ts';
import { deliveryId } from '../notifier.ts';
import type { OutgoingMessage } from './api.ts';
import type { Bot } from './bot.ts';
import { isSilenced, migrated, sent, sentAny, withhold } from './chat-memory.ts';
import { titledMarkdown } from './markdown.ts';
import type { Refusal } from './refusal.ts';

/** A message older than this says how old it is. */
const lateMs = 120_000;
/** How often a refused token, and a chat that does not let the bot in, are tried. [A] */
const tokenRetryMs = 60_000;
const closedRetryMs = 300_000;
/** Tries of a message that is refused in its simplest form. One that can never be sent must not hold back all that come after it. [A] */
const maxRejections = 6;

/** From the best to the one that nothing can be wrong with. */
type Form = 'photo' | 'text' | 'plain';

/**
 * Writes warnings to one chat, in their order. A revision of a warning answers the first message about it. A try that Telegram refuses says whether
 * another can help:
 *
 * - too fast (429): as late as Telegram asks, for this chat, and for all while a second chat is held up too
 * - the server, the network, a message lost on its way: again, with the waits of delivery
 * - the token: nothing is lost; all chats wait and try again every minute, and the log and a metric say so
 * - the bot is not let in (not found, no member, kicked, no right to write): again every five minutes, for somebody can mend it
 * - nobody is there any more (blocked by the user, deleted): given up
 * - the message itself: again without its picture, then without markup; given up after six tries of that
 *
 * Telegram knows no idempotency key: when an answer is lost, or the process ends between the answer and its record, the same revision is sent again.
 * Its text carries id and revision, so that people see that it is the same.
 */
export function createChatNotifier(bot: Bot, chat: string): Notifier {
  const { clock, pace, metrics } = bot;
  // Entries of a chat are tried one at a time, so there is one that was refused.
  let simplified: { readonly id: string; readonly form: Form } | undefined;
  // Where the chat is now; known once its memory was read.
  let target = chat;

  const compose = (entry: OutboxEntry, replyTo: number | undefined): { readonly message: OutgoingMessage; readonly form: Form } => {
    const wanted = simplified?.id === deliveryId(entry) ? simplified.form : 'photo';
    const text = textOf(entry.warning, clock.now(), bot.commands);
    const picture = wanted === 'photo' ? bot.pictures.of(entry.warning) : undefined;
    const form = wanted === 'photo' && picture === undefined ? 'text' : wanted;
    const markdown = form !== 'plain';
    const message = { chat: target, text: markdown ? titledMarkdown(text) : text, markdown, ...(picture === undefined ? {} : { picture }), ...(replyTo === undefined ? {} : { replyTo }) };
    return { message, form };
  };

  const failure = async (refusal: Refusal, entry: OutboxEntry, form: Form): Promise<BreakwaterError> => {
    const why = `chat ${target} did not take the message: ${refusal.why}`;
    switch (refusal.kind) {
      case 'limited':
        pace.limited(target, clock.now(), refusal.retryAfterMs);
        return new BreakwaterError('rate-limited', why, { retryAfterMs: refusal.retryAfterMs });
      case 'token':
        metrics.tokenRefused.set({}, 1);
        pace.hold(null, clock.now(), tokenRetryMs);
        bot.log.error('Telegram refuses the token of the bot: nothing can be sent, everything is kept and tried again', { todo: 'Check alerting.notifiers.telegram.token with @BotFather.', error: refusal.why });
        return new BreakwaterError('delivery-failed', why, { retryAfterMs: tokenRetryMs });
      case 'migrated':
        await bot.chats.note(chat, (memory) => migrated(memory, refusal.chat));
        bot.log.warn('a group became a supergroup; its warnings go there from now on', { chat, to: refusal.chat, todo: 'Write the new id into the config.' });
        return new BreakwaterError('delivery-failed', why);
      case 'closed':
        pace.hold(target, clock.now(), closedRetryMs);
        bot.log.error('a chat does not let the bot in: its warnings are kept and tried again', { chat, todo: 'Add the bot to the chat with the right to write, or take the chat out of the config.', error: refusal.why });
        return new BreakwaterError('delivery-failed', why, { retryAfterMs: closedRetryMs });
      case 'gone':
        return new BreakwaterError('delivery-refused', why);
      case 'rejected':
        if (form === 'plain' && entry.attempts + 1 >= maxRejections) return new BreakwaterError('delivery-refused', why);
        simplified = { id: deliveryId(entry), form: form === 'photo' ? 'text' : 'plain' };
        return new BreakwaterError('delivery-failed', why);
      case 'conflict':
      case 'failed':
        return new BreakwaterError('delivery-failed', why);
      default:
        return assertNever(refusal);
    }
  };

  return {
    name: `telegram:${chat}`,
    order: 'all',
    notBefore: (now) => pace.reserve(target, now),
    deliver: async (entry, signal) => {
      const memory = await bot.chats.read(chat);
      target = memory.migratedTo ?? chat;
      if (isSilenced(memory, entry.warning, clock.now())) {
        await bot.chats.note(chat, (held) => withhold(held, entry.warning));
        metrics.muted.inc({ chat });
        return;
      }
      const { message, form } = compose(entry, memory.first.get(entry.warning.id));
      const turn = pace.begin(target, clock.now(), 'warnings');
      if (turn.kind === 'wait') throw new BreakwaterError('rate-limited', `not sent to chat ${target} yet: the bot has sent as much as it may`, { retryAfterMs: turn.until - clock.now() });
      const answer = await bot.api.send(message, signal).finally(() => turn.end(clock.now()));
      if (!answer.ok) {
        metrics.refused.inc({ chat, kind: answer.error.kind });
        // It may have been taken all the same, and counts.
        if (answer.error.kind === 'failed') await bot.chats.note(chat, (held) => sentAny(held, clock.now()));
        throw await failure(answer.error, entry, form);
      }
      metrics.tokenRefused.set({}, 0);
      metrics.sent.inc({ chat, form });
      await bot.chats.note(chat, (held) => sent(held, entry.warning, answer.value.messageId, clock.now()));
    },
  };
}

/** The text of a revision, without markup; its first line is its title. */
function textOf(warning: WarningMessage, now: EpochMs, commands: boolean): string {
  const late = now - warning.eventTime > lateMs ? { now } : {};
  return warningText(warning, { language: 'en', audience: 'community', commands, ...late });
}
