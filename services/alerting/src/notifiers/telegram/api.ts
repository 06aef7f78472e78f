import type { Result } from '@breakwater/models/core';
import type { Refusal } from './refusal.ts';

/** What of the Bot API is used, as a port. `grammy-api.ts` is the adapter. */
export interface TelegramApi {
  /** Sends one message. What Telegram or the network answers instead is a value, so that every case is handled. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<Result<SentMessage, Refusal>>;
  /** Waits up to `timeoutSeconds` for messages to the bot from `offset` (an update's id) on; without it, from the first that was not confirmed. An `offset` confirms everything before it. */
  updates(offset: number | null, timeoutSeconds: number, signal: AbortSignal): Promise<Result<readonly IncomingUpdate[], Refusal>>;
  /** Who the bot is. */
  me(signal: AbortSignal): Promise<Result<BotIdentity, Refusal>>;
  /** Whether a user is an administrator of a chat, or its owner. */
  isAdministrator(chat: string, user: number, signal: AbortSignal): Promise<Result<boolean, Refusal>>;
  /** Sets the bot's menu. */
  setCommands(commands: readonly { readonly command: string; readonly description: string }[], signal: AbortSignal): Promise<Result<true, Refusal>>;
}

/** One message to be sent: a text, or a picture with the text as its caption. */
export interface OutgoingMessage {
  /** A numeric id as text, or `@name`. */
  readonly chat: string;
  /** MarkdownV2 when `markdown`, else shown as it is. At most 4,096 characters shown, 1,024 with a picture. */
  readonly text: string;
  readonly markdown: boolean;
  /** PNG. */
  readonly picture?: Uint8Array;
  /** The message this answers; sent all the same when that is gone. */
  readonly replyTo?: number;
}

/** A message that Telegram has. */
export interface SentMessage {
  readonly messageId: number;
}

/** Who the bot is. */
export interface BotIdentity {
  readonly id: number;
  /** Without `@`. */
  readonly username: string;
}

/** Where a message came from. */
export interface IncomingChat {
  /** Numeric id as text. */
  readonly id: string;
  readonly kind: 'private' | 'group' | 'supergroup' | 'channel';
  /** Without `@`; null where the chat has none. */
  readonly username: string | null;
}

/** A message somebody sent to a chat the bot is in. */
export interface IncomingMessage {
  readonly messageId: number;
  readonly chat: IncomingChat;
  /** The person who sent it; null for posts of a channel and other bots. */
  readonly from: number | null;
  /** Sent in the name of the chat itself: a post of a channel, or an anonymous administrator of a group. */
  readonly asChat: boolean;
  /** Milliseconds since the epoch, whole seconds. */
  readonly date: number;
  /** Empty where it has no text. */
  readonly text: string;
  /** Text or caption of the message it answers; null when it answers none. */
  readonly repliesTo: string | null;
  /** The chat became the supergroup of this id. */
  readonly migratedTo: string | null;
}

/** One update. `message` is null for kinds that are not read. */
export interface IncomingUpdate {
  readonly id: number;
  readonly message: IncomingMessage | null;
}
