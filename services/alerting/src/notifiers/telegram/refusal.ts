/**
 * What Telegram or the way to it says instead of taking a message. `why` is for people and holds no token.
 *
 * - `limited`: too fast; `retryAfterMs` as asked
 * - `token`: the token is not that of a bot (401, 404)
 * - `migrated`: the group became the supergroup `chat`
 * - `gone`: nobody there will read anything: the user blocked the bot or left Telegram, the group was deleted
 * - `closed`: somebody has to let the bot in: chat not found, bot not a member, kicked, no right to write
 * - `rejected`: this message, in this form
 * - `conflict`: somebody else reads the bot's updates
 * - `failed`: the server or the network; trying again may help
 */
export type Refusal =
  | { readonly kind: 'limited'; readonly why: string; readonly retryAfterMs: number }
  | { readonly kind: 'migrated'; readonly why: string; readonly chat: string }
  | { readonly kind: 'token' | 'gone' | 'closed' | 'rejected' | 'conflict' | 'failed'; readonly why: string };

/** An answer of the Bot API with `ok: false` (https://core.telegram.org/bots/api#making-requests, read 2026-11). */
export interface ErrorAnswer {
  readonly error_code: number;
  readonly description: string;
  readonly retry_after?: number | undefined;
  readonly migrate_to_chat_id?: number | undefined;
}

/**
 * Descriptions are not documented one by one; these are what the open-source Bot API server writes (github.com/tdlib/telegram-bot-api,
 * `Client.cpp`, read 2026-11), matched by their telling words.
 */
const gone = /bot was blocked by the user|user is deactivated|chat was deleted|group chat was deactivated|chat was deactivated/i;
const closed =
  /chat not found|bot was kicked|bot is not a member|bot can't initiate conversation|bot can't send messages to (?:bots|the user)|not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|CHAT_SEND_\w+_FORBIDDEN|CHAT_ADMIN_REQUIRED|TOPIC_CLOSED|PEER_ID_INVALID|user not found|channel is private/i;
/** Rights to one kind of message: another form may still be sent. */
const oneKind = /not enough rights to send (?:photos|media)|CHAT_SEND_(?:PHOTOS|MEDIA)_FORBIDDEN/i;

/** What to do after a 429 that does not say. [A] */
const defaultRetryAfterSeconds = 5;

/** Reads an answer. */
export function refusalOf(answer: ErrorAnswer): Refusal {
  const code = answer.error_code;
  const why = `${String(code)} ${answer.description}`;
  if (code === 429) return { kind: 'limited', why, retryAfterMs: Math.max(1, answer.retry_after ?? defaultRetryAfterSeconds) * 1_000 };
  if (code === 401 || code === 404) return { kind: 'token', why };
  if (code === 409) return { kind: 'conflict', why };
  if (answer.migrate_to_chat_id !== undefined) return { kind: 'migrated', why, chat: String(answer.migrate_to_chat_id) };
  if (code === 400 || code === 403) {
    if (oneKind.test(answer.description)) return { kind: 'rejected', why };
    if (gone.test(answer.description)) return { kind: 'gone', why };
    return { kind: code === 403 || closed.test(answer.description) ? 'closed' : 'rejected', why };
  }
  // 413: the picture is too large.
  return { kind: code === 413 ? 'rejected' : 'failed', why };
}
