import type { WarningMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs, WarningId } from '@breakwater/models/core';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Journal } from '@breakwater/platform/store';
import { telegramLimits } from './pace.ts';
import type { ChatMemory } from './saved-chat.ts';
import { loadChat, saveChat } from './saved-chat.ts';

/** Warnings remembered for a chat, of each kind; the longest untouched is forgotten first. */
const remembered = 256;

const nothing: ChatMemory = { migratedTo: null, first: new Map(), withheld: new Set(), mutes: new Map(), recent: [] };

/** What is remembered of every chat, in checkpoints `telegram:chat:<chat>`. */
export interface ChatMemories {
  /** Reads it, from the store the first time. Rejects with the store's error. */
  read(chat: string): Promise<ChatMemory>;
  /** What was read of it already; undefined before. */
  known(chat: string): ChatMemory | undefined;
  /** Changes it, once it is stored. Rejects with the store's error, and nothing has changed. */
  change(chat: string, change: (memory: ChatMemory) => ChatMemory): Promise<void>;
  /** Changes it at once, and stores it if that can be done: for what is true whether or not it is stored. Never rejects for the store's sake. */
  note(chat: string, change: (memory: ChatMemory) => ChatMemory): Promise<void>;
}

/** What chat memories need. */
export interface ChatMemoriesDeps {
  readonly journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>;
  readonly log: Log;
  /** Told of each chat's memory when it was read from the store. */
  readonly onRead?: (chat: string, memory: ChatMemory) => void;
}

/** Opens what is remembered of chats. Changes of one chat are stored one after another. */
export function createChatMemories(deps: ChatMemoriesDeps): ChatMemories {
  const { journal, log } = deps;
  const held = new Map<string, ChatMemory>();
  const turns = new Map<string, Promise<unknown>>();
  const nameOf = (chat: string): string => `telegram:chat:${chat}`;

  const read = async (chat: string): Promise<ChatMemory> => {
    const known = held.get(chat);
    if (known !== undefined) return known;
    const text = await journal.checkpoint(nameOf(chat));
    const loaded = text === undefined ? undefined : loadChat(text);
    if (loaded?.ok === false) log.error('what was remembered of a chat is not readable: muting and replies begin anew', { chat, error: loaded.error });
    // Another call may have read, and changed, it meanwhile.
    const meanwhile = held.get(chat);
    if (meanwhile !== undefined) return meanwhile;
    const memory = loaded?.ok === true ? loaded.value : nothing;
    held.set(chat, memory);
    deps.onRead?.(chat, memory);
    return memory;
  };
  const inTurn = <T>(chat: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(chat) ?? Promise.resolve()).then(work);
    turns.set(chat, turn.catch(() => undefined));
    return turn;
  };
  const store = (chat: string, memory: ChatMemory): Promise<void> => journal.saveCheckpoints({ [nameOf(chat)]: saveChat(memory) });
  return {
    read,
    known: (chat) => held.get(chat),
    change: (chat, change) =>
      inTurn(chat, async () => {
        const next = change(await read(chat));
        await store(chat, next);
        held.set(chat, next);
      }),
    note: (chat, change) =>
      inTurn(chat, async () => {
        const next = change(await read(chat));
        held.set(chat, next);
        await store(chat, next).catch((error: unknown) => log.warn('what is remembered of a chat was not stored; the next change stores it', { chat, error: messageOf(error) }));
      }),
  };
}

/** Whether a revision ends its warning. */
export function isEnd(warning: Pick<WarningMessage, 'state'>): boolean {
  return warning.state === 'resolved' || warning.state === 'retracted' || warning.state === 'expired';
}

/** Whether a revision is not to be sent: its asset is muted and it is not critical, or it ends a warning of which nothing was sent. */
export function isSilenced(memory: ChatMemory, warning: WarningMessage, now: EpochMs): boolean {
  if (isEnd(warning)) return memory.withheld.has(warning.id);
  return warning.severity !== 'critical' && (memory.mutes.get(warning.asset) ?? 0) > now;
}

/** Remembers that a revision was not sent. A warning that began before what is remembered counts as sent: its end had better come once too often. */
export function withhold(memory: ChatMemory, warning: WarningMessage): ChatMemory {
  if (warning.revision !== 1 && !memory.withheld.has(warning.id)) return memory;
  const others = [...memory.withheld].filter((id) => id !== warning.id);
  return { ...memory, withheld: new Set([...others, warning.id].slice(-remembered)) };
}

/** Remembers that a revision was sent as message `messageId`, at `at`. */
export function sent(memory: ChatMemory, warning: WarningMessage, messageId: number, at: EpochMs): ChatMemory {
  const withheld = new Set(memory.withheld);
  withheld.delete(warning.id);
  const first = new Map(memory.first);
  const earlier = first.get(warning.id);
  first.delete(warning.id);
  first.set(warning.id, earlier ?? messageId);
  return { ...sentAny(memory, at), withheld, first: new Map([...first].slice(-remembered)) };
}

/** Remembers that something was sent at `at`. */
export function sentAny(memory: ChatMemory, at: EpochMs): ChatMemory {
  const { count, perMs } = telegramLimits.group;
  return { ...memory, recent: [...memory.recent.filter((t) => t > at - perMs && t <= at), at].slice(-count) };
}

/** Remembers that the chat became a supergroup: the numbers of its messages start anew. */
export function migrated(memory: ChatMemory, to: string): ChatMemory {
  return memory.migratedTo === to ? memory : { ...memory, migratedTo: to, first: new Map(), recent: [] };
}

/** Silences an asset until `until`; null ends it. Mutes that are over are forgotten. */
export function mute(memory: ChatMemory, asset: AssetId, until: EpochMs | null, now: EpochMs): ChatMemory {
  const mutes = new Map([...memory.mutes].filter(([other, end]) => other !== asset && end > now));
  if (until !== null) mutes.set(asset, until);
  return { ...memory, mutes };
}

/** The warning something was last sent about; undefined when there is none. */
export function lastWarning(memory: ChatMemory): WarningId | undefined {
  return [...memory.first.keys()].at(-1);
}
