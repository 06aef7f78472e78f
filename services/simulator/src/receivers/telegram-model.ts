import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { createSlidingLimit } from './sliding-limit.ts';
import type { CallBody } from './telegram-body.ts';
import type { ChatState, Draft, Problem, SimulatedChat, TakenMessage } from './telegram-chats.ts';
import { draftOf, objectOf, refusalOf } from './telegram-chats.ts';

/** A message somebody writes to the bot. */
export interface Said {
  readonly text: string;
  /** The user who writes; absent for a post of a channel. */
  readonly from?: number;
  /** Written in the name of the chat: an anonymous administrator. */
  readonly asChat?: boolean;
  /** The bot's message it answers. */
  readonly replyTo?: number;
}

/** Which published limit a message broke. */
export type LimitName = 'all' | 'chat' | 'group';

/** The Bot API without a transport. */
export interface TelegramModel {
  /** Answers a call. `getUpdates` waits by the machine's clock, or until `gone` aborts. */
  call(method: string, body: CallBody, gone: AbortSignal): Promise<Result<unknown, Problem>>;
  /** Somebody writes in a chat; returns the message's number. */
  say(chat: number, said: Said): number;
  setState(chat: number, state: ChatState): void;
  taken(): readonly TakenMessage[];
  /** Messages that were refused because they broke a limit. */
  violations(): Readonly<Record<LimitName, number>>;
  /** The bot's menu. */
  menu(): readonly { readonly command: string; readonly description: string }[];
}

/** What the model is made of. */
export interface TelegramModelOptions {
  readonly clock: Clock;
  readonly chats: readonly SimulatedChat[];
  readonly bot: { readonly id: number; readonly username: string };
  /** Number of the first update. */
  readonly firstUpdate: number;
}

interface Chat {
  readonly terms: SimulatedChat;
  readonly perSecond: ReturnType<typeof createSlidingLimit>;
  readonly perMinute: ReturnType<typeof createSlidingLimit> | undefined;
  state: ChatState;
  lastMessage: number;
}
interface Update {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

const problem = (code: number, description: string, parameters?: Readonly<Record<string, number>>): { readonly ok: false; readonly error: Problem } =>
  err({ code, description, ...(parameters === undefined ? {} : { parameters }) });
const notFound = problem(400, 'Bad Request: chat not found');

/**
 * The part of the Bot API that a notifier uses, with its checks and its published limits: 30 messages a second in all, one a second in a chat, 20 a
 * minute in a group (https://core.telegram.org/bots/faq, read 2026-11), counted by the clock it is given over every stretch of time. The real
 * server lets short bursts pass; this one does not.
 */
export function createTelegramModel(options: TelegramModelOptions): TelegramModel {
  const { clock, bot } = options;
  const chats = new Map<number, Chat>(options.chats.map((terms) => [terms.id, {
    terms, perSecond: createSlidingLimit(1, 1_000), perMinute: terms.kind === 'private' ? undefined : createSlidingLimit(20, 60_000), state: { kind: 'open' }, lastMessage: 0,
  }]));
  const all = createSlidingLimit(30, 1_000);
  const violations: Record<LimitName, number> = { all: 0, chat: 0, group: 0 };
  const taken: TakenMessage[] = [];
  let updates: readonly Update[] = [];
  let nextUpdate = options.firstUpdate;
  let menu: readonly { readonly command: string; readonly description: string }[] = [];
  let poll: { readonly news: () => void; readonly replaced: () => void } | undefined;

  const find = (body: CallBody): Chat | undefined => {
    const named = body.fields.get('chat_id') ?? '';
    return named.startsWith('@') ? [...chats.values()].find((chat) => chat.terms.username?.toLowerCase() === named.slice(1).toLowerCase()) : chats.get(Number(named));
  };
  const limitedBy = (chat: Chat, now: number): Problem | undefined => {
    const waits: readonly (readonly [LimitName, number])[] = [['all', all.waitMs(now)], ['chat', chat.perSecond.waitMs(now)], ['group', chat.perMinute?.waitMs(now) ?? 0]];
    const broken = waits.filter(([, ms]) => ms > 0);
    if (broken.length === 0) return undefined;
    for (const [name] of broken) violations[name]++;
    const seconds = Math.ceil(Math.max(...broken.map(([, ms]) => ms)) / 1_000);
    return { code: 429, description: `Too Many Requests: retry after ${String(seconds)}`, parameters: { retry_after: seconds } };
  };
  const take = (chat: Chat, draft: Draft): TakenMessage => {
    const now = clock.now();
    for (const limit of [all, chat.perSecond, chat.perMinute]) limit?.count(now);
    const known = draft.reply !== null && taken.some((m) => m.chat === chat.terms.id && m.messageId === draft.reply?.messageId);
    const message: TakenMessage = {
      messageId: ++chat.lastMessage, chat: chat.terms.id, text: draft.text, bold: draft.bold, markdown: draft.markdown, pictureBytes: draft.pictureBytes,
      replyTo: known ? draft.reply.messageId : null, at: now,
    };
    taken.push(message);
    return message;
  };
  const send = (method: 'sendmessage' | 'sendphoto', body: CallBody): Result<unknown, Problem> => {
    const chat = find(body);
    if (chat === undefined) return notFound;
    const draft = draftOf(method, body);
    if (!draft.ok) return draft;
    const refused = refusalOf(chat.terms, chat.state, method === 'sendphoto') ?? limitedBy(chat, clock.now());
    if (refused !== undefined) return err(refused);
    const { reply } = draft.value;
    const isGone = reply !== null && reply.messageId > chat.lastMessage;
    if (isGone && !reply.orWithout) return problem(400, 'Bad Request: message to be replied not found');
    const message = take(chat, draft.value);
    return ok({ message_id: message.messageId, date: Math.floor(message.at / 1_000), chat: chatJson(chat.terms), ...(method === 'sendphoto' ? { caption: message.text } : { text: message.text }) });
  };
  /** Waits for an update, the end of the time or the end of the connection; resolves with whether another poll took its place. */
  const untilNews = (ms: number, gone: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const end = (replaced: boolean): void => {
        clearTimeout(timer);
        resolve(replaced);
      };
      const timer = setTimeout(() => end(false), ms);
      poll = { news: () => end(false), replaced: () => end(true) };
      gone.addEventListener('abort', () => end(false), { once: true });
    });
  const getUpdates = async (body: CallBody, gone: AbortSignal): Promise<Result<unknown, Problem>> => {
    const offset = Number(body.fields.get('offset') ?? 0);
    const limit = Math.min(100, Number(body.fields.get('limit') ?? 100));
    if (offset > 0) updates = updates.filter((u) => u.update_id >= offset);
    poll?.replaced();
    const seconds = Number(body.fields.get('timeout') ?? 0);
    const replaced = updates.length === 0 && seconds > 0 && !gone.aborted && (await untilNews(seconds * 1_000, gone));
    if (replaced) return problem(409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running');
    return ok(updates.slice(0, limit));
  };
  const getChatMember = (body: CallBody): Result<unknown, Problem> => {
    const chat = find(body);
    const user = Number(body.fields.get('user_id'));
    if (chat === undefined) return notFound;
    return ok({ status: chat.terms.administrators?.includes(user) === true ? 'administrator' : 'member', user: { id: user, is_bot: false, first_name: 'user' } });
  };
  const setMyCommands = (body: CallBody): Result<unknown, Problem> => {
    const wanted = commandsOf(body.fields.get('commands') ?? '');
    if (wanted === undefined) return problem(400, 'Bad Request: BOT_COMMAND_INVALID');
    menu = wanted;
    return ok(true);
  };
  return {
    call: async (method, body, gone) => {
      switch (method.toLowerCase()) {
        case 'getme':
          return ok({ id: bot.id, is_bot: true, first_name: 'Breakwater', username: bot.username, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false });
        case 'sendmessage':
          return send('sendmessage', body);
        case 'sendphoto':
          return send('sendphoto', body);
        case 'getupdates':
          return getUpdates(body, gone);
        case 'getchatmember':
          return getChatMember(body);
        case 'setmycommands':
          return setMyCommands(body);
        default:
          return problem(404, 'Not Found: method not found');
      }
    },
    say: (id, said) => {
      const chat = chats.get(id);
      if (chat === undefined) throw new Error(`no chat ${String(id)}`);
      const messageId = ++chat.lastMessage;
      const answered = taken.find((m) => m.chat === id && m.messageId === said.replyTo);
      updates = [...updates, {
        update_id: nextUpdate++,
        [chat.terms.kind === 'channel' ? 'channel_post' : 'message']: {
          message_id: messageId, date: Math.floor(clock.now() / 1_000), chat: chatJson(chat.terms), text: said.text,
          ...(said.from === undefined ? {} : { from: { id: said.from, is_bot: false, first_name: 'user' } }),
          ...(said.asChat === true || chat.terms.kind === 'channel' ? { sender_chat: chatJson(chat.terms) } : {}),
          ...(answered === undefined ? {} : { reply_to_message: { message_id: answered.messageId, date: Math.floor(answered.at / 1_000), chat: chatJson(chat.terms), ...(answered.pictureBytes > 0 ? { caption: answered.text } : { text: answered.text }) } }),
        },
      }];
      poll?.news();
      return messageId;
    },
    setState: (id, state) => {
      const chat = chats.get(id);
      if (chat !== undefined) chat.state = state;
    },
    taken: () => taken,
    violations: () => ({ ...violations }),
    menu: () => menu,
  };
}

function chatJson(chat: SimulatedChat): Readonly<Record<string, unknown>> {
  return { id: chat.id, type: chat.kind, ...(chat.username === undefined ? {} : { username: chat.username }), ...(chat.kind === 'private' ? { first_name: 'user' } : { title: 'chat' }) };
}

/** A menu as the Bot API wants it (BotCommand: lower-case letters, digits and underscores up to 32; descriptions of 1 to 256 characters). */
function commandsOf(text: string): readonly { readonly command: string; readonly description: string }[] | undefined {
  const entries = objectOf(`{"list":${text === '' ? 'null' : text}}`)?.['list'];
  if (!Array.isArray(entries) || entries.length > 100) return undefined;
  const menu = entries.map((entry: unknown) => {
    const { command, description } = objectOf(JSON.stringify(entry)) ?? {};
    return { command: typeof command === 'string' ? command : '', description: typeof description === 'string' ? description : '' };
  });
  return menu.every((entry) => /^[a-z0-9_]{1,32}$/.test(entry.command) && entry.description.length >= 1 && entry.description.length <= 256) ? menu : undefined;
}
