import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { Secret } from '@breakwater/platform/config';
import { Api, GrammyError, HttpError, InputFile } from 'grammy';
import type { Message, Update } from 'grammy/types';
import type { IncomingMessage, IncomingUpdate, OutgoingMessage, TelegramApi } from './api.ts';
import type { Refusal } from './refusal.ts';
import { refusalOf } from './refusal.ts';

/** How the Bot API is reached. */
export interface GrammyApiOptions {
  readonly token: Secret;
  /** Without a slash at its end, or with one. */
  readonly apiRoot: string;
  /** A call may take this long by the machine's clock, seconds; a wait for updates as much longer as it was asked to. Default 12: below the time a delivery has. */
  readonly timeoutSeconds?: number;
}

const defaultTimeoutSeconds = 12;
/** Answers larger than this are refused; a hundred updates of the longest messages are below. */
const maxAnswerBytes = 8 << 20;
/** Kinds of updates that are read: what people write to the bot, and in channels. */
const kinds = ['message', 'channel_post'] as const;

/**
 * The Bot API over grammY, with its connections kept open. Redirects are refused, since the token is in the address. grammY's errors hold the
 * address and the payload, so none leaves this file: what is said of a failure is text without the token.
 */
export function createGrammyApi(options: GrammyApiOptions): TelegramApi {
  const token = options.token.reveal();
  const timeoutSeconds = options.timeoutSeconds ?? defaultTimeoutSeconds;
  const apiRoot = options.apiRoot.replace(/\/+$/, '');
  const make = (seconds: number): Api => new Api(token, { apiRoot, timeoutSeconds: seconds, baseFetchConfig: { size: maxAnswerBytes, redirect: 'error' } });
  const api = make(timeoutSeconds);
  const scrub = (text: string): string => withoutToken(text, token);

  const call = async <T>(run: () => Promise<T>): Promise<Result<T, Refusal>> => {
    try {
      return ok(await run());
    } catch (error) {
      return err(refusalFrom(error, scrub));
    }
  };
  return {
    send: (message, signal) => call(async () => ({ messageId: (await sendWith(api, message, signal)).message_id })),
    updates: (offset, seconds, signal) =>
      call(async () => {
        const found = await make(seconds + timeoutSeconds).getUpdates({ ...(offset === null ? {} : { offset }), timeout: seconds, limit: 100, allowed_updates: [...kinds] }, forGrammy(signal));
        return found.map(updateOf);
      }),
    me: (signal) =>
      call(async () => {
        const { id, username } = await api.getMe(forGrammy(signal));
        return { id, username };
      }),
    isAdministrator: (chat, user, signal) =>
      call(async () => {
        const { status } = await api.getChatMember(chat, user, forGrammy(signal));
        return status === 'creator' || status === 'administrator';
      }),
    setCommands: (commands, signal) => call(async () => api.setMyCommands(commands, undefined, forGrammy(signal))),
  };
}

type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>;

/** grammY's type is that of a package that stood in for `AbortSignal` before Node had one; it reads `aborted` and listens for `abort`, no more. */
function forGrammy(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal;
}

function sendWith(api: Api, message: OutgoingMessage, signal: AbortSignal): Promise<Message> {
  const shared = {
    ...(message.markdown ? { parse_mode: 'MarkdownV2' as const } : {}),
    ...(message.replyTo === undefined ? {} : { reply_parameters: { message_id: message.replyTo, allow_sending_without_reply: true } }),
  };
  return message.picture === undefined
    ? api.sendMessage(message.chat, message.text, { ...shared, link_preview_options: { is_disabled: true } }, forGrammy(signal))
    : api.sendPhoto(message.chat, new InputFile(message.picture, 'warning.png'), { ...shared, caption: message.text }, forGrammy(signal));
}

/** Text without the token, also where it stands with its colon escaped or in part. */
export function withoutToken(text: string, token: string): string {
  const secret = token.slice(token.indexOf(':') + 1);
  return [token, encodeURIComponent(token), secret].filter((part) => part !== '').reduce((shown, part) => shown.replaceAll(part, '***'), text);
}

function refusalFrom(error: unknown, scrub: (text: string) => string): Refusal {
  if (error instanceof GrammyError) {
    const { retry_after, migrate_to_chat_id } = error.parameters;
    return refusalOf({ error_code: error.error_code, description: scrub(error.description), retry_after, migrate_to_chat_id });
  }
  const cause = error instanceof HttpError ? error.error : error;
  return { kind: 'failed', why: scrub(cause instanceof Error ? cause.message : String(cause)) };
}

function updateOf(update: Update): IncomingUpdate {
  const message = update.message ?? update.channel_post;
  return { id: update.update_id, message: message === undefined ? null : messageOf(message) };
}

function messageOf(message: Message): IncomingMessage {
  const { chat, from, sender_chat: sender, reply_to_message: replied } = message;
  return {
    messageId: message.message_id,
    chat: { id: String(chat.id), kind: chat.type, username: chat.username ?? null },
    from: from === undefined || from.is_bot ? null : from.id,
    asChat: sender?.id === chat.id,
    date: message.date * 1_000,
    text: message.text ?? '',
    repliesTo: replied === undefined ? null : (replied.text ?? replied.caption ?? ''),
    migratedTo: message.migrate_to_chat_id === undefined ? null : String(message.migrate_to_chat_id),
  };
}
