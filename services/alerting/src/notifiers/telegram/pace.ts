import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';

/** So many messages in any stretch of `perMs` milliseconds. */
export interface Limit {
  readonly count: number;
  readonly perMs: number;
}

/**
 * What Telegram lets a bot send (https://core.telegram.org/bots/faq, "My bot is hitting limits, how do I avoid this?", read 2026-11): about 30
 * messages a second in all, one a second in a chat, 20 a minute in a group.
 */
export const telegramLimits = { all: { count: 30, perMs: 1_000 }, chat: { count: 1, perMs: 1_000 }, group: { count: 20, perMs: 60_000 } } as const satisfies Readonly<Record<string, Limit>>;

/** Answers to commands get half of each limit, so that nobody's questions hold up a warning for long [A]. */
const answerShare = 0.5;
/** A place that was held and not used this long after its time is given up. */
const heldMs = 5_000;
/** No wait is longer, whatever a server asks for. */
const longestMs = 3_600_000;
/** What is left to wait for is a message under way: ask again after this. */
const underWayMs = 1_000;

/** Who sends: a notifier its warnings, or the bot its answers. */
export type Sender = 'warnings' | 'answers';

/** A message may begin now, or not before a time. Call `end` once, when the answer came or the try failed. */
export type Turn = { readonly kind: 'go'; readonly end: (at: EpochMs) => void } | { readonly kind: 'wait'; readonly until: EpochMs };

/** The rate limits of one bot over all its chats. Nothing in it waits: it says when. */
export interface Pace {
  /** The earliest time at which `chat` may be sent its next warning. The place is held for it, so that chats that ask at one moment do not all get it. Ask again at that time. */
  reserve(chat: string, now: EpochMs): EpochMs;
  /** Takes a turn for `chat`, or says when to ask again. */
  begin(chat: string, now: EpochMs, sender: Sender): Turn;
  /**
   * Telegram answered 429 to a message to `chat`. Nothing goes there for `ms`, and nothing anywhere while another chat is held up for the same
   * reason: Telegram does not say which limit was reached, but two chats at once share only one.
   */
  limited(chat: string, now: EpochMs, ms: number): void;
  /** Counts what was sent to `chat` before the process started. */
  restore(chat: string, times: readonly EpochMs[]): void;
  /** Nothing is to go to `chat` (null: to any) for `ms`, for another reason. */
  hold(chat: string | null, now: EpochMs, ms: number): void;
}

interface Sent {
  /** When it ended; when it began, while it is under way. */
  at: number;
  underWay: boolean;
}
interface Chat {
  readonly isGroup: boolean;
  sent: readonly Sent[];
  reserved: number | undefined;
  limitedUntil: number;
  heldUntil: number;
}

/**
 * Makes a pace. Windows slide: the limits hold for every stretch of time, not only on average. A message counts at the time its answer came and
 * again, while it is under way, at any time: so the limits hold at the server too, however long it takes to arrive. Costs grow with the number of
 * chats; what is remembered is what the limits let through within their windows.
 */
export function createPace(): Pace {
  const chats = new Map<string, Chat>();
  let recent: readonly Sent[] = [];
  let allHeldUntil = 0;

  const chatOf = (name: string): Chat => {
    const held = chats.get(name);
    if (held !== undefined) return held;
    const made: Chat = { isGroup: isGroup(name), sent: [], reserved: undefined, limitedUntil: 0, heldUntil: 0 };
    chats.set(name, made);
    return made;
  };
  const keep = (sent: readonly Sent[], now: number, perMs: number): readonly Sent[] => sent.filter((s) => s.underWay || s.at > now - perMs);
  const prune = (now: number): void => {
    recent = keep(recent, now, telegramLimits.all.perMs);
    for (const chat of chats.values()) {
      chat.sent = keep(chat.sent, now, chat.isGroup ? telegramLimits.group.perMs : telegramLimits.chat.perMs);
      if (chat.reserved !== undefined && chat.reserved + heldMs < now) chat.reserved = undefined;
      for (const s of chat.sent) s.at = Math.min(s.at, now); // a clock that was set back must not hold anything up
    }
  };
  const earliest = (chat: Chat, now: number, sender: Sender): number => {
    const others = [...chats.values()].flatMap((other) => (other !== chat && other.reserved !== undefined ? [other.reserved] : []));
    const own = sender === 'answers' && chat.reserved !== undefined ? [chat.reserved] : [];
    const rules = [
      { sent: recent, planned: [...others, ...own], limit: shareOf(telegramLimits.all, sender) },
      { sent: chat.sent, planned: own, limit: telegramLimits.chat },
      ...(chat.isGroup ? [{ sent: chat.sent, planned: own, limit: shareOf(telegramLimits.group, sender) }] : []),
    ];
    const until = Math.max(allHeldUntil, chat.limitedUntil, chat.heldUntil);
    let t = Math.max(now, Math.min(until, now + longestMs));
    for (;;) {
      const at = t;
      const broken = rules.filter((rule) => !fits([...rule.planned, ...rule.sent.map((s) => (s.underWay ? at : s.at))], at, rule.limit));
      if (broken.length === 0) return at;
      const ends = broken.flatMap((rule) => [...rule.planned, ...rule.sent.filter((s) => !s.underWay).map((s) => s.at)].map((s) => s + rule.limit.perMs)).filter((end) => end > at);
      if (ends.length === 0) return Math.max(at, now + underWayMs);
      t = Math.min(...ends);
    }
  };
  return {
    reserve: (name, now) => {
      prune(now);
      const chat = chatOf(name);
      chat.reserved = undefined;
      chat.reserved = earliest(chat, now, 'warnings');
      return epochMs(chat.reserved);
    },
    begin: (name, now, sender) => {
      prune(now);
      const chat = chatOf(name);
      if (sender === 'warnings') chat.reserved = undefined;
      const at = earliest(chat, now, sender);
      if (at > now) {
        if (sender === 'warnings') chat.reserved = at;
        return { kind: 'wait', until: epochMs(at) };
      }
      const sent: Sent = { at: now, underWay: true };
      recent = [...recent, sent];
      chat.sent = [...chat.sent, sent];
      return {
        kind: 'go',
        end: (ended) => {
          sent.at = Math.max(sent.at, ended);
          sent.underWay = false;
        },
      };
    },
    restore: (name, times) => {
      const earlier = times.map((at): Sent => ({ at, underWay: false }));
      recent = [...earlier, ...recent];
      chatOf(name).sent = [...earlier, ...chatOf(name).sent];
    },
    limited: (name, now, ms) => {
      const until = now + Math.min(ms, longestMs);
      const elsewhere = [...chats].some(([other, chat]) => other !== name && chat.limitedUntil > now);
      const chat = chatOf(name);
      chat.limitedUntil = Math.max(chat.limitedUntil, until);
      if (elsewhere) allHeldUntil = Math.max(allHeldUntil, until);
    },
    hold: (name, now, ms) => {
      const until = now + Math.min(ms, longestMs);
      if (name === null) allHeldUntil = Math.max(allHeldUntil, until);
      else chatOf(name).heldUntil = Math.max(chatOf(name).heldUntil, until);
    },
  };
}

/** Groups, supergroups and channels have negative ids (Bot API, Chat, read 2026-11); `@name` is a channel or a public group. */
export function isGroup(chat: string): boolean {
  return chat.startsWith('-') || chat.startsWith('@');
}

function shareOf(limit: Limit, sender: Sender): Limit {
  return sender === 'warnings' ? limit : { count: Math.max(1, Math.floor(limit.count * answerShare)), perMs: limit.perMs };
}

/** Whether one more at `t` leaves every stretch of `perMs` that holds it with at most `count`. */
function fits(times: readonly number[], t: number, limit: Limit): boolean {
  const near = times.filter((s) => s > t - limit.perMs && s < t + limit.perMs).sort((a, b) => a - b);
  const before = near.filter((s) => s <= t);
  const line = [...before, t, ...near.slice(before.length)];
  const at = before.length;
  for (let first = Math.max(0, at - limit.count); first <= at; first++) {
    const last = line[first + limit.count];
    if (last !== undefined && last - (line[first] ?? t) < limit.perMs) return false;
  }
  return true;
}
